/* What a campaign stands on, without a node: states, forms, pace, times, the
 * guard. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "campaigns/core.h"
#include "campaigns/guard.h"
#include "campaigns/pace.h"
#include "campaigns/schedule.h"
#include "proto/tzone.h"

/* ---- states -------------------------------------------------------------------- */

/* Every step from every state: "-" where it may not be, else where it leads. */
static void r32_steps_are_a_table(void **state)
{
	static const struct {
		enum campaign_step step;
		const char *from; /* states by their first letters, in order */
	} rows[] = {
		/*                  d i a s m r p D c C f e */
		{ STEP_EDIT, "++++--------" },
		{ STEP_SUBMIT, "+-----------" },
		{ STEP_RETURN, "-+----------" },
		{ STEP_APPROVE, "-+----------" },
		{ STEP_SCHEDULE, "--+---------" },
		{ STEP_START, "--++--------" },
		{ STEP_PAUSE, "-----+------" },
		{ STEP_RESUME, "------+-----" },
		{ STEP_CANCEL, "++++++++----" },
		{ STEP_MATERIALISED, "----+-------" },
		{ STEP_CHANGED, "----+-------" },
		{ STEP_EMPTY, "-----+------" },
		{ STEP_AGAIN, "-------+----" },
		{ STEP_COMPLETE, "-------+----" },
		{ STEP_FAIL, "----++------" },
		{ STEP_EXPIRE, "---+-++-----" },
	};

	(void)state;
	assert_int_equal(ARRAY_LEN(rows), CAMPAIGN_STEPS);
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		for (unsigned s = 0; s < CAMPAIGN_STATES; s++) {
			enum campaign_state to = CAMPAIGN_STATES;
			int rc = campaign_step_to((enum campaign_state)s,
						  rows[i].step, &to);
			if ((rc == 0) != (rows[i].from[s] == '+'))
				fail_msg("%s in %s",
					 campaign_step_name(rows[i].step),
					 campaign_state_name(
						 (enum campaign_state)s));
			assert_true(rc != 0 || to < CAMPAIGN_STATES);
		}
	}
}

/* ---- forms --------------------------------------------------------------------- */

static void forms_come_back_and_tell_what_differs(void **state)
{
	struct spec a = { .rate = 7, .start_ms = -1 }, b = { .share_b = 9 };
	struct buf bytes = { 0 }, what = { 0 };

	(void)state;
	buf_init(&bytes, BUF_NO_LIMIT);
	buf_init(&what, BUF_NO_LIMIT);
	form_set(&a.name, STR("Spring"));
	form_set(&a.text, STR("Hello"));
	form_encode(&spec_form, &a, &bytes);
	assert_int_equal(form_decode(&spec_form, buf_str(&bytes), &b), 0);
	assert_false(form_diff(&spec_form, &a, &b, &what));
	form_set(&b.text, STR("Hi"));
	b.rate = 8;
	b.end_ms = 1;
	assert_true(form_diff(&spec_form, &a, &b, &what));
	assert_string_equal(what.p, "text, schedule, pace");
	/* cut short, too long, of a newer version */
	assert_int_not_equal(
		form_decode(&spec_form,
			    str_first(buf_str(&bytes), bytes.len - 1), &b),
		0);
	buf_c(&bytes, 'x');
	assert_int_not_equal(form_decode(&spec_form, buf_str(&bytes), &b), 0);
	bytes.p[0] = 99;
	assert_int_not_equal(form_decode(&spec_form, buf_str(&bytes), &b), 0);
	form_done(&spec_form, &a);
	form_done(&spec_form, &b);
	buf_done(&bytes);
	buf_done(&what);
}

/* ---- pace ---------------------------------------------------------------------- */

static void pace_is_rate_ramp_or_spread(void **state)
{
	static const struct {
		int64_t rate, ramp_ms, spread;
		int64_t now_ms, left, end_ms;
		double people;
	} rows[] = {
		{ 0, 0, 0, 0, 100, 0, 0 },
		{ 50, 0, 0, 0, 100, 0, 50 },
		{ 50, 10000, 0, 0, 100, 0, 5 }, /* a tenth */
		{ 50, 10000, 0, 5000, 100, 0, 27.5 },
		{ 50, 10000, 0, 10000, 100, 0, 50 },
		{ 0, 0, 1, 0, 3600, 3600000, 1 },
		{ 0, 0, 1, 1800000, 3600, 3600000, 2 }, /* it is late */
		{ 1, 0, 1, 1800000, 3600, 3600000, 1 }, /* never above rate */
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		const struct spec s = { .rate = rows[i].rate,
					.ramp_ms = rows[i].ramp_ms,
					.spread = rows[i].spread };
		double got = pace_rate(&s, 0, rows[i].now_ms, rows[i].left,
				       rows[i].end_ms);

		if (got < rows[i].people - 0.01 || got > rows[i].people + 0.01)
			fail_msg("row %u: %f", i, got);
	}
}

/* ---- times ----------------------------------------------------------------------- */

#define NOON_UTC INT64_C(1764590400000) /* 2025-12-01T12:00:00Z */
#define HOUR INT64_C(3600000)

static void local_time_is_the_persons(void **state)
{
	static const struct {
		const char *tz, *address;
		int64_t hours; /* after noon UTC; -1: no zone is known */
	} rows[] = {
		{ "Europe/London", "", 21 }, /* 09:00 of the next day */
		{ "Asia/Shanghai", "", 13 },
		{ "America/New_York", "", 2 },
		{ "", "+8613800138000", 13 },
		{ "", "+447700900001", 21 },
		{ "", "+99900000001", -1 },
		{ "Not/AZone", "+99900000001", -1 },
	};
	struct campaign m = { .spec = { .schedule = SCHEDULE_LOCAL,
					.minute = 540 } };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		const struct person_row p = { .tz = str_of(rows[i].tz),
					      .address =
						      str_of(rows[i].address) };
		int64_t due = 0;
		bool known = schedule_due(&m, &p, NOON_UTC, &due);

		assert_int_equal(known, rows[i].hours >= 0);
		if (known && due != NOON_UTC + rows[i].hours * HOUR)
			fail_msg("row %u: %lld h", i,
				 (long long)((due - NOON_UTC) / HOUR));
	}
	tzone_forget();
}

/* A number that may be in several zones waits for the last of them. */
static void several_zones_wait_for_the_last(void **state)
{
	struct campaign m = { .spec = { .schedule = SCHEDULE_LOCAL,
					.minute = 540 } };
	const struct person_row p = { .address = STR("+12025550123") };
	int64_t due = 0, east = NOON_UTC + 2 * HOUR;

	(void)state;
	assert_true(schedule_due(&m, &p, NOON_UTC, &due));
	assert_true(due > east);
	tzone_forget();
}

static void recurring_runs_come_every_so_often(void **state)
{
	const struct spec s = { .schedule = SCHEDULE_RECURRING,
				.start_ms = NOON_UTC,
				.every_ms = 24 * HOUR };

	(void)state;
	assert_int_equal(schedule_next(&s, NOON_UTC - 5), NOON_UTC);
	assert_int_equal(schedule_next(&s, NOON_UTC), NOON_UTC);
	assert_int_equal(schedule_next(&s, NOON_UTC + 1), NOON_UTC + 24 * HOUR);
	assert_int_equal(schedule_next(&s, NOON_UTC + 49 * HOUR),
			 NOON_UTC + 72 * HOUR);
}

/* ---- the guard --------------------------------------------------------------------- */

static const struct campaigns_cfg limits = {
	.error_share = 50,
	.error_over = 200,
	.optout_share = 20,
	.optout_over = 500,
	.complaint_share = 1,
	.complaint_over = 5000,
	.complaint_count = 3,
	.complaint_window = 60000,
	.surge_factor = 5,
	.surge_least = 4,
	.surge_known = 1000,
};
static const struct harm nothing; /* is known of others */

static void r38_shares_pause(void **state)
{
	static const struct {
		int64_t delivered, rejected, optouts, complaints;
		const char *why; /* NULL: none */
	} rows[] = {
		{ 1000, 0, 0, 0, NULL },
		{ 190, 10, 0, 0, NULL },        /* 5 % is not above 5 % */
		{ 20, 11, 0, 0, "error_rate" }, /* before 200 have gone */
		{ 500, 0, 10, 0, NULL },
		{ 100, 0, 11, 0, "optout_spike" },
		{ 5000, 0, 0, 5, NULL },
		{ 5000, 0, 0, 6, "complaint_burst" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct campaign m = { 0 };
		struct err what = { "" };
		const char *why;

		guard_begin(&m);
		m.messages[MESSAGE_DELIVERED] = rows[i].delivered;
		m.messages[MESSAGE_REJECTED] = rows[i].rejected;
		m.life.optouts = rows[i].optouts;
		m.life.complaints = rows[i].complaints;
		why = guard_alarm(&limits, &m, &nothing, 1, &what);
		if ((why == NULL) != (rows[i].why == NULL))
			fail_msg("row %u: %s", i, why == NULL ? "-" : why);
		if (why != NULL)
			assert_string_equal(why, rows[i].why);
		/* A person has looked: the same figures are well again. */
		guard_begin(&m);
		assert_null(guard_alarm(&limits, &m, &nothing, 1, &what));
	}
}

/* Low shares, and yet more than others of its kind have. */
static void r38_a_rate_over_the_usual_one_pauses(void **state)
{
	static const struct {
		struct harm usual;
		int64_t delivered, rejected, optouts, complaints;
		const char *why; /* NULL: none */
	} rows[] = {
		/* usual: 1 of 10,000; 5 times that is 20 of 40,000 */
		{ { 10000, 1, 1, 1 }, 40000, 0, 0, 4, NULL },
		{ { 100000, 1, 1, 1 }, 40000, 0, 0, 4, "complaint_surge" },
		{ { 100000, 1, 1, 1 }, 40000, 0, 0, 3, NULL }, /* few */
		{ { 999, 0, 0, 0 }, 400, 0, 0, 4, NULL }, /* what is usual? */
		{ { 10000, 0, 0, 0 }, 4000, 0, 0, 5, "complaint_surge" },
		{ { 10000, 9, 10, 9 }, 2000, 0, 10, 0, NULL },
		{ { 10000, 9, 10, 9 }, 1999, 0, 10, 0, "optout_spike" },
		{ { 10000, 10, 9, 9 }, 1900, 9, 0, 0, NULL },
		{ { 10000, 10, 9, 9 }, 1590, 8, 0, 0, "error_rate" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct campaign m = { 0 };
		struct err what = { "" };
		const char *why;

		/* What was before a person looked does not count. */
		m.messages[MESSAGE_DELIVERED] = 10;
		m.messages[MESSAGE_REJECTED] = 10;
		m.life.complaints = m.life.optouts = 10;
		guard_begin(&m);
		m.messages[MESSAGE_DELIVERED] += rows[i].delivered;
		m.messages[MESSAGE_REJECTED] += rows[i].rejected;
		m.life.optouts += rows[i].optouts;
		m.life.complaints += rows[i].complaints;
		why = guard_alarm(&limits, &m, &rows[i].usual, 1, &what);
		if ((why == NULL) != (rows[i].why == NULL))
			fail_msg("row %u: %s", i, why == NULL ? "-" : why);
		if (why != NULL)
			assert_string_equal(why, rows[i].why);
		guard_begin(&m);
		assert_null(guard_alarm(&limits, &m, &rows[i].usual, 1, &what));
	}
}

static void r38_a_burst_of_complaints_pauses(void **state)
{
	struct campaign m = { 0 };
	struct err what;

	(void)state;
	guard_begin(&m);
	guard_complaint(&m, 1000);
	guard_complaint(&m, 50000);
	assert_null(guard_alarm(&limits, &m, &nothing, 50000, &what));
	guard_complaint(&m, 62000); /* the first one is too old */
	assert_null(guard_alarm(&limits, &m, &nothing, 62000, &what));
	guard_complaint(&m, 63000);
	assert_string_equal(guard_alarm(&limits, &m, &nothing, 63000, &what),
			    "complaint_burst");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(r32_steps_are_a_table),
		cmocka_unit_test(forms_come_back_and_tell_what_differs),
		cmocka_unit_test(pace_is_rate_ramp_or_spread),
		cmocka_unit_test(local_time_is_the_persons),
		cmocka_unit_test(several_zones_wait_for_the_last),
		cmocka_unit_test(recurring_runs_come_every_so_often),
		cmocka_unit_test(r38_shares_pause),
		cmocka_unit_test(r38_a_rate_over_the_usual_one_pauses),
		cmocka_unit_test(r38_a_burst_of_complaints_pauses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
