/* /v1/audit: who did what; and the proof that nobody changed it. */
#include "console/api.h"

#include <string.h>

#include "console/chain.h"
#include "console/page.h"
#include "console/related.h"

#define AUDIT_PAGE 100
#define AUDIT_PAGE_MAX 1000

/* On the reader's thread. */
static bool show_audit(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct audit_row a;
	struct buf *b = &r->out;

	page_row(r, (uint64_t)row_i(row, 0));
	if (audit_from_row(row, &a) != 0)
		return true;
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

void api_audit_list(struct request *r)
{
	struct str tenant;

	must(r != NULL);
	struct str action = request_query(r, "action");
	bool unrelated = request_query_given(r, "no_context");
	if (!request_scope(r, &tenant))
		return;
	struct cell cells[] = {
		tenant.len > 0 ? CELL_T(tenant) : CELL_N,
		action.len > 0 ? CELL_T(action) : CELL_N,
		unrelated ? CELL_Z("{\"context\":\"" RELATED_NONE "\"}")
			  : CELL_N,
		CELL_N,
		CELL_N,
	};
	const struct page_ask ask = { .name = "audit",
				      .usual = AUDIT_PAGE,
				      .most = AUDIT_PAGE_MAX,
				      .call = STORE_AUDIT_OF,
				      .cells = cells,
				      .n = ARRAY_LEN(cells),
				      .cursor = 3,
				      .limit = 4,
				      .looks = PAGE_NUMBER,
				      .show = show_audit };

	page_serve(r, &ask);
}

static int audit_link(const struct row *row, const uint8_t *before,
		      struct chain_link *l)
{
	struct audit_row a;
	int rc = audit_from_row(row, &a);

	if (rc != 0)
		return rc;
	l->seq = a.seq;
	memcpy(l->prev_hash, a.prev_hash, 32);
	memcpy(l->hash, a.hash, 32);
	if (before != NULL)
		memcpy(a.prev_hash, before, 32);
	audit_hash(&a, l->computed);
	return 0;
}

void api_audit_verify(struct request *r)
{
	static const struct chain_kind kind = { STORE_AUDIT_LIST, true, false,
						audit_link };

	must(r != NULL);
	chain_verify(r, &kind);
}
