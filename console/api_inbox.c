/* /v1/inbox: what customers wrote, and what took it. */
#include "console/api.h"

#include "base/id.h"
#include "base/mem.h"
#include "model/inbound.h"

#define INBOX_PAGE 50
#define INBOX_PAGE_MAX 500

struct inbox_page {
	uint64_t n, last;
};

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
	if (request_may(r, PERM_MESSAGE_CONTENT))
		json_ks(b, "text", in->text);
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
	struct inbox_page *p = r->own;
	struct inbound in;

	if (inbound_decode(row_s(row, 1), (uint64_t)row_i(row, 0), &in) != 0)
		return true;
	p->n++;
	p->last = in.id;
	put_inbound(r, &in);
	return true;
}

static void on_listed(struct request *r, int rc)
{
	struct inbox_page *p = r->own;

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	json_close(&r->out, ']');
	if (p->n > 0 && p->n == r->asked)
		json_kid(&r->out, "next", p->last);
	json_close(&r->out, '}');
	reply_send(r, 200);
}

void api_inbox_list(struct request *r)
{
	uint64_t before = 0, limit = INBOX_PAGE;
	struct str tenant, from = request_query(r, "from");
	int64_t since_ms = 0;

	must(r != NULL);
	if (!request_scope(r, &tenant) || !query_id(r, "cursor", &before) ||
	    !query_time(r, "since", &since_ms) ||
	    !query_u64(r, "limit", INBOX_PAGE_MAX, &limit))
		return;
	r->asked = MAX(limit, 1);
	r->own = mem_new(struct inbox_page);
	r->own_free = mem_free;
	struct cell cells[] = { tenant.len > 0 ? CELL_T(tenant) : CELL_N,
				from.len > 0 ? CELL_T(from) : CELL_N,
				CELL_I(since_ms == 0 ? 0 : id_floor(since_ms)),
				CELL_I(before), CELL_I(r->asked) };
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "inbox");
	json_open(b, '[');
	request_read(r, STORE_INBOUND_LIST, cells, ARRAY_LEN(cells),
		     show_inbound, on_listed);
}
