/* Cases over HTTP: opened, listed, worked on by the roles that may, closed. */
#include "tests/unit/console_bed.h"

#define SHI "\"to\":\"+447700900001\""

static char agent[64], auditor[64];

static void key_of(struct bed *b, const char *role, char out[64])
{
	char body[160];

	b->key = ADMIN;
	snprintf(body, sizeof(body),
		 "{\"name\":\"%s\",\"role\":\"%s\",\"tenant\":\"acme\"}", role,
		 role);
	assert_int_equal(bed_post(b, "/v1/keys", body), 201);
	must(str_copy(out, 64, str_of(bed_word(b, "key"))) == 0);
	b->key = ADMIN;
}

static const char *open_case(struct bed *b, const char *members)
{
	static char id[16];
	char body[512];

	snprintf(body, sizeof(body), "{\"kind\":\"complaint\",%s}", members);
	if (bed_post(b, "/v1/cases", body) != 201)
		fail_msg("%d %.*s", b->status, STR_ARGS(b->body));
	must(str_copy(id, sizeof(id), str_of(bed_word(b, "id"))) == 0);
	return id;
}

static int act(struct bed *b, const char *id, const char *word,
	       const char *body)
{
	char path[96];

	snprintf(path, sizeof(path), "/v1/cases/%s/%s", id, word);
	return bed_post(b, path, body);
}

static int look(struct bed *b, const char *id)
{
	char path[64];

	snprintf(path, sizeof(path), "/v1/cases/%s", id);
	return bed_get(b, path);
}

static void a_case_from_open_to_closed(void **state)
{
	struct bed *b = *state;

	key_of(b, "agent", agent);
	key_of(b, "auditor", auditor);
	b->key = agent;

	const char *id = open_case(b, SHI ",\"text\":\"热线打不通\","
					  "\"owner\":\"ann\"");

	assert_string_equal(bed_word(b, "state"), "opened");
	assert_string_equal(bed_word(b, "owner"), "ann");
	/* who works on it sees no number that is not theirs to see */
	assert_false(bed_says(b, "900001"));
	assert_int_equal(act(b, id, "reply", "{\"text\":\"我们在查\"}"), 200);
	assert_true(bed_says(b, "\"first_reply\":"));
	assert_int_equal(act(b, id, "reply", "{\"text\":\"去casino\"}"), 409);
	assert_string_equal(bed_word(b, "error.code"), "denied");
	assert_int_equal(act(b, id, "close", "{\"outcome\":\"好了\"}"), 400);
	assert_string_equal(bed_word(b, "error.code"), "cause_missing");
	assert_int_equal(act(b, id, "close",
			     "{\"cause\":\"network\",\"outcome\":\"修好了\","
			     "\"solved\":true}"),
			 200);
	assert_string_equal(bed_word(b, "state"), "closed");
	assert_int_equal(act(b, id, "reply", "{\"text\":\"x\"}"), 409);
	assert_string_equal(bed_word(b, "error.code"), "not_now");
	assert_int_equal(look(b, id), 200);
	assert_int_equal(bed_count(b, "history"), 3);
	assert_true(bed_says(b, "热线打不通"));
	/* an auditor sees who did what, and no word of it */
	b->key = auditor;
	assert_int_equal(look(b, id), 200);
	assert_int_equal(bed_count(b, "history"), 3);
	assert_false(bed_says(b, "热线打不通"));
	assert_int_equal(act(b, id, "reopen", "{\"text\":\"x\"}"), 403);
	b->key = agent;
	assert_int_equal(act(b, id, "reopen", "{\"text\":\"又坏了\"}"), 200);
	assert_string_equal(bed_word(b, "state"), "opened");
}

static void an_edit_names_what_it_saw(void **state)
{
	struct bed *b = *state;
	const char *id = open_case(b, SHI);

	b->extra = "If-Match: \"1\"\r\n";
	assert_int_equal(act(b, id, "note", "{\"text\":\"a\"}"), 200);
	assert_true(str_eqz(bed_header(b, "ETag"), "\"2\""));
	assert_int_equal(act(b, id, "note", "{\"text\":\"b\"}"), 409);
	assert_string_equal(bed_word(b, "error.code"), "changed");
	b->extra = "If-Match: what\r\n";
	assert_int_equal(act(b, id, "note", "{\"text\":\"b\"}"), 400);
	b->extra = NULL;
	assert_int_equal(act(b, id, "verdict", "{\"verdict\":\"maybe\"}"), 400);
	assert_int_equal(act(b, "0000000000001", "note", "{\"text\":\"b\"}"),
			 404);
}

/* A user who writes campaigns and works on cases; logged in. */
static void both_roles(struct bed *b, char token[64])
{
	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/users",
				  "{\"name\":\"wang\",\"tenant\":\"acme\","
				  "\"roles\":[\"marketer\",\"care\"],"
				  "\"password\":\"kite over the harbour 7\"}"),
			 201);
	b->key = NULL;
	assert_int_equal(bed_post(b, "/v1/sessions",
				  "{\"name\":\"wang\",\"password\":"
				  "\"kite over the harbour 7\"}"),
			 201);
	must(str_copy(token, 64, str_of(bed_word(b, "token"))) == 0);
	b->key = token;
	assert_int_equal(bed_post(b, "/v1/me/password",
				  "{\"old\":\"kite over the harbour 7\","
				  "\"new\":\"nine lanterns on a hill\"}"),
			 200);
}

static void r20_who_sent_it_does_not_judge_it(void **state)
{
	struct bed *b = *state;
	char wang[64], other[64], campaign[16], members[96];
	const char *id;

	both_roles(b, wang);
	assert_int_equal(
		bed_post(b, "/v1/campaigns",
			 "{\"name\":\"Spring\",\"class\":\"notice\","
			 "\"text\":\"Hello\",\"audience\":{\"addresses\":["
			 "\"+447700900001\"]}}"),
		201);
	must(str_copy(campaign, sizeof(campaign), str_of(bed_word(b, "id"))) ==
	     0);
	snprintf(members, sizeof(members), SHI ",\"campaign\":\"%s\"",
		 campaign);
	id = open_case(b, members);
	assert_int_equal(act(b, id, "verdict", "{\"verdict\":\"proven\"}"),
			 403);
	assert_string_equal(bed_word(b, "error.code"), "same_person");
	key_of(b, "care", other);
	b->key = other;
	assert_int_equal(act(b, id, "verdict", "{\"verdict\":\"proven\"}"),
			 200);
}

static void lists_by_pages_and_filters(void **state)
{
	struct bed *b = *state;
	char path[96];

	for (unsigned i = 1; i <= 5; i++) {
		char to[64];

		snprintf(to, sizeof(to), "\"to\":\"+44770090000%u\"%s", i,
			 i % 2 == 0 ? ",\"owner\":\"bob\"" : "");
		IGNORE(open_case(b, to) == NULL);
	}
	assert_int_equal(bed_get(b, "/v1/cases?limit=2"), 200);
	assert_int_equal(bed_count(b, "cases"), 2);
	snprintf(path, sizeof(path), "/v1/cases?limit=2&cursor=%s",
		 bed_word(b, "next"));
	assert_int_equal(bed_get(b, path), 200);
	assert_int_equal(bed_count(b, "cases"), 2);
	assert_int_equal(bed_get(b, "/v1/cases?owner=bob"), 200);
	assert_int_equal(bed_count(b, "cases"), 2);
	assert_int_equal(bed_get(b, "/v1/cases?to=%2B447700900003"), 200);
	assert_int_equal(bed_count(b, "cases"), 1);
	assert_int_equal(bed_get(b, "/v1/cases?state=closed"), 200);
	assert_int_equal(bed_count(b, "cases"), 0);
	assert_int_equal(bed_get(b, "/v1/cases?overdue=true"), 200);
	assert_int_equal(bed_count(b, "cases"), 0);
	assert_int_equal(bed_get(b, "/v1/cases?state=lost"), 400);
	assert_int_equal(bed_get(b, "/v1/cases?kind=lost"), 400);
}

static void the_same_ref_opens_one_case(void **state)
{
	static const char body[] =
		"{\"kind\":\"report\"," SHI ",\"ref\":\"crm-17\"}";
	struct bed *b = *state;
	char id[16];

	assert_int_equal(bed_post(b, "/v1/cases", body), 201);
	must(str_copy(id, sizeof(id), str_of(bed_word(b, "id"))) == 0);
	assert_int_equal(bed_post(b, "/v1/cases", body), 200);
	assert_string_equal(bed_word(b, "id"), id);
	assert_int_equal(bed_post(b, "/v1/cases", "{\"kind\":\"x\"," SHI "}"),
			 400);
	assert_string_equal(bed_word(b, "error.code"), "bad_kind");
	assert_int_equal(bed_post(b, "/v1/cases", "{\"kind\":\"report\"}"),
			 400);
}

/* An owner with open cases stays; one who is gone gets none. */
static void r35_an_owner_is_not_switched_off(void **state)
{
	struct bed *b = *state;
	char path[96];

	assert_int_equal(bed_post(b, "/v1/users",
				  "{\"name\":\"ann\",\"roles\":[\"agent\"],"
				  "\"tenant\":\"acme\",\"password\":"
				  "\"correct horse battery\"}"),
			 201);
	snprintf(path, sizeof(path), "/v1/users/%s", bed_word(b, "id"));

	const char *id = open_case(b, SHI ",\"owner\":\"ann\"");

	assert_int_equal(bed_ask(b, "PATCH", path, "{\"state\":\"off\"}"), 409);
	assert_string_equal(bed_word(b, "error.code"), "owns_cases");
	assert_int_equal(bed_ask(b, "DELETE", path, ""), 409);
	assert_int_equal(act(b, id, "assign", "{\"owner\":\"bob\"}"), 200);
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"state\":\"off\"}"), 200);
	assert_int_equal(act(b, id, "assign", "{\"owner\":\"ann\"}"), 400);
	assert_string_equal(bed_word(b, "error.code"), "bad_owner");
	assert_int_equal(act(b, id, "assign", "{\"owner\":\"\"}"), 400);
}

static void wait_for(struct bed *b, const char *path, const char *text)
{
	uint64_t until = clock_mono_ms(&clock_real) + 20000;

	do
		assert_int_equal(bed_get(b, path), 200);
	while (!bed_says(b, text) && clock_mono_ms(&clock_real) < until);
	if (!bed_says(b, text))
		fail_msg("no %s in %.*s", text, STR_ARGS(b->body));
}

/* One line of time over every address of a person; a word to them answers
 * what is open, and passes the same gate. */
static void r47_a_thread_is_one_line_of_time(void **state)
{
	static const char sms[] = "/v1/threads/%2B447700900001";
	struct bed *b = *state;

	assert_int_equal(bed_post(b, "/v1/contacts",
				  "{\"ref\":\"c1\",\"name\":\"Shi\","
				  "\"phone\":\"+447700900001\","
				  "\"mqtt\":\"device-1\"}"),
			 201);
	key_of(b, "care", agent);
	b->key = agent; /* who reads texts */
	bed_hear(b, "+447700900001", "when do you open?");
	wait_for(b, sms, "when do you open?");
	bed_hear(b, "device-1", "hello from the app");
	wait_for(b, sms, "hello from the app");

	const char *id = open_case(b, SHI);

	assert_int_equal(bed_post(b, "/v1/threads/%2B447700900001/reply",
				  "{\"text\":\"go to the casino\"}"),
			 200);
	assert_string_equal(bed_word(b, "verdict"), "deny");
	assert_int_equal(bed_post(b, "/v1/threads/%2B447700900001/reply",
				  "{\"text\":\"at nine\"}"),
			 202);
	assert_string_equal(bed_word(b, "case"), id);
	wait_for(b, sms, "at nine");
	assert_true(bed_count(b, "thread") >= 3);
	assert_int_equal(look(b, id), 200);
	assert_true(bed_says(b, "\"first_reply\":"));
	assert_int_equal(bed_get(b, "/v1/threads/%2B447700900001?limit=1"),
			 200);
	assert_int_equal(bed_count(b, "thread"), 1);
	assert_int_equal(bed_post(b, "/v1/threads/%2B447700900001/reply", "{}"),
			 400);
	/* nobody's words but for those who may read them */
	key_of(b, "auditor", auditor);
	b->key = auditor;
	assert_int_equal(bed_get(b, sms), 200);
	assert_false(bed_says(b, "hello from the app"));
}

/* From written to spoken: one call-back, in the queue that was named, with
 * the case it belongs to; no clock stops by it, and nothing is doubled. */
static void r47_a_thread_is_handed_over_to_the_phone(void **state)
{
	static const char hand[] = "/v1/threads/%2B447700900001/hand-over";
	struct bed *b = *state;
	char callback[16], path[64];

	key_of(b, "care", agent);
	b->key = agent;

	const char *id = open_case(b, SHI);

	assert_int_equal(bed_post(b, hand, "{\"queue\":\"nowhere\"}"), 400);
	assert_int_equal(bed_post(b, hand, "{\"hours\":\"late\"}"), 400);
	assert_int_equal(bed_post(b, hand, "{\"note\":\"asks for a date\"}"),
			 201);
	assert_string_equal(bed_word(b, "case"), id);
	assert_true(bed_says(b, "\"joined\":false"));
	must(str_copy(callback, sizeof(callback),
		      str_of(bed_word(b, "callback"))) == 0);
	snprintf(path, sizeof(path), "/v1/callbacks/%s", callback);
	assert_int_equal(bed_get(b, path), 200);
	assert_string_equal(bed_word(b, "source"), "thread");
	assert_string_equal(bed_word(b, "ref"), id);
	assert_string_equal(bed_word(b, "note"), "asks for a date");
	/* once more is the same one */
	assert_int_equal(bed_post(b, hand, "{}"), 201);
	assert_string_equal(bed_word(b, "callback"), callback);
	assert_true(bed_says(b, "\"joined\":true"));
	assert_int_equal(look(b, id), 200);
	assert_true(bed_says(b, "\"action\":\"hand_over\""));
	assert_false(bed_says(b, "\"first_reply\":"));
	/* who only reads hands nothing over */
	key_of(b, "auditor", auditor);
	b->key = auditor;
	assert_int_equal(bed_post(b, hand, "{}"), 403);
}

/* Who rings is shown with what they wait for; late is what nobody has replied
 * to, and a claim whose newest word is past its date. */
static void a_screen_pop_says_what_is_overdue(void **state)
{
	static const char pop[] = "/v1/screen-pop/%2B447700900001";
	static const char claim[] =
		"{\"id\":\"%s\",\"type\":\"claim.state\","
		"\"to\":\"+447700900001\",\"account\":\"K-1\","
		"\"time\":\"%s\",\"data\":{\"state\":\"%s\","
		"\"due\":\"2020-03-01T00:00:00Z\"}}";
	struct bed *b = *state;
	char body[320];

	assert_int_equal(bed_get(b, pop), 200);
	assert_true(bed_says(b, "\"contact\":null"));
	assert_true(bed_says(b, "\"overdue\":false}"));
	/* nothing was open about them */
	assert_int_equal(bed_get(b, "/v1/audit?no_context=1"), 200);
	assert_true(bed_says(b, "screen_pop.read"));
	assert_int_equal(bed_post(b, "/v1/contacts",
				  "{\"ref\":\"c1\",\"name\":\"Shi\","
				  "\"tier\":\"key\","
				  "\"phone\":\"+447700900001\"}"),
			 201);
	key_of(b, "care", agent);

	const char *id = open_case(b, SHI);

	snprintf(body, sizeof(body), claim, "e1", "2020-01-01T00:00:00Z",
		 "filed");
	assert_int_equal(bed_post(b, "/v1/events", body), 200);
	b->key = agent;
	assert_int_equal(bed_get(b, pop), 200);
	assert_string_equal(bed_word(b, "contact.tier"), "key");
	assert_true(bed_says(b, id));
	assert_int_equal(bed_count(b, "cases"), 1);
	assert_int_equal(bed_count(b, "events"), 1);
	assert_true(bed_says(b, "2020-01-01T00:00:00.000Z"));
	assert_true(bed_says(b, "\"late\":1,\"overdue\":true}"));
	/* the newest word on it settles it */
	snprintf(body, sizeof(body), claim, "e2", "2020-04-01T00:00:00Z",
		 "closed");
	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/events", body), 200);
	assert_int_equal(bed_get(b, pop), 200);
	assert_int_equal(bed_count(b, "events"), 2);
	assert_true(bed_says(b, "\"late\":0,\"overdue\":false}"));
}

/* The results of a survey, from paper: they are of the day they were given. */
static void rows_have_their_own_time(void **state)
{
	static const char survey[] =
		"{\"id\":\"visit\",\"questions\":[{\"id\":\"q\","
		"\"kind\":\"csat\",\"text\":\"1-5?\"}]}";
	static const char rows[] =
		"id,type,to,time,survey,question,answer\n"
		"p1,survey.result,+447700900001,2026-01-02T10:00:00+01:00,"
		"visit,q,4\n"
		"p2,survey.result,+447700900001,yesterday,visit,q,5\n"
		"p3,survey.result,+447700900001,,visit,q,many\n";
	struct bed *b = *state;

	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/surveys", survey), 201);
	assert_int_equal(bed_ask_type(b, "POST", "/v1/events/csv", "text/csv",
				      str_of(rows)),
			 200);
	assert_string_equal(bed_word(b, "taken"), "2");
	assert_string_equal(bed_word(b, "failed"), "1");
	assert_string_equal(bed_word(b, "rows.0.line"), "3");
	assert_true(str_starts(str_of(bed_word(b, "rows.0.reason")),
			       STR("time: ")));
	assert_int_equal(bed_get(b, "/v1/events?state=matched"), 200);
	assert_int_equal(bed_count(b, "events"), 1);
	assert_string_equal(bed_word(b, "events.0.at"),
			    "2026-01-02T09:00:00.000Z");
	assert_int_equal(bed_get(b, "/v1/events?state=passed"), 200);
	assert_string_equal(bed_word(b, "events.0.reason"), "ANSWER_UNCLEAR");
	assert_int_equal(bed_get(b, "/v1/surveys/visit/results"), 200);
	assert_string_equal(bed_word(b, "elsewhere"), "1");
	assert_string_equal(bed_word(b, "asked"), "0");
	assert_string_equal(bed_word(b, "questions.0.n"), "1");
	assert_int_equal(bed_get(b, "/v1/surveys/visit/sessions"), 200);
	assert_string_equal(bed_word(b, "sessions.0.elsewhere"), "true");
	assert_string_equal(bed_word(b, "sessions.0.started"),
			    "2026-01-02T09:00:00.000Z");
}

/* A unit is sent what a survey has shown; what it does not answer in time is
 * listed until it does. */
static void r46_what_is_overdue_is_listed(void **state)
{
	static const char late[] = "/v1/findings?overdue=true&unit=shops";
	struct bed *b = *state;
	char due[32], body[256], path[96];
	int64_t soon_ms = clock_wall_ms(&clock_real) + 1500;

	assert_int_equal(bed_post(b, "/v1/surveys",
				  "{\"id\":\"yearly\",\"questions\":[{"
				  "\"id\":\"q1\",\"kind\":\"csat\","
				  "\"text\":{\"en\":\"1-5?\"}}]}"),
			 201);
	assert_int_equal(bed_post(b, "/v1/findings",
				  "{\"unit\":\"shops\",\"survey\":\"x\","
				  "\"text\":\"t\"}"),
			 400);
	assert_string_equal(bed_word(b, "error.field"), "survey");
	clock_rfc3339(soon_ms, due);
	snprintf(body, sizeof(body),
		 "{\"unit\":\"shops\",\"survey\":\"yearly\",\"question\":"
		 "\"q1\",\"text\":\"Queues\",\"due\":\"%s\"}",
		 due);
	assert_int_equal(bed_post(b, "/v1/findings", body), 201);
	snprintf(path, sizeof(path), "/v1/findings/%s/answer",
		 bed_word(b, "id"));
	assert_int_equal(bed_get(b, late), 200);
	assert_int_equal(bed_count(b, "findings"), 0);
	assert_int_equal(bed_get(b, "/v1/findings"), 200);
	assert_int_equal(bed_count(b, "findings"), 1);
	assert_true(bed_says(b, "\"overdue\":false"));
	wait_for(b, late, "\"overdue\":true");
	key_of(b, "agent", agent);
	b->key = agent;
	assert_int_equal(bed_post(b, path, "{\"text\":\"\"}"), 400);
	assert_int_equal(bed_post(b, path, "{\"text\":\"Done\"}"), 200);
	assert_int_equal(bed_post(b, path, "{\"text\":\"Done\"}"), 404);
	b->key = ADMIN;
	assert_int_equal(bed_get(b, late), 200);
	assert_int_equal(bed_count(b, "findings"), 0);
	assert_int_equal(bed_get(b, "/v1/findings?state=answered"), 200);
	assert_string_equal(bed_word(b, "findings.0.answer"), "Done");
	assert_int_equal(bed_get(b, "/v1/findings?state=lost"), 400);
}

#define QUESTION                                                   \
	"\"questions\":[{\"id\":\"q\",\"kind\":\"csat\",\"text\":" \
	"{\"en\":\"How? 1-5\"}}]"

/* What would never happen, or in no language, is said at once. */
static void what_a_survey_cannot_be(void **state)
{
	static const struct {
		const char *times;
		int status;
	} written[] = {
		{ "\"remind_after\":\"72h\",\"expire_after\":\"72h\"", 400 },
		{ "\"remind_after\":\"4d\"", 400 }, /* it ends in 72 h */
		{ "\"remind_after\":\"71h\"", 201 },
		{ "\"remind_after\":\"0s\",\"expire_after\":\"1h\"", 201 },
		/* nobody has asked for a reminder: there is none */
		{ "\"expire_after\":\"12h\"", 201 },
	};
	static const struct {
		const char *more;
		int status;
		const char *code;
	} asked[] = {
		{ "\"lang\":\"fr\"", 400, "bad_lang" },
		{ "\"lang\":\"zh-hans\"", 400, "bad_lang" },
		{ "\"channel\":\"fax\"", 400, "unknown_channel" },
		{ "\"lang\":\"zh\"", 202, "" },
		{ "\"channel\":\"sms\",\"lang\":\"en\"", 202, "" },
	};
	struct bed *b = *state;
	char body[512];

	b->key = ADMIN;
	for (unsigned i = 0; i < ARRAY_LEN(written); i++) {
		snprintf(body, sizeof(body), "{\"id\":\"s\",%s," QUESTION "}",
			 written[i].times);
		if (bed_post(b, "/v1/surveys", body) != written[i].status)
			fail_msg("%s", written[i].times);
		if (written[i].status == 400)
			assert_non_null(
				strstr(bed_word(b, "error.reason"),
				       "must be shorter than expire_after"));
	}
	for (unsigned i = 0; i < ARRAY_LEN(asked); i++) {
		snprintf(body, sizeof(body), "{\"to\":\"+4477009001%02u\",%s}",
			 i, asked[i].more);
		if (bed_post(b, "/v1/surveys/s/sessions", body) !=
			    asked[i].status ||
		    strcmp(bed_word(b, "error.code"), asked[i].code) != 0)
			fail_msg("%s: %s", asked[i].more,
				 bed_word(b, "error.code"));
	}
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)
	static const struct CMUnitTest tests[] = {
		CASE(a_case_from_open_to_closed),
		CASE(an_edit_names_what_it_saw),
		CASE(r20_who_sent_it_does_not_judge_it),
		CASE(lists_by_pages_and_filters),
		CASE(the_same_ref_opens_one_case),
		CASE(r35_an_owner_is_not_switched_off),
		CASE(rows_have_their_own_time),
		CASE(r46_what_is_overdue_is_listed),
		CASE(r47_a_thread_is_one_line_of_time),
		CASE(r47_a_thread_is_handed_over_to_the_phone),
		CASE(a_screen_pop_says_what_is_overdue),
		CASE(what_a_survey_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
