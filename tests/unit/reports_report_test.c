/* The monthly report from a data set whose every figure was worked out by
 * hand: what stands beside a row is that arithmetic. */
#include "tests/unit/reports_bed.h"

static const struct report_of october = { .tenant = { "DEMOTEL", 7 },
					  .branch = { "", 0 },
					  .month = "2026-10" };

static char *targets[] = { (char *)(uintptr_t) "K-08 >= 90%",
			   (char *)(uintptr_t) "K-40 >= 85%",
			   (char *)(uintptr_t) "K-57 <= 15 %" };
static char *topics[] = { (char *)(uintptr_t) "vas_charge 4",
			  (char *)(uintptr_t) "staff 2" };
static const struct report_cfg cfg = {
	.zone = (char *)(uintptr_t) "UTC",
	.timely = 6,  /* a minute */
	.resumed = 7, /* five */
	.posted = 9,  /* an hour */
	.topics = { topics, ARRAY_LEN(topics) },
	.targets = { targets, ARRAY_LEN(targets) },
};

static struct report *made(void)
{
	struct report *r = report_new(&cfg, &october, 1793491200000);

	add(r, false, now, ARRAY_LEN(now));
	add(r, true, before, ARRAY_LEN(before));
	add_day(r, "2026-10", "2026-10-03", "message.all", 100);
	add_day(r, "2026-10", "2026-10-03", "message.delivered", 70);
	add_day(r, "2026-10", "2026-10-31", "message.all", 30);
	add_day(r, "2026-09", "2026-09-03", "message.all", 7);
	add_day(r, "2026-10", "2026-10-32", "message.all", 7);
	return r;
}

/* ---- figures ------------------------------------------------------------------ */

static const struct {
	const char *dim, *value, *kpi;
	double num, den, is; /* den -1: none */
} figures[] = {
	{ NULL, "", "K-60.sent", 130, -1, 130 },
	{ NULL, "", "K-60.parts", 150, -1, 150 },
	/* 72 + 18 of 72 + 8 + 18 + 1 + 1 */
	{ NULL, "", "K-08", 90, 100, 90 },
	{ "branch", "north", "K-08", 72, 80, 90 },
	{ "branch", "south", "K-08", 18, 20, 90 },
	{ "department", "care", "K-08", 72, 80, 90 },
	{ "tier", "vip", "K-08", 90, 100, 90 },
	{ "channel", "sms", "K-60.sent", 120, -1, 120 },
	{ "channel", "mqtt", "K-60.sent", 10, -1, 10 },
	{ NULL, "", "K-08.unknown", 2, -1, 2 },
	{ NULL, "", "K-01", 66, 72, 100.0 * 66 / 72 },
	/* 95 % of 72 are 69: later than a day */
	{ NULL, "", "K-08.p50", 90, -1, 10000 },
	{ "branch", "south", "K-08.p95", 18, -1, 1000 },
	{ NULL, "", "K-08.response", 100, -1, 200 },
	/* 90 of 95 are not 95 % */
	{ "channel", "sms", "K-08.response", 95, -1, 200 },
	{ "channel", "mqtt", "K-08.response", 5, -1, 5000 },
	{ "detail", "a", "K-08.link_response", 2300, 95, 2300.0 / 95 },
	{ "detail", "b", "K-08.link_response", 10000, 5, 2000 },
	{ NULL, "", "K-08.available", 3000, 3600, 100.0 * 3000 / 3600 },
	{ "channel", "mqtt", "K-08.available", 1200, 1800, 100.0 * 2 / 3 },
	{ "detail", "a", "K-08.available", 1800, 1800, 100 },
	{ "detail", "a", "K-08.load", 30, 600, 5 },
	{ NULL, "", "K-59", 18, -1, 18 },
	{ "detail", "no_consent", "K-59", 15, -1, 15 },
	{ "detail", "quiet_hours", "K-59", 3, -1, 3 },
	{ NULL, "", "K-43", 10, 20, 50 },
	{ NULL, "", "K-43.valid", 12, 15, 80 },
	{ NULL, "", "K-40", 8, 10, 80 },
	{ NULL, "", "K-42.item", 40, 10, 4 },
	{ "detail", "sv-01/q1", "K-42.item", 40, 10, 4 },
	{ NULL, "", "K-42", 18, 6, 3 },
	{ "detail", "attitude", "K-42", 14, 4, 3.5 },
	{ "detail", "tariff", "K-42", 4, 2, 2 },
	{ NULL, "", "K-33", 14, 4, 3.5 },
	{ NULL, "", "K-08.ease", 12, 3, 4 },
	{ NULL, "", "K-32.item", 2, 3, 2.0 / 3 },
	{ NULL, "", "K-52.attraction", 10, 3, 10.0 / 3 },
	{ "detail", "C1", "K-52.attraction", 8, 2, 4 },
	{ NULL, "", "K-52.clarity", 7, 2, 3.5 },
	{ NULL, "", "K-40.gap", -4, 3, -4.0 / 3 },
	{ "detail", "hotline", "K-40.gap", -3, 2, -1.5 },
	{ NULL, "", "K-46.reasons", 8, -1, 8 },
	{ "detail", "leave/why/1", "K-46.reasons", 6, -1, 6 },
	{ NULL, "", "K-48", 3, 5, 60 },
	{ NULL, "", "K-48.before", 1, 5, 20 },
	{ NULL, "", "K-48.after", 4, 5, 80 },
	{ NULL, "", "K-17", 4, 5, 80 },
	{ NULL, "", "K-41.1", 4, 10, 40 },
	{ NULL, "", "K-41.2", 1, 10, 10 },
	/* of 5: staff's 6 less the one of billing */
	{ "department", "care", "K-41.1", 4, 5, 80 },
	{ NULL, "", "K-44", -1, 4, -25 },
	{ NULL, "", "K-57", 9, 90, 10 },
	{ NULL, "", "K-57.all", 18, 90, 20 },
	{ NULL, "", "K-46", 20, 4000, 0.5 },
	{ NULL, "", "K-46.cause", 20, -1, 20 },
	{ "detail", "price", "K-46.cause", 15, -1, 15 },
	{ NULL, "", "K-55.standard", 420, 1000, 42 },
	{ "branch", "north", "K-55.standard", 300, 600, 50 },
	{ NULL, "", "K-61.false", 3, 12, 25 },
	{ NULL, "", "K-61.missed", 1, 10, 10 },
	{ NULL, "", "K-64", 2, 50, 4 },
	{ NULL, "", "K-03", 2, 2, 100 },
	{ NULL, "", "K-02", 63, 72, 87.5 },
	{ NULL, "", "K-04", 19, 20, 95 },
	{ NULL, "", "K-05", 3, 4, 75 },
	{ NULL, "", "K-05.notice", 4, 5, 80 },
	{ NULL, "", "K-45", 100, 2000, 5 },
	{ NULL, "", "K-47", 3, 12, 25 },
	{ NULL, "", "K-50", 8, 40, 20 },
	{ "department", "care", "K-50", 6, 30, 20 },
	{ NULL, "", "K-50.replies", 27, 90, 30 },
	{ NULL, "", "K-52.asked", 1, 40, 25 },
	{ NULL, "", "K-51", 6, 4, 1.5 },
	{ "department", "care", "K-51", 6, 3, 2 },
	{ NULL, "", "K-06", 27, 29, 100.0 * 27 / 29 },
	{ "channel", "web", "K-06", 18, 20, 90 },
	{ "channel", "shop", "K-06", 9, 9, 100 },
	{ NULL, "", "K-07", 19, 20, 95 },
	{ NULL, "", "K-07.p95", 20, -1, 3600000 },
	{ NULL, "", "K-10", 10, 2000, 50 },
	/* north: 3 + 5 of 1,600; south: 1 + 1 of 400 */
	{ "branch", "north", "K-10", 8, 1600, 50 },
	{ "branch", "south", "K-10", 2, 400, 50 },
	{ "tier", "vip", "K-10", 8, 1600, 50 },
	{ NULL, "", "K-58", 1600, 2000, 80 },
	{ "detail", "broadband", "K-58.line", 1000, 2000, 50 },
	{ "detail", "mobile", "K-58.line", 1500, 2000, 75 },
	{ "branch", "south", "K-58", 100, 400, 25 },
	{ "tier", "vip", "K-58", 1500, 1600, 93.75 },
	{ NULL, "", "K-11", 2, 10, 20 },
	{ "department", "care", "K-11", 2, 5, 40 },
	{ NULL, "", "K-12", 9, 12, 75 },
	{ NULL, "", "K-13", 6, 8, 75 },
	{ NULL, "", "K-14", 1, 10, 10 },
	{ NULL, "", "K-15", 10, -1, 10 },
	{ "branch", "south", "K-15", 2, -1, 2 },
	/* 10 x 1,000 of 90 delivered */
	{ NULL, "", "K-16", 10, 90, 10000.0 / 90 },
	{ NULL, "", "K-18", 3, 4, 75 },
	{ "department", "billing", "K-19", 4, -1, 4 },
	{ NULL, "", "K-20", 10, -1, 260 },
	{ NULL, "", "K-35", 5, 8, 62.5 },
	{ "branch", "south", "K-35", 0, 2, 0 },
	{ NULL, "", "K-41.3", 3, 12, 25 },
	{ NULL, "", "K-41.4", 2, 8, 25 },
	{ NULL, "", "K-53", 8, 8, 100 },
	{ NULL, "", "K-54", 4, 5, 80 },
	{ NULL, "", "K-56", 7, 10, 70 },
};

static void test_k60_figures_by_hand(void **state)
{
	struct report *r = made();
	json_t *o = as_json(r);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(figures); i++) {
		json_t *slice =
			figures[i].dim == NULL
				? o
				: slice_in(o, figures[i].dim, figures[i].value);
		json_t *f = figure_in(slice, figures[i].kpi);

		if (f == NULL)
			fail_msg("row %zu: there is no %s", i, figures[i].kpi);
		if (number(f, "this_month", "numerator") != figures[i].num ||
		    (figures[i].den >= 0 &&
		     number(f, "this_month", "denominator") !=
			     figures[i].den) ||
		    fabs(number(f, "this_month", "value") - figures[i].is) >
			    0.001)
			fail_msg("row %zu: %s", i, json_dumps(f, 0));
	}
	/* People are of no department and write by more than one channel. */
	assert_null(figure_in(slice_in(o, "department", ""), "K-10"));
	assert_null(figure_in(slice_in(o, "channel", "sms"), "K-10"));
	assert_null(figure_in(slice_in(o, "channel", ""), "K-58"));
	/* What nobody has counted is not 0, it is not there. */
	assert_null(figure_in(o, "K-30"));
	json_decref(o);
	report_free(&r);
}

static void test_k60_last_month_and_targets(void **state)
{
	struct report *r = made();
	json_t *o = as_json(r);
	json_t *f = figure_in(o, "K-08");

	(void)state;
	/* 40 of 50 before: 80 %, so 10 points more; the target is met */
	assert_true(fabs(number(f, "last_month", "value") - 80) < 0.001);
	assert_true(fabs(number(f, NULL, "change") - 10) < 0.001);
	assert_true(json_is_true(json_object_get(f, "met")));
	f = figure_in(o, "K-40");
	assert_true(json_is_false(json_object_get(f, "met")));
	assert_true(number(f, NULL, "target") == 85);
	/* Wilson: 8 of 10 is 49.0 to 94.3 */
	assert_true(fabs(number(f, "this_month", "low") - 49.02) < 0.01);
	assert_true(fabs(number(f, "this_month", "high") - 94.33) < 0.01);
	f = figure_in(o, "K-42.item"); /* 4 +- 1.96 sqrt((17 - 16) / 10) */
	assert_true(fabs(number(f, "this_month", "low") - 3.3802) < 0.001);
	/* 3.5 +- 1.96 sqrt((52 / 4 - 12.25) / 4) */
	f = figure_in(slice_in(o, "detail", "attitude"), "K-42");
	assert_true(fabs(number(f, "this_month", "low") - 2.6513) < 0.001);
	assert_true(fabs(number(f, "this_month", "high") - 4.3487) < 0.001);
	f = figure_in(o, "K-33");
	assert_true(fabs(number(f, "this_month", "low") - 2.6513) < 0.001);
	/* -4/3 +- 1.96 sqrt((10 / 3 - 16 / 9) / 3) */
	f = figure_in(o, "K-40.gap");
	assert_true(fabs(number(f, "this_month", "low") + 2.7447) < 0.001);
	assert_true(fabs(number(f, "this_month", "high") - 0.0780) < 0.001);
	f = figure_in(o, "K-57");
	assert_true(json_is_true(json_object_get(f, "met")));
	/* 95 % of the reminders took longer than any bound: there is no value,
	 * and nothing is divided by it */
	f = figure_in(o, "K-01.p95");
	assert_null(json_object_get(json_object_get(f, "this_month"), "value"));
	assert_null(json_object_get(f, "change"));
	json_decref(o);
	report_free(&r);
}

/* staff: 6 x 2 = 12; vas_charge: 3 x 4 = 12 too, and none last month, where
 * staff had 8; what nobody weighed counts once. */
static void r45_topics_by_frequency_and_importance(void **state)
{
	static const struct {
		const char *topic;
		double importance, frequency, product, last;
		const char *departments[2];
	} rows[] = {
		{ "staff", 2, 6, 12, 8, { "care", "billing" } },
		{ "vas_charge", 4, 3, 12, 0, { "billing" } },
		{ "", 1, 1, 1, 0, { "" } },
	};
	struct report *r = made();
	json_t *o = as_json(r), *list = json_object_get(o, "topics");

	(void)state;
	assert_int_equal(json_array_size(list), ARRAY_LEN(rows));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		json_t *t = json_array_get(list, i);
		json_t *d = json_object_get(t, "departments");

		assert_string_equal(json_string_value(
					    json_object_get(t, "topic")),
				    rows[i].topic);
		assert_true(number(t, NULL, "importance") ==
			    rows[i].importance);
		assert_true(number(t, NULL, "frequency") == rows[i].frequency);
		assert_true(number(t, NULL, "product") == rows[i].product);
		assert_true(number(t, NULL, "last_month") == rows[i].last);
		for (size_t k = 0; k < 2 && rows[i].departments[k] != NULL; k++)
			assert_string_equal(json_string_value(json_object_get(
						    json_array_get(d, k),
						    "department")),
					    rows[i].departments[k]);
	}
	json_decref(o);
	report_free(&r);
}

/* One complaint more of what is important outweighs four of what is not. */
static void r45_importance_comes_first(void **state)
{
	static const struct measured more[] = {
		{ "case.complaint", "", "", "", "sms", "complaint",
		  "vas_charge", 1, 0 },
	};
	struct report *r = made();
	struct buf b = { 0 };

	(void)state;
	add(r, false, more, ARRAY_LEN(more));
	buf_init(&b, BUF_NO_LIMIT);
	report_csv(r, REPORT_EN, &b);
	const char *first = strstr(b.p, "topic,vas_charge,R-45,"
					"Frequency × importance,,4,4,16,0,4,0,"
					"16,,\r\n");
	const char *second = strstr(b.p, "topic,staff,R-45,");

	assert_non_null(first);
	assert_non_null(second);
	assert_true(first < second);
	buf_done(&b);
	report_free(&r);
}

/* Its rows are of a scope of their own, and told apart by all but by it. */
static void test_k60_of_one_department(void **state)
{
	const struct report_of billing = { .department = STR("billing"),
					   .month = "2026-10" };
	struct report *r = report_new(&cfg, &billing, 1793491200000);
	json_t *o;

	(void)state;
	add_of(r, "billing", false, now, ARRAY_LEN(now));
	add_day(r, "2026-10", "2026-10-03", "message.all", 100);
	o = as_json(r);
	/* 3 of vas_charge and 1 of staff */
	assert_true(number(figure_in(o, "K-15"), "this_month", "numerator") ==
		    4);
	assert_null(figure_in(o, "K-08"));
	assert_int_equal(json_array_size(json_object_get(o, "topics")), 2);
	assert_int_equal(json_array_size(json_object_get(o, "department")), 0);
	assert_true(number(figure_in(slice_in(o, "branch", "south"), "K-15"),
			   "this_month", "numerator") == 1);
	assert_true(number(figure_in(slice_in(o, "tier", "vip"), "K-15"),
			   "this_month", "numerator") == 3);
	assert_true(number(figure_in(slice_in(o, "channel", "sms"), "K-15"),
			   "this_month", "numerator") == 4);
	assert_int_equal(json_array_size(json_object_get(o, "days")), 1);
	json_decref(o);
	report_free(&r);
}

/* ---- forms -------------------------------------------------------------------- */

static void test_csv_is_no_formula(void **state)
{
	static const struct measured odd[] = {
		{ "message.all", "=cmd|' /C calc'!A0", "a,\"b\"", "@x", "sms",
		  "service", "", 1, 1 },
	};
	struct report *r = made();
	struct buf b = { 0 };

	(void)state;
	add(r, false, odd, ARRAY_LEN(odd));
	buf_init(&b, BUF_NO_LIMIT);
	report_csv(r, REPORT_EN, &b);
	assert_non_null(strstr(b.p, "all,,K-08,delivered,%,90,100,90.0000,40,"
				    "50,80.0000,10.0000,90.0000,yes\r\n"));
	/* a minus of ours stays a number */
	assert_non_null(strstr(b.p, "all,,K-44,net promoter score,,-1,4,"
				    "-25.0000,0,0,,,,\r\n"));
	assert_non_null(strstr(b.p, "branch,'=cmd|' /C calc'!A0,"));
	assert_non_null(strstr(b.p, "department,\"a,\"\"b\"\"\","));
	assert_non_null(strstr(b.p, "tier,'@x,"));
	buf_done(&b);
	report_free(&r);
}

static void test_html_in_both_languages(void **state)
{
	static const struct measured odd[] = {
		{ "message.all", "<script>alert(1)</script>", "", "", "sms",
		  "service", "", 1, 1 },
	};
	static const struct {
		enum report_lang lang;
		const char *has[6];
	} rows[] = {
		{ REPORT_ZH,
		  { "<html lang=\"zh-CN\">", "服务质量月报", "渠道成功率",
		    "90.00 %", "由语音模块统计", "超过 24 小时" } },
		{ REPORT_EN,
		  { "<html lang=\"en\">", "Monthly service-quality report",
		    "≥ 85.00 % <span class=\"bad\">missed", "By branch",
		    "nothing yet", "<svg class=\"days\"" } },
	};
	struct report *r = made();
	struct buf b = { 0 };

	(void)state;
	add(r, false, odd, ARRAY_LEN(odd));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_init(&b, BUF_NO_LIMIT);
		report_html(r, rows[i].lang, &b);
		for (size_t k = 0; k < ARRAY_LEN(rows[i].has); k++) {
			if (strstr(b.p, rows[i].has[k]) == NULL)
				fail_msg("no %s", rows[i].has[k]);
		}
		assert_null(strstr(b.p, "<script"));
		assert_non_null(strstr(b.p, "&lt;script&gt;"));
		/* nothing is fetched from anywhere */
		assert_null(strstr(b.p, "http:"));
		assert_null(strstr(b.p, "https:"));
		assert_null(strstr(b.p, "src="));
		buf_done(&b);
	}
	report_free(&r);
}

static void test_many_slices_are_added_up(void **state)
{
	struct report *r = report_new(&cfg, &october, 1793491200000);
	json_t *o, *v;
	size_t i;
	double sum = 0;

	(void)state;
	for (unsigned n = 0; n < 5000; n++) {
		char branch[16];

		(void)snprintf(branch, sizeof(branch), "b%u", n);
		const struct measured one[] = { { "message.all", branch, "", "",
						  "sms", "x", "", 1, 1 } };
		add(r, false, one, 1);
	}
	o = as_json(r);
	json_array_foreach(json_object_get(o, "branch"), i, v) sum +=
		number(figure_in(v, "K-60.sent"), "this_month", "numerator");
	assert_true(sum == 5000);
	assert_true(json_array_size(json_object_get(o, "branch")) < 2100);
	json_decref(o);
	report_free(&r);
}

/* Every figure says what it is made of, in both languages, and names are its
 * own. */
static void test_every_figure_is_defined(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KPIS; i++) {
		assert_true(kpis[i].num[0] != '\0');
		assert_true(kpis[i].zh[0] != '\0' && kpis[i].en[0] != '\0');
		assert_true(kpis[i].how_zh[0] != '\0');
		assert_true(kpis[i].how_en[0] != '\0');
		assert_int_equal(kpi_find(str_of(kpis[i].id)), i);
	}
}

/* 7 edits of 4 campaigns; of none there is nothing to say. */
static void test_a_ratio_has_no_interval(void **state)
{
	const struct kpi k = { .kind = KPI_RATIO, .den = "campaign.approved" };
	const struct kpi_figure some = { .num = 7, .den = 4 }, none = { 0 };
	struct kpi_value v = kpi_value(&k, &some);
	struct buf b = { 0 };

	(void)state;
	assert_true(v.known && v.value == 1.75);
	assert_true(v.low == v.value && v.high == v.value);
	assert_false(kpi_value(&k, &none).known);
	buf_init(&b, BUF_NO_LIMIT);
	report_say(&k, v.value, REPORT_EN, &b);
	assert_string_equal(b.p, "1.75");
	buf_done(&b);
}

/* Of no measure are more figures made than a row has hits, wherever in the
 * table they stand. */
static void test_every_figure_is_wanted(void **state)
{
	struct kpi_wants wants;

	(void)state;
	for (unsigned i = 0; i < KPIS; i++) {
		struct str name = str_of(kpis[i].num);
		bool found = false;

		name = str_from(name, str_starts(name, STR("=")) ? 1 : 0);
		IGNORE(str_cut(name, '+', &name).len);
		IGNORE(str_cut(name, '@', &name).len);
		IGNORE(str_cut(name, '<', &name).len);
		kpi_wants(name, &wants);
		for (unsigned k = 0; k < wants.n; k++)
			found |= wants.kpi[k] == i;
		if (!found)
			fail_msg("%s", kpis[i].id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_k60_figures_by_hand),
		cmocka_unit_test(test_k60_last_month_and_targets),
		cmocka_unit_test(r45_topics_by_frequency_and_importance),
		cmocka_unit_test(r45_importance_comes_first),
		cmocka_unit_test(test_k60_of_one_department),
		cmocka_unit_test(test_csv_is_no_formula),
		cmocka_unit_test(test_html_in_both_languages),
		cmocka_unit_test(test_many_slices_are_added_up),
		cmocka_unit_test(test_every_figure_is_defined),
		cmocka_unit_test(test_a_ratio_has_no_interval),
		cmocka_unit_test(test_every_figure_is_wanted),
	};

	return cmocka_run_group_tests_name("reports_report", tests, NULL, NULL);
}
