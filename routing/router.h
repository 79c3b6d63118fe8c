/*
 * The routing engine: a message that looks for a carrier link and a call that
 * looks for an agent ask it the same way. Pure: no I/O, no clock, no threads.
 *
 *   rules -> pool -> targets; waiting items in the pool's queue; an exclusive
 *   reservation joins one item and one target until it is released.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/list.h"
#include "base/str.h"

struct router;

struct router_limits {
	unsigned targets; /* most targets, <= 4096 */
	unsigned pools;
	unsigned rules;
	unsigned skills; /* names of skills, <= 256 */
	/* An item waiting this long counts as one priority higher, again and
	 * again, up to priority 1: nobody starves. Priority 0 is for alerts:
	 * no age reaches it, it goes before any backlog. 0: no ageing. */
	uint64_t age_boost_ms;
};

struct router *router_new(const struct router_limits *limits);
void router_free(struct router **rp); /* must hold no items */

/* ---- targets: a link, an agent ------------------------------------------ */

enum target_state {
	TARGET_DOWN, /* not connected, logged out */
	TARGET_UP,
	TARGET_HELD,  /* paused: operator, throttled, break, wrap-up */
	TARGET_PROBE, /* circuit half open: one item at a time */
};

const char *target_state_name(enum target_state s);

struct target_cfg {
	const char *name; /* unique; copied */
	void *owner;      /* given back with reservations */
	unsigned cap;     /* window; voice: 1 */
	double rate;      /* tokens a second; 0: no limit */
	double burst;     /* 0: one second's worth, at least 1 */
	unsigned cost;    /* price class, for least cost: lower is cheaper */
};

/* >= 0: the target's number; -EEXIST, -ENOSPC. */
int router_target_add(struct router *r, const struct target_cfg *cfg,
		      uint64_t now_us);
/* Reservations on it stay valid until released. -ENOENT. */
int router_target_remove(struct router *r, int target);
int router_target_find(const struct router *r, const char *name); /* -ENOENT */
void router_target_state(struct router *r, int target, enum target_state s,
			 uint64_t now_us);
/* HELD or PROBE that ends by itself: goes to `then` at until_us. */
void router_target_until(struct router *r, int target, enum target_state s,
			 uint64_t until_us, enum target_state then);
void router_target_cap(struct router *r, int target, unsigned cap);
void router_target_rate(struct router *r, int target, double rate, double burst,
			uint64_t now_us);
/* 0..100; below 10 the target gets nothing but probes. */
void router_target_health(struct router *r, int target, unsigned health);
/* level 0 takes the skill away. -ENOSPC when names run out. */
int router_target_skill(struct router *r, int target, const char *skill,
			unsigned level);

struct target_view {
	const char *name;
	void *owner;
	enum target_state state;
	unsigned cap, used, health;
	double rate, tokens;
	uint64_t idle_since_us;
	uint64_t handled;
};
/* -ENOENT */
int router_target_view(const struct router *r, int target, uint64_t now_us,
		       struct target_view *out);

/* ---- pools --------------------------------------------------------------- */

enum strategy {
	STRATEGY_PRIORITY, /* first that can, in order: failover */
	STRATEGY_WEIGHTED, /* smooth weighted round robin, by health */
	STRATEGY_LEAST_COST,
	STRATEGY_LEAST_LOADED, /* used / cap */
	STRATEGY_LONGEST_IDLE,
	STRATEGY_STICKY, /* rendezvous hash of item.sticky over weight */
	STRATEGY_COUNT
};

const char *strategy_name(enum strategy s);
MUST_USE int strategy_parse(struct str s, enum strategy *out);

/* >= 0: the pool's number; -EEXIST, -ENOSPC. max_len 0: no limit. */
int router_pool_add(struct router *r, const char *name, enum strategy s,
		    size_t max_len);
int router_pool_find(const struct router *r, const char *name);
/* A target of the pool; opens to items that waited after_ms (overflow).
 * Doing it again changes it; weight 0 takes it out. */
int router_pool_target(struct router *r, int pool, int target, unsigned weight,
		       uint64_t after_ms);
size_t router_pool_len(const struct router *r, int pool);
/* Age of the oldest item in us; 0 when empty. */
uint64_t router_pool_age_us(const struct router *r, int pool, uint64_t now_us);

/* ---- rules ----------------------------------------------------------------*/

/* What a rule can ask about one piece of work. Views. */
enum attr {
	ATTR_TENANT,
	ATTR_CLASS,
	ATTR_CHANNEL,
	ATTR_TO, /* prefix match */
	ATTR_FROM,
	ATTR_LANG,
	ATTR_TIER,
	ATTR_BRANCH,
	ATTR_CAMPAIGN,
	ATTR_LINE, /* business line */
	ATTR_COUNT
};

const char *attr_name(enum attr a);

struct attrs {
	struct str v[ATTR_COUNT];
};

/* One condition: the attribute equals (TO: begins with) one of the values. */
struct rule_cond {
	enum attr attr;
	const char *const *values;
	size_t n;
};

/* Rules are tried in order of adding; no conditions matches everything. All
 * is copied. -ENOSPC, -ENOENT (pool). */
MUST_USE int router_rule_add(struct router *r, const char *name,
			     const struct rule_cond *conds, size_t n, int pool);

struct explain;

/* The pool of the first rule that matches, or -ENOENT. ex may be NULL. */
int router_match(const struct router *r, const struct attrs *a,
		 struct explain *ex);

/* Takes all rules away and pool memberships too (before a reload puts new
 * ones): items and reservations stay. */
void router_rules_clear(struct router *r);

/* ---- work ------------------------------------------------------------------*/

struct route_need {
	const char *skill;
	unsigned min; /* level */
};

/*
 * Something that waits. A member of the caller's object (CONTAINER_OF finds
 * that again); set all fields before the offer and leave them alone until it
 * is out.
 */
struct route_item {
	struct list node; /* router's; zero before the first offer */
	uint64_t enq_us;  /* kept over re-queues: never to the tail again */
	uint64_t sticky;  /* for STRATEGY_STICKY; 0: no key, spread */
	const struct route_need *needs; /* NULL-skill terminated, or NULL */
	int16_t pool;                   /* router's */
	int16_t only;     /* >= 0: this member and no other; -1: any */
	int16_t avoid;    /* >= 0: not this target if another can; -1 */
	uint8_t priority; /* 0 first .. 9 last */
	uint8_t cost;     /* tokens and places: parts; 0 counts as 1 */
};

struct reservation {
	uint64_t
		id; /* generation in the upper half: a late answer is harmless */
	struct route_item *item;
	int target;
	void *target_owner;
};

/* Puts the item in the pool's queue: by priority, then enq_us. head: before
 * all of its priority (a lane that was told to hold gives it back); a full
 * pool takes it too, as it was let in before. -ENOSPC when the pool is full. */
MUST_USE int router_offer(struct router *r, int pool, struct route_item *item,
			  bool head);
/* Takes a waiting item out (cancel). No-op when it does not wait. */
void router_withdraw(struct router *r, struct route_item *item);

/*
 * The next join of a waiting item and a free target over all pools: the most
 * urgent item first. Takes tokens and a place, and takes the item out of its
 * queue. false: nothing can be joined now.
 */
bool router_next(struct router *r, uint64_t now_us, struct reservation *out);

/*
 * The same for one target alone, which asks: an agent takes the next. It may
 * be HELD or DOWN, so that router_next gives it nothing, but needs a place.
 */
bool router_pull(struct router *r, int target, uint64_t now_us,
		 struct reservation *out);

/* The only ways out of a reservation. Unknown ids are ignored (false).
 * release: done; gives the place back and counts it as handled.
 * undo: it did not happen; gives place and tokens back, not counted. */
bool router_release(struct router *r, uint64_t id, uint64_t now_us);
bool router_undo(struct router *r, uint64_t id, uint64_t now_us);
bool router_reserved(const struct router *r, uint64_t id,
		     struct reservation *out);

/* When router_next may succeed without any call in between (tokens, `until`,
 * after_ms): absolute us, or UINT64_MAX. Also applies what is due. */
uint64_t router_wake_us(struct router *r, uint64_t now_us);

/* ---- explain ---------------------------------------------------------------*/

/* For any piece of work: every rule considered and every target left out,
 * with why. Filled by router_match (rules) and router_explain (targets). */
struct explain_row {
	bool rule; /* else a target */
	char name[64];
	bool chosen;
	char why[96]; /* "class is alert, not marketing", "window full 10/10" */
};

struct explain {
	unsigned n;
	bool cut; /* more than fit */
	struct explain_row v[128];
	char pool[64];
	char strategy[24];
};

/* Match and then tell of each target of the pool, as if item came now. 0, or
 * -ENOENT when no rule matches. */
int router_explain(struct router *r, const struct attrs *a,
		   const struct route_item *item, uint64_t now_us,
		   struct explain *ex);
