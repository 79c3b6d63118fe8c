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
	struct consent_event event; /* its texts are those behind it */
	char texts[];
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
	if (facts_consent(l->core->facts, e, (unsigned)purpose) != 0)
		log_warn("ledger.names", KV_U("seq", e->seq));
}

void ledger_recover(struct ledger *l, const struct consent_event *e)
{
	must(l != NULL && e != NULL);
	make_effective(l, e);
}

static bool agrees(enum consent_type t)
{
	return t == CONSENT_GRANT || t == CONSENT_CONFIRM ||
	       t == CONSENT_IMPORT;
}

/* What proves nothing where the person is, is no consent. */
static int check_grant(struct ledger *l, const struct consent_event *e,
		       struct err *err)
{
	const struct place *p = places_of(l->core->places, e->address);
	const struct pack *by = place_refuses_source(p, e->source);
	int purpose = classes_purpose(l->core->classes, e->purpose);

	if (str_eqz(e->purpose, "*"))
		return err_set(err, -EINVAL,
			       "consent is given for one purpose, not for all");
	if (by != NULL)
		return err_set(err, -EINVAL,
			       "source %.*s is no consent (rule pack %s)",
			       STR_ARGS(e->source), by->label);
	by = place_wants_wording(p);
	if (by != NULL && e->wording.len == 0 && e->inbound_id == 0 &&
	    classes_promotes(l->core->classes, (unsigned)purpose))
		return err_set(err, -EINVAL,
			       "wording is missing: a consent to promotion "
			       "names the words shown (rule pack %s)",
			       by->label);
	return 0;
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
	if (e->source.len == 0)
		return err_set(err, -EINVAL,
			       "source is missing: web, sms_mo, agent, paper, "
			       "import, api or ivr");
	return agrees(e->type) ? check_grant(l, e, err) : 0;
}

static bool gives(enum consent_type t)
{
	return t == CONSENT_GRANT || t == CONSENT_CONFIRM ||
	       t == CONSENT_IMPORT || t == CONSENT_UNBLOCK;
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
			make_effective(l, &g->event);
	}
	mem_free(g);
}

/* A view of the caller's becomes one of ours. */
static void keep_text(struct str *s, char **at)
{
	if (s->len > 0)
		memcpy(*at, s->p, s->len);
	s->p = *at;
	*at += s->len;
}

static void watch_commit(struct ledger *l, const struct consent_event *e)
{
	size_t room = e->tenant.len + e->address.len + e->brand.len +
		      e->channel.len + e->purpose.len + e->source.len;
	struct granted *g = mem_zalloc(sizeof(*g) + room);
	char *at = g->texts;

	g->ledger = l;
	g->head = l->head;
	g->grant = gives(e->type);
	g->event = *e;
	keep_text(&g->event.tenant, &at);
	keep_text(&g->event.address, &at);
	keep_text(&g->event.brand, &at);
	keep_text(&g->event.channel, &at);
	keep_text(&g->event.purpose, &at);
	keep_text(&g->event.source, &at);
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
	publish_event_about(l->core, e->tenant, e->address, type, STR_NONE,
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
