/* What answers to surveys are counted as: by factor, against what was
 * expected, by option; always as the last answers stand. */
#include "tests/unit/survey_room.h"

static const char gateway_config[] = "class survey { consent = none }\n"
				     "class service { consent = none }\n"
				     "fake good { receipt_after = 1ms }\n";

static void sums(struct room *r, const char *name, const char *detail,
		 int64_t n, int64_t sum)
{
	survey_sums(r, TUESDAY_TEN, name, detail, n, sum);
}

static void open_with(struct room *r, void **state, const char *survey)
{
	room_open(r, state, gateway_config, "");
	put_survey_text(r, survey);
}

/* Each is a measure of its own, by the campaign that asked, and of no other
 * factor; a ref of somebody else's is no campaign. */
static void k33_k08_k32_k52_factors_of_their_own(void **state)
{
	static const struct {
		const char *factor, *measure;
	} rows[] = {
		{ "attitude", "survey.attitude" },
		{ "ease", "survey.ease" },
		{ "solved", "survey.solved" },
		{ "attraction", "survey.attraction" },
		{ "clarity", "survey.clarity" },
	};
	char body[256], square[64];
	struct room r;

	room_open(&r, state, gateway_config, "");
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		snprintf(body, sizeof(body),
			 "{\"id\":\"s%u\",\"questions\":[{\"id\":\"q\","
			 "\"kind\":\"csat\",\"factor\":\"%s\","
			 "\"text\":\"1-5?\"}]}",
			 i, rows[i].factor);
		put_survey_text(&r, body);
		snprintf(body, sizeof(body), "s%u", i);
		ask_survey_for(&r, body, SHI, "C7");
		answer_survey(&r, SHI, "5");
		answer_survey(&r, SHI, "2");
		ask_survey(&r, body, LIN);
		answer_survey(&r, LIN, "4");
		snprintf(square, sizeof(square), "%s_square", rows[i].measure);
		sums(&r, rows[i].measure, "C7", 1, 2);
		sums(&r, square, "C7", 1, 4);
		sums(&r, rows[i].measure, "", 1, 4);
		sums(&r, "survey.factor", rows[i].factor, 2, 6);
	}
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++)
		sums(&r, rows[i].measure, NULL, 2, 6);
	/* a start keeps who asked */
	room_again(&r);
	answer_survey(&r, SHI, "1");
	sums(&r, "survey.clarity", "C7", 1, 1);
	room_stop(&r);
}

/* What was expected, what came, and what of; how it was said in the end. */
static const char gap[] =
	"{\"id\":\"gap\",\"questions\":["
	"{\"id\":\"want\",\"kind\":\"csat\",\"text\":\"Hoped for?\"},"
	"{\"id\":\"got\",\"kind\":\"csat\",\"factor\":\"hotline\","
	"\"expectation\":\"want\",\"text\":\"Was?\"}]}";

static void k40_perception_less_expectation(void **state)
{
	struct room r;

	open_with(&r, state, gap);
	ask_survey(&r, "gap", SHI);
	answer_survey(&r, SHI, "5");
	sums(&r, "survey.gap", NULL, 0, 0);
	answer_survey(&r, SHI, "2");
	sums(&r, "survey.gap", "hotline", 1, -3);
	sums(&r, "survey.gap_square", "hotline", 1, 9);
	answer_survey(&r, SHI, "4");
	sums(&r, "survey.gap", "hotline", 1, -1);
	sums(&r, "survey.gap_square", "hotline", 1, 1);
	ask_survey(&r, "gap", LIN);
	answer_survey(&r, LIN, "3");
	answer_survey(&r, LIN, "5");
	sums(&r, "survey.gap", "hotline", 2, 1);
	sums(&r, "survey.gap_square", "hotline", 2, 5);
	room_stop(&r);
}

/* Answered elsewhere, whichever of the two comes first; one alone is none. */
static void k40_a_pair_in_any_order(void **state)
{
	static const char turned[] =
		"{\"id\":\"gap\",\"questions\":["
		"{\"id\":\"got\",\"kind\":\"nps\",\"expectation\":\"want\","
		"\"text\":\"Was?\"},"
		"{\"id\":\"want\",\"kind\":\"nps\",\"text\":\"Hoped for?\"}]}";
	struct room r;

	open_with(&r, state, turned);
	ask_survey(&r, "gap", SHI);
	answer_survey(&r, SHI, "3");
	sums(&r, "survey.gap", NULL, 0, 0);
	answer_survey(&r, SHI, "9");
	sums(&r, "survey.gap", "", 1, -6);
	/* what was expected is said anew, too */
	answer_survey(&r, SHI, "1");
	sums(&r, "survey.gap", "", 1, 2);
	sums(&r, "survey.gap_square", "", 1, 4);
	room_stop(&r);
}

static const char leave[] =
	"{\"id\":\"leave\",\"questions\":[{\"id\":\"why\",\"kind\":\"choice\","
	"\"text\":\"Why?\",\"scale\":["
	"{\"token\":\"1\",\"en\":\"Price\"},{\"token\":\"2\",\"en\":\"Cover\"},"
	"{\"token\":\"3\",\"en\":\"Moved\"}]}]}";

static void k46_reasons_by_option(void **state)
{
	static const struct str people[] = { SHI,
					     LIN,
					     { "+447700900003", 13 } };
	struct room r;

	open_with(&r, state, leave);
	for (unsigned i = 0; i < ARRAY_LEN(people); i++) {
		ask_survey(&r, "leave", people[i]);
		answer_survey(&r, people[i], "1");
	}
	sums(&r, "survey.choice", "leave/why/1", 3, 0);
	answer_survey(&r, LIN, "3");
	sums(&r, "survey.choice", "leave/why/1", 2, 0);
	sums(&r, "survey.choice", "leave/why/3", 1, 0);
	sums(&r, "survey.choice", NULL, 3, 0);
	/* nothing there is a score */
	sums(&r, "survey.score", NULL, 0, 0);
	room_stop(&r);
}

/* ---- definitions ---------------------------------------------------------------- */

#define TWO(a, b) "{\"id\":\"x\",\"questions\":[" a "," b "]}"
#define ONE(id, kind, more) \
	"{\"id\":\"" id "\",\"kind\":\"" kind "\",\"text\":\"?\"" more "}"
#define EXPECTS(id) ",\"expectation\":" id

static void k40_pairs_that_cannot_be(void **state)
{
	static const struct {
		const char *body, *why;
	} rows[] = {
		{ TWO(ONE("a", "csat", ""), ONE("b", "csat", EXPECTS("\"a\""))),
		  "" },
		{ TWO(ONE("a", "csat", EXPECTS("\"b\"")), ONE("b", "csat", "")),
		  "" },
		{ TWO(ONE("a", "csat", ""), ONE("b", "csat", EXPECTS("\"c\""))),
		  "questions[1].expectation: names no question" },
		{ TWO(ONE("a", "csat", ""), ONE("b", "csat", EXPECTS("7"))),
		  "must name a question" },
		{ TWO(ONE("a", "csat", ""), ONE("b", "csat", EXPECTS("\"b\""))),
		  "another question" },
		{ TWO(ONE("a", "csat", ""), ONE("b", "nps", EXPECTS("\"a\""))),
		  "same kind and scale" },
		{ TWO(ONE("a", "csat",
			  ",\"scale\":[{\"token\":\"1\",\"score\":5},"
			  "{\"token\":\"2\",\"score\":1}]"),
		      ONE("b", "csat", EXPECTS("\"a\""))),
		  "same kind and scale" },
		{ TWO(ONE("a", "text", ""), ONE("b", "text", EXPECTS("\"a\""))),
		  "measured" },
		/* whoever is asked b was sent past a */
		{ "{\"id\":\"x\",\"questions\":["
		  "{\"id\":\"z\",\"kind\":\"yes_no\",\"text\":\"?\",\"next\":["
		  "{\"upto\":0,\"go\":\"b\"},{\"go\":\"a\"}]},"
		  "{\"id\":\"a\",\"kind\":\"csat\",\"text\":\"?\",\"next\":["
		  "{\"go\":\"end\"}]},"
		  "{\"id\":\"b\",\"kind\":\"csat\",\"text\":\"?\","
		  "\"expectation\":\"a\"}]}",
		  "never asked" },
		{ TWO(ONE("a", "csat", ",\"next\":[{\"go\":\"end\"}]"),
		      ONE("b", "csat", EXPECTS("\"a\""))),
		  "never asked" },
		/* what never holds */
		{ TWO(ONE("a", "csat", ""), ONE("b", "text", ",\"low\":2")),
		  "questions[1].low" },
		{ TWO(ONE("a", "csat", ""), ONE("b/c", "csat", "")),
		  "questions[1].id" },
		{ TWO(ONE("a", "csat",
			  ",\"next\":[{\"from\":4,\"upto\":2,\"go\":\"b\"}]"),
		      ONE("b", "csat", "")),
		  "questions[0].next[0]: from is above upto" },
		/* what nobody knows is a mistake, wherever it stands */
		{ TWO(ONE("a", "csat", ""),
		      ONE("b", "csat", ",\"factr\":\"x\"")),
		  "questions[1]: there is no member 'factr'" },
		{ TWO(ONE("a", "csat", ""),
		      ONE("b", "csat",
			  ",\"next\":[{\"to\":2,\"go\":\"end\"}]")),
		  "questions[1].next[0]: there is no member 'to'" },
		{ TWO(ONE("a", "csat", ""),
		      ONE("b", "csat",
			  ",\"scale\":[{\"token\":\"1\"},"
			  "{\"token\":\"2\",\"label\":\"x\"}]")),
		  "questions[1].scale[1]: there is no member 'label'" },
		{ "{\"id\":\"x\",\"thanks\":{\"cn\":\"x\"},\"questions\":["
		  "{\"id\":\"a\",\"kind\":\"csat\",\"text\":\"?\"}]}",
		  "thanks: there is no member 'cn'" },
	};
	struct room r;

	room_open(&r, state, gateway_config, "");
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		const struct survey *v = NULL;
		json_t *o = json_loads(rows[i].body, 0, NULL);
		struct err err = { "" };
		int rc;

		assert_non_null(o);
		rc = surveys_put(care_surveys(r.care), TENANT, o, STR("test"),
				 &v, &err);
		if (rc != (rows[i].why[0] == '\0' ? 0 : -EINVAL) ||
		    strstr(err.text, rows[i].why) == NULL)
			fail_msg("row %u: %d %s", i, rc, err.text);
		json_decref(o);
	}
	room_stop(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)
		CASE(k33_k08_k32_k52_factors_of_their_own),
		CASE(k40_perception_less_expectation),
		CASE(k40_a_pair_in_any_order),
		CASE(k46_reasons_by_option),
		CASE(k40_pairs_that_cannot_be),
#undef CASE
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
