/* Lint of versions: what may not be submitted, by rule. */
#include "tests/unit/library_bed.h"

/* What lint finds wrong is not submitted: by rule, and the code it has. */
static void lint_stops_a_submit(void **state)
{
	static const struct {
		const char *class_name, *text, *promise, *header, *code;
		bool priced;
	} cases[] = {
		{ "care", "您好", "", "", NULL, false },
		/* */
		{ "care", "网上赌博", "", "", "CONTENT_BLOCKED", false },
		/* */
		{ "care", "全场打折", "", "", "PROMOTION_IN_CARE", false },
		{ "care", "详见 https://a.example/promo", "", "",
		  "PROMOTION_IN_CARE", false },
		{ "care", "详见 https://a.example/help", "", "", NULL, false },
		/* */
		{ "transaction", "您订购了月包，退订回复0000", "", "",
		  "PRICE_MISSING", true },
		/* */
		{ "marketing", "春季活动", "", "", "NO_STOP_TEXT", false },
		/* */
		{ "care", "我们承诺48小时回复", "", "", "PROMISE_ID_MISSING",
		  false },
		{ "care", "我们承诺48小时回复", "P-1", "", NULL, false },
		{ "care", "我们承诺48小时回复", "P-2", "", "PROMISE_UNKNOWN",
		  false },
		/* IN DLT: all three ids, and the letter of the class */
		{ "care", "您好", "", "DEMOTL-P", "DLT_HEADER", false },
		{ "care", "您好", "", "DEMOTL-S", NULL, false },
		{ "marketing", "春季活动，拒收请回复R", "", "DEMOTL-S",
		  "DLT_HEADER", false },
		{ "marketing", "春季活动，拒收请回复R", "", "DEMOTL-P", NULL,
		  false },
	};
	struct shop *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct library_draft d = draft("hello");
		struct version *v = NULL;
		struct lint_verdict verdict;

		d.class_name = str_of(cases[i].class_name);
		d.v[0].text = str_of(cases[i].text);
		d.n = 1;
		d.promise = str_of(cases[i].promise);
		d.priced = cases[i].priced;
		if (cases[i].header[0] != '\0') {
			d.registrations[REGISTRATION_DLT_ENTITY] = STR("1");
			d.registrations[REGISTRATION_DLT_HEADER] =
				str_of(cases[i].header);
			d.registrations[REGISTRATION_DLT_TEMPLATE] = STR("2");
		}
		assert_int_equal(library_sketch(s->library, &d, &v, &s->why),
				 0);
		lint_version(s->library, v, &verdict);
		if (verdict.errors != (cases[i].code != NULL) ||
		    (verdict.errors &&
		     strcmp(verdict.worst.code, cases[i].code) != 0))
			fail_msg("%s: %s", cases[i].text,
				 verdict.errors ? verdict.worst.code : "none");
		version_free(&v);
	}
}

static void r04_banned_words_are_not_submitted(void **state)
{
	struct shop *s = *state;
	struct library_draft d = draft("hello");

	d.v[1].text = STR("赌博 {{name}}");
	assert_int_equal(library_write(s->library, &d, STR("ann"), &s->got,
				       &s->why),
			 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	assert_int_equal(step(s, 1, VERSION_E_SUBMIT, "ann"), -EINVAL);
	assert_string_equal(s->why.code, "lint");
	assert_non_null(strstr(s->why.err.text, "CONTENT_BLOCKED"));
	assert_string_equal(state_of(s, 1), "draft");
}

/* CN operators: a registered signature stands first, in 【】. */
static void cn_signature_is_registered(void **state)
{
	struct shop *s = *state;
	struct library_draft d = draft("hello");
	struct version *v = NULL;
	struct lint_verdict verdict;

	d.registrations[REGISTRATION_CN_TEMPLATE] = STR("SMS_1");
	assert_int_equal(library_sketch(s->library, &d, &v, &s->why), 0);
	lint_version(s->library, v, &verdict);
	assert_true(verdict.errors);
	assert_string_equal(verdict.worst.code, "CN_INCOMPLETE");
	version_free(&v);
	d.registrations[REGISTRATION_CN_SIGNATURE] = STR("SIGN_1");
	assert_int_equal(library_sketch(s->library, &d, &v, &s->why), 0);
	lint_version(s->library, v, &verdict);
	assert_false(verdict.errors);
	version_free(&v);
	d.v[0].signature = STR_NONE;
	d.v[0].text = STR("[演示]您好");
	assert_int_equal(library_sketch(s->library, &d, &v, &s->why), 0);
	lint_version(s->library, v, &verdict);
	assert_string_equal(verdict.worst.code, "CN_SIGNATURE");
	version_free(&v);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(lint_stops_a_submit),
		CASE(r04_banned_words_are_not_submitted),
		CASE(cn_signature_is_registered),
	};

	secret_init();
	return cmocka_run_group_tests_name("campaigns_lint", tests, NULL, NULL);
}
