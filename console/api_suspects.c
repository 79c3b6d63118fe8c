/* /v1/suspects: suspected opt-outs, and what a person decided on each. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "console/branch.h"
#include "model/consent.h"

#define SUSPECTS_MAX 1000

struct suspect {
	char tenant[TENANT_MAX + 1];
	char address[ADDRESS_MAX];
	uint64_t inbound_id;
	int64_t at_ms;
};

struct suspect_list {
	unsigned n;
	struct suspect v[SUSPECTS_MAX];
};

/* On the reader's thread. */
static bool show_suspect(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct suspect_list *l = r->own;
	struct suspect *s = &l->v[l->n];

	if (l->n == SUSPECTS_MAX ||
	    str_copy(s->tenant, sizeof(s->tenant), row_s(row, 0)) != 0 ||
	    str_copy(s->address, sizeof(s->address), row_s(row, 1)) != 0)
		return l->n < SUSPECTS_MAX;
	s->inbound_id = (uint64_t)row_i(row, 2);
	s->at_ms = row_i(row, 3);
	l->n++;
	return true;
}

static void put_suspect(struct request *r, const struct suspect *s)
{
	struct buf *b = &r->out;
	int64_t due_ms = gateway_suspect_due(r->c->gateway, str_of(s->address),
					     s->at_ms);

	json_open(b, '{');
	json_key(b, "address");
	who_address_json(b, &r->who, str_of(s->tenant), str_of(s->address));
	json_kz(b, "tenant", s->tenant);
	json_kid(b, "inbound", s->inbound_id);
	json_kt(b, "at", s->at_ms);
	json_kt(b, "due", due_ms);
	json_kb(b, "overdue", clock_wall_ms(r->c->clock) > due_ms);
	json_close(b, '}');
}

static void on_suspects(struct request *r, int rc)
{
	const struct suspect_list *l = r->own;

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "suspects");
	json_open(b, '[');
	for (unsigned i = 0; i < l->n; i++) {
		if (branch_sees_address(r, str_of(l->v[i].tenant),
					str_of(l->v[i].address)))
			put_suspect(r, &l->v[i]);
	}
	branch_kept(r);
	json_close(b, ']');
	json_kb(b, "cut", l->n == SUSPECTS_MAX);
	json_close(b, '}');
	reply_send(r, 200);
}

void api_suspects_list(struct request *r)
{
	struct str tenant;

	must(r != NULL && r->own == NULL);
	if (!request_scope(r, &tenant))
		return;
	r->own = mem_new(struct suspect_list);
	r->own_free = mem_free;
	struct cell cells[] = { tenant.len > 0 ? CELL_T(tenant) : CELL_N,
				CELL_I(SUSPECTS_MAX) };
	request_read(r, STORE_SUSPECT_LIST, cells, ARRAY_LEN(cells),
		     show_suspect, on_suspects);
}

/* ---- deciding -------------------------------------------------------------------- */

struct suspect_body {
	struct str decision, reason;
};

static const struct field rows[] = {
	{ "decision", FIELD_STR, offsetof(struct suspect_body, decision), true,
	  "opt_out: it was one, and is withdrawn; clear: it was none." },
	{ "reason", FIELD_STR, offsetof(struct suspect_body, reason), true,
	  "Why, for who looks at it later." },
};

const struct fields suspect_fields = { "decision", rows, ARRAY_LEN(rows) };

static bool body_ok(struct request *r, const struct suspect_body *s)
{
	if (!str_eqz(s->decision, "opt_out") &&
	    !str_eqz(s->decision, "clear")) {
		reply_error(r, 400, "bad_decision", "decision",
			    "a decision is opt_out or clear");
		return false;
	}
	if (str_trim(s->reason).len == 0 || s->reason.len > 400) {
		reply_error(r, 400, "bad_reason", "reason",
			    "a reason has 1 to 400 bytes");
		return false;
	}
	return true;
}

static void on_settled(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

static void settled(struct request *r, const struct suspect_body *s,
		    struct str tenant, struct str address)
{
	AUTO(buf_done) struct buf detail = { 0 };
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_key(b, "address");
	who_address_json(b, &r->who, tenant, address);
	json_ks(b, "decision", s->decision);
	json_close(b, '}');
	buf_init(&detail, AUDIT_DETAIL_MAX);
	json_open(&detail, '{');
	json_ks(&detail, "decision", s->decision);
	json_ks(&detail, "reason", s->reason);
	json_close(&detail, '}');
	request_audit(r, tenant, "suspect.settle", address, buf_str(&detail));
	request_then(r, on_settled);
}

void api_suspect_settle(struct request *r)
{
	struct suspect_body s = { 0 };
	char address[ADDRESS_MAX];
	struct str tenant;

	must(r != NULL);
	if (!request_fields(r, &s) || !request_tenant(r, &tenant) ||
	    !request_address(r, r->param[0], "address", address) ||
	    !branch_check_address(r, tenant, str_of(address)) ||
	    !body_ok(r, &s))
		return;
	const struct consent_event like = {
		.tenant = tenant,
		.address = str_of(address),
		.source = STR("agent"),
		.actor = request_actor(r),
		.evidence = s.reason,
	};
	if (gateway_suspect_settle(r->c->gateway, &like,
				   str_eqz(s.decision, "opt_out")) == 0)
		settled(r, &s, tenant, str_of(address));
	else
		reply_error(r, 404, "not_suspected", NULL,
			    "nothing of that address waits for a decision");
}
