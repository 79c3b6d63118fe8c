/* The gate: may this go to this person now? Pure; asked at intake and again
 * at dispatch. Whatever it cannot establish it denies or defers. */
#pragma once

#include "gateway/classes.h"
#include "gateway/facts.h"
#include "gateway/groups.h"
#include "gateway/places.h"
#include "model/message.h"

/* Reason codes, stable: callers and reports assert on them. */
#define PERMIT_NO_CONSENT "no_consent"
#define PERMIT_WITHDRAWN "withdrawn"
#define PERMIT_EXPIRED "consent_expired"
#define PERMIT_PENDING "doi_pending"
#define PERMIT_BLOCKED "blocklist"
#define PERMIT_REGISTRY "dnd_registry"
#define PERMIT_SUSPECTED "suspected_opt_out"
#define PERMIT_LEFT "contact_left"
#define PERMIT_QUIET "quiet_hours"
#define PERMIT_PREFERRED "preferred_hours"
#define PERMIT_NO_ZONE "no_timezone"
#define PERMIT_NO_WINDOW "no_window"
#define PERMIT_CAP "freq_cap"
#define PERMIT_FATIGUE "survey_fatigue"
#define PERMIT_GROUP "exclusive_group"
#define PERMIT_CONFIRM_LATE "confirm_late"
#define PERMIT_TOO_LATE "transaction_late"
#define PERMIT_NO_STOP_TEXT "no_stop_text"
#define PERMIT_NO_SIGNATURE "no_signature"
#define PERMIT_SENDER "sender_id"
#define PERMIT_NOT_REGISTERED "not_registered"
#define PERMIT_DEMO "demo_only"
#define PERMIT_CLASS "unknown_class"
#define PERMIT_CHARGED "charged_sender"  /* by intake: who asks is not kept */
#define PERMIT_CONTENT "content_blocked" /* by intake: a text never changes */

/* What has no time at which it opens is asked about again after this. */
#define PERMIT_HOLD_MS ((int64_t)3600000)

struct permit_cfg {
	const struct classes *classes;
	const struct facts *facts;
	const struct places *places;
	const struct groups *groups; /* NULL: none */
	bool demo; /* only drama numbers and +999 may be written to */
};

/*
 * ALLOW, DEFER with not_before_ms, or DENY. Texts point to constants, into
 * cfg or into m. Counts nothing: who dispatches counts caps.
 */
void permit(const struct permit_cfg *cfg, const struct message *m,
	    int64_t now_ms, struct decision *out);

/* One rule's answer, whatever the others said. */
struct permit_row {
	const char *rule; /* "hours" */
	const char *by;   /* "class", or the label of a pack */
	enum verdict verdict;
	const char *reason; /* "" for allow */
	int64_t not_before_ms;
	uint64_t consent_seq;
	char detail[64]; /* what it compared: "08:00-20:00", "3/24h: 1" */
};

#define PERMIT_RULES_MAX 16

/* As permit, and every rule asked. Returns how many rows. A class that does
 * not exist has none. */
unsigned permit_explain(const struct permit_cfg *cfg, const struct message *m,
			int64_t now_ms, struct decision *out,
			struct permit_row rows[PERMIT_RULES_MAX]);
/* How many sendings of this class are asked for, and for how long, now that
 * this one goes; 0: none. */
unsigned permit_keep(const struct permit_cfg *cfg, const struct message *m,
		     const struct class_rules *r, int64_t *horizon_ms);
/* Is it a denial that may pass by itself, so that waiting messages stay? */
bool permit_passes(const struct decision *d);
