/* link, key, audit, backup: what operators and auditors do. */
#include "cli/verbs.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- links -----------------------------------------------------------------------*/

static const char *const link_members[] = { "name",     "channel", "state",
					    "why",      "held",    "window",
					    "used",     "rate",    "sent",
					    "receipts", "inbound", "health" };
static const enum word link_columns[] = {
	WORD_LINK, WORD_KIND,     WORD_STATE,   WORD_WHY,
	WORD_HELD, WORD_WINDOW,   WORD_LIVE,    WORD_RATE,
	WORD_SENT, WORD_RECEIPTS, WORD_INBOUND, WORD_HEALTH
};

int verb_link_list(struct cli *c, const struct args *a)
{
	int rc = cli_ask(c, "GET", "/v1/links", NULL);

	(void)a;
	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "links", link_members, link_columns,
			   ARRAY_LEN(link_members));
	return rc;
}

static int link_ask(struct cli *c, const char *method, const char *name,
		    const char *tail, json_t *body)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/links/");
	path_part(&path, name);
	buf_z(&path, tail);
	int rc = cli_ask_json(c, method, path.p, body);
	if (rc == CLI_DONE && !cli_json(c))
		print_members(c->answer, link_members, link_columns,
			      ARRAY_LEN(link_members));
	return rc;
}

int verb_link_show(struct cli *c, const struct args *a)
{
	return link_ask(c, "GET", a->v[0], "", NULL);
}

int verb_link_hold(struct cli *c, const struct args *a)
{
	return link_ask(c, "POST", a->v[0], "/hold", NULL);
}

int verb_link_release(struct cli *c, const struct args *a)
{
	return link_ask(c, "POST", a->v[0], "/release", NULL);
}

int verb_link_rebind(struct cli *c, const struct args *a)
{
	return link_ask(c, "POST", a->v[0], "/rebind", NULL);
}

const struct option limit_options[] = {
	{ "rate", "PARTS/S", false },
	{ "window", "N", false },
	{ NULL, NULL, false },
};

int verb_link_set(struct cli *c, const struct args *a)
{
	json_t *o = json_object();

	for (const struct option *x = limit_options; x->name != NULL; x++) {
		const char *value = args_get(a, x->name);
		uint64_t n;

		if (value == NULL)
			continue;
		json_object_set_new(o, x->name,
				    str_u64(str_of(value), INT32_MAX, &n) == 0
					    ? json_integer((json_int_t)n)
					    : json_string(value));
	}
	if (json_object_size(o) == 0) {
		json_decref(o);
		say_error(WORD_LINK_SET_WHAT, NULL, 0);
		return CLI_USAGE;
	}
	return link_ask(c, "PATCH", a->v[0], "", o);
}

/* ---- keys ------------------------------------------------------------------------*/

const struct option key_options[] = {
	{ "name", "NAME", true },        { "role", "ROLE", true },
	{ "for-tenant", "NAME", false }, { "branch", "NAME", false },
	{ "expires", "TIME", false },    { NULL, NULL, false },
};

static const char *const key_members[] = { "id",      "name",    "role",
					   "tenant",  "branch",  "state",
					   "created", "expires", "key" };
static const enum word key_columns[] = { WORD_ID,      WORD_NAME,    WORD_ROLE,
					 WORD_TENANT,  WORD_BRANCH,  WORD_STATE,
					 WORD_CREATED, WORD_EXPIRES, WORD_KEY };

static void put(json_t *o, const char *name, const char *value)
{
	if (value != NULL)
		json_object_set_new(o, name, json_string(value));
}

int verb_key_create(struct cli *c, const struct args *a)
{
	json_t *o = json_object();

	put(o, "name", args_get(a, "name"));
	put(o, "role", args_get(a, "role"));
	put(o, "tenant", args_get(a, "for-tenant"));
	put(o, "branch", args_get(a, "branch"));
	put(o, "expires_at", args_get(a, "expires"));
	int rc = cli_ask_json(c, "POST", "/v1/keys", o);
	if (rc != CLI_DONE || cli_json(c))
		return rc;
	print_members(c->answer, key_members, key_columns,
		      ARRAY_LEN(key_members));
	say(WORD_KEY_ONCE, NULL, 0);
	return CLI_DONE;
}

int verb_key_list(struct cli *c, const struct args *a)
{
	int rc = cli_ask(c, "GET", "/v1/keys", NULL);
	json_t *keys = json_object_get(c->answer, "keys"), *one;
	size_t i;

	(void)a;
	if (rc != CLI_DONE || cli_json(c))
		return rc;
	print_list(keys, key_members, key_columns, ARRAY_LEN(key_members) - 1);
	json_array_foreach(keys, i, one)
	{
		if (json_is_true(json_object_get(one, "ends_soon")))
			say_error(WORD_KEY_ENDS,
				  WORDS_LIST(text_of(one, "name"),
					     text_of(one, "expires")));
	}
	return rc;
}

int verb_key_revoke(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/keys/");
	path_part(&path, a->v[0]);
	int rc = cli_ask(c, "DELETE", path.p, NULL);
	if (rc == CLI_DONE && !cli_json(c))
		say(WORD_REVOKED, WORDS_LIST(a->v[0]));
	return rc;
}

/* ---- audit, backup -----------------------------------------------------------------*/

const struct option audit_options[] = {
	{ "action", "NAME", false }, { "no-context", NULL, false },
	{ "limit", "N", false },     { "cursor", "SEQ", false },
	{ NULL, NULL, false },
};

int verb_audit_list(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "seq",   "at",     "tenant",
					       "actor", "action", "object" };
	static const enum word columns[] = { WORD_SEQ,    WORD_AT,
					     WORD_TENANT, WORD_ACTOR,
					     WORD_ACTION, WORD_OBJECT };
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/audit");
	path_query(&path, "action", args_get(a, "action"));
	if (args_get(a, "no-context") != NULL)
		path_query(&path, "no_context", "1");
	path_query(&path, "limit", args_get(a, "limit"));
	path_query(&path, "cursor", args_get(a, "cursor"));
	int rc = cli_ask(c, "GET", path.p, NULL);
	if (rc != CLI_DONE || cli_json(c))
		return rc;
	print_page(c, "audit", members, columns, ARRAY_LEN(members));
	return CLI_DONE;
}

int verb_audit_verify(struct cli *c, const struct args *a)
{
	(void)a;
	return show_proof(c, "/v1/audit/verify");
}

int verb_backup(struct cli *c, const struct args *a)
{
	json_t *o = json_object();

	put(o, "path", a->v[0]);
	int rc = cli_ask_json(c, "POST", "/v1/backup", o);
	if (rc == CLI_DONE && !cli_json(c))
		say(WORD_COPIED, WORDS_LIST(a->v[0]));
	return rc;
}
