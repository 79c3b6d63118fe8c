/* Messages through the whole gateway: doors, gate, lanes and back, over the
 * fake channel and a store that is opened again. */
#include "tests/lib/bed.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "channels/fake/fake.h"
#include "model/record.h"

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

static int state_now(struct bed *b, uint64_t id)
{
	struct live_view v;

	return gateway_live(b->gateway, STR("DEMOTEL"), id, &v) == 0
		       ? (int)v.state
		       : -1;
}

/* R-11: a refusal that comes when a message is marked for its link, and the
 * mark is on its way to the disk: the bytes stay here. */
static void r11_refused_between_mark_and_commit(void **state)
{
	struct consent_event e = { .tenant = STR("DEMOTEL"),
				   .address = SHI,
				   .purpose = STR("marketing"),
				   .type = CONSENT_WITHDRAW,
				   .source = STR("api") };
	struct bed *b = *state;
	struct submitted out;
	struct link_view v;
	struct err err = { "" };

	bed_start(b, "fake a { }", true);
	grant_marketing(b, SHI);
	gateway_link_hold(b->gateway, 0, true);
	out = submit(b, "marketing", SHI, "Offer");
	commit(b);
	gateway_link_hold(b->gateway, 0, false);
	TURN_UNTIL(b, state_now(b, out.id) == MESSAGE_SUBMITTING);
	assert_int_equal(gateway_link(b->gateway, 0, &v), 0);
	assert_int_equal(v.sent, 0); /* the commit is awaited */
	assert_int_equal(gateway_consent(b->gateway, &e, &err), 0);
	TURN_UNTIL(b, !is_live(b, out.id));
	struct stored s = look(b, out.id);

	assert_int_equal(s.state, MESSAGE_SUPPRESSED);
	assert_non_null(strstr(s.reasons, "suppressed:withdrawn"));
	assert_int_equal(gateway_link(b->gateway, 0, &v), 0);
	assert_int_equal(v.sent, 0);
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

#define FLOW(test) cmocka_unit_test_setup_teardown(test, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FLOW(test_delivered),
		FLOW(test_denied_is_stored),
		FLOW(test_refusals),
		FLOW(test_idempotency),
		FLOW(test_schedule_and_cancel),
		FLOW(r11_refused_between_mark_and_commit),
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
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
