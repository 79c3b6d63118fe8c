/* what numbers look like. Every GET route is asked by every role
 * that sees no whole number, and every byte of every answer searched. */
#include "tests/unit/console_bed.h"

#include "console/routes.h"

#define TO "+447700900131"

static void become(struct bed *b, enum role role)
{
	static char text[64];
	char body[128];

	b->key = ADMIN;
	snprintf(body, sizeof(body),
		 "{\"name\":\"x\",\"role\":\"%s\",\"tenant\":\"acme\"}",
		 role_name(role));
	assert_int_equal(bed_post(b, "/v1/keys", body), 201);
	must(str_copy(text, sizeof(text), str_of(bed_word(b, "key"))) == 0);
	b->key = text;
}

/* A person in every table that a partner could come near. */
static void people(struct bed *b, char message[16])
{
	static const char contact[] =
		"{\"ref\":\"C-7788\",\"name\":\"Wanda\",\"phone\":\"" TO "\"}";
	static const char send[] =
		"{\"to\":\"" TO "\",\"text\":\"the secret word\","
		"\"class\":\"service\",\"thread\":\"case of Wanda\","
		"\"metadata\":{\"who\":\"Wanda\",\"note\":\"beside it\"}}";
	static const char survey[] =
		"{\"id\":\"sv\",\"questions\":[{\"id\":\"q1\","
		"\"kind\":\"text\","
		"\"text\":{\"zh\":\"为什么?\",\"en\":\"Why?\"}}]}";

	assert_int_equal(bed_post(b, "/v1/contacts", contact), 201);
	assert_int_equal(bed_post(b, "/v1/messages", send), 202);
	must(str_copy(message, 16, str_of(bed_word(b, "id"))) == 0);
	assert_int_equal(bed_post(b, "/v1/surveys", survey), 201);
	assert_int_equal(bed_post(b, "/v1/surveys/sv/sessions",
				  "{\"to\":\"" TO "\"}"),
			 202);
	bed_hear(b, TO, "I am Wanda");
}

static void says_nobody(struct bed *b, const char *who, const char *path,
			const char *const *signs)
{
	struct str all = buf_str(&b->got);

	for (; *signs != NULL; signs++) {
		if (memmem(all.p, all.len, *signs, strlen(*signs)) != NULL)
			fail_msg("%s shows %s to %s", path, *signs, who);
	}
}

/* "/v1/messages/{id}" with what there is: the message, or the address. */
static void path_of(const struct route *rt, const char *message, char out[160])
{
	size_t n = 0;

	for (const char *p = rt->path; *p != '\0'; p++) {
		const char *in = message;

		if (*p != '{') {
			out[n++] = *p;
			continue;
		}
		if (strncmp(p, "{address}", 9) == 0)
			in = "%2B447700900131";
		else if (strstr(rt->path, "/surveys/{id}") == p - 9)
			in = "sv";
		p = strchr(p, '}');
		n += (size_t)snprintf(out + n, 160 - n, "%s", in);
	}
	out[n] = '\0';
}

/* How many routes answered 200. */
static unsigned walk(struct bed *b, enum role role, const char *message,
		     const char *const *signs)
{
	uint64_t perms = role_perms(role);
	unsigned shown = 0;

	become(b, role);
	for (size_t i = 0; i < routes_len; i++) {
		const struct route *rt = &routes_all[i];
		bool may = (perms & rt->needs) == rt->needs;
		char path[160];

		if (strcmp(rt->method, "GET") != 0 || rt->auth != AUTH_WHO)
			continue;
		/* A stream has no end to wait for. */
		if (may && strcmp(rt->path, "/v1/stream") == 0)
			continue;
		path_of(rt, message, path);
		bed_get(b, path);
		says_nobody(b, role_name(role), path, signs);
		if ((b->status == 403) == may)
			fail_msg("%s: %d", path, b->status);
		shown += b->status == 200;
	}
	return shown;
}

static void r09_no_byte_names_a_person(void **state)
{
	static const char *const signs[] = { "7700900131", "**31",   "Wanda",
					     "C-7788",     "secret", NULL };
	struct bed *b = *state;
	char message[16];

	people(b, message);
	assert_true(walk(b, ROLE_PARTNER, message, signs) >= 5);
}

static void r01_no_whole_number_without_read_full(void **state)
{
	static const char *const number[] = { "7700900131", NULL };
	/* What another system wrote beside a message, a number perhaps. */
	static const char *const beside[] = { "7700900131", "beside it", NULL };
	static const char *const masked[] = { "**31", NULL };
	struct bed *b = *state;
	char message[16];
	unsigned roles = 0;

	people(b, message);
	for (unsigned r = 0; r < ROLE_COUNT; r++) {
		uint64_t perms = role_perms((enum role)r);
		if ((perms & PERM_CONTACT_FULL) != 0)
			continue;
		bool sends = (perms & PERM_SEND) != 0;
		assert_true(walk(b, (enum role)r, message,
				 sends ? number : beside) > 0);
		roles++;
	}
	assert_int_equal(roles, 6);
	/* The walk does meet the number: masked, and whole for care. */
	become(b, ROLE_AGENT);
	assert_int_equal(bed_get(b, "/v1/addresses/%2B447700900131"), 200);
	assert_true(bed_says(b, masked[0]));
	become(b, ROLE_CARE);
	assert_int_equal(bed_get(b, "/v1/addresses/%2B447700900131"), 200);
	assert_true(bed_says(b, number[0]));
}

static void r09_one_person_has_one_pseudonym(void **state)
{
	struct bed *b = *state;
	char message[16], pseudonym[32], path[64];

	people(b, message);
	become(b, ROLE_PARTNER);
	assert_int_equal(bed_get(b, "/v1/inbox"), 200);
	assert_int_equal(bed_count(b, "inbox"), 1);
	must(str_copy(pseudonym, sizeof(pseudonym),
		      str_of(bed_word(b, "inbox.0.from"))) == 0);
	assert_true(str_starts(str_of(pseudonym), STR("p_")));
	snprintf(path, sizeof(path), "/v1/messages/%s", message);
	assert_int_equal(bed_get(b, path), 200);
	assert_string_equal(bed_word(b, "to"), pseudonym);
	/* Nobody is looked up by a number: whose pseudonym it is stays open. */
	assert_int_equal(bed_get(b, "/v1/messages?to=%2B447700900131"), 403);
	assert_string_equal(bed_word(b, "error.code"), "pseudonym");
	assert_int_equal(bed_get(b, "/v1/inbox?from=%2B447700900131"), 403);
	assert_int_equal(bed_get(b, "/v1/contacts?address=%2B447700900131"),
			 403);
	assert_int_equal(bed_get(b, "/v1/stream"), 403);
	assert_int_equal(bed_get(b, "/v1/exports/contacts?purpose=x"), 403);
}

/* A class that asks for no consent is no way to people who never subscribed. */
static void r09_a_partner_sends_to_subscribers(void **state)
{
	static const char service[] =
		"{\"to\":\"" TO "\",\"text\":\"x\",\"class\":\"notice\"}";
	static const char marketing[] =
		"{\"to\":\"" TO "\",\"text\":\"x\",\"class\":\"marketing\"}";
	static const char grant[] =
		"{\"address\":\"" TO "\",\"type\":\"grant\","
		"\"source\":\"web\",\"wording\":\"w1\"}";
	struct bed *b = *state;
	char batch[256];

	become(b, ROLE_PARTNER);
	const char *partner = b->key;

	assert_int_equal(bed_post(b, "/v1/messages", service), 403);
	assert_string_equal(bed_word(b, "error.code"), "not_subscribed");
	snprintf(batch, sizeof(batch), "{\"messages\":[%s]}", service);
	assert_int_equal(bed_post(b, "/v1/messages", batch), 202);
	assert_string_equal(bed_word(b, "results.0.error.code"),
			    "not_subscribed");
	assert_int_equal(bed_post(b, "/v1/messages", marketing), 200);
	assert_string_equal(bed_word(b, "reason"), "no_consent");
	assert_int_equal(bed_post(b, "/v1/surveys/sv/sessions",
				  "{\"to\":\"" TO "\"}"),
			 403);
	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/consents", grant), 201);
	b->key = partner;
	assert_int_equal(bed_post(b, "/v1/messages", marketing), 202);
	assert_int_equal(bed_post(b, "/v1/messages", service), 403);
}

/* The last row of the audit log, as text. */
static void last_row(struct bed *b, char out[1024])
{
	/* a commit, so that what came before it is stored */
	assert_int_equal(bed_post(b, "/v1/messages",
				  "{\"to\":\"" TO "\",\"text\":\"x\","
				  "\"class\":\"service\"}"),
			 202);
	assert_int_equal(bed_get(b, "/v1/audit"), 200);
	json_t *all = json_object_get(b->json, "audit");
	char *text = json_dumps(json_array_get(all, json_array_size(all) - 1),
				JSON_COMPACT);
	must(text != NULL && strlen(text) < 1024);
	snprintf(out, 1024, "%s", text);
	free(text);
}

static void row_says(const char *row, const char *text, bool says)
{
	if ((strstr(row, text) != NULL) != says)
		fail_msg("%s: %s in %s", says ? "missing" : "there", text, row);
}

static void r41_before_and_after_are_written_down_masked(void **state)
{
	struct bed *b = *state;
	char id[16], path[64], row[1024];

	assert_int_equal(bed_post(b, "/v1/contacts",
				  "{\"ref\":\"C-1\",\"name\":\"王小明\","
				  "\"tier\":\"new\",\"phone\":\"" TO "\"}"),
			 201);
	must(str_copy(id, sizeof(id), str_of(bed_word(b, "id"))) == 0);
	last_row(b, row);
	row_says(row, "contact.write", true);
	row_says(row, "\"before\"", false);
	row_says(row, "王**", true);
	row_says(row, "小明", false);
	row_says(row, "sms +447…**31", true);
	row_says(row, "7700900131", false);
	snprintf(path, sizeof(path), "/v1/contacts/%s", id);
	assert_int_equal(bed_ask(b, "PATCH", path,
				 "{\"tier\":\"vip\",\"attrs\":"
				 "{\"card\":\"4111\"}}"),
			 200);
	last_row(b, row);
	row_says(row, "\"before\":{\"tier\":\"new\"", true);
	row_says(row, "\"after\":{\"tier\":\"vip\"", true);
	row_says(row, "\"attrs\":\"changed\"", true);
	row_says(row, "4111", false);
	row_says(row, "addresses", false);
	/* one with the same ref takes its place */
	assert_int_equal(bed_post(b, "/v1/contacts",
				  "{\"ref\":\"C-1\",\"phone\":\"" TO "\"}"),
			 201);
	last_row(b, row);
	row_says(row, "\"before\":{\"tier\":\"vip\"", true);
	assert_int_equal(bed_ask(b, "DELETE", path, ""), 200);
	last_row(b, row);
	row_says(row, "contact.erase", true);
	row_says(row, "\"after\"", false);
	row_says(row, "sms +447…**31", true);
}

/* Who may not is refused, who says no purpose too, and of both and of what goes
 * out there is a row. */
static void r02_exports_have_a_purpose_and_leave_a_row(void **state)
{
	static const char *const blank[] = { "",
					     "?purpose=", "?purpose=%20%20" };
	struct bed *b = *state;
	char path[64], row[1024], much[512];

	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "{\"phone\":\"+44770090020%d\"}",
			 i);
		assert_int_equal(bed_post(b, "/v1/contacts", path), 201);
	}
	for (size_t i = 0; i < ARRAY_LEN(blank); i++) {
		snprintf(path, sizeof(path), "/v1/exports/contacts%s",
			 blank[i]);
		assert_int_equal(bed_get(b, path), 400);
		assert_string_equal(bed_word(b, "error.code"), "no_purpose");
		last_row(b, row);
		row_says(row, "contact.export", false);
	}
	int at = snprintf(much, sizeof(much), "/v1/exports/contacts?purpose=");
	memset(much + at, 'x', 401);
	much[at + 401] = '\0';
	assert_int_equal(bed_get(b, much), 400);
	assert_int_equal(
		bed_get(b, "/v1/exports/contacts?limit=2&purpose=audit%20of%20"
			   "branch%20north"),
		200);
	last_row(b, row);
	row_says(row, "\"contact.export\"", true);
	row_says(row, "\"actor\":\"admin\"", true);
	row_says(row,
		 "{\"purpose\":\"audit of branch north\","
		 "\"filter\":\"all\",\"rows\":2}",
		 true);
	become(b, ROLE_SUPERVISOR);
	assert_int_equal(bed_get(b, "/v1/exports/contacts?purpose=x"), 403);
	b->key = ADMIN;
	last_row(b, row);
	row_says(row, "contact.export_denied", true);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(r01_no_whole_number_without_read_full),
		T(r09_no_byte_names_a_person),
		T(r09_a_partner_sends_to_subscribers),
		T(r09_one_person_has_one_pseudonym),
		T(r41_before_and_after_are_written_down_masked),
		T(r02_exports_have_a_purpose_and_leave_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
