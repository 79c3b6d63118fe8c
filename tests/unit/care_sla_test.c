/* Working hours, and clocks of a first reply that count in them. */
#include "tests/lib/caredesk.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "care/sla.h"
#include "care/work_hours.h"

/* In London it is winter until 2027-03-28, and no offset until then. */
#define MONDAY INT64_C(1795392000000) /* 2026-11-23T00:00:00Z */
#define MINUTE INT64_C(60000)

static struct settings settings;

/* Faults as one text; "" if there are none. */
static const char *parse(const char *text)
{
	static struct setting_section kinds[2];
	static char said[1024];
	struct faults f = { 0 };

	kinds[0] = sla_section;
	kinds[1] = work_hours_section;
	said[0] = '\0';
	if (settings_parse(text, "c.conf", kinds, 2, &settings, &f) == 0) {
		sla_check(&settings, &f);
		work_hours_check(&settings, &f);
	}
	for (size_t i = 0; i < f.len; i++)
		snprintf(said + strlen(said), sizeof(said) - strlen(said),
			 "%s\n", f.v[i]);
	faults_done(&f);
	return said;
}

static void must_parse(const char *text)
{
	assert_string_equal(parse(text), "");
}

/* ---- the settings ------------------------------------------------------------------ */

static void r48_an_sla_has_a_number_and_a_unit(void **state)
{
	static const struct {
		const char *text, *fault; /* "" is none */
	} rows[] = {
		{ "sla a {\n first_reply = 4h\n}", "" },
		{ "sla a {\n first_reply = 4\n}", "c.conf:2:" },
		{ "sla a {\n first_reply = h\n}", "c.conf:2:" },
		{ "sla a {\n first_reply = promptly\n}", "c.conf:2:" },
		{ "sla a {\n first_reply = 0\n}", "c.conf:2:" },
		{ "\n\nsla a {\n kind = complaint\n}", "c.conf:3:" },
		{ "sla a {\n kind = complaint\n first_reply = \"4 days\"\n}",
		  "c.conf:3:" },
		{ "\nsla a { first_reply = 4h kind = anger }", "line 2:" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *said = parse(rows[i].text);
		bool as_wished = rows[i].fault[0] == '\0'
					 ? said[0] == '\0'
					 : strncmp(said, rows[i].fault,
						   strlen(rows[i].fault)) == 0;

		if (!as_wished)
			fail_msg("row %zu: \"%s\"", i, said);
		settings_done(&settings);
	}
}

static void what_working_hours_cannot_be(void **state)
{
	static const char *const rows[] = {
		"work_hours { zone = \"Europe/Atlantis\" }",
		"work_hours { hours = \"18:00-09:00\" }",
		"work_hours { days = {mon, funday} }",
		"work_hours { holidays = {\"1 May\"} }",
		"work_hours { workdays = {\"2026-1-1\"} }",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strncmp(parse(rows[i]), "line 1: work_hours: ", 20) != 0)
			fail_msg("row %zu is taken", i);
		settings_done(&settings);
	}
}

/* ---- counted ----------------------------------------------------------------------- */

static struct work_hours hours_of(const char *text)
{
	struct work_hours w;
	struct err err = { "" };

	must_parse(text);
	assert_int_equal(
		work_hours_read(
			&w, settings_find(&settings, "work_hours", NULL)->value,
			&err),
		0);
	return w;
}

static void working_time_counts_while_people_work(void **state)
{
	/* hours after Monday 00:00 */
	static const struct {
		double from, span, to;
	} rows[] = {
		{ 9, 2, 11 },      /* the same day */
		{ 7, 2, 11 },      /* before it opens */
		{ 17, 2, 34 },     /* an hour of Monday, one of Tuesday */
		{ 9, 9, 18 },      /* all of a day: its end */
		{ 20, 0.5, 33.5 }, /* at night */
		{ 4 * 24 + 17, 2, 7 * 24 + 10 }, /* over a weekend */
		{ 5 * 24 + 12, 1, 7 * 24 + 10 }, /* from a Saturday */
		{ 9, 45, 4 * 24 + 18 },          /* a week of work */
	};
	struct work_hours w =
		hours_of("work_hours { zone = \"Europe/London\" }");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t from = MONDAY + (int64_t)(rows[i].from * HOUR);
		int64_t span = (int64_t)(rows[i].span * HOUR);
		int64_t to = work_hours_after(&w, from, span);

		if (to != MONDAY + (int64_t)(rows[i].to * HOUR))
			fail_msg("row %zu: %f", i,
				 (double)(to - MONDAY) / HOUR);
		/* back, and there again */
		assert_int_equal(
			work_hours_after(&w, work_hours_before(&w, to, span),
					 span),
			to);
	}
	assert_true(work_hours_open(&w, MONDAY + 9 * HOUR));
	assert_false(work_hours_open(&w, MONDAY + 18 * HOUR));
	assert_false(work_hours_open(&w, MONDAY + (5 * 24 + 12) * HOUR));
	settings_done(&settings);
}

static void holidays_and_days_made_up_for(void **state)
{
	struct work_hours w = hours_of("work_hours { zone = \"Europe/London\""
				       " holidays = {\"2026-11-24\"}"
				       " workdays = {\"2026-11-28\"} }");

	(void)state;
	/* Tuesday is left out */
	assert_int_equal(work_hours_after(&w, MONDAY + 17 * HOUR, 2 * HOUR),
			 MONDAY + (2 * 24 + 10) * HOUR);
	/* and Saturday is worked */
	assert_int_equal(work_hours_after(&w, MONDAY + (4 * 24 + 17) * HOUR,
					  2 * HOUR),
			 MONDAY + (5 * 24 + 10) * HOUR);
	settings_done(&settings);
}

static void the_clocks_change_and_a_day_has_its_hours(void **state)
{
	/* 2027-03-28 01:00 UTC London jumps; Sunday is worked here */
	int64_t friday = INT64_C(1806019200000); /* 2027-03-26T00:00:00Z */
	struct work_hours w =
		hours_of("work_hours { zone = \"Europe/London\" hours = \"\""
			 " days = {mon, tue, wed, thu, fri, sat, sun} }");

	(void)state;
	assert_int_equal(work_hours_after(&w, friday, 96 * HOUR),
			 friday + 96 * HOUR);
	assert_int_equal(work_hours_before(&w, friday + 96 * HOUR, 96 * HOUR),
			 friday);
	settings_done(&settings);
	w = hours_of("work_hours { zone = \"Europe/London\" }");
	/* Friday 17:00 local and 2 h: Monday 10:00 local is 09:00 UTC */
	assert_int_equal(work_hours_after(&w, friday + 17 * HOUR, 2 * HOUR),
			 friday + (3 * 24 + 9) * HOUR);
	settings_done(&settings);
}

/* ---- cases ----------------------------------------------------------------------- */

static const char office[] =
	"work_hours { zone = \"Europe/London\" }\n"
	"sla charge { kind = charge_dispute first_reply = 10h clock = working }\n"
	"sla vas { topic = vas_charge first_reply = 4h clock = working }\n"
	"sla complaint { kind = complaint first_reply = 10h clock = working }\n";

static void open_at(struct caredesk *d, void **state, int64_t at_ms)
{
	must_parse(office);
	caredesk_open(d, state);
	caredesk_stop(d);
	d->settings = &settings;
	clock_hand_init(&d->clock, at_ms);
	caredesk_start(d, false);
}

static void close_all(struct caredesk *d)
{
	caredesk_stop(d);
	settings_done(&settings);
}

/* Friday 17:00: half of ten working hours are over on Monday at 13:00. */
static void a_working_clock_alarms_at_50_80_100(void **state)
{
	struct caredesk d;

	open_at(&d, state, MONDAY + (4 * 24 + 17) * HOUR);
	struct care_case *x = caredesk_add(&d, CASE_DISPUTE, "");

	assert_int_equal(x->now.due_ms, MONDAY + (7 * 24 + 18) * HOUR);
	caredesk_pass(&d, 64); /* Monday, 09:00 */
	caredesk_expect(&d, "case.opened ");
	caredesk_pass(&d, 3);
	caredesk_expect(&d, "");
	caredesk_pass(&d, 1);
	caredesk_expect(&d, "case.alarm:50 ");
	/* a restart loses none of it */
	caredesk_stop(&d);
	caredesk_start(&d, false);
	caredesk_pass(&d, 2);
	caredesk_expect(&d, "");
	caredesk_pass(&d, 1);
	caredesk_expect(&d, "case.alarm:80 ");
	caredesk_pass(&d, 1); /* that it was silent goes by the wall */
	caredesk_expect(&d, "case.alarm ");
	caredesk_pass(&d, 1); /* 18:00 */
	caredesk_expect(&d, "case.alarm:100! ");
	close_all(&d);
}

static void a_topic_goes_before_a_kind(void **state)
{
	struct caredesk d;

	open_at(&d, state, MONDAY + 9 * HOUR);
	assert_int_equal(
		caredesk_add(&d, CASE_DISPUTE, "vas_charge")->now.due_ms,
		MONDAY + 13 * HOUR);
	/* what none is for has the usual time */
	assert_int_equal(caredesk_add(&d, CASE_QUESTION, "")->now.due_ms,
			 MONDAY + (9 + 48) * HOUR);
	close_all(&d);
}

/* Ten working hours from a Friday evening end on Monday; R-19 on Sunday. */
static void r19_is_by_the_clock_on_the_wall(void **state)
{
	struct caredesk d;

	open_at(&d, state, MONDAY + (4 * 24 + 17) * HOUR);
	struct care_case *x = caredesk_add(&d, CASE_COMPLAINT, "");

	assert_int_equal(x->now.due_ms, MONDAY + (6 * 24 + 17) * HOUR);
	caredesk_pass(&d, 23);
	caredesk_expect(&d, "case.opened ");
	caredesk_pass(&d, 1);
	caredesk_expect(&d, "case.alarm:50 ");
	caredesk_pass(&d, 15);
	caredesk_expect(&d, "case.alarm:80 ");
	caredesk_pass(&d, 9);
	caredesk_expect(&d, "case.alarm:100! ");
	close_all(&d);
}

static void r19_a_working_time_that_is_shorter_holds(void **state)
{
	struct caredesk d;

	open_at(&d, state, MONDAY + 9 * HOUR);
	struct care_case *x = caredesk_add(&d, CASE_COMPLAINT, "");

	assert_int_equal(x->now.due_ms, MONDAY + (24 + 10) * HOUR);
	caredesk_pass(&d, 5);
	caredesk_expect(&d, "case.opened case.alarm:50 ");
	caredesk_pass(&d, 3);
	caredesk_expect(&d, "case.alarm:80 ");
	caredesk_pass(&d, 16);
	caredesk_expect(&d, "");
	caredesk_pass(&d, 1);
	caredesk_expect(&d, "case.alarm:100! ");
	close_all(&d);
}

static void opened_again_its_time_begins_anew(void **state)
{
	struct caredesk d;

	open_at(&d, state, MONDAY + 9 * HOUR);
	struct care_case *x = caredesk_add(&d, CASE_DISPUTE, "");

	assert_string_equal(CLOSE(&d, x), "");
	caredesk_pass(&d, 8); /* 17:00 */
	assert_string_equal(ACT(&d, x, CASE_REOPEN, .text = STR("again")), "");
	assert_int_equal(x->now.due_ms, MONDAY + (24 + 18) * HOUR);
	close_all(&d);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(r48_an_sla_has_a_number_and_a_unit),
		cmocka_unit_test(what_working_hours_cannot_be),
		cmocka_unit_test(working_time_counts_while_people_work),
		cmocka_unit_test(holidays_and_days_made_up_for),
		cmocka_unit_test(the_clocks_change_and_a_day_has_its_hours),
		CASE(a_working_clock_alarms_at_50_80_100),
		CASE(a_topic_goes_before_a_kind),
		CASE(r19_is_by_the_clock_on_the_wall),
		CASE(r19_a_working_time_that_is_shorter_holds),
		CASE(opened_again_its_time_begins_anew),
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
