/* Lint of versions: what may not be submitted, by rule. */
#include "tests/unit/library_bed.h"

/* By rule: what lint says of such a version; NULL: it may be submitted. */
static const struct {
	const char *rule, *class_name, *text, *promise, *header, *code;
	bool priced;
} cases[] = {
	{ "R-04", "care", "您好", "", "", NULL, false },
	{ "R-04", "care", "网上赌博", "", "", "CONTENT_BLOCKED", false },
	{ "R-06", "care", "全场打折", "", "", "PROMOTION_IN_CARE", false },
	{ "R-06", "care", "详见 https://a.example/promo", "", "",
	  "PROMOTION_IN_CARE", false },
	{ "R-06", "care", "详见 https://a.example/help", "", "", NULL, false },
	{ "R-06", "marketing", "全场打折，拒收请回复R", "", "", NULL, false },
	{ "R-23", "transaction", "您订购了月包，退订回复0000", "", "",
	  "PRICE_MISSING", true },
	{ "R-23", "transaction", "您订购了套餐，20元，退订回复0000", "", "",
	  "PERIOD_MISSING", true },
	{ "R-23", "transaction", "您订购了月包，20元/月", "", "",
	  "NO_STOP_TEXT", true },
	{ "R-23", "transaction", "您订购了月包，20元/月，退订回复0000", "", "",
	  NULL, true },
	{ "R-30", "marketing", "春季活动", "", "", "NO_STOP_TEXT", false },
	{ "R-30", "marketing", "春季活动，拒收请回复R", "", "", NULL, false },
	{ "R-39", "care", "我们承诺48小时回复", "", "", "PROMISE_ID_MISSING",
	  false },
	{ "R-39", "care", "我们承诺48小时回复", "P-1", "", NULL, false },
	{ "R-39", "care", "我们承诺48小时回复", "P-2", "", "PROMISE_UNKNOWN",
	  false },
	{ "IN", "care", "您好", "", "DEMOTL-P", "DLT_HEADER", false },
	{ "IN", "care", "您好", "", "DEMOTL", "DLT_HEADER", false },
	{ "IN", "care", "您好", "", "DEMOTL-S", NULL, false },
	{ "IN", "transaction", "您好", "", "DEMOTL-T", NULL, false },
	{ "IN", "marketing", "春季活动，拒收请回复R", "", "DEMOTL-S",
	  "DLT_HEADER", false },
	{ "IN", "marketing", "春季活动，拒收请回复R", "", "DEMOTL-P", NULL,
	  false },
};

/* Row i as a draft. */
static struct library_draft draft_of(size_t i)
{
	struct library_draft d = draft("hello");

	d.class_name = str_of(cases[i].class_name);
	d.v[0].text = str_of(cases[i].text);
	d.n = 1;
	d.promise = str_of(cases[i].promise);
	d.priced = cases[i].priced;
	if (cases[i].header[0] == '\0')
		return d;
	d.registrations[REGISTRATION_DLT_ENTITY] = STR("1");
	d.registrations[REGISTRATION_DLT_HEADER] = str_of(cases[i].header);
	d.registrations[REGISTRATION_DLT_TEMPLATE] = STR("2");
	return d;
}

static void run(struct shop *s, const char *rule)
{
	unsigned ran = 0;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct library_draft d = draft_of(i);
		struct version *v = NULL;
		struct lint_verdict verdict;

		if (strcmp(cases[i].rule, rule) != 0)
			continue;
		assert_int_equal(library_sketch(s->library, &d, &v, &s->why),
				 0);
		lint_version(s->library, v, &verdict);
		if (verdict.errors != (cases[i].code != NULL) ||
		    (verdict.errors &&
		     strcmp(verdict.worst.code, cases[i].code) != 0))
			fail_msg("%s: %s", cases[i].text,
				 verdict.errors ? verdict.worst.code : "none");
		version_free(&v);
		ran++;
	}
	assert_true(ran > 0);
}

static void r04_blocked_words(void **state)
{
	run(*state, "R-04");
}

static void r06_promotion_in_care(void **state)
{
	run(*state, "R-06");
}

static void r23_price_period_and_way_out(void **state)
{
	run(*state, "R-23");
}

static void r30_stop_text(void **state)
{
	run(*state, "R-30");
}

static void r39_promises_are_registered(void **state)
{
	run(*state, "R-39");
}

static void in_trai_dlt_header_fits_the_class(void **state)
{
	run(*state, "IN");
}

/* IN DLT: one of the three ids alone is none. */
static void in_trai_dlt_needs_all_three(void **state)
{
	struct shop *s = *state;
	struct library_draft d = draft("hello");
	struct version *v = NULL;
	struct lint_verdict verdict;

	d.registrations[REGISTRATION_DLT_ENTITY] = STR("1");
	d.registrations[REGISTRATION_DLT_TEMPLATE] = STR("2");
	assert_int_equal(library_sketch(s->library, &d, &v, &s->why), 0);
	lint_version(s->library, v, &verdict);
	assert_true(verdict.errors);
	assert_string_equal(verdict.worst.code, "DLT_INCOMPLETE");
	version_free(&v);
}

/* a sender's name stands first. */
static void r30_sender_name(void **state)
{
	struct shop *s = *state;
	struct library_draft d = draft("hello");
	struct version *v = NULL;
	struct lint_verdict verdict;

	d.n = 1;
	d.v[0].signature = STR_NONE;
	assert_int_equal(library_sketch(s->library, &d, &v, &s->why), 0);
	lint_version(s->library, v, &verdict);
	assert_true(verdict.errors);
	assert_string_equal(verdict.worst.code, "NO_SENDER_NAME");
	version_free(&v);
	d.v[0].signature = STR("别家");
	d.sender = STR("演示");
	assert_int_equal(library_sketch(s->library, &d, &v, &s->why), 0);
	lint_version(s->library, v, &verdict);
	assert_string_equal(verdict.worst.code, "WRONG_SENDER_NAME");
	version_free(&v);
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
static void cn_operators_signature_is_registered(void **state)
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
		CASE(r04_blocked_words),
		CASE(r06_promotion_in_care),
		CASE(r23_price_period_and_way_out),
		CASE(r30_stop_text),
		CASE(r30_sender_name),
		CASE(r39_promises_are_registered),
		CASE(in_trai_dlt_header_fits_the_class),
		CASE(in_trai_dlt_needs_all_three),
		CASE(r04_banned_words_are_not_submitted),
		CASE(cn_operators_signature_is_registered),
	};

	secret_init();
	return cmocka_run_group_tests_name("campaigns_lint", tests, NULL, NULL);
}
