/* Who may do what: every route by every role, the life of keys, masks, and
 * the audit log. */
#include "tests/unit/console_bed.h"

#include "console/routes.h"
#include "tests/unit/console_rights.h"

#define TO "+447700900001"
#define ONE "{\"to\":\"" TO "\",\"text\":\"hello\",\"class\":\"service\"}"

static const char letters[] = "AOSMPCGUDR";

static const char *access_of(const struct route *rt)
{
	for (unsigned i = 0; i < ARRAY_LEN(rights); i++) {
		if (strcmp(rights[i].method, rt->method) == 0 &&
		    strcmp(rights[i].path, rt->path) == 0)
			return rights[i].roles;
	}
	fail_msg("%s %s is not in the table", rt->method, rt->path);
	return "";
}

/* With as many rows as there are routes: then none is there for nothing. */
static void rights_name_each_once(void)
{
	for (unsigned i = 0; i < ARRAY_LEN(rights); i++) {
		for (unsigned k = 0; k < i; k++) {
			if (strcmp(rights[i].method, rights[k].method) == 0 &&
			    strcmp(rights[i].path, rights[k].path) == 0)
				fail_msg("%s %s twice", rights[i].method,
					 rights[i].path);
		}
		for (const char *p = rights[i].roles; *p != '\0'; p++)
			assert_true(*p == '*' || strchr(letters, *p) != NULL);
	}
}

static void every_route_by_every_role(void **state)
{
	unsigned pairs = 0, known = 0, open = 0;

	(void)state;
	assert_int_equal(strlen(letters), ROLE_COUNT);
	assert_int_equal(routes_len, ARRAY_LEN(rights));
	rights_name_each_once();
	for (size_t i = 0; i < routes_len; i++) {
		const struct route *rt = &routes_all[i];
		const char *roles = access_of(rt);
		if (roles[0] == '*') {
			assert_int_not_equal(rt->auth, AUTH_WHO);
			open++;
			continue;
		}
		known++;
		assert_int_equal(rt->auth, AUTH_WHO);
		/* Without a permission: what is one's own alone. */
		if (rt->needs == 0)
			assert_true(strncmp(rt->path, "/v1/me", 6) == 0 ||
				    strncmp(rt->path, "/v1/sessions", 12) == 0);
		for (unsigned r = 0; r < ROLE_COUNT; r++) {
			bool may = (role_perms((enum role)r) & rt->needs) ==
				   rt->needs;
			if (may != (strchr(roles, letters[r]) != NULL))
				fail_msg("%s %s: %s %s", rt->method, rt->path,
					 role_name((enum role)r),
					 may ? "may" : "may not");
			pairs++;
		}
	}
	/* Each route that asks for somebody, by each role: not one left out. */
	assert_int_equal(pairs, known * ROLE_COUNT);
	assert_int_equal(known + open, routes_len);
}

/* docs/roles.md is made from the same tables: `make reference`. */
static void the_page_of_roles_is_fresh(void **state)
{
	AUTO(buf_done) struct buf made = { 0 };
	AUTO(mem_clear) char *kept = NULL;
	FILE *f = fopen("docs/roles.md", "r");

	(void)state;
	buf_init(&made, BUF_NO_LIMIT);
	console_roles_reference(&made);
	assert_non_null(f);
	kept = mem_zalloc(made.len + 2);
	size_t n = fread(kept, 1, made.len + 1, f);

	fclose(f);
	if (n != made.len || memcmp(kept, made.p, n) != 0)
		fail_msg("docs/roles.md is old: make reference");
}

/* ---- over HTTP --------------------------------------------------------------*/

/* A key of this role; the text lives until the next. */
static const char *key_of(struct bed *b, const char *role, const char *tenant)
{
	static char text[64];
	char body[160];

	b->key = ADMIN;
	snprintf(body, sizeof(body),
		 "{\"name\":\"the %s\",\"role\":\"%s\",\"tenant\":\"%s\"}",
		 role, role, tenant);
	assert_int_equal(bed_post(b, "/v1/keys", body), 201);
	assert_int_equal(strlen(bed_word(b, "key")), 46);
	must(str_copy(text, sizeof(text), str_of(bed_word(b, "key"))) == 0);
	return text;
}

/* "/v1/links/{name}/hold" with a name that is nobody's. */
static void path_of(const struct route *rt, char out[160])
{
	size_t n = 0;

	for (const char *p = rt->path; *p != '\0'; p++) {
		assert_true(n < 150);
		out[n++] = *p == '{' ? 'x' : *p;
		if (*p == '{')
			p = strchr(p, '}');
	}
	out[n] = '\0';
}

/* The table is what requests meet, each route by each role: 403 `role` where it
 * says so, never where not. */
static void requests_meet_the_table(void **state)
{
	struct bed *b = *state;
	unsigned asked = 0;

	for (unsigned r = 0; r < ROLE_COUNT; r++) {
		b->key = key_of(b, role_name((enum role)r), "");
		for (size_t i = 0; i < routes_len; i++) {
			const struct route *rt = &routes_all[i];
			bool may = strchr(access_of(rt), letters[r]) != NULL;
			char path[160];

			/* A stream has no end to wait for. */
			if (rt->auth != AUTH_WHO ||
			    (may && strcmp(rt->path, "/v1/stream") == 0))
				continue;
			path_of(rt, path);
			int got = bed_ask(b, rt->method, path, "");
			bool role =
				strcmp(bed_word(b, "error.code"), "role") == 0;
			if (got >= 500 || got == 401 || role == may ||
			    (!may && got != 403))
				fail_msg("%s %s by %s: %d", rt->method, path,
					 role_name((enum role)r), got);
			asked++;
		}
	}
	assert_true(asked > ROLE_COUNT);
}

static void keys_live_and_end(void **state)
{
	struct bed *b = *state;
	char id[64], path[128];

	b->key = NULL;
	assert_int_equal(bed_get(b, "/v1/links"), 401);
	assert_true(str_eqz(bed_header(b, "WWW-Authenticate"), "Bearer"));
	b->key = "ck_0000000000000000000000000000000000000000000";
	assert_int_equal(bed_get(b, "/v1/links"), 401);
	assert_string_equal(bed_word(b, "error.code"), "bad_key");
	const char *sender = key_of(b, "sender", "");
	snprintf(id, sizeof(id), "%s", bed_word(b, "id"));
	b->key = sender;
	assert_int_equal(bed_post(b, "/v1/messages", ONE), 202);
	b->key = ADMIN;
	snprintf(path, sizeof(path), "/v1/keys/%s", id);
	assert_int_equal(bed_ask(b, "DELETE", path, ""), 200);
	b->key = sender;
	assert_int_equal(bed_post(b, "/v1/messages", ONE), 401);
	bed_stop(b);
	bed_start(b, false);
	b->key = sender;
	assert_int_equal(bed_post(b, "/v1/messages", ONE), 401);
	b->key = ADMIN;
	assert_int_equal(bed_get(b, "/v1/keys"), 200);
	assert_int_equal(bed_count(b, "keys"), 2);
	assert_false(bed_says(b, sender));
}

/* What a key has saved up is spent, then it waits; others are not held. */
static void each_key_has_its_rate(void **state)
{
	struct bed *b = *state;
	unsigned refused = 0;

	bed_stop(b);
	bed_http = "key_rate = 1 key_burst = 4 ";
	bed_start(b, false);
	for (int i = 0; i < 6; i++)
		refused += bed_get(b, "/v1/links") == 429;
	assert_int_equal(refused, 2);
	assert_true(str_eqz(bed_header(b, "Retry-After"), "1"));
	assert_string_equal(bed_word(b, "error.code"), "key_rate");
	assert_int_equal(bed_get(b, "/healthz"), 200);
	bed_stop(b);
	bed_start(b, false);
	assert_int_equal(bed_post(b, "/v1/messages",
				  "{\"messages\":[" ONE "," ONE "," ONE "]}"),
			 202);
	assert_int_equal(bed_post(b, "/v1/messages",
				  "{\"messages\":[" ONE "," ONE "," ONE "]}"),
			 429);
	bed_http = "";
}

static void keys_expire(void **state)
{
	struct bed *b = *state;
	char body[160], when[32], key[64];

	clock_rfc3339(clock_wall_ms(&clock_real) + 400, when);
	snprintf(body, sizeof(body),
		 "{\"name\":\"brief\",\"role\":\"operator\","
		 "\"expires_at\":\"%s\"}",
		 when);
	assert_int_equal(bed_post(b, "/v1/keys", body), 201);
	must(str_copy(key, sizeof(key), str_of(bed_word(b, "key"))) == 0);
	b->key = key;
	assert_int_equal(bed_get(b, "/v1/links"), 200);
	usleep(450000);
	assert_int_equal(bed_get(b, "/v1/links"), 401);
	b->key = ADMIN;
	assert_int_equal(bed_get(b, "/v1/keys"), 200);
	assert_string_equal(bed_word(b, "keys.1.state"), "expired");
}

/* That a key ends is said with every answer to it, and in the list. */
static void keys_that_end_soon_say_so(void **state)
{
	static const int days[] = { 13, 20 };
	struct bed *b = *state;

	for (unsigned i = 0; i < ARRAY_LEN(days); i++) {
		char body[160], when[32], key[64];
		bool soon = i == 0;

		clock_rfc3339(clock_wall_ms(&clock_real) +
				      (int64_t)days[i] * 86400000,
			      when);
		snprintf(body, sizeof(body),
			 "{\"name\":\"n\",\"role\":\"operator\","
			 "\"expires_at\":\"%s\"}",
			 when);
		b->key = ADMIN;
		assert_int_equal(bed_post(b, "/v1/keys", body), 201);
		must(str_copy(key, sizeof(key), str_of(bed_word(b, "key"))) ==
		     0);
		assert_int_equal(bed_get(b, "/v1/keys"), 200);
		assert_int_equal(bed_header(b, "X-Key-Expires").len, 0);
		snprintf(body, sizeof(body), "keys.%u.ends_soon", i + 1);
		assert_string_equal(bed_word(b, body), soon ? "true" : "");
		b->key = key;
		assert_int_equal(bed_get(b, "/v1/links"), 200);
		assert_int_equal(bed_header(b, "X-Key-Expires").len,
				 soon ? strlen(when) : 0);
	}
}

static void r10_partner_keys_end_within_90_days(void **state)
{
	struct bed *b = *state;
	int64_t ends, now = clock_wall_ms(&clock_real);

	key_of(b, "partner", "acme");
	const char *text = bed_word(b, "expires");
	assert_int_equal(clock_parse_rfc3339(text, strlen(text), &ends), 0);
	assert_true(ends > now && ends <= now + KEY_PARTNER_MS + 5000);
	assert_int_equal(bed_post(b, "/v1/keys",
				  "{\"name\":\"x\",\"role\":\"sender\","
				  "\"expires_at\":\"2020-01-01T00:00:00Z\"}"),
			 400);
}

static void tenants_keep_apart(void **state)
{
	struct bed *b = *state;
	char path[128], admin[64];

	assert_int_equal(bed_post(b, "/v1/messages", ONE), 202);
	snprintf(path, sizeof(path), "/v1/messages/%s", bed_word(b, "id"));
	must(str_copy(admin, sizeof(admin),
		      str_of(key_of(b, "admin", "other"))) == 0);
	b->key = admin;
	assert_int_equal(bed_get(b, path), 404);
	assert_int_equal(bed_get(b, "/v1/messages"), 200);
	assert_int_equal(bed_count(b, "messages"), 0);
	assert_int_equal(bed_get(b, "/v1/messages?tenant=acme"), 403);
	assert_int_equal(bed_get(b, "/v1/keys"), 200);
	assert_int_equal(bed_count(b, "keys"), 1);
	assert_int_equal(bed_post(b, "/v1/keys",
				  "{\"name\":\"x\",\"role\":\"admin\","
				  "\"tenant\":\"acme\"}"),
			 403);
	assert_int_equal(bed_post(b, "/v1/backup", "{\"path\":\"/tmp/never\"}"),
			 403);
	b->key = ADMIN;
	assert_int_equal(bed_get(b, "/v1/messages?tenant=acme"), 200);
	assert_int_equal(bed_count(b, "messages"), 1);
}

static void numbers_are_masked_and_texts_kept(void **state)
{
	struct bed *b = *state;
	char path[128];

	assert_int_equal(bed_post(b, "/v1/messages", ONE), 202);
	snprintf(path, sizeof(path), "/v1/messages/%s", bed_word(b, "id"));
	for (unsigned r = 0; r < ROLE_COUNT; r++) {
		uint64_t perms = role_perms((enum role)r);
		b->key = key_of(b, role_name((enum role)r), "");
		assert_int_equal(bed_get(b, path), 200);
		bool full = (perms & PERM_CONTACT_FULL) != 0;
		bool text = (perms & PERM_MESSAGE_CONTENT) != 0;
		assert_int_equal(bed_says(b, TO), full);
		bool partner = r == ROLE_PARTNER;
		assert_int_equal(bed_says(b, "+447…**01"), !full && !partner);
		assert_int_equal(bed_says(b, "\"to\":\"p_"), partner);
		assert_int_equal(bed_says(b, "hello"), text);
	}
	/* Neither the partner nor whoever runs the links. */
	assert_int_equal(role_perms(ROLE_PARTNER) & PERM_CONTACT_FULL, 0);
	assert_int_equal(role_perms(ROLE_OPERATOR) & PERM_CONTACT_FULL, 0);
	assert_int_equal(role_perms(ROLE_ADMIN) & PERM_MESSAGE_CONTENT, 0);
}

static void audit_tells_and_holds(void **state)
{
	struct bed *b = *state;
	char key[64];

	must(str_copy(key, sizeof(key), str_of(key_of(b, "marketer", ""))) ==
	     0);
	b->key = key;
	assert_int_equal(bed_get(b, "/v1/exports/contacts?purpose=x"), 403);
	b->key = ADMIN;
	assert_int_equal(bed_ask(b, "POST", "/v1/links/a/hold", ""), 200);
	assert_string_equal(bed_word(b, "held"), "true");
	assert_int_equal(bed_ask(b, "POST", "/v1/links/a/release", ""), 200);
	assert_int_equal(bed_get(b, "/v1/audit"), 200);
	assert_int_equal(bed_count(b, "audit"), 4);
	assert_string_equal(bed_word(b, "audit.0.action"), "key.create");
	assert_string_equal(bed_word(b, "audit.0.actor"), "admin");
	assert_string_equal(bed_word(b, "audit.1.action"),
			    "contact.export_denied");
	assert_string_equal(bed_word(b, "audit.1.actor"), "the marketer");
	assert_string_equal(bed_word(b, "audit.2.action"), "link.hold");
	assert_string_equal(bed_word(b, "audit.2.object"), "a");
	bed_stop(b);
	bed_start(b, false);
	console_audit(b->console, STR("acme"), STR("node"), STR("node.start"),
		      STR("n1"), STR_NONE);
	assert_int_equal(bed_ask(b, "POST", "/v1/links/a/rebind", ""), 200);
	assert_int_equal(bed_get(b, "/v1/audit/verify"), 200);
	assert_string_equal(bed_word(b, "ok"), "true");
	assert_string_equal(bed_word(b, "rows"), "6");
	assert_int_equal(bed_get(b, "/v1/audit?cursor=4&limit=1"), 200);
	assert_string_equal(bed_word(b, "audit.0.action"), "node.start");
	assert_string_equal(bed_word(b, "next"), "5");
}

/* A second row behind our back, on top of this hash. */
static void forge(struct bed *b, const uint8_t prev[32])
{
	uint8_t wrong[32] = { 1 };
	int done = 1;

	struct cell cells[] = { CELL_I(2),
				CELL_I(1),
				CELL_Z(""),
				CELL_Z("x"),
				CELL_Z("y"),
				CELL_Z(""),
				CELL_Z(""),
				CELL_B(str_bytes(prev, 32)),
				CELL_B(str_bytes(wrong, 32)) };
	store_put(b->store, STORE_AUDIT_APPEND, cells, ARRAY_LEN(cells));
	store_then(b->store, bed_committed, &done);
	TURN_UNTIL(b, done == 0);
	assert_int_equal(bed_get(b, "/v1/audit/verify"), 200);
	assert_string_equal(bed_word(b, "ok"), "false");
	assert_string_equal(bed_word(b, "seq"), "2");
}

static void audit_finds_a_row_that_does_not_follow(void **state)
{
	struct bed *b = *state;
	uint8_t none[32] = { 7 };

	assert_int_equal(bed_ask(b, "POST", "/v1/links/a/rebind", ""), 200);
	forge(b, none);
	assert_string_equal(bed_word(b, "what"), "order");
}

static void audit_finds_a_changed_row(void **state)
{
	struct bed *b = *state;
	uint8_t head[32];

	assert_int_equal(bed_ask(b, "POST", "/v1/links/a/rebind", ""), 200);
	assert_int_equal(bed_get(b, "/v1/audit/verify"), 200);
	const char *hex = bed_word(b, "head");
	assert_int_equal(strlen(hex), 64);
	for (unsigned i = 0; i < 32; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], '\0' };
		head[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	forge(b, head);
	assert_string_equal(bed_word(b, "what"), "content");
}

static void copies_the_store(void **state)
{
	struct bed *b = *state;
	char body[128], copy[128];

	snprintf(body, sizeof(body), "{\"path\":\"%s/copy.db\"}", b->dir);
	assert_int_equal(bed_post(b, "/v1/backup", body), 200);
	assert_int_equal(bed_post(b, "/v1/backup", body), 409);
	bed_get(b, "/v1/audit");
	assert_string_equal(bed_word(b, "audit.0.action"), "store.backup");
	/* the copy as well: what is written down comes first */
	bed_stop(b);
	snprintf(body, sizeof(body), "%s/t.db", b->dir);
	assert_int_equal(unlink(body), 0);
	snprintf(copy, sizeof(copy), "%s/copy.db", b->dir);
	assert_int_equal(rename(copy, body), 0);
	bed_start(b, false);
	bed_get(b, "/v1/audit");
	assert_string_equal(bed_word(b, "audit.0.action"), "store.backup");
}

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_route_by_every_role),
		cmocka_unit_test(the_page_of_roles_is_fresh),
		T(requests_meet_the_table),
		T(keys_live_and_end),
		T(each_key_has_its_rate),
		T(keys_expire),
		T(keys_that_end_soon_say_so),
		T(r10_partner_keys_end_within_90_days),
		T(tenants_keep_apart),
		T(numbers_are_masked_and_texts_kept),
		T(audit_tells_and_holds),
		T(audit_finds_a_row_that_does_not_follow),
		T(audit_finds_a_changed_row),
		T(copies_the_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
