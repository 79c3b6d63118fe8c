/*
 * The alerts that customers have set, by API and by a word in a message. They
 * belong to an address, and to a trigger that has `alert_value`. Events judge
 * them (event_alert.c): each fires once when its value is crossed, and again
 * only after the value has gone back; one that is `once` is over then. One
 * address has one for each trigger, subject and side: a new one takes the
 * place of the old.
 */
#pragma once

#include "base/clock.h"
#include "campaigns/alert.h"
#include "campaigns/reminders.h"
#include "campaigns/triggers.h"
#include "gateway/gateway.h"

#define CLAIM_ALERT "alert"

struct alerts;

struct alerts_env {
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
	const struct triggers *triggers;
	const struct events_cfg *cfg;
	unsigned node;
};

/* Reads what the store holds: before serving only. -EIO. */
MUST_USE int alerts_open(struct alerts **out, const struct alerts_env *env,
			 struct err *err);
void alerts_close(struct alerts **ap); /* after the store */

struct alert_ask {
	struct str tenant, address, trigger, subject;
	bool above, once;
	int64_t limit;      /* thousandths */
	int64_t until_ms;   /* 0: without an end */
	const char *source; /* "sms", "api" */
};

/* Durable with the next store_then. -EINVAL no such trigger, or not with such
 * a subject, or an end that is over; -ENOSPC they have as many as one may, or
 * there are too many of all; with a sentence. */
MUST_USE int alerts_set(struct alerts *a, const struct alert_ask *ask,
			const struct alert **out, struct err *err);
/* tenant "": any. NULL: there is none. */
const struct alert *alerts_find(const struct alerts *a, struct str tenant,
				uint64_t id);
/* -ENOENT. */
MUST_USE int alerts_remove(struct alerts *a, struct str tenant, uint64_t id);
/* Those of an address, the newest first; trigger "": of all. x NULL: begins;
 * NULL: that was the last. Valid until one is set or removed. */
const struct alert *alerts_next(const struct alerts *a, struct str tenant,
				struct str address, struct str trigger,
				const struct alert *x);
/* They are erased, in the open batch; their rows are by gateway_contact_erase. */
void alerts_erase(struct alerts *a, struct str tenant, struct str address);

/* The next of a trigger and subject, by id behind `after`; NULL: none. */
const struct alert *alerts_behind(const struct alerts *a, struct str tenant,
				  struct str trigger, struct str subject,
				  uint64_t after);

enum alert_judged { ALERT_STAYS, ALERT_BACK, ALERT_FIRES, ALERT_OVER };

/* What comes of that value; changes nothing. */
enum alert_judged alert_judge(const struct alerts *a, const struct alert *x,
			      struct alert_amount value);
/* ... and makes it so, in the open batch. ALERT_FIRES: it was said. */
void alerts_step(struct alerts *a, uint64_t id, enum alert_judged how,
		 int64_t value);

/* Words of triggers (`alert_words`), before keywords. */
extern const struct claimant_ops alerts_claimant;
