/* A reloaded file under way: links come and go, nothing is lost. */
#include "tests/lib/bed.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "channels/fake/fake.h"

static enum channel_state state_of(struct bed *b, const char *name)
{
	struct link_view v;
	int i = gateway_link_find(b->gateway, str_of(name));

	if (i < 0)
		return CHANNEL_STOPPED;
	assert_int_equal(gateway_link(b->gateway, (unsigned)i, &v), 0);
	return v.state;
}

/* What waits for a link that goes away takes one that is left. */
static void test_links_come_and_go(void **state)
{
	struct bed *b = *state;
	struct submitted s;

	bed_start(b, "fake a { }", true);
	TURN_UNTIL(b, state_of(b, "a") == CHANNEL_UP);
	bed_reload(b, "fake a { } fake b { }\n"
		      "route all { pool = {\"b\"} }");
	TURN_UNTIL(b, state_of(b, "b") == CHANNEL_UP);
	gateway_link_hold(b->gateway, 1, true);
	s = submit(b, "reminder", SHI, "Hello");
	commit(b);
	assert_true(is_live(b, s.id));
	bed_reload(b, "fake a { }");
	assert_int_equal(gateway_link_find(b->gateway, STR("b")), -ENOENT);
	TURN_UNTIL(b, !is_live(b, s.id));
	assert_int_equal(look(b, s.id).state, MESSAGE_DELIVERED);
	/* and it may come back */
	bed_reload(b, "fake a { } fake b { window = 7 }");
	TURN_UNTIL(b, state_of(b, "b") == CHANNEL_UP);
	bed_stop(b);
}

/* Other settings: the link drains, and opens with them. */
static void test_changed_link(void **state)
{
	struct bed *b = *state;
	struct submitted s;
	struct link_view v;

	bed_start(b, "fake a { window = 5 delay = 30ms }", true);
	TURN_UNTIL(b, state_of(b, "a") == CHANNEL_UP);
	s = submit(b, "reminder", SHI, "Hello");
	for (unsigned i = 0; i < 5; i++)
		bed_turn(b);
	bed_reload(b, "fake a { window = 9 }");
	TURN_UNTIL(b, gateway_link(b->gateway, 0, &v) == 0 && v.window == 9);
	TURN_UNTIL(b, !is_live(b, s.id));
	assert_int_equal(look(b, s.id).state, MESSAGE_DELIVERED);
	bed_stop(b);
}

/* The daemon may stop while a link still drains. */
static void test_stop_while_draining(void **state)
{
	struct bed *b = *state;

	bed_start(b, "fake a { delay = 40ms }", true);
	TURN_UNTIL(b, state_of(b, "a") == CHANNEL_UP);
	submit(b, "reminder", SHI, "Hello");
	for (unsigned i = 0; i < 5; i++)
		bed_turn(b);
	bed_reload(b, "");
	bed_stop(b);
}

/* A file without a route for what waits does not end it. */
static void test_route_lost_and_found(void **state)
{
	struct bed *b = *state;
	struct submitted s;
	struct live_view v;

	bed_start(b, "fake a { }", true);
	TURN_UNTIL(b, state_of(b, "a") == CHANNEL_UP);
	gateway_link_hold(b->gateway, 0, true);
	s = submit(b, "reminder", SHI, "Hello");
	commit(b);
	bed_reload(b, "fake a { } route other { class = {\"alert\"} "
		      "pool = {\"a\"} }");
	assert_int_equal(gateway_live(b->gateway, STR_NONE, s.id, &v), 0);
	assert_int_equal(v.state, MESSAGE_HELD);
	s = submit(b, "reminder", SHI, "a fresh one hears so");
	assert_int_equal(look(b, s.id).state, MESSAGE_FAILED);
	bed_stop(b);
}

/* Classes: a new one is there, one that went is refused. */
static void test_classes(void **state)
{
	struct bed *b = *state;

	bed_start(b, "fake a { } class one { consent = none }", true);
	assert_int_equal(submit(b, "one", SHI, "x").rc, 0);
	bed_reload(b, "fake a { } class two { consent = none }");
	assert_int_equal(submit(b, "one", SHI, "x").rc, -EINVAL);
	assert_int_equal(submit(b, "two", SHI, "x").rc, 0);
	assert_int_equal(submit(b, "two", SHI, "x").decision.verdict,
			 VERDICT_ALLOW);
	bed_stop(b);
}

/* Sections that are no others': some of each kind, or of all (NULL). */
static void sections(struct buf *out, char prefix, const char *only)
{
	static const struct {
		const char *kind, *body;
		unsigned n;
	} much[] = {
		{ "class", "consent = none", 12 },
		{ "exclusion", "window = 1d", 120 },
		{ "fake", "", 150 },
	};

	for (unsigned i = 0; i < ARRAY_LEN(much); i++) {
		if (only != NULL && strcmp(only, much[i].kind) != 0)
			continue;
		for (unsigned k = 0; k < much[i].n; k++)
			buf_f(out, "%s %c%u { %s }\n", much[i].kind, prefix, k,
			      much[i].body);
	}
}

static struct submitted excluded(struct bed *b, const char *class_name,
				 const char *group)
{
	struct submission s = { .tenant = STR("DEMOTEL"),
				.to = SHI,
				.text = STR("x"),
				.class_name = str_of(class_name),
				.exclusion = str_of(group),
				.priority = -1 };
	struct submitted got = { 0 };

	gateway_judge(b->gateway, &s, &got);
	return got;
}

/* One limit is met: what could have been done is not done either. */
static void test_a_refused_file_changes_nothing(void **state)
{
	static const char *const kinds[] = { "class", "exclusion", "fake" };
	AUTO(buf_done) struct buf text = { 0 };
	struct bed *b = *state;

	buf_init(&text, BUF_NO_LIMIT);
	buf_z(&text, "fake a { } class one { consent = none }\n"
		     "exclusion old { window = 1d }\n");
	sections(&text, 'y', NULL);
	bed_start(b, text.p, true);
	for (unsigned i = 0; i < ARRAY_LEN(kinds); i++) {
		buf_reset(&text);
		buf_z(&text, "fake b { } class two { consent = none }\n"
			     "exclusion new { window = 1d }\n");
		sections(&text, 'x', kinds[i]);
		bed_reload_refused(b, text.p);
		assert_int_equal(excluded(b, "one", "old").rc, 0);
		assert_int_equal(excluded(b, "one", "new").rc, -EINVAL);
		assert_int_equal(excluded(b, "two", "").rc, -EINVAL);
		assert_int_equal(state_of(b, "b"), CHANNEL_STOPPED);
		assert_int_not_equal(state_of(b, "a"), CHANNEL_STOPPED);
	}
	bed_stop(b);
}

#define RELOAD(test) cmocka_unit_test_setup_teardown(test, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RELOAD(test_links_come_and_go),
		RELOAD(test_changed_link),
		RELOAD(test_stop_while_draining),
		RELOAD(test_route_lost_and_found),
		RELOAD(test_classes),
		RELOAD(test_a_refused_file_changes_nothing),
	};

	secret_init();
	log_threshold = LOG_ERROR;
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
