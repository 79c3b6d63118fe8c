/* Segments and lists over HTTP: made, counted, edited, walked, deleted. */
#include "tests/unit/console_bed.h"

static const char *contact(struct bed *b, const char *ref, const char *tier,
			   const char *phone)
{
	static char id[64];
	char body[256];

	snprintf(body, sizeof(body),
		 "{\"ref\":\"%s\",\"tier\":\"%s\",\"phone\":\"%s\"}", ref, tier,
		 phone);
	assert_int_equal(bed_post(b, "/v1/contacts", body), 201);
	snprintf(id, sizeof(id), "%s", bed_word(b, "id"));
	return id;
}

static void three(struct bed *b)
{
	contact(b, "C1", "gold", "+447700900001");
	contact(b, "C2", "gold", "+447700900002");
	contact(b, "C3", "new", "+447700900003");
}

static void segment_path(struct bed *b, char out[128], const char *more)
{
	snprintf(out, 128, "/v1/segments/%s%s", bed_word(b, "id"), more);
}

static void made_and_counted(void **state)
{
	struct bed *b = *state;
	char count[128];

	three(b);
	assert_int_equal(bed_post(b, "/v1/segments",
				  "{\"name\":\"Gold\",\"filter\":\"tier = "
				  "gold and not has mqtt\"}"),
			 201);
	assert_string_equal(bed_word(b, "filter"),
			    "tier = \"gold\" and not has mqtt");
	assert_string_equal(bed_word(b, "ast.and.0.field"), "tier");
	assert_true(bed_says(b, "Contacts where the tier is"));
	assert_true(bed_says(b, "等级为“gold”"));
	assert_string_equal(bed_word(b, "kind"), "dynamic");
	segment_path(b, count, "/count");
	assert_int_equal(bed_post(b, count, ""), 200);
	assert_string_equal(bed_word(b, "count"), "2");
	assert_string_equal(bed_word(b, "contacts"), "3");
	assert_int_equal(bed_count(b, "sample"), 2);
	contact(b, "C4", "gold", "+447700900004");
	assert_int_equal(bed_post(b, count, ""), 200);
	assert_string_equal(bed_word(b, "count"), "3");
	assert_int_equal(bed_get(b, "/v1/segments"), 200);
	assert_int_equal(bed_count(b, "segments"), 1);
	assert_string_equal(bed_word(b, "segments.0.count"), "3");
}

static void counts_what_is_not_kept(void **state)
{
	struct bed *b = *state;

	three(b);
	assert_int_equal(bed_post(b, "/v1/segments/count",
				  "{\"filter\":\"tier = new or ref = C1\"}"),
			 200);
	assert_string_equal(bed_word(b, "count"), "2");
	assert_string_equal(bed_word(b, "sample.0.addresses.0.address"),
			    "+447700900001");
	assert_int_equal(bed_post(b, "/v1/segments/count",
				  "{\"ast\":{\"field\":\"tier\",\"op\":\"=\","
				  "\"value\":\"new\"}}"),
			 200);
	assert_string_equal(bed_word(b, "filter"), "tier = \"new\"");
	assert_string_equal(bed_word(b, "count"), "1");
	assert_int_equal(bed_get(b, "/v1/segments"), 200);
	assert_int_equal(bed_count(b, "segments"), 0);
}

static const struct {
	const char *body;
	int status;
	const char *code, *says;
} refused[] = {
	{ "{\"name\":\"x\",\"filter\":\"tier is gold\"}", 400, "bad_filter",
	  "column 9: expected set or not set after is, found 'gold'" },
	{ "{\"name\":\"x\",\"filter\":\"in list \\\"none\\\"\"}", 400,
	  "no_list", "there is no list 'none'" },
	{ "{\"name\":\"x\",\"filter\":\"in list \\\"Gold\\\"\"}", 400,
	  "no_list", "is not a list" },
	{ "{\"name\":\"x\"}", 400, "bad_kind", "needs a filter" },
	{ "{\"name\":\"x\",\"kind\":\"static\",\"filter\":\"all\"}", 400,
	  "bad_kind", "has no filter" },
	{ "{\"name\":\"x\",\"kind\":\"odd\",\"filter\":\"all\"}", 400,
	  "bad_kind", "dynamic or static" },
	{ "{\"name\":\" x\",\"filter\":\"all\"}", 400, "bad_name", "blanks" },
	{ "{\"name\":\"Gold\",\"filter\":\"all\"}", 409, "name_taken",
	  "already" },
	{ "{\"name\":\"x\",\"filter\":\"all\",\"ast\":{\"all\":true}}", 400,
	  "bad_filter", "not both" },
	{ "{\"name\":\"x\",\"ast\":{\"sql\":\"1=1\"}}", 400, "bad_filter",
	  "the tree is no filter" },
	{ "{\"name\":\"y\",\"filter\":\"all\"}", 201, NULL, NULL },
	{ "{\"name\":\"z\",\"filter\":\"all\"}", 409, "segments_max",
	  "there are 2" },
};

static void refuses_with_reason(void **state)
{
	struct bed *b = *state;

	assert_int_equal(bed_post(b, "/v1/segments",
				  "{\"name\":\"Gold\",\"filter\":\"all\"}"),
			 201);
	for (unsigned i = 0; i < ARRAY_LEN(refused); i++) {
		if (bed_post(b, "/v1/segments", refused[i].body) !=
		    refused[i].status)
			fail_msg("%s: %d", refused[i].body, b->status);
		if (refused[i].code == NULL)
			continue;
		assert_string_equal(bed_word(b, "error.code"), refused[i].code);
		if (strstr(bed_word(b, "error.reason"), refused[i].says) ==
		    NULL)
			fail_msg("%s", bed_word(b, "error.reason"));
	}
}

static void stale_edits_are_told(void **state)
{
	struct bed *b = *state;
	char path[128], match[128];

	assert_int_equal(bed_post(b, "/v1/segments",
				  "{\"name\":\"A\",\"filter\":\"tier = a\"}"),
			 201);
	segment_path(b, path, "");
	snprintf(match, sizeof(match), "If-Match: %.*s\r\n",
		 STR_ARGS(bed_header(b, "ETag")));
	b->extra = "If-Match: \"1\"\r\n";
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"filter\":\"all\"}"),
			 409);
	assert_string_equal(bed_word(b, "error.code"), "changed");
	assert_string_equal(bed_word(b, "now.filter"), "tier = \"a\"");
	b->extra = match;
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"filter\":\"all\"}"),
			 200);
	b->extra = NULL;
	assert_int_equal(bed_get(b, path), 200);
	assert_string_equal(bed_word(b, "filter"), "all");
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"name\":\"B\"}"), 400);
	assert_int_equal(bed_ask(b, "PATCH", path, "{}"), 400);
	TURN_UNTIL(b, bed_get(b, "/v1/audit") == 200 &&
			      bed_count(b, "audit") == 2);
	assert_string_equal(bed_word(b, "audit.1.action"), "segment.edit");
	assert_string_equal(bed_word(b, "audit.1.detail.before"),
			    "tier = \"a\"");
	assert_string_equal(bed_word(b, "audit.1.detail.after"), "all");
}

static void lists_have_members(void **state)
{
	struct bed *b = *state;
	char list[128], members[128], body[256], id[64];

	three(b);
	snprintf(id, sizeof(id), "%s",
		 contact(b, "C9", "gold", "+447700900009"));
	assert_int_equal(bed_post(b, "/v1/segments",
				  "{\"name\":\"vip\",\"kind\":\"static\"}"),
			 201);
	segment_path(b, list, "");
	segment_path(b, members, "/members");
	snprintf(body, sizeof(body), "{\"add\":[\"%s\",\"0000000000001\",7]}",
		 id);
	assert_int_equal(bed_post(b, members, body), 200);
	assert_string_equal(bed_word(b, "added"), "1");
	assert_string_equal(bed_word(b, "unknown"), "2");
	assert_int_equal(bed_get(b, members), 200);
	assert_int_equal(bed_count(b, "members"), 1);
	assert_string_equal(bed_word(b, "members.0.ref"), "C9");
	assert_int_equal(bed_post(b, "/v1/segments",
				  "{\"name\":\"rest\",\"filter\":\"not in list "
				  "\\\"vip\\\"\"}"),
			 201);
	segment_path(b, members, "/members?limit=2");
	assert_int_equal(bed_get(b, members), 200);
	assert_int_equal(bed_count(b, "members"), 2);
	snprintf(body, sizeof(body), "%s&cursor=%s", members,
		 bed_word(b, "next"));
	assert_int_equal(bed_get(b, body), 200);
	assert_int_equal(bed_count(b, "members"), 1);
	/* A filter names it. */
	assert_int_equal(bed_ask(b, "DELETE", list, ""), 409);
	assert_string_equal(bed_word(b, "error.code"), "in_use");
}

static void members_leave(void **state)
{
	struct bed *b = *state;
	char list[128], members[128], body[256], id[64];

	snprintf(id, sizeof(id), "%s",
		 contact(b, "C9", "gold", "+447700900009"));
	assert_int_equal(bed_post(b, "/v1/segments",
				  "{\"name\":\"vip\",\"kind\":\"static\"}"),
			 201);
	segment_path(b, list, "");
	segment_path(b, members, "/members");
	snprintf(body, sizeof(body), "{\"add\":[\"%s\"]}", id);
	assert_int_equal(bed_post(b, members, body), 200);
	snprintf(body, sizeof(body), "{\"remove\":[\"%s\"]}", id);
	assert_int_equal(bed_post(b, members, body), 200);
	assert_string_equal(bed_word(b, "removed"), "1");
	assert_int_equal(bed_get(b, members), 200);
	assert_int_equal(bed_count(b, "members"), 0);
	assert_int_equal(bed_ask(b, "DELETE", list, ""), 200);
	assert_int_equal(bed_get(b, list), 404);
	assert_int_equal(bed_post(b, members, body), 404);
}

static int two_segments(void **state)
{
	bed_http = "segments = 2";
	int rc = bed_open(state);
	bed_http = "";
	return rc;
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)
	const struct CMUnitTest tests[] = {
		T(made_and_counted),
		T(counts_what_is_not_kept),
		cmocka_unit_test_setup_teardown(refuses_with_reason,
						two_segments, bed_close),
		T(stale_edits_are_told),
		T(lists_have_members),
		T(members_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
