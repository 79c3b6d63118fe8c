/* consent: grant, withdraw, show, evidence, verify. */
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

const struct option evidence_options[] = {
	{ "out", "FILE", false },
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
	char *body = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	must(body != NULL);
	int rc = cli_ask(c, "POST", "/v1/consents", body);
	free(body);
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
	int rc = ask_address(c, a->v[0], "/evidence");

	if (rc != CLI_DONE)
		return rc;
	if (args_get(a, "out") != NULL)
		return evidence_file(c, args_get(a, "out"));
	if (cli_json(c))
		return rc;
	printf("%s: %s\n\n", word(WORD_ADDRESS), text_of(c->answer, "address"));
	print_list(json_object_get(c->answer, "events"), members, columns,
		   ARRAY_LEN(members));
	putchar('\n');
	print_standing(json_object_get(c->answer, "standing"));
	putchar('\n');
	print_list(json_object_get(c->answer, "messages"), sent, heads,
		   ARRAY_LEN(sent));
	return CLI_DONE;
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
			say(WORD_CHAIN_BROKEN,
			    WORDS_LIST(text_of(c->answer, "seq"),
				       text_of(c->answer, "why")));
	}
	return whole ? CLI_DONE : CLI_FAILED;
}

int verb_consent_verify(struct cli *c, const struct args *a)
{
	(void)a;
	return show_proof(c, "/v1/consents/verify");
}
