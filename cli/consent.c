/* consent: grant, withdraw, show, evidence, verify, heads. */
#include "cli/verbs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct option grant_options[] = {
	{ "purpose", "NAME", true },    { "source", "WHENCE", true },
	{ "wording", "ID", true },      { "wording-sha256", "HEX", false },
	{ "evidence", "WHERE", false }, { "brand", "NAME", false },
	{ "channel", "KIND", false },   { "expires", "TIME", false },
	{ NULL, NULL, false },
};

const struct option withdraw_options[] = {
	{ "purpose", "NAME|*", false }, { "source", "WHENCE", true },
	{ "evidence", "WHERE", false }, { "brand", "NAME", false },
	{ "channel", "KIND", false },   { NULL, NULL, false },
};

const struct option verify_options[] = {
	{ "head", "SEQ:HASH", false },
	{ NULL, NULL, false },
};

const struct option end_options[] = {
	{ "id", "ID", false },
	{ "reason", "TEXT", true },
	{ NULL, NULL, false },
};

const struct option heads_options[] = {
	{ "after", "SEQ", false },
	{ "limit", "N", false },
	{ NULL, NULL, false },
};

const struct option evidence_options[] = {
	{ "out", "FILE", false },
	{ "html", NULL, false },
	{ "lang", "en|zh", false },
	{ NULL, NULL, false },
};

static const struct {
	const char *option, *field;
} fields[] = {
	{ "purpose", "purpose" },   { "source", "source" },
	{ "wording", "wording" },   { "wording-sha256", "wording_sha256" },
	{ "evidence", "evidence" }, { "brand", "brand" },
	{ "channel", "channel" },   { "expires", "expires_at" },
};

static int append(struct cli *c, const struct args *a, const char *type)
{
	json_t *o = json_object();

	json_object_set_new(o, "address", json_string(a->v[0]));
	json_object_set_new(o, "type", json_string(type));
	for (unsigned i = 0; i < ARRAY_LEN(fields); i++) {
		const char *v = args_get(a, fields[i].option);
		if (v != NULL)
			json_object_set_new(o, fields[i].field, json_string(v));
	}
	int rc = cli_ask_json(c, "POST", "/v1/consents", o);
	if (rc == CLI_DONE && !cli_json(c))
		say(WORD_LEDGER, WORDS_LIST(text_of(c->answer, "seq"),
					    text_of(c->answer, "hash")));
	return rc;
}

int verb_consent_grant(struct cli *c, const struct args *a)
{
	return append(c, a, "grant");
}

int verb_consent_withdraw(struct cli *c, const struct args *a)
{
	return append(c, a, "withdraw");
}

static int ask_address(struct cli *c, const char *address, const char *tail)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/addresses/");
	path_part(&path, address);
	buf_z(&path, tail);
	return cli_ask(c, "GET", path.p, NULL);
}

static void print_standing(const json_t *standing)
{
	const char *name;
	json_t *v;

	printf("%s\n", word(WORD_STANDING));
	json_object_foreach(json_object_get(standing, "consent"), name, v)
		printf("  %s: %s\n", name, text_of_value(v));
	json_object_foreach((json_t *)(uintptr_t)standing, name, v)
	{
		if (!json_is_object(v) && text_of_value(v)[0] != '\0')
			printf("  %s: %s\n", name, text_of_value(v));
	}
}

int verb_consent_show(struct cli *c, const struct args *a)
{
	int rc = ask_address(c, a->v[0], "");

	if (rc != CLI_DONE || cli_json(c))
		return rc;
	printf("%s: %s\n", word(WORD_ADDRESS), text_of(c->answer, "address"));
	print_standing(json_object_get(c->answer, "standing"));
	return CLI_DONE;
}

static int evidence_file(struct cli *c, const char *name)
{
	char figure[32];
	FILE *f = fopen(name, "we");
	bool ok = f != NULL &&
		  fwrite(c->body.p, 1, c->body.len, f) == c->body.len;

	if ((f != NULL && fclose(f) != 0) || !ok) {
		say_error(WORD_CANNOT_WRITE, WORDS_LIST(name, strerror(errno)));
		return CLI_FAILED;
	}
	snprintf(figure, sizeof(figure), "%zu", c->body.len);
	say(WORD_EXPORTED, WORDS_LIST(figure, name));
	return CLI_DONE;
}

/* A page, in the language of who asks unless another is named. */
static int evidence_html(struct cli *c, const struct args *a)
{
	const char *lang = args_get(a, "lang");
	AUTO(buf_done) struct buf tail = { 0 };

	buf_init(&tail, 256);
	buf_z(&tail, "/evidence?format=html");
	path_query(&tail, "lang",
		   lang != NULL ? lang
		   : words_zh() ? "zh"
				: "en");
	int rc = ask_address(c, a->v[0], tail.p);
	if (rc != CLI_DONE)
		return rc;
	if (args_get(a, "out") != NULL)
		return evidence_file(c, args_get(a, "out"));
	fwrite(c->body.p, 1, c->body.len, stdout);
	return CLI_DONE;
}

int verb_consent_evidence(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "seq",     "at",     "type",
					       "purpose", "source", "wording",
					       "actor" };
	static const enum word columns[] = { WORD_SEQ,    WORD_AT,
					     WORD_TYPE,   WORD_PURPOSE,
					     WORD_SOURCE, WORD_WORDING,
					     WORD_ACTOR };
	static const char *const sent[] = { "id", "created", "class", "state",
					    "reason" };
	static const enum word heads[] = { WORD_ID, WORD_CREATED, WORD_CLASS,
					   WORD_STATE, WORD_REASON };
	if (args_get(a, "html") != NULL)
		return evidence_html(c, a);
	int rc = ask_address(c, a->v[0], "/evidence");

	if (rc != CLI_DONE)
		return rc;
	if (args_get(a, "out") != NULL)
		return evidence_file(c, args_get(a, "out"));
	if (cli_json(c))
		return rc;
	printf("%s: %s\n\n", word(WORD_ADDRESS), text_of(c->answer, "address"));
	print_page(c, "events", members, columns, ARRAY_LEN(members));
	putchar('\n');
	print_standing(json_object_get(c->answer, "standing"));
	putchar('\n');
	print_page(c, "messages", sent, heads, ARRAY_LEN(sent));
	return CLI_DONE;
}

/* Where it breaks, and what differs there. */
static void say_broken(const struct cli *c)
{
	static const struct {
		const char *what;
		enum word word;
	} faults[] = {
		{ "row", WORD_FAULT_ROW },
		{ "missing", WORD_FAULT_MISSING },
		{ "prev_hash", WORD_FAULT_PREV_HASH },
		{ "hash", WORD_FAULT_HASH },
		{ "content", WORD_FAULT_CONTENT },
		{ "order", WORD_FAULT_ORDER },
		{ "head", WORD_FAULT_HEAD },
		{ "tail", WORD_FAULT_TAIL },
	};
	static const char *const members[] = { "stored", "computed",
					       "head_at" };
	static const enum word labels[] = { WORD_STORED, WORD_COMPUTED,
					    WORD_HEAD_AT };
	const char *what = text_of(c->answer, "what");
	const char *why = text_of(c->answer, "why");

	for (unsigned i = 0; i < ARRAY_LEN(faults); i++)
		if (strcmp(what, faults[i].what) == 0)
			why = word(faults[i].word);
	say(WORD_CHAIN_BROKEN, WORDS_LIST(text_of(c->answer, "seq"), why));
	print_members(c->answer, members, labels, ARRAY_LEN(members));
}

int show_proof(struct cli *c, const char *path)
{
	int rc = cli_ask(c, "GET", path, NULL);

	if (rc != CLI_DONE)
		return rc;
	bool whole = json_is_true(json_object_get(c->answer, "ok"));
	if (!cli_json(c)) {
		if (whole)
			say(WORD_CHAIN_WHOLE,
			    WORDS_LIST(text_of(c->answer, "rows"),
				       text_of(c->answer, "head")));
		else
			say_broken(c);
	}
	return whole ? CLI_DONE : CLI_FAILED;
}

int verb_consent_verify(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/consents/verify");
	path_query(&path, "head", args_get(a, "head"));
	return show_proof(c, path.p);
}

static int ask_number(struct cli *c, const char *method, const char *address,
		      const char *tail, json_t *body)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/numbers/");
	path_part(&path, address);
	buf_z(&path, tail);
	return cli_ask_json(c, method, path.p, body);
}

int verb_consent_list(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "id", "tenant", "purpose",
					       "brand", "channel" };
	static const enum word columns[] = { WORD_ID, WORD_TENANT, WORD_PURPOSE,
					     WORD_BRAND, WORD_CHANNEL };
	int rc = ask_number(c, "GET", a->v[0], "/subscriptions", NULL);

	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "subscriptions", members, columns,
			   ARRAY_LEN(members));
	return rc;
}

int verb_consent_end(struct cli *c, const struct args *a)
{
	const char *id = args_get(a, "id");
	json_t *o = json_object();

	if (id != NULL)
		json_object_set_new(o, "id", json_string(id));
	else
		json_object_set_new(o, "all", json_true());
	json_object_set_new(o, "reason", json_string(args_get(a, "reason")));
	int rc = ask_number(c, "POST", a->v[0], "/unsubscribe", o);

	if (rc == CLI_DONE && !cli_json(c))
		say(WORD_ENDED_N, WORDS_LIST(text_of(c->answer, "ended")));
	return rc;
}

int verb_consent_heads(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "seq", "at", "hash" };
	static const enum word columns[] = { WORD_SEQ, WORD_AT, WORD_HASH };
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/consents/heads");
	path_query(&path, "after", args_get(a, "after"));
	path_query(&path, "limit", args_get(a, "limit"));
	int rc = cli_ask(c, "GET", path.p, NULL);
	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "heads", members, columns, ARRAY_LEN(members));
	return rc;
}
