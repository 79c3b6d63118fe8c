/* What a campaign says: a template of the library in each person's language,
 * with the person's values, or its own text; and who cannot be told. */
#include "tests/unit/campaign_bed.h"

/* Both languages; a price plan of the contact's attributes. */
#define PLAN                                                                        \
	"{\"id\":\"plan\",\"class\":\"notice\",\"owner\":\"shop\",\"texts\":{"      \
	"\"zh\":{\"signature\":\"演示\",\"text\":\"{{name}}您好,您的{{plan}}" \
	"套餐本月到期。\"},"                                                 \
	"\"en\":{\"signature\":\"Demo\",\"text\":\"{{name}}, your plan "            \
	"{{plan}} ends this month.\"}}}"

static void put_to_use(struct bed *b, const struct cast *c, const char *body)
{
	b->key = c->author;
	if (bed_post(b, "/v1/templates", body) != 201)
		fail_msg("%.*s", STR_ARGS(b->body));
	if (bed_post(b, "/v1/templates/plan/versions/1/submit", "{}") != 200)
		fail_msg("%.*s", STR_ARGS(b->body));
	b->key = c->approver;
	assert_int_equal(bed_post(b, "/v1/templates/plan/versions/1/approve",
				  "{}"),
			 200);
	b->key = c->author;
}

/* more: members of the contact, each with a comma before. */
static void contact(struct bed *b, unsigned phone, const char *more)
{
	char body[256];

	b->key = ADMIN;
	snprintf(body, sizeof(body),
		 "{\"ref\":\"C%u\",\"phone\":\"+447700900%03u\"%s}", phone,
		 phone, more);
	if (bed_post(b, "/v1/contacts", body) != 201)
		fail_msg("%.*s", STR_ARGS(b->body));
}

static const char *draft_of(struct bed *b, const struct cast *c,
			    const char *what)
{
	static char id[16];
	char body[512];

	b->key = c->author;
	snprintf(body, sizeof(body),
		 "{\"name\":\"Plans\",\"class\":\"notice\","
		 "\"audience\":{\"kind\":\"contacts\"},%s}",
		 what);
	if (bed_post(b, "/v1/campaigns", body) != 201)
		fail_msg("%.*s", STR_ARGS(b->body));
	must(str_copy(id, sizeof(id), str_of(bed_word(b, "id"))) == 0);
	return id;
}

/* The row of that number, and its message in full. */
static const char *message_of(struct bed *b, const char *care, const char *id,
			      unsigned phone)
{
	static char message[16];
	char to[20], path[64];

	snprintf(to, sizeof(to), "+447700900%03u", phone);
	b->key = ADMIN;
	assert_int_equal(look(b, id, "/recipients"), 200);
	for (unsigned i = 0; i < bed_count(b, "recipients"); i++) {
		snprintf(path, sizeof(path), "recipients.%u.to", i);
		if (strcmp(bed_word(b, path), to) != 0)
			continue;
		snprintf(path, sizeof(path), "recipients.%u.message", i);
		must(str_copy(message, sizeof(message),
			      str_of(bed_word(b, path))) == 0);
		break;
	}
	snprintf(path, sizeof(path), "/v1/messages/%s", message);
	b->key = care;
	assert_int_equal(bed_get(b, path), 200);
	return bed_word(b, "text");
}

static void a_template_speaks_each_persons_language(void **state)
{
	struct bed *b = *state;
	struct cast c;
	const char *id;
	char care[64]; /* may read texts */

	key_of(b, "cara", "care", care);
	cast_make(b, &c);
	put_to_use(b, &c, PLAN);
	contact(b, 1,
		",\"lang\":\"en\",\"name\":\"Ann\",\"attrs\":{\"plan\":\"5G\"}");
	contact(b, 2,
		",\"lang\":\"zh\",\"name\":\"石\",\"attrs\":{\"plan\":99}");
	id = draft_of(b, &c, "\"template\":\"plan\"");
	assert_string_equal(bed_word(b, "template_version"), "1");
	approve(b, &c, id);
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "completed");
	assert_string_equal(message_of(b, care, id, 1),
			    "[Demo] Ann, your plan 5G ends this month.");
	assert_string_equal(bed_word(b, "template.id"), "plan");
	assert_string_equal(bed_word(b, "template.version"), "1");
	assert_string_equal(bed_word(b, "template.lang"), "en");
	assert_string_equal(message_of(b, care, id, 2),
			    "【演示】石您好,您的99套餐本月到期。");
	assert_string_equal(bed_word(b, "template.lang"), "zh");
	b->key = ADMIN;
}

/* Never a hole: whom a value is missing for gets nothing, and it is said
 * which; in the simulation, the rows, the CSV. */
static void who_has_no_value_is_left_out_by_its_name(void **state)
{
	static const char *const texts[] = {
		"\"template\":\"plan\"",
		"\"text\":\"{{name}}, your {{plan}} ends\"",
	};
	struct bed *b = *state;
	struct cast c;

	cast_make(b, &c);
	put_to_use(b, &c, PLAN);
	contact(b, 1,
		",\"lang\":\"en\",\"name\":\"Ann\",\"attrs\":{\"plan\":\"5G\"}");
	contact(b, 2, ",\"lang\":\"en\",\"name\":\"Ben\"");
	contact(b, 3, ",\"attrs\":{\"plan\":\"5G\"}");
	contact(b, 4, ",\"name\":\"Dan\",\"attrs\":{\"plan\":\"\"}");
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++) {
		const char *id = draft_of(b, &c, texts[i]);

		assert_int_equal(act(b, id, "simulate"), 200);
		assert_string_equal(bed_word(b, "sendable"), "1");
		assert_string_equal(bed_word(b, "missing.0.variable"), "plan");
		assert_string_equal(bed_word(b, "missing.0.count"), "2");
		assert_string_equal(bed_word(b, "missing.1.variable"), "name");
		approve(b, &c, id);
		assert_int_equal(act(b, id, "start"), 200);
		wait_state(b, id, "completed");
		assert_string_equal(bed_word(b, "counts.messages.delivered"),
				    "1");
		assert_int_equal(look(b, id,
				      "/recipients?reason=missing_variable"),
				 200);
		assert_int_equal(bed_count(b, "recipients"), 3);
		assert_string_equal(bed_word(b, "recipients.0.detail"), "plan");
		assert_string_equal(bed_word(b, "recipients.1.detail"), "name");
		assert_int_equal(look(b, id, "/results"), 200);
		assert_true(
			bed_says(b,
				 "suppressed,missing_variable,a,,,,plan\r\n"));
	}
}

/* also when a word comes in by a value, and after the approval. */
static void r04_a_blocked_word_in_a_value(void **state)
{
	struct bed *b = *state;
	struct cast c;
	const char *id;

	cast_make(b, &c);
	put_to_use(b, &c, PLAN);
	contact(b, 1, ",\"name\":\"Ann\",\"attrs\":{\"plan\":\"casino\"}");
	contact(b, 2, ",\"name\":\"Ben\",\"attrs\":{\"plan\":\"5G\"}");
	id = draft_of(b, &c,
		      "\"template\":\"plan\",\"pace\":{\"rate\":1},"
		      "\"schedule\":{\"kind\":\"recurring\",\"every\":\"24h\","
		      "\"start\":\"2026-01-01T00:00:00Z\"}");
	assert_int_equal(act(b, id, "simulate"), 200);
	assert_string_equal(bed_word(b, "sendable"), "1");
	assert_true(bed_says(b, "content_blocked"));
	approve(b, &c, id);
	/* Values change before it goes; they are read when it goes. */
	contact(b, 2, ",\"name\":\"Ben\",\"attrs\":{\"plan\":\"casino\"}");
	b->key = c.author;
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "draining");
	assert_string_equal(bed_word(b, "counts.suppressed"), "2");
	assert_string_equal(bed_word(b, "counts.claimed"), "0");
}

/* what people say of a text in use stops campaigns with it. */
static void r37_a_template_out_of_use_starts_nothing(void **state)
{
	struct bed *b = *state;
	struct cast c;
	const char *id;

	cast_make(b, &c);
	put_to_use(b, &c, PLAN);
	contact(b, 1, ",\"name\":\"Ann\",\"attrs\":{\"plan\":\"5G\"}");
	id = draft_of(b, &c, "\"template\":\"plan\"");
	approve(b, &c, id);
	b->key = c.approver;
	assert_int_equal(bed_post(b, "/v1/templates/plan/versions/1/retire",
				  "{\"reason\":\"old\"}"),
			 200);
	b->key = c.author;
	assert_int_equal(act(b, id, "start"), 409);
	assert_string_equal(bed_word(b, "error.code"), "template");
}

/* Complaints are about words: whatever says the same stops at once, too. */
static void r38_whatever_says_the_same_stops(void **state)
{
	struct bed *b = *state;
	char ids[3][16];
	struct cast c;

	cast_make(b, &c);
	put_to_use(b, &c, PLAN);
	for (unsigned i = 1; i <= 3; i++)
		contact(b, i, ",\"name\":\"Ann\",\"attrs\":{\"plan\":\"5G\"}");
	for (unsigned i = 0; i < 3; i++) {
		must(str_copy(ids[i], 16,
			      str_of(draft_of(
				      b, &c,
				      i < 2 ? "\"template\":\"plan\","
					      "\"pace\":{\"rate\":1}"
					    : "\"text\":\"Hi\","
					      "\"pace\":{\"rate\":1}"))) == 0);
		approve(b, &c, ids[i]);
		assert_int_equal(act(b, ids[i], "start"), 200);
		wait_state(b, ids[i], "running");
	}
	b->key = ADMIN;
	assert_int_equal(act(b, ids[0], "complaint"), 200);
	assert_int_equal(act(b, ids[0], "complaint"), 200);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(look(b, ids[i], ""), 200);
		assert_string_equal(bed_word(b, "state"),
				    i < 2 ? "paused" : "running");
		assert_string_equal(bed_word(b, "reason"),
				    i < 2 ? "complaint_burst" : "");
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_template_speaks_each_persons_language),
		CASE(who_has_no_value_is_left_out_by_its_name),
		CASE(r04_a_blocked_word_in_a_value),
		CASE(r37_a_template_out_of_use_starts_nothing),
		CASE(r38_whatever_says_the_same_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
