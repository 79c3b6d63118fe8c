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

	json_object_set_new(o, "to", json_string(args_get(a, "to")));
	json_object_set_new(o, "offer", json_string(a->v[0]));
	if (until != NULL)
		json_object_set_new(o, "trial_until", json_string(until));
	int rc = cli_ask_json(c, "POST", "/v1/orders", o);
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
	int rc = cli_get(c, a, "/v1/orders");

	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "orders", members, columns, ARRAY_LEN(members));
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
		print_page(c, "offers", members, columns, ARRAY_LEN(members));
	return rc;
}
