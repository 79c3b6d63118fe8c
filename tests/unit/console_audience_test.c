/* Whom a campaign goes to: segments and lists, frozen at the approval; a person
 * once, also of several campaigns that exclude each other. */
#include "tests/unit/campaign_bed.h"

/* A contact; more: further members, each with a comma before. */
static const char *contact(struct bed *b, const char *ref, const char *tier,
			   unsigned phone, const char *more)
{
	static char id[64];
	char body[256];

	snprintf(body, sizeof(body),
		 "{\"ref\":\"%s\",\"tier\":\"%s\",\"phone\":\"+447700900%03u\""
		 "%s}",
		 ref, tier, phone, more);
	if (bed_post(b, "/v1/contacts", body) != 201)
		fail_msg("%.*s", STR_ARGS(b->body));
	must(str_copy(id, sizeof(id), str_of(bed_word(b, "id"))) == 0);
	return id;
}

/* A draft for a segment. */
static const char *draft_for(struct bed *b, const char *segment,
			     const char *more)
{
	static char id[4][16];
	static unsigned i;
	char body[512];

	snprintf(body, sizeof(body),
		 "{\"name\":\"Gold\",\"class\":\"notice\",\"text\":\"Hello "
		 "{{name}}\",\"audience\":{\"segment\":\"%s\"}%s}",
		 segment, more);
	if (bed_post(b, "/v1/campaigns", body) != 201)
		fail_msg("%d %.*s", b->status, STR_ARGS(b->body));
	i = (i + 1) % 4;
	must(str_copy(id[i], 16, str_of(bed_word(b, "id"))) == 0);
	return id[i];
}

static void segment(struct bed *b, const char *body, char path[128])
{
	if (bed_post(b, "/v1/segments", body) != 201)
		fail_msg("%.*s", STR_ARGS(b->body));
	snprintf(path, 128, "/v1/segments/%s", bed_word(b, "id"));
}

#define GOLD "{\"name\":\"Gold\",\"filter\":\"tier = gold\"}"

static void three(struct bed *b)
{
	b->key = ADMIN;
	contact(b, "C1", "gold", 1, ",\"name\":\"Ann\"");
	contact(b, "C2", "new", 2, ",\"name\":\"Ben\"");
	contact(b, "C3", "gold", 3, ",\"name\":\"Cid\"");
}

static void goes_to_the_people_of_a_segment(void **state)
{
	struct bed *b = *state;
	char path[128];
	struct cast c;
	const char *id;

	cast_make(b, &c);
	three(b);
	segment(b, GOLD, path);
	b->key = c.author;
	id = draft_for(b, "Gold", "");
	assert_string_equal(bed_word(b, "audience.segment"), "Gold");
	assert_int_equal(act(b, id, "simulate"), 200);
	assert_string_equal(bed_word(b, "people"), "2");
	assert_string_equal(bed_word(b, "sendable"), "2");
	approve(b, &c, id);
	look(b, id, "");
	assert_string_equal(bed_word(b, "audience.filter"), "tier = \"gold\"");
	assert_true(bed_says(b, "Contacts where the tier is"));
	assert_true(bed_says(b, "等级为“gold”"));
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "completed");
	b->key = ADMIN;
	assert_int_equal(look(b, id, "/recipients"), 200);
	assert_int_equal(bed_count(b, "recipients"), 2);
	assert_string_equal(bed_word(b, "recipients.1.to"), "+447700900003");
	assert_string_equal(bed_word(b, "recipients.1.state"), "delivered");
	/* The next one takes who is there now. */
	contact(b, "C4", "gold", 4, ",\"name\":\"Dan\"");
	b->key = c.author;
	id = draft_for(b, "Gold", "");
	assert_int_equal(act(b, id, "simulate"), 200);
	assert_string_equal(bed_word(b, "people"), "3");
}

static void goes_to_a_list(void **state)
{
	struct bed *b = *state;
	char path[128], members[160], body[64];
	struct cast c;
	const char *id;

	cast_make(b, &c);
	three(b);
	snprintf(body, sizeof(body), "{\"add\":[\"%s\"]}",
		 contact(b, "C5", "new", 5, ",\"name\":\"Eve\""));
	segment(b, "{\"name\":\"Vip\",\"kind\":\"static\"}", path);
	snprintf(members, sizeof(members), "%s/members", path);
	if (bed_post(b, members, body) != 200)
		fail_msg("%.*s", STR_ARGS(b->body));
	b->key = c.author;
	id = draft_for(b, "Vip", "");
	approve(b, &c, id);
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "completed");
	b->key = ADMIN;
	assert_int_equal(look(b, id, "/recipients"), 200);
	assert_int_equal(bed_count(b, "recipients"), 1);
	assert_string_equal(bed_word(b, "recipients.0.to"), "+447700900005");
}

/* Whatever changes of it after the approval, nothing goes out unseen. */
static void r32_another_audience_leads_back_to_draft(void **state)
{
	static const struct {
		const char *more;  /* of the campaign */
		bool other_filter; /* else another person */
		const char *state, *reason;
	} rows[] = {
		/* Who comes later is not reached; that is all. */
		{ "", false, "draining", "" },
		{ "", true, "draft", "segment_changed" },
		/* Every run has another audience, but the same filter. */
		{ ",\"schedule\":{\"kind\":\"recurring\",\"every\":\"24h\","
		  "\"start\":\"2026-01-01T00:00:00Z\"}",
		  false, "draining", "" },
		{ ",\"schedule\":{\"kind\":\"recurring\",\"every\":\"24h\","
		  "\"start\":\"2026-01-01T00:00:00Z\"}",
		  true, "draft", "segment_changed" },
	};
	struct bed *b = *state;
	char path[128], ref[8];
	struct cast c;

	cast_make(b, &c);
	three(b);
	segment(b, GOLD, path);
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		b->key = c.author;
		const char *id = draft_for(b, "Gold", rows[i].more);

		approve(b, &c, id);
		b->key = ADMIN;
		snprintf(ref, sizeof(ref), "N%u", i);
		if (rows[i].other_filter)
			bed_ask(b, "PATCH", path,
				i == 1 ? "{\"filter\":\"tier = new\"}"
				       : "{\"filter\":\"tier = gold\"}");
		else
			contact(b, ref, i == 0 ? "gold" : "new", 10 + i,
				",\"name\":\"New\"");
		b->key = c.author;
		assert_int_equal(act(b, id, "start"), 200);
		wait_state(b, id, rows[i].state);
		assert_string_equal(bed_word(b, "reason"), rows[i].reason);
		if (strcmp(rows[i].state, "draft") == 0)
			assert_string_equal(bed_word(b, "counts.claimed"), "0");
	}
}

/* The approval is for those who were there: who comes later gets nothing, nor
 * does who is meant no more. */
static void r32_the_audience_is_frozen(void **state)
{
	static const char *const audiences[] = {
		"{\"segment\":\"Gold\"}",
		"{\"kind\":\"contacts\"}",
	};
	struct bed *b = *state;
	char path[128], body[160];
	struct cast c;

	cast_make(b, &c);
	three(b);
	segment(b, GOLD, path);
	for (unsigned i = 0; i < ARRAY_LEN(audiences); i++) {
		char id[16], ref[8];

		b->key = c.author;
		snprintf(body, sizeof(body),
			 "{\"name\":\"n\",\"class\":\"notice\",\"text\":\"x\","
			 "\"audience\":%s}",
			 audiences[i]);
		assert_int_equal(bed_post(b, "/v1/campaigns", body), 201);
		must(str_copy(id, 16, str_of(bed_word(b, "id"))) == 0);
		approve(b, &c, id);
		b->key = ADMIN;
		snprintf(ref, sizeof(ref), "N%u", i);
		contact(b, ref, "gold", 20 + i, "");
		contact(b, "C3", i == 0 ? "new" : "gold", 3, "");
		bed_stop(b);
		bed_start(b, false);
		b->key = c.author;
		assert_int_equal(act(b, id, "start"), 200);
		wait_state(b, id, "completed");
		b->key = ADMIN;
		assert_int_equal(look(b, id, "/recipients"), 200);
		assert_int_equal(bed_count(b, "recipients"), i == 0 ? 1 : 4);
		assert_false(bed_says(b, i == 0 ? "900003" : "900021"));
		assert_false(bed_says(b, i == 0 ? "900020" : "900021"));
	}
}

/* What is read back is what was hashed, or nobody gets anything. */
static void r32_a_roster_of_others_leads_back_to_draft(void **state)
{
	struct bed *b = *state;
	const struct campaign *m;
	uint64_t n;
	char path[128];
	struct cast c;
	const char *id;

	cast_make(b, &c);
	three(b);
	segment(b, GOLD, path);
	b->key = c.author;
	id = draft_for(b, "Gold", "");
	approve(b, &c, id);
	must(id_parse(str_of(id), &n) == 0);
	m = campaigns_find(b->campaigns, STR_NONE, n);
	const struct cell cells[] = { CELL_I(campaign_id(m)), CELL_I(1),
				      CELL_B(STR("\0\0\0\0\0\0\0\1")) };

	int done = 1;

	store_put(b->store, STORE_ROSTER_PUT, cells, ARRAY_LEN(cells));
	store_then(b->store, bed_committed, &done);
	TURN_UNTIL(b, done == 0);
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "draft");
	assert_string_equal(bed_word(b, "reason"), "audience_changed");
	assert_string_equal(bed_word(b, "counts.people"), "0");
}

static void a_segment_that_is_not_there(void **state)
{
	struct bed *b = *state;
	struct cast c;
	const char *id;
	char path[128];

	cast_make(b, &c);
	id = draft_for(b, "Gold", "");
	assert_int_equal(act(b, id, "simulate"), 400);
	assert_string_equal(bed_word(b, "error.field"), "audience");
	assert_true(bed_says(b, "there is no segment \\\"Gold\\\""));
	three(b);
	segment(b, GOLD, path);
	approve(b, &c, id);
	b->key = ADMIN;
	assert_in_range(bed_ask(b, "DELETE", path, ""), 200, 204);
	b->key = c.author;
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "failed");
	assert_string_equal(bed_word(b, "reason"), "audience_unreadable");
}

/* Two addresses of one person are one person. */
static void a_person_once_by_the_first_address(void **state)
{
	static const char *const audiences[] = {
		"{\"kind\":\"contacts\"}",
		"{\"segment\":\"All\"}",
	};
	const struct contact_address both[] = {
		{ STR("sms"), STR("+447700900009") },
		{ STR("sms"), STR("+447700900002") },
	};
	struct contact person = { .tenant = STR("acme"), .ref = STR("C1") };
	struct bed *b = *state;
	struct err err = { "" };
	char path[128], body[256];
	struct cast c;

	cast_make(b, &c);
	b->key = ADMIN;
	assert_int_equal(gateway_contact(b->gateway, &person, both, 2, &err),
			 0);
	segment(b, "{\"name\":\"All\",\"filter\":\"all\"}", path);
	b->key = c.author;
	for (unsigned i = 0; i < ARRAY_LEN(audiences); i++) {
		char id[16];

		snprintf(body, sizeof(body),
			 "{\"name\":\"n\",\"class\":\"notice\",\"text\":\"x\","
			 "\"audience\":%s}",
			 audiences[i]);
		assert_int_equal(bed_post(b, "/v1/campaigns", body), 201);
		must(str_copy(id, 16, str_of(bed_word(b, "id"))) == 0);
		approve(b, &c, id);
		assert_int_equal(act(b, id, "start"), 200);
		wait_state(b, id, "completed");
		b->key = ADMIN;
		assert_int_equal(look(b, id, "/recipients"), 200);
		assert_int_equal(bed_count(b, "recipients"), 1);
		b->key = c.author;
		assert_string_equal(bed_word(b, "recipients.0.to"),
				    "+447700900009");
	}
	b->key = ADMIN;
}

/* A walk in the middle of pages goes on where it was, after a restart. */
static void pages_of_a_segment_are_whole(void **state)
{
	struct bed *b = *state;
	struct buf csv = { 0 };
	char path[128];
	struct cast c;
	const char *id;

	buf_init(&csv, BUF_NO_LIMIT);
	buf_z(&csv, "ref,name,phone,tier\n");
	for (unsigned i = 0; i < 2600; i++)
		buf_f(&csv, "R%u,P%u,+99900%06u,%s\n", i, i, i,
		      i % 13 == 0 ? "new" : "gold");
	cast_make(b, &c);
	b->key = ADMIN;
	assert_int_equal(bed_ask_type(b, "POST", "/v1/imports", "text/csv",
				      buf_str(&csv)),
			 200);
	segment(b, GOLD, path);
	b->key = c.author;
	id = draft_for(b, "Gold", ",\"pace\":{\"rate\":1}");
	b->key = c.author;
	assert_int_equal(act(b, id, "simulate"), 200);
	assert_string_equal(bed_word(b, "people"), "2400");
	buf_done(&csv);
}

/* ---- R-05 --------------------------------------------------------------------- */

static void consent(struct bed *b, unsigned phone, const char *type)
{
	char body[200];

	snprintf(body, sizeof(body),
		 "{\"address\":\"+447700900%03u\",\"type\":\"%s\","
		 "\"purpose\":\"marketing\",\"source\":\"web\","
		 "\"wording\":\"w-1\"}",
		 phone, type);
	b->key = ADMIN;
	if (bed_post(b, "/v1/consents", body) != 201)
		fail_msg("%.*s", STR_ARGS(b->body));
}

/* Approval is no consent: who withdraws after it gets nothing, whether before
 * the start or while the message is queued. */
static void r05_a_withdrawal_after_the_approval(void **state)
{
	struct bed *b = *state;
	struct cast c;
	const char *id;
	char path[64];

	cast_make(b, &c);
	for (unsigned i = 1; i <= 3; i++)
		consent(b, i, "grant");
	b->key = c.author;
	id = draft(b,
		   "\"+447700900001\",\"+447700900002\",\"+447700900003\","
		   "\"+447700900004\"",
		   "");
	snprintf(path, sizeof(path), "/v1/campaigns/%s", id);
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"class\":\"marketing\"}"),
			 200);
	assert_int_equal(act(b, id, "simulate"), 200);
	assert_string_equal(bed_word(b, "sendable"), "3");
	approve(b, &c, id);
	consent(b, 2, "withdraw");
	assert_int_equal(bed_post(b, "/v1/links/a/hold", ""), 200);
	b->key = c.author;
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "draining");
	assert_string_equal(bed_word(b, "counts.claimed"), "2");
	consent(b, 3, "withdraw");
	assert_int_equal(bed_post(b, "/v1/links/a/release", ""), 200);
	b->key = c.author;
	wait_state(b, id, "completed");
	assert_string_equal(bed_word(b, "counts.messages.delivered"), "1");
	assert_int_equal(look(b, id, "/recipients"), 200);
	assert_string_equal(bed_word(b, "recipients.0.state"), "delivered");
	assert_string_equal(bed_word(b, "recipients.1.reason"), "withdrawn");
	assert_string_equal(bed_word(b, "recipients.2.state"), "suppressed");
	assert_string_equal(bed_word(b, "recipients.2.reason"), "withdrawn");
	assert_string_equal(bed_word(b, "recipients.3.reason"), "no_consent");
}

/* ---- R-25 --------------------------------------------------------------------- */

static void r25_one_of_a_group_reaches_a_person(void **state)
{
	struct bed *b = *state;
	char path[128], one[16], two[16];
	struct cast c;

	cast_make(b, &c);
	three(b);
	segment(b, GOLD, path);
	b->key = c.author;
	must(str_copy(one, 16,
		      str_of(draft_for(b, "Gold",
				       ",\"exclusive\":\"spring\""))) == 0);
	must(str_copy(two, 16,
		      str_of(draft_for(b, "Gold",
				       ",\"exclusive\":\"spring\""))) == 0);
	approve(b, &c, one);
	approve(b, &c, two);
	/* Both are written down while nobody was reached; the gate asks again
	 * when they leave. */
	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/links/a/hold", ""), 200);
	b->key = c.author;
	assert_int_equal(act(b, one, "start"), 200);
	assert_int_equal(act(b, two, "start"), 200);
	wait_state(b, one, "draining");
	wait_state(b, two, "draining");
	assert_string_equal(bed_word(b, "counts.claimed"), "2");
	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/links/a/release", ""), 200);
	b->key = c.author;
	wait_state(b, one, "completed");
	long reached = number(b, "counts.messages.delivered");
	wait_state(b, two, "completed");
	reached += number(b, "counts.messages.delivered");
	assert_int_equal(reached, 2);
	/* A third one is told so before it starts. */
	const char *id = draft_for(b, "Gold", ",\"exclusive\":\"spring\"");
	assert_int_equal(act(b, id, "simulate"), 200);
	assert_string_equal(bed_word(b, "sendable"), "0");
	assert_true(bed_says(b, "exclusive_group"));
	/* ... and one of no group goes. */
	id = draft_for(b, "Gold", "");
	assert_int_equal(act(b, id, "simulate"), 200);
	assert_string_equal(bed_word(b, "sendable"), "2");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(goes_to_the_people_of_a_segment),
		CASE(goes_to_a_list),
		CASE(r32_another_audience_leads_back_to_draft),
		CASE(r32_the_audience_is_frozen),
		CASE(r32_a_roster_of_others_leads_back_to_draft),
		CASE(a_segment_that_is_not_there),
		CASE(a_person_once_by_the_first_address),
		CASE(pages_of_a_segment_are_whole),
		CASE(r05_a_withdrawal_after_the_approval),
		CASE(r25_one_of_a_group_reaches_a_person),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
