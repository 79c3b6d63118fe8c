/* finding: send, list, answer. */
#include "cli/verbs.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

const struct option finding_send_options[] = {
	{ "unit", "NAME", true },    { "survey", "ID", true },
	{ "question", "ID", false }, { "text", "TEXT", true },
	{ "due", "TIME", false },    { "branch", "NAME", false },
	{ NULL, NULL, false },
};

const struct option finding_list_options[] = {
	{ "unit", "NAME", false },     { "state", "STATE", false },
	{ "overdue", NULL, false },    { "limit", "N", false },
	{ "cursor", "CURSOR", false }, { "branch", "NAME", false },
	{ NULL, NULL, false },
};

const struct option finding_answer_options[] = {
	{ "text", "TEXT", true },
	{ NULL, NULL, false },
};

static int post(struct cli *c, const struct args *a,
		const struct option *options, const char *path)
{
	static const char *const members[] = { "id", "state", "due" };
	static const enum word labels[] = { WORD_ID, WORD_STATE, WORD_DUE };
	json_t *o = json_object();

	for (unsigned i = 0; options[i].name != NULL; i++) {
		const char *v = args_get(a, options[i].name);

		if (v != NULL)
			json_object_set_new(o, options[i].name, json_string(v));
	}
	int rc = cli_ask_json(c, "POST", path, o);
	if (rc == CLI_DONE && !cli_json(c))
		print_members(c->answer, members, labels, ARRAY_LEN(members));
	return rc;
}

int verb_finding_send(struct cli *c, const struct args *a)
{
	return post(c, a, finding_send_options, "/v1/findings");
}

int verb_finding_list(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "id",    "unit", "survey",
					       "state", "due",  "overdue",
					       "text" };
	static const enum word columns[] = { WORD_ID,     WORD_UNIT,
					     WORD_SURVEY, WORD_STATE,
					     WORD_DUE,    WORD_OVERDUE,
					     WORD_TEXT };
	int rc = cli_get(c, a, "/v1/findings");

	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "findings", members, columns, ARRAY_LEN(members));
	return rc;
}

int verb_finding_answer(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/findings/");
	path_part(&path, a->v[0]);
	buf_z(&path, "/answer");
	return post(c, a, finding_answer_options, path.p);
}
