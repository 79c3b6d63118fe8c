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

/* Who has not written before may be a contact, and so of a branch. */
static void r44_a_strangers_words_are_for_its_branch(void **state)
{
	static const char *const branches[] = { "south", "north" };
	struct bed *b = *state;
	char body[160];

	assert_int_equal(bed_post(b, "/v1/contacts",
				  "{\"ref\":\"c1\",\"branch\":\"north\","
				  "\"phone\":\"+447700900077\"}"),
			 201);
	bed_hear_of(b, "*", "+447700900077", "please call me tomorrow");
	for (unsigned i = 0; i < ARRAY_LEN(branches); i++) {
		b->key = ADMIN;
		snprintf(body, sizeof(body),
			 "{\"name\":\"%s\",\"role\":\"care\","
			 "\"tenant\":\"acme\",\"branch\":\"%s\"}",
			 branches[i], branches[i]);
		assert_int_equal(bed_post(b, "/v1/keys", body), 201);
		must(str_copy(care, sizeof(care), str_of(bed_word(b, "key"))) ==
		     0);
		b->key = care;
		assert_int_equal(bed_get(b, "/v1/inbox"), 200);
		assert_int_equal(bed_count(b, "inbox"), i);
	}
}

static char id[2][16];

/* The list of what waits, and the ids in it. */
static unsigned waiting(struct bed *b)
{
	assert_int_equal(bed_get(b, "/v1/inbox?waiting=true"), 200);
	unsigned n = (unsigned)bed_count(b, "inbox");

	for (unsigned i = 0; i < n && i < 2; i++) {
		char path[16];

		snprintf(path, sizeof(path), "inbox.%u.id", i);
		must(str_copy(id[i], sizeof(id[i]),
			      str_of(bed_word(b, path))) == 0);
	}
	return n;
}

static int act(struct bed *b, const char *which, const char *what,
	       const char *body)
{
	char path[64];

	snprintf(path, sizeof(path), "/v1/inbox/%s/%s", which, what);
	return bed_ask(b, "POST", path, body);
}

/* What nothing took waits until a person answers, by its id or their number,
 * or says that it is done. */
static void what_nobody_answered_waits(void **state)
{
	struct bed *b = *state;

	as_care(b);
	bed_hear_of(b, "*", "+447700900077", "do you sell cars?");
	bed_hear(b, "+447700900078", "thanks a lot");
	bed_hear(b, "+447700900078", "我要投诉");
	assert_int_equal(waiting(b), 2);
	assert_int_equal(act(b, id[1], "reply", "{\"text\":\"No.\"}"), 202);
	assert_int_equal(waiting(b), 1);
	assert_int_equal(act(b, id[0], "done", NULL), 200);
	assert_int_equal(waiting(b), 0);
	assert_int_equal(act(b, id[0], "done", NULL), 404);
	assert_int_equal(act(b, id[0], "reply", "{\"text\":\"No.\"}"), 404);
	/* all that they wrote, by one word to their number */
	bed_hear(b, "+447700900078", "one more thing");
	bed_hear(b, "+447700900078", "and another");
	assert_int_equal(waiting(b), 2);
	assert_int_equal(bed_post(b, "/v1/threads/%2B447700900078/reply",
				  "{\"text\":\"Yes?\"}"),
			 202);
	assert_int_equal(waiting(b), 0);
	/* a case is opened for what they wrote */
	bed_hear(b, "+447700900078", "how come?");
	assert_int_equal(waiting(b), 1);
	assert_int_equal(bed_post(b, "/v1/cases",
				  "{\"kind\":\"question\","
				  "\"to\":\"+447700900078\"}"),
			 201);
	assert_int_equal(waiting(b), 0);
	/* over to the phone */
	bed_hear(b, "+447700900078", "hello again");
	assert_int_equal(bed_post(b, "/v1/threads/%2B447700900078/hand-over",
				  "{}"),
			 201);
	assert_int_equal(waiting(b), 0);
}

static void as_role(struct bed *b, const char *role)
{
	static char key[64];
	char body[128];

	b->key = ADMIN;
	snprintf(body, sizeof(body),
		 "{\"name\":\"%s\",\"role\":\"%s\",\"tenant\":\"acme\"}", role,
		 role);
	assert_int_equal(bed_post(b, "/v1/keys", body), 201);
	must(str_copy(key, sizeof(key), str_of(bed_word(b, "key"))) == 0);
	b->key = key;
}

/* Two agents do not answer the same; who waits longest is first. */
static void one_takes_it_and_no_other(void **state)
{
	struct bed *b = *state;
	char first[16];

	as_care(b);
	bed_hear(b, "+447700900078", "hello");
	bed_hear(b, "+447700900079", "hello, too");
	assert_int_equal(waiting(b), 2);
	must(str_copy(first, sizeof(first), str_of(id[0])) == 0);
	assert_string_equal(bed_word(b, "inbox.0.text"), "hello");
	assert_int_equal(act(b, first, "take", NULL), 200);
	assert_string_equal(bed_word(b, "by"), "care");
	assert_int_equal(act(b, first, "take", NULL), 200);
	assert_int_equal(waiting(b), 2);
	as_role(b, "agent");
	assert_int_equal(waiting(b), 1);
	assert_int_equal(bed_get(b, "/v1/inbox?waiting=all"), 200);
	assert_int_equal(bed_count(b, "inbox"), 2);
	assert_int_equal(bed_get(b, "/v1/inbox?waiting=maybe"), 400);
	assert_int_equal(act(b, first, "take", NULL), 409);
	assert_string_equal(bed_word(b, "error.code"), "taken");
	assert_int_equal(act(b, first, "reply", "{\"text\":\"Hi\"}"), 409);
	assert_int_equal(act(b, first, "done", NULL), 409);
	assert_int_equal(act(b, first, "hand-over", "{}"), 409);
	/* by pages, from the oldest on */
	b->key = care;
	assert_int_equal(bed_get(b, "/v1/inbox?waiting=true&limit=1"), 200);
	assert_string_equal(bed_word(b, "inbox.0.id"), first);
	char next[128];
	snprintf(next, sizeof(next), "/v1/inbox?waiting=true&limit=1&cursor=%s",
		 bed_word(b, "next"));
	assert_int_equal(bed_get(b, next), 200);
	assert_string_equal(bed_word(b, "inbox.0.text"), "hello, too");
	assert_int_equal(act(b, first, "reply", "{\"text\":\"Hi\"}"), 202);
	assert_int_equal(act(b, first, "take", NULL), 404);
}

static void a_restart_forgets_no_word(void **state)
{
	struct bed *b = *state;

	as_care(b);
	bed_hear(b, "+447700900078", "hello");
	bed_hear(b, "+447700900079", "hello");
	assert_int_equal(waiting(b), 2);
	assert_int_equal(act(b, id[0], "done", NULL), 200);
	bed_stop(b);
	bed_start(b, false);
	b->key = care;
	assert_int_equal(waiting(b), 1);
}

static int thread_of(struct bed *b, const char *which)
{
	char path[64];

	snprintf(path, sizeof(path), "/v1/inbox/%s/thread", which);
	return bed_get(b, path);
}

/* An agent answers whoever waits, reads what they wrote for it, and never
 * meets a whole number; then there is no reason any more. */
static void r01_an_agent_answers_without_the_number(void **state)
{
	struct bed *b = *state;

	bed_hear_of(b, "", "+447700900077", "do you sell cars?");
	bed_hear(b, "+447700900078", "please call me");
	as_role(b, "agent");
	assert_int_equal(waiting(b), 2);
	assert_false(bed_says(b, "cars"));
	assert_false(bed_says(b, "900077"));
	assert_int_equal(thread_of(b, id[0]), 200);
	assert_string_equal(bed_word(b, "thread.0.text"), "do you sell cars?");
	assert_false(bed_says(b, "900077"));
	assert_int_equal(act(b, id[0], "reply", "{\"text\":\"No.\"}"), 202);
	assert_false(bed_says(b, "900077"));
	assert_int_equal(thread_of(b, id[0]), 404);
	assert_int_equal(act(b, id[1], "hand-over", "{\"note\":\"soon\"}"),
			 201);
	assert_false(bed_says(b, "900078"));
	assert_int_equal(waiting(b), 0);
	assert_int_equal(bed_get(b, "/v1/templates"), 200);
	/* written down, with the work it was for */
	b->key = ADMIN;
	assert_int_equal(bed_get(b, "/v1/audit?action=thread.read"), 200);
	assert_int_equal(bed_count(b, "audit"), 1);
	assert_string_equal(bed_word(b, "audit.0.detail.context"), "inbox");
	/* who gives the roles does not read it */
	bed_hear(b, "+447700900078", "hello");
	assert_int_equal(waiting(b), 1);
	assert_int_equal(thread_of(b, id[0]), 403);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)
	static const struct CMUnitTest tests[] = {
		CASE(a_strangers_words_are_seen),
		CASE(r44_a_strangers_words_are_for_its_branch),
		CASE(what_nobody_answered_waits),
		CASE(one_takes_it_and_no_other),
		CASE(a_restart_forgets_no_word),
		CASE(r01_an_agent_answers_without_the_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
