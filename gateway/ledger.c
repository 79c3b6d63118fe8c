/* One chain for the whole node; its head is in memory. */
#include "gateway/ledger.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "gateway/publish.h"
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
};

/* A grant on its way to the disk. */
struct granted {
	struct ledger *ledger;
	struct head head; /* after it */
	bool grant;
	unsigned purpose;
	enum consent_type type;
	int64_t at_ms, expires_ms;
	char tenant[TENANT_MAX + 1];
	char address[ADDRESS_MAX];
};

struct ledger *ledger_new(struct core *core)
{
	struct ledger *l = mem_new(struct ledger);

	must(core != NULL);
	l->core = core;
	return l;
}

void ledger_free(struct ledger **lp)
{
	mem_free(*lp);
	*lp = NULL;
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

static void make_effective(struct ledger *l, const struct consent_event *e)
{
	int purpose = classes_purpose(l->core->classes, e->purpose);

	if (purpose < 0)
		return; /* of a class that is no more */
	facts_consent(l->core->facts, e->tenant, e->address, (unsigned)purpose,
		      e->type, e->seq, e->at_ms, e->expires_ms);
}

void ledger_recover(struct ledger *l, const struct consent_event *e)
{
	must(l != NULL && e != NULL);
	make_effective(l, e);
}

static int check(struct ledger *l, const struct consent_event *e,
		 struct err *err)
{
	if (e->address.len == 0 || e->address.len >= ADDRESS_MAX)
		return err_set(err, -EINVAL, "address is missing or too long");
	if (e->tenant.len > TENANT_MAX ||
	    (!str_eqz(e->tenant, "*") && tenant_check(e->tenant) != 0))
		return err_set(err, -EINVAL, "tenant is not a tenant's name");
	if (classes_purpose(l->core->classes, e->purpose) < 0)
		return err_set(err, -EINVAL,
			       "there is no purpose \"%.*s\": it is the name "
			       "of a class, or its purpose setting, or *",
			       STR_ARGS(e->purpose));
	if (e->type == CONSENT_GRANT && str_eqz(e->purpose, "*"))
		return err_set(err, -EINVAL,
			       "consent is given for one purpose, not for all");
	if (e->type == CONSENT_GRANT && str_eqz(e->source, "tnc_bundled"))
		return err_set(err, -EINVAL,
			       "consent bundled with terms is no consent");
	if (e->source.len == 0)
		return err_set(err, -EINVAL,
			       "source is missing: web, sms_mo, agent, paper, "
			       "import, api or ivr");
	return 0;
}

static bool gives(enum consent_type t)
{
	return t == CONSENT_GRANT || t == CONSENT_CONFIRM ||
	       t == CONSENT_UNBLOCK;
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
		if (g->grant)
			facts_consent(l->core->facts, str_of(g->tenant),
				      str_of(g->address), g->purpose, g->type,
				      g->head.seq, g->at_ms, g->expires_ms);
	}
	mem_free(g);
}

static void watch_commit(struct ledger *l, const struct consent_event *e)
{
	struct granted *g = mem_new(struct granted);

	g->ledger = l;
	g->head = l->head;
	g->grant = gives(e->type);
	g->type = e->type;
	g->at_ms = e->at_ms;
	g->expires_ms = e->expires_ms;
	g->purpose = (unsigned)classes_purpose(l->core->classes, e->purpose);
	must(str_copy(g->tenant, sizeof(g->tenant), e->tenant) == 0);
	must(str_copy(g->address, sizeof(g->address), e->address) == 0);
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

static void publish_consent(struct ledger *l, const struct consent_event *e)
{
	const char *type = e->type == CONSENT_GRANT ? "consent.granted"
						    : "consent.withdrawn";
	struct buf data = { 0 }, masked = { 0 };
	char address[ADDRESS_MAX];

	if ((e->type != CONSENT_GRANT && e->type != CONSENT_WITHDRAW) ||
	    !publish_wanted(l->core->publish, e->tenant, type, STR_NONE))
		return;
	buf_init(&data, BUF_NO_LIMIT);
	buf_init(&masked, BUF_NO_LIMIT);
	log_mask(e->address, address, sizeof(address));
	put_data(e, e->address, &data);
	put_data(e, str_of(address), &masked);
	publish_event(l->core->publish, e->tenant, type, STR_NONE,
		      buf_str(&data), buf_str(&masked));
	buf_done(&masked);
	buf_done(&data);
}

int ledger_append(struct ledger *l, struct consent_event *e, struct err *err)
{
	struct cell cells[CONSENT_CELLS];
	int rc;

	must(l != NULL && e != NULL);
	rc = check(l, e, err);
	if (rc != 0)
		return rc;
	e->seq = l->head.seq + 1;
	if (e->at_ms == 0)
		e->at_ms = core_wall_ms(l->core);
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
