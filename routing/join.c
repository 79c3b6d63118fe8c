/* The search for the next join in one pool: which item, which target. */
#include "routing/join.h"

/*
 * Work that asks for a skill or one target does not stop what is behind it,
 * but the look past it is bounded: a look at a needy item costs 4 (bitmaps
 * are joined), at a pinned one 1.
 */
enum { JOIN_BUDGET = 1024, JOIN_COST_NEEDY = 4 };

/*
 * Work without wishes stands in line: when the first cannot go, nothing
 * behind it may take the places it waits for. What has waited longer in
 * another priority may still use targets that are not open to the first.
 */
static bool join_is_cut(const struct pool *p, const struct ask *a,
			uint64_t waited_us)
{
	return a->refused_us > 0 &&
	       (p->late_n == 0 || waited_us < a->refused_us);
}

/* Behind one that was refused: may go as soon as age puts it before. */
static void join_age(const struct queue_walk *w, struct ask *a,
		     const struct route_item *item)
{
	if (a->refused_us == 0 ||
	    (item_is_plain(item) && item_cost(item) >= a->refused_cost))
		return;
	uint64_t us = urgency_next_us(item, w->now_us, w->boost_us);
	a->wake_us = MIN(a->wake_us, us);
}

static void join_refuse(struct ask *a, uint64_t waited_us)
{
	if (!item_is_plain(a->item))
		return;
	a->refused_us = MAX(a->refused_us, waited_us + 1);
	a->refused_cost = MAX(a->refused_cost, item_cost(a->item));
}

static bool join_search(struct pool *p, const struct targets *ts,
			struct queue_walk *w, struct ask *a, struct join *out)
{
	struct route_item *item;
	int budget = JOIN_BUDGET;

	while (budget > 0 && (item = queue_walk_next(&p->queue, w)) != NULL) {
		uint64_t waited = item_waited_us(item, w->now_us);

		if (join_is_cut(p, a, waited)) {
			queue_walk_close(w, item->priority);
			join_age(w, a, item);
			continue;
		}
		a->item = item;
		if (pool_candidates(p, ts, a)) {
			out->item = item;
			return true;
		}
		join_age(w, a, item);
		join_refuse(a, waited);
		budget -= item->only < 0 ? JOIN_COST_NEEDY : 1;
	}
	return false;
}

bool join_find(struct pool *p, const struct targets *ts, uint64_t now_us,
	       uint64_t boost_us, struct join *out)
{
	must(p != NULL && ts != NULL && out != NULL);
	struct queue_walk w;
	struct ask a = { .now_us = now_us, .wake_us = UINT64_MAX };

	p->blocked_until_us = UINT64_MAX;
	if (!bits_meet(p->members, ts->free, ts->words))
		return false;
	queue_walk(&p->queue, &w, now_us, boost_us);
	if (!join_search(p, ts, &w, &a, out)) {
		p->blocked_until_us = a.wake_us;
		return false;
	}
	out->pool = p;
	out->target = strategy_pick(p, ts, out->item);
	out->urgency = urgency_of(out->item, now_us, boost_us);
	return true;
}
