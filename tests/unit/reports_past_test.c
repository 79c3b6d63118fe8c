/* Figures that look further back than a month, and targets that stand by
 * themselves; the arithmetic stands beside the rows. */
#include "tests/unit/reports_bed.h"

static const struct report_cfg cfg = { .zone = (char *)(uintptr_t) "UTC",
				       .timely = 6,
				       .resumed = 7,
				       .posted = 9 };

static struct report *of(const char *month)
{
	const struct report_of whole = { .month = month };

	return report_new(&cfg, &whole, 1793491200000);
}

/* As the store gives what the report asks for besides. */
static void add_past(struct report *r, const char *name, const char *month,
		     const struct measured *v, size_t n)
{
	const struct report_past *p;
	unsigned k = 0;

	while ((p = report_past(r, k++)) != NULL) {
		if (str_eqz(report_past_name(p), name) &&
		    str_eqz(report_past_month(p), month))
			break;
	}
	if (p == NULL)
		fail_msg("no %s of %s is wanted", name, month);
	for (size_t i = 0; i < n; i++) {
		const char *const values[] = { v[i].branch, v[i].department,
					       v[i].tier, v[i].channel };

		for (unsigned d = 0; d < ARRAY_LEN(values); d++) {
			const struct row row = {
				6,
				{ CELL_I(MEASURE_BY_BRANCH + d),
				  CELL_Z(values[d]), CELL_Z(v[i].class_name),
				  CELL_Z(v[i].detail), CELL_I(v[i].n),
				  CELL_I(v[i].sum) }
			};

			report_past_row(r, p, &row);
		}
	}
}

static void is(json_t *slice, const char *kpi, double num, double den,
	       double value)
{
	json_t *f = figure_in(slice, kpi);

	if (f == NULL)
		fail_msg("there is no %s", kpi);
	if (number(f, "this_month", "numerator") != num ||
	    (den >= 0 && number(f, "this_month", "denominator") != den) ||
	    fabs(number(f, "this_month", "value") - value) > 0.001)
		fail_msg("%s", json_dumps(f, 0));
}

/* 10 complaints against 12: a sixth less; the month before 8 against 10. */
static void k15_against_the_year_before(void **state)
{
	struct report *r = of("2026-10");
	struct buf b = { 0 };
	json_t *o, *f;

	(void)state;
	add(r, false, now, ARRAY_LEN(now));
	add(r, true, before, ARRAY_LEN(before));
	o = as_json(r);
	assert_null(figure_in(o, "K-15.same")); /* against none */
	json_decref(o);
	add_past(r, "case.complaint", "2025-10", year_before,
		 ARRAY_LEN(year_before));
	add_past(r, "case.complaint", "2025-09", month_and_year_before,
		 ARRAY_LEN(month_and_year_before));
	o = as_json(r);
	is(o, "K-15.same", 10, 12, -100.0 / 6);
	is(o, "K-15", 10, -1, 10); /* as it was */
	is(slice_in(o, "branch", "north"), "K-15.same", 8, 8, 0);
	is(slice_in(o, "branch", "south"), "K-15.same", 2, 4, -50);
	is(slice_in(o, "tier", "vip"), "K-15.same", 8, 8, 0);
	f = figure_in(o, "K-15.same");
	assert_true(fabs(number(f, "last_month", "value") + 20) < 0.001);
	assert_true(fabs(number(f, NULL, "change") - 10.0 / 3) < 0.001);
	buf_init(&b, BUF_NO_LIMIT);
	report_html(r, REPORT_EN, &b);
	assert_non_null(strstr(b.p, "-16.67 %"));
	buf_done(&b);
	json_decref(o);
	report_free(&r);
}

static struct report *with_replies(void)
{
	struct report *r = of("2026-10");

	add(r, false, replies, ARRAY_LEN(replies));
	add_past(r, "case.first_reply", "2026-08", replies_august,
		 ARRAY_LEN(replies_august));
	add_past(r, "case.first_reply", "2026-07", replies_july,
		 ARRAY_LEN(replies_july));
	return r;
}

/* Medians of weeks 0, 4 and 11 are 15, 11 and 4: an hour less each week.
 * A month before they were weeks 0, 4 and 8 with 17, 15 and 11:
 * (3 x 148 - 12 x 43) / (3 x 80 - 12 x 12) = -72 / 96. */
static void k21_slope_of_weekly_medians(void **state)
{
	struct report *r = with_replies();
	json_t *o = as_json(r), *f = figure_in(o, "K-21"), *w;

	(void)state;
	is(o, "K-21", 6, -1, -1);
	assert_true(number(f, "last_month", "value") == -0.75);
	assert_true(number(f, "last_month", "numerator") == 6);
	assert_true(number(f, NULL, "change") == -0.25);
	/* of two weeks there is no slope */
	assert_null(figure_in(slice_in(o, "branch", "south"), "K-21"));
	/* 10, 11 and 4: (3 x 88 - 15 x 25) / (3 x 137 - 15 x 15) */
	is(slice_in(o, "branch", "north"), "K-21", 5, -1, -111.0 / 186);
	w = json_object_get(o, "weeks");
	assert_int_equal(json_array_size(w), 12);
	assert_string_equal(json_string_value(
				    json_object_get(json_array_get(w, 0),
						    "week")),
			    "2026-08-03");
	assert_true(number(json_array_get(w, 0), NULL, "median_hours") == 15);
	assert_true(number(json_array_get(w, 4), NULL, "replies") == 3);
	assert_null(json_object_get(json_array_get(w, 5), "median_hours"));
	assert_string_equal(json_string_value(
				    json_object_get(json_array_get(w, 11),
						    "week")),
			    "2026-10-19");
	json_decref(o);
	report_free(&r);
}

static void k21_is_drawn(void **state)
{
	struct report *r = with_replies();
	struct buf b = { 0 };

	(void)state;
	buf_init(&b, BUF_NO_LIMIT);
	report_html(r, REPORT_EN, &b);
	assert_non_null(strstr(b.p, "<polyline"));
	assert_non_null(strstr(b.p, "-1.00 h/week"));
	buf_reset(&b);
	report_html(r, REPORT_ZH, &b);
	assert_non_null(strstr(b.p, "-1.00 小时/周"));
	buf_reset(&b);
	report_csv(r, REPORT_EN, &b);
	assert_non_null(strstr(b.p, "week,2026-08-03,K-21,weekly median of the "
				    "first reply,h,2,,15.0000,,,,,,\r\n"));
	assert_non_null(strstr(b.p, "week,2026-08-10,K-21,weekly median of the "
				    "first reply,h,0,,,,,,,,\r\n"));
	buf_reset(&b);
	report_free(&r);
	r = of("2026-10");
	report_html(r, REPORT_EN, &b);
	assert_null(strstr(b.p, "<polyline"));
	buf_done(&b);
	report_free(&r);
}

/* April 2022 ends on a Saturday: twelve weeks before the 25th begin in
 * January, three months back. */
static void k21_weeks_that_begin_three_months_back(void **state)
{
	static const struct measured january[] = {
		{ "case.first_reply", "", "", "", "", "complaint",
		  "2022-01-31 5", 1, 0 },
	};
	static const struct measured february[] = {
		{ "case.first_reply", "", "", "", "", "complaint",
		  "2022-02-07 6", 1, 0 },
		{ "case.first_reply", "", "", "", "", "complaint",
		  "2022-02-14 7", 1, 0 },
	};
	struct report *r = of("2022-04");
	json_t *o;

	(void)state;
	add_past(r, "case.first_reply", "2022-01", january, 1);
	add_past(r, "case.first_reply", "2022-02", february, 2);
	add_past(r, "case.first_reply", "2021-12", NULL, 0);
	o = as_json(r);
	is(o, "K-21", 3, -1, 1);
	assert_string_equal(json_string_value(json_object_get(
				    json_array_get(json_object_get(o, "weeks"),
						   0),
				    "week")),
			    "2022-01-31");
	json_decref(o);
	report_free(&r);
}

/* 10 complaints, no fault, 8 of 10 satisfied. */
static void k49_targets_stand_by_themselves(void **state)
{
	static char *targets[] = { (
		char *)(uintptr_t) "K-49.complaints <= 10" };
	struct report_cfg other = cfg;
	const struct report_of whole = { .month = "2026-10" };
	struct report *r = of("2026-10");
	json_t *o = as_json(r), *f;

	(void)state;
	assert_null(figure_in(o, "K-49.faults")); /* nothing was counted */
	json_decref(o);
	add(r, false, now, ARRAY_LEN(now));
	o = as_json(r);
	is(o, "K-49.complaints", 10, -1, 10);
	is(o, "K-49.faults", 0, -1, 0);
	is(o, "K-49.satisfied", 8, 10, 80);
	f = figure_in(o, "K-49.complaints");
	assert_true(number(f, NULL, "target") == 0);
	assert_true(json_is_false(json_object_get(f, "met")));
	f = figure_in(o, "K-49.faults");
	assert_true(json_is_true(json_object_get(f, "met")));
	assert_null(json_object_get(json_object_get(f, "last_month"), "value"));
	f = figure_in(o, "K-49.satisfied");
	assert_true(number(f, NULL, "target") == 100);
	assert_true(json_is_false(json_object_get(f, "met")));
	/* of a part there is no zero to be proud of */
	assert_null(figure_in(slice_in(o, "branch", "south"), "K-49.faults"));
	json_decref(o);
	report_free(&r);

	other.targets.v = targets;
	other.targets.len = ARRAY_LEN(targets);
	r = report_new(&other, &whole, 1793491200000);
	add(r, false, now, ARRAY_LEN(now));
	o = as_json(r);
	f = figure_in(o, "K-49.complaints");
	assert_true(json_is_true(json_object_get(f, "met")));
	f = figure_in(o, "K-49.satisfied");
	assert_true(number(f, NULL, "target") == 100);
	json_decref(o);
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(k15_against_the_year_before),
		cmocka_unit_test(k21_slope_of_weekly_medians),
		cmocka_unit_test(k21_is_drawn),
		cmocka_unit_test(k21_weeks_that_begin_three_months_back),
		cmocka_unit_test(k49_targets_stand_by_themselves),
	};

	return cmocka_run_group_tests_name("reports_past", tests, NULL, NULL);
}
