/* /v1/templates over HTTP: from a draft to a message, and what is refused. */
#include "tests/unit/console_bed.h"

#define HELLO                                                        \
	"{\"id\":\"hello\",\"class\":\"notice\",\"owner\":\"shop\"," \
	"\"texts\":{\"zh\":{\"signature\":\"演示\","               \
	"\"text\":\"{{name}}您好\"},"                              \
	"\"en\":\"[Demo] Hello {{name}}\"}}"

/* A key of this role; it stays until the test ends. */
static const char *key_of(struct bed *b, const char *role)
{
	char body[160];

	b->key = ADMIN;
	snprintf(body, sizeof(body),
		 "{\"name\":\"%s\",\"role\":\"%s\",\"tenant\":\"acme\"}", role,
		 role);
	assert_int_equal(bed_post(b, "/v1/keys", body), 201);
	return str_dup(bed_word(b, "key"));
}

struct cast {
	char *marketer, *approver, *sender;
};

static void cast_open(struct bed *b, struct cast *c)
{
	c->marketer = (char *)(uintptr_t)key_of(b, "marketer");
	c->approver = (char *)(uintptr_t)key_of(b, "approver");
	c->sender = (char *)(uintptr_t)key_of(b, "sender");
}

static void cast_done(struct cast *c)
{
	mem_free(c->marketer);
	mem_free(c->approver);
	mem_free(c->sender);
}

static int as(struct bed *b, const char *key, const char *method,
	      const char *path, const char *body)
{
	b->key = key;
	return bed_ask(b, method, path, body);
}

/* A template in use. */
static void put_to_use(struct bed *b, const struct cast *c, const char *body)
{
	assert_int_equal(as(b, c->marketer, "POST", "/v1/templates", body),
			 201);
	assert_int_equal(as(b, c->marketer, "POST",
			    "/v1/templates/hello/versions/1/submit", "{}"),
			 200);
	assert_int_equal(as(b, c->approver, "POST",
			    "/v1/templates/hello/versions/1/approve", "{}"),
			 200);
	assert_string_equal(bed_word(b, "state"), "active");
}

static void a_draft_becomes_a_message(void **state)
{
	struct bed *b = *state;
	struct cast c;
	char path[96], hash[80];

	cast_open(b, &c);
	put_to_use(b, &c, HELLO);
	snprintf(hash, sizeof(hash), "%s", bed_word(b, "texts.zh.sha256"));
	assert_int_equal(as(b, c.sender, "POST", "/v1/messages",
			    "{\"to\":\"+447700900001\",\"template\":\"hello\","
			    "\"vars\":{\"name\":\"石先生\"}}"),
			 202);
	snprintf(path, sizeof(path), "/v1/messages/%s", bed_word(b, "id"));
	b->key = ADMIN;
	assert_int_equal(bed_get(b, path), 200);
	assert_string_equal(bed_word(b, "class"), "notice");
	assert_string_equal(bed_word(b, "template.id"), "hello");
	assert_string_equal(bed_word(b, "template.version"), "1");
	assert_string_equal(bed_word(b, "template.lang"), "zh");
	assert_string_equal(bed_word(b, "template.sha256"), hash);
	cast_done(&c);
}

static void renders_in_the_persons_language(void **state)
{
	struct bed *b = *state;
	struct cast c;
	char path[96];

	cast_open(b, &c);
	put_to_use(b, &c, HELLO);
	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/contacts",
				  "{\"phone\":\"+447700900001\","
				  "\"lang\":\"en\"}"),
			 201);
	assert_int_equal(as(b, c.sender, "POST", "/v1/messages",
			    "{\"to\":\"07700 900001\",\"template\":\"hello\","
			    "\"vars\":{\"name\":\"Ann\"}}"),
			 202);
	snprintf(path, sizeof(path), "/v1/messages/%s", bed_word(b, "id"));
	b->key = ADMIN;
	assert_int_equal(bed_get(b, path), 200);
	assert_string_equal(bed_word(b, "template.lang"), "en");
	cast_done(&c);
}

/* What a send by template is refused with, and which field it names. */
static void refuses_what_does_not_fit(void **state)
{
#define TO "{\"to\":\"+447700900001\","
	static const struct {
		const char *body, *code, *field;
	} cases[] = {
		{ TO "\"template\":\"hello\"}", "missing_variable",
		  "vars.name" },
		{ TO "\"template\":\"hello\",\"vars\":{\"name\":\"\"}}",
		  "missing_variable", "vars.name" },
		{ TO "\"template\":\"hello\",\"vars\":{\"name\":\"a\\nb\"}}",
		  "template_render_error", "vars" },
		{ TO "\"template\":\"bye\"}", "unknown_template", "template" },
		{ TO "\"template\":\"hello\",\"template_version\":2}",
		  "unknown_template", "template" },
		{ TO "\"template\":\"draft\",\"template_version\":1}",
		  "template_state", "template" },
		{ TO "\"template\":\"draft\"}", "template_state", "template" },
		{ TO "\"template\":\"hello\",\"lang\":\"fr\","
		     "\"vars\":{\"name\":\"A\"}}",
		  "unknown_template", "template" },
		{ TO "\"template\":\"hello\",\"class\":\"marketing\","
		     "\"vars\":{\"name\":\"A\"}}",
		  "class_mismatch", "class" },
		{ TO "\"template\":\"hello\",\"text\":\"x\"}", "two_texts",
		  "template" },
		{ TO "\"text\":\"x\",\"class\":\"notice\",\"vars\":{}}",
		  "no_template", "template" },
		{ TO "\"text\":\"x\"}", "missing", "class" },
		{ TO "\"class\":\"notice\"}", "missing", "text" },
		{ TO "\"template\":\"hello\",\"template_version\":-1}",
		  "bad_number", "template_version" },
	};
#undef TO
	struct bed *b = *state;
	struct cast c;

	cast_open(b, &c);
	put_to_use(b, &c, HELLO);
	assert_int_equal(as(b, c.marketer, "POST", "/v1/templates",
			    "{\"id\":\"draft\",\"class\":\"notice\","
			    "\"texts\":{\"zh\":\"x\"}}"),
			 201);
	b->key = c.sender;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (bed_post(b, "/v1/messages", cases[i].body) != 400 ||
		    strcmp(bed_word(b, "error.code"), cases[i].code) != 0 ||
		    strcmp(bed_word(b, "error.field"), cases[i].field) != 0)
			fail_msg("%s: %.*s", cases[i].body, STR_ARGS(b->body));
	}
	cast_done(&c);
}

/* A batch: each for itself. */
static void a_batch_renders_each(void **state)
{
	struct bed *b = *state;
	struct cast c;

	cast_open(b, &c);
	put_to_use(b, &c, HELLO);
	assert_int_equal(as(b, c.sender, "POST", "/v1/messages",
			    "{\"messages\":[{\"to\":\"+447700900001\","
			    "\"template\":\"hello\",\"vars\":{\"name\":\"A\"}},"
			    "{\"to\":\"+447700900002\",\"template\":\"hello\"},"
			    "{\"to\":\"+447700900003\",\"template\":\"hello\","
			    "\"vars\":{\"name\":3}}]}"),
			 202);
	assert_string_not_equal(bed_word(b, "results.0.id"), "");
	assert_string_equal(bed_word(b, "results.1.error.code"),
			    "missing_variable");
	assert_string_not_equal(bed_word(b, "results.2.id"), "");
	cast_done(&c);
}

/* also when the word comes in a variable, and in free text. */
static void r04_banned_word_in_a_value(void **state)
{
	struct bed *b = *state;
	struct cast c;

	cast_open(b, &c);
	put_to_use(b, &c, HELLO);
	assert_int_equal(as(b, c.sender, "POST", "/v1/messages",
			    "{\"to\":\"+447700900001\",\"template\":\"hello\","
			    "\"vars\":{\"name\":\"赌 博\"}}"),
			 200);
	assert_string_equal(bed_word(b, "verdict"), "deny");
	assert_string_equal(bed_word(b, "reason"), "content_blocked");
	assert_string_equal(bed_word(b, "state"), "suppressed");
	assert_int_equal(bed_post(b, "/v1/messages",
				  "{\"to\":\"+447700900001\",\"text\":"
				  "\"Our Casino is open\","
				  "\"class\":\"notice\"}"),
			 200);
	assert_string_equal(bed_word(b, "reason"), "content_blocked");
	assert_int_equal(bed_post(b, "/v1/messages",
				  "{\"to\":\"+447700900001\",\"text\":"
				  "\"casinos\",\"class\":\"notice\"}"),
			 202);
	cast_done(&c);
}

static void r32_no_key_approves_its_own(void **state)
{
	struct bed *b = *state;

	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/templates", HELLO), 201);
	assert_int_equal(bed_post(b, "/v1/templates/hello/versions/1/submit",
				  "{}"),
			 200);
	assert_int_equal(bed_post(b, "/v1/templates/hello/versions/1/approve",
				  "{}"),
			 403);
	assert_string_equal(bed_word(b, "error.code"), "own_version");
}

static void edits_take_if_match(void **state)
{
	struct bed *b = *state;

	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/templates", HELLO), 201);
	assert_true(str_eqz(bed_header(b, "ETag"), "\"1\""));
	b->extra = "If-Match: \"1\"\r\n";
	assert_int_equal(bed_ask(b, "PUT", "/v1/templates/hello/versions/1",
				 HELLO),
			 200);
	assert_string_equal(bed_word(b, "revision"), "2");
	assert_int_equal(bed_ask(b, "PUT", "/v1/templates/hello/versions/1",
				 HELLO),
			 409);
	assert_string_equal(bed_word(b, "error.code"), "changed");
	b->extra = "If-Match: \"2\"\r\n";
	assert_int_equal(bed_post(b, "/v1/templates/hello/versions/1/submit",
				  "{}"),
			 200);
	b->extra = NULL;
	assert_int_equal(bed_ask(b, "PUT", "/v1/templates/hello/versions/1",
				 HELLO),
			 409);
	assert_string_equal(bed_word(b, "error.code"), "not_a_draft");
}

static void lint_says_it_in_two_languages(void **state)
{
	struct bed *b = *state;

	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/templates/lint",
				  "{\"class\":\"marketing\","
				  "\"texts\":{\"zh\":\"【演示】春季活动\"}}"),
			 200);
	assert_string_equal(bed_word(b, "ok"), "false");
	assert_string_equal(bed_word(b, "findings.zh.0.code"), "NO_STOP_TEXT");
	assert_string_equal(bed_word(b, "findings.zh.0.severity"), "error");
	assert_non_null(strstr(bed_word(b, "findings.zh.0.zh"), "退订"));
	assert_non_null(strstr(bed_word(b, "findings.zh.0.en"), "opt out"));
	assert_int_equal(bed_post(b, "/v1/templates",
				  "{\"id\":\"x\",\"class\":\"marketing\","
				  "\"texts\":{\"zh\":\"【演示】春季活动\"}}"),
			 201);
	assert_int_equal(bed_post(b, "/v1/templates/x/versions/1/submit", "{}"),
			 400);
	assert_string_equal(bed_word(b, "error.code"), "lint");
}

/* Signature and tail count: 62 characters and 【演示】 and 拒收请回复R are two
 * parts. One curly quote makes 160 characters 70. */
static void preview_counts_what_is_sent(void **state)
{
	struct bed *b = *state;
	struct buf body;

	b->key = ADMIN;
	buf_init(&body, BUF_NO_LIMIT);
	buf_z(&body, "{\"id\":\"long\",\"class\":\"notice\",\"texts\":{\"zh\":{"
		     "\"signature\":\"演示\",\"tail\":\"拒收请回复R\","
		     "\"text\":\"");
	for (unsigned i = 0; i < 62; i++)
		buf_z(&body, "好");
	buf_z(&body, "\"},\"en\":\"[Demo] It’s ");
	for (unsigned i = 0; i < 100; i++)
		buf_c(&body, 'x');
	buf_z(&body, "\"}}");
	assert_int_equal(bed_post(b, "/v1/templates", body.p), 201);
	buf_done(&body);
	assert_int_equal(bed_post(b, "/v1/templates/preview",
				  "{\"template\":\"long\",\"lang\":\"zh\"}"),
			 200);
	assert_string_equal(bed_word(b, "charset"), "ucs2");
	assert_string_equal(bed_word(b, "units"), "72");
	assert_string_equal(bed_word(b, "parts"), "2");
	assert_string_equal(bed_word(b, "price.amount"), "0.100");
	assert_string_equal(bed_word(b, "texts.1"), "收请回复R");
	assert_int_equal(bed_post(b, "/v1/templates/preview",
				  "{\"template\":\"long\",\"lang\":\"en\"}"),
			 200);
	assert_string_equal(bed_word(b, "parts"), "2");
	assert_string_equal(bed_word(b, "findings.0.code"),
			    "ENCODING_SURPRISE");
	assert_non_null(strstr(bed_word(b, "findings.0.en"), "10:’ U+2019"));
	assert_non_null(strstr(bed_word(b, "findings.0.en"), "2 > 1"));
}

static void preview_for_a_contact(void **state)
{
	struct bed *b = *state;
	char body[160];

	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/templates", HELLO), 201);
	assert_int_equal(bed_post(b, "/v1/contacts",
				  "{\"name\":\"Ann\",\"lang\":\"en\","
				  "\"phone\":\"+447700900001\"}"),
			 201);
	snprintf(body, sizeof(body),
		 "{\"template\":\"hello\",\"contact\":\"%s\"}",
		 bed_word(b, "id"));
	assert_int_equal(bed_post(b, "/v1/templates/preview", body), 200);
	assert_string_equal(bed_word(b, "text"), "[Demo] Hello Ann");
	assert_int_equal(bed_post(b, "/v1/templates/preview",
				  "{\"template\":\"hello\"}"),
			 400);
	assert_string_equal(bed_word(b, "error.field"), "vars.name");
}

static void versions_differ(void **state)
{
	struct bed *b = *state;
	struct cast c;

	cast_open(b, &c);
	put_to_use(b, &c, HELLO);
	assert_int_equal(as(b, c.marketer, "POST", "/v1/templates",
			    "{\"id\":\"hello\",\"class\":\"notice\","
			    "\"owner\":\"care\",\"texts\":{\"zh\":{"
			    "\"signature\":\"演示\",\"text\":\"再见\"}}}"),
			 201);
	assert_int_equal(bed_get(b, "/v1/templates/hello/diff"), 200);
	assert_string_equal(bed_word(b, "changes.0.field"), "owner");
	assert_string_equal(bed_word(b, "changes.1.lang"), "en");
	assert_string_equal(bed_word(b, "changes.1.to"), "");
	assert_string_equal(bed_word(b, "changes.2.from"), "{{name}}您好");
	assert_string_equal(bed_word(b, "changes.2.to"), "再见");
	assert_int_equal(bed_get(b, "/v1/templates"), 200);
	assert_string_equal(bed_word(b, "templates.0.version"), "2");
	assert_int_equal(bed_get(b, "/v1/templates/hello"), 200);
	assert_string_equal(bed_word(b, "versions.1.state"), "active");
	cast_done(&c);
}

static void every_change_is_audited(void **state)
{
	struct bed *b = *state;
	struct cast c;
	unsigned seen = 0;
	json_t *row;
	size_t i;

	cast_open(b, &c);
	put_to_use(b, &c, HELLO);
	b->key = ADMIN;
	assert_int_equal(bed_get(b, "/v1/audit"), 200);
	json_array_foreach(json_object_get(b->json, "audit"), i, row)
	{
		const char *action =
			json_string_value(json_object_get(row, "action"));

		seen += strncmp(action, "template.", 9) == 0;
	}
	assert_int_equal(seen, 3);
	cast_done(&c);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_draft_becomes_a_message),
		CASE(renders_in_the_persons_language),
		CASE(refuses_what_does_not_fit),
		CASE(a_batch_renders_each),
		CASE(r04_banned_word_in_a_value),
		CASE(r32_no_key_approves_its_own),
		CASE(edits_take_if_match),
		CASE(lint_says_it_in_two_languages),
		CASE(preview_counts_what_is_sent),
		CASE(preview_for_a_contact),
		CASE(versions_differ),
		CASE(every_change_is_audited),
	};

	return cmocka_run_group_tests_name("console_templates", tests, NULL,
					   NULL);
}
