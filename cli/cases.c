/* case: list, show, open, and what is done to one. */
#include "cli/verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const struct option case_list_options[] = {
	{ "state", "STATE", false },   { "kind", "KIND", false },
	{ "owner", "NAME", false },    { "to", "NUMBER", false },
	{ "overdue", NULL, false },    { "limit", "N", false },
	{ "cursor", "CURSOR", false }, { NULL, NULL, false },
};

const struct option case_open_options[] = {
	{ "kind", "KIND", true },   { "to", "NUMBER", true },
	{ "text", "TEXT", false },  { "owner", "NAME", false },
	{ "topic", "WORD", false }, { "account", "NAME", false },
	{ "ref", "TEXT", false },   { "campaign", "ID", false },
	{ "lang", "zh|en", false }, { "receipt", NULL, false },
	{ NULL, NULL, false },
};

const struct option case_act_options[] = {
	{ "text", "TEXT", false },      { "owner", "NAME", false },
	{ "amount-fen", "FEN", false }, { "verdict", "VERDICT", false },
	{ "cause", "CAUSE", false },    { "outcome", "TEXT", false },
	{ "no-outcome", "WHY", false }, { "solved", NULL, false },
	{ "match", "VERSION", false },  { NULL, NULL, false },
};

int verb_case_list(struct cli *c, const struct args *a)
{
	static const char *const members[] = {
		"id", "kind", "state", "owner", "to", "first_reply_due", "topic"
	};
	static const enum word columns[] = { WORD_ID,    WORD_KIND,
					     WORD_STATE, WORD_CASE_OWNER,
					     WORD_TO,    WORD_FIRST_REPLY_DUE,
					     WORD_TOPIC };
	int rc = cli_get(c, a, "/v1/cases");

	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "cases", members, columns, ARRAY_LEN(members));
	return rc;
}

static void print_case(const struct cli *c)
{
	static const char *const members[] = {
		"id",    "kind",  "state",   "owner",           "to",
		"topic", "cause", "verdict", "first_reply_due", "version"
	};
	static const enum word labels[] = {
		WORD_ID,         WORD_KIND,    WORD_STATE,
		WORD_CASE_OWNER, WORD_TO,      WORD_TOPIC,
		WORD_CAUSE,      WORD_VERDICT, WORD_FIRST_REPLY_DUE,
		WORD_VERSION
	};

	print_members(c->answer, members, labels, ARRAY_LEN(members));
}

static void put_path(struct buf *path, const char *id, const char *act)
{
	buf_init(path, 4096);
	buf_z(path, "/v1/cases/");
	path_part(path, id);
	if (act != NULL)
		buf_f(path, "/%s", act);
}

int verb_case_show(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "at", "action", "by", "what" };
	static const enum word columns[] = { WORD_AT, WORD_ACTION, WORD_CASE_BY,
					     WORD_WHAT };
	AUTO(buf_done) struct buf path = { 0 };

	put_path(&path, a->v[0], NULL);
	int rc = cli_ask(c, "GET", path.p, NULL);

	if (rc != CLI_DONE || cli_json(c))
		return rc;
	print_case(c);
	print_page(c, "history", members, columns, ARRAY_LEN(members));
	return rc;
}

/* The options that were given, as members: "no-outcome" is no_outcome. */
static json_t *body_of(const struct args *a, const struct option *options)
{
	json_t *o = json_object();

	for (unsigned i = 0; options[i].name != NULL; i++) {
		const char *v = args_get(a, options[i].name);
		char name[32];

		if (v == NULL || strcmp(options[i].name, "match") == 0)
			continue;
		IGNORE(str_copy(name, sizeof(name), str_of(options[i].name)));
		for (char *p = name; *p != '\0'; p++)
			*p = *p == '-' ? '_' : *p;
		if (options[i].value == NULL)
			json_object_set_new(o, name, json_true());
		else if (strcmp(name, "amount_fen") == 0)
			json_object_set_new(o, name,
					    json_integer(strtoll(v, NULL, 10)));
		else
			json_object_set_new(o, name, json_string(v));
	}
	return o;
}

static int post(struct cli *c, const char *path, json_t *o)
{
	int rc = cli_ask_json(c, "POST", path, o);
	if (rc == CLI_DONE && !cli_json(c))
		print_case(c);
	return rc;
}

int verb_case_open(struct cli *c, const struct args *a)
{
	return post(c, "/v1/cases", body_of(a, case_open_options));
}

int verb_case_do(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };

	put_path(&path, a->v[1], a->v[0]);
	c->match = args_get(a, "match");
	return post(c, path.p, body_of(a, case_act_options));
}
