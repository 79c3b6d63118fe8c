/* Messages through the whole gateway: doors, gate, lanes and back, over the
 * fake channel and a store that is opened again. */
#include "gateway/gateway.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "channels/fake/fake.h"
#include "model/record.h"
#include "proto/tzone.h"
#include "store/engine.h"

#define SHI STR("+447700900001")
#define LIN STR("+447700900002")

static const struct channel_ops *const channels[] = { &fake_channel_ops };

struct bed {
	struct loop *loop;
	struct settings settings;
	struct store *store;
	struct gateway *gateway;
	char dir[64];
	bool closed;
};

/* Marketing goes at any hour here: the gate's hours have tests of their own. */
static const char base_config[] =
	"gateway { tenant = DEMOTEL drain = 50ms }\n"
	"class marketing { consent = required priority = 7 "
	" opt_out_text = true }\n"
	"class alert { consent = none priority = 0 bypass = true resend = once "
	" retry_min = 10ms }\n"
	"class reminder { consent = none priority = 2 retry_min = 10ms "
	" attempts = 3 }\n";

static void bed_start(struct bed *b, const char *config, bool create)
{
	struct setting_section kinds[] = { gateway_section, class_section,
					   route_section, fake_settings };
	struct store_cfg store = { .url = "sqlite:t.db",
				   .dir = b->dir,
				   .create = create };
	struct gateway_env env = { .clock = &clock_real,
				   .settings = &b->settings,
				   .channels = channels,
				   .nchannels = 1 };
	static struct setting_section kept[4];
	struct faults f = { 0 };
	struct err err = { "" };
	struct buf text = { 0 };

	for (unsigned i = 0; i < 4; i++)
		kept[i] = kinds[i];
	buf_init(&text, BUF_NO_LIMIT);
	buf_z(&text, base_config);
	buf_z(&text, config);
	if (settings_parse(text.p, "test", kept, 4, &b->settings, &f) != 0)
		fail_msg("%s", f.v[0]);
	buf_done(&text);
	gateway_check_settings(&b->settings, channels, 1, &f);
	assert_int_equal(f.len, 0);
	faults_done(&f);
	assert_int_equal(loop_open(&b->loop, NULL), 0);
	if (store_open(&b->store, b->loop, &store, &err) != 0)
		fail_msg("%s", err.text);
	env.loop = b->loop;
	env.store = b->store;
	if (gateway_open(&b->gateway, &env, &err) != 0)
		fail_msg("%s", err.text);
	b->closed = false;
}

static void on_closed(void *owner)
{
	((struct bed *)owner)->closed = true;
}

static void bed_stop(struct bed *b)
{
	gateway_close(&b->gateway, on_closed, b);
	while (!b->closed)
		loop_turn(b->loop, true);
	store_close(&b->store);
	loop_close(&b->loop);
	settings_done(&b->settings);
}

static int bed_open(void **state)
{
	struct bed *b = mem_new(struct bed);

	snprintf(b->dir, sizeof(b->dir), "/tmp/carillon-flow-XXXXXX");
	if (mkdtemp(b->dir) == NULL)
		return -1;
	*state = b;
	return 0;
}

static int bed_close(void **state)
{
	static const char *const files[] = { "t.db", "t.db-wal", "t.db-shm" };
	struct bed *b = *state;
	char path[128];

	for (unsigned i = 0; i < ARRAY_LEN(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", b->dir, files[i]);
		unlink(path);
	}
	rmdir(b->dir);
	mem_free(b);
	tzone_forget();
	return 0;
}

static void nothing(void *owner)
{
	(void)owner;
}

/* Turns the loop until the test holds, or two seconds are over. */
#define TURN_UNTIL(b, test)                                             \
	do {                                                            \
		uint64_t until = clock_mono_ms(&clock_real) + 2000;     \
		struct loop_timer *poll =                               \
			loop_timer_new((b)->loop, nothing, NULL);       \
		while (!(test) && clock_mono_ms(&clock_real) < until) { \
			loop_timer_set(poll, 2);                        \
			loop_turn((b)->loop, true);                     \
		}                                                       \
		loop_timer_free(&poll);                                 \
		assert_true(test);                                      \
	} while (0)

static struct submitted submit(struct bed *b, const char *class_name,
			       struct str to, const char *text)
{
	struct submission s = { .to = to,
				.text = str_of(text),
				.class_name = str_of(class_name),
				.priority = -1 };
	struct submitted out;

	gateway_submit(b->gateway, &s, &out);
	return out;
}

/* What the store says of a message. */
struct stored {
	bool done;
	int state;
	unsigned events[8];
	char reasons[512];
};

static bool on_row(void *owner, const struct row *row)
{
	struct stored *s = owner;
	struct bufr r = bufr_of(row_s(row, 6).p, row_s(row, 6).len);

	s->state = (int)row_i(row, 1);
	while (bufr_left(&r) > 0) {
		struct event e;
		size_t at = str_of(s->reasons).len;

		if (event_decode(bufr_lstr(&r), &e) != 0)
			return false;
		s->events[e.kind]++;
		snprintf(s->reasons + at, sizeof(s->reasons) - at, "%s:%.*s ",
			 message_state_name(e.state), STR_ARGS(e.reason));
	}
	return true;
}

static void on_read(void *owner, int rc)
{
	struct stored *s = owner;

	assert_int_equal(rc, 0);
	s->done = true;
}

static bool stored_now;

static void on_then(void *owner, int rc)
{
	(void)owner;
	assert_int_equal(rc, 0);
	stored_now = true;
}

static void commit(struct bed *b)
{
	stored_now = false;
	store_then(b->store, on_then, NULL);
	TURN_UNTIL(b, stored_now);
}

static struct stored look(struct bed *b, uint64_t id)
{
	struct cell cell = CELL_I(id);
	struct stored s = { .state = -1 };

	commit(b);
	b->store->ops->get(b->store, STORE_MESSAGE_GET, &cell, 1, on_row,
			   on_read, &s);
	TURN_UNTIL(b, s.done);
	return s;
}

static bool is_live(struct bed *b, uint64_t id)
{
	struct live_view v;

	return gateway_live(b->gateway, STR_NONE, id, &v) == 0;
}

static struct channel *link_of(struct bed *b, const char *name)
{
	const struct channel_ops *ops;
	int i = gateway_link_find(b->gateway, str_of(name));

	assert_true(i >= 0);
	return gateway_link_channel(b->gateway, (unsigned)i, &ops);
}

static void test_delivered(void **state)
{
	struct bed *b = *state;
	struct submitted s;
	struct stored st;

	bed_start(b, "fake a { receipt_after = 5ms }", true);
	s = submit(b, "reminder", STR("0044 7700 900-001"), "Hello");
	assert_int_equal(s.rc, 0);
	assert_int_equal(s.parts, 1);
	TURN_UNTIL(b, !is_live(b, s.id));
	st = look(b, s.id);
	assert_int_equal(st.state, MESSAGE_DELIVERED);
	assert_int_equal(st.events[EVENT_ATTEMPT], 1);
	assert_int_equal(st.events[EVENT_SUBMITTED], 1);
	assert_int_equal(st.events[EVENT_RECEIPT], 1);
	bed_stop(b);
}

static void test_denied_is_stored(void **state)
{
	struct bed *b = *state;
	struct submitted s;

	bed_start(b, "fake a { }", true);
	s = submit(b, "marketing", SHI, "Buy");
	assert_int_equal(s.rc, 0);
	assert_int_equal(s.decision.verdict, VERDICT_DENY);
	assert_int_not_equal(s.id, 0);
	assert_int_equal(look(b, s.id).state, MESSAGE_SUPPRESSED);
	bed_stop(b);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *to, *text, *class_name, *field;
	} rows[] = {
		{ "12", "x", "alert", "to" },
		{ "", "x", "alert", "to" },
		{ "+447700900001", "", "alert", "text" },
		{ "+447700900001", "\xff", "alert", "text" },
		{ "+447700900001", "x", "", "class" },
		{ "+447700900001", "x", "nosuch", "class" },
	};
	struct bed *b = *state;

	bed_start(b, "fake a { }", true);
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct submitted s = submit(b, rows[i].class_name,
					    str_of(rows[i].to), rows[i].text);

		assert_int_equal(s.rc, -EINVAL);
		assert_string_equal(s.field, rows[i].field);
		assert_true(s.err.text[0] != '\0');
	}
	bed_stop(b);
}

static void test_idempotency(void **state)
{
	struct submission s = { .to = SHI,
				.text = STR("once"),
				.class_name = STR("alert"),
				.idempotency_key = STR("k1"),
				.priority = -1 };
	struct bed *b = *state;
	struct submitted first, second;

	bed_start(b, "fake a { }", true);
	gateway_submit(b->gateway, &s, &first);
	gateway_submit(b->gateway, &s, &second);
	assert_int_equal(first.rc, 0);
	assert_int_equal(second.rc, 0);
	assert_true(second.repeated);
	assert_int_equal(second.id, first.id);
	s.text = STR("twice");
	gateway_submit(b->gateway, &s, &second);
	assert_int_equal(second.rc, -EEXIST);
	commit(b);
	bed_stop(b);
	/* the key outlives the process */
	bed_start(b, "fake a { }", false);
	s.text = STR("once");
	gateway_submit(b->gateway, &s, &second);
	assert_true(second.repeated);
	assert_int_equal(second.id, first.id);
	bed_stop(b);
}

static void test_schedule_and_cancel(void **state)
{
	struct submission s = { .to = SHI,
				.text = STR("later"),
				.class_name = STR("alert"),
				.priority = -1 };
	struct bed *b = *state;
	struct submitted out;

	bed_start(b, "fake a { }", true);
	s.send_at_ms = clock_wall_ms(&clock_real) + 60000;
	gateway_submit(b->gateway, &s, &out);
	assert_int_equal(out.state, MESSAGE_HELD);
	assert_int_equal(gateway_cancel(b->gateway, STR("OTHER"), out.id),
			 -ENOENT);
	assert_int_equal(gateway_cancel(b->gateway, STR("DEMOTEL"), out.id), 0);
	assert_int_equal(gateway_cancel(b->gateway, STR("DEMOTEL"), out.id),
			 -ENOENT);
	assert_int_equal(look(b, out.id).state, MESSAGE_CANCELLED);
	s.send_at_ms = clock_wall_ms(&clock_real) + 80;
	gateway_submit(b->gateway, &s, &out);
	TURN_UNTIL(b, !is_live(b, out.id));
	bed_stop(b);
}

static void grant_marketing(struct bed *b, struct str to)
{
	struct consent_event e = { .tenant = STR("DEMOTEL"),
				   .address = to,
				   .purpose = STR("marketing"),
				   .type = CONSENT_GRANT,
				   .source = STR("web") };
	struct err err = { "" };

	assert_int_equal(gateway_consent(b->gateway, &e, &err), 0);
	/* a grant works when it is durable, not before */
	assert_int_equal(submit(b, "marketing", to, "x").decision.verdict,
			 VERDICT_DENY);
	commit(b);
}

/* R-11: after TD nothing that was queued leaves, and one answer does. */
static void test_opt_out(void **state)
{
	struct bed *b = *state;
	struct submitted first, queued, other;
	struct gateway_counts c;

	bed_start(b, "fake a { window = 10 }", true);
	grant_marketing(b, SHI);
	grant_marketing(b, LIN);
	first = submit(b, "marketing", SHI, "Offer 1");
	TURN_UNTIL(b, !is_live(b, first.id));
	gateway_link_hold(b->gateway, 0, true);
	queued = submit(b, "marketing", SHI, "Offer 2");
	other = submit(b, "marketing", LIN, "Offer 2");
	commit(b);
	fake_hear(link_of(b, "a"), SHI, STR("99900"), STR("ＴＤ"));
	TURN_UNTIL(b, !is_live(b, queued.id));
	assert_int_equal(look(b, queued.id).state, MESSAGE_CANCELLED);
	assert_true(is_live(b, other.id));
	/* the confirmation waits for the link beside the other's offer */
	gateway_counts(b->gateway, &c);
	assert_int_equal(c.queued, 2);
	assert_int_equal(submit(b, "marketing", SHI, "x").decision.verdict,
			 VERDICT_DENY);
	gateway_link_hold(b->gateway, 0, false);
	TURN_UNTIL(b, !is_live(b, other.id));
	TURN_UNTIL(b, fake_waiting(link_of(b, "a")) == 0);
	bed_stop(b);
	/* and it holds after a new start */
	bed_start(b, "fake a { }", false);
	assert_true(str_eqz(submit(b, "marketing", SHI, "x").decision.reason,
			    "withdrawn"));
	assert_int_equal(submit(b, "reminder", SHI, "x").decision.verdict,
			 VERDICT_ALLOW);
	bed_stop(b);
}

/* A bare R is an opt-out only after a text that offered it. */
static void test_short_word(void **state)
{
	struct bed *b = *state;
	struct submitted s;

	bed_start(b, "fake a { }", true);
	grant_marketing(b, SHI);
	s = submit(b, "reminder", SHI, "Your visit is tomorrow");
	TURN_UNTIL(b, !is_live(b, s.id));
	fake_hear(link_of(b, "a"), SHI, STR("99900"), STR("R"));
	TURN_UNTIL(b, fake_waiting(link_of(b, "a")) == 0);
	commit(b);
	s = submit(b, "marketing", SHI, "Offer, R to stop");
	assert_int_equal(s.decision.verdict, VERDICT_ALLOW);
	TURN_UNTIL(b, !is_live(b, s.id));
	fake_hear(link_of(b, "a"), SHI, STR("99900"), STR("R"));
	TURN_UNTIL(b, submit(b, "marketing", SHI, "x").decision.verdict ==
			      VERDICT_DENY);
	bed_stop(b);
}

/* In doubt: marketing is never sent again, an alert once, and says so. */
static void test_doubt(void **state)
{
	struct bed *b = *state;
	struct submitted s;
	struct stored st;

	bed_start(b, "fake a { }", true);
	grant_marketing(b, SHI);
	fake_script(link_of(b, "a"), OUTCOME_UNKNOWN, "no_answer");
	s = submit(b, "marketing", SHI, "Offer");
	TURN_UNTIL(b, !is_live(b, s.id));
	st = look(b, s.id);
	assert_int_equal(st.state, MESSAGE_UNKNOWN);
	assert_int_equal(st.events[EVENT_ATTEMPT], 1);
	s = submit(b, "alert", SHI, "Fire");
	TURN_UNTIL(b, !is_live(b, s.id));
	st = look(b, s.id);
	assert_int_equal(st.state, MESSAGE_UNKNOWN);
	assert_int_equal(st.events[EVENT_ATTEMPT], 2);
	assert_non_null(strstr(st.reasons, "unknown:no_answer queued:resend"));
	bed_stop(b);
}

static void test_retry_and_fail(void **state)
{
	struct bed *b = *state;
	struct submitted s;
	struct stored st;

	bed_start(b, "fake a { }", true);
	fake_script(link_of(b, "a"), OUTCOME_RETRY, "busy");
	s = submit(b, "reminder", SHI, "Hello");
	TURN_UNTIL(b, !is_live(b, s.id));
	st = look(b, s.id);
	assert_int_equal(st.state, MESSAGE_FAILED);
	assert_int_equal(st.events[EVENT_ATTEMPT], 3);
	fake_script(link_of(b, "a"), OUTCOME_BROKEN, "bad_number");
	s = submit(b, "reminder", SHI, "Hello");
	TURN_UNTIL(b, !is_live(b, s.id));
	assert_int_equal(look(b, s.id).state, MESSAGE_REJECTED);
	bed_stop(b);
}

/* One link refuses, the other takes it; one goes away, the other serves. */
static void test_failover(void **state)
{
	static const char config[] =
		"fake a { } fake b { }\n"
		"route all { pool = {\"a\", \"b\"} strategy = priority }";
	struct bed *b = *state;
	struct submitted s;
	struct explain *ex = mem_new(struct explain);
	struct submission ask = { .to = SHI,
				  .text = STR("x"),
				  .class_name = STR("alert"),
				  .priority = -1 };
	struct link_view v;

	bed_start(b, config, true);
	fake_script(link_of(b, "a"), OUTCOME_REFUSED, "not_here");
	s = submit(b, "reminder", SHI, "Hello");
	TURN_UNTIL(b, !is_live(b, s.id));
	assert_int_equal(look(b, s.id).state, MESSAGE_DELIVERED);
	fake_far_side(link_of(b, "a"), false);
	TURN_UNTIL(b, gateway_link(b->gateway, 0, &v) == 0 &&
			      v.state == CHANNEL_DOWN);
	s = submit(b, "reminder", SHI, "Hello");
	TURN_UNTIL(b, !is_live(b, s.id));
	gateway_explain(b->gateway, &ask, &s, ex);
	assert_int_equal(s.rc, 0);
	assert_string_equal(ex->pool, "all");
	assert_int_equal(ex->n, 3);
	assert_true(ex->v[0].rule && ex->v[0].chosen);
	assert_string_equal(ex->v[1].name, "a");
	assert_false(ex->v[1].chosen);
	assert_non_null(strstr(ex->v[1].why, "down"));
	assert_true(ex->v[2].chosen);
	mem_free(ex);
	bed_stop(b);
}

/* What waits is found again, in its state and with its time. */
static void test_recovery(void **state)
{
	struct bed *b = *state;
	struct submitted waits, held;
	struct submission s = { .to = SHI,
				.text = STR("later"),
				.class_name = STR("alert"),
				.priority = -1 };
	struct gateway_counts c;

	bed_start(b, "fake a { }", true);
	gateway_link_hold(b->gateway, 0, true);
	waits = submit(b, "reminder", SHI, "Hello");
	s.send_at_ms = clock_wall_ms(&clock_real) + 3600000;
	gateway_submit(b->gateway, &s, &held);
	commit(b);
	bed_stop(b);
	bed_start(b, "fake a { }", false);
	gateway_counts(b->gateway, &c);
	assert_int_equal(c.live, 2);
	assert_int_equal(c.held, 1);
	TURN_UNTIL(b, !is_live(b, waits.id));
	assert_int_equal(look(b, waits.id).state, MESSAGE_DELIVERED);
	assert_true(is_live(b, held.id));
	bed_stop(b);
}

/* A receipt finds its message after a new start. */
static void test_receipt_after_restart(void **state)
{
	struct bed *b = *state;
	struct submitted s;
	struct gateway_counts c;

	bed_start(b, "fake a { receipt = delivered receipt_after = 60s }",
		  true);
	s = submit(b, "reminder", SHI, "Hello");
	TURN_UNTIL(b, look(b, s.id).state == MESSAGE_SUBMITTED);
	bed_stop(b);
	bed_start(b, "fake a { }", false);
	gateway_counts(b->gateway, &c);
	assert_int_equal(c.submitted, 1);
	bed_stop(b);
}

static void test_queue_limit(void **state)
{
	struct bed *b = *state;

	bed_start(b, "fake a { }", true);
	bed_stop(b);
	bed_start(b, "fake a { }", false);
	gateway_link_hold(b->gateway, 0, true);
	for (unsigned i = 0; i < 50; i++)
		assert_int_equal(submit(b, "alert", SHI, "x").rc, 0);
	commit(b);
	bed_stop(b);
}

static int no_blocks(void **state)
{
	(void)state;
	if (mem_live_blocks() != 0)
		fprintf(stderr, "%zu blocks live\n", mem_live_blocks());
	return mem_live_blocks() == 0 ? 0 : -1;
}

#define FLOW(test) cmocka_unit_test_setup_teardown(test, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FLOW(test_delivered),
		FLOW(test_denied_is_stored),
		FLOW(test_refusals),
		FLOW(test_idempotency),
		FLOW(test_schedule_and_cancel),
		FLOW(test_opt_out),
		FLOW(test_short_word),
		FLOW(test_doubt),
		FLOW(test_retry_and_fail),
		FLOW(test_failover),
		FLOW(test_recovery),
		FLOW(test_receipt_after_restart),
		FLOW(test_queue_limit),
	};

	secret_init();
	log_threshold = LOG_ERROR;
	return cmocka_run_group_tests(tests, NULL, no_blocks);
}
