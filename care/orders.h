/*
 * Orders at work: offered with a price, confirmed by a code that is good once,
 * for this number, offer and price, and for a day. The billing
 * side hears service.activate, service.change and service.end. A trial ends
 * unless it is confirmed. What is active is in the list of 0000.
 */
#pragma once

#include "base/clock.h"
#include "base/loop.h"
#include "base/settings.h"
#include "care/order.h"
#include "gateway/gateway.h"

#define CLAIM_ORDER "order"

struct orders;

/* The struct behind `orders { ... }`. */
struct orders_cfg {
	char *class_name;
	int64_t confirm; /* ms: a code is good this long */
	int64_t late;    /* ms: then who sends it is told that it is not */
	int64_t tries;   /* wrong codes, then it lapses */
	int64_t warn;    /* ms before a trial ends */
	int64_t pending; /* of one person */
	int64_t max;     /* that have not ended */
	int64_t buyers_max;
	char *confirm_zh, *confirm_en, *active_zh, *active_en;
	char *wrong_zh, *wrong_en, *late_zh, *late_en;
	char *trial_zh, *trial_en, *ended_zh, *ended_en;
};

/* `offer NAME { ... }` */
struct offer_cfg {
	char *tenant; /* "": the default one */
	char *title_zh, *title_en;
	int64_t price; /* fen */
	int period;    /* enum order_period */
	char *service; /* what billing calls it; "": the offer's name */
	struct setting_list words;
};

extern const struct setting_section orders_section;
extern const struct setting_section offer_section;
/* Titles, texts, words that two offers share; appends faults. */
void orders_check(const struct settings *s, struct faults *faults);
/* 8 hex digits over all that is offered. */
void offer_version(const char *name, const struct offer_cfg *o,
		   char out[OFFER_VERSION]);

struct orders_env {
	/* Told of each that is confirmed, in its batch. May be NULL. */
	void (*confirmed)(void *owner, const struct order *x);
	void *owner;
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
	const struct settings *settings;
	const struct orders_cfg *cfg; /* lives as long */
	unsigned node;
};

/* Reads what the store holds: before serving only. -EIO. */
MUST_USE int orders_open(struct orders **out, const struct orders_env *env,
			 struct err *err);
void orders_stop(struct orders *o);    /* before the gateway closes */
void orders_close(struct orders **op); /* after the store */

struct order_ask {
	struct str tenant, address, offer;
	struct str actor;       /* who asks for them */
	uint64_t inbound;       /* their message; 0: none */
	int64_t trial_until_ms; /* not 0: begun elsewhere, until then */
	struct str lang;        /* "zh", "en": of who asks; "" not known */
};

/*
 * Sends the code; or writes a trial down. The same offer once more takes the
 * place of one that waits; one that is active is given back (-EEXIST).
 * Durable after the next store_then. -ENOENT no such offer; -EPERM the gate
 * refuses the code; -EINVAL, -ENOSPC: with a sentence.
 */
MUST_USE int orders_ask(struct orders *o, const struct order_ask *ask,
			const struct order **out, struct err *err);
/* NULL: it has ended, or never was; or is another tenant's ("": any). */
const struct order *orders_find(const struct orders *o, struct str tenant,
				uint64_t id);
/* At once. what: "unsubscribed", "by_staff". -ENOENT. */
MUST_USE int orders_end(struct orders *o, struct str tenant, uint64_t id,
			const char *reason);
/* They are erased, in the open batch: what they have ends. Their rows are
 * erased by gateway_contact_erase. */
void orders_erase(struct orders *o, struct str tenant, struct str address);
void orders_tick(struct orders *o);

/* What is theirs, for the list of 0000; and its end. */
extern const struct subscription_ops orders_subscriptions;
/* Codes, before anything else that digits may mean; and words of offers. */
extern const struct claimant_ops orders_codes_claimant;
extern const struct claimant_ops orders_claimant;
