/* One chain for the whole node; its head is in memory. */
#include "gateway/ledger.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "gateway/heads.h"
#include "gateway/ledger_check.h"
#include "gateway/publish.h"
#include "gateway/terms.h"
#include "model/address.h"
#include "proto/json.h"

struct head {
	uint64_t seq;
	uint8_t hash[32];
};

struct ledger {
	struct core *core;
	struct head head; /* with what is on its way */
	struct head durable;
	struct heads *heads;
	struct terms *terms;
	struct map *codes; /* seq of a request -> its code, wrong tries */
};

/* A grant on its way to the disk. */
struct granted {
	struct ledger *ledger;
	struct head head;            /* after it */
	struct consent_event *event; /* NULL: it was effective before */
};

void ledger_free(struct ledger **lp)
{
	if (*lp == NULL)
		return;
	terms_free(&(*lp)->terms);
	heads_free(&(*lp)->heads);
	map_free(&(*lp)->codes);
	mem_free(*lp);
	*lp = NULL;
}

void ledger_recover_mark(struct ledger *l, const struct row *row)
{
	must(l != NULL && row != NULL);
	heads_recover(l->heads, row, l->head.seq, l->head.hash);
}

void ledger_mark(struct ledger *l, bool always)
{
	must(l != NULL);
	heads_note(l->heads, l->durable.seq, l->durable.hash, always);
}

void ledger_recover_head(struct ledger *l, uint64_t seq, struct str hash)
{
	must(l != NULL);
	if (hash.len != sizeof(l->head.hash))
		return;
	l->head.seq = seq;
	memcpy(l->head.hash, hash.p, hash.len);
	l->durable = l->head;
}

static void note_code(struct ledger *l, const struct consent_event *e)
{
	char code[CONSENT_CODE + 1];
	uint64_t n = 0;

	consent_code(e, code);
	IGNORE(str_u64(str_of(code), 999999, &n));
	map_set(l->codes, e->seq, n);
}

static void make_effective(struct ledger *l, const struct consent_event *e)
{
	int purpose = classes_purpose(l->core->classes, e->purpose);

	if (purpose < 0)
		return; /* of a class that is no more */
	if (facts_consent(l->core->facts, e, (unsigned)purpose) != 0)
		log_warn("ledger.names", KV_U("seq", e->seq));
	if (e->type == CONSENT_REQUEST)
		note_code(l, e);
	terms_add(l->terms, e);
}

void ledger_recover(struct ledger *l, const struct consent_event *e)
{
	must(l != NULL && e != NULL);
	make_effective(l, e);
}

static bool gives(enum consent_type t)
{
	return consent_agrees(t) || t == CONSENT_UNBLOCK;
}

/* In order of appending, so the head only moves forward. */
static void on_commit(void *owner, int rc)
{
	struct granted *g = owner;
	struct ledger *l = g->ledger;

	if (rc != 0) {
		/* the whole batch is gone: chain on from what is stored */
		l->head = l->durable;
	} else {
		l->durable = g->head;
		if (g->event != NULL)
			make_effective(l, g->event);
	}
	mem_free(g->event);
	mem_free(g);
}

static void watch_commit(struct ledger *l, const struct consent_event *e)
{
	struct granted *g = mem_new(struct granted);

	g->ledger = l;
	g->head = l->head;
	g->event = gives(e->type) ? consent_keep(e) : NULL;
	store_then(l->core->store, on_commit, g);
}

static void put_data(const struct consent_event *e, struct str address,
		     struct buf *out)
{
	buf_c(out, '{');
	json_ku(out, "seq", e->seq);
	json_ks(out, "address", address);
	json_kz(out, "type", consent_type_name(e->type));
	json_ks(out, "purpose", e->purpose);
	json_ks(out, "source", e->source);
	json_kt(out, "at", e->at_ms);
	buf_c(out, '}');
}

/* NULL: of no interest elsewhere. */
static const char *event_type(enum consent_type t)
{
	if (consent_agrees(t))
		return "consent.granted";
	if (t == CONSENT_WITHDRAW)
		return "consent.withdrawn";
	return t == CONSENT_EXPIRE ? "consent.expired" : NULL;
}

static void publish_consent(struct ledger *l, const struct consent_event *e)
{
	const char *type = event_type(e->type);
	struct buf data = { 0 }, masked = { 0 };
	char address[ADDRESS_MAX];

	if (type == NULL ||
	    !publish_wanted(l->core->publish, e->tenant, type, STR_NONE))
		return;
	buf_init(&data, BUF_NO_LIMIT);
	buf_init(&masked, BUF_NO_LIMIT);
	log_mask(e->address, address, sizeof(address));
	put_data(e, e->address, &data);
	put_data(e, str_of(address), &masked);
	publish_event_about(l->core, e->tenant, e->address, type, STR_NONE,
			    buf_str(&data), buf_str(&masked));
	buf_done(&masked);
	buf_done(&data);
}

/* A question that nobody answers is over by itself. */
static void limit_request(struct ledger *l, struct consent_event *e)
{
	int64_t until_ms;

	if (e->at_ms == 0)
		e->at_ms = core_wall_ms(l->core);
	until_ms = e->at_ms + l->core->cfg->optin_within;
	if (e->type == CONSENT_REQUEST &&
	    (e->expires_ms == 0 || e->expires_ms > until_ms))
		e->expires_ms = until_ms;
}

int ledger_append(struct ledger *l, struct consent_event *e, struct err *err)
{
	struct cell cells[CONSENT_CELLS];
	int rc;

	must(l != NULL && e != NULL);
	limit_request(l, e);
	rc = ledger_check(l->core, e, err);
	if (rc != 0)
		return rc;
	e->seq = l->head.seq + 1;
	memcpy(e->prev_hash, l->head.hash, sizeof(e->prev_hash));
	consent_hash(e, e->hash);
	l->head.seq = e->seq;
	memcpy(l->head.hash, e->hash, sizeof(e->hash));
	consent_cells(e, cells);
	store_put(l->core->store, STORE_CONSENT_APPEND, cells, CONSENT_CELLS);
	if (!gives(e->type))
		make_effective(l, e);
	watch_commit(l, e);
	publish_consent(l, e);
	return 0;
}

/* ---- what ends by itself ----------------------------------------------------- */

/* A block that ends is lifted, anything else has expired. */
static void on_term(void *owner, const struct consent_event *over)
{
	struct ledger *l = owner;
	bool block = over->type == CONSENT_BLOCK;
	struct buf evidence = { 0 };
	struct err err = { "" };

	buf_init(&evidence, BUF_NO_LIMIT);
	buf_f(&evidence, "end of event %llu", (unsigned long long)over->seq);
	struct consent_event e = {
		.tenant = over->tenant,
		.address = over->address,
		.brand = over->brand,
		.channel = over->channel,
		.purpose = over->purpose,
		.type = block ? CONSENT_UNBLOCK : CONSENT_EXPIRE,
		/* of a list: its name is its source */
		.source = block ? over->source : STR("clock"),
		.actor = STR("clock"),
		.evidence = buf_str(&evidence),
	};
	IGNORE(map_del(l->codes, over->seq, NULL));
	if (ledger_append(l, &e, &err) != 0)
		log_error("ledger.term", KV_U("seq", over->seq),
			  KV_S("why", err.text));
	buf_done(&evidence);
}

void ledger_tick(struct ledger *l)
{
	must(l != NULL);
	if (l->core->store->ops->ready(l->core->store) != 0)
		return; /* what is due waits until it can be written */
	terms_tick(l->terms);
	ledger_mark(l, false);
}

/* ---- codes of requests -------------------------------------------------------- */

/* Tries are counted in the upper half. */
#define TRY ((uint64_t)1 << 32)

bool ledger_code_is(struct ledger *l, uint64_t seq, struct str code)
{
	uint64_t have, given;

	must(l != NULL);
	if (!map_get(l->codes, seq, &have) || have / TRY >= LEDGER_CODE_TRIES)
		return false;
	if (code.len == CONSENT_CODE && str_u64(code, 999999, &given) == 0 &&
	    given == have % TRY)
		return true;
	map_set(l->codes, seq, have + TRY);
	return false;
}

/* ---- the whole ------------------------------------------------------------------ */

struct ledger *ledger_new(struct core *core)
{
	struct ledger *l = mem_new(struct ledger);

	must(core != NULL);
	l->core = core;
	l->heads = heads_new(core);
	l->terms = terms_new(core, on_term, l);
	l->codes = map_new();
	return l;
}
