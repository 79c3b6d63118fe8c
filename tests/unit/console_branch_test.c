/* whoever has a branch sees and changes what is of it. Every route is
 * asked for things of another branch. */
#include "tests/unit/console_bed.h"

#include "console/routes.h"

#define NORTH "+447700900101"
#define SOUTH "+447700900102"
#define NOBODY "+447700900103"

#define SEND(to) "{\"to\":\"" to "\",\"text\":\"hello\",\"class\":\"service\"}"
#define WISH(to) "{\"to\":\"" to "\"}"
#define ORDER(to) "{\"to\":\"" to "\",\"offer\":\"ring\"}"
static const char survey[] =
	"{\"id\":\"sv\",\"questions\":[{\"id\":\"q1\",\"kind\":\"text\","
	"\"text\":{\"zh\":\"为什么?\",\"en\":\"Why?\"}}]}";

/* What stands for ids in the paths below. */
struct south {
	char contact[16], message[16], session[16], segment[16];
	char ticket[16];
	char callback[16], order[16];
};

static void keep_id(struct bed *b, const char *name, char out[16])
{
	assert_int_equal(strlen(bed_word(b, name)), 13);
	must(str_copy(out, 16, str_of(bed_word(b, name))) == 0);
}

static void contact(struct bed *b, const char *ref, const char *name,
		    const char *phone, const char *branch)
{
	char body[256];

	snprintf(body, sizeof(body),
		 "{\"ref\":\"%s\",\"name\":\"%s\",\"phone\":\"%s\","
		 "\"branch\":\"%s\"}",
		 ref, name, phone, branch);
	assert_int_equal(bed_post(b, "/v1/contacts", body), 201);
}

static void happen(struct bed *b, const char *to)
{
	char body[160];

	snprintf(body, sizeof(body),
		 "{\"id\":\"%s\",\"type\":\"bill.due\",\"to\":\"%s\"}", to, to);
	assert_int_equal(bed_post(b, "/v1/events", body), 200);
}

/* Two contacts of two branches, one of none; each was written to. */
static void people(struct bed *b, struct south *s)
{
	contact(b, "N-1", "Nora", NORTH, "north");
	contact(b, "S-1", "Sue", SOUTH, "south");
	keep_id(b, "id", s->contact);
	contact(b, "X-1", "Xi", NOBODY, "");
	assert_int_equal(bed_post(b, "/v1/messages", SEND(NORTH)), 202);
	assert_int_equal(bed_post(b, "/v1/messages", SEND(NOBODY)), 202);
	assert_int_equal(bed_post(b, "/v1/messages", SEND(SOUTH)), 202);
	keep_id(b, "id", s->message);
	assert_int_equal(bed_post(b, "/v1/surveys", survey), 201);
	happen(b, NORTH);
	happen(b, SOUTH);
	happen(b, NOBODY);
	bed_hear(b, NORTH, "Nora here");
	bed_hear(b, SOUTH, "Sue here");
}

static void ask_south(struct bed *b, struct south *s)
{
	assert_int_equal(bed_post(b, "/v1/callbacks", WISH(SOUTH)), 201);
	keep_id(b, "id", s->callback);
	assert_int_equal(bed_post(b, "/v1/callbacks", WISH(NORTH)), 201);
	assert_int_equal(bed_post(b, "/v1/orders", ORDER(SOUTH)), 202);
	keep_id(b, "id", s->order);
	assert_int_equal(bed_post(b, "/v1/surveys/sv/sessions",
				  "{\"to\":\"" SOUTH "\"}"),
			 202);
	keep_id(b, "session", s->session);
	assert_int_equal(bed_post(b, "/v1/segments",
				  "{\"name\":\"all\",\"filter\":\"all\"}"),
			 201);
	keep_id(b, "id", s->segment);
	assert_int_equal(bed_post(b, "/v1/cases",
				  "{\"kind\":\"report\",\"to\":\"" SOUTH "\"}"),
			 201);
	keep_id(b, "id", s->ticket);
}

/* From here on the key of one who has a branch. */
static void as_north(struct bed *b, const char *role)
{
	static char text[64];
	char body[160];

	b->key = ADMIN;
	snprintf(body, sizeof(body),
		 "{\"name\":\"%s of the north\",\"role\":\"%s\","
		 "\"tenant\":\"acme\",\"branch\":\"north\"}",
		 role, role);
	assert_int_equal(bed_post(b, "/v1/keys", body), 201);
	must(str_copy(text, sizeof(text), str_of(bed_word(b, "key"))) == 0);
	b->key = text;
}

static void nothing_of_others(struct bed *b, const char *path)
{
	static const char *const signs[] = {
		"7700900102", "**02", "Sue",    "S-1",
		"7700900103", "**03", "\"Xi\"", "X-1",
	};

	for (unsigned i = 0; i < ARRAY_LEN(signs); i++)
		if (bed_says(b, signs[i]))
			fail_msg("%s shows %s", path, signs[i]);
}

/* ---- every route ------------------------------------------------------------------ */

/*
 * How each BRANCH_KEPT route is asked for a thing of another branch, and what
 * must come of it. $C, $M, $V, $K, $G: the south's contact, message, survey session, case,
 * a segment. A
 * must come of it. $C, $M, $V, $G, $B, $O: the south's contact, message, survey
 * session, a segment, the south's call-back and order. A
 * new route that says it is kept needs a row here.
 */
static const struct {
	const char *method, *route, *path, *body;
	int status;
} asks[] = {
	{ "POST", "/v1/messages", "", SEND(SOUTH), 403 },
	{ "POST", "/v1/messages", "", SEND(NOBODY), 403 },
	{ "POST", "/v1/messages", "", SEND("07700 900102"), 403 },
	{ "POST", "/v1/messages", "", SEND("+447700900199"), 403 },
	{ "GET", "/v1/messages", "", "", 200 },
	{ "GET", "/v1/messages", "?to=%2B447700900102", "", 200 },
	{ "POST", "/v1/messages/check", "", SEND(SOUTH), 403 },
	{ "POST", "/v1/messages/{id}/cancel", "/v1/messages/$M/cancel", "",
	  403 },
	{ "GET", "/v1/messages/{id}", "/v1/messages/$M", "", 403 },
	{ "POST", "/v1/route/explain", "", SEND(SOUTH), 403 },
	{ "GET", "/v1/contacts", "", "", 200 },
	{ "GET", "/v1/contacts", "?ref=S-1", "", 200 },
	{ "GET", "/v1/contacts", "?address=%2B447700900102", "", 200 },
	{ "POST", "/v1/contacts", "",
	  "{\"ref\":\"S-1\",\"phone\":\"" NORTH "\"}", 403 },
	{ "POST", "/v1/contacts", "",
	  "{\"ref\":\"n2\",\"phone\":\"" SOUTH "\"}", 403 },
	{ "POST", "/v1/contacts", "",
	  "{\"ref\":\"n2\",\"mqtt\":\"07700900102\"}", 403 },
	{ "POST", "/v1/contacts", "",
	  "{\"ref\":\"n2\",\"phone\":\"07700900104\",\"branch\":\"south\"}",
	  403 },
	{ "GET", "/v1/contacts/{id}", "/v1/contacts/$C", "", 403 },
	{ "PATCH", "/v1/contacts/{id}", "/v1/contacts/$C",
	  "{\"name\":\"Nobody\"}", 403 },
	{ "GET", "/v1/contacts", "?filter=all", "", 200 },
	{ "POST", "/v1/contacts/{id}/merge", "/v1/contacts/$C/merge",
	  "{\"from\":\"0000000000001\"}", 403 },
	{ "DELETE", "/v1/contacts/{id}", "/v1/contacts/$C", "", 403 },
	{ "GET", "/v1/exports/contacts", "?purpose=x", "", 200 },
	{ "POST", "/v1/segments/count", "", "{\"filter\":\"all\"}", 200 },
	{ "POST", "/v1/segments/{id}/count", "/v1/segments/$G/count", "", 200 },
	{ "GET", "/v1/segments/{id}/members", "/v1/segments/$G/members", "",
	  200 },
	{ "POST", "/v1/consents", "",
	  "{\"address\":\"" SOUTH "\",\"type\":\"withdraw\","
	  "\"source\":\"agent\"}",
	  403 },
	{ "GET", "/v1/addresses/{address}", "/v1/addresses/%2B447700900102", "",
	  403 },
	{ "GET", "/v1/addresses/{address}/evidence",
	  "/v1/addresses/%2B447700900102/evidence", "", 403 },
	{ "GET", "/v1/inbox", "", "", 200 },
	{ "POST", "/v1/events", "",
	  "{\"id\":\"e9\",\"type\":\"bill.due\",\"to\":\"" SOUTH "\"}", 403 },
	{ "POST", "/v1/events", "", "{\"id\":\"e8\",\"type\":\"bill.due\"}",
	  403 },
	{ "GET", "/v1/events", "", "", 200 },
	{ "GET", "/v1/reminders", "", "", 200 },
	{ "POST", "/v1/reminders/{id}/called", "/v1/reminders/$M/called", "",
	  404 },
	{ "GET", "/v1/callbacks", "", "", 200 },
	{ "GET", "/v1/callbacks", "?to=%2B447700900102", "", 200 },
	{ "POST", "/v1/callbacks", "", WISH(SOUTH), 403 },
	{ "POST", "/v1/callbacks/links", "", WISH(SOUTH), 403 },
	{ "GET", "/v1/callbacks/{id}", "/v1/callbacks/$B", "", 403 },
	{ "POST", "/v1/callbacks/{id}/result", "/v1/callbacks/$B/result",
	  "{\"result\":\"reached\"}", 403 },
	{ "POST", "/v1/callbacks/{id}/cancel", "/v1/callbacks/$B/cancel",
	  "{\"by_customer\":true}", 403 },
	{ "GET", "/v1/orders", "", "", 200 },
	{ "POST", "/v1/orders", "", ORDER(SOUTH), 403 },
	{ "GET", "/v1/orders/{id}", "/v1/orders/$O", "", 403 },
	{ "POST", "/v1/orders/{id}/end", "/v1/orders/$O/end", "", 403 },
	{ "POST", "/v1/surveys/{id}/sessions", "/v1/surveys/sv/sessions",
	  "{\"to\":\"" SOUTH "\"}", 403 },
	{ "GET", "/v1/surveys/{id}/sessions", "/v1/surveys/sv/sessions", "",
	  200 },
	{ "GET", "/v1/surveys/{id}/sessions/{session}",
	  "/v1/surveys/sv/sessions/$V", "", 403 },
	{ "POST", "/v1/surveys/{id}/sessions/{session}/cancel",
	  "/v1/surveys/sv/sessions/$V/cancel", "", 403 },
	{ "GET", "/v1/threads/{address}", "/v1/threads/%2B447700900102", "",
	  403 },
	{ "POST", "/v1/threads/{address}/reply",
	  "/v1/threads/%2B447700900102/reply", "{\"text\":\"x\"}", 403 },
	{ "POST", "/v1/threads/{address}/hand-over",
	  "/v1/threads/%2B447700900102/hand-over", "{}", 403 },
	{ "GET", "/v1/cases", "", "", 200 },
	{ "POST", "/v1/cases", "", "{\"kind\":\"report\",\"to\":\"" SOUTH "\"}",
	  403 },
	{ "GET", "/v1/cases/{id}", "/v1/cases/$K", "", 403 },
	{ "POST", "/v1/cases/{id}/assign", "/v1/cases/$K/assign", "{}", 403 },
	{ "POST", "/v1/cases/{id}/reply", "/v1/cases/$K/reply", "{}", 403 },
	{ "POST", "/v1/cases/{id}/note", "/v1/cases/$K/note", "{}", 403 },
	{ "POST", "/v1/cases/{id}/escalate", "/v1/cases/$K/escalate", "{}",
	  403 },
	{ "POST", "/v1/cases/{id}/refund", "/v1/cases/$K/refund", "{}", 403 },
	{ "POST", "/v1/cases/{id}/investigate", "/v1/cases/$K/investigate",
	  "{}", 403 },
	{ "POST", "/v1/cases/{id}/verdict", "/v1/cases/$K/verdict", "{}", 403 },
	{ "POST", "/v1/cases/{id}/close", "/v1/cases/$K/close", "{}", 403 },
	{ "POST", "/v1/cases/{id}/reopen", "/v1/cases/$K/reopen", "{}", 403 },
	{ "GET", "/v1/keys", "", "", 200 },
	{ "POST", "/v1/keys", "",
	  "{\"name\":\"x\",\"role\":\"care\",\"branch\":\"south\"}", 403 },
	{ "DELETE", "/v1/keys/{id}", "/v1/keys/$C", "", 404 },
	{ "GET", "/v1/users", "", "", 200 },
	{ "POST", "/v1/users", "",
	  "{\"name\":\"sam\",\"roles\":[\"care\"],\"branch\":\"south\"}", 403 },
	{ "GET", "/v1/users/{id}", "/v1/users/$C", "", 404 },
	{ "PATCH", "/v1/users/{id}", "/v1/users/$C", "{}", 404 },
	{ "DELETE", "/v1/users/{id}", "/v1/users/$C", "", 404 },
	{ "POST", "/v1/users/{id}/password", "/v1/users/$C/password", "{}",
	  404 },
	{ "POST", "/v1/users/{id}/unlock", "/v1/users/$C/unlock", "", 404 },
	{ "GET", "/v1/sessions", "", "", 200 },
	{ "DELETE", "/v1/sessions/{id}", "/v1/sessions/$C", "", 404 },
};

/* "/v1/contacts/$C" to the id; names of parameters to something harmless. */
static void path_of(const struct south *s, const char *text, char out[160])
{
	size_t n = 0;

	for (const char *p = text; *p != '\0'; p++) {
		if (p[0] == '$') {
			const char c = *++p;
			const char *id = c == 'C'   ? s->contact
					 : c == 'M' ? s->message
					 : c == 'G' ? s->segment
					 : c == 'K' ? s->ticket
					 : c == 'B' ? s->callback
					 : c == 'O' ? s->order
						    : s->session;
			n += (size_t)snprintf(out + n, 160 - n, "%s", id);
		} else if (p[0] == '{') {
			p = strchr(p, '}');
			out[n++] = 'x';
		} else {
			out[n++] = *p;
		}
		assert_true(n < 159);
	}
	out[n] = '\0';
}

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
