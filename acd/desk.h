/*
 * The desk: agents, queues, and the work that waits for them. A call, a
 * call-back and a message that wants an answer wait in the same queue of the
 * same router, under the same rules.
 *
 * The owner of the router runs its turn:
 *	desk_turn(d);
 *	while (router_next(r, now, &res))
 *		if (!desk_take(d, &res)) ... a message for a link ...
 *	timer at MIN(router_wake_us(), desk_wake_us())
 */
#pragma once

#include "base/clock.h"
#include "model/agent.h"
#include "model/call.h"
#include "routing/router.h"

struct desk;

enum work_kind { WORK_CALL, WORK_CALLBACK, WORK_REPLY };

enum work_end {
	WORK_SERVED,
	WORK_ABANDONED, /* the customer hung up before an agent was there */
	WORK_MISSED,    /* call-back: the customer did not answer */
	WORK_CUT,       /* out of time, or the trunk failed */
	WORK_BACK,      /* adopted, and its agent did not take it */
};

const char *work_kind_name(enum work_kind k);
const char *work_end_name(enum work_end e);

/* Views, for the length of the call. */
struct work_view {
	uint64_t id;
	enum work_kind kind;
	const char *queue;
	const char *agent; /* NULL: none */
	struct str number; /* the customer's */
	uint64_t message;  /* REPLY; adopted: what its owner calls it */
	uint64_t waited_us;
};

/* From the loop; may not call the desk. */
struct desk_events {
	/* Reserved for w->agent: the moment for the screen to pop. */
	void (*offered)(void *owner, const struct work_view *w);
	/* Exactly once for every piece of work, last. */
	void (*ended)(void *owner, const struct work_view *w, enum work_end e);
};

struct desk_cfg {
	struct router *router;
	const struct clock_ops *clock;
	struct trunk *trunk; /* its events go to desk_calls, owner: the desk */
	unsigned agents, queues, works; /* most of each */
	const char *caller_id;
	const struct desk_events *events;
	void *owner;
};

struct desk *desk_new(const struct desk_cfg *cfg);
/* Ends what is running as CUT. The trunk outlives the desk and delivers
 * nothing to it from now on: the legs hung up here end unheard. */
void desk_free(struct desk **dp);
extern const struct call_events desk_calls;

struct desk_queue {
	const char *name;
	const char *number;             /* a call to it waits here */
	const struct route_need *needs; /* outlive the desk; or NULL */
	size_t max_len;                 /* 0: no limit */
	uint8_t priority[3];            /* by work_kind */
};

/* >= 0: the queue; -EEXIST, -ENOSPC. A pool of that name that another room
 * made is shared with it. */
int desk_queue_add(struct desk *d, const struct desk_queue *cfg);
/* -EEXIST, -ENOSPC, -EINVAL. The agent starts OUT. */
MUST_USE int desk_agent_add(struct desk *d, const struct agent_cfg *cfg);
/* The agent serves the queue, for work that waited after_ms. -ENOENT. */
MUST_USE int desk_agent_serve(struct desk *d, const char *agent, int queue,
			      uint64_t after_ms);
/* -ENOENT */
MUST_USE int desk_intent(struct desk *d, const char *agent,
			 enum agent_intent i);
enum agent_state desk_agent_state(const struct desk *d, const char *agent);
/* The agent takes what is reserved (REPLY; a call is taken by the phone), or
 * is done with a reply or the notes. -EPROTO: not now; -ENOENT. */
MUST_USE int desk_accept(struct desk *d, const char *agent);
MUST_USE int desk_finish(struct desk *d, const char *agent);

/* Work that does not ring in. enq_us: when the wish was uttered. -ENOSPC. */
MUST_USE int desk_callback(struct desk *d, int queue, struct str number,
			   uint64_t enq_us);
MUST_USE int desk_reply(struct desk *d, int queue, struct str number,
			uint64_t message, uint64_t enq_us);

/*
 * Work of another room that waits in the same queue, such as a call-back that
 * is stored: who runs the router sees by the item whose it is, and hands the
 * reservation over. The desk rings the agent, then the customer; `ended` says
 * what came of it, and the owner keeps its place in the queue. -ENOSPC,
 * -EINVAL, -ENOENT (no queue, no agent of the desk's): nothing was taken.
 */
MUST_USE int desk_adopt(struct desk *d, const struct reservation *res,
			struct str number, uint64_t ref);

/* Deadlines and certificates. */
void desk_turn(struct desk *d);
/* Takes a reservation on; false: it is not of the desk's queues. */
bool desk_take(struct desk *d, const struct reservation *res);
uint64_t desk_wake_us(const struct desk *d);
