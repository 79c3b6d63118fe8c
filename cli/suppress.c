/* suspect: list, settle; suppression: list, import. */
#include "cli/verbs.h"

#include <stdlib.h>

const struct option suspect_options[] = {
	{ "reason", "TEXT", true },
	{ NULL, NULL, false },
};

const struct option suppression_options[] = {
	{ "list", "NAME", true },    { "source", "TEXT", true },
	{ "registry", NULL, false }, { "as-of", "DATE", false },
	{ "until", "DATE", false },  { "remove", NULL, false },
	{ "errors", "FILE", false }, { NULL, NULL, false },
};

int verb_suspect_list(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "address", "tenant", "inbound",
					       "at",      "due",    "overdue" };
	static const enum word columns[] = { WORD_ADDRESS, WORD_TENANT,
					     WORD_INBOUND, WORD_AT,
					     WORD_DUE,     WORD_OVERDUE };

	(void)a;
	int rc = cli_ask(c, "GET", "/v1/suspects", NULL);
	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "suspects", members, columns, ARRAY_LEN(members));
	return rc;
}

static int settle(struct cli *c, const struct args *a, const char *decision)
{
	AUTO(buf_done) struct buf path = { 0 };
	json_t *o = json_object();

	json_object_set_new(o, "decision", json_string(decision));
	json_object_set_new(o, "reason", json_string(args_get(a, "reason")));
	buf_init(&path, 4096);
	buf_z(&path, "/v1/suspects/");
	path_part(&path, a->v[0]);
	int rc = cli_ask_json(c, "POST", path.p, o);
	if (rc == CLI_DONE && !cli_json(c))
		say(WORD_SETTLED, WORDS_LIST(text_of(c->answer, "address"),
					     text_of(c->answer, "decision")));
	return rc;
}

int verb_suspect_clear(struct cli *c, const struct args *a)
{
	return settle(c, a, "clear");
}

int verb_suspect_confirm(struct cli *c, const struct args *a)
{
	return settle(c, a, "opt_out");
}

int verb_suppression_list(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "list", "addresses" };
	static const enum word columns[] = { WORD_LIST, WORD_ADDRESSES };

	(void)a;
	int rc = cli_ask(c, "GET", "/v1/suppressions", NULL);
	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "lists", members, columns, ARRAY_LEN(members));
	return rc;
}

int verb_suppression_import(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/suppressions");
	path_query(&path, "list", args_get(a, "list"));
	path_query(&path, "source", args_get(a, "source"));
	path_query(&path, "kind",
		   args_get(a, "registry") != NULL ? "registry" : NULL);
	path_query(&path, "as_of", args_get(a, "as-of"));
	path_query(&path, "until", args_get(a, "until"));
	path_query(&path, "action",
		   args_get(a, "remove") != NULL ? "remove" : NULL);
	int rc = cli_upload(c, path.p, "text/csv", a->v[0]);
	if (rc != CLI_DONE)
		return rc;
	if (!cli_json(c))
		say(WORD_SUPPRESSED,
		    WORDS_LIST(text_of(c->answer, "rows"),
			       text_of(c->answer, "added"),
			       text_of(c->answer, "removed"),
			       text_of(c->answer, "unchanged"),
			       text_of(c->answer, "failed_rows")));
	return import_failed(c, a);
}
