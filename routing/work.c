/* The router's work: offers, joins, reservations, and the next wake-up. */
#include <errno.h>
#include <string.h>

#include "routing/inside.h"

int router_offer(struct router *r, int pool, struct route_item *item, bool head)
{
	must(item != NULL && !queue_holds(item));
	struct pool *p = router_pool(r, pool);

	/* What was let in once may always come back. */
	if (!head && p->max_len > 0 && p->queue.len >= p->max_len)
		return -ENOSPC;
	item->pool = (int16_t)pool;
	queue_put(&p->queue, item, head);
	router_unblock(r, (unsigned)pool);
	return 0;
}

void router_withdraw(struct router *r, struct route_item *item)
{
	must(r != NULL && item != NULL);
	if (!queue_holds(item))
		return;
	queue_remove(&router_pool(r, item->pool)->queue, item);
	router_unblock(r, (unsigned)item->pool);
}

static void router_unblock_due(struct router *r, uint64_t now_us)
{
	r->unblock_us = UINT64_MAX;
	for (unsigned i = 0; i < r->pools_n; i++) {
		const struct pool *p = &r->pools[i];

		if (p->queue.len == 0 || bits_has(r->ready, i))
			continue;
		if (p->blocked_until_us <= now_us)
			router_unblock(r, i);
		else
			r->unblock_us = MIN(r->unblock_us, p->blocked_until_us);
	}
}

/* Applies what time alone changes. */
static void router_advance(struct router *r, uint64_t now_us)
{
	int target;

	while ((target = targets_due(&r->targets, now_us)) >= 0)
		router_touch(r, (unsigned)target);
	if (now_us >= r->unblock_us)
		router_unblock_due(r, now_us);
}

static struct urgency router_urgency(const struct router *r, unsigned pool,
				     uint64_t now_us)
{
	const struct queue *q = &r->pools[pool].queue;
	struct queue_walk w;

	queue_walk(q, &w, now_us, r->boost_us);
	const struct route_item *first = queue_walk_next(q, &w);
	must(first != NULL);
	return urgency_of(first, now_us, r->boost_us);
}

/* The ready pool with the most urgent head among those not tried yet. One
 * alone is not asked how urgent it is unless somebody compares: `out`. */
static int router_next_pool(const struct router *r, uint64_t now_us,
			    bool compares, struct urgency *out)
{
	int best = -1;
	bool known = false;

	for (unsigned w = 0; w < bits_words(r->pools_n); w++) {
		uint64_t left = r->ready[w] & ~r->tried[w];

		for (; left != 0; left &= left - 1) {
			unsigned i = w * 64 + (unsigned)__builtin_ctzll(left);

			if (best < 0) {
				best = (int)i;
				continue;
			}
			if (!known)
				*out = router_urgency(r, (unsigned)best,
						      now_us);
			known = true;
			struct urgency u = router_urgency(r, i, now_us);
			if (urgency_before(u, *out)) {
				best = (int)i;
				*out = u;
			}
		}
	}
	if (best >= 0 && compares && !known)
		*out = router_urgency(r, (unsigned)best, now_us);
	return best;
}

static void router_block(struct router *r, unsigned pool)
{
	uint64_t until = r->pools[pool].blocked_until_us;

	bits_put(r->ready, pool, false);
	r->unblock_us = MIN(r->unblock_us, until);
}

/*
 * The heads say in which order the pools are worth a look; the item that can
 * go may stand behind its head, so the look goes on until no other head is
 * more urgent than what was found.
 */
static bool router_search(struct router *r, uint64_t now_us, struct join *best)
{
	struct join found;
	struct urgency head;
	bool any = false;
	int i;

	for (unsigned w = 0; w < bits_words(r->pools_n); w++)
		r->tried[w] = 0;
	while ((i = router_next_pool(r, now_us, any, &head)) >= 0) {
		if (any && !urgency_before(head, best->urgency))
			break;
		bits_put(r->tried, (unsigned)i, true);
		if (!join_find(&r->pools[i], &r->targets, now_us, r->boost_us,
			       &found)) {
			router_block(r, (unsigned)i);
		} else if (!any ||
			   urgency_before(found.urgency, best->urgency)) {
			*best = found;
			any = true;
		}
	}
	return any;
}

/* Takes the item out of its queue, and tokens and a place for it. */
static void router_reserve(struct router *r, const struct join *j,
			   uint64_t now_us, struct reservation *out)
{
	unsigned cost = item_cost(j->item);

	strategy_keep(j->pool, &r->targets, j->target);
	queue_remove(&j->pool->queue, j->item);
	router_unblock(r, (unsigned)(j->pool - r->pools));
	target_take(&r->targets, j->target, cost, now_us);
	*out = (struct reservation){
		.id = slots_put(&r->slots, j->item, (int)j->target, cost),
		.item = j->item,
		.target = (int)j->target,
		.target_owner = r->targets.v[j->target].owner,
	};
}

bool router_next(struct router *r, uint64_t now_us, struct reservation *out)
{
	must(r != NULL && out != NULL);
	struct join j;

	router_advance(r, now_us);
	if (!bits_any(r->ready, bits_words(r->pools_n)) ||
	    !router_search(r, now_us, &j))
		return false;
	router_reserve(r, &j, now_us, out);
	return true;
}

/* The most urgent item over the pools of a target; what is known of blocked
 * pools stays, for it is about the others. */
static bool router_search_for(struct router *r, const struct target *t,
			      uint64_t now_us, struct join *best)
{
	bool any = false;
	struct join found;

	BITS_EACH(i, t->pools, bits_words(r->pools_n))
	{
		struct pool *p = &r->pools[i];
		uint64_t until = p->blocked_until_us;

		if (p->queue.len > 0 &&
		    join_find(p, &r->targets, now_us, r->boost_us, &found) &&
		    (!any || urgency_before(found.urgency, best->urgency))) {
			*best = found;
			any = true;
		}
		p->blocked_until_us = until;
	}
	return any;
}

bool router_pull(struct router *r, int target, uint64_t now_us,
		 struct reservation *out)
{
	must(r != NULL && out != NULL);
	struct targets *ts = &r->targets;
	const struct target *t = targets_get(ts, target);
	uint64_t others[TARGETS_MAX / 64];
	size_t size = ts->words * sizeof(*ts->free);
	struct join j;
	bool found;

	router_advance(r, now_us);
	if (t == NULL || !target_places(t, 1))
		return false;
	/* as if nobody else were there */
	memcpy(others, ts->free, size);
	memset(ts->free, 0, size);
	bits_put(ts->free, (unsigned)target, true);
	found = router_search_for(r, t, now_us, &j);
	memcpy(ts->free, others, size);
	if (!found)
		return false;
	bits_put(ts->free, (unsigned)target, true); /* until it is taken */
	router_reserve(r, &j, now_us, out);
	return true;
}

static bool router_give(struct router *r, uint64_t id, bool done,
			uint64_t now_us)
{
	must(r != NULL);
	struct slot *s = slots_get(&r->slots, id);

	if (s == NULL)
		return false;
	unsigned target = (unsigned)s->target;
	target_give(&r->targets, target, s->cost, done, now_us);
	slots_drop(&r->slots, s);
	router_touch(r, target);
	return true;
}

bool router_release(struct router *r, uint64_t id, uint64_t now_us)
{
	return router_give(r, id, true, now_us);
}

bool router_undo(struct router *r, uint64_t id, uint64_t now_us)
{
	return router_give(r, id, false, now_us);
}

bool router_reserved(const struct router *r, uint64_t id,
		     struct reservation *out)
{
	must(r != NULL && out != NULL);
	const struct slot *s = slots_get(&r->slots, id);

	if (s == NULL)
		return false;
	*out = (struct reservation){
		.id = id,
		.item = s->item,
		.target = s->target,
		.target_owner = r->targets.v[s->target].owner,
	};
	return true;
}

uint64_t router_wake_us(struct router *r, uint64_t now_us)
{
	must(r != NULL);
	router_advance(r, now_us);
	if (bits_any(r->ready, bits_words(r->pools_n)))
		return now_us;
	router_unblock_due(r, now_us);
	struct heap_node *first = heap_first(&r->targets.due);
	return MIN(r->unblock_us, first != NULL ? first->key : UINT64_MAX);
}

int router_explain(struct router *r, const struct attrs *a,
		   const struct route_item *item, uint64_t now_us,
		   struct explain *ex)
{
	must(r != NULL && a != NULL && item != NULL && ex != NULL);
	(void)router_wake_us(r, now_us); /* what is due has happened */
	int pool = router_match(r, a, ex);

	if (pool < 0)
		return pool;
	explain_targets(ex, router_pool(r, pool), &r->targets, item, now_us);
	return 0;
}
