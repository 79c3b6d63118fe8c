/* alert: set, list, remove. */
#include "cli/verbs.h"

#include "base/mem.h"

const struct option alert_set_options[] = {
	{ "to", "NUMBER", true }, { "subject", "SUBJECT", false },
	{ "above", "N", false },  { "below", "N", false },
	{ "once", NULL, false },  { "until", "TIME", false },
	{ NULL, NULL, false },
};

const struct option alert_list_options[] = {
	{ "to", "NUMBER", true },
	{ NULL, NULL, false },
};

static const char *const members[] = { "id",   "to",    "trigger", "subject",
				       "side", "limit", "set",     "fired" };
static const enum word labels[] = { WORD_ID,      WORD_TO,   WORD_TRIGGER,
				    WORD_SUBJECT, WORD_SIDE, WORD_LIMIT,
				    WORD_CREATED, WORD_FIRED };

int verb_alert_set(struct cli *c, const struct args *a)
{
	const char *above = args_get(a, "above"), *below = args_get(a, "below");
	json_t *o = json_object();

	json_object_set_new(o, "to", json_string(args_get(a, "to")));
	json_object_set_new(o, "trigger", json_string(a->v[0]));
	if (args_get(a, "subject") != NULL)
		json_object_set_new(o, "subject",
				    json_string(args_get(a, "subject")));
	/* of none, and of both, the server says what is wrong */
	json_object_set_new(o, "side",
			    json_string((above != NULL) == (below != NULL) ? ""
					: above != NULL ? "above"
							: "below"));
	json_object_set_new(o, "limit",
			    json_string(above != NULL   ? above
					: below != NULL ? below
							: ""));
	if (args_get(a, "once") != NULL)
		json_object_set_new(o, "once", json_true());
	if (args_get(a, "until") != NULL)
		json_object_set_new(o, "until",
				    json_string(args_get(a, "until")));
	int rc = cli_ask_json(c, "POST", "/v1/alerts", o);

	if (rc == CLI_DONE && !cli_json(c))
		print_members(c->answer, members, labels, ARRAY_LEN(members));
	return rc;
}

int verb_alert_list(struct cli *c, const struct args *a)
{
	int rc = cli_get(c, a, "/v1/alerts");

	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "alerts", members, labels, ARRAY_LEN(members));
	return rc;
}

int verb_alert_remove(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/alerts/");
	path_part(&path, a->v[0]);
	int rc = cli_ask(c, "DELETE", path.p, NULL);

	if (rc == CLI_DONE && !cli_json(c))
		print_members(c->answer, members, labels, 1);
	return rc;
}
