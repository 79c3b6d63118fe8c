/* Clocks and acts of cases, each test named by its rule. */
#include "tests/lib/caredesk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"

/* ---- the clocks -------------------------------------------------------------------- */

static void test_r19_first_reply_in_48_hours(void **state)
{
	struct caredesk d;

	caredesk_open(&d, state);
	caredesk_write_in(&d, SHI, "sms", "我要投诉");
	assert_string_equal(d.claimed, "complaint");
	caredesk_expect(&d, "case.opened ");
	caredesk_pass(&d, 23);
	caredesk_expect(&d, "");
	caredesk_pass(&d, 1);
	caredesk_expect(&d, "case.alarm:50 ");
	caredesk_pass(&d, 15); /* 39 h: 80 % are 38.4 */
	caredesk_expect(&d, "case.alarm:80 ");
	caredesk_pass(&d, 9);
	caredesk_expect(&d, "case.alarm:100! ");
	caredesk_pass(&d, 20);
	caredesk_expect(&d, "");
	caredesk_stop(&d);
}

static void test_r19_a_receipt_does_not_stop_the_clock(void **state)
{
	struct caredesk d;

	caredesk_open(&d, state);
	caredesk_write_in(&d, SHI, "sms", "我要投诉");
	/* it has gone out, and arrived */
	TURN_UNTIL(d.bed, d.delivered == 1);
	caredesk_pass(&d, 25);
	caredesk_expect(&d, "case.opened case.alarm:50 ");
	caredesk_stop(&d);
}

static void test_r19_a_person_stops_the_clock(void **state)
{
	struct caredesk d;

	caredesk_open(&d, state);
	struct care_case *x = caredesk_add(&d, CASE_COMPLAINT, "");

	caredesk_expect(&d, "case.opened ");
	assert_string_equal(ACT(&d, x, CASE_NOTE, .text = STR("called")), "");
	caredesk_pass(&d, 24);
	caredesk_expect(&d, "case.alarm:50 ");
	assert_string_equal(ACT(&d, x, CASE_REPLY, .text = STR("我们在查")),
			    "");
	assert_int_equal(x->now.replied_ms, clock_wall_ms(&d.clock.ops));
	caredesk_expect(&d, "case.replied ");
	caredesk_pass(&d, 40);
	caredesk_expect(&d, "");
	caredesk_stop(&d);
}

static void test_r19_the_clock_survives_a_restart(void **state)
{
	struct caredesk d;

	caredesk_open(&d, state);
	struct care_case *x = caredesk_add(&d, CASE_COMPLAINT, "");
	uint64_t id = x->id;

	caredesk_pass(&d, 24);
	caredesk_expect(&d, "case.opened case.alarm:50 ");
	caredesk_stop(&d);
	clock_hand_jump(&d.clock, 15 * HOUR);
	caredesk_start(&d, false);
	x = cases_find(d.cases, CAREDESK_TENANT, id);
	assert_non_null(x);
	assert_int_equal(x->now.alarms, 1);
	assert_string_equal(x->now.owner, "care-desk");
	caredesk_pass(&d, 0);
	caredesk_expect(&d, "case.alarm:80 ");
	/* a long way down: nothing is left out */
	caredesk_stop(&d);
	clock_hand_jump(&d.clock, 100 * HOUR);
	caredesk_start(&d, false);
	caredesk_pass(&d, 0);
	caredesk_expect(&d, "case.alarm:100! case.alarm ");
	caredesk_stop(&d);
}

static void test_r34_no_case_is_silent(void **state)
{
	struct caredesk d;

	caredesk_open(&d, state);
	struct care_case *x = caredesk_add(&d, CASE_QUESTION, "");

	assert_string_equal(ACT(&d, x, CASE_REPLY, .text = STR("稍等")), "");
	TURN_UNTIL(d.bed, d.delivered == 1);
	caredesk_expect(&d, "case.opened case.replied ");
	caredesk_pass(&d, 71);
	caredesk_expect(&d, "");
	caredesk_pass(&d, 1);
	/* the owner hears of it, and the customer */
	TURN_UNTIL(d.bed, d.delivered == 2);
	caredesk_expect(&d, "case.alarm ");
	caredesk_pass(&d, 71);
	caredesk_expect(&d, "");
	/* a word to the customer begins it anew; a note does not */
	assert_string_equal(ACT(&d, x, CASE_REPLY, .text = STR("还在查")), "");
	caredesk_pass(&d, 1);
	caredesk_expect(&d, "case.replied ");
	assert_string_equal(ACT(&d, x, CASE_NOTE, .text = STR("waiting")), "");
	caredesk_pass(&d, 71);
	caredesk_expect(&d, "case.alarm ");
	assert_string_equal(CLOSE(&d, x), "");
	caredesk_pass(&d, 100);
	caredesk_expect(&d, "case.closed ");
	caredesk_stop(&d);
}

/* ---- who, and what for --------------------------------------------------------------- */

static void test_r35_an_owner_is_never_blank(void **state)
{
	struct caredesk d;

	caredesk_open(&d, state);
	struct care_case *x = caredesk_add(&d, CASE_COMPLAINT, "");

	assert_string_equal(x->now.owner, "care-desk");
	assert_string_equal(ACT(&d, x, CASE_ASSIGN, .owner = STR("  ")),
			    "bad_owner");
	assert_string_equal(ACT(&d, x, CASE_ASSIGN, .owner = STR("bob")), "");
	assert_string_equal(x->now.owner, "bob");
	assert_int_equal(cases_owned(d.cases, CAREDESK_TENANT, STR("bob")), 1);
	assert_int_equal(cases_owned(d.cases, STR("OTHER"), STR("bob")), 0);
	assert_string_equal(CLOSE(&d, x), "");
	assert_int_equal(cases_owned(d.cases, CAREDESK_TENANT, STR("bob")), 0);
	caredesk_stop(&d);
}

static void test_r16_refund_before_investigation(void **state)
{
	struct caredesk d;

	caredesk_open(&d, state);
	struct care_case *x = caredesk_add(&d, CASE_DISPUTE, CASE_TOPIC_VAS);

	caredesk_expect(&d, "case.opened ");
	assert_string_equal(ACT(&d, x, CASE_INVESTIGATE), "REFUND_FIRST");
	assert_string_equal(CLOSE(&d, x), "REFUND_FIRST");
	assert_string_equal(ACT(&d, x, CASE_REFUND, .amount_fen = 0),
			    "bad_amount");
	caredesk_expect(&d, "");
	assert_string_equal(ACT(&d, x, CASE_REFUND, .amount_fen = 500), "");
	assert_string_equal(ACT(&d, x, CASE_INVESTIGATE), "");
	caredesk_expect(&d, "billing.refund-request:500 case.refund "
			    "case.investigating ");
	/* of any other charge one may look first */
	x = caredesk_add(&d, CASE_COMPLAINT, "");
	assert_string_equal(ACT(&d, x, CASE_INVESTIGATE), "");
	caredesk_stop(&d);
}

static void test_r17_a_charge_error_is_paid_twice(void **state)
{
	static const int64_t amounts[] = { 1, 999,
					   123456789012 /* too much */ };
	struct caredesk d;

	caredesk_open(&d, state);
	struct care_case *x = caredesk_add(&d, CASE_DISPUTE, "");

	caredesk_expect(&d, "case.opened ");
	assert_string_equal(caredesk_end(&d, x, "charge_error", "对不起", 0),
			    "bad_amount");
	assert_string_equal(caredesk_end(&d, x, "charge_error", "对不起",
					 amounts[2]),
			    "bad_amount");
	caredesk_expect(&d, "");
	for (unsigned i = 0; i < 2; i++) {
		char expected[64];

		assert_string_equal(caredesk_end(&d, x, "charge_error",
						 "对不起", amounts[i]),
				    "");
		snprintf(expected, sizeof(expected),
			 "billing.refund-request:%lld case.closed ",
			 (long long)(2 * amounts[i]));
		caredesk_expect(&d, expected);
		assert_string_equal(ACT(&d, x, CASE_REOPEN,
					.text = STR("again")),
				    "");
		caredesk_expect(&d, "case.opened ");
	}
	caredesk_stop(&d);
}

static void test_r20_a_report_closes_with_a_verdict(void **state)
{
	struct caredesk d;

	caredesk_open(&d, state);
	/* each message is one case, at any hour, whoever's customer it is */
	caredesk_write_in(&d, LIN, "sms", "JB 138");
	assert_string_equal(d.claimed, "report");
	caredesk_write_in(&d, LIN, "sms", "JB 139");
	caredesk_expect(&d, "case.opened case.opened ");

	struct care_case *x = caredesk_add(&d, CASE_REPORT, "");

	assert_string_equal(CLOSE(&d, x), "VERDICT_MISSING");
	assert_string_equal(ACT(&d, x, CASE_VERDICT), "VERDICT_MISSING");
	assert_string_equal(ACT(&d, x, CASE_VERDICT,
				.verdict = CASE_NOT_VERIFIABLE),
			    "");
	assert_string_equal(CLOSE(&d, x), "");
	assert_int_equal(x->now.verdict, CASE_NOT_VERIFIABLE);
	caredesk_stop(&d);
}

static void test_r33_the_customer_hears_the_outcome(void **state)
{
	struct caredesk d;

	caredesk_open(&d, state);
	struct care_case *x = caredesk_add(&d, CASE_COMPLAINT, "");

	caredesk_expect(&d, "case.opened ");
	assert_string_equal(caredesk_end(&d, x, "", "好了", 0),
			    "cause_missing");
	assert_string_equal(caredesk_end(&d, x, "weather", "好了", 0),
			    "bad_cause");
	assert_string_equal(caredesk_end(&d, x, "staff", "", 0), "no_outcome");
	/* a word that nobody may send: it stays open */
	assert_string_equal(caredesk_end(&d, x, "staff", "胡说", 0), "denied");
	assert_int_equal(x->now.state, CASE_OPENED);
	caredesk_expect(&d, "");
	assert_string_equal(ACT(&d, x, CASE_CLOSE, .cause = STR("staff"),
				.solved = true,
				.silent = STR("asked for silence")),
			    "");
	assert_string_equal(x->now.cause, "staff");
	assert_true(x->now.solved);
	caredesk_expect(&d, "case.closed ");
	assert_string_equal(ACT(&d, x, CASE_REPLY, .text = STR("x")),
			    "not_now");
	caredesk_stop(&d);
}

static void test_r47_agents_say_nothing_that_is_blocked(void **state)
{
	struct caredesk d;

	caredesk_open(&d, state);
	struct care_case *x = caredesk_add(&d, CASE_COMPLAINT, "");

	assert_string_equal(ACT(&d, x, CASE_REPLY, .text = STR("别胡说")),
			    "denied");
	assert_int_equal(x->now.replied_ms, 0);
	assert_string_equal(ACT(&d, x, CASE_REPLY, .text = STR(" ")),
			    "missing");
	caredesk_stop(&d);
}

static void test_versions(void **state)
{
	const struct case_deed note = { .act = CASE_NOTE, .text = STR("x") };
	struct case_by by = caredesk_ann;
	struct case_no no;
	struct caredesk d;

	caredesk_open(&d, state);
	struct care_case *x = caredesk_add(&d, CASE_COMPLAINT, "");

	by.version = x->now.version;
	assert_int_equal(cases_do(d.cases, x, &note, &by, &no), 0);
	assert_int_equal(cases_do(d.cases, x, &note, &by, &no), -ESTALE);
	commit(d.bed);
	caredesk_stop(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)
		CASE(test_r19_first_reply_in_48_hours),
		CASE(test_r19_a_receipt_does_not_stop_the_clock),
		CASE(test_r19_a_person_stops_the_clock),
		CASE(test_r19_the_clock_survives_a_restart),
		CASE(test_r34_no_case_is_silent),
		CASE(test_r35_an_owner_is_never_blank),
		CASE(test_r16_refund_before_investigation),
		CASE(test_r17_a_charge_error_is_paid_twice),
		CASE(test_r20_a_report_closes_with_a_verdict),
		CASE(test_r33_the_customer_hears_the_outcome),
		CASE(test_r47_agents_say_nothing_that_is_blocked),
		CASE(test_versions),
#undef CASE
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
