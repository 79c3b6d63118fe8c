/* What the floors above ask of the gateway, handed to its rooms. */
#include "gateway/gateway_impl.h"

#include <errno.h>

#include "base/mem.h"
#include "gateway/charged.h"
#include "gateway/codes.h"
#include "gateway/intake.h"
#include "gateway/journey.h"
#include "gateway/publish.h"
#include "gateway/receipts.h"
#include "gateway/suspects.h"
#include "gateway/threads.h"
#include "gateway/waiting.h"
#include "model/address.h"
#include "proto/e164.h"
#include "proto/json.h"

uint64_t gateway_id(struct gateway *g)
{
	must(g != NULL);
	return id_next(&g->core.ids, core_wall_ms(&g->core));
}

void gateway_id_seen(struct gateway *g, uint64_t id)
{
	must(g != NULL);
	id_source_seen(&g->core.ids, id);
}

void gateway_submit(struct gateway *g, const struct submission *s,
		    struct submitted *out)
{
	must(g != NULL);
	intake_submit(g->core.intake, s, out);
}

void gateway_judge(struct gateway *g, const struct submission *s,
		   struct submitted *out)
{
	must(g != NULL);
	intake_judge(g->core.intake, s, out, NULL);
}

bool gateway_blocked(struct gateway *g, struct str text, struct str *word)
{
	must(g != NULL);
	return intake_blocked(g->core.intake, text, word);
}

bool gateway_exclusion(const struct gateway *g, struct str name)
{
	must(g != NULL);
	return groups_find(g->core.groups, name) != 0;
}

void gateway_person(struct gateway *g, struct str tenant, struct str to,
		    struct person_view *out)
{
	char number[E164_MAX];
	const struct standing *s;
	const struct tzone *z;

	must(g != NULL && out != NULL);
	if (e164_parse(to, g->core.cfg->country, number, NULL) == 0)
		to = str_of(number);
	s = facts_of(g->core.facts,
		     tenant.len > 0 ? tenant : str_of(g->core.cfg->tenant), to);
	z = standing_zone(s);
	out->lang = standing_lang(s);
	out->contact = standing_contact(s);
	out->zone = z != NULL ? str_of(tzone_name(z)) : STR_NONE;
}

unsigned gateway_judge_rules(struct gateway *g, const struct submission *s,
			     struct submitted *out,
			     struct permit_row rows[PERMIT_RULES_MAX])
{
	must(g != NULL && rows != NULL);
	return intake_explain(g->core.intake, s, out, rows);
}

const struct packs *gateway_packs(const struct gateway *g)
{
	must(g != NULL);
	return g->core.packs;
}

const struct place *gateway_place(const struct gateway *g, struct str address)
{
	must(g != NULL);
	return places_of(g->core.places, address);
}

void gateway_explain(struct gateway *g, const struct submission *s,
		     struct submitted *out, struct explain *ex)
{
	struct route_item item = { .only = -1, .avoid = -1, .cost = 1 };
	struct message m;
	struct attrs a;

	must(g != NULL && ex != NULL);
	intake_judge(g->core.intake, s, out, &m);
	if (out->rc != 0)
		return;
	waiting_attrs(&g->core, &m, &a);
	item.priority = m.priority;
	item.cost = m.parts;
	item.enq_us = core_now_us(&g->core);
	item.sticky = address_key(m.tenant, m.to);
	if (router_explain(g->core.router, &a, &item, item.enq_us, ex) != 0)
		out->code = "no_route";
}

static struct live *find_live(const struct gateway *g, struct str tenant,
			      uint64_t id)
{
	struct live *l = lives_find(&g->core.lives, id);
	struct message m;

	if (l == NULL || tenant.len == 0)
		return l;
	live_message(&g->core.lives, l, &m);
	return str_eq(m.tenant, tenant) ? l : NULL;
}

int gateway_cancel(struct gateway *g, struct str tenant, uint64_t id)
{
	struct event e = { .kind = EVENT_STATE,
			   .state = MESSAGE_CANCELLED,
			   .reason = STR("cancelled") };
	struct live *l;

	must(g != NULL);
	l = find_live(g, tenant, id);
	if (l == NULL)
		return -ENOENT;
	if (l->place != LIVE_QUEUE && l->place != LIVE_WHEEL)
		return -EPROTO;
	waiting_leave(&g->core, l);
	journey_end(&g->core, l, &e);
	return 0;
}

int gateway_live(struct gateway *g, struct str tenant, uint64_t id,
		 struct live_view *out)
{
	const struct live *l;

	must(g != NULL && out != NULL);
	l = find_live(g, tenant, id);
	if (l == NULL)
		return -ENOENT;
	*out = (struct live_view){
		.state = (enum message_state)l->state,
		.due_ms = l->place == LIVE_WHEEL     ? (int64_t)l->due.key
			  : l->place == LIVE_RECEIPT ? l->receipt.until_ms
						     : 0,
		.attempts = l->attempts,
		.link = l->lane < 0 ? NULL : g->lanes.v[l->lane]->name,
	};
	return 0;
}

int gateway_explain_live(struct gateway *g, uint64_t id, struct explain *ex)
{
	const struct live *l;
	struct route_item item = { .only = -1, .avoid = -1 };
	struct message m;
	struct attrs a;

	must(g != NULL && ex != NULL);
	l = lives_find(&g->core.lives, id);
	if (l == NULL)
		return -ENOENT;
	live_message(&g->core.lives, l, &m);
	waiting_attrs(&g->core, &m, &a);
	item.priority = m.priority;
	item.cost = MAX(l->parts, 1);
	item.enq_us = l->enq_us;
	item.sticky = address_key(m.tenant, m.to);
	return router_explain(g->core.router, &a, &item, core_now_us(&g->core),
			      ex);
}

struct heard_by {
	void (*done)(void *owner, int rc);
	void *owner;
};

static void on_heard_by(void *owner, uint64_t ticket, int rc)
{
	struct heard_by *h = owner;

	(void)ticket;
	h->done(h->owner, rc);
	mem_free(h);
}

void gateway_hear(struct gateway *g, struct inbound *in,
		  void (*done)(void *owner, int rc), void *owner)
{
	struct heard_by *h = mem_new(struct heard_by);

	must(g != NULL && in != NULL && done != NULL);
	h->done = done;
	h->owner = owner;
	if (in->at_ms == 0)
		in->at_ms = core_wall_ms(&g->core);
	hear_inbound(g->hear, NULL, in, on_heard_by, h, 0);
}

int gateway_contact(struct gateway *g, struct contact *c,
		    const struct contact_address *v, unsigned n,
		    struct err *err)
{
	must(g != NULL);
	return people_put(g->people, c, v, n, err);
}

int gateway_contact_keep(struct gateway *g, struct contact *c,
			 const struct contact_address *v, unsigned n,
			 struct err *err)
{
	must(g != NULL);
	return people_keep(g->people, c, v, n, err);
}

int gateway_contact_check(struct gateway *g, const struct contact *c,
			  const struct contact_address *v, unsigned n,
			  struct err *err)
{
	must(g != NULL);
	return people_check(g->people, c, v, n, err);
}

uint64_t gateway_contact_known(const struct gateway *g, const struct contact *c,
			       const struct contact_address *v, unsigned n)
{
	must(g != NULL);
	return people_known(g->people, c, v, n);
}

uint64_t gateway_contact_edits(const struct gateway *g)
{
	must(g != NULL);
	return people_edits(g->people);
}

void gateway_contact_part(struct gateway *g, const struct contact *c,
			  const struct contact_address *v, unsigned n)
{
	must(g != NULL);
	people_part(g->people, c, v, n);
}

void gateway_contact_erase(struct gateway *g, const struct contact *c,
			   const struct contact_address *v, unsigned n)
{
	must(g != NULL && c != NULL && v != NULL);
	for (unsigned i = 0; i < n; i++) {
		codes_forget(g->core.codes, c->tenant, v[i].address);
		IGNORE(suspects_drop(g->core.suspects, c->tenant,
				     v[i].address));
	}
	people_erase(g->people, c, v, n);
}

bool gateway_contact_erased(const struct gateway *g, struct str tenant,
			    struct str address)
{
	must(g != NULL);
	return people_erased(g->people, tenant, address);
}

int64_t gateway_contact_erased_at(const struct gateway *g, struct str tenant,
				  struct str address)
{
	must(g != NULL);
	return people_erased_at(g->people, tenant, address);
}

int64_t gateway_contact_erased_last(const struct gateway *g)
{
	must(g != NULL);
	return people_erased_last(g->people);
}

int gateway_contact_merge(struct gateway *g, struct contact *into,
			  const struct contact_address *v, unsigned n,
			  const struct contact *from,
			  const struct contact_address *old, unsigned nold,
			  struct err *err)
{
	must(g != NULL);
	return people_merge(g->people, into, v, n, from, old, nold, err);
}

void gateway_contact_alias(struct gateway *g, struct str tenant,
			   uint64_t old_id, struct str ref, uint64_t id)
{
	must(g != NULL);
	people_alias(g->people, tenant, old_id, ref, id);
}

static const char *grant_name(enum grant g)
{
	static const char *const names[] = { "unknown", "pending", "granted",
					     "expired", "withdrawn" };

	must((unsigned)g < ARRAY_LEN(names));
	return names[g];
}

const char *gateway_grant(struct gateway *g, struct str tenant,
			  struct str address, struct str purpose)
{
	must(g != NULL);
	int number = classes_purpose(g->core.classes, purpose);
	if (number < 0)
		return grant_name(GRANT_UNKNOWN);
	const struct grant_scope scope = {
		.purpose = (unsigned)number,
		.channel = facts_name(g->core.facts, STR("sms")),
	};
	const struct standing *s = facts_of(g->core.facts, tenant, address);
	return grant_name(
		standing_grant(s, &scope, core_wall_ms(&g->core)).grant);
}

void gateway_standing(struct gateway *g, struct str tenant, struct str address,
		      struct buf *json)
{
	const struct standing *s = facts_of(g->core.facts, tenant, address);
	const struct tzone *z = standing_zone(s);
	enum block b;
	uint64_t seen = 0, seq = 0;
	int64_t left_ms = 0;

	buf_c(json, '{');
	json_key(json, "consent");
	buf_c(json, '{');
	for (unsigned i = 0; i < classes_len(g->core.classes); i++) {
		const struct class_rules *r = classes_at(g->core.classes, i);
		const struct grant_scope scope = {
			.purpose = r->purpose,
			.channel = facts_name(g->core.facts, STR("sms")),
		};

		if (r->cfg.consent == CLASS_CONSENT_NONE ||
		    (seen & ((uint64_t)1 << r->purpose)) != 0)
			continue;
		seen |= (uint64_t)1 << r->purpose;
		json_kz(json, classes_purpose_name(g->core.classes, r->purpose),
			grant_name(standing_grant(s, &scope,
						  core_wall_ms(&g->core))
					   .grant));
	}
	buf_c(json, '}');
	b = standing_blocked(s, true, &seq);
	json_kb(json, "blocked", b == BLOCK_LIST);
	json_kb(json, "registry", b == BLOCK_REGISTRY);
	json_kb(json, "suspected", standing_suspected(s));
	json_kb(json, "left", standing_left(s, &left_ms));
	json_kz(json, "zone", z == NULL ? "" : tzone_name(z));
	json_ks(json, "preferred", standing_preferred(s));
	buf_c(json, '}');
}

struct store *gateway_store(struct gateway *g)
{
	must(g != NULL);
	return g->core.store;
}

const struct classes *gateway_classes(const struct gateway *g)
{
	must(g != NULL);
	return g->core.classes;
}

int gateway_ready(const struct gateway *g)
{
	if (g == NULL || g->core.stopping)
		return -EAGAIN;
	return g->core.store->ops->ready(g->core.store);
}

void gateway_counts(const struct gateway *g, struct gateway_counts *out)
{
	const struct lives *t;

	must(g != NULL && out != NULL);
	t = &g->core.lives;
	*out = (struct gateway_counts){
		.live = map_len(t->map),
		.queued = t->in_state[MESSAGE_QUEUED],
		.held = t->in_state[MESSAGE_HELD],
		.submitting = t->in_state[MESSAGE_SUBMITTING],
		.submitted = t->in_state[MESSAGE_SUBMITTED],
		.notices = publish_owed(g->core.publish, -1),
		.strays = receipts_strays(g->core.receipts),
		.standings = facts_len(g->core.facts),
	};
}

void gateway_watch(struct gateway *g,
		   void (*fn)(void *owner, struct str tenant, struct str type,
			      struct str json),
		   void *owner)
{
	must(g != NULL);
	publish_watch(g->core.publish, fn, owner);
}

struct str gateway_watched_about(const struct gateway *g)
{
	must(g != NULL);
	return g->core.about;
}

int gateway_endpoint(struct gateway *g, const struct publish_endpoint_cfg *cfg)
{
	must(g != NULL);
	return publish_endpoint(g->core.publish, cfg);
}

void gateway_endpoint_window(struct gateway *g, int endpoint, unsigned window)
{
	must(g != NULL);
	publish_window(g->core.publish, endpoint, window);
}

void gateway_endpoint_ended(struct gateway *g, uint64_t attempt,
			    const struct outcome *o)
{
	must(g != NULL);
	publish_ended(g->core.publish, attempt, o);
}

void gateway_owe(struct gateway *g, int endpoint, struct str tenant,
		 const char *type, struct str data)
{
	must(g != NULL && type != NULL);
	publish_owe(g->core.publish, endpoint, tenant, type, data);
}

void gateway_publish(struct gateway *g, struct str tenant, const char *type,
		     struct str data)
{
	must(g != NULL && type != NULL);
	if (publish_wanted(g->core.publish, tenant, type, STR_NONE))
		publish_event(g->core.publish, tenant, type, STR_NONE, data,
			      data);
}

void gateway_publish_open(struct gateway *g, struct str tenant,
			  const char *type, struct str data, struct str masked)
{
	must(g != NULL && type != NULL);
	if (publish_wanted(g->core.publish, tenant, type, STR_NONE))
		publish_event(g->core.publish, tenant, type, STR_NONE, data,
			      masked);
}

void gateway_claimant(struct gateway *g, enum claimant_rank rank,
		      const struct claimant_ops *ops, void *owner)
{
	must(g != NULL && ops != NULL && ops->claim != NULL);
	hear_claimant(g->hear, rank, ops, owner);
}

void gateway_on_step(struct gateway *g,
		     void (*fn)(void *owner, uint64_t id,
				const struct event *e),
		     void *owner)
{
	must(g != NULL);
	g->core.stepped = fn;
	g->core.stepped_owner = owner;
}

bool gateway_charged(const struct gateway *g, struct str from)
{
	must(g != NULL);
	return charged_is(&g->core, from);
}

const char *gateway_country(const struct gateway *g)
{
	must(g != NULL);
	return g->core.cfg->country;
}

const char *gateway_tenant(const struct gateway *g)
{
	must(g != NULL);
	return g->core.cfg->tenant;
}

struct str gateway_lang(const struct gateway *g, struct str tenant,
			struct str address)
{
	must(g != NULL);
	return standing_lang(facts_of(g->core.facts, tenant, address));
}

bool gateway_branch(const struct gateway *g, struct str tenant,
		    struct str address, struct str *branch)
{
	must(g != NULL && branch != NULL);
	return facts_branch(g->core.facts,
			    facts_of(g->core.facts, tenant, address), branch);
}

/* Of a class that is in no file any more. */
#define RETENTION_MS (int64_t)(155 * 86400000LL)

int64_t gateway_retention(const struct gateway *g, struct str class_name)
{
	must(g != NULL);
	const struct class_rules *r = classes_find(g->core.classes, class_name);

	return r == NULL ? RETENTION_MS : r->cfg.body_retention;
}

unsigned gateway_retentions(const struct gateway *g, int64_t *out, unsigned max)
{
	must(g != NULL && out != NULL && max > 0);
	unsigned n = 0;

	out[n++] = RETENTION_MS;
	for (unsigned i = 0; i < classes_len(g->core.classes); i++) {
		int64_t ms = classes_at(g->core.classes, i)->cfg.body_retention;
		unsigned k = 0;

		while (k < n && out[k] != ms)
			k++;
		if (k == n && n < max)
			out[n++] = ms;
	}
	return n;
}

int64_t gateway_inbound_retention(const struct gateway *g)
{
	must(g != NULL);
	return g->core.cfg->inbound_retention;
}

struct str gateway_tier(const struct gateway *g, struct str tenant,
			struct str address)
{
	must(g != NULL);
	return facts_tier(g->core.facts,
			  facts_of(g->core.facts, tenant, address));
}

void gateway_measure(struct gateway *g, struct str address, struct measure *m)
{
	must(g != NULL && m != NULL);
	const struct standing *s = facts_of(g->core.facts, m->tenant, address);

	m->tier = facts_tier(g->core.facts, s);
	IGNORE(facts_branch(g->core.facts, s, &m->branch));
	measure_put(g->core.store, m);
}

void gateway_on_inbound(struct gateway *g,
			void (*fn)(void *owner, const struct inbound *in,
				   struct str campaign),
			void *owner)
{
	must(g != NULL);
	hear_listen(g->hear, fn, owner);
}

void gateway_inbound_origin(struct gateway *g, struct str number,
			    struct str origin)
{
	must(g != NULL);
	hear_origin(g->hear, number, origin);
}
