/* user, session, login: people who log in. */
#include "cli/verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define SECRET_MAX 256

static const char *const user_members[] = { "id",     "name",    "title",
					    "tenant", "branch",  "roles",
					    "state",  "password" };
static const enum word user_columns[] = { WORD_ID,     WORD_NAME,    WORD_TITLE,
					  WORD_TENANT, WORD_BRANCH,  WORD_ROLES,
					  WORD_STATE,  WORD_PASSWORD };

const struct option user_options[] = {
	{ "roles", "ROLE,ROLE", true }, { "title", "TEXT", false },
	{ "lang", "zh|en", false },     { "for-tenant", "NAME", false },
	{ "branch", "NAME", false },    { NULL, NULL, false },
};

const struct option user_change_options[] = {
	{ "roles", "ROLE,ROLE", false },  { "title", "TEXT", false },
	{ "lang", "zh|en", false },       { "branch", "NAME", false },
	{ "state", "active|off", false }, { NULL, NULL, false },
};

static void put(json_t *o, const char *name, const char *value)
{
	if (value != NULL)
		json_object_set_new(o, name, json_string(value));
}

/* The members of a user, from the options. */
static json_t *user_body(const struct args *a)
{
	json_t *o = json_object();
	struct str rest = str_of(args_get(a, "roles")), one;

	put(o, "title", args_get(a, "title"));
	put(o, "lang", args_get(a, "lang"));
	put(o, "branch", args_get(a, "branch"));
	if (rest.len == 0)
		return o;
	json_t *roles = json_array();
	while (rest.len > 0) {
		rest = str_cut(rest, ',', &one);
		json_array_append_new(roles, json_stringn(one.p, one.len));
	}
	json_object_set_new(o, "roles", roles);
	return o;
}

/* The list of roles as one text, for tables. */
static void roles_flatten(json_t *user)
{
	json_t *list = json_object_get(user, "roles"), *one;
	AUTO(buf_done) struct buf text = { 0 };
	size_t i;

	if (!json_is_array(list))
		return;
	buf_init(&text, 1024);
	json_array_foreach(list, i, one)
	{
		buf_z(&text, i > 0 ? "," : "");
		buf_z(&text, text_of_value(one));
	}
	json_object_set_new(user, "roles", json_stringn(text.p, text.len));
}

static int user_shown(struct cli *c, int rc)
{
	if (rc != CLI_DONE || cli_json(c))
		return rc;
	roles_flatten(c->answer);
	print_members(c->answer, user_members, user_columns,
		      ARRAY_LEN(user_members));
	if (text_of(c->answer, "password")[0] != '\0')
		say(WORD_PASSWORD_ONCE, NULL, 0);
	return rc;
}

static int user_ask(struct cli *c, const char *method, const char *id,
		    const char *tail, json_t *o)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/users/");
	path_part(&path, id);
	buf_z(&path, tail);
	return user_shown(c, o != NULL ? cli_ask_json(c, method, path.p, o)
				       : cli_ask(c, method, path.p, NULL));
}

int verb_user_create(struct cli *c, const struct args *a)
{
	json_t *o = user_body(a);

	put(o, "name", a->v[0]);
	put(o, "tenant", args_get(a, "for-tenant"));
	return user_shown(c, cli_ask_json(c, "POST", "/v1/users", o));
}

int verb_user_list(struct cli *c, const struct args *a)
{
	int rc = cli_ask(c, "GET", "/v1/users", NULL);
	json_t *list = json_object_get(c->answer, "users"), *one;
	size_t i;

	(void)a;
	if (rc != CLI_DONE || cli_json(c))
		return rc;
	json_array_foreach(list, i, one) roles_flatten(one);
	print_list(list, user_members, user_columns,
		   ARRAY_LEN(user_members) - 1);
	return rc;
}

int verb_user_show(struct cli *c, const struct args *a)
{
	return user_ask(c, "GET", a->v[0], "", NULL);
}

int verb_user_change(struct cli *c, const struct args *a)
{
	json_t *o = user_body(a);

	put(o, "state", args_get(a, "state"));
	return user_ask(c, "PATCH", a->v[0], "", o);
}

int verb_user_password(struct cli *c, const struct args *a)
{
	return user_ask(c, "POST", a->v[0], "/password", json_object());
}

int verb_user_unlock(struct cli *c, const struct args *a)
{
	return user_ask(c, "POST", a->v[0], "/unlock", NULL);
}

int verb_user_remove(struct cli *c, const struct args *a)
{
	return user_ask(c, "DELETE", a->v[0], "", NULL);
}

/* ---- sessions -------------------------------------------------------------- */

/* A line from the terminal without showing it, or from a pipe. */
static bool secret_line(enum word ask, char out[SECRET_MAX])
{
	struct termios was, quiet;
	bool terminal = tcgetattr(STDIN_FILENO, &was) == 0;

	if (terminal) {
		quiet = was;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
		say_error(ask, NULL, 0);
	}
	bool got = fgets(out, SECRET_MAX, stdin) != NULL;
	if (terminal)
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
	if (got)
		out[strcspn(out, "\r\n")] = '\0';
	return got;
}

/* Keeps nothing: prints what a shell may take over with eval. */
int verb_login(struct cli *c, const struct args *a)
{
	char password[SECRET_MAX];
	json_t *o = json_object();

	if (!secret_line(WORD_ASK_PASSWORD, password)) {
		json_decref(o);
		return CLI_FAILED;
	}
	put(o, "name", a->v[0]);
	put(o, "password", password);
	explicit_bzero(password, sizeof(password));
	int rc = cli_ask_json(c, "POST", "/v1/sessions", o);
	if (rc == CLI_DONE && !cli_json(c))
		printf("export CARILLON_KEY=%s\n", text_of(c->answer, "token"));
	return rc;
}

static const char *const session_members[] = { "id",   "name",  "opened",
					       "seen", "until", "from",
					       "agent" };
static const enum word session_columns[] = {
	WORD_ID,    WORD_NAME,    WORD_OPENED, WORD_SEEN,
	WORD_UNTIL, WORD_ADDRESS, WORD_AGENT,
};

int verb_session_list(struct cli *c, const struct args *a)
{
	int rc = cli_ask(c, "GET", "/v1/sessions", NULL);

	(void)a;
	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "sessions", session_members, session_columns,
			   ARRAY_LEN(session_members));
	return rc;
}

int verb_session_end(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/sessions/");
	path_part(&path, a->v[0]);
	int rc = cli_ask(c, "DELETE", path.p, NULL);
	if (rc == CLI_DONE && !cli_json(c))
		say(WORD_SESSION_ENDED,
		    WORDS_LIST(text_of(c->answer, "ended")));
	return rc;
}

int verb_logout(struct cli *c, const struct args *a)
{
	int rc = cli_ask(c, "DELETE", "/v1/sessions/this", NULL);

	(void)a;
	if (rc == CLI_DONE && !cli_json(c))
		say(WORD_LOGGED_OUT, NULL, 0);
	return rc;
}

int verb_password(struct cli *c, const struct args *a)
{
	char old[SECRET_MAX], fresh[SECRET_MAX];
	json_t *o = json_object();

	(void)a;
	if (!secret_line(WORD_ASK_PASSWORD, old) ||
	    !secret_line(WORD_ASK_NEW_PASSWORD, fresh)) {
		json_decref(o);
		return CLI_FAILED;
	}
	put(o, "old", old);
	put(o, "new", fresh);
	explicit_bzero(old, sizeof(old));
	explicit_bzero(fresh, sizeof(fresh));
	int rc = cli_ask_json(c, "POST", "/v1/me/password", o);
	if (rc == CLI_DONE && !cli_json(c))
		say(WORD_PASSWORD_CHANGED, NULL, 0);
	return rc;
}

int verb_whoami(struct cli *c, const struct args *a)
{
	(void)a;
	return user_shown(c, cli_ask(c, "GET", "/v1/me", NULL));
}
