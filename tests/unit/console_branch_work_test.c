/* what somebody with a branch works with. Campaigns, segments and
 * templates are of the branch of who makes them. */
#include "tests/unit/branch_bed.h"

#define FOR_ALL "{\"kind\":\"contacts\"}"

/* A draft of whoever b->key is. */
static const char *draft_to(struct bed *b, const char *audience,
			    const char *more)
{
	static char id[4][16];
	static unsigned i;
	char body[512];

	snprintf(body, sizeof(body),
		 "{\"name\":\"Spring\",\"class\":\"notice\",\"text\":\"Hello\","
		 "\"audience\":%s%s}",
		 audience, more);
	if (bed_post(b, "/v1/campaigns", body) != 201)
		fail_msg("%d %.*s", b->status, STR_ARGS(b->body));
	i = (i + 1) % 4;
	must(str_copy(id[i], 16, str_of(bed_word(b, "id"))) == 0);
	return id[i];
}

static size_t listed(struct bed *b)
{
	assert_int_equal(bed_get(b, "/v1/campaigns"), 200);
	return bed_count(b, "campaigns");
}

/* ---- campaigns ------------------------------------------------------------------- */

static void r44_a_campaign_reaches_its_branch(void **state)
{
	struct bed *b = *state;
	const char *author, *id, *judge;
	struct south s;

	people(b, &s);
	as_north(b, "marketer");
	author = b->key;
	id = draft_to(b, FOR_ALL, "");
	assert_string_equal(bed_word(b, "branch"), "north");
	assert_int_equal(act(b, id, "simulate"), 200);
	assert_string_equal(bed_word(b, "people"), "1");
	assert_int_equal(act(b, id, "submit"), 200);
	as_of(b, "approver", "south");
	assert_int_equal(listed(b), 0);
	assert_int_equal(act(b, id, "approve"), 403);
	as_north(b, "approver");
	judge = b->key;
	assert_int_equal(act(b, id, "approve"), 200);
	b->key = author;
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "completed");
	assert_string_equal(bed_word(b, "counts.people"), "1");
	assert_string_equal(bed_word(b, "counts.messages.delivered"), "1");
	b->key = judge;
	assert_int_equal(look(b, id, "/recipients"), 200);
	assert_int_equal(bed_count(b, "recipients"), 1);
	assert_true(bed_says(b, "**01"));
	assert_int_equal(look(b, id, "/results"), 200);
	assert_int_equal(look(b, id, "/events"), 200);
	assert_int_equal(listed(b), 1);
	/* Whoever has no branch sees it, too. */
	b->key = ADMIN;
	assert_int_equal(listed(b), 1);
	assert_int_equal(look(b, id, ""), 200);
}

/* One of the whole tenant is not theirs: it reaches others, too. */
static void r44_campaigns_of_the_tenant_are_not_seen(void **state)
{
	struct bed *b = *state;
	const char *id;
	struct south s;

	people(b, &s);
	id = draft_to(b, FOR_ALL, "");
	assert_string_equal(bed_word(b, "branch"), "");
	assert_int_equal(act(b, id, "simulate"), 200);
	assert_string_equal(bed_word(b, "people"), "3");
	as_north(b, "marketer");
	assert_int_equal(listed(b), 0);
	assert_int_equal(look(b, id, ""), 403);
	assert_string_equal(bed_word(b, "error.code"), "branch");
}

/* Who names numbers of others gets them back with a reason. */
static void r44_named_numbers_of_others_are_left_out(void **state)
{
	struct bed *b = *state;
	const char *id;
	struct south s;

	people(b, &s);
	as_north(b, "marketer");
	id = draft_to(b,
		      "{\"addresses\":[\"" NORTH "\",\"" SOUTH "\",\"" NOBODY
		      "\",\"+447700900199\"]}",
		      "");
	assert_int_equal(act(b, id, "simulate"), 200);
	assert_string_equal(bed_word(b, "people"), "4");
	assert_string_equal(bed_word(b, "sendable"), "1");
	assert_string_equal(bed_word(b, "by.1.reason"), "other_branch");
	assert_string_equal(bed_word(b, "by.1.count"), "3");
}

static void r44_a_test_goes_to_ones_own(void **state)
{
	struct bed *b = *state;
	const char *id;
	char path[96];
	struct south s;

	people(b, &s);
	as_north(b, "marketer");
	id = draft_to(b, FOR_ALL, "");
	snprintf(path, sizeof(path), "/v1/campaigns/%s/test", id);
	assert_int_equal(bed_post(b, path, "{\"to\":[\"" SOUTH "\"]}"), 403);
	assert_int_equal(bed_post(b, path, "{\"to\":[\"" NORTH "\"]}"), 202);
}

static unsigned happened(struct bed *b, const char *to)
{
	return campaigns_event(b->campaigns, STR("acme"), STR("bill.due"),
			       str_of(to), clock_wall_ms(&clock_real));
}

/* Events are about anybody; a branch's campaign hears of its own people. */
static void r44_events_of_others_are_not_for_it(void **state)
{
	struct bed *b = *state;
	const char *id, *author;
	struct south s;

	people(b, &s);
	as_north(b, "marketer");
	author = b->key;
	id = draft_to(
		b, FOR_ALL,
		",\"schedule\":{\"kind\":\"event\",\"event\":\"bill.due\","
		"\"after\":\"24h\"}");
	assert_int_equal(act(b, id, "submit"), 200);
	as_north(b, "approver");
	assert_int_equal(act(b, id, "approve"), 200);
	b->key = author;
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "running");
	assert_int_equal(happened(b, SOUTH), 0);
	assert_int_equal(happened(b, "+447700900199"), 0);
	assert_int_equal(happened(b, NORTH), 1);
	bed_stop(b);
	bed_start(b, false);
	b->key = author;
	assert_int_equal(look(b, id, ""), 200);
	assert_string_equal(bed_word(b, "counts.people"), "1");
}

/* What is copied by somebody of all branches stays as narrow as it was. */
static void r44_a_copy_keeps_the_branch(void **state)
{
	struct bed *b = *state;
	const char *id;
	char copy[16];
	struct south s;

	people(b, &s);
	as_north(b, "marketer");
	id = draft_to(b, FOR_ALL, "");
	b->key = ADMIN;
	assert_int_equal(act(b, id, "clone"), 201);
	assert_string_equal(bed_word(b, "branch"), "north");
	keep_id(b, "id", copy);
	bed_stop(b);
	bed_start(b, false);
	assert_int_equal(look(b, copy, ""), 200);
	assert_string_equal(bed_word(b, "branch"), "north");
	assert_int_equal(act(b, copy, "simulate"), 200);
	assert_string_equal(bed_word(b, "people"), "1");
}

static void r44_a_campaign_of_others_is_written_down(void **state)
{
	struct bed *b = *state;
	const char *id;
	char path[64];
	struct south s;

	people(b, &s);
	id = draft_to(b, FOR_ALL, "");
	as_north(b, "marketer");
	assert_int_equal(act(b, id, "submit"), 403);
	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/messages", SEND(SOUTH)), 202);
	assert_int_equal(bed_get(b, "/v1/audit?limit=1000"), 200);
	size_t last = bed_count(b, "audit") - 1;

	snprintf(path, sizeof(path), "audit.%zu.action", last);
	assert_string_equal(bed_word(b, path), "branch.refused");
	snprintf(path, sizeof(path), "audit.%zu.object", last);
	assert_string_equal(bed_word(b, path), id);
}

/* ---- segments -------------------------------------------------------------------- */

static void segment(struct bed *b, const char *body, char id[16])
{
	if (bed_post(b, "/v1/segments", body) != 201)
		fail_msg("%.*s", STR_ARGS(b->body));
	keep_id(b, "id", id);
}

static void r44_a_segment_is_of_its_branch(void **state)
{
	struct bed *b = *state;
	char own[16], shared[16], path[64];
	const char *north, *id;
	struct south s;

	people(b, &s);
	work_of_south(b, &s);
	segment(b, "{\"name\":\"All\",\"filter\":\"all\"}", shared);
	as_north(b, "marketer");
	north = b->key;
	segment(b, "{\"name\":\"Mine\",\"filter\":\"all\"}", own);
	assert_int_equal(bed_get(b, "/v1/segments"), 200);
	assert_int_equal(bed_count(b, "segments"), 2);
	snprintf(path, sizeof(path), "/v1/segments/%s/count", own);
	assert_int_equal(bed_post(b, path, ""), 200);
	assert_string_equal(bed_word(b, "count"), "1");
	snprintf(path, sizeof(path), "/v1/segments/%s", own);
	assert_int_equal(bed_ask(b, "PATCH", path,
				 "{\"filter\":\"name = \\\"Nora\\\"\"}"),
			 200);
	/* of the branch, whoever looks */
	b->key = ADMIN;
	snprintf(path, sizeof(path), "/v1/segments/%s/count", own);
	assert_int_equal(bed_post(b, path, ""), 200);
	assert_string_equal(bed_word(b, "contacts"), "1");
	id = draft_to(b, "{\"segment\":\"Southern\"}", "");
	assert_int_equal(act(b, id, "simulate"), 200);
	assert_string_equal(bed_word(b, "people"), "1");
	/* and an audience only of its own */
	b->key = north;
	id = draft_to(b, "{\"segment\":\"All\"}", "");
	assert_int_equal(act(b, id, "simulate"), 200);
	assert_string_equal(bed_word(b, "people"), "1");
	id = draft_to(b, "{\"segment\":\"Southern\"}", "");
	assert_int_equal(act(b, id, "simulate"), 400);
	assert_true(bed_says(b, "there is no segment"));
}

static void r44_a_list_takes_ones_own(void **state)
{
	struct bed *b = *state;
	char list[16], theirs[16], path[64], body[128], north[16];
	struct south s;

	people(b, &s);
	as_of(b, "marketer", "south");
	segment(b, "{\"name\":\"Vips\",\"kind\":\"static\"}", theirs);
	as_north(b, "marketer");
	assert_int_equal(bed_get(b, "/v1/contacts"), 200);
	keep_id(b, "contacts.0.id", north);
	segment(b, "{\"name\":\"Mine\",\"kind\":\"static\"}", list);
	snprintf(path, sizeof(path), "/v1/segments/%s/members", list);
	snprintf(body, sizeof(body), "{\"add\":[\"%s\",\"%s\"]}", s.contact,
		 north);
	assert_int_equal(bed_post(b, path, body), 200);
	assert_string_equal(bed_word(b, "added"), "1");
	assert_string_equal(bed_word(b, "unknown"), "1");
	/* A list of others is as if it were not there. */
	assert_int_equal(bed_post(b, "/v1/segments/count",
				  "{\"filter\":\"in list \\\"Vips\\\"\"}"),
			 400);
	assert_int_equal(bed_post(b, "/v1/segments/count",
				  "{\"filter\":\"in list \\\"Mine\\\"\"}"),
			 200);
	assert_string_equal(bed_word(b, "count"), "1");
}

/* ---- templates ------------------------------------------------------------------- */

static void step(struct bed *b, const char *id, const char *word, int status)
{
	char path[96];

	snprintf(path, sizeof(path), "/v1/templates/%s/versions/1/%s", id,
		 word);
	if (bed_post(b, path, "{}") != status)
		fail_msg("%s: %.*s", path, STR_ARGS(b->body));
}

#define BY(template)                                                     \
	"{\"to\":\"" NORTH "\",\"template\":\"" template "\",\"class\":" \
							 "\"notice\"}"

static void r44_a_template_is_of_its_branch(void **state)
{
	struct bed *b = *state;
	const char *marketer, *judge;
	struct south s;

	people(b, &s);
	work_of_south(b, &s);
	assert_int_equal(bed_post(b, "/v1/templates", WORDS("shared")), 201);
	step(b, "shared", "submit", 200);
	step(b, "southern", "submit", 200);
	as_north(b, "marketer");
	marketer = b->key;
	assert_int_equal(bed_post(b, "/v1/templates", WORDS("northern")), 201);
	assert_string_equal(bed_word(b, "branch"), "north");
	step(b, "northern", "submit", 200);
	/* What is for all is read, not written. */
	assert_int_equal(bed_get(b, "/v1/templates/shared"), 200);
	assert_int_equal(bed_post(b, "/v1/templates", WORDS("shared")), 403);
	assert_int_equal(bed_get(b, "/v1/templates"), 200);
	assert_int_equal(bed_count(b, "templates"), 2);
	as_north(b, "approver");
	judge = b->key;
	step(b, "northern", "approve", 200);
	step(b, "shared", "approve", 403);
	step(b, "southern", "approve", 403);
	as_of(b, "approver", "");
	step(b, "shared", "approve", 200);
	step(b, "southern", "approve", 200);
	/* And used: one's own, and what is for all. */
	as_north(b, "sender");
	assert_int_equal(bed_post(b, "/v1/messages", BY("northern")), 202);
	assert_int_equal(bed_post(b, "/v1/messages", BY("shared")), 202);
	assert_int_equal(bed_post(b, "/v1/messages", BY("southern")), 400);
	assert_string_equal(bed_word(b, "error.code"), "unknown_template");
	b->key = marketer;
	assert_int_equal(bed_post(b, "/v1/campaigns",
				  "{\"name\":\"n\",\"class\":\"notice\","
				  "\"template\":\"southern\","
				  "\"audience\":" FOR_ALL "}"),
			 409);
	/* The next version is of the same branch, whoever writes it. */
	bed_stop(b);
	bed_start(b, false);
	assert_int_equal(bed_post(b, "/v1/templates", WORDS("northern")), 201);
	assert_string_equal(bed_word(b, "branch"), "north");
	b->key = judge;
	assert_int_equal(bed_get(b, "/v1/templates/northern/versions/2"), 200);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(r44_a_campaign_reaches_its_branch),
		T(r44_campaigns_of_the_tenant_are_not_seen),
		T(r44_named_numbers_of_others_are_left_out),
		T(r44_a_test_goes_to_ones_own),
		T(r44_events_of_others_are_not_for_it),
		T(r44_a_copy_keeps_the_branch),
		T(r44_a_campaign_of_others_is_written_down),
		T(r44_a_segment_is_of_its_branch),
		T(r44_a_list_takes_ones_own),
		T(r44_a_template_is_of_its_branch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
