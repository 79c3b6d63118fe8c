/*
 * All that a number has subscribed to, under every tenant, in one list; and
 * the end of one or all of it. A customer asks by the reply 0000,
 * people with a call of the API. Consents are in it by themselves; whoever
 * keeps other subscriptions adds a source.
 */
#pragma once

#include "gateway/core.h"
#include "model/inbound.h"

struct subscriptions;

struct subscriptions *subscriptions_new(struct core *core);
void subscriptions_free(struct subscriptions **sp);
/* One more source, after consents; owner and ops live as long. */
void subscriptions_source(struct subscriptions *s,
			  const struct subscription_ops *ops, void *owner);
/* Fills v, in an order that is the same each time; how many there are, which
 * may be more than max. tenant "": of all. */
unsigned subscriptions_list(struct subscriptions *s, struct str tenant,
			    struct str address, struct subscription *v,
			    unsigned max);
/* Ends the one; like: source, actor, evidence, inbound_id. Fails as its
 * source says. */
MUST_USE int subscriptions_end(struct subscriptions *s, struct str address,
			       const struct subscription *one,
			       const struct consent_event *like);

/* The name of its source. */
const char *subscriptions_kind(const struct subscriptions *s,
			       const struct subscription *one);

enum subscriptions_said {
	SUBSCRIPTIONS_NOTHING, /* not one of these words */
	SUBSCRIPTIONS_LISTED,
	SUBSCRIPTIONS_ENDED
};

/*
 * "0000" (the list), "0000 2" or "TD 2" (one of it ends), "0000 00" (all end;
 * TD alone too, once the list was sent). A number of a list that was not sent
 * gets the list, and so do other digits that begin with 0000: "000000". Fills
 * what is to be answered, in Chinese and English.
 */
enum subscriptions_said subscriptions_heard(struct subscriptions *s,
					    const struct inbound *in,
					    struct buf *zh, struct buf *en);
