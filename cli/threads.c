/* thread: who wrote, all of one conversation, a word to them, and over to the
 * phone. */
#include "cli/verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const struct option thread_list_options[] = {
	{ "limit", "N", false },
	{ "cursor", "CURSOR", false },
	{ NULL, NULL, false },
};

const struct option thread_show_options[] = {
	{ "limit", "N", false },
	{ "cursor", "CURSOR", false },
	{ NULL, NULL, false },
};

const struct option thread_reply_options[] = {
	{ "text", "TEXT", false },    { "template", "ID", false },
	{ "lang", "LANG", false },    { "vars", "JSON", false },
	{ "channel", "NAME", false }, { NULL, NULL, false },
};

const struct option thread_hand_over_options[] = {
	{ "queue", "NAME", false },      { "skill", "NAME", false },
	{ "note", "TEXT", false },       { "hours", "HH:MM-HH:MM", false },
	{ "not-before", "TIME", false }, { NULL, NULL, false },
};

/* Is the writer of row i one whom a newer row names? A masked number may be
 * anybody's: such rows all stay. */
static bool seen_before(const json_t *rows, size_t i)
{
	const char *from = json_string_value(
		json_object_get(json_array_get(rows, i), "from"));

	if (from == NULL || strchr(from, '*') != NULL)
		return false;
	for (size_t k = 0; k < i; k++) {
		const char *other = json_string_value(
			json_object_get(json_array_get(rows, k), "from"));

		if (other != NULL && strcmp(from, other) == 0)
			return true;
	}
	return false;
}

/* Each writer once, with what they wrote last. */
static json_t *newest_of_each(const json_t *rows)
{
	json_t *out = json_array();

	for (size_t i = 0; i < json_array_size(rows); i++)
		if (!seen_before(rows, i))
			json_array_append(out, json_array_get(rows, i));
	return out;
}

int verb_thread_list(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "from", "at", "channel", "claim",
					       "text" };
	static const enum word columns[] = { WORD_FROM, WORD_AT, WORD_CHANNEL,
					     WORD_CLAIM, WORD_TEXT };
	int rc = cli_get(c, a, "/v1/inbox");

	if (rc != CLI_DONE || cli_json(c))
		return rc;
	json_t *each = newest_of_each(json_object_get(c->answer, "inbox"));

	print_list(each, members, columns, ARRAY_LEN(members));
	json_decref(each);
	return rc;
}

#define THREADS "/v1/threads/"
#define INBOX "/v1/inbox/"

static void put_path(struct buf *path, const char *head, const char *which,
		     const char *tail)
{
	buf_init(path, 4096);
	buf_z(path, head);
	path_part(path, which);
	buf_z(path, tail);
}

/* What went out has its time as `created`. */
static void set_times(json_t *rows)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		json_t *at = json_object_get(row, "created");

		if (at != NULL && json_object_get(row, "at") == NULL)
			json_object_set(row, "at", at);
	}
}

static int show(struct cli *c, const struct args *a, const char *head,
		const char *tail)
{
	static const char *const members[] = { "id",      "direction", "at",
					       "channel", "state",     "text" };
	static const enum word columns[] = { WORD_ID,    WORD_DIRECTION,
					     WORD_AT,    WORD_CHANNEL,
					     WORD_STATE, WORD_TEXT };
	AUTO(buf_done) struct buf path = { 0 };

	put_path(&path, head, a->v[0], tail);
	int rc = cli_get(c, a, path.p);

	if (rc != CLI_DONE || cli_json(c))
		return rc;
	set_times(json_object_get(c->answer, "thread"));
	print_page(c, "thread", members, columns, ARRAY_LEN(members));
	return rc;
}

int verb_thread_show(struct cli *c, const struct args *a)
{
	return show(c, a, THREADS, "");
}

int verb_inbox_show(struct cli *c, const struct args *a)
{
	return show(c, a, INBOX, "/thread");
}

/* Takes o over. */
static int post(struct cli *c, const char *head, const char *which,
		const char *tail, json_t *o)
{
	AUTO(buf_done) struct buf path = { 0 };
	put_path(&path, head, which, tail);
	int rc = cli_ask_json(c, "POST", path.p, o);
	return rc;
}

/* name NULL: the option's. */
static void put(json_t *o, const struct args *a, const char *option,
		const char *name)
{
	const char *v = args_get(a, option);

	if (v != NULL)
		json_object_set_new(o, name == NULL ? option : name,
				    json_string(v));
}

static int reply(struct cli *c, const struct args *a, const char *head)
{
	static const char *const members[] = { "id", "verdict", "reason",
					       "not_before", "case" };
	static const enum word labels[] = { WORD_ID, WORD_VERDICT, WORD_REASON,
					    WORD_NOT_BEFORE, WORD_CASE };
	const char *vars = args_get(a, "vars");
	json_t *o = json_object();

	put(o, a, "text", NULL);
	put(o, a, "template", NULL);
	put(o, a, "lang", NULL);
	put(o, a, "channel", NULL);
	if (vars != NULL) {
		json_t *v = json_loads(vars, 0, NULL);

		if (v == NULL) {
			say_error(WORD_BAD_JSON, WORDS_LIST("vars"));
			json_decref(o);
			return CLI_USAGE;
		}
		json_object_set_new(o, "vars", v);
	}
	int rc = post(c, head, a->v[0], "/reply", o);

	if (rc != CLI_DONE)
		return rc;
	if (!cli_json(c))
		print_members(c->answer, members, labels, ARRAY_LEN(members));
	return strcmp(text_of(c->answer, "verdict"), "deny") == 0 ? CLI_FAILED
								  : CLI_DONE;
}

int verb_thread_reply(struct cli *c, const struct args *a)
{
	return reply(c, a, THREADS);
}

int verb_inbox_reply(struct cli *c, const struct args *a)
{
	return reply(c, a, INBOX);
}

int verb_inbox_take(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "id", "until" };
	static const enum word labels[] = { WORD_ID, WORD_UNTIL };
	int rc = post(c, INBOX, a->v[0], "/take", NULL);

	if (rc == CLI_DONE && !cli_json(c))
		print_members(c->answer, members, labels, ARRAY_LEN(members));
	return rc;
}

int verb_inbox_done(struct cli *c, const struct args *a)
{
	int rc = post(c, INBOX, a->v[0], "/done", NULL);

	if (rc == CLI_DONE && !cli_json(c))
		printf("%s: %s\n", word(WORD_ID), text_of(c->answer, "id"));
	return rc;
}

const struct option inbox_list_options[] = {
	{ "waiting", NULL, false }, { "from", "ADDRESS", false },
	{ "limit", "N", false },    { "cursor", "CURSOR", false },
	{ NULL, NULL, false },
};

int verb_inbox_list(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "id",      "from",  "at",
					       "channel", "claim", "text" };
	static const enum word columns[] = {
		WORD_ID, WORD_FROM, WORD_AT, WORD_CHANNEL, WORD_CLAIM, WORD_TEXT
	};
	int rc = cli_get(c, a, "/v1/inbox");

	if (rc == CLI_DONE && !cli_json(c))
		print_list(json_object_get(c->answer, "inbox"), members,
			   columns, ARRAY_LEN(members));
	return rc;
}

static int hand_over(struct cli *c, const struct args *a, const char *head)
{
	static const char *const members[] = { "callback", "state", "reason",
					       "joined", "case" };
	static const enum word labels[] = { WORD_CALLBACK, WORD_STATE,
					    WORD_REASON, WORD_JOINED,
					    WORD_CASE };
	json_t *o = json_object();

	put(o, a, "queue", NULL);
	put(o, a, "skill", NULL);
	put(o, a, "note", NULL);
	put(o, a, "hours", NULL);
	put(o, a, "not-before", "not_before");
	int rc = post(c, head, a->v[0], "/hand-over", o);

	if (rc == CLI_DONE && !cli_json(c))
		print_members(c->answer, members, labels, ARRAY_LEN(members));
	return rc;
}

int verb_thread_hand_over(struct cli *c, const struct args *a)
{
	return hand_over(c, a, THREADS);
}

int verb_inbox_hand_over(struct cli *c, const struct args *a)
{
	return hand_over(c, a, INBOX);
}
