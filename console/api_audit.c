/* /v1/audit: who did what; and the proof that nobody changed it. */
#include "console/api.h"

#include <string.h>

#include "base/mem.h"
#include "console/chain.h"

#define AUDIT_PAGE 100
#define AUDIT_PAGE_MAX 1000

struct audit_page {
	uint64_t n, last;
};

/* On the reader's thread. */
static bool show_audit(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct audit_page *p = r->own;
	struct audit_row a;
	struct buf *b = &r->out;

	if (audit_from_row(row, &a) != 0)
		return true;
	p->n++;
	p->last = a.seq;
	json_open(b, '{');
	json_ku(b, "seq", a.seq);
	json_kt(b, "at", a.at_ms);
	json_ks_opt(b, "tenant", a.tenant);
	json_ks(b, "actor", a.actor);
	json_ks(b, "action", a.action);
	json_ks_opt(b, "object", a.object);
	if (a.detail.len > 0) {
		json_key(b, "detail");
		json_raw(b, a.detail);
	}
	json_key(b, "hash");
	json_hex(b, a.hash, sizeof(a.hash));
	json_close(b, '}');
	return true;
}

static void on_listed(struct request *r, int rc)
{
	struct audit_page *p = r->own;

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	json_close(&r->out, ']');
	if (p->n > 0 && p->n == r->asked)
		json_ku(&r->out, "next", p->last);
	json_close(&r->out, '}');
	reply_send(r, 200);
}

void api_audit_list(struct request *r)
{
	uint64_t after = 0, limit = AUDIT_PAGE;
	struct str tenant;

	must(r != NULL);
	if (!request_scope(r, &tenant) ||
	    !query_u64(r, "cursor", INT64_MAX, &after) ||
	    !query_u64(r, "limit", AUDIT_PAGE_MAX, &limit))
		return;
	r->asked = MAX(limit, 1);
	r->own = mem_new(struct audit_page);
	r->own_free = mem_free;
	struct cell cells[] = { tenant.len > 0 ? CELL_T(tenant) : CELL_N,
				CELL_I(after), CELL_I(r->asked) };
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "audit");
	json_open(b, '[');
	request_read(r, STORE_AUDIT_LIST, cells, ARRAY_LEN(cells), show_audit,
		     on_listed);
}

static int audit_link(const struct row *row, struct chain_link *l)
{
	struct audit_row a;
	int rc = audit_from_row(row, &a);

	if (rc != 0)
		return rc;
	l->seq = a.seq;
	memcpy(l->prev_hash, a.prev_hash, 32);
	memcpy(l->hash, a.hash, 32);
	audit_hash(&a, l->computed);
	return 0;
}

void api_audit_verify(struct request *r)
{
	static const struct chain_kind kind = { STORE_AUDIT_LIST, true,
						audit_link };

	must(r != NULL);
	chain_verify(r, &kind);
}
