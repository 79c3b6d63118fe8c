/* callback: ask, list, show, next, result, cancel, link. */
#include "cli/verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const struct option callback_ask_options[] = {
	{ "to", "NUMBER", true },        { "queue", "NAME", false },
	{ "skill", "NAME", false },      { "hours", "HH:MM-HH:MM", false },
	{ "not-before", "TIME", false }, { "ref", "TEXT", false },
	{ "note", "TEXT", false },       { NULL, NULL, false },
};

const struct option callback_list_options[] = {
	{ "state", "STATE", false }, { "to", "NUMBER", false },
	{ "limit", "N", false },     { "cursor", "CURSOR", false },
	{ NULL, NULL, false },
};

const struct option callback_agent_options[] = {
	{ "agent", "NAME", false },
	{ NULL, NULL, false },
};

const struct option callback_cancel_options[] = {
	{ "by-customer", NULL, false },
	{ NULL, NULL, false },
};

const struct option callback_link_options[] = {
	{ "to", "NUMBER", true },
	{ "queue", "NAME", false },
	{ NULL, NULL, false },
};

/* A body of the options that were given: "not-before" is not_before. */
static json_t *body_of(const struct args *a, const struct option *options)
{
	json_t *o = json_object();

	for (unsigned i = 0; options[i].name != NULL; i++) {
		const char *v = args_get(a, options[i].name);
		char name[32];

		if (v == NULL)
			continue;
		must(str_copy(name, sizeof(name), str_of(options[i].name)) ==
		     0);
		for (char *p = name; *p != '\0'; p++)
			if (*p == '-')
				*p = '_';
		json_object_set_new(o, name,
				    options[i].value == NULL ? json_true()
							     : json_string(v));
	}
	return o;
}

/* Takes o over. id NULL: none in the path. */
static int post(struct cli *c, const char *id, const char *tail, json_t *o)
{
	AUTO(buf_done) struct buf path = { 0 };
	buf_init(&path, 4096);
	buf_z(&path, "/v1/callbacks");
	if (id != NULL) {
		buf_c(&path, '/');
		path_part(&path, id);
	}
	buf_z(&path, tail);
	int rc = cli_ask_json(c, "POST", path.p, o);
	return rc;
}

static void print_one(const json_t *o)
{
	static const char *const names[] = {
		"id",    "to",    "state", "reason", "queue", "source",  "tier",
		"agent", "tries", "due",   "ref",    "note",  "created",
	};
	static const enum word labels[] = {
		WORD_ID,     WORD_TO,   WORD_STATE,   WORD_REASON, WORD_QUEUE,
		WORD_SOURCE, WORD_TIER, WORD_SEAT,    WORD_TRIES,  WORD_DUE,
		WORD_REF,    WORD_NOTE, WORD_CREATED,
	};

	print_members(o, names, labels, ARRAY_LEN(names));
}

int verb_callback_ask(struct cli *c, const struct args *a)
{
	int rc = post(c, NULL, "", body_of(a, callback_ask_options));

	if (rc == CLI_DONE && !cli_json(c))
		print_one(c->answer);
	return rc;
}

int verb_callback_list(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "id",    "to",    "state",
					       "queue", "agent", "tries",
					       "due" };
	static const enum word columns[] = { WORD_ID,    WORD_TO,   WORD_STATE,
					     WORD_QUEUE, WORD_SEAT, WORD_TRIES,
					     WORD_DUE };
	int rc = cli_get(c, a, "/v1/callbacks");

	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "callbacks", members, columns,
			   ARRAY_LEN(members));
	return rc;
}

int verb_callback_show(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/callbacks/");
	path_part(&path, a->v[0]);
	int rc = cli_ask(c, "GET", path.p, NULL);

	if (rc == CLI_DONE && !cli_json(c))
		print_one(c->answer);
	return rc;
}

int verb_callback_next(struct cli *c, const struct args *a)
{
	int rc = post(c, NULL, "/next", body_of(a, callback_agent_options));
	const json_t *x;

	if (rc != CLI_DONE || cli_json(c))
		return rc;
	x = json_object_get(c->answer, "callback");
	if (json_is_object(x))
		print_one(x);
	else
		say(WORD_NONE, NULL, 0);
	return rc;
}

int verb_callback_result(struct cli *c, const struct args *a)
{
	json_t *o = body_of(a, callback_agent_options);

	json_object_set_new(o, "result", json_string(a->v[1]));
	int rc = post(c, a->v[0], "/result", o);

	if (rc == CLI_DONE && !cli_json(c))
		print_one(c->answer);
	return rc;
}

int verb_callback_cancel(struct cli *c, const struct args *a)
{
	int rc = post(c, a->v[0], "/cancel",
		      body_of(a, callback_cancel_options));

	if (rc == CLI_DONE && !cli_json(c))
		print_one(c->answer);
	return rc;
}

int verb_callback_link(struct cli *c, const struct args *a)
{
	int rc = post(c, NULL, "/links", body_of(a, callback_link_options));

	if (rc == CLI_DONE && !cli_json(c))
		puts(text_of(c->answer, "path"));
	return rc;
}
