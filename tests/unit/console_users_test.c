/* People who log in: made, logged in, slowed, ended; and what nobody may. */
#include "tests/unit/console_bed.h"

#include "console/users.h"

#define GOOD "four old words here"
#define BETTER "five new words are here"

/* ---- names, passwords, roles ------------------------------------------------ */

static void reads_what_people_are_called(void **state)
{
	static const struct {
		const char *name;
		int rc;
	} names[] = {
		{ "mia", 0 },
		{ "mia.li@acme", 0 },
		{ "7-of_9", 0 },
		{ "m", -EINVAL },
		{ "Mia", -EINVAL },
		{ ".mia", -EINVAL },
		{ "mia li", -EINVAL },
		{ "", -EINVAL },
		{ "mia\xc3\xa9", -EINVAL },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		struct err err = { "" };
		assert_int_equal(user_name_check(str_of(names[i].name), &err),
				 names[i].rc);
	}
}

static void refuses_passwords_that_are_guessed(void **state)
{
	static const struct {
		const char *password;
		int rc;
	} rows[] = {
		{ GOOD, 0 },
		{ "四个很旧的词语在这里对吧", 0 },
		{ "short one", -EINVAL },
		{ "aaaaaaaaaaaaaaaa", -EINVAL },
		{ "abababababababab", -EINVAL },
		{ "the words of mia are here", -EINVAL },
		{ "with a\x07 in the middle", -EINVAL },
		{ "\xff\xfe\xfd\xfc\xfb\xfa not text", -EINVAL },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { "" };
		int rc = user_password_check(str_of(rows[i].password),
					     STR("mia"), 12, &err);
		if (rc != rows[i].rc)
			fail_msg("'%s': %d", rows[i].password, rc);
	}
}

static void some_roles_stand_alone(void **state)
{
	struct err err = { "" };

	(void)state;
	assert_int_equal(
		user_roles_check(BIT(ROLE_MARKETER) | BIT(ROLE_APPROVER), &err),
		0);
	assert_int_equal(user_roles_check(BIT(ROLE_AUDITOR), &err), 0);
	assert_int_equal(user_roles_check(BIT(ROLE_AUDITOR) | BIT(ROLE_ADMIN),
					  &err),
			 -EINVAL);
	assert_int_equal(user_roles_check(BIT(ROLE_PARTNER) | BIT(ROLE_CARE),
					  &err),
			 -EINVAL);
	assert_int_equal(user_roles_check(0, &err), -EINVAL);
}

/* ---- over HTTP ------------------------------------------------------------------ */

static char token[64], csrf[64], cookie[512], known[512];

/* Makes a user whose password is GOOD and already changed once. */
static void make(struct bed *b, const char *name, const char *roles,
		 const char *more)
{
	char body[512];

	snprintf(body, sizeof(body),
		 "{\"name\":\"%s\",\"roles\":[%s],\"password\":\"" GOOD "\"%s}",
		 name, roles, more);
	if (bed_post(b, "/v1/users", body) != 201)
		fail_msg("%.*s", STR_ARGS(b->body));
}

static int login(struct bed *b, const char *name, const char *password,
		 const char *more)
{
	char body[512];
	const char *key = b->key;

	b->key = NULL;
	snprintf(body, sizeof(body), "{\"name\":\"%s\",\"password\":\"%s\"%s}",
		 name, password, more);
	int rc = bed_post(b, "/v1/sessions", body);
	must(str_copy(token, sizeof(token), str_of(bed_word(b, "token"))) == 0);
	b->key = key;
	return rc;
}

static int change(struct bed *b, const char *old, const char *fresh)
{
	char body[256];

	snprintf(body, sizeof(body), "{\"old\":\"%s\",\"new\":\"%s\"}", old,
		 fresh);
	return bed_post(b, "/v1/me/password", body);
}

/* A user who has logged in and changed the first password to BETTER. */
static void settle(struct bed *b, const char *name, const char *roles,
		   const char *more)
{
	b->key = ADMIN;
	make(b, name, roles, more);
	assert_int_equal(login(b, name, GOOD, ""), 201);
	b->key = token;
	assert_int_equal(change(b, GOOD, BETTER), 200);
}

static void a_first_password_is_changed_first(void **state)
{
	struct bed *b = *state;

	make(b, "mia", "\"marketer\"", ",\"lang\":\"zh\"");
	assert_int_equal(login(b, "mia", GOOD, ""), 201);
	assert_int_equal(strlen(token), 46);
	b->key = token;
	assert_int_equal(bed_get(b, "/v1/contacts"), 403);
	assert_string_equal(bed_word(b, "error.code"), "change_password");
	assert_int_equal(bed_get(b, "/v1/me"), 200);
	assert_string_equal(bed_word(b, "must_change_password"), "true");
	assert_int_equal(change(b, "wrong words at all", BETTER), 403);
	assert_int_equal(change(b, GOOD, GOOD), 400);
	assert_int_equal(change(b, GOOD, "short"), 400);
	assert_string_equal(bed_word(b, "error.code"), "weak_password");
	assert_int_equal(change(b, GOOD, BETTER), 200);
	assert_int_equal(bed_get(b, "/v1/contacts"), 200);
	assert_int_equal(bed_get(b, "/v1/users"), 403);
	assert_int_equal(bed_get(b, "/v1/me"), 200);
	assert_string_equal(bed_word(b, "kind"), "user");
	assert_string_equal(bed_word(b, "roles.0"), "marketer");
	assert_string_equal(bed_word(b, "lang"), "zh");
	assert_string_equal(bed_word(b, "must_change_password"), "false");
	assert_int_equal(login(b, "mia", GOOD, ""), 401);
	assert_int_equal(login(b, "mia", BETTER, ""), 201);
}

static void nothing_tells_a_password(void **state)
{
	struct bed *b = *state;

	make(b, "mia", "\"marketer\"", "");
	assert_false(bed_says(b, "argon2"));
	assert_false(bed_says(b, GOOD));
	assert_int_equal(bed_get(b, "/v1/users"), 200);
	assert_int_equal(bed_count(b, "users"), 1);
	assert_false(bed_says(b, "argon2"));
	assert_int_equal(bed_get(b, "/v1/audit"), 200);
	assert_false(bed_says(b, GOOD));
	assert_string_equal(bed_word(b, "audit.0.action"), "user.create");
	assert_int_equal(login(b, "mia", GOOD, ""), 201);
	assert_int_equal(bed_get(b, "/v1/sessions"), 200);
	assert_int_equal(bed_count(b, "sessions"), 1);
	assert_false(bed_says(b, token));
}

/* The password of one made without is shown once, and works. */
static void a_password_can_be_made(void **state)
{
	struct bed *b = *state;
	char made[64], path[128], id[ID_TEXT];

	assert_int_equal(bed_post(b, "/v1/users",
				  "{\"name\":\"li\",\"roles\":[\"care\"]}"),
			 201);
	must(str_copy(made, sizeof(made), str_of(bed_word(b, "password"))) ==
	     0);
	must(str_copy(id, sizeof(id), str_of(bed_word(b, "id"))) == 0);
	assert_int_equal(strlen(made), 20);
	assert_int_equal(login(b, "li", made, ""), 201);
	b->key = ADMIN;
	snprintf(path, sizeof(path), "/v1/users/%s", id);
	assert_int_equal(bed_get(b, path), 200);
	assert_string_equal(bed_word(b, "password"), "");
	snprintf(path, sizeof(path), "/v1/users/%s/password", id);
	assert_int_equal(bed_post(b, path, "{}"), 200);
	assert_int_equal(strlen(bed_word(b, "password")), 20);
	b->key = token;
	assert_int_equal(bed_get(b, "/v1/me"), 401);
	assert_int_equal(login(b, "li", made, ""), 401);
}

static void users_and_sessions_outlive_a_restart(void **state)
{
	struct bed *b = *state;

	settle(b, "mia", "\"marketer\",\"approver\"", ",\"tenant\":\"acme\"");
	bed_stop(b);
	bed_start(b, false);
	b->key = token;
	assert_int_equal(bed_get(b, "/v1/me"), 200);
	assert_string_equal(bed_word(b, "roles.1"), "approver");
	assert_string_equal(bed_word(b, "tenant"), "acme");
	assert_int_equal(login(b, "mia", BETTER, ""), 201);
}

static void sessions_end(void **state)
{
	struct bed *b = *state;
	char first[64], path[128];

	settle(b, "mia", "\"marketer\"", "");
	must(str_copy(first, sizeof(first), str_of(token)) == 0);
	/* One ended by another; the fourth ends the one unused longest. */
	assert_int_equal(login(b, "mia", BETTER, ""), 201);
	snprintf(path, sizeof(path), "/v1/sessions/%s", bed_word(b, "id"));
	b->key = first;
	assert_int_equal(bed_ask(b, "DELETE", path, ""), 200);
	b->key = token;
	assert_int_equal(bed_get(b, "/v1/me"), 401);
	assert_string_equal(bed_word(b, "error.code"), "no_session");
	b->key = first;
	assert_int_equal(bed_ask(b, "DELETE", path, ""), 404);
	for (int i = 0; i < 3; i++)
		assert_int_equal(login(b, "mia", BETTER, ""), 201);
	b->key = token;
	assert_int_equal(bed_get(b, "/v1/sessions"), 200);
	assert_int_equal(bed_count(b, "sessions"), 3);
	/* Out: also after a restart. */
	assert_int_equal(bed_ask(b, "DELETE", "/v1/sessions/this", ""), 200);
	assert_int_equal(bed_get(b, "/v1/me"), 401);
	bed_stop(b);
	bed_start(b, false);
	b->key = token;
	assert_int_equal(bed_get(b, "/v1/me"), 401);
}

static void sessions_of_others_are_not_seen(void **state)
{
	struct bed *b = *state;
	char path[128];

	settle(b, "mia", "\"marketer\"", "");
	assert_int_equal(bed_get(b, "/v1/sessions"), 200);
	snprintf(path, sizeof(path), "/v1/sessions/%s",
		 bed_word(b, "sessions.0.id"));
	settle(b, "eve", "\"care\"", "");
	assert_int_equal(bed_get(b, "/v1/sessions"), 200);
	assert_int_equal(bed_count(b, "sessions"), 1);
	assert_int_equal(bed_ask(b, "DELETE", path, ""), 404);
	b->key = ADMIN;
	assert_int_equal(bed_ask(b, "DELETE", path, ""), 200);
}

static void sessions_are_over_when_unused_or_old(void **state)
{
	struct bed *b = *state;

	settle(b, "mia", "\"marketer\"", "");
	bed_stop(b);
	bed_login = "session_max = 1s ";
	bed_start(b, false);
	assert_int_equal(login(b, "mia", BETTER, ""), 201);
	b->key = token;
	usleep(1100000);
	assert_int_equal(bed_get(b, "/v1/me"), 401);
	bed_stop(b);
	bed_login = "session_idle = 1s ";
	bed_start(b, false);
	assert_int_equal(login(b, "mia", BETTER, ""), 201);
	b->key = token;
	usleep(1100000);
	assert_int_equal(bed_get(b, "/v1/me"), 401);
	bed_login = "";
}

/* ---- wrong passwords ------------------------------------------------------------- */

static void wrong_passwords_are_slowed_not_locked(void **state)
{
	struct bed *b = *state;
	char id[ID_TEXT], path[128];

	make(b, "mia", "\"marketer\"", "");
	must(str_copy(id, sizeof(id), str_of(bed_word(b, "id"))) == 0);
	assert_int_equal(login(b, "mia", GOOD, ""), 201);
	struct str set = bed_header(b, "Set-Cookie");
	snprintf(known, sizeof(known), "Cookie: %.*s\r\n",
		 STR_ARGS(str_first(set, str_find(set, ';'))));
	/* The right one does not count; the fourth wrong one waits. */
	for (int i = 0; i < 3; i++) {
		assert_int_equal(login(b, "mia", "wrong words", ""), 401);
		assert_string_equal(bed_word(b, "error.code"), "bad_login");
	}
	assert_int_equal(login(b, "mia", "wrong words", ""), 429);
	assert_int_equal(login(b, "mia", GOOD, ""), 429);
	assert_true(bed_header(b, "Retry-After").len > 0);
	/* Her own browser need not wait for what others have done. */
	b->extra = known;
	assert_int_equal(login(b, "mia", GOOD, ""), 201);
	b->extra = NULL;
	/* Another name from here goes on; nobody's is as slow as somebody's. */
	assert_int_equal(login(b, "nobody", "wrong words", ""), 401);
	assert_string_equal(bed_word(b, "error.code"), "bad_login");
	/* An admin may end the wait. */
	for (int i = 0; i < 4; i++)
		login(b, "mia", "wrong words", "");
	assert_int_equal(login(b, "mia", GOOD, ""), 429);
	snprintf(path, sizeof(path), "/v1/users/%s/unlock", id);
	assert_int_equal(bed_ask(b, "POST", path, ""), 200);
	assert_int_equal(login(b, "mia", GOOD, ""), 201);
	assert_int_equal(bed_get(b, "/v1/audit?limit=100"), 200);
	assert_true(bed_says(b, "login.slowed"));
	assert_true(bed_says(b, "user.unlock"));
	assert_true(bed_says(b, "session.open"));
}

/* A forged or another's mark of a known browser counts as unknown. */
static void known_browsers_cannot_be_forged(void **state)
{
	struct bed *b = *state;

	make(b, "mia", "\"marketer\"", "");
	make(b, "eve", "\"marketer\"", "");
	assert_int_equal(login(b, "eve", GOOD, ""), 201);
	struct str set = bed_header(b, "Set-Cookie");
	snprintf(known, sizeof(known), "Cookie: %.*s\r\n",
		 STR_ARGS(str_first(set, str_find(set, ';'))));
	for (int i = 0; i < 4; i++)
		login(b, "mia", "wrong words", "");
	b->extra = known;
	assert_int_equal(login(b, "mia", GOOD, ""), 429);
	/* Her own, with one digit changed. */
	size_t last = strlen(known) - 3;
	known[last] = known[last] == '0' ? '1' : '0';
	for (int i = 0; i < 4; i++)
		login(b, "eve", "wrong words", "");
	b->extra = NULL;
	assert_int_equal(login(b, "eve", GOOD, ""), 429);
}

/* ---- cookies -------------------------------------------------------------------- */

static void cookies_need_the_guard_to_write(void **state)
{
	static const char *const sites[] = { "cross-site", "same-site" };
	struct bed *b = *state;
	char extra[1200];

	settle(b, "mia", "\"admin\"", "");
	assert_int_equal(login(b, "mia", BETTER, ",\"cookie\":true"), 201);
	assert_string_equal(token, "");
	assert_false(bed_says(b, "cs_"));
	snprintf(csrf, sizeof(csrf), "%s", bed_word(b, "csrf"));
	struct str set = bed_header(b, "Set-Cookie");
	assert_true(memmem(set.p, set.len, "HttpOnly", 8) != NULL);
	assert_true(memmem(set.p, set.len, "SameSite=Strict", 15) != NULL);
	snprintf(cookie, sizeof(cookie), "Cookie: %.*s\r\n",
		 STR_ARGS(str_first(set, str_find(set, ';'))));
	b->key = NULL;
	b->extra = cookie;
	assert_int_equal(bed_get(b, "/v1/me"), 200);
	assert_string_equal(bed_word(b, "csrf"), csrf);
	assert_int_equal(bed_post(b, "/v1/links/a/hold", ""), 403);
	assert_string_equal(bed_word(b, "error.code"), "csrf");
	b->extra = extra;
	snprintf(extra, sizeof(extra), "%sX-Carillon-Csrf: %s0\r\n", cookie,
		 csrf);
	assert_int_equal(bed_post(b, "/v1/links/a/hold", ""), 403);
	snprintf(extra, sizeof(extra), "%sX-Carillon-Csrf: %s\r\n", cookie,
		 csrf);
	assert_int_equal(bed_post(b, "/v1/links/a/hold", ""), 200);
	for (unsigned i = 0; i < ARRAY_LEN(sites); i++) {
		snprintf(extra, sizeof(extra),
			 "%sX-Carillon-Csrf: %s\r\nSec-Fetch-Site: %s\r\n",
			 cookie, csrf, sites[i]);
		assert_int_equal(bed_post(b, "/v1/links/a/hold", ""), 403);
		assert_int_equal(bed_get(b, "/v1/me"), 403);
		assert_string_equal(bed_word(b, "error.code"), "other_site");
	}
	snprintf(extra, sizeof(extra),
		 "%sX-Carillon-Csrf: %s\r\nSec-Fetch-Site: same-origin\r\n",
		 cookie, csrf);
	assert_int_equal(bed_ask(b, "DELETE", "/v1/sessions/this", ""), 200);
	set = bed_header(b, "Set-Cookie");
	assert_true(memmem(set.p, set.len, "Max-Age=0", 9) != NULL);
	assert_int_equal(bed_get(b, "/v1/me"), 401);
	b->extra = NULL;
}

/* ---- what nobody may ---------------------------------------------------------------- */

static const char *path_of(struct bed *b)
{
	static char path[128];

	snprintf(path, sizeof(path), "/v1/users/%s", bed_word(b, "id"));
	return path;
}

static void the_last_admin_stays(void **state)
{
	struct bed *b = *state;
	char path[128], key[128];

	/* The key of the node is there still: the user may go. */
	settle(b, "mia", "\"admin\"", "");
	assert_int_equal(bed_get(b, "/v1/me"), 200);
	must(str_copy(path, sizeof(path), str_of(path_of(b))) == 0);
	b->key = token;
	assert_int_equal(bed_get(b, "/v1/keys"), 200);
	snprintf(key, sizeof(key), "/v1/keys/%s", bed_word(b, "keys.0.id"));
	assert_int_equal(bed_ask(b, "DELETE", key, ""), 200);
	/* Now she is the last one. */
	assert_int_equal(bed_ask(b, "DELETE", path, ""), 409);
	assert_string_equal(bed_word(b, "error.code"), "last_admin");
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"state\":\"off\"}"), 409);
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"roles\":[\"care\"]}"),
			 409);
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"branch\":\"north\"}"),
			 409);
	/* An admin of one tenant, or a key that ends, is not another one. */
	make(b, "tom", "\"admin\"", ",\"tenant\":\"acme\"");
	assert_int_equal(bed_post(b, "/v1/keys",
				  "{\"name\":\"brief\",\"role\":\"admin\","
				  "\"expires_at\":\"2099-01-01T00:00:00Z\"}"),
			 201);
	assert_int_equal(bed_ask(b, "DELETE", path, ""), 409);
	make(b, "ann", "\"admin\"", "");
	assert_int_equal(bed_ask(b, "DELETE", path, ""), 200);
	b->key = token;
	assert_int_equal(bed_get(b, "/v1/me"), 401);
}

static void nobody_gives_more_than_they_have(void **state)
{
	struct bed *b = *state;
	char path[128];

	make(b, "root", "\"admin\"", "");
	must(str_copy(path, sizeof(path), str_of(path_of(b))) == 0);
	settle(b, "tom", "\"admin\"", ",\"tenant\":\"acme\"");
	assert_int_equal(bed_get(b, "/v1/users"), 200);
	assert_int_equal(bed_count(b, "users"), 1);
	assert_int_equal(bed_get(b, path), 404);
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"state\":\"off\"}"), 404);
	assert_int_equal(bed_post(b, "/v1/users",
				  "{\"name\":\"x1\",\"roles\":[\"admin\"],"
				  "\"tenant\":\"other\"}"),
			 403);
	/* Without a tenant: his own, not all. */
	make(b, "nil", "\"admin\"", "");
	assert_string_equal(bed_word(b, "tenant"), "acme");
	settle(b, "nora", "\"admin\"",
	       ",\"tenant\":\"acme\",\"branch\":\"north\"");
	assert_int_equal(bed_post(b, "/v1/users",
				  "{\"name\":\"x2\",\"roles\":[\"care\"],"
				  "\"branch\":\"south\"}"),
			 403);
	assert_int_equal(bed_post(b, "/v1/keys",
				  "{\"name\":\"x3\",\"role\":\"care\","
				  "\"branch\":\"south\"}"),
			 403);
	make(b, "ned", "\"care\"", "");
	assert_string_equal(bed_word(b, "branch"), "north");
	assert_int_equal(bed_get(b, "/v1/users"), 200);
	assert_int_equal(bed_count(b, "users"), 2);
}

static void edits_are_checked(void **state)
{
	static const struct {
		const char *body;
		int status;
	} rows[] = {
		{ "{\"roles\":[]}", 400 },
		{ "{\"roles\":[\"boss\"]}", 400 },
		{ "{\"roles\":[3]}", 400 },
		{ "{\"roles\":[\"auditor\",\"admin\"]}", 400 },
		{ "{\"state\":\"gone\"}", 400 },
		{ "{\"name\":\"other\"}", 409 },
		{ "{\"tenant\":\"other\"}", 409 },
		{ "{\"password\":\"" GOOD "\"}", 400 },
		{ "{\"lang\":\"a-long-language\"}", 400 },
		{ "{\"titel\":\"x\"}", 400 },
		{ "{\"title\":\"Mia\",\"roles\":[\"care\"]}", 200 },
		{ "{\"state\":\"off\"}", 200 },
	};
	struct bed *b = *state;
	char path[128], match[64];

	make(b, "mia", "\"marketer\"", "");
	must(str_copy(path, sizeof(path), str_of(path_of(b))) == 0);
	struct str tag = bed_header(b, "ETag");
	snprintf(match, sizeof(match), "If-Match: %.*s\r\n", STR_ARGS(tag));
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		int got = bed_ask(b, "PATCH", path, rows[i].body);
		if (got != rows[i].status)
			fail_msg("%s: %d", rows[i].body, got);
	}
	assert_string_equal(bed_word(b, "title"), "Mia");
	assert_int_equal(login(b, "mia", GOOD, ""), 401);
	b->extra = match;
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"state\":\"active\"}"),
			 409);
	assert_string_equal(bed_word(b, "error.code"), "stale");
	b->extra = NULL;
	/* A name stays taken, whatever becomes of its user. */
	assert_int_equal(bed_ask(b, "DELETE", path, ""), 200);
	assert_int_equal(bed_get(b, path), 404);
	assert_int_equal(bed_post(b, "/v1/users",
				  "{\"name\":\"mia\",\"roles\":[\"care\"]}"),
			 409);
	bed_stop(b);
	bed_start(b, false);
	assert_int_equal(bed_post(b, "/v1/users",
				  "{\"name\":\"mia\",\"roles\":[\"care\"]}"),
			 409);
	assert_string_equal(bed_word(b, "error.code"), "name_taken");
}

static void users_have_a_limit(void **state)
{
	struct bed *b = *state;
	char name[16];

	for (unsigned i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "u%u", i);
		make(b, name, "\"care\"", "");
	}
	assert_int_equal(bed_post(b, "/v1/users",
				  "{\"name\":\"u20\",\"roles\":[\"care\"]}"),
			 409);
	assert_string_equal(bed_word(b, "error.code"), "users_max");
}

/* A store that closes while passwords are being hashed leaks nothing. */
static void closes_while_hashing(void **state)
{
	struct bed *b = *state;
	static const char ask[] =
		"POST /v1/sessions HTTP/1.1\r\nHost: t\r\n"
		"Content-Length: 36\r\n\r\n"
		"{\"name\":\"mia\",\"password\":\"whatever\"}";
	int fds[8];

	make(b, "mia", "\"care\"", "");
	for (unsigned i = 0; i < ARRAY_LEN(fds); i++) {
		fds[i] = bed_dial(b);
		bed_send(b, fds[i], str_of(ask));
	}
	bed_stop(b);
	bed_start(b, false);
	for (unsigned i = 0; i < ARRAY_LEN(fds); i++)
		close(fds[i]);
	assert_int_equal(login(b, "mia", GOOD, ""), 201);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_people_are_called),
		cmocka_unit_test(refuses_passwords_that_are_guessed),
		cmocka_unit_test(some_roles_stand_alone),
		T(a_first_password_is_changed_first),
		T(nothing_tells_a_password),
		T(a_password_can_be_made),
		T(users_and_sessions_outlive_a_restart),
		T(sessions_end),
		T(sessions_of_others_are_not_seen),
		T(sessions_are_over_when_unused_or_old),
		T(wrong_passwords_are_slowed_not_locked),
		T(known_browsers_cannot_be_forged),
		T(cookies_need_the_guard_to_write),
		T(the_last_admin_stays),
		T(nobody_gives_more_than_they_have),
		T(edits_are_checked),
		T(users_have_a_limit),
		T(closes_while_hashing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
