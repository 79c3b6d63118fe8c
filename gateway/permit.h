/* The gate: may this go to this person now? Pure; asked at intake and again
 * at dispatch. Whatever it cannot establish it denies or defers. */
#pragma once

#include "gateway/classes.h"
#include "gateway/facts.h"
#include "model/message.h"

/* Reason codes, stable: callers and reports assert on them. */
#define PERMIT_NO_CONSENT "no_consent"
#define PERMIT_WITHDRAWN "withdrawn"
#define PERMIT_EXPIRED "consent_expired"
#define PERMIT_PENDING "doi_pending"
#define PERMIT_BLOCKED "blocklist"
#define PERMIT_SUSPECTED "suspected_opt_out"
#define PERMIT_LEFT "contact_left"
#define PERMIT_QUIET "quiet_hours"
#define PERMIT_NO_ZONE "no_timezone"
#define PERMIT_CAP "freq_cap"
#define PERMIT_DEMO "demo_only"
#define PERMIT_CLASS "unknown_class"
#define PERMIT_CONTENT "content_blocked" /* by intake: a text never changes */

struct permit_cfg {
	const struct classes *classes;
	const struct facts *facts;
	bool demo; /* only drama numbers and +999 may be written to */
};

/*
 * ALLOW, DEFER with not_before_ms, or DENY. reason and rule_version point to
 * constants or into the classes. Counts nothing: who dispatches counts caps.
 */
void permit(const struct permit_cfg *cfg, const struct message *m,
	    int64_t now_ms, struct decision *out);
