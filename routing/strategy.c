/* Strategies: which of the targets that can take an item gets it. */
#include "routing/strategy.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

static const char *const strategy_names[STRATEGY_COUNT] = {
	[STRATEGY_PRIORITY] = "priority",
	[STRATEGY_WEIGHTED] = "weighted",
	[STRATEGY_LEAST_COST] = "least-cost",
	[STRATEGY_LEAST_LOADED] = "least-loaded",
	[STRATEGY_LONGEST_IDLE] = "longest-idle",
	[STRATEGY_STICKY] = "sticky",
};

const char *strategy_name(enum strategy s)
{
	must((unsigned)s < STRATEGY_COUNT);
	return strategy_names[s];
}

int strategy_parse(struct str s, enum strategy *out)
{
	must(out != NULL);
	for (unsigned i = 0; i < STRATEGY_COUNT; i++) {
		if (str_eqz(s, strategy_names[i])) {
			*out = (enum strategy)i;
			return 0;
		}
	}
	return -EINVAL;
}

static int64_t strategy_gain(const struct pool *p, const struct targets *ts,
			     unsigned i)
{
	return (int64_t)p->m[i].weight * ts->share[i];
}

/* Shares of used / cap without a division; < 0: a is less loaded. */
static int strategy_load(const struct targets *ts, unsigned a, unsigned b)
{
	uint64_t la = (uint64_t)ts->v[a].used * ts->v[b].cap;
	uint64_t lb = (uint64_t)ts->v[b].used * ts->v[a].cap;

	return (la > lb) - (la < lb);
}

/* < 0: a rests for longer. */
static int strategy_rest(const struct targets *ts, unsigned a, unsigned b)
{
	return (ts->idle_us[a] > ts->idle_us[b]) -
	       (ts->idle_us[a] < ts->idle_us[b]);
}

/*
 * Rendezvous hash with weights: every target draws a lot from (key, name);
 * when one goes, only its own keys move. Work without a key is spread.
 */
static double strategy_lot(const struct pool *p, const struct targets *ts,
			   const struct route_item *item, unsigned i)
{
	uint64_t h = item->sticky != 0 ? item->sticky : item->enq_us;

	h = (h ^ ts->v[i].hash) * 0x9e3779b97f4a7c15u;
	h = (h ^ (h >> 32)) * 0xd6e8feb86659fd93u;
	h = (h ^ (h >> 32)) * 0xd6e8feb86659fd93u;
	h ^= h >> 32;
	double unit = ((double)(h >> 11) + 0.5) / 9007199254740992.0;
	return -log(unit) / p->m[i].weight; /* smallest wins */
}

/* Does a come before b? Ties go to the order in the pool. */
static bool strategy_better(const struct pool *p, const struct targets *ts,
			    unsigned a, unsigned b)
{
	int by = 0;

	switch (p->strategy) {
	case STRATEGY_LEAST_COST:
		by = (ts->v[a].cost > ts->v[b].cost) -
		     (ts->v[a].cost < ts->v[b].cost);
		by = by != 0 ? by : strategy_load(ts, a, b);
		break;
	case STRATEGY_LEAST_LOADED:
		by = strategy_load(ts, a, b);
		by = by != 0 ? by : strategy_rest(ts, a, b);
		break;
	case STRATEGY_LONGEST_IDLE:
		by = strategy_rest(ts, a, b);
		break;
	case STRATEGY_PRIORITY:
	case STRATEGY_WEIGHTED:
	case STRATEGY_STICKY:
	case STRATEGY_COUNT:
		break;
	}
	return by != 0 ? by < 0 : p->m[a].order < p->m[b].order;
}

static unsigned strategy_best(const struct pool *p, const struct targets *ts)
{
	unsigned best = TARGETS_MAX;

	BITS_EACH(i, p->can, ts->words)
	{
		if (best == TARGETS_MAX || strategy_better(p, ts, i, best))
			best = i;
	}
	return best;
}

/* The same as strategy_better over all, kept tight: pools of agents are
 * large. */
static unsigned strategy_idle(const struct pool *p, const struct targets *ts)
{
	unsigned best = TARGETS_MAX;
	uint64_t since = UINT64_MAX;

	BITS_EACH(i, p->can, ts->words)
	{
		uint64_t us = ts->idle_us[i];

		if (us > since || (us == since && best != TARGETS_MAX &&
				   p->m[i].order > p->m[best].order))
			continue;
		best = i;
		since = us;
	}
	return best;
}

static unsigned strategy_weighted(const struct pool *p,
				  const struct targets *ts)
{
	unsigned best = TARGETS_MAX;
	int64_t most = INT64_MIN;

	BITS_EACH(i, p->can, ts->words)
	{
		int64_t has = p->m[i].current + strategy_gain(p, ts, i);

		if (has < most || (has == most && best != TARGETS_MAX &&
				   p->m[i].order > p->m[best].order))
			continue;
		best = i;
		most = has;
	}
	return best;
}

static unsigned strategy_sticky(const struct pool *p, const struct targets *ts,
				const struct route_item *item)
{
	unsigned best = TARGETS_MAX;
	double least = INFINITY;

	BITS_EACH(i, p->can, ts->words)
	{
		double lot = strategy_lot(p, ts, item, i);

		if (lot < least) {
			best = i;
			least = lot;
		}
	}
	return best;
}

unsigned strategy_pick(const struct pool *p, const struct targets *ts,
		       const struct route_item *item)
{
	must(p != NULL && ts != NULL && item != NULL);
	unsigned best = TARGETS_MAX;

	switch (p->strategy) {
	case STRATEGY_WEIGHTED:
		best = strategy_weighted(p, ts);
		break;
	case STRATEGY_LONGEST_IDLE:
		best = strategy_idle(p, ts);
		break;
	case STRATEGY_STICKY:
		best = strategy_sticky(p, ts, item);
		break;
	case STRATEGY_PRIORITY:
	case STRATEGY_LEAST_COST:
	case STRATEGY_LEAST_LOADED:
	case STRATEGY_COUNT:
		best = strategy_best(p, ts);
		break;
	}
	must(best < ts->n);
	return best;
}

void strategy_keep(struct pool *p, const struct targets *ts, unsigned picked)
{
	must(p != NULL && ts != NULL && picked < ts->n);
	int64_t total = 0;

	if (p->strategy != STRATEGY_WEIGHTED)
		return;
	BITS_EACH(i, p->can, ts->words)
	{
		int64_t gain = strategy_gain(p, ts, i);

		p->m[i].current += gain;
		total += gain;
	}
	p->m[picked].current -= total;
}

static void strategy_why_best(const struct pool *p, const struct targets *ts,
			      unsigned i, uint64_t now_us, char *why,
			      size_t size)
{
	const struct target *t = &ts->v[i];

	switch (p->strategy) {
	case STRATEGY_PRIORITY:
		snprintf(why, size, "first in order that can");
		break;
	case STRATEGY_WEIGHTED:
		snprintf(why, size, "its turn: weight %u, health %u",
			 p->m[i].weight, t->health);
		break;
	case STRATEGY_LEAST_COST:
		snprintf(why, size, "cheapest: cost %u", t->cost);
		break;
	case STRATEGY_LEAST_LOADED:
		snprintf(why, size, "least loaded: %u/%u", t->used, t->cap);
		break;
	case STRATEGY_LONGEST_IDLE:
		snprintf(why, size, "longest idle: %llu ms",
			 (unsigned long long)(now_us - ts->idle_us[i]) / 1000);
		break;
	case STRATEGY_STICKY:
		snprintf(why, size, "the key belongs to it");
		break;
	case STRATEGY_COUNT:
		break;
	}
}

void strategy_why(const struct pool *p, const struct targets *ts, unsigned a,
		  unsigned b, uint64_t now_us, char *why, size_t size)
{
	must(p != NULL && ts != NULL && why != NULL);
	char best[64];

	if (a == b) {
		strategy_why_best(p, ts, a, now_us, why, size);
		return;
	}
	strategy_why_best(p, ts, b, now_us, best, sizeof(best));
	snprintf(why, size, "not the best: %.24s (%.50s)", ts->v[b].name, best);
}
