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
	/* address_key of no tenant, contact -> the newest */
	struct map *chains[REMINDER_CHAINS];
	struct map *record; /* reminder_cycle_key -> enum record bits */
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
/* Nobody need call for it any more. */
void reminder_uncall(struct reminders *r, const struct reminder *x);
/* A person is to call for it, if there is room. */
void reminder_call(struct reminders *r, struct reminder *x,
		   const struct trigger_cfg *t);
/* It is a task: a person shall call. x is due again, or has a reason. */
void reminder_task(struct reminders *r, struct reminder *x, struct str queue);
/* The survey that follows; at_ms 0: now. */
void reminder_follow(struct reminders *r, const struct reminder *x,
		     const struct trigger_cfg *t, int64_t at_ms);

/* The newest to that address, or to any of a person's; "" or "*": of the usual
 * tenant. Others may have the same key. */
struct reminder *reminder_newest(const struct reminders *r, struct str tenant,
				 struct str address, enum reminder_chain c);

/* What its person writes next may be about it, if its trigger waits for that. */
void reminder_awaits(struct reminders *r, struct reminder *x);

MUST_USE int reminder_recover(struct reminders *r, struct err *err);

/* ---- reminder_read.c ---------------------------------------------------------- */

/* A reminder that waits for a word, and what a reply is to it. */
struct reminder_read {
	struct reminder *x;
	const struct trigger_cfg *t;
	int answer; /* number in the trigger's list; -1: none for certain */
	struct trigger_answer a;
	bool takes; /* the reply is an answer to it */
	bool about; /* it is about its answers, if no more */
};

#define REMINDERS_READ 16

/* All that the reply may be about, the oldest first: of one that its channel,
 * its number or its letter names, that one. More than there is room for: the
 * newest. */
unsigned reminder_read(struct reminders *r, const struct inbound *in,
		       struct reminder_read v[REMINDERS_READ]);
/* The name of its conversation: what is sent to its number is for it. */
#define REMINDER_THREAD (sizeof("reminder:") + ID_TEXT)
void reminder_thread(const struct reminder *x, char out[REMINDER_THREAD]);
/* Gives those letters that have none, and writes down what was said. */
void reminder_letters(struct reminder_read *v, unsigned n);
/* 0: it has none. */
char reminder_letter(const struct reminder *x);
/* Does it ask something, rather than say it? */
bool reminder_asks(struct str said);

/* ---- reminder_say.c ----------------------------------------------------------- */

/* What its trigger says in return to that answer, if it says anything. */
void reminder_say_back(struct reminders *r, const struct reminder *x,
		       const struct trigger_cfg *t, unsigned answer,
		       const struct inbound *in);
/* Which of them do they mean? Each has its letter. */
void reminder_say_which(struct reminders *r, const struct reminder_read *v,
			unsigned n, const struct inbound *in);
/* Its choices once more, to who was not understood. */
void reminder_say_again(struct reminders *r, const struct reminder *x,
			const struct trigger_cfg *t, const struct inbound *in);
