/* The report over HTTP: of whom it is, and how far back it reads. */
#include "tests/unit/console_bed.h"

#include "model/measure.h"

#define DAY INT64_C(86400000)
#define OCTOBER (INT64_C(1793491200000) - 17 * DAY) /* the 15th, 2026 */

static void measure(struct bed *b, int64_t at_ms, const char *name,
		    const char *branch, const char *department,
		    const char *detail, int64_t n)
{
	const struct measure m = { .tenant = STR("acme"),
				   .at_ms = at_ms,
				   .name = str_of(name),
				   .branch = str_of(branch),
				   .department = str_of(department),
				   .tier = STR("vip"),
				   .channel = STR("sms"),
				   .class_name = STR("complaint"),
				   .detail = str_of(detail),
				   .n = n };

	measure_put(b->store, &m);
}

static double figure(struct bed *b, const char *kpi, const char *name)
{
	json_t *v;
	size_t i;

	json_array_foreach(json_object_get(b->json, "figures"), i, v)
	{
		if (strcmp(json_string_value(json_object_get(v, "kpi")), kpi) ==
		    0)
			return json_number_value(json_object_get(
				json_object_get(v, "this_month"), name));
	}
	return -1000;
}

static void on_stored(void *owner, int rc)
{
	assert_int_equal(rc, 0);
	*(bool *)owner = true;
}

static void filled(struct bed *b)
{
	bool stored = false;

	measure(b, OCTOBER, "case.complaint", "north", "care", "staff", 3);
	measure(b, OCTOBER, "case.complaint", "south", "care", "staff", 1);
	measure(b, OCTOBER, "case.complaint", "north", "", "staff", 2);
	measure(b, OCTOBER - 365 * DAY, "case.complaint", "north", "care",
		"staff", 2);
	/* it is not the month of the year before */
	measure(b, OCTOBER - 335 * DAY, "case.complaint", "north", "care",
		"staff", 50);
	/* replies to what was opened in August, September and October */
	measure(b, OCTOBER - 70 * DAY, "case.first_reply", "north", "care",
		"2026-08-03 9", 1);
	measure(b, OCTOBER - 35 * DAY, "case.first_reply", "north", "care",
		"2026-09-07 4", 1);
	measure(b, OCTOBER, "case.first_reply", "south", "", "2026-10-12 1", 1);
	store_then(b->store, on_stored, &stored);
	TURN_UNTIL(b, stored);
}

static void k15_k21_read_months_further_back(void **state)
{
	struct bed *b = *state;

	filled(b);
	assert_int_equal(bed_get(b, "/v1/reports/month?of=2026-10"), 200);
	assert_true(figure(b, "K-15.same", "numerator") == 6);
	assert_true(figure(b, "K-15.same", "denominator") == 2);
	assert_true(figure(b, "K-15.same", "value") == 200);
	/* weeks 0, 5 and 10: 9, 4 and 1 */
	assert_true(figure(b, "K-21", "value") == -0.8);
	assert_int_equal(bed_get(b,
				 "/v1/reports/month?of=2026-10&branch=south"),
			 200);
	assert_true(figure(b, "K-15.same", "numerator") == -1000);
	assert_true(figure(b, "K-15", "numerator") == 1);
}

static void k60_a_department_is_told_apart(void **state)
{
	struct bed *b = *state;

	filled(b);
	assert_int_equal(
		bed_get(b, "/v1/reports/month?of=2026-10&department=care"),
		200);
	assert_true(figure(b, "K-15", "numerator") == 4);
	assert_true(figure(b, "K-15.same", "denominator") == 2);
	assert_int_equal(bed_count(b, "branch"), 2);
	assert_string_equal(bed_word(b, "branch.0.value"), "north");
	assert_int_equal(bed_count(b, "tier"), 1);
	assert_int_equal(bed_count(b, "channel"), 1);
	assert_int_equal(bed_count(b, "department"), 0);
	assert_int_equal(bed_get(b, "/v1/reports/month?of=2026-10"
				    "&department=care&branch=north"),
			 200);
	assert_true(figure(b, "K-15", "numerator") == 3);
	assert_int_equal(bed_count(b, "branch"), 1);
	/* a name that would be another's scope is not */
	assert_int_equal(
		bed_get(b, "/v1/reports/month?of=2026-10&branch=north%1Fcare"),
		200);
	assert_true(figure(b, "K-15", "numerator") == -1000);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(k15_k21_read_months_further_back),
		T(k60_a_department_is_told_apart),
	};

	return cmocka_run_group_tests_name("console_report", tests, NULL, NULL);
}
