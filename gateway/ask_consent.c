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
