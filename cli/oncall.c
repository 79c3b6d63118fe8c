/* oncall: who was reached outside working hours; to take it. */
#include "cli/verbs.h"

#include <stdio.h>

const struct option oncall_list_options[] = {
	{ "state", "STATE", false },
	{ "limit", "N", false },
	{ "cursor", "CURSOR", false },
	{ NULL, NULL, false },
};

int verb_oncall_list(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "id",     "oncall", "state",
					       "to",     "place",  "event",
					       "created" };
	static const enum word columns[] = { WORD_ID,     WORD_ROSTER,
					     WORD_STATE,  WORD_TO,
					     WORD_PLACE,  WORD_EVENT,
					     WORD_CREATED };
	int rc = cli_get(c, a, "/v1/oncall");

	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "oncall", members, columns, ARRAY_LEN(members));
	return rc;
}

int verb_oncall_ack(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "id", "state" };
	static const enum word labels[] = { WORD_ID, WORD_STATE };
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/oncall/");
	path_part(&path, a->v[0]);
	buf_z(&path, "/ack");
	int rc = cli_ask(c, "POST", path.p, NULL);

	if (rc == CLI_DONE && !cli_json(c))
		print_members(c->answer, members, labels, ARRAY_LEN(members));
	return rc;
}
