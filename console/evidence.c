/* /v1/addresses/{address}: what is known, and the evidence pack: every
 * ledger event, what follows from them, and what was sent. */
#include "console/api.h"

#include <string.h>

#include "base/mem.h"
#include "console/branch.h"
#include "console/evidence_page.h"
#include "console/view.h"
#include "console/related.h"
#include "model/consent.h"

#define EVIDENCE_MESSAGES 1000
#define EVIDENCE_REFUSALS 200

/* A withdrawal, to be held against what was sent after it. */
struct withdrawal {
	uint64_t seq;
	int64_t at_ms;
	char purpose[64];
};

struct sent {
	int64_t created_ms;
	char class_name[64];
};

struct evidence {
	struct view view;
	char address[ADDRESS_MAX];
	char tenant[TENANT_MAX + 1];
	bool html, zh;
	uint64_t events, broken, last_seq;
	int64_t last_ms;
	unsigned nrefusals, nsent;
	struct withdrawal refusals[EVIDENCE_REFUSALS];
	struct sent sent[EVIDENCE_MESSAGES];
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
	related_audit(r, tenant, "address.read", str_of(address),
		      related_work(r, tenant, str_of(address)));
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

static void note_refusal(struct evidence *ev, const struct consent_event *e)
{
	struct withdrawal *f = &ev->refusals[ev->nrefusals];

	ev->last_seq = e->seq;
	ev->last_ms = MAX(ev->last_ms, e->at_ms);
	if (e->type != CONSENT_WITHDRAW || ev->nrefusals == EVIDENCE_REFUSALS ||
	    str_copy(f->purpose, sizeof(f->purpose), e->purpose) != 0)
		return;
	f->seq = e->seq;
	f->at_ms = e->at_ms;
	ev->nrefusals++;
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
	note_refusal(ev, &e);
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
	struct message m;

	if (view_message(&ev->view, row))
		json_close(&r->out, '}');
	if (ev->nsent < EVIDENCE_MESSAGES &&
	    message_decode(row_s(row, 5), (uint64_t)row_i(row, 0), &m) == 0 &&
	    str_copy(ev->sent[ev->nsent].class_name,
		     sizeof(ev->sent[0].class_name), m.class_name) == 0)
		ev->sent[ev->nsent++].created_ms = m.accepted_ms;
	return !r->out.full;
}

/* Is that message one of what was refused? */
static bool is_about(const struct request *r, const struct withdrawal *f,
		     const struct sent *s)
{
	const struct classes *classes = gateway_classes(r->c->gateway);
	const struct class_rules *c =
		classes_find(classes, str_of(s->class_name));

	if (s->created_ms <= f->at_ms || c == NULL ||
	    c->cfg.consent == CLASS_CONSENT_NONE)
		return false;
	return strcmp(f->purpose, "*") == 0 ||
	       str_eqz(str_of(f->purpose),
		       classes_purpose_name(classes, c->purpose));
}

static void put_refusals(struct request *r)
{
	struct evidence *ev = r->own;
	struct buf *b = &r->out;

	json_key(b, "refusals");
	json_open(b, '[');
	for (unsigned i = 0; i < ev->nrefusals; i++) {
		const struct withdrawal *f = &ev->refusals[i];
		uint64_t after = 0;

		for (unsigned k = 0; k < ev->nsent; k++)
			after += is_about(r, f, &ev->sent[k]);
		json_open(b, '{');
		json_ku(b, "seq", f->seq);
		json_kt(b, "at", f->at_ms);
		json_kz(b, "purpose", f->purpose);
		json_ku(b, "after", after);
		json_close(b, '}');
	}
	json_close(b, ']');
}

/* The same for people, of the JSON as it is. */
static void on_page(struct request *r, int rc)
{
	AUTO(buf_done) struct buf page = { 0 };
	const struct evidence *ev = r->own;
	json_t *pack;

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	pack = json_loadb(r->out.p, r->out.len, 0, NULL);
	if (pack == NULL) {
		reply_error(r, 413, "too_large", NULL,
			    "the pack of this number is too large");
		return;
	}
	buf_init(&page, BUF_NO_LIMIT);
	evidence_page(&page, pack, ev->zh);
	json_decref(pack);
	reply_text(r, 200, "text/html; charset=utf-8", buf_str(&page));
}

static bool show_pack_head(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct str hash = row_s(row, 2);
	struct buf *b = &r->out;

	json_key(b, "head");
	json_open(b, '{');
	json_ku(b, "seq", (uint64_t)row_i(row, 0));
	json_kt(b, "at", row_i(row, 1));
	json_key(b, "hash");
	json_hex(b, (const uint8_t *)hash.p, hash.len);
	json_close(b, '}');
	return false;
}

static void on_head(struct request *r, int rc)
{
	const struct evidence *ev = r->own;

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	json_kb(&r->out, "ok", ev->broken == 0);
	json_close(&r->out, '}');
	request_then(r, ev->html ? on_page : on_noted);
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
	put_refusals(r);
	/* the first head that its last event is behind */
	struct cell cells[] = { CELL_I(MAX(ev->last_seq, 1) - 1), CELL_I(1) };
	request_read(r, STORE_LEDGER_HEAD_LIST, cells, ARRAY_LEN(cells),
		     show_pack_head, on_head);
}

static void on_events(struct request *r, int rc)
{
	struct evidence *ev = r->own;
	struct str tenant = str_of(ev->tenant), address = str_of(ev->address);
	const struct place *place = gateway_place(r->c->gateway, address);
	struct buf *b = &r->out;

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	json_close(b, ']');
	if (ev->last_ms != 0)
		json_kt(b, "keep_until", ev->last_ms + place->ledger_keep_ms);
	put_standing(r, b, tenant, address);
	json_key(b, "messages");
	json_open(b, '[');
	request_audit(r, tenant, "evidence.read", address,
		      ev->html ? STR("{\"format\":\"html\"}") : STR_NONE);
	struct cell cells[] = { CELL_T(tenant), CELL_N,
				CELL_N,         CELL_T(address),
				CELL_N,         CELL_I(0),
				CELL_I(0),      CELL_I(EVIDENCE_MESSAGES) };
	request_read(r, STORE_MESSAGE_LIST, cells, ARRAY_LEN(cells), show_sent,
		     on_sent);
}

const struct query evidence_query[] = {
	{ "format", "json, or html: a page that needs nothing else." },
	{ "lang", "Of the page: en, or zh." },
	{ NULL, NULL },
};

static bool read_format(struct request *r, struct evidence *ev)
{
	struct str format = request_query(r, "format");
	struct str lang = request_query(r, "lang");

	ev->html = str_eqz(format, "html");
	ev->zh = str_starts(lang, STR("zh"));
	if (ev->html || format.len == 0 || str_eqz(format, "json"))
		return true;
	reply_error(r, 400, "bad_format", "format", "a format is json or html");
	return false;
}

void api_address_evidence(struct request *r)
{
	struct str tenant;

	must(r != NULL);
	struct evidence *ev = mem_new(struct evidence);
	r->own = ev;
	r->own_free = mem_free;
	if (!read_format(r, ev) || !address_begin(r, &tenant, ev->address))
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
	json_ks(b, "exported_by", request_actor(r));
	json_kz(b, "node", r->c->node);
	json_key(b, "events");
	json_open(b, '[');
	struct cell cells[] = { CELL_T(tenant), CELL_Z(ev->address) };
	request_read(r, STORE_CONSENT_LIST, cells, ARRAY_LEN(cells), show_event,
		     on_events);
}
