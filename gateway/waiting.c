/* The wheel is a heap over wall time; the queues are the router's. */
#include "gateway/waiting.h"

#include <errno.h>

#include "base/heap.h"
#include "base/mem.h"
#include "gateway/journey.h"
#include "gateway/lane.h"
#include "model/address.h"

struct waiting {
	struct core *core;
	struct heap wheel;
	struct loop_timer *timer;
};

static void on_timer(void *owner)
{
	struct waiting *w = owner;

	waiting_turn(w->core);
}

struct waiting *waiting_new(struct core *core)
{
	struct waiting *w = mem_new(struct waiting);

	must(core != NULL);
	w->core = core;
	heap_init(&w->wheel);
	w->timer = loop_timer_new(core->loop, on_timer, w);
	return w;
}

void waiting_free(struct waiting **wp)
{
	struct waiting *w = *wp;

	if (w == NULL)
		return;
	heap_done(&w->wheel);
	loop_timer_free(&w->timer);
	mem_free(w);
	*wp = NULL;
}

void waiting_attrs(const struct core *core, const struct message *m,
		   struct attrs *out)
{
	const struct standing *s = facts_of(core->facts, m->tenant, m->to);

	*out = (struct attrs){ 0 };
	out->v[ATTR_TENANT] = m->tenant;
	out->v[ATTR_CLASS] = m->class_name;
	out->v[ATTR_CHANNEL] = m->channel;
	out->v[ATTR_TO] = m->to;
	out->v[ATTR_FROM] = m->from;
	out->v[ATTR_LANG] = standing_lang(s);
	out->v[ATTR_CAMPAIGN] = m->campaign;
	out->v[ATTR_LINE] = m->business_line;
}

static void fail(struct core *core, struct live *l, const char *reason)
{
	struct event e = { .kind = EVENT_STATE,
			   .state = MESSAGE_FAILED,
			   .reason = str_of(reason) };

	journey_end(core, l, &e);
}

/* A fresh message hears so at once; one that had a route waits for the file
 * to be mended, as long as it is valid. */
#define ROUTE_WAIT_MS 30000

static void no_route(struct core *core, struct live *l)
{
	struct event e = { .kind = EVENT_STATE,
			   .state = MESSAGE_HELD,
			   .reason = STR("no_route"),
			   .due_ms = core_wall_ms(core) + ROUTE_WAIT_MS };

	if (l->enq_us == 0 || e.due_ms >= l->valid_until_ms) {
		fail(core, l, "no_route");
		return;
	}
	journey_step(core, l, &e);
	waiting_until(core, l, e.due_ms);
}

static struct route_item item_of(const struct core *core, const struct live *l,
				 const struct message *m)
{
	const struct lane *last = l->lane >= 0 ? core->lanes->v[l->lane] : NULL;
	struct route_item item = {
		.enq_us = l->enq_us,
		.sticky = address_key(m->tenant, m->to),
		.only = -1,
		.avoid = -1,
		.priority = m->priority,
		.cost = MAX(l->parts, 1),
	};

	if (last == NULL)
		return item;
	/* parts of one message never take two links */
	if (l->parts_done != 0)
		item.only = (int16_t)last->target;
	else
		item.avoid = (int16_t)last->target;
	return item;
}

bool waiting_queue(struct core *core, struct live *l, bool head)
{
	struct message m;
	struct attrs a;
	int pool;

	must(l->place == LIVE_NOWHERE);
	live_message(&core->lives, l, &m);
	waiting_attrs(core, &m, &a);
	pool = router_match(core->router, &a, NULL);
	if (pool < 0) {
		no_route(core, l);
		return false;
	}
	if (l->enq_us == 0)
		l->enq_us = core_now_us(core);
	l->stamp_us = core_now_us(core);
	l->item = item_of(core, l, &m);
	list_init(&l->item.node);
	if (head)
		l->item.avoid = -1;
	if (router_offer(core->router, pool, &l->item, head) != 0) {
		fail(core, l, "queue_full");
		return false;
	}
	if (l->state != MESSAGE_QUEUED)
		lives_state(&core->lives, l, MESSAGE_QUEUED);
	l->place = LIVE_QUEUE;
	loop_again(core->loop);
	return true;
}

void waiting_until(struct core *core, struct live *l, int64_t until_ms)
{
	struct waiting *w = core->waiting;
	struct heap_node *first;

	must(l->place == LIVE_NOWHERE);
	heap_node_init(&l->due);
	heap_put(&w->wheel, &l->due, (uint64_t)MAX(until_ms, 0));
	l->place = LIVE_WHEEL;
	first = heap_first(&w->wheel);
	if (first == &l->due)
		waiting_turn(core);
}

void waiting_leave(struct core *core, struct live *l)
{
	switch ((enum live_place)l->place) {
	case LIVE_QUEUE:
		router_withdraw(core->router, &l->item);
		break;
	case LIVE_WHEEL:
		heap_remove(&core->waiting->wheel, &l->due);
		break;
	case LIVE_NOWHERE:
		break;
	case LIVE_FLIGHT:
	case LIVE_RECEIPT:
		must(!"left a place it does not wait in");
		break;
	}
	l->place = LIVE_NOWHERE;
}

/* The wall clock may jump: never sleep longer than this before looking. */
#define LOOK_MS 30000

void waiting_turn(struct core *core)
{
	struct waiting *w = core->waiting;
	int64_t now_ms = core_wall_ms(core), wait_ms;
	struct heap_node *n;

	while ((n = heap_first(&w->wheel)) != NULL &&
	       (int64_t)n->key <= now_ms) {
		struct live *l = CONTAINER_OF(n, struct live, due);

		heap_remove(&w->wheel, n);
		l->place = LIVE_NOWHERE;
		waiting_queue(core, l, false);
	}
	if (n == NULL)
		return;
	wait_ms = MIN((int64_t)n->key - now_ms, LOOK_MS);
	loop_timer_set(w->timer, (uint64_t)MAX(wait_ms, 1));
}
