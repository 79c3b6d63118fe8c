/* The part of gateway.h that is about consent: one call each into its rooms. */
#include "gateway/gateway_impl.h"

#include "gateway/ledger.h"
#include "gateway/optin.h"
#include "gateway/subscriptions.h"
#include "gateway/suspects.h"

int gateway_consent(struct gateway *g, struct consent_event *e, struct err *err)
{
	must(g != NULL);
	return ledger_append(g->core.ledger, e, err);
}

int gateway_optin_ask(struct gateway *g, struct consent_event *e,
		      struct submitted *out, struct err *err)
{
	must(g != NULL);
	return optin_ask(&g->core, e, out, err);
}

int gateway_optin_code(struct gateway *g, struct consent_event *e,
		       struct str code, struct err *err)
{
	must(g != NULL);
	return optin_confirm_code(&g->core, e, code, err);
}

int gateway_suspect_settle(struct gateway *g, const struct consent_event *like,
			   bool refusal)
{
	must(g != NULL);
	return suspects_settle(g->core.suspects, like, refusal);
}

int64_t gateway_suspect_due(const struct gateway *g, struct str address,
			    int64_t at_ms)
{
	must(g != NULL);
	return suspects_due(&g->core, address, at_ms);
}

bool gateway_listed(const struct gateway *g, struct str tenant,
		    struct str address, struct str list, int64_t *until_ms)
{
	must(g != NULL && until_ms != NULL);
	return facts_listed(g->core.facts, tenant, address, list, until_ms);
}

const char *gateway_list(const struct gateway *g, unsigned i, uint64_t *n)
{
	must(g != NULL && n != NULL);
	return facts_list(g->core.facts, i, n);
}

/* ---- may they be advertised to? ---------------------------------------------- */

struct promotable {
	const struct core *core;
	const struct standing *own, *global;
	int64_t now_ms;
	uint16_t channel;
	bool of_line; /* of the line `brand` alone; 0: of none */
	uint16_t brand;
	bool found;
};

/* That mark alone may have been followed by a wider one: all of them decide. */
static void find_promotable(void *owner, unsigned purpose, uint16_t brand,
			    uint16_t channel, enum grant grant, uint64_t seq)
{
	struct promotable *p = owner;
	const struct grant_scope scope = { purpose,
					   p->of_line ? p->brand : brand,
					   p->channel };

	(void)channel;
	(void)seq;
	if (p->found || grant != GRANT_GIVEN ||
	    !classes_promotes(p->core->classes, purpose))
		return;
	p->found = standing_grant(p->own, &scope, p->now_ms).grant ==
			   GRANT_GIVEN &&
		   standing_grant(p->global, &scope, p->now_ms).grant !=
			   GRANT_WITHDRAWN;
}

static bool may_promote(const struct gateway *g, struct str tenant,
			struct str address, struct str channel,
			struct promotable *p)
{
	uint64_t seq;

	p->core = &g->core;
	p->own = facts_of(g->core.facts, tenant, address);
	p->global = facts_of(g->core.facts, STR("*"), address);
	p->now_ms = core_wall_ms(&g->core);
	p->channel = facts_name(g->core.facts, channel);
	standing_marks(p->own, p->now_ms, find_promotable, p);
	return p->found && standing_blocked(p->own, true, &seq) == BLOCK_NONE &&
	       standing_blocked(p->global, true, &seq) == BLOCK_NONE &&
	       !standing_suspected(p->own) && !standing_suspected(p->global);
}

bool gateway_may_promote(const struct gateway *g, struct str tenant,
			 struct str address, struct str channel)
{
	must(g != NULL);
	struct promotable p = { .of_line = false };

	return may_promote(g, tenant, address, channel, &p);
}

bool gateway_may_promote_line(const struct gateway *g, struct str tenant,
			      struct str address, struct str channel,
			      struct str line)
{
	must(g != NULL);
	struct promotable p = {
		.of_line = true,
		.brand = line.len == 0 ? FACTS_NAME_NEW
				       : facts_name(g->core.facts, line)
	};

	return may_promote(g, tenant, address, channel, &p);
}

struct lines {
	const struct core *core;
	void (*fn)(void *owner, struct str line);
	void *owner;
};

static void tell_line(void *owner, unsigned purpose, uint16_t brand,
		      uint16_t channel, enum grant grant, uint64_t seq)
{
	const struct lines *l = owner;

	(void)channel;
	(void)grant;
	(void)seq;
	if (brand != 0 && classes_promotes(l->core->classes, purpose))
		l->fn(l->owner, str_of(facts_name_text(l->core->facts, brand)));
}

void gateway_consent_lines(const struct gateway *g, struct str tenant,
			   struct str address,
			   void (*fn)(void *owner, struct str line),
			   void *owner)
{
	must(g != NULL && fn != NULL);
	struct lines l = { &g->core, fn, owner };

	standing_marks(facts_of(g->core.facts, tenant, address),
		       core_wall_ms(&g->core), tell_line, &l);
}

const char *gateway_known_tenant(const struct gateway *g, unsigned i)
{
	must(g != NULL);
	return i < facts_tenants(g->core.facts) ? facts_tenant(g->core.facts, i)
						: NULL;
}

void gateway_subscription_source(struct gateway *g,
				 const struct subscription_ops *ops,
				 void *owner)
{
	must(g != NULL);
	subscriptions_source(g->core.subscriptions, ops, owner);
}

unsigned gateway_subscriptions(struct gateway *g, struct str tenant,
			       struct str address, struct subscription *v,
			       unsigned max)
{
	must(g != NULL);
	return subscriptions_list(g->core.subscriptions, tenant, address, v,
				  max);
}

int gateway_unsubscribe(struct gateway *g, struct str address,
			const struct subscription *one,
			const struct consent_event *like)
{
	must(g != NULL);
	return subscriptions_end(g->core.subscriptions, address, one, like);
}

const char *gateway_subscription_kind(const struct gateway *g,
				      const struct subscription *one)
{
	must(g != NULL);
	return subscriptions_kind(g->core.subscriptions, one);
}
