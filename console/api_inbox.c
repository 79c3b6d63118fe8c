/* /v1/inbox: what customers wrote, and what took it. */
#include "console/api.h"

#include "base/id.h"
#include "care/unanswered.h"
#include "console/page.h"
#include "model/inbound.h"

#define INBOX_PAGE 50
#define INBOX_PAGE_MAX 500

/* Whose people somebody is of: strangers write to the default tenant, and may be
 * known there. */
static struct str tenant_of(const struct request *r, const struct inbound *in)
{
	return str_eqz(in->tenant, "*") ? str_of(r->c->tenant) : in->tenant;
}

static void put_inbound(struct request *r, const struct inbound *in)
{
	struct buf *b = &r->out;

	json_open(b, '{');
	json_kid(b, "id", in->id);
	json_kt(b, "at", in->at_ms);
	json_ks(b, "tenant", in->tenant);
	json_ks(b, "channel", in->channel);
	json_ks_opt(b, "link", in->link);
	json_key(b, "from");
	who_address_json(b, &r->who, in->tenant, in->from);
	json_ks(b, "to", in->to);
	if (in->purged)
		json_kb(b, "purged", true);
	else if (request_may(r, PERM_MESSAGE_CONTENT))
		json_ks(b, "text", in->text);
	if (!who_pseudonymous(&r->who))
		json_ks_opt(b, "thread", in->thread);
	json_ks(b, "claim", in->claim);
	if ((in->flags & INBOUND_INCOMPLETE) != 0)
		json_kb(b, "incomplete", true);
	json_close(b, '}');
}

/* On the reader's thread. */
static bool show_inbound(void *owner, const struct row *row)
{
	struct request *r = owner;
	uint64_t id = (uint64_t)row_i(row, 0);
	struct inbound in;

	page_row(r, id);
	if (inbound_decode(row_s(row, 1), id, &in) != 0)
		return true;
	page_row_of(r, tenant_of(r, &in), in.from);
	put_inbound(r, &in);
	return true;
}

static bool waits(struct request *r, uint64_t id, struct str tenant)
{
	struct unanswered_one one;

	(void)tenant;
	return unanswered_find(r->c->unanswered, id, &one);
}

/* Nobody else has it in hand. */
static bool is_free(struct request *r, uint64_t id, struct str tenant)
{
	struct unanswered_hold h;

	return waits(r, id, tenant) &&
	       (!unanswered_held(r->c->unanswered, id,
				 clock_wall_ms(r->c->clock), &h) ||
		str_eqz(h.actor, r->who.actor));
}

/* What is nobody's in particular is for the tenant that answers for it: words
 * of strangers, too. */
static bool is_theirs(struct request *r, uint64_t id, struct str tenant)
{
	(void)id;
	return str_eqz(tenant, "*") || str_eqz(tenant, r->c->tenant);
}

static bool is_theirs_and_waits(struct request *r, uint64_t id,
				struct str tenant)
{
	return is_theirs(r, id, tenant) && waits(r, id, tenant);
}

static bool is_theirs_and_free(struct request *r, uint64_t id,
			       struct str tenant)
{
	return is_theirs(r, id, tenant) && is_free(r, id, tenant);
}

/* Of `waiting`: which rows, and that those which wait come oldest first. */
static const struct listing {
	const char *waiting;
	enum store_call call;
	bool (*keep)(struct request *, uint64_t, struct str);
	bool (*keep_ours)(struct request *, uint64_t, struct str);
} listings[] = {
	{ "", STORE_INBOUND_LIST, NULL, is_theirs },
	{ "false", STORE_INBOUND_LIST, NULL, is_theirs },
	{ "true", STORE_INBOUND_OLDEST, is_free, is_theirs_and_free },
	{ "all", STORE_INBOUND_OLDEST, waits, is_theirs_and_waits },
};

static const struct listing *listing_of(struct request *r)
{
	for (size_t i = 0; i < ARRAY_LEN(listings); i++)
		if (str_eqz(request_query(r, "waiting"), listings[i].waiting))
			return &listings[i];
	reply_error(r, 400, "bad_value", "waiting", "true, all or false");
	return NULL;
}

/* Nothing that waits is older. */
static uint64_t first_id(struct request *r, const struct listing *l,
			 int64_t since_ms)
{
	uint64_t since = since_ms == 0 ? 0 : id_floor(since_ms);

	return l->call == STORE_INBOUND_LIST
		       ? since
		       : MAX(since, unanswered_oldest(r->c->unanswered));
}

void api_inbox_list(struct request *r)
{
	struct str tenant, from = request_query(r, "from");
	const struct listing *l;
	int64_t since_ms = 0;

	must(r != NULL);
	if (!request_scope(r, &tenant) || !query_time(r, "since", &since_ms) ||
	    !query_person(r, "from") || (l = listing_of(r)) == NULL)
		return;
	bool ours = str_eqz(tenant, r->c->tenant) && !who_pseudonymous(&r->who);
	struct cell cells[] = { tenant.len > 0 && !ours ? CELL_T(tenant)
							: CELL_N,
				from.len > 0 ? CELL_T(from) : CELL_N,
				CELL_I(first_id(r, l, since_ms)), CELL_N,
				CELL_N };
	const struct page_ask ask = { .name = "inbox",
				      .usual = INBOX_PAGE,
				      .most = INBOX_PAGE_MAX,
				      .call = l->call,
				      .cells = cells,
				      .n = ARRAY_LEN(cells),
				      .cursor = 3,
				      .limit = 4,
				      .keep = ours ? l->keep_ours : l->keep,
				      .show = show_inbound };

	page_serve(r, &ask);
}
