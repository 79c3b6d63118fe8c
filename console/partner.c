/* Partners send to their subscribers. */
#include "console/partner.h"

bool partner_may_send(const struct request *r, const struct submission *s)
{
	struct submitted probe;

	must(r != NULL && s != NULL);
	if (!who_pseudonymous(&r->who))
		return true;
	gateway_judge(r->c->gateway, s, &probe);
	/* What the gate refuses it refuses with its own words. */
	return probe.rc != 0 || probe.decision.verdict == VERDICT_DENY ||
	       probe.decision.consent_seq != 0;
}

void partner_refuse(struct request *r)
{
	must(r != NULL);
	reply_error(r, 403, PARTNER_CODE, "to", PARTNER_REASON);
}
