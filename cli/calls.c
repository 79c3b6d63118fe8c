/* call pop: what an agent is shown of who rings. */
#include "cli/verbs.h"

#include "base/mem.h"

const struct option call_pop_options[] = {
	{ NULL, NULL, false },
};

static void print_part(const json_t *answer, const char *name,
		       const char *const *members, const enum word *columns,
		       unsigned n)
{
	const json_t *list = json_object_get(answer, name);

	if (json_array_size(list) > 0)
		print_list(list, members, columns, n);
}

int verb_call_pop(struct cli *c, const struct args *a)
{
	static const char *const who[] = { "name", "tier", "branch", "manager",
					   "hours" };
	static const enum word who_labels[] = { WORD_NAME, WORD_TIER,
						WORD_BRANCH, WORD_MANAGER,
						WORD_HOURS };
	static const char *const due[] = { "overdue", "late" };
	static const enum word due_labels[] = { WORD_OVERDUE, WORD_COUNT };
	static const char *const cases[] = { "id", "kind", "state", "opened",
					     "overdue" };
	static const enum word case_columns[] = { WORD_CASE, WORD_KIND,
						  WORD_STATE, WORD_OPENED,
						  WORD_OVERDUE };
	static const char *const events[] = { "at", "type", "account",
					      "overdue" };
	static const enum word event_columns[] = { WORD_AT, WORD_TYPE,
						   WORD_ACCOUNT, WORD_OVERDUE };
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/screen-pop/");
	path_part(&path, a->v[0]);
	int rc = cli_ask(c, "GET", path.p, NULL);

	if (rc != CLI_DONE || cli_json(c))
		return rc;
	print_members(json_object_get(c->answer, "contact"), who, who_labels,
		      ARRAY_LEN(who));
	print_members(c->answer, due, due_labels, ARRAY_LEN(due));
	print_part(c->answer, "cases", cases, case_columns, ARRAY_LEN(cases));
	print_part(c->answer, "events", events, event_columns,
		   ARRAY_LEN(events));
	return rc;
}
