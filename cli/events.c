/* event: post, list, types; reminder: list, called, cancel. */
#include "cli/verbs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const struct option event_post_options[] = {
	{ "id", "ID", true },       { "type", "TYPE", true },
	{ "to", "NUMBER", false },  { "account", "NAME", false },
	{ "lang", "zh|en", false }, { "time", "TIME", false },
	{ "data", "JSON", false },  { NULL, NULL, false },
};

const struct option event_list_options[] = {
	{ "type", "TYPE", false }, { "state", "STATE", false },
	{ "limit", "N", false },   { "cursor", "CURSOR", false },
	{ NULL, NULL, false },
};

const struct option reminder_list_options[] = {
	{ "state", "STATE", false },
	{ "limit", "N", false },
	{ "cursor", "CURSOR", false },
	{ NULL, NULL, false },
};

int verb_event_post(struct cli *c, const struct args *a)
{
	static const char *const names[] = { "id",      "type", "to",
					     "account", "lang", "time" };
	const char *data = args_get(a, "data");
	json_t *o = json_object(), *object;

	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		const char *v = args_get(a, names[i]);

		if (v != NULL)
			json_object_set_new(o, names[i], json_string(v));
	}
	if (data != NULL) {
		object = json_loads(data, 0, NULL);
		if (object == NULL) {
			json_decref(o);
			say_error(WORD_BAD_JSON, WORDS_LIST("data"));
			return CLI_USAGE;
		}
		json_object_set_new(o, "data", object);
	}
	int rc = cli_ask_json(c, "POST", "/v1/events", o);
	if (rc != CLI_DONE || cli_json(c))
		return rc;
	printf("%s: %s\n", word(WORD_STATE), text_of(c->answer, "state"));
	if (json_object_get(c->answer, "decision") != NULL)
		printf("%s: %s\n", word(WORD_VERDICT),
		       text_of(c->answer, "decision"));
	if (text_of(c->answer, "reason")[0] != '\0')
		printf("%s: %s\n", word(WORD_REASON),
		       text_of(c->answer, "reason"));
	return CLI_DONE;
}

int verb_event_import(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "line", "reason" };
	static const enum word columns[] = { WORD_LINE, WORD_REASON };
	char *text = file_text(a->v[0]);

	if (text == NULL) {
		say_error(WORD_CANNOT_READ,
			  WORDS_LIST(a->v[0], strerror(errno)));
		return CLI_FAILED;
	}
	int rc = cli_ask(c, "POST", "/v1/events/csv", text);

	mem_free(text);
	if (rc != CLI_DONE || cli_json(c))
		return rc;
	say(WORD_EVENTS_IMPORTED, WORDS_LIST(text_of(c->answer, "taken"),
					     text_of(c->answer, "repeated"),
					     text_of(c->answer, "failed")));
	print_page(c, "rows", members, columns, ARRAY_LEN(members));
	return json_array_size(json_object_get(c->answer, "rows")) == 0
		       ? CLI_DONE
		       : CLI_FAILED;
}

/* What an event says, or the names of its fields, as one text. */
static void data_flatten(json_t *event)
{
	const json_t *data = json_object_get(event, "data");

	if (data == NULL)
		data = json_object_get(event, "fields");
	char *text = data == NULL ? NULL : json_dumps(data, JSON_COMPACT);

	if (text != NULL)
		json_object_set_new(event, "data", json_string(text));
	free(text);
}

int verb_event_list(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "at",    "type",   "id",
					       "state", "reason", "messages",
					       "data",  "account" };
	static const enum word columns[] = { WORD_AT,         WORD_TYPE,
					     WORD_ID,         WORD_STATE,
					     WORD_REASON,     WORD_MESSAGES,
					     WORD_EVENT_DATA, WORD_ACCOUNT };
	int rc = cli_get(c, a, "/v1/events");

	if (rc != CLI_DONE || cli_json(c))
		return rc;
	const json_t *all = json_object_get(c->answer, "events");

	for (size_t i = 0; i < json_array_size(all); i++)
		data_flatten(json_array_get(all, i));
	print_page(c, "events", members, columns, ARRAY_LEN(members));
	return rc;
}

int verb_event_types(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "type", "seen", "without_rule" };
	static const enum word columns[] = { WORD_TYPE, WORD_COUNT,
					     WORD_WITHOUT_RULE };
	int rc = cli_ask(c, "GET", "/v1/events/types", NULL);

	(void)a;
	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "types", members, columns, ARRAY_LEN(members));
	return rc;
}

int verb_reminder_list(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "id",      "trigger",  "to",
					       "account", "state",    "reason",
					       "due",     "delivered" };
	static const enum word columns[] = { WORD_ID,    WORD_TRIGGER,
					     WORD_TO,    WORD_ACCOUNT,
					     WORD_STATE, WORD_REASON,
					     WORD_DUE,   WORD_DELIVERED };
	int rc = cli_get(c, a, "/v1/reminders");

	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "reminders", members, columns,
			   ARRAY_LEN(members));
	return rc;
}

static int act_on(struct cli *c, const char *id, const char *act, json_t *body)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/reminders/");
	path_part(&path, id);
	buf_z(&path, act);
	int rc = body == NULL ? cli_ask(c, "POST", path.p, NULL)
			      : cli_ask_json(c, "POST", path.p, body);

	if (rc == CLI_DONE && !cli_json(c))
		printf("%s: %s\n", word(WORD_STATE),
		       text_of(c->answer, "state"));
	return rc;
}

int verb_reminder_called(struct cli *c, const struct args *a)
{
	return act_on(c, a->v[0], "/called", NULL);
}

int verb_reminder_cancel(struct cli *c, const struct args *a)
{
	json_t *body = json_object();

	json_object_set_new(body, "reason", json_string(a->v[1]));
	return act_on(c, a->v[0], "/cancel", body);
}
