/* whoever has a branch sees and changes what is of it. Every route is
 * asked for things of another branch. */
#include "tests/unit/branch_bed.h"

#include "tests/unit/console_branch_asks.h"

/* ---- every route ------------------------------------------------------------------ */

static unsigned ask_kept(struct bed *b, const struct south *s,
			 const struct route *rt)
{
	unsigned n = 0;

	for (unsigned i = 0; i < ARRAY_LEN(asks); i++) {
		char whole[160], path[160];
		bool own = asks[i].path[0] == '/';

		if (strcmp(asks[i].method, rt->method) != 0 ||
		    strcmp(asks[i].route, rt->path) != 0)
			continue;
		snprintf(whole, sizeof(whole), "%s%s", own ? "" : rt->path,
			 asks[i].path);
		path_of(s, whole, path);
		if (bed_ask(b, rt->method, path, asks[i].body) !=
		    asks[i].status)
			fail_msg("%s %s: %d, not %d: %.*s", rt->method, path,
				 b->status, asks[i].status, STR_ARGS(b->body));
		nothing_of_others(b, path);
		n++;
	}
	return n;
}

/* What it says of itself is what happens; nothing is undefined. */
static void r44_every_route_keeps_to_the_branch(void **state)
{
	struct bed *b = *state;
	unsigned known = 0, asked = 0;
	struct south s;
	char path[160];

	people(b, &s);
	ask_south(b, &s);
	work_of_south(b, &s);
	as_north(b, "admin");
	for (size_t i = 0; i < routes_len; i++) {
		const struct route *rt = &routes_all[i];
		if (rt->auth != AUTH_WHO)
			continue;
		known++;
		/* It has no end to wait for: a test of its own. */
		if (strcmp(rt->path, "/v1/stream") == 0)
			continue;
		path_of(&s, rt->path, path);
		switch (rt->branch) {
		case BRANCH_REFUSED:
			if (bed_ask(b, rt->method, path, "") != 403 ||
			    strcmp(bed_word(b, "error.code"), "branch") != 0)
				fail_msg("%s %s: %d", rt->method, path,
					 b->status);
			if (rt->whole == NULL)
				fail_msg("%s %s is refused: say in .whole why",
					 rt->method, rt->path);
			break;
		case BRANCH_ALIKE:
			bed_ask(b, rt->method, path, "{}");
			if (b->status >= 500 ||
			    strcmp(bed_word(b, "error.code"), "branch") == 0)
				fail_msg("%s %s: %d", rt->method, path,
					 b->status);
			nothing_of_others(b, path);
			break;
		case BRANCH_KEPT: {
			unsigned n = ask_kept(b, &s, rt);
			if (n == 0)
				fail_msg("%s %s is kept: say in asks[] how",
					 rt->method, rt->path);
			asked += n;
			break;
		}
		}
	}
	assert_int_equal(asked, ARRAY_LEN(asks));
	assert_true(known > 0);
	/* And nothing has changed. */
	b->key = ADMIN;
	path_of(&s, "/v1/contacts/$C", path);
	assert_int_equal(bed_get(b, path), 200);
	assert_string_equal(bed_word(b, "name"), "Sue");
	assert_string_equal(bed_word(b, "branch"), "south");
	assert_int_equal(bed_get(b, "/v1/messages?to=%2B447700900102"), 200);
	assert_int_equal(bed_count(b, "messages"), 4);
}

/* ---- one's own ---------------------------------------------------------------------- */

static void r44_ones_own_is_seen_and_changed(void **state)
{
	struct bed *b = *state;
	char contact_id[16], path[64];
	struct south s;

	people(b, &s);
	as_north(b, "admin");
	assert_int_equal(bed_get(b, "/v1/contacts"), 200);
	assert_int_equal(bed_count(b, "contacts"), 1);
	assert_string_equal(bed_word(b, "contacts.0.name"), "Nora");
	must(str_copy(contact_id, sizeof(contact_id),
		      str_of(bed_word(b, "contacts.0.id"))) == 0);
	snprintf(path, sizeof(path), "/v1/contacts/%s", contact_id);
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"name\":\"Nell\"}"), 200);
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"branch\":\"south\"}"),
			 403);
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"branch\":\"\"}"), 200);
	assert_int_equal(bed_get(b, path), 200);
	assert_string_equal(bed_word(b, "branch"), "north");
	assert_int_equal(bed_post(b, "/v1/messages", SEND("07700900101")), 202);
	assert_int_equal(bed_get(b, "/v1/messages"), 200);
	/* with the trigger's */
	assert_int_equal(bed_count(b, "messages"), 3);
	assert_int_equal(bed_get(b, "/v1/events"), 200);
	assert_int_equal(bed_count(b, "events"), 1);
	assert_int_equal(bed_get(b, "/v1/inbox"), 200);
	assert_int_equal(bed_count(b, "inbox"), 1);
	assert_int_equal(bed_post(b, "/v1/contacts",
				  "{\"ref\":\"N-2\",\"phone\":"
				  "\"07700900105\"}"),
			 201);
	assert_int_equal(bed_post(b, "/v1/messages", SEND("+447700900105")),
			 202);
	assert_int_equal(bed_get(b, "/v1/exports/contacts?purpose=x"), 200);
	assert_true(bed_says(b, "Nell"));
}

/* Somebody else's rows do not shorten a page, and no row is lost. */
/* What is counted is counted among one's own, and not kept as the segment's. */
static void r44_segments_hold_ones_own(void **state)
{
	struct bed *b = *state;
	char path[160];
	struct south s;

	people(b, &s);
	ask_south(b, &s);
	path_of(&s, "/v1/segments/$G/count", path);
	assert_int_equal(bed_post(b, path, ""), 200);
	assert_string_equal(bed_word(b, "count"), "3");
	as_north(b, "marketer");
	assert_int_equal(bed_post(b, path, ""), 200);
	assert_string_equal(bed_word(b, "count"), "1");
	assert_string_equal(bed_word(b, "contacts"), "1");
	assert_string_equal(bed_word(b, "sample.0.name"), "Nora");
	assert_int_equal(bed_get(b, "/v1/segments"), 200);
	assert_string_equal(bed_word(b, "segments.0.count"), "");
	b->key = ADMIN;
	assert_int_equal(bed_get(b, "/v1/segments"), 200);
	assert_string_equal(bed_word(b, "segments.0.count"), "3");
}

static void r44_pages_are_filled_from_the_next_ones(void **state)
{
	struct bed *b = *state;
	char path[96] = "/v1/messages?limit=2";
	unsigned seen = 0, pages = 0;
	struct south s;

	people(b, &s);
	for (int i = 0; i < 12; i++)
		assert_int_equal(bed_post(b, "/v1/messages",
					  i % 4 == 3 ? SEND(NORTH)
						     : SEND(SOUTH)),
				 202);
	as_north(b, "operator");
	for (;;) {
		assert_int_equal(bed_get(b, path), 200);
		nothing_of_others(b, path);
		seen += (unsigned)bed_count(b, "messages");
		pages++;
		assert_true(bed_count(b, "messages") <= 2 && pages < 9);
		if (bed_word(b, "next")[0] == '\0')
			break;
		snprintf(path, sizeof(path), "/v1/messages?limit=2&cursor=%s",
			 bed_word(b, "next"));
	}
	assert_int_equal(seen, 5); /* 3, one before, the trigger's */
	assert_int_equal(pages, 3);
}

/* The live stream tells of one's own contacts, and of nothing without one. */
static void r44_the_stream_tells_of_ones_own(void **state)
{
	struct bed *b = *state;
	struct buf got;
	bool over = false;
	struct south s;

	people(b, &s);
	as_north(b, "supervisor");
	int fd = bed_stream(b, "/v1/stream", b->key, &got);

	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/messages", SEND(SOUTH)), 202);
	assert_int_equal(bed_post(b, "/v1/messages", SEND(NOBODY)), 202);
	assert_int_equal(bed_ask(b, "POST", "/v1/links/a/rebind", ""), 200);
	bed_hear(b, SOUTH, "from the south");
	assert_int_equal(bed_post(b, "/v1/messages", SEND(NORTH)), 202);
	TURN_UNTIL(b, (bed_take(fd, &got, &over),
		       strstr(got.p, "message.delivered") != NULL || over));
	assert_false(over);
	assert_non_null(strstr(got.p, "**01"));
	assert_null(strstr(got.p, "**02"));
	assert_null(strstr(got.p, "**03"));
	assert_null(strstr(got.p, "link."));
	close(fd);
	buf_done(&got);
}

static void r44_batches_say_which(void **state)
{
	struct bed *b = *state;
	struct south s;

	people(b, &s);
	as_north(b, "sender");
	assert_int_equal(bed_post(b, "/v1/messages",
				  "{\"messages\":[" SEND(SOUTH) "," SEND(
					  NORTH) "]}"),
			 202);
	assert_string_equal(bed_word(b, "results.0.error.code"), "branch");
	assert_string_equal(bed_word(b, "results.1.state"), "accepted");
}

static void r44_kannel_knows_the_branch_of_a_key(void **state)
{
	struct bed *b = *state;
	char path[256];
	struct south s;

	people(b, &s);
	as_north(b, "sender");
	const char *key = b->key;

	b->key = NULL;
	snprintf(path, sizeof(path),
		 "/cgi-bin/sendsms?user=x&password=%s&text=hi&to=447700900102",
		 key);
	assert_int_equal(bed_get(b, path), 400);
	snprintf(path, sizeof(path),
		 "/cgi-bin/sendsms?user=x&password=%s&text=hi"
		 "&to=%%2B447700900101",
		 key);
	assert_int_equal(bed_get(b, path), 202);
}

/* From the store again, and in the audit log. */
static void r44_refusals_are_written_down(void **state)
{
	struct bed *b = *state;
	struct south s;
	char path[160];

	people(b, &s);
	as_north(b, "care");
	bed_stop(b);
	const char *key = b->key;

	bed_start(b, false);
	b->key = key;
	assert_int_equal(bed_post(b, "/v1/messages", SEND(NORTH)), 202);
	assert_int_equal(bed_post(b, "/v1/messages", SEND(SOUTH)), 403);
	path_of(&s, "/v1/contacts/$C", path);
	assert_int_equal(bed_get(b, path), 403);
	b->key = ADMIN;
	/* a commit, so that what came before it is stored */
	assert_int_equal(bed_post(b, "/v1/messages", SEND(SOUTH)), 202);
	assert_int_equal(bed_get(b, "/v1/audit"), 200);
	size_t last = bed_count(b, "audit") - 1;

	snprintf(path, sizeof(path), "audit.%zu.action", last);
	assert_string_equal(bed_word(b, path), "branch.refused");
	snprintf(path, sizeof(path), "audit.%zu.object", last);
	assert_string_equal(bed_word(b, path), s.contact);
	snprintf(path, sizeof(path), "audit.%zu.actor", last - 1);
	assert_string_equal(bed_word(b, path), "care of the north");
}

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(r44_every_route_keeps_to_the_branch),
		T(r44_ones_own_is_seen_and_changed),
		T(r44_segments_hold_ones_own),
		T(r44_pages_are_filled_from_the_next_ones),
		T(r44_the_stream_tells_of_ones_own),
		T(r44_batches_say_which),
		T(r44_kannel_knows_the_branch_of_a_key),
		T(r44_refusals_are_written_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
