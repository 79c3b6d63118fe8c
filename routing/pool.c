/* Pools: which targets work may go to, when each opens, and what waits. */
#include "routing/pool.h"

#include <string.h>

#include "base/mem.h"

void pool_init(struct pool *p, const char *name, enum strategy s,
	       size_t max_len, unsigned targets)
{
	must(p != NULL && name != NULL && s < STRATEGY_COUNT);
	unsigned words = bits_words(targets);

	*p = (struct pool){
		.name = str_dup(name),
		.strategy = s,
		.max_len = max_len,
		.members = mem_array(words, sizeof(uint64_t)),
		.late = mem_array(words, sizeof(uint64_t)),
		.can = mem_array(words, sizeof(uint64_t)),
	};
	queue_init(&p->queue);
}

void pool_done(struct pool *p)
{
	must(p != NULL && p->queue.len == 0);
	mem_free(p->name);
	mem_free(p->m);
	mem_free(p->members);
	mem_free(p->late);
	mem_free(p->can);
}

static void pool_reach(struct pool *p, unsigned target)
{
	if (target < p->m_len)
		return;
	unsigned len = MAX(target + 1, 2 * p->m_len);

	p->m = mem_resize(p->m, len * sizeof(*p->m));
	memset(&p->m[p->m_len], 0, (len - p->m_len) * sizeof(*p->m));
	p->m_len = len;
}

void pool_target(struct pool *p, unsigned target, unsigned weight,
		 uint64_t after_us)
{
	must(p != NULL);
	pool_reach(p, target);
	struct member *m = &p->m[target];
	bool was = bits_has(p->members, target);

	if (bits_has(p->late, target))
		p->late_n--;
	bits_put(p->members, target, weight > 0);
	bits_put(p->late, target, weight > 0 && after_us > 0);
	if (bits_has(p->late, target))
		p->late_n++;
	if (!was)
		*m = (struct member){ .order = p->next_order++ };
	m->weight = weight;
	m->after_us = after_us;
}

void pool_clear(struct pool *p)
{
	must(p != NULL);
	BITS_EACH(i, p->members, bits_words(p->m_len))
	pool_target(p, i, 0, 0);
	p->next_order = 0;
}

uint64_t item_waited_us(const struct route_item *item, uint64_t now_us)
{
	must(item != NULL);
	return now_us > item->enq_us ? now_us - item->enq_us : 0;
}

unsigned item_cost(const struct route_item *item)
{
	must(item != NULL);
	return MAX(item->cost, 1u);
}

static bool item_needs(const struct route_item *item)
{
	return item->needs != NULL && item->needs->skill != NULL;
}

bool item_is_plain(const struct route_item *item)
{
	must(item != NULL);
	return item->only < 0 && !item_needs(item);
}

/* Takes out of p->can all who have not the skill at this level. */
static void pool_keep_skilled(struct pool *p, const struct targets *ts,
			      const struct route_need *need)
{
	if (need->min == 0)
		return;
	const struct skill *k = skills_find(&ts->skills, need->skill);

	for (unsigned w = 0; w < ts->words; w++)
		p->can[w] &= k != NULL ? k->who[w] : 0;
	if (k == NULL || need->min == 1)
		return;
	BITS_EACH(i, p->can, ts->words)
	{
		if (k->level[i] < need->min)
			bits_put(p->can, i, false);
	}
}

static void pool_keep_open(struct pool *p, const struct targets *ts,
			   struct ask *a)
{
	uint64_t waited = item_waited_us(a->item, a->now_us);

	BITS_EACH(i, p->can, ts->words)
	{
		uint64_t after = p->m[i].after_us;

		if (after > waited && a->item->only < 0) {
			a->wake_us = MIN(a->wake_us, a->item->enq_us + after);
			bits_put(p->can, i, false);
		} else if (a->refused_us > 0 && after < a->refused_us) {
			bits_put(p->can, i, false);
		}
	}
}

static void pool_keep_paid(struct pool *p, const struct targets *ts,
			   struct ask *a)
{
	unsigned cost = item_cost(a->item);

	for (unsigned w = 0; w < ts->words; w++) {
		uint64_t rated = p->can[w] & ts->rated[w];

		for (; rated != 0; rated &= rated - 1) {
			unsigned i = w * 64 + (unsigned)__builtin_ctzll(rated);
			uint64_t us =
				target_wait_us(&ts->v[i], cost, a->now_us);

			if (us == 0)
				continue;
			a->wake_us = MIN(a->wake_us, a->now_us + us);
			bits_put(p->can, i, false);
		}
	}
}

static void pool_keep_roomy(struct pool *p, const struct targets *ts,
			    unsigned cost)
{
	BITS_EACH(i, p->can, ts->words)
	{
		if (!target_places(&ts->v[i], cost))
			bits_put(p->can, i, false);
	}
}

static void pool_keep_only(struct pool *p, const struct targets *ts,
			   unsigned only)
{
	bool can = only < ts->n && bits_has(p->can, only);

	memset(p->can, 0, ts->words * sizeof(*p->can));
	if (can)
		bits_put(p->can, only, true);
}

/* Asked last: it yields only to somebody who really can. */
static void pool_avoid(struct pool *p, const struct targets *ts, unsigned avoid)
{
	if (avoid >= ts->n || !bits_has(p->can, avoid))
		return;
	bits_put(p->can, avoid, false);
	if (!bits_any(p->can, ts->words))
		bits_put(p->can, avoid, true);
}

bool pool_candidates(struct pool *p, const struct targets *ts, struct ask *a)
{
	must(p != NULL && ts != NULL && a != NULL && a->item != NULL);
	const struct route_item *item = a->item;

	for (unsigned w = 0; w < ts->words; w++)
		p->can[w] = p->members[w] & ts->free[w];
	if (item->only >= 0)
		pool_keep_only(p, ts, (unsigned)item->only);
	for (const struct route_need *n = item->needs;
	     n != NULL && n->skill != NULL; n++)
		pool_keep_skilled(p, ts, n);
	if (item_cost(item) > 1)
		pool_keep_roomy(p, ts, item_cost(item));
	if (p->late_n > 0 || a->refused_us > 0)
		pool_keep_open(p, ts, a);
	pool_keep_paid(p, ts, a);
	if (item->avoid >= 0)
		pool_avoid(p, ts, (unsigned)item->avoid);
	return bits_any(p->can, ts->words);
}
