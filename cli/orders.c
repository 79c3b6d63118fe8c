/* order: ask, list, show, end; offer: list. */
#include "cli/verbs.h"

#include <stdlib.h>

#include "base/mem.h"

const struct option order_ask_options[] = {
	{ "to", "NUMBER", true },
	{ "trial-until", "TIME", false },
	{ NULL, NULL, false },
};

const struct option order_list_options[] = {
	{ "state", "STATE", false }, { "to", "NUMBER", false },
	{ "limit", "N", false },     { "cursor", "CURSOR", false },
	{ NULL, NULL, false },
};

static void print_one(const json_t *o)
{
	static const char *const names[] = {
		"id",        "to",    "offer",  "price_fen",
		"period",    "state", "reason", "created",
		"confirmed", "due",   "closed",
	};
	static const enum word labels[] = {
		WORD_ID,        WORD_TO,    WORD_OFFER,  WORD_FEN,
		WORD_PERIOD,    WORD_STATE, WORD_REASON, WORD_CREATED,
		WORD_CONFIRMED, WORD_DUE,   WORD_CLOSED,
	};

	print_members(o, names, labels, ARRAY_LEN(names));
}

int verb_order_ask(struct cli *c, const struct args *a)
{
	const char *until = args_get(a, "trial-until");
	json_t *o = json_object();
	char *body;
	int rc;

	json_object_set_new(o, "to", json_string(args_get(a, "to")));
	json_object_set_new(o, "offer", json_string(a->v[0]));
	if (until != NULL)
		json_object_set_new(o, "trial_until", json_string(until));
	body = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	must(body != NULL);
	rc = cli_ask(c, "POST", "/v1/orders", body);
	free(body);
	if (rc == CLI_DONE && !cli_json(c))
		print_one(c->answer);
	return rc;
}

int verb_order_list(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "id",    "to",        "offer",
					       "state", "price_fen", "period",
					       "due" };
	static const enum word columns[] = { WORD_ID,    WORD_TO,  WORD_OFFER,
					     WORD_STATE, WORD_FEN, WORD_PERIOD,
					     WORD_DUE };
	AUTO(buf_done) struct buf b = { 0 };

	buf_init(&b, 4096);
	buf_z(&b, "/v1/orders");
	for (unsigned i = 0; order_list_options[i].name != NULL; i++)
		path_query(&b, order_list_options[i].name,
			   args_get(a, order_list_options[i].name));
	int rc = cli_ask(c, "GET", b.p, NULL);

	if (rc == CLI_DONE && !cli_json(c))
		print_list(json_object_get(c->answer, "orders"), members,
			   columns, ARRAY_LEN(members));
	return rc;
}

int verb_order_show(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/orders/");
	path_part(&path, a->v[0]);
	int rc = cli_ask(c, "GET", path.p, NULL);

	if (rc == CLI_DONE && !cli_json(c))
		print_one(c->answer);
	return rc;
}

int verb_order_end(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/orders/");
	path_part(&path, a->v[0]);
	buf_z(&path, "/end");
	int rc = cli_ask(c, "POST", path.p, NULL);

	if (rc == CLI_DONE && !cli_json(c))
		print_one(c->answer);
	return rc;
}

int verb_offer_list(struct cli *c, const struct args *a)
{
	static const char *const members[] = { "id", "title_zh", "title_en",
					       "price_fen", "period" };
	static const enum word columns[] = { WORD_OFFER, WORD_NAME, WORD_NAME,
					     WORD_FEN, WORD_PERIOD };
	int rc = cli_ask(c, "GET", "/v1/offers", NULL);

	(void)a;
	if (rc == CLI_DONE && !cli_json(c))
		print_list(json_object_get(c->answer, "offers"), members,
			   columns, ARRAY_LEN(members));
	return rc;
}
