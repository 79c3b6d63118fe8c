/* a partner sees pseudonyms. Every route that a partner may ask is asked,
 * and every byte of every answer searched. */
#include "tests/unit/console_bed.h"

#include "console/routes.h"

#define TO "+447700900131"

static void become_partner(struct bed *b, const char *tenant)
{
	static char text[64];
	char body[128];

	b->key = ADMIN;
	snprintf(body, sizeof(body),
		 "{\"name\":\"sp\",\"role\":\"partner\",\"tenant\":\"%s\"}",
		 tenant);
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
		"\"metadata\":{\"who\":\"Wanda\",\"phone\":\"" TO "\"}}";
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

static void says_nobody(struct bed *b, const char *path)
{
	static const char *const signs[] = {
		"7700900131", "**31", "Wanda", "C-7788", "secret word",
	};

	for (unsigned i = 0; i < ARRAY_LEN(signs); i++) {
		struct str all = buf_str(&b->got);
		if (memmem(all.p, all.len, signs[i], strlen(signs[i])) != NULL)
			fail_msg("%s shows %s", path, signs[i]);
	}
}

static void r09_no_byte_names_a_person(void **state)
{
	struct bed *b = *state;
	char message[16], path[160];
	unsigned asked = 0;

	people(b, message);
	become_partner(b, "acme");
	for (size_t i = 0; i < routes_len; i++) {
		const struct route *rt = &routes_all[i];
		uint64_t perms = role_perms(ROLE_PARTNER);
		size_t n = 0;

		if (strcmp(rt->method, "GET") != 0 || rt->auth != AUTH_WHO)
			continue;
		for (const char *p = rt->path; *p != '\0'; p++) {
			if (*p != '{') {
				path[n++] = *p;
				continue;
			}
			p = strchr(p, '}');
			n += (size_t)snprintf(path + n, sizeof(path) - n, "%s",
					      message);
		}
		path[n] = '\0';
		bed_get(b, path);
		says_nobody(b, path);
		if ((perms & rt->needs) != rt->needs) {
			assert_int_equal(b->status, 403);
			continue;
		}
		if (b->status != 200)
			fail_msg("%s: %d", path, b->status);
		asked++;
	}
	assert_true(asked >= 5);
}

static void r09_one_person_has_one_pseudonym(void **state)
{
	struct bed *b = *state;
	char message[16], pseudonym[32], path[64];

	people(b, message);
	become_partner(b, "acme");
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

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(r09_no_byte_names_a_person),
		T(r09_one_person_has_one_pseudonym),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
