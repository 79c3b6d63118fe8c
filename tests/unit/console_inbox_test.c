/* /v1/inbox: what customers wrote, who sees it, and what is still to be
 * answered. */
#include "tests/unit/console_bed.h"

static char care[64];

/* A key of the default tenant. */
static void as_care(struct bed *b)
{
	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/keys",
				  "{\"name\":\"care\",\"role\":\"care\","
				  "\"tenant\":\"acme\"}"),
			 201);
	must(str_copy(care, sizeof(care), str_of(bed_word(b, "key"))) == 0);
	b->key = care;
}

/* Nobody has written to them before: whose customer they are, nobody knows. */
static void a_strangers_words_are_seen(void **state)
{
	struct bed *b = *state;

	as_care(b);
	bed_hear_of(b, "*", "+447700900077", "please call me tomorrow");
	bed_hear_of(b, "acme", "+447700900078", "hello");
	bed_hear_of(b, "other", "+447700900079", "not for acme");
	assert_int_equal(bed_get(b, "/v1/inbox"), 200);
	assert_int_equal(bed_count(b, "inbox"), 2);
	assert_string_equal(bed_word(b, "inbox.1.text"),
			    "please call me tomorrow");
	/* by pages, too */
	assert_int_equal(bed_get(b, "/v1/inbox?limit=1"), 200);
	assert_int_equal(bed_count(b, "inbox"), 1);
	assert_string_equal(bed_word(b, "inbox.0.text"), "hello");
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)
	static const struct CMUnitTest tests[] = {
		CASE(a_strangers_words_are_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
