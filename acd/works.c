/* Work of a desk: what waits, for whom it is reserved, and how it ends. */
#include "acd/works.h"

#include <errno.h>

#include "base/log.h"
#include "base/mem.h"

/* Deadlines are the agent's: whoever holds the work has one. */
static const struct fsm_state work_states[WORK_STATE_COUNT] = {
	[WORK_QUEUED] = { "queued", 0, BIT(WORK_OFFERED), 0 },
	[WORK_OFFERED] = { "offered", 0,
			   BIT(WORK_QUEUED) | BIT(WORK_JOINING) |
				   BIT(WORK_BRIDGED),
			   0 },
	[WORK_JOINING] = { "joining", 0, BIT(WORK_QUEUED) | BIT(WORK_BRIDGED),
			   0 },
	[WORK_BRIDGED] = { "bridged", 0, 0, 0 },
};

static const struct fsm work_fsm = { "work", work_states, WORK_STATE_COUNT };

const char *work_kind_name(enum work_kind k)
{
	switch (k) {
	case WORK_CALL:
		return "call";
	case WORK_CALLBACK:
		return "callback";
	case WORK_REPLY:
		return "reply";
	}
	must(!"kind");
	return "";
}

const char *work_end_name(enum work_end e)
{
	switch (e) {
	case WORK_SERVED:
		return "served";
	case WORK_ABANDONED:
		return "abandoned";
	case WORK_MISSED:
		return "missed";
	case WORK_CUT:
		return "cut";
	case WORK_BACK:
		return "back";
	}
	must(!"end");
	return "";
}

void works_init(struct desk *d)
{
	must(d != NULL);
	d->works = mem_array(d->cfg.works, sizeof(struct work));
	list_init(&d->spare);
	for (unsigned i = 0; i < d->cfg.works; i++)
		list_append(&d->spare, &d->works[i].item.node);
}

void works_done(struct desk *d)
{
	must(d != NULL);
	for (unsigned i = 0; i < d->cfg.works; i++)
		must(d->works[i].magic == 0);
	mem_free(d->works);
}

int works_new(struct desk *d, enum work_kind k, unsigned queue,
	      struct str number, uint64_t enq_us, struct work **out)
{
	must(d != NULL && out != NULL && queue < d->queues_n);
	if (list_empty(&d->spare))
		return -ENOSPC;
	if (number.len >= WORK_NUMBER)
		return -EINVAL;

	struct work *w = LIST_ITEM(d->spare.next, struct work, item.node);
	list_remove(&w->item.node);
	*w = (struct work){ .magic = WORK_MAGIC,
			    .kind = k,
			    .queue = queue,
			    .id = ++d->last_id,
			    .item = { .enq_us = enq_us,
				      .needs = d->queues[queue].needs,
				      .only = -1,
				      .avoid = -1,
				      .priority = d->queues[queue].priority[k],
				      .cost = 1 } };
	must(str_copy(w->number, sizeof(w->number), number) == 0);
	fsm_init(&w->fsm, &work_fsm, w->number, WORK_QUEUED);
	*out = w;
	return 0;
}

static void work_free(struct desk *d, struct work *w)
{
	must(w->customer == 0 && w->phone == 0);
	w->magic = 0;
	list_init(&w->item.node);
	list_append(&d->spare, &w->item.node);
}

int works_queue(struct desk *d, struct work *w)
{
	must(d != NULL && w != NULL && w->fsm.state == WORK_QUEUED);
	int rc = router_offer(d->cfg.router, d->pools[w->queue], &w->item,
			      false);

	if (rc != 0)
		work_free(d, w);
	return rc;
}

static struct work_view work_view(const struct desk *d, const struct work *w)
{
	return (struct work_view){
		.id = w->id,
		.kind = w->kind,
		.queue = d->queues[w->queue].name,
		.agent = w->agent != NULL ? w->agent->name : NULL,
		.number = str_of(w->number),
		.message = w->message,
		.waited_us = w->waited_us,
	};
}

void works_join(struct desk *d, struct work *w, struct agent *a,
		uint64_t reservation)
{
	must(d != NULL && w != NULL && a != NULL && a->work == NULL);
	uint64_t now = clock_mono_us(d->cfg.clock);

	w->agent = a;
	w->reservation = reservation;
	w->waited_us = now > w->item.enq_us ? now - w->item.enq_us : 0;
	a->work = w;
	fsm_move(&w->fsm, WORK_OFFERED);
	agents_enter(&d->agents, a, AGENT_RESERVED, 0);
	struct work_view v = work_view(d, w);
	d->cfg.events->offered(d->cfg.owner, &v);
}

/* The agent goes its way and the place is given back. missed: the offer was
 * in vain, and why; NULL: no fault of the agent's. */
static void work_part(struct desk *d, struct work *w,
		      const enum call_end *missed)
{
	struct agent *a = w->agent;
	uint64_t now = clock_mono_us(d->cfg.clock);
	bool worked = a->fsm.state == AGENT_TALK;

	a->work = NULL;
	w->agent = NULL;
	if (worked)
		agents_enter(&d->agents, a, AGENT_WRAP, 0);
	else if (missed != NULL)
		agents_miss(&d->agents, a, *missed);
	else
		agents_enter(&d->agents, a, AGENT_IDLE, 0);
	must(worked ? router_release(d->cfg.router, w->reservation, now)
		    : router_undo(d->cfg.router, w->reservation, now));
	w->reservation = 0;
}

static void work_gone(struct desk *d, struct work *w, const struct work_view *v,
		      enum work_end e)
{
	log_info("work.ended", KV_U("work", w->id),
		 KV_S("kind", work_kind_name(w->kind)), KV_S("queue", v->queue),
		 KV_S("agent", v->agent), KV_S("end", work_end_name(e)),
		 KV_U("waited_ms", w->waited_us / 1000));
	d->cfg.events->ended(d->cfg.owner, v, e);
	work_free(d, w);
}

void works_back(struct desk *d, struct work *w, enum call_end why)
{
	must(d != NULL && w != NULL && w->agent != NULL && w->phone == 0);
	struct work_view v = work_view(d, w);
	struct router *r = d->cfg.router;
	int pool = d->pools[w->queue];

	if (w->adopted) {
		work_part(d, w, &why);
		work_gone(d, w, &v, WORK_BACK);
		return;
	}
	w->item.avoid = (int16_t)w->agent->target;
	work_part(d, w, &why);
	fsm_move(&w->fsm, WORK_QUEUED);
	/* It was let in before: if others filled the queue, it goes first. */
	if (router_offer(r, pool, &w->item, false) != 0)
		must(router_offer(r, pool, &w->item, true) == 0);
}

void works_end(struct desk *d, struct work *w, enum work_end e)
{
	must(d != NULL && w != NULL);
	struct work_view v = work_view(d, w);

	if (w->agent != NULL)
		work_part(d, w, NULL);
	else
		router_withdraw(d->cfg.router, &w->item);
	work_gone(d, w, &v, e);
}
