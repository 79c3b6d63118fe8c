/* Findings of surveys: a unit, a day, and what is late. */
#include "tests/unit/care_bed.h"

static const char gateway_config[] = "class survey { consent = none }\n"
				     "fake good { receipt_after = 1ms }\n"
				     "route rest { pool = {\"good\"} }\n";

static void open_with_survey(struct room *r, void **state)
{
	static const char yearly[] =
		"{\"id\":\"yearly\",\"questions\":[{\"id\":\"q1\",\"kind\":"
		"\"csat\",\"text\":{\"en\":\"Satisfied? 1-5\"}}]}";
	json_t *body = json_loads(yearly, 0, NULL);
	const struct survey *v = NULL;
	struct err err = { "" };

	room_open(r, state, gateway_config, "");
	assert_int_equal(surveys_put(care_surveys(r->care), TENANT, body,
				     STR("test"), &v, &err),
			 0);
	json_decref(body);
	commit(r->bed);
}

static struct findings *findings_of(struct room *r)
{
	return care_findings(r->care);
}

static const char *refused; /* the field that is at fault */

static uint64_t send_to(struct room *r, struct finding_ask a)
{
	uint64_t id = 0;
	int64_t due_ms = 0;
	struct err err = { "" };

	refused = "";
	a.tenant = TENANT;
	if (a.survey.len == 0)
		a.survey = STR("yearly");
	if (a.text.len == 0)
		a.text = STR("Queues are too long: what will change?");
	if (findings_send(findings_of(r), &a, &id, &due_ms, &refused, &err) ==
	    0)
		commit(r->bed);
	return id;
}

static void later(struct room *r, int64_t ms)
{
	clock_hand_jump(&r->clock, ms);
	findings_tick(findings_of(r));
	commit(r->bed);
}

static void expect(struct room *r, const char *types)
{
	assert_string_equal(r->heard, types);
	r->heard[0] = '\0';
}

static void r46_a_finding_has_a_day_and_what_is_late_is_told(void **state)
{
	struct room r;

	open_with_survey(&r, state);
	uint64_t id = send_to(&r, (struct finding_ask){ .unit = STR("shops"),
							.due_ms = TUESDAY_TEN +
								  2 * DAY });

	assert_int_not_equal(id, 0);
	expect(&r, "finding.sent ");
	assert_non_null(strstr(r.last, "\"unit\":\"shops\""));
	later(&r, 2 * DAY - HOUR);
	expect(&r, "");
	later(&r, HOUR);
	expect(&r, "finding.overdue ");
	later(&r, 10 * DAY);
	expect(&r, ""); /* once */
	assert_int_equal(findings_answer(findings_of(&r), TENANT, id,
					 STR("Two more counters"), STR("bo")),
			 0);
	commit(r.bed);
	expect(&r, "finding.answered ");
	assert_non_null(strstr(r.last, "\"late\":true"));
	assert_int_equal(findings_answer(findings_of(&r), TENANT, id,
					 STR("again"), STR("bo")),
			 -ENOENT);
	room_stop(&r);
}

static void r46_without_a_day_it_has_the_usual_one(void **state)
{
	struct room r;

	open_with_survey(&r, state);
	assert_int_not_equal(
		send_to(&r, (struct finding_ask){ .unit = STR("hotline") }), 0);
	later(&r, 14 * DAY - HOUR);
	expect(&r, "finding.sent ");
	later(&r, HOUR);
	expect(&r, "finding.overdue ");
	room_stop(&r);
}

static void r46_a_restart_forgets_no_day(void **state)
{
	struct room r;

	open_with_survey(&r, state);
	uint64_t one = send_to(&r, (struct finding_ask){ .unit = STR("shops"),
							 .due_ms = TUESDAY_TEN +
								   DAY });
	uint64_t two = send_to(&r, (struct finding_ask){ .unit = STR("shops"),
							 .due_ms = TUESDAY_TEN +
								   DAY });

	assert_int_equal(findings_answer(findings_of(&r), STR("OTHER"), two,
					 STR("x"), STR("bo")),
			 -ENOENT);
	assert_int_equal(findings_answer(findings_of(&r), TENANT, two,
					 STR("done"), STR("bo")),
			 0);
	commit(r.bed);
	room_again(&r);
	later(&r, 2 * DAY);
	expect(&r, "finding.overdue ");
	room_again(&r);
	later(&r, DAY);
	expect(&r, "");
	assert_int_equal(findings_answer(findings_of(&r), TENANT, one,
					 STR("late"), STR("bo")),
			 0);
	commit(r.bed);
	room_stop(&r);
}

static void what_cannot_be_sent(void **state)
{
	struct room r;

	open_with_survey(&r, state);
	assert_int_equal(send_to(&r, (struct finding_ask){ .unit = STR(" ") }),
			 0);
	assert_string_equal(refused, "unit");
	assert_int_equal(send_to(&r, (struct finding_ask){ .unit = STR("shops"),
							   .survey = STR(
								   "nobody") }),
			 0);
	assert_string_equal(refused, "survey");
	assert_int_equal(send_to(&r,
				 (struct finding_ask){ .unit = STR("shops"),
						       .question = STR("q9") }),
			 0);
	assert_string_equal(refused, "question");
	assert_int_equal(send_to(&r,
				 (struct finding_ask){ .unit = STR("shops"),
						       .due_ms = TUESDAY_TEN -
								 HOUR }),
			 0);
	assert_string_equal(refused, "due");
	room_stop(&r);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)
	static const struct CMUnitTest tests[] = {
		CASE(r46_a_finding_has_a_day_and_what_is_late_is_told),
		CASE(r46_without_a_day_it_has_the_usual_one),
		CASE(r46_a_restart_forgets_no_day),
		CASE(what_cannot_be_sent),
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
