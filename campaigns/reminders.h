/*
 * Reminders at work: over one channel after the other until one delivers, then
 * a person. They keep the record that answers whether service may be stopped.
 */
#pragma once

#include "base/clock.h"
#include "base/loop.h"
#include "campaigns/reminder.h"
#include "campaigns/surveys.h"
#include "campaigns/triggers.h"
#include "campaigns/wish.h"
#include "gateway/gateway.h"

#define CLAIM_REMINDER "reminder"

struct reminders;

/* The struct behind `events { ... }`; also for events.h. */
struct events_cfg {
	int64_t suspend_after; /* ms after delivery service may be stopped */
	int64_t remember;      /* ms: ids of events are known this long */
	int64_t retention;     /* ms: their rows are kept, if not shorter */
	int64_t events_max, reminders_max, figures_max, triggers_max;
	int64_t call_retry; /* ms: first wait for a call-back of a task */
	int64_t call_tries;
	int64_t alerts_max, alerts_each;     /* of all, of one person */
	int64_t alerts_batch;                /* judged in one turn */
	int64_t alerts_events;               /* that are on their way */
	char *alert_list_zh, *alert_list_en; /* before what they have */
	char *alert_none_zh, *alert_none_en;
	char *alert_full_zh, *alert_full_en;
	char *alert_help_zh, *alert_help_en;
	char *again_zh, *again_en; /* before the choices */
	char *which_zh, *which_en; /* before several reminders */
};

extern const struct setting_section events_section;

struct reminders_env {
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
	struct surveys *surveys;
	const struct triggers *triggers;
	const struct events_cfg *cfg;
	const struct call_wishes *calls; /* NULL: nobody makes calls of tasks */
	unsigned node;
};

/* Reads what the store holds: before serving only. -EIO. */
MUST_USE int reminders_open(struct reminders **out,
			    const struct reminders_env *env, struct err *err);
void reminders_stop(struct reminders *r);    /* before the gateway closes */
void reminders_close(struct reminders **rp); /* after the store */

struct reminder_ask {
	struct str tenant, event, account, cycle, to, text;
	const char *trigger; /* title of its section */
	const struct trigger_cfg *cfg;
	int64_t send_at_ms, valid_until_ms;
	unsigned number; /* within its event: part of its key */
	uint64_t alert;  /* of a customer, that fired; 0: none */
};

/* Sends it; durable after the next store_then. out as gateway_submit.
 * -EINVAL, -ENOSPC ... with a sentence. */
MUST_USE int reminders_add(struct reminders *r, const struct reminder_ask *ask,
			   struct submitted *out, struct err *err);
/* Ends what waits for this account by that trigger; how many. */
unsigned reminders_cancel(struct reminders *r, struct str tenant,
			  struct str trigger, struct str account);
/* A person ends one. -ENOENT; -EPROTO: it has ended. */
MUST_USE int reminders_end(struct reminders *r, struct str tenant, uint64_t id);
/* They are erased, in the open batch: what waits ends, nobody calls. Their rows
 * are erased by gateway_contact_erase. */
void reminders_erase(struct reminders *r, struct str tenant,
		     struct str address);
/* The gateway says what became of a message. */
void reminders_step(struct reminders *r, uint64_t message,
		    const struct event *e);
/* Does what is due; its own timer calls it. */
void reminders_tick(struct reminders *r);
/* A person has called. -ENOENT; -EPROTO: nobody is asked to. */
MUST_USE int reminders_called(struct reminders *r, struct str tenant,
			      uint64_t id);
/* Nobody will, and why: "denied". It stays a task, for who calls all the same
 * (R-14). */
void reminders_not_called(struct reminders *r, struct str tenant, uint64_t id,
			  struct str why);
const struct reminder *reminders_find(const struct reminders *r, uint64_t id);

/* Why service may or may not be stopped. */
struct suspension {
	bool allow;
	const char *reason;    /* "REMIND_FIRST", or "" */
	int64_t delivered_ms;  /* 0: nothing has arrived */
	int64_t not_before_ms; /* 0: not known */
	bool task;             /* a person is asked to call, and has not */
};
void reminders_suspension(const struct reminders *r, struct str tenant,
			  struct str account, struct str cycle,
			  struct suspension *out);

/* A word in return is an acknowledgement. As struct claimant_ops. */
extern const struct claimant_ops reminders_claimant;
/* For who was not understood: behind all others. */
extern const struct claimant_ops reminders_unclear_claimant;
