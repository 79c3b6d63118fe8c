/* The legs of a desk's work: who is rung, joined and hung up. */
#include "acd/calls.h"

#include <errno.h>

#define DESK(owner) MAGIC_CAST(struct desk, DESK_MAGIC, owner)

static const struct str calls_waiting = { "waiting", 7 };
static const struct str calls_ringback = { "ringback", 8 };

void calls_hang(struct desk *d, uint64_t *leg, enum call_end why)
{
	must(d != NULL && leg != NULL);
	if (*leg == 0)
		return;
	uint64_t gone = *leg;
	*leg = 0;
	map_del(d->legs, gone, NULL); /* its `ended` will find nobody */
	d->cfg.trunk->ops->hangup(d->cfg.trunk, gone, why);
}

void calls_clear(struct desk *d, struct work *w, enum call_end why)
{
	must(d != NULL && w != NULL);
	calls_hang(d, &w->phone, why);
	calls_hang(d, &w->customer, why);
}

static int calls_dial(struct desk *d, struct work *w, struct str to,
		      struct str from, uint64_t *leg)
{
	int rc = d->cfg.trunk->ops->dial(d->cfg.trunk, to, from, leg);

	if (rc == 0)
		map_set_ptr(d->legs, *leg, w);
	return rc;
}

void calls_ring(struct desk *d, struct work *w)
{
	must(d != NULL && w != NULL && w->agent != NULL);
	if (calls_dial(d, w, str_of(w->agent->phone), str_of(w->number),
		       &w->phone) != 0)
		works_back(d, w, CALL_END_FAILED);
	else
		agents_enter(&d->agents, w->agent, AGENT_RINGING, 0);
}

static void calls_cut(struct desk *d, struct work *w)
{
	calls_clear(d, w, CALL_END_FAILED);
	works_end(d, w, WORK_CUT);
}

static void calls_bridge(struct desk *d, struct work *w)
{
	struct trunk *t = d->cfg.trunk;

	fsm_move(&w->fsm, WORK_BRIDGED);
	if (t->ops->bridge(t, w->customer, w->phone) != 0)
		calls_cut(d, w);
}

/* A call-back: the agent hears it ring while the customer is dialled. */
static void calls_call_back(struct desk *d, struct work *w)
{
	struct trunk *t = d->cfg.trunk;

	fsm_move(&w->fsm, WORK_JOINING);
	if (t->ops->play(t, w->phone, calls_ringback, true) != 0 ||
	    calls_dial(d, w, str_of(w->number), str_of(d->cfg.caller_id),
		       &w->customer) != 0)
		calls_cut(d, w);
}

static int calls_queue_of(const struct desk *d, struct str to)
{
	for (unsigned i = 0; i < d->queues_n; i++) {
		if (str_eqz(to, d->queues[i].number))
			return (int)i;
	}
	return -ENOENT;
}

/* Answers, plays, queues; on failure the caller hangs up. */
static int calls_let_in(struct desk *d, uint64_t leg, struct str from,
			unsigned queue)
{
	struct trunk *t = d->cfg.trunk;
	struct work *w;
	int rc = works_new(d, WORK_CALL, queue, from,
			   clock_mono_us(d->cfg.clock), &w);

	if (rc == 0)
		rc = works_queue(d, w);
	if (rc != 0)
		return rc;
	w->customer = leg;
	map_set_ptr(d->legs, leg, w);
	if (t->ops->answer(t, leg) != 0 ||
	    t->ops->play(t, leg, calls_waiting, true) != 0)
		calls_cut(d, w);
	return 0;
}

static void calls_offered(void *owner, uint64_t leg, struct str from,
			  struct str to)
{
	struct desk *d = DESK(owner);
	int queue = calls_queue_of(d, to);

	if (queue < 0)
		d->cfg.trunk->ops->hangup(d->cfg.trunk, leg,
					  CALL_END_UNREACHABLE);
	else if (calls_let_in(d, leg, from, (unsigned)queue) != 0)
		d->cfg.trunk->ops->hangup(d->cfg.trunk, leg, CALL_END_BUSY);
}

static void calls_answered(void *owner, uint64_t leg)
{
	struct desk *d = DESK(owner);
	struct work *w = map_ptr(d->legs, leg);

	if (w == NULL)
		return;
	if (leg == w->customer) {
		if (w->fsm.state == WORK_JOINING)
			calls_bridge(d, w);
		return;
	}
	agents_enter(&d->agents, w->agent, AGENT_TALK, 0);
	if (w->kind == WORK_CALL)
		calls_bridge(d, w);
	else
		calls_call_back(d, w);
}

static void calls_customer_gone(struct desk *d, struct work *w)
{
	calls_hang(d, &w->phone, CALL_END_NORMAL);
	switch ((enum work_state)w->fsm.state) {
	case WORK_QUEUED:
	case WORK_OFFERED:
		works_end(d, w, WORK_ABANDONED);
		break;
	case WORK_JOINING:
		works_end(d, w, WORK_MISSED);
		break;
	case WORK_BRIDGED:
		works_end(d, w, WORK_SERVED);
		break;
	case WORK_STATE_COUNT:
		break;
	}
}

/* Before both were joined the customer keeps the place in the queue. */
static void calls_phone_gone(struct desk *d, struct work *w, enum call_end why)
{
	if (w->fsm.state == WORK_JOINING)
		calls_hang(d, &w->customer, CALL_END_NORMAL);
	if (w->fsm.state != WORK_BRIDGED) {
		works_back(d, w, why);
		return;
	}
	calls_hang(d, &w->customer, CALL_END_NORMAL);
	works_end(d, w, WORK_SERVED);
}

static void calls_ended(void *owner, uint64_t leg, enum call_end why)
{
	struct desk *d = DESK(owner);
	struct work *w = map_ptr(d->legs, leg);

	if (w == NULL)
		return; /* hung up by us */
	map_del(d->legs, leg, NULL);
	if (leg == w->customer) {
		w->customer = 0;
		calls_customer_gone(d, w);
	} else {
		w->phone = 0;
		calls_phone_gone(d, w, why);
	}
}

static void calls_digit(void *owner, uint64_t leg, char digit)
{
	(void)owner, (void)leg, (void)digit; /* no menus yet */
}

const struct call_events desk_calls = {
	.offered = calls_offered,
	.answered = calls_answered,
	.ended = calls_ended,
	.digit = calls_digit,
};
