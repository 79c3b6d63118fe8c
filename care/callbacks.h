/*
 * Call-backs at work: wished by a word, a link, a person or a finding; one
 * open for each person; queued with skills, tiers and age in the router that
 * calls and messages wait in, too; tried at different hours; and nobody
 * forgotten. The gate is asked for the channel "voice" before a call,
 * and again when an agent takes it.
 */
#pragma once

#include "base/clock.h"
#include "base/loop.h"
#include "base/settings.h"
#include "care/callback.h"
#include "gateway/gateway.h"

#define CLAIM_CALLBACK "callback"

struct callbacks;

/* The struct behind `callbacks { ... }`. */
struct callbacks_cfg {
	char *queue;     /* where none is named */
	char *wished;    /* class of a call that was asked for, and of texts */
	char *unasked;   /* class of a call that a finding leads to */
	char *caller_id; /* what rings; "" any */
	int64_t tries;   /* in different hours, before it is given up */
	int64_t retry, busy_retry;   /* ms after a try in vain */
	int64_t hold;                /* ms: an agent keeps it this long */
	int64_t breach;              /* ms of waiting that are too much */
	int64_t propose;             /* ms: a yes is awaited this long */
	int64_t age_boost;           /* ms of waiting that count as a level */
	int64_t max;                 /* under way */
	bool low_scores;             /* they lead to a call, too */
	int clock;                   /* of breach: CALLBACK_WORKING ... */
	int64_t links_max, link_for; /* ms */
	struct setting_list tiers;   /* "vip 2": priority by tier */
	struct setting_list words, no_words;
	char *asked_zh, *asked_en, *missed_zh, *missed_en;
	char *missed_later_zh, *missed_later_en;
	char *proposed_zh, *proposed_en, *unreachable_zh, *unreachable_en;
	char *timed_zh, *timed_en, *declined_zh, *declined_en;
};

/* `queue NAME { skills = {"billing 2"} }` */
struct queue_cfg {
	struct setting_list skills; /* that its work needs */
	int clock;                  /* enum queue_clock */
};

/* Which clock a promise to call runs by. */
enum callback_clock { CALLBACK_WORKING, CALLBACK_CALENDAR };
enum queue_clock { QUEUE_USUAL, QUEUE_WORKING, QUEUE_CALENDAR };

/* `agent NAME { skills = {"billing 3", "complaint 1 until 2026-12-31"} }` */
struct agent_section_cfg {
	char *tenant; /* "": all */
	struct setting_list skills;
};

extern const struct setting_section callbacks_section;
extern const struct setting_section queue_section;
extern const struct setting_section agent_section;
/* Skills, tiers, and queues that are not there; appends faults. */
void callbacks_check(const struct settings *s, struct faults *faults);

struct callbacks_env {
	struct campaigns *campaigns; /* that hear who uses a link; or NULL */
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
	struct router *router; /* may hold other work, too; lives longer */
	const struct settings *settings;
	const struct callbacks_cfg *cfg; /* lives as long */
	const char *tenant;              /* the default one */
	unsigned node;
	/* One has ended, in the batch that stores it; may be NULL. */
	void (*ended)(void *owner, const struct callback *x);
	void *owner;
};

/* Reads what the store holds: before serving only. -EIO. */
MUST_USE int callbacks_open(struct callbacks **out,
			    const struct callbacks_env *env, struct err *err);
void callbacks_stop(struct callbacks *c);    /* before the gateway closes */
void callbacks_close(struct callbacks **cp); /* after the store */

/* ---- to wish one ----------------------------------------------------------------- */

struct callback_ask {
	struct str tenant, address;
	struct str queue, skill; /* "": the setting's; none */
	struct str ref, note;
	enum callback_source source;
	int64_t not_before_ms; /* 0: now */
	struct str hours;      /* preferred: "18:00-21:00"; "": theirs */
	bool propose;          /* by a message; it takes a yes */
	struct str lang; /* of what is said first, if nothing is known; "" */
};

struct callback_asked {
	uint64_t id;
	enum callback_state state;
	const char *reason; /* of the gate; lives until the next call */
	bool joined;        /* one was under way: this is it */
};

/* Durable after the next store_then. -EINVAL, -ENOSPC with a sentence. */
MUST_USE int callbacks_ask(struct callbacks *c, const struct callback_ask *ask,
			   struct callback_asked *out, struct err *err);
/* NULL: it has ended, or never was; or is another tenant's ("": any). */
const struct callback *callbacks_find(const struct callbacks *c,
				      struct str tenant, uint64_t id);
/* Under way for that person, or NULL. */
const struct callback *callbacks_open_of(const struct callbacks *c,
					 struct str tenant, struct str address);
/* What waits for an agent of this tenant ("": of all), of this branch (the
 * same). */
size_t callbacks_waiting(const struct callbacks *c, struct str tenant,
			 struct str branch);

/* ---- agents ---------------------------------------------------------------------- */

/*
 * The next one for this agent, or the one they have. branch: its people alone;
 * "": everybody. -ENOENT: nothing waits that they may do now; -ENOSPC: too many
 * agents, or queues of branches. Durable after the next store_then.
 */
MUST_USE int callbacks_next(struct callbacks *c, struct str tenant,
			    struct str branch, struct str agent,
			    const struct callback **out);

/* A router's reservation: false, it is none of ours. Else agent has it now,
 * and who runs the router rings them; the voice module does. */
MUST_USE bool callbacks_take(struct callbacks *c, const struct reservation *res,
			     struct str agent, const struct callback **out);

enum callback_result {
	CALLBACK_REACHED,
	CALLBACK_NO_ANSWER,
	CALLBACK_BUSY,
	CALLBACK_REFUSED, /* they want no call */
	CALLBACK_WRONG,   /* nobody of that name there */
	CALLBACK_BACK,    /* not tried: to the queue again */
	CALLBACK_TALKING, /* both are on the line */
	CALLBACK_RESULTS
};
const char *callback_result_name(enum callback_result r);
MUST_USE int callback_result_parse(struct str s, enum callback_result *out);

/* What came of it. agent "": whoever has it. -ENOENT; -EPROTO: nobody has
 * it; -EPERM: somebody else does. */
MUST_USE int callbacks_result(struct callbacks *c, struct str tenant,
			      uint64_t id, struct str agent,
			      enum callback_result r);
/* What it was wished for has gone: it ends, unless it is about something else,
 * too, or somebody has it. */
void callbacks_unwish(struct callbacks *c, struct str tenant,
		      struct str address, struct str ref);
/* By one of us: -EBUSY before it was tried often enough, unless the
 * customer said so. -ENOENT. */
MUST_USE int callbacks_cancel(struct callbacks *c, struct str tenant,
			      uint64_t id, bool by_customer);

/* They are erased, in the open batch: no call is made any more, no link leads
 * to one. Their rows are erased by gateway_contact_erase. */
void callbacks_erase(struct callbacks *c, struct str tenant,
		     struct str address);

/* ---- links ----------------------------------------------------------------------- */

#define CALLBACK_TOKEN 48

/* A token that makes one call-back, once, within for_ms (0: the setting's).
 * Durable after the next store_then. -ENOSPC. */
MUST_USE int callbacks_link(struct callbacks *c, struct str tenant,
			    struct str address, struct str queue,
			    int64_t for_ms, char token[CALLBACK_TOKEN],
			    int64_t *expires_ms);
/* -EBADMSG: none of ours; -EPROTO: used, or too old. */
MUST_USE int callbacks_link_check(const struct callbacks *c, struct str token);
MUST_USE int callbacks_link_use(struct callbacks *c, struct str token,
				struct callback_asked *out, struct err *err);

/* Does what is due; its own timer calls it. */
void callbacks_tick(struct callbacks *c);
/* Words of customers. As struct claimant_ops. */
extern const struct claimant_ops callbacks_claimant;
