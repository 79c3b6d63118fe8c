/* The room of reminders, for the files that are its parts. */
#pragma once

#include "base/id.h"
#include "base/map.h"
#include "base/stats.h"
#include "campaigns/reminders.h"

struct reminders {
	struct reminders_env env;
	struct id_source ids;
	struct map *all;      /* id */
	struct map *messages; /* id of the message -> reminder */
	struct map *accounts; /* reminder_account_key -> first */
	struct map *waiting;  /* address_key: awaits a word -> reminder */
	struct map *record;   /* reminder_cycle_key -> enum record bits */
	struct heap due;
	struct loop_timer *timer;
	bool stopped;
	struct reminder *wishing; /* its call is being asked for; or NULL */
	struct stat *sent, *escalated, *tasks;
};

/* A value of the record: ms of the delivery, and these bits. */
#define RECORD_TASK ((uint64_t)1 << 63)     /* a person is asked to call */
#define RECORD_RELEASED ((uint64_t)1 << 62) /* ... and has */
#define RECORD_MS (((uint64_t)1 << 48) - 1)

uint64_t reminder_account_key(struct str tenant, struct str account);
uint64_t reminder_cycle_key(struct str tenant, struct str account,
			    struct str cycle);

void reminder_keep(struct reminders *r, struct reminder *x); /* its row */
void reminder_index(struct reminders *r, struct reminder *x);
void reminder_forget(struct reminders *r, struct reminder *x);
void reminder_message(struct reminders *r, struct reminder *x,
		      uint64_t message);
/* due_ms 0: nothing. */
void reminder_due(struct reminders *r, struct reminder *x, int64_t due_ms);
/* The record of its account and cycle: in memory and in the store. */
void reminder_record(struct reminders *r, const struct reminder *x,
		     uint64_t set, uint64_t clear);
/* Puts x back to `before` (NULL: takes it away) if the open batch is not
 * stored. */
void reminder_guard(struct reminders *r, struct reminder *x,
		    const struct reminder_now *before);
/* NULL: the configuration has it no more. */
const struct trigger_cfg *reminder_trigger(const struct reminders *r,
					   const struct reminder *x);
/* "reminder.escalated" ... to who listens. */
void reminder_tell(struct reminders *r, const struct reminder *x,
		   const char *type);
/* It is there: counted, and for the record. t may be NULL. */
void reminder_arrived(struct reminders *r, struct reminder *x,
		      const struct trigger_cfg *t);
/* A person is to call for it, if there is room. */
void reminder_call(struct reminders *r, struct reminder *x,
		   const struct trigger_cfg *t);
/* It is a task: a person shall call. x is due again, or has a reason. */
void reminder_task(struct reminders *r, struct reminder *x, struct str queue);
/* The survey that follows; at_ms 0: now. */
void reminder_follow(struct reminders *r, const struct reminder *x,
		     const struct trigger_cfg *t, int64_t at_ms);

/* What its person writes next may be about it, if its trigger waits for that. */
void reminder_awaits(struct reminders *r, struct reminder *x);

MUST_USE int reminder_recover(struct reminders *r, struct err *err);

/* ---- reminder_say.c ----------------------------------------------------------- */

/* What its trigger says in return to that answer, if it says anything. */
void reminder_say_back(struct reminders *r, const struct reminder *x,
		       const struct trigger_cfg *t, unsigned answer,
		       const struct inbound *in);
/* Its choices once more, to who was not understood. */
void reminder_say_again(struct reminders *r, const struct reminder *x,
			const struct trigger_cfg *t, const struct inbound *in);
