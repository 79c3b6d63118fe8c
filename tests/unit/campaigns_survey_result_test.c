/* Results of surveys that were taken elsewhere: the same scores, no request
 * of ours, and nothing that is guessed. */
#include "tests/lib/recount.h"
#include "tests/unit/care_full.h"
#include "tests/unit/survey_room.h"

static const char gateway_config[] = "class survey { consent = none }\n"
				     "class service { consent = none }\n"
				     "class notice { consent = none }\n"
				     "fake good { receipt_after = 1ms }\n";

static const char config[] =
	"trigger thanks { event = survey.result class = notice\n"
	"  text_en = \"Thank you\" }\n";

/* Whoever is content is asked no more, by SMS; "1" is the best of q2. */
static const char visit[] =
	"{\"id\":\"visit\",\"questions\":["
	"{\"id\":\"q1\",\"kind\":\"csat\",\"low\":2,\"text\":\"1-5?\","
	"\"next\":[{\"upto\":2,\"go\":\"q2\"},{\"go\":\"end\"}]},"
	"{\"id\":\"q2\",\"kind\":\"ces\",\"text\":\"?\",\"scale\":["
	"{\"token\":\"1\",\"score\":7,\"en\":\"Easy\"},"
	"{\"token\":\"2\",\"score\":4,\"en\":\"So so\"},"
	"{\"token\":\"3\",\"score\":1,\"en\":\"Hard\"}]},"
	"{\"id\":\"why\",\"kind\":\"text\",\"text\":\"Why?\"}]}";

#define NINE (TUESDAY_TEN - 25 * HOUR)

static void open_it(struct room *r, void **state)
{
	room_open(r, state, gateway_config, config);
	put_survey_text(r, visit);
}

/* In the open batch. */
static struct taken take(struct room *r, const char *id, struct str to,
			 const char *data)
{
	const struct occurrence x = { .id = str_of(id),
				      .type = STR("survey.result"),
				      .to = to,
				      .lang = STR("en"),
				      .at_ms = NINE };

	return room_take(r, &x, data);
}

static struct taken result(struct room *r, const char *id, const char *data)
{
	struct taken t = take(r, id, SHI, data);

	commit(r->bed);
	return t;
}

static void sums(struct room *r, const char *name, int64_t n, int64_t sum)
{
	survey_sums(r, NINE, name, NULL, n, sum);
}

static void stop(struct room *r)
{
	recount_survey(r->bed, "DEMOTEL", "visit");
	room_stop(r);
}

static bool said(const struct room *r, const char *text)
{
	return strstr(r->last, text) != NULL;
}

/* ---- what is kept ---------------------------------------------------------------- */

/* Question by question as it is said, wherever a branch would have led. */
static void answers_stand_in_the_scores(void **state)
{
	struct room r;

	open_it(&r, state);
	struct taken t = result(
		&r, "e1",
		"{\"survey\":\"visit\",\"channel\":\"phone\",\"ref\":\"Q-7\","
		"\"answers\":{\"q2\":1,\"q1\":\"5 very good\"}}");

	assert_int_equal(t.state, TAKEN_MATCHED);
	assert_string_equal(t.reason, "");
	assert_string_equal(r.heard, "survey.answered survey.answered ");
	assert_true(said(&r, "\"question\":\"q2\""));
	assert_true(said(&r, "\"score\":7"));
	assert_true(said(&r, "\"channel\":\"phone\""));
	assert_true(said(&r, "\"ref\":\"Q-7\""));
	assert_true(said(&r, "\"at\":\"2026-11-23T09:00:00"));
	sums(&r, "survey.csat", 1, 1);
	sums(&r, "survey.ces", 1, 7);
	/* a trigger may thank them; nothing else went out */
	assert_int_equal(t.messages, 1);
	/* one answer in columns, its ref the event */
	t = result(&r, "e2",
		   "{\"survey\":\"visit\",\"question\":\"q1\","
		   "\"answer\":\"3\",\"comment\":\"slow\"}");
	assert_int_equal(t.state, TAKEN_MATCHED);
	assert_true(said(&r, "\"channel\":\"webhook\""));
	assert_true(said(&r, "\"ref\":\"e2\""));
	sums(&r, "survey.csat", 2, 1);
	stop(&r);
}

/* Shares of what we asked, and of what we heard, are as if it had not been. */
static void k43_nobody_was_asked(void **state)
{
	static const char *const names[] = { "survey.asked", "survey.contacted",
					     "survey.answered", "survey.valid",
					     "survey.completed" };
	struct room r;

	open_it(&r, state);
	IGNORE(result(&r, "e1", "{\"survey\":\"visit\",\"answers\":{\"q1\":5}}")
		       .seq == 0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		sums(&r, names[i], 0, 0);
	stop(&r);
}

/* A number that comes by SMS is about something else. */
static void no_reply_changes_it(void **state)
{
	struct room r;

	open_it(&r, state);
	IGNORE(result(&r, "e1", "{\"survey\":\"visit\",\"answers\":{\"q1\":5}}")
		       .seq == 0);
	assert_false(str_eqz(room_hear(&r, SHI, "1"), "survey"));
	recount_survey(r.bed, "DEMOTEL", "visit");
	room_again(&r);
	assert_false(str_eqz(room_hear(&r, SHI, "1"), "survey"));
	sums(&r, "survey.csat", 1, 1);
	stop(&r);
}

static void a_low_score_opens_a_case(void **state)
{
	struct room r;

	open_it(&r, state);
	IGNORE(result(&r, "e1", "{\"survey\":\"visit\",\"answers\":{\"q1\":2}}")
		       .seq == 0);
	assert_non_null(strstr(r.heard, "survey.answered survey.low_score"));
	assert_non_null(strstr(r.heard, "case.opened"));
	stop(&r);
}

static void an_id_is_taken_once(void **state)
{
	struct room r;

	open_it(&r, state);
	struct taken first =
		result(&r, "e1",
		       "{\"survey\":\"visit\",\"answers\":{\"q1\":5}}");

	for (unsigned i = 0; i < 2; i++) {
		struct taken t =
			result(&r, "e1",
			       "{\"survey\":\"visit\",\"answers\":{\"q1\":1}}");

		assert_true(t.repeated);
		assert_int_equal(t.seq, first.seq);
		assert_int_equal(t.state, TAKEN_MATCHED);
		sums(&r, "survey.csat", 1, 1);
		if (i == 0)
			room_again(&r);
	}
	stop(&r);
}

/* ---- whoever was asked ------------------------------------------------------------ */

static const struct session *session_of(struct room *r, uint64_t id)
{
	const struct session *x = surveys_session(care_surveys(r->care), id);

	assert_non_null(x);
	return x;
}

static void is(struct room *r, uint64_t id, enum session_state state)
{
	const struct session *x = session_of(r, id);

	assert_int_equal(x->now.state, state);
	assert_string_equal(x->now.reason, "answered_elsewhere");
}

/* Days later nobody has heard anything more. */
static void nothing_follows(struct room *r, uint64_t id)
{
	uint64_t message = session_of(r, id)->now.message;

	clock_hand_turn(&r->clock, 26 * HOUR);
	surveys_tick(care_surveys(r->care));
	commit(r->bed);
	assert_false(session_of(r, id)->now.reminded);
	assert_int_equal(session_of(r, id)->now.message, message);
}

/* Its session takes the answers; over a start, too. A reply to the question
 * that they still have is a later answer, as ever. */
static void who_was_asked_is_asked_no_more(void **state)
{
	struct room r;

	open_it(&r, state);
	uint64_t id = ask_survey(&r, "visit", SHI);

	IGNORE(result(&r, "e1", "{\"survey\":\"visit\",\"answers\":{\"q1\":5}}")
		       .seq == 0);
	is(&r, id, SESSION_COMPLETED);
	sums(&r, "survey.asked", 1, 0);
	sums(&r, "survey.answered", 1, 0);
	sums(&r, "survey.completed", 1, 0);
	/* of replies it is none */
	sums(&r, "survey.valid", 0, 0);
	sums(&r, "survey.csat", 1, 1);
	nothing_follows(&r, id);
	recount_survey(r.bed, "DEMOTEL", "visit");
	room_again(&r);
	is(&r, id, SESSION_COMPLETED);
	answer_survey(&r, SHI, "1");
	sums(&r, "survey.csat", 1, 0);
	stop(&r);
}

/* In the middle of it: what was said by SMS is replaced, and counted once. */
static void what_was_begun_ends_elsewhere(void **state)
{
	struct room r;

	open_it(&r, state);
	uint64_t id = ask_survey(&r, "visit", SHI);

	answer_survey(&r, SHI, "2");
	assert_int_equal(session_of(&r, id)->now.question, 1);
	IGNORE(result(&r, "e1",
		      "{\"survey\":\"visit\",\"channel\":\"page\","
		      "\"answers\":{\"q1\":4,\"q2\":1}}")
		       .seq == 0);
	is(&r, id, SESSION_COMPLETED);
	assert_int_equal(session_of(&r, id)->now.edits[0], 2);
	sums(&r, "survey.csat", 1, 1);
	sums(&r, "survey.ces", 1, 7);
	sums(&r, "survey.asked", 1, 0);
	nothing_follows(&r, id);
	stop(&r);
}

/* What is unclear leaves the question as it is. */
static void unclear_it_ends_nothing(void **state)
{
	struct room r;

	open_it(&r, state);
	uint64_t id = ask_survey(&r, "visit", SHI);

	IGNORE(result(&r, "e1",
		      "{\"survey\":\"visit\",\"answers\":{\"q1\":\"4 or 5\"}}")
		       .seq == 0);
	assert_true(session_open(session_of(&r, id)->now.state));
	answer_survey(&r, SHI, "5");
	stop(&r);
}

/* Before its hour has come it does not leave any more. */
static void what_has_not_left_does_not_leave(void **state)
{
	const struct survey_ask a = { .tenant = TENANT,
				      .survey = STR("visit"),
				      .to = SHI,
				      .lang = STR("en"),
				      .vars = STR("{}"),
				      .send_at_ms = TUESDAY_TEN + HOUR };
	struct submitted out;
	struct err err = { "" };
	struct room r;
	uint64_t id = 0;

	open_it(&r, state);
	assert_int_equal(surveys_ask(care_surveys(r.care), &a, &out, &id, &err),
			 0);
	commit(r.bed);
	IGNORE(result(&r, "e1", "{\"survey\":\"visit\",\"answers\":{\"q1\":3}}")
		       .seq == 0);
	is(&r, id, SESSION_CANCELLED);
	sums(&r, "survey.csat", 1, 0);
	sums(&r, "survey.asked", 0, 0);
	nothing_follows(&r, id);
	assert_int_equal(gateway_cancel(r.bed->gateway, TENANT, out.id),
			 -ENOENT);
	stop(&r);
}

/* They were asked an older version: one that reads the answers takes them,
 * one that does not ends for them. */
static void an_older_version_that_was_asked(void **state)
{
	static const char other[] =
		"{\"id\":\"visit\",\"questions\":["
		"{\"id\":\"mood\",\"kind\":\"csat\",\"text\":\"?\"}]}";
	struct room r;

	open_it(&r, state);
	uint64_t fits = ask_survey(&r, "visit", SHI);
	uint64_t other_one = ask_survey(&r, "visit", LIN);

	put_survey_text(&r, other);
	IGNORE(take(&r, "e1", SHI,
		    "{\"survey\":\"visit\",\"answers\":{\"q1\":5}}")
		       .seq == 0);
	IGNORE(take(&r, "e2", LIN,
		    "{\"survey\":\"visit\",\"answers\":{\"mood\":2}}")
		       .seq == 0);
	commit(r.bed);
	is(&r, fits, SESSION_COMPLETED);
	is(&r, other_one, SESSION_CANCELLED);
	sums(&r, "survey.csat", 2, 1);
	stop(&r);
}

/* ---- what is not ------------------------------------------------------------------ */

static const struct {
	const char *data, *reason;
} unread[] = {
	{ "{}", "UNKNOWN_SURVEY" },
	{ "{\"survey\":\"other\",\"answers\":{\"q1\":5}}", "UNKNOWN_SURVEY" },
	{ "{\"survey\":\"visit\",\"answers\":{\"q9\":5}}", "UNKNOWN_QUESTION" },
	{ "{\"survey\":\"visit\",\"channel\":\"E Mail\","
	  "\"answers\":{\"q1\":5}}",
	  "UNKNOWN_CHANNEL" },
	{ "{\"survey\":\"visit\"}", "ANSWER_UNCLEAR" },
	{ "{\"survey\":\"visit\",\"answers\":{}}", "ANSWER_UNCLEAR" },
	{ "{\"survey\":\"visit\",\"answers\":[5]}", "ANSWER_UNCLEAR" },
	{ "{\"survey\":\"visit\",\"question\":\"q1\"}", "ANSWER_UNCLEAR" },
	{ "{\"survey\":\"visit\",\"answers\":{\"q1\":true}}",
	  "ANSWER_UNCLEAR" },
	{ "{\"survey\":\"visit\",\"answers\":{\"q1\":4.5}}", "ANSWER_UNCLEAR" },
	{ "{\"survey\":\"visit\",\"answers\":{\"q1\":6}}", "ANSWER_UNCLEAR" },
	{ "{\"survey\":\"visit\",\"answers\":{\"q2\":7}}", "ANSWER_UNCLEAR" },
	{ "{\"survey\":\"visit\",\"answers\":{\"q1\":\"4 or 5\"}}",
	  "ANSWER_UNCLEAR" },
	/* one that is certain does not stand alone */
	{ "{\"survey\":\"visit\",\"answers\":{\"q1\":1,\"q2\":9}}",
	  "ANSWER_UNCLEAR" },
	{ "{\"survey\":\"visit\",\"answers\":{\"q1\":5},"
	  "\"question\":\"q2\",\"answer\":1}",
	  "ANSWER_UNCLEAR" },
};

static void nothing_is_guessed(void **state)
{
	struct room r;
	char id[8];

	open_it(&r, state);
	for (unsigned i = 0; i < ARRAY_LEN(unread); i++) {
		for (unsigned k = 0; k < 2; k++) {
			snprintf(id, sizeof(id), "e%u", i);
			struct taken t = result(&r, id, unread[i].data);

			if (t.state != TAKEN_PASSED || t.repeated != (k > 0) ||
			    strcmp(t.reason, unread[i].reason) != 0)
				fail_msg("%s: %s", unread[i].data, t.reason);
			assert_int_equal(t.messages, 0);
		}
	}
	assert_string_equal(take(&r, "x", STR_NONE, unread[1].data).reason,
			    "NO_ADDRESS");
	assert_string_equal(r.heard, "");
	sums(&r, "survey.score", 0, 0);
	/* the reason outlives the process */
	room_again(&r);
	assert_string_equal(result(&r, "e2", unread[2].data).reason,
			    "UNKNOWN_QUESTION");
	stop(&r);
}

/* ---- a store that fails ------------------------------------------------------------ */

/* Not stored, it was never there: the same id is taken anew. */
static void not_stored_it_was_never_there(void **state)
{
	static const char data[] =
		"{\"survey\":\"visit\",\"answers\":{\"q1\":1}}";
	struct room r;

	room_full_open(&r, state, gateway_config, config);
	put_survey_text(&r, visit);
	room_full();
	assert_int_equal(take(&r, "e1", SHI, data).state, TAKEN_MATCHED);
	room_refused(&r);
	assert_null(cases_open_of(care_cases(r.care), TENANT, SHI));
	sums(&r, "survey.csat", 0, 0);
	recount_survey(r.bed, "DEMOTEL", "visit");
	struct taken t = result(&r, "e1", data);

	assert_int_equal(t.state, TAKEN_MATCHED);
	assert_false(t.repeated);
	sums(&r, "survey.csat", 1, 0);
	stop(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)
		CASE(answers_stand_in_the_scores),
		CASE(k43_nobody_was_asked),
		CASE(no_reply_changes_it),
		CASE(a_low_score_opens_a_case),
		CASE(an_id_is_taken_once),
		CASE(who_was_asked_is_asked_no_more),
		CASE(what_was_begun_ends_elsewhere),
		CASE(unclear_it_ends_nothing),
		CASE(what_has_not_left_does_not_leave),
		CASE(an_older_version_that_was_asked),
		CASE(nothing_is_guessed),
		CASE(not_stored_it_was_never_there),
#undef CASE
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
