/* send, messages, check, route explain. */
#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/table.h"

#define TEXT_MAX 65536

const struct option send_options[] = {
	{ "to", "ADDRESS", true },
	{ "class", "NAME", false },
	{ "text", "TEXT|-", false },
	{ "template", "ID", false },
	{ "template-version", "N", false },
	{ "vars", "JSON", false },
	{ "lang", "TAG", false },
	{ "from", "SENDER", false },
	{ "channel", "KIND", false },
	{ "at", "TIME", false },
	{ "until", "TIME", false },
	{ "priority", "0-9", false },
	{ "idempotency-key", "KEY", false },
	{ "campaign", "NAME", false },
	{ "thread", "NAME", false },
	{ "metadata", "JSON", false },
	{ "exclusion", "GROUP", false },
	{ "brand", "NAME", false },
	{ NULL, NULL, false },
};

const struct option ask_options[] = {
	{ "to", "ADDRESS", true },     { "class", "NAME", true },
	{ "text", "TEXT|-", false },   { "from", "SENDER", false },
	{ "channel", "KIND", false },  { "at", "TIME", false },
	{ "campaign", "NAME", false }, { "exclusion", "GROUP", false },
	{ "brand", "NAME", false },    { NULL, NULL, false },
};

const struct option list_options[] = {
	{ "state", "STATE", false }, { "class", "NAME", false },
	{ "to", "ADDRESS", false },  { "campaign", "NAME", false },
	{ "since", "TIME", false },  { "limit", "N", false },
	{ "cursor", "ID", false },   { NULL, NULL, false },
};

/* ---- bodies -------------------------------------------------------------------*/

static void put(json_t *o, const char *name, const char *value)
{
	if (value != NULL)
		json_object_set_new(o, name, json_string(value));
}

/* TEXT, or what stdin says for "-"; without its last line end. */
static char *text_arg(const struct args *a)
{
	const char *text = args_get(a, "text");

	if (text == NULL) /* who asks only need not say what */
		return a->options == ask_options ? str_dup("x") : NULL;
	if (strcmp(text, "-") != 0)
		return str_dup(text);
	char *room = mem_alloc(TEXT_MAX + 1);
	size_t n = fread(room, 1, TEXT_MAX, stdin);
	if (n > 0 && room[n - 1] == '\n')
		n--;
	room[n] = '\0';
	return room;
}

/* A number, or what was said: then the node says what is wrong. */
static void put_number(json_t *o, const char *name, const char *value)
{
	uint64_t n = 0;

	if (value != NULL && str_u64(str_of(value), INT32_MAX, &n) == 0)
		json_object_set_new(o, name, json_integer((int)n));
	else
		put(o, name, value);
}

static int put_json(json_t *o, const char *name, const char *value)
{
	json_t *v = value == NULL ? NULL : json_loads(value, 0, NULL);

	if (v != NULL)
		json_object_set_new(o, name, v);
	if (value == NULL || v != NULL)
		return CLI_DONE;
	say_error(WORD_BAD_JSON, WORDS_LIST(name));
	return CLI_USAGE;
}

static int body_make(const struct args *a, char **out)
{
	AUTO(mem_clear) char *text = text_arg(a);
	json_t *o = json_object();

	put(o, "to", args_get(a, "to"));
	put(o, "class", args_get(a, "class"));
	put(o, "text", text);
	put(o, "template", args_get(a, "template"));
	put_number(o, "template_version", args_get(a, "template-version"));
	put(o, "lang", args_get(a, "lang"));
	put(o, "from", args_get(a, "from"));
	put(o, "channel", args_get(a, "channel"));
	put(o, "send_at", args_get(a, "at"));
	put(o, "valid_until", args_get(a, "until"));
	put(o, "idempotency_key", args_get(a, "idempotency-key"));
	put(o, "campaign", args_get(a, "campaign"));
	put(o, "thread", args_get(a, "thread"));
	put(o, "exclusion_group", args_get(a, "exclusion"));
	put(o, "business_line", args_get(a, "brand"));
	put_number(o, "priority", args_get(a, "priority"));
	int rc = put_json(o, "vars", args_get(a, "vars"));
	if (rc == CLI_DONE)
		rc = put_json(o, "metadata", args_get(a, "metadata"));
	if (rc == CLI_DONE)
		*out = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	must(rc != CLI_DONE || *out != NULL);
	return rc;
}

static int post_message(struct cli *c, const struct args *a, const char *path)
{
	char *body = NULL;
	int rc = body_make(a, &body);

	if (rc != CLI_DONE)
		return rc;
	rc = cli_ask(c, "POST", path, body);
	free(body);
	return rc;
}

/* ---- send and ask ---------------------------------------------------------------*/

static const char *const verdict_names[] = { "verdict",      "reason",
					     "not_before",   "parts",
					     "rule_version", "packs",
					     "local_time",   "zone" };
static const enum word verdict_words[] = { WORD_VERDICT,    WORD_REASON,
					   WORD_NOT_BEFORE, WORD_PARTS,
					   WORD_RULES,      WORD_PACKS,
					   WORD_LOCAL_TIME, WORD_ZONE };

static bool denied(const json_t *o)
{
	return strcmp(text_of(o, "verdict"), "deny") == 0;
}

int verb_send(struct cli *c, const struct args *a)
{
	int rc = post_message(c, a, "/v1/messages");

	if (rc != CLI_DONE)
		return rc;
	if (!cli_json(c)) {
		say(WORD_SENT_ONE, WORDS_LIST(text_of(c->answer, "id"),
					      text_of(c->answer, "state"),
					      text_of(c->answer, "verdict")));
		print_members(c->answer, verdict_names + 1, verdict_words + 1,
			      3);
	}
	return denied(c->answer) ? CLI_FAILED : CLI_DONE;
}

static void print_rules(const json_t *o)
{
	static const char *const members[] = { "rule", "verdict", "reason",
					       "by", "detail" };
	static const enum word columns[] = { WORD_RULE, WORD_VERDICT,
					     WORD_REASON, WORD_BY,
					     WORD_COMPARED };

	putchar('\n');
	print_list(json_object_get(o, "rules"), members, columns,
		   ARRAY_LEN(members));
}

int verb_check(struct cli *c, const struct args *a)
{
	int rc = post_message(c, a, "/v1/messages/check");

	if (rc != CLI_DONE)
		return rc;
	if (!cli_json(c)) {
		print_members(c->answer, verdict_names, verdict_words,
			      ARRAY_LEN(verdict_names));
		print_rules(c->answer);
	}
	return denied(c->answer) ? CLI_FAILED : CLI_DONE;
}

static void print_route(const json_t *o)
{
	static const char *const names[] = { "pool", "strategy" };
	static const enum word labels[] = { WORD_POOL, WORD_STRATEGY };
	static const char *const members[] = { "name", "chosen", "why" };
	static const enum word rules[] = { WORD_RULE, WORD_CHOSEN, WORD_WHY };
	static const enum word links[] = { WORD_LINK, WORD_CHOSEN, WORD_WHY };

	print_members(o, names, labels, ARRAY_LEN(names));
	print_list(json_object_get(o, "rules"), members, rules, 3);
	print_list(json_object_get(o, "links"), members, links, 3);
}

int verb_route_explain(struct cli *c, const struct args *a)
{
	int rc = post_message(c, a, "/v1/route/explain");

	if (rc != CLI_DONE || cli_json(c))
		return rc;
	print_route(c->answer);
	return CLI_DONE;
}

/* ---- look ------------------------------------------------------------------------*/

int verb_messages_list(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "id",      "state",   "to",
					       "class",   "channel", "link",
					       "updated", "reason" };
	static const enum word columns[] = { WORD_ID,      WORD_STATE,
					     WORD_TO,      WORD_CLASS,
					     WORD_CHANNEL, WORD_LINK,
					     WORD_UPDATED, WORD_REASON };
	int rc = cli_get(c, a, "/v1/messages");

	if (rc != CLI_DONE || cli_json(c))
		return rc;
	print_page(c, "messages", members, columns, ARRAY_LEN(members));
	return CLI_DONE;
}

static void print_history(const json_t *message)
{
	static const char *const members[] = { "at",     "event",  "state",
					       "link",   "reason", "attempt",
					       "peer_id" };
	static const enum word columns[] = { WORD_AT,     WORD_EVENT,
					     WORD_STATE,  WORD_LINK,
					     WORD_REASON, WORD_ATTEMPT,
					     WORD_PEER_ID };

	printf("\n%s\n", word(WORD_HISTORY));
	print_list(json_object_get(message, "history"), members, columns,
		   ARRAY_LEN(members));
}

int verb_messages_show(struct cli *c, const struct args *a)
{
	static const char *const names[] = { "id",    "state",   "to",
					     "from",  "class",   "channel",
					     "link",  "reason",  "text",
					     "parts", "created", "updated" };
	static const enum word labels[] = {
		WORD_ID,    WORD_STATE,   WORD_TO,      WORD_FROM,
		WORD_CLASS, WORD_CHANNEL, WORD_LINK,    WORD_REASON,
		WORD_TEXT,  WORD_PARTS,   WORD_CREATED, WORD_UPDATED
	};
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/messages/");
	path_part(&path, a->v[0]);
	int rc = cli_ask(c, "GET", path.p, NULL);
	if (rc != CLI_DONE || cli_json(c))
		return rc;
	print_members(c->answer, names, labels, ARRAY_LEN(names));
	print_members(json_object_get(c->answer, "decision"), verdict_names,
		      verdict_words, ARRAY_LEN(verdict_names));
	print_history(c->answer);
	const json_t *route = json_object_get(c->answer, "route");
	if (route != NULL) {
		putchar('\n');
		print_route(route);
	}
	return CLI_DONE;
}

int verb_messages_cancel(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/messages/");
	path_part(&path, a->v[0]);
	buf_z(&path, "/cancel");
	int rc = cli_ask(c, "POST", path.p, NULL);
	if (rc == CLI_DONE && !cli_json(c))
		say(WORD_CANCELLED, WORDS_LIST(a->v[0]));
	return rc;
}
