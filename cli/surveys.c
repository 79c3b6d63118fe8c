/* survey: put, list, show, parse, ask, results, sessions. */
#include "cli/verbs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const struct option survey_parse_options[] = {
	{ "question", "ID", false },
	{ NULL, NULL, false },
};

const struct option survey_ask_options[] = {
	{ "to", "NUMBER", true },     { "lang", "zh|en", false },
	{ "ref", "TEXT", false },     { "channel", "KIND", false },
	{ "send-at", "TIME", false }, { "idempotency-key", "KEY", false },
	{ NULL, NULL, false },
};

const struct option survey_sessions_options[] = {
	{ "state", "STATE", false },
	{ "limit", "N", false },
	{ "cursor", "CURSOR", false },
	{ NULL, NULL, false },
};

const struct option survey_results_options[] = {
	{ "format", "json|csv", false },
	{ "branch", "NAME", false },
	{ "out", "FILE", false },
	{ NULL, NULL, false },
};

static void put_path(struct buf *path, const char *id, const char *tail)
{
	buf_init(path, 4096);
	buf_z(path, "/v1/surveys/");
	path_part(path, id);
	buf_z(path, tail);
}

int verb_survey_put(struct cli *c, const struct args *a)
{
	char *text = file_text(a->v[0]);

	if (text == NULL) {
		say_error(WORD_CANNOT_READ,
			  WORDS_LIST(a->v[0], strerror(errno)));
		return CLI_FAILED;
	}
	int rc = cli_ask(c, "POST", "/v1/surveys", text);

	mem_free(text);
	if (rc == CLI_DONE && !cli_json(c))
		say(WORD_SURVEY_PUT, WORDS_LIST(text_of(c->answer, "id"),
						text_of(c->answer, "version")));
	return rc;
}

int verb_survey_list(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "id", "version", "name",
					       "questions" };
	static const enum word columns[] = { WORD_ID, WORD_VERSION, WORD_NAME,
					     WORD_QUESTIONS };
	int rc = cli_ask(c, "GET", "/v1/surveys", NULL);

	(void)a;
	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "surveys", members, columns, ARRAY_LEN(members));
	return rc;
}

int verb_survey_show(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };

	put_path(&path, a->v[0], "");
	int rc = cli_ask(c, "GET", path.p, NULL);

	if (rc != CLI_DONE || cli_json(c))
		return rc;
	char *text = json_dumps(json_object_get(c->answer, "definition"),
				JSON_INDENT(2));

	if (text != NULL)
		puts(text);
	free(text);
	return CLI_DONE;
}

static int post(struct cli *c, const char *id, const char *tail, json_t *o)
{
	AUTO(buf_done) struct buf path = { 0 };
	put_path(&path, id, tail);
	int rc = cli_ask_json(c, "POST", path.p, o);
	return rc;
}

static void print_member(enum word label, const json_t *o, const char *member)
{
	const char *v = text_of(o, member);

	if (v[0] != '\0')
		printf("%s: %s\n", word(label), v);
}

int verb_survey_parse(struct cli *c, const struct args *a)
{
	const char *question = args_get(a, "question");
	json_t *o = json_object();

	json_object_set_new(o, "text", json_string(a->v[1]));
	if (question != NULL)
		json_object_set_new(o, "question", json_string(question));
	int rc = post(c, a->v[0], "/parse", o);

	if (rc != CLI_DONE || cli_json(c))
		return rc;
	print_member(WORD_VERDICT, c->answer, "verdict");
	print_member(WORD_TOKEN, c->answer, "token");
	print_member(WORD_SCORE, c->answer, "score");
	print_member(WORD_LABEL, c->answer,
		     words_zh() ? "label_zh" : "label_en");
	print_member(WORD_COMMENT, c->answer, "comment");
	print_member(WORD_TRACE, c->answer, "trace");
	return CLI_DONE;
}

int verb_survey_ask(struct cli *c, const struct args *a)
{
	static const struct {
		const char *option, *field;
	} fields[] = {
		{ "to", "to" },
		{ "lang", "lang" },
		{ "ref", "ref" },
		{ "channel", "channel" },
		{ "send-at", "send_at" },
		{ "idempotency-key", "idempotency_key" },
	};
	json_t *o = json_object();

	for (unsigned i = 0; i < ARRAY_LEN(fields); i++) {
		const char *v = args_get(a, fields[i].option);

		if (v != NULL)
			json_object_set_new(o, fields[i].field, json_string(v));
	}
	int rc = post(c, a->v[0], "/sessions", o);

	if (rc != CLI_DONE || cli_json(c))
		return rc;
	print_member(WORD_SESSION, c->answer, "session");
	print_member(WORD_VERDICT, c->answer, "verdict");
	print_member(WORD_REASON, c->answer, "reason");
	return CLI_DONE;
}

int verb_survey_sessions(struct cli *c, const struct args *a)
{
	static const char *const members[] = {
		"session", "to", "state", "answered", "created", "reason"
	};
	static const enum word columns[] = { WORD_SESSION, WORD_TO,
					     WORD_STATE,   WORD_ANSWERED,
					     WORD_CREATED, WORD_REASON };
	AUTO(buf_done) struct buf path = { 0 };

	put_path(&path, a->v[0], "/sessions");
	int rc = cli_get(c, a, path.p);

	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "sessions", members, columns, ARRAY_LEN(members));
	return rc;
}

/* How it was answered on each channel, if there is more than one. */
static void print_channels(const json_t *q)
{
	const char *kind = text_of(q, "kind");
	json_t *channels = json_object_get(q, "channels"), *c;
	size_t i;

	if (json_array_size(channels) < 2)
		return;
	json_array_foreach(channels, i, c)
	{
		printf("%s %s: n = %s%s", word(WORD_CHANNEL),
		       text_of(c, "channel"), text_of(c, "n"),
		       json_is_true(json_object_get(c, "low_n")) ? " *" : "");
		if (json_object_get(c, kind) != NULL)
			printf(", %s = %s [%s, %s]", kind, text_of(c, kind),
			       text_of(json_object_get(c, "interval"), "low"),
			       text_of(json_object_get(c, "interval"), "high"));
		putchar('\n');
	}
}

static void print_question(const json_t *q)
{
	static const char *const members[] = { "token", "n", "percent", "low",
					       "high" };
	static const enum word columns[] = { WORD_TOKEN, WORD_COUNT,
					     WORD_PERCENT, WORD_LOW,
					     WORD_HIGH };
	const char *kind = text_of(q, "kind");

	printf("\n%s (%s), n = %s%s\n", text_of(q, "question"), kind,
	       text_of(q, "n"),
	       json_is_true(json_object_get(q, "low_n")) ? " *" : "");
	if (json_object_get(q, kind) != NULL)
		printf("%s = %s [%s, %s]\n", kind, text_of(q, kind),
		       text_of(json_object_get(q, "interval"), "low"),
		       text_of(json_object_get(q, "interval"), "high"));
	if (json_object_get(q, "options") != NULL)
		print_list(json_object_get(q, "options"), members, columns,
			   ARRAY_LEN(members));
	print_channels(q);
}

int verb_survey_results(struct cli *c, const struct args *a)
{
	const char *format = args_get(a, "format"), *out = args_get(a, "out");
	AUTO(buf_done) struct buf path = { 0 };
	const char *name;
	json_t *v;
	size_t i;

	put_path(&path, a->v[0], "/results");
	path_query(&path, "format", format);
	path_query(&path, "branch", args_get(a, "branch"));
	int rc = cli_ask(c, "GET", path.p, NULL);

	if (rc == CLI_DONE && (format != NULL || out != NULL))
		return print_body(c, out);
	if (rc != CLI_DONE || cli_json(c))
		return rc;
	json_object_foreach(json_object_get(c->answer, "sessions"), name, v)
		printf("%s: %s\n", name, text_of_value(v));
	json_object_foreach(json_object_get(c->answer, "rates"), name, v)
		printf("%s %%: %s\n", name, text_of_value(v));
	json_array_foreach(json_object_get(c->answer, "questions"), i, v)
		print_question(v);
	return CLI_DONE;
}
