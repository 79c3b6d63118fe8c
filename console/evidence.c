/* /v1/addresses/{address}: what is known, and the evidence pack: every
 * ledger event, what follows from them, and what was sent. */
#include "console/api.h"

#include <string.h>

#include "base/mem.h"
#include "console/branch.h"
#include "console/view.h"
#include "model/consent.h"

#define EVIDENCE_MESSAGES 1000

struct evidence {
	struct view view;
	char address[ADDRESS_MAX];
	char tenant[TENANT_MAX + 1];
	uint64_t events, broken;
};

static bool address_begin(struct request *r, struct str *tenant,
			  char address[ADDRESS_MAX])
{
	return request_tenant(r, tenant) &&
	       request_address(r, r->param[0], "address", address) &&
	       branch_check_address(r, *tenant, str_of(address));
}

static void put_standing(struct request *r, struct buf *b, struct str tenant,
			 struct str address)
{
	AUTO(buf_done) struct buf json = { 0 };

	buf_init(&json, 65536);
	gateway_standing(r->c->gateway, tenant, address, &json);
	json_key(b, "standing");
	json_raw(b, buf_str(&json));
}

static void on_noted(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

void api_address_get(struct request *r)
{
	char address[ADDRESS_MAX];
	struct str tenant;

	must(r != NULL);
	if (!address_begin(r, &tenant, address))
		return;
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "address");
	who_address_json(b, &r->who, tenant, str_of(address));
	json_ks(b, "tenant", tenant);
	put_standing(r, b, tenant, str_of(address));
	json_close(b, '}');
	request_audit(r, tenant, "address.read", str_of(address),
		      STR("{\"context\":\"no_context\"}"));
	request_then(r, on_noted);
}

/* ---- the pack --------------------------------------------------------------------*/

static void put_texts(struct buf *b, const struct consent_event *e)
{
	json_ks_opt(b, "brand", e->brand);
	json_ks_opt(b, "channel", e->channel);
	json_ks(b, "purpose", e->purpose);
	json_ks(b, "source", e->source);
	json_ks_opt(b, "actor", e->actor);
	json_ks_opt(b, "wording", e->wording);
	json_ks_opt(b, "wording_sha256", e->wording_sha256);
	json_ks_opt(b, "evidence", e->evidence);
}

/* On the reader's thread. */
static bool show_event(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct evidence *ev = r->own;
	struct buf *b = &r->out;
	struct consent_event e;
	uint8_t computed[32];

	ev->events++;
	if (consent_from_row(row, &e) != 0) {
		ev->broken++;
		return true;
	}
	consent_hash(&e, computed);
	bool holds = memcmp(computed, e.hash, sizeof(computed)) == 0;
	if (!holds)
		ev->broken++;
	json_open(b, '{');
	json_ku(b, "seq", e.seq);
	json_kt(b, "at", e.at_ms);
	json_kz(b, "type", consent_type_name(e.type));
	put_texts(b, &e);
	json_kt_opt(b, "expires", e.expires_ms);
	if (e.inbound_id != 0)
		json_kid(b, "inbound", e.inbound_id);
	json_key(b, "prev_hash");
	json_hex(b, e.prev_hash, sizeof(e.prev_hash));
	json_key(b, "hash");
	json_hex(b, e.hash, sizeof(e.hash));
	json_kb(b, "hash_ok", holds);
	json_close(b, '}');
	return !b->full;
}

static bool show_sent(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct evidence *ev = r->own;

	if (view_message(&ev->view, row))
		json_close(&r->out, '}');
	return !r->out.full;
}

static void on_sent(struct request *r, int rc)
{
	struct evidence *ev = r->own;
	struct buf *b = &r->out;

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	json_close(b, ']');
	json_kb(b, "messages_cut", ev->view.n == EVIDENCE_MESSAGES);
	json_kb(b, "ok", ev->broken == 0);
	json_close(b, '}');
	request_then(r, on_noted);
}

static void on_events(struct request *r, int rc)
{
	struct evidence *ev = r->own;
	struct str tenant = str_of(ev->tenant), address = str_of(ev->address);
	struct buf *b = &r->out;

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	json_close(b, ']');
	put_standing(r, b, tenant, address);
	json_key(b, "messages");
	json_open(b, '[');
	request_audit(r, tenant, "evidence.read", address, STR_NONE);
	struct cell cells[] = { CELL_T(tenant), CELL_N,
				CELL_N,         CELL_T(address),
				CELL_N,         CELL_I(0),
				CELL_I(0),      CELL_I(EVIDENCE_MESSAGES) };
	request_read(r, STORE_MESSAGE_LIST, cells, ARRAY_LEN(cells), show_sent,
		     on_sent);
}

void api_address_evidence(struct request *r)
{
	struct str tenant;

	must(r != NULL);
	struct evidence *ev = mem_new(struct evidence);
	r->own = ev;
	r->own_free = mem_free;
	if (!address_begin(r, &tenant, ev->address))
		return;
	IGNORE(str_copy(ev->tenant, sizeof(ev->tenant), tenant));
	ev->view.who = &r->who;
	ev->view.out = &r->out;
	IGNORE(str_copy(ev->view.tenant, sizeof(ev->view.tenant), tenant));
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "address");
	who_address_json(b, &r->who, tenant, str_of(ev->address));
	json_ks(b, "tenant", tenant);
	json_kt(b, "made", clock_wall_ms(r->c->clock));
	json_kz(b, "node", r->c->node);
	json_key(b, "events");
	json_open(b, '[');
	struct cell cells[] = { CELL_T(tenant), CELL_Z(ev->address) };
	request_read(r, STORE_CONSENT_LIST, cells, ARRAY_LEN(cells), show_event,
		     on_events);
}
