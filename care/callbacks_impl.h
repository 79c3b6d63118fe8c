/* The room of call-backs, for the files that are its parts. */
#pragma once

#include "base/id.h"
#include "base/list.h"
#include "base/map.h"
#include "base/stats.h"
#include "care/callbacks.h"
#include "care/stored_key.h"
#include "care/work_hours.h"
#include "proto/tzone.h"

#define CALLBACK_AGENTS_MAX 1024
#define CALLBACK_POOLS_MAX 256

/* An agent who takes work by asking for it. */
struct caller {
	char *tenant, *name;
	char *branch; /* whose people they call; "": everybody */
	int target;
	const struct agent_section_cfg *cfg; /* NULL: nothing is known */
	uint64_t holds;                      /* a call-back; 0: none */
	struct caller *next;
};

/* A queue of one tenant, as the router has it; one more for each branch whose
 * agents have asked for work. */
struct call_pool {
	char *tenant, *queue, *branch;
	int pool;
};

struct callback_link {
	struct list node; /* oldest first */
	uint64_t id;
	char *tenant, *address, *queue;
	int64_t expires_ms;
	bool used;
};

struct callbacks {
	struct callbacks_env env;
	/* callback_known: what is kept knows nothing of plans */
	void (*known)(struct callbacks *c, struct callback *x, const char *tier,
		      const char *hours);
	struct id_source ids;
	struct map *all;    /* id */
	struct map *items;  /* address of a route_item that is ours */
	struct map *people; /* address_key -> the one under way */
	struct heap due;
	struct loop_timer *timer;
	bool stopped;
	struct work_hours hours; /* zone NULL: none are set */

	struct caller *callers;
	unsigned ncallers;
	struct call_pool pools[CALLBACK_POOLS_MAX];
	unsigned npools;
	int64_t ahead_us;              /* the router's clock of the wall's */
	struct dict *skills;           /* names, each once */
	struct dict *words, *no_words; /* folded -> itself */

	struct map *links; /* id */
	struct list link_order;
	char link_key[STORED_KEY];

	struct stat *s_asked[CALLBACK_SOURCES], *s_calls, *s_ended;
	struct stat *s_breached;
};

static inline int64_t callbacks_now(const struct callbacks *c)
{
	return clock_wall_ms(c->env.clock);
}

static inline uint64_t callbacks_us(const struct callbacks *c)
{
	return clock_mono_us(c->env.clock);
}

/* ---- callback_keep.c: memory and store ------------------------------------------ */

void callback_index(struct callbacks *c, struct callback *x);
/* Under way for that person, or NULL. */
struct callback *callback_of(const struct callbacks *c, struct str tenant,
			     struct str address);
/* Its row, its place in the heap, and back to `before` (NULL: it never was)
 * if the open batch is not stored. */
void callback_keep(struct callbacks *c, struct callback *x,
		   const struct callback_now *before);
/* Asks the contacts for tier and hours; `known` hears of it. */
void callback_look_up(struct callbacks *c, const struct callback *x);
MUST_USE int callback_recover(struct callbacks *c, struct err *err);
void callback_free_all(struct callbacks *c);

/* ---- callback_plan.c -------------------------------------------------------------- */

/* Tier and hours are there, or nothing is known: it finds its time. */
void callback_known(struct callbacks *c, struct callback *x, const char *tier,
		    const char *hours);
/* From that time on: queued now, later, or denied. */
void callback_plan(struct callbacks *c, struct callback *x, int64_t from_ms);
/* It has ended. */
void callback_end(struct callbacks *c, struct callback *x,
		  enum callback_state as, const char *reason);
/* Preferred ones: "18:00-21:00"; what is none changes nothing. */
void callback_hours(struct callback *x, struct str hours);
void callback_publish(struct callbacks *c, const struct callback *x,
		      const char *type);
/* "callback.<state>" to who asked. */
void callback_tell(struct callbacks *c, const struct callback *x);
struct callback *callback_at(const struct callbacks *c, struct str tenant,
			     uint64_t id);

/* ---- callback_when.c: hours ------------------------------------------------------- */

const struct tzone *callback_zone(const struct callbacks *c,
				  const struct callback *x);
/* The first time from then on at which gate and hours permit a call, in an
 * hour that was not tried yet. false: the gate denies it, with the reason. */
MUST_USE bool callback_when(const struct callbacks *c, const struct callback *x,
			    int64_t from_ms, int64_t *at_ms, char reason[32]);
/* May it be called now? Else *at_ms, or denied: 0. */
MUST_USE bool callback_may_call(const struct callbacks *c,
				const struct callback *x, int64_t *at_ms,
				char reason[32]);

/* Until when it shall have been taken, if it waits from now on. */
int64_t callback_promise_ms(const struct callbacks *c, const struct callback *x,
			    int64_t now_ms);
/* then_ms, or from when on somebody works and may call, if nobody does then. */
int64_t callback_works_ms(const struct callbacks *c, const struct callback *x,
			  int64_t then_ms);

/* ---- callback_queue.c: the router ------------------------------------------------- */

MUST_USE int callback_pool(struct callbacks *c, struct str tenant,
			   struct str queue); /* -ENOENT, -ENOSPC */
void callback_enqueue(struct callbacks *c, struct callback *x);
/* Out of queue or hands. tried: it counts as work done. */
void callback_leave(struct callbacks *c, struct callback *x, bool tried);
MUST_USE struct caller *caller_get(struct callbacks *c, struct str tenant,
				   struct str name); /* NULL: too many */
/* They call people of that branch from now on; "": everybody. -ENOSPC. */
MUST_USE int caller_branch(struct callbacks *c, struct caller *a,
			   struct str branch);
/* Of whom it is for; "": none. */
struct str callback_branch(const struct callbacks *c, const struct callback *x);
/* Takes away what its certificates do not cover now. */
void caller_certify(const struct callbacks *c, const struct caller *a);
/* "billing 2" -> its parts; until_ms 0: always. -EBADMSG. */
MUST_USE int skill_read(const char *text, char name[CALLBACK_NAME + 1],
			unsigned *level, int64_t *until_ms);
unsigned callback_priority(const struct callbacks *c, const char *tier);
void callback_queue_free(struct callbacks *c);

/* ---- callback_say.c --------------------------------------------------------------- */

enum callback_saying {
	SAY_ASKED,
	SAY_MISSED,
	SAY_MISSED_LATER,
	SAY_PROPOSED,
	SAY_UNREACHABLE,
	SAY_TIMED, /* with its time */
	SAY_DECLINED
};
/* lang: of what they wrote, "" unknown. Said in return to their own words it
 * waits for no hours. */
void callback_say(struct callbacks *c, const struct callback *x,
		  enum callback_saying what, struct str lang);
/* In return to words of theirs: its time, or that it will be soon. */
void callback_say_missed(struct callbacks *c, const struct callback *x,
			 struct str lang);
void callback_say_when(struct callbacks *c, const struct callback *x,
		       struct str lang);

/* ---- callback_link.c -------------------------------------------------------------- */

/* Of somebody who is erased. */
void callback_links_drop(struct callbacks *c, struct str tenant,
			 struct str address);
MUST_USE int callback_links_recover(struct callbacks *c, struct err *err);
void callback_links_free(struct callbacks *c);

/* ---- callback_hear.c -------------------------------------------------------------- */

void callback_words(struct callbacks *c);
void callback_words_free(struct callbacks *c);
