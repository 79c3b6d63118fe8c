/* Whose a complaint is where no campaign says so. It is a Tuesday in November. */
#include "care/cases_impl.h"
#include "tests/lib/measured.h"
#include "tests/unit/care_bed.h"

static struct str department(const char *const *list, size_t n,
			     const char *topic)
{
	const struct cases_cfg cfg = { .departments = {
					       (char **)(uintptr_t)list, n } };

	return case_department(&cfg, str_of(topic));
}

/* That of the topic, else of all others. */
static void k19_the_department_of_a_topic(void **state)
{
	static const char *const list[] = { "* care", "fraud risk",
					    "vas_charge  billing desk" };

	(void)state;
	assert_true(str_eqz(department(list, 3, "fraud"), "risk"));
	assert_true(str_eqz(department(list, 3, "vas_charge"), "billing desk"));
	assert_true(str_eqz(department(list, 3, "staff"), "care"));
	assert_true(str_eqz(department(list, 3, ""), "care"));
	assert_int_equal(department(list + 1, 1, "").len, 0);
	assert_int_equal(department(list, 0, "fraud").len, 0);
}

static void it_is_counted_there(void **state)
{
	static const struct case_by ann = { .actor = { "user:1", 6 },
					    .name = { "ann", 3 } };
	const struct case_ask a = { .tenant = TENANT,
				    .kind = CASE_COMPLAINT,
				    .to = SHI,
				    .channel = STR("sms"),
				    .topic = STR("fraud"),
				    .source = STR("api") };
	struct care_case *x = NULL;
	struct case_no no;
	struct room r;
	bool joined;

	room_open(&r, state,
		  "fake good { receipt_after = 1ms }\n"
		  "route all { pool = {\"good\"} }\n",
		  "cases { departments = {\"fraud risk\"} }\n");
	assert_int_equal(cases_add(care_cases(r.care), &a, &ann, &x, &joined,
				   &no),
			 0);
	commit(r.bed);
	assert_string_equal(bed_measured_by(r.bed, TUESDAY_TEN,
					    "case.complaint"),
			    "/risk//sms/complaint/fraud");
	room_stop(&r);
}

static void what_a_department_cannot_be(void **state)
{
	(void)state;
	struct setting_section kinds[] = { cases_section };
	struct settings s;
	struct faults f = { 0 };

	assert_int_equal(settings_parse("cases { departments = {\"fraud\", "
					"\"a b\"} }\n",
					"c.conf", kinds, 1, &s, &f),
			 0);
	cases_check(&s, &f);
	assert_int_equal(f.len, 1);
	assert_non_null(strstr(f.v[0], "\"fraud\" is not a topic and a"));
	faults_done(&f);
	settings_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(k19_the_department_of_a_topic),
		cmocka_unit_test(what_a_department_cannot_be),
		cmocka_unit_test_setup_teardown(it_is_counted_there, bed_open,
						bed_close),
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
