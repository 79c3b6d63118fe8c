/* Thousands of random operations against a slow and simple twin of the
 * router: nothing lost, nothing twice, no window broken, nothing overslept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limit.h"
#include "base/mem.h"
#include "routing/router.h"

enum {
	TARGETS = 6,
	POOLS = 3,
	ITEMS = 48,
	OPS = 12000,
	SEEDS = 60,
	BOOST_MS = 500
};

struct twin_target {
	enum target_state state;
	unsigned cap, used, health, skill;
	struct limit limit;
	unsigned weight[POOLS];
	uint64_t after_us[POOLS];
};

struct twin_item {
	struct route_item it;
	bool waits;
	uint64_t seq; /* of its offer */
	uint64_t id;  /* of its reservation, 0: none */
	int target;
};

struct twin {
	struct router *r;
	struct twin_target t[TARGETS];
	struct twin_item v[ITEMS];
	uint64_t now;
	uint64_t joins, quiet, seq;
	uint32_t seed;
	uint64_t old_id;
};

static const struct route_need need_some[] = { { "s", 1 }, { NULL, 0 } };
static const struct route_need need_much[] = { { "s", 7 }, { NULL, 0 } };

static unsigned rnd(struct twin *w, unsigned n)
{
	w->seed = w->seed * 1664525u + 1013904223u;
	return (w->seed >> 8) % n;
}

static struct twin_item *item_of(struct route_item *it)
{
	return CONTAINER_OF(it, struct twin_item, it);
}

static unsigned level_of(const struct twin *w, const struct route_item *it)
{
	uint64_t boosts = (w->now - it->enq_us) / (BOOST_MS * 1000);

	if (it->priority <= 1)
		return it->priority;
	return boosts + 1 >= it->priority ? 1 : it->priority - (unsigned)boosts;
}

static bool before(const struct twin *w, const struct route_item *a,
		   const struct route_item *b)
{
	unsigned la = level_of(w, a), lb = level_of(w, b);

	return la != lb ? la < lb : a->enq_us < b->enq_us;
}

/* The order in one pool: nothing is left to chance. */
static bool ahead(const struct twin *w, const struct twin_item *a,
		  const struct twin_item *b)
{
	if (before(w, &a->it, &b->it) || before(w, &b->it, &a->it))
		return before(w, &a->it, &b->it);
	return a->it.priority != b->it.priority
		       ? a->it.priority < b->it.priority
		       : a->seq < b->seq;
}

static bool plain(const struct route_item *it)
{
	return it->only < 0 && it->needs == NULL;
}

static bool can(const struct twin *w, int target, const struct route_item *it)
{
	const struct twin_target *t = &w->t[target];
	unsigned min = it->needs != NULL ? it->needs->min : 0;
	bool up = t->state == TARGET_UP && t->health >= 10 && t->used < t->cap;
	bool probe = t->state == TARGET_PROBE && t->used == 0 && t->cap > 0;

	return (up || probe) && t->weight[it->pool] > 0 &&
	       (it->only < 0 || it->only == target) && t->skill >= min &&
	       (t->used == 0 || t->used + it->cost <= t->cap) &&
	       (it->only >= 0 ||
		w->now - it->enq_us >= t->after_us[it->pool]) &&
	       limit_wait_us(&t->limit, it->cost, w->now) == 0;
}

static bool can_any(const struct twin *w, const struct route_item *it)
{
	for (int t = 0; t < TARGETS; t++) {
		if (can(w, t, it))
			return true;
	}
	return false;
}

/* The item that must go next from a pool, as far as the rules are plain:
 * needy ones that cannot are passed, the first plain one decides. */
static struct route_item *due_of(struct twin *w, int pool)
{
	bool passed[ITEMS] = { false };

	for (;;) {
		struct twin_item *best = NULL;

		for (int i = 0; i < ITEMS; i++) {
			struct twin_item *v = &w->v[i];

			if (v->waits && v->it.pool == pool && !passed[i] &&
			    (best == NULL || ahead(w, v, best)))
				best = v;
		}
		if (best == NULL)
			return NULL;
		if (can_any(w, &best->it))
			return &best->it;
		if (plain(&best->it))
			return NULL;
		passed[best - w->v] = true;
	}
}

static struct route_item *due(struct twin *w)
{
	struct route_item *best = NULL;

	for (int p = 0; p < POOLS; p++) {
		struct route_item *it = due_of(w, p);

		if (it != NULL && (best == NULL || before(w, it, best)))
			best = it;
	}
	return best;
}

/* What explain says of the item that is due. */
static int foretold(struct twin *w, const struct route_item *it,
		    struct explain *ex)
{
	static const char *const names[POOLS] = { "p0", "p1", "p2" };
	struct attrs a = { .v = { [ATTR_LINE] = str_of(names[it->pool]) } };

	assert_int_equal(router_explain(w->r, &a, it, w->now, ex), 0);
	for (unsigned i = 0; i < ex->n; i++) {
		assert_true(ex->v[i].why[0] != '\0');
		if (!ex->v[i].rule && ex->v[i].chosen)
			return router_target_find(w->r, ex->v[i].name);
	}
	return -1;
}

static void check_join(struct twin *w, const struct route_item *want,
		       const struct reservation *res)
{
	struct twin_item *v = item_of(res->item);
	struct twin_target *t = &w->t[res->target];

	assert_true(v->waits && v->id == 0);
	assert_true(can(w, res->target, &v->it));
	if (want != NULL)
		assert_false(before(w, want, &v->it));
	for (int o = 0; o < TARGETS && want == &v->it; o++) {
		if (v->it.avoid == res->target && o != res->target)
			assert_false(can(w, o, &v->it));
	}
	assert_true(limit_take(&t->limit, v->it.cost, w->now));
	t->used += v->it.cost;
	v->waits = false;
	v->id = res->id;
	v->target = res->target;
	w->joins++;
}

static void check_counts(struct twin *w)
{
	size_t len[POOLS] = { 0 };
	unsigned used[TARGETS] = { 0 };
	struct target_view view;

	for (int i = 0; i < ITEMS; i++) {
		struct reservation res;

		assert_false(w->v[i].waits && w->v[i].id != 0);
		if (w->v[i].waits)
			len[w->v[i].it.pool]++;
		if (w->v[i].id == 0)
			continue;
		used[w->v[i].target] += w->v[i].it.cost;
		assert_true(router_reserved(w->r, w->v[i].id, &res));
		assert_ptr_equal(res.item, &w->v[i].it);
	}
	for (int p = 0; p < POOLS; p++)
		assert_int_equal(router_pool_len(w->r, p), len[p]);
	for (int t = 0; t < TARGETS; t++) {
		assert_int_equal(router_target_view(w->r, t, w->now, &view), 0);
		assert_int_equal(view.used, used[t]);
		assert_int_equal(view.used, w->t[t].used);
	}
}

static void op_next(struct twin *w, struct explain *ex)
{
	struct route_item *want = due(w);
	int told = want != NULL ? foretold(w, want, ex) : -1;
	struct reservation res;
	bool any = router_next(w->r, w->now, &res);

	assert_true(any || want == NULL);
	if (any) {
		check_join(w, want, &res);
		if (res.item == want)
			assert_int_equal(res.target, told);
		return;
	}
	/* nothing happens before the time it names (tokens round by a us) */
	uint64_t wake = router_wake_us(w->r, w->now);
	assert_true(wake > w->now);
	if (wake - w->now < 5 || wake == UINT64_MAX)
		return;
	w->now += 1 + rnd(w, (unsigned)MIN(wake - w->now - 4, 1000000u));
	assert_null(due(w));
	assert_false(router_next(w->r, w->now, &res));
	w->quiet++;
}

static void op_offer(struct twin *w)
{
	struct twin_item *v = &w->v[rnd(w, ITEMS)];
	int pool = (int)rnd(w, POOLS);

	if (v->waits || v->id != 0)
		return;
	v->it = (struct route_item){
		.enq_us = w->now - rnd(w, 3) * rnd(w, 1000000),
		.only = (int16_t)(rnd(w, 8) == 0 ? (int)rnd(w, TARGETS) : -1),
		.avoid = (int16_t)(rnd(w, 4) == 0 ? (int)rnd(w, TARGETS) : -1),
		.priority = (uint8_t)rnd(w, 10),
		.cost = (uint8_t)(1 + rnd(w, 3) / 2 * rnd(w, 4)),
		.sticky = rnd(w, 50),
		.needs = rnd(w, 3) != 0   ? NULL
			 : rnd(w, 2) != 0 ? need_some
					  : need_much,
	};
	assert_int_equal(router_offer(w->r, pool, &v->it, false), 0);
	v->waits = true;
	v->seq = w->seq++;
}

/* Ends a reservation; an undone item goes back with its time. */
static void op_end(struct twin *w)
{
	struct twin_item *v = &w->v[rnd(w, ITEMS)];

	assert_false(router_release(w->r, w->old_id, w->now));
	if (v->id == 0)
		return;
	struct twin_target *t = &w->t[v->target];
	t->used -= v->it.cost;
	w->old_id = v->id;
	v->id = 0;
	if (rnd(w, 3) != 0) {
		assert_true(router_release(w->r, w->old_id, w->now));
		return;
	}
	assert_true(router_undo(w->r, w->old_id, w->now));
	if (t->limit.rate > 0)
		t->limit.tokens =
			MIN(t->limit.burst, t->limit.tokens + v->it.cost);
	assert_int_equal(router_offer(w->r, v->it.pool, &v->it, false), 0);
	v->waits = true;
	v->seq = w->seq++;
}

static void op_withdraw(struct twin *w)
{
	struct twin_item *v = &w->v[rnd(w, ITEMS)];

	router_withdraw(w->r, &v->it);
	v->waits = false;
}

static void op_target(struct twin *w)
{
	static const double rates[] = { 0, 0, 5, 20, 1000 };
	int i = (int)rnd(w, TARGETS);
	struct twin_target *t = &w->t[i];
	int pool = (int)rnd(w, POOLS);

	switch (rnd(w, 6)) {
	case 0:
		t->state = (enum target_state)(rnd(w, 8) > 3 ? 1 : rnd(w, 4));
		router_target_state(w->r, i, t->state, w->now);
		break;
	case 1:
		t->cap = 1 + rnd(w, 8);
		router_target_cap(w->r, i, t->cap);
		break;
	case 2:
		t->health = rnd(w, 4) == 0 ? rnd(w, 20) : 100;
		router_target_health(w->r, i, t->health);
		break;
	case 3:
		t->skill = rnd(w, 10);
		assert_int_equal(router_target_skill(w->r, i, "s", t->skill),
				 0);
		break;
	case 4: {
		double rate = rates[rnd(w, ARRAY_LEN(rates))];

		limit_set_rate(&t->limit, rate, MAX(rate, 1), w->now);
		router_target_rate(w->r, i, rate, 0, w->now);
		break;
	}
	case 5:
		t->weight[pool] = rnd(w, 4);
		t->after_us[pool] = rnd(w, 2) * 1000ull * rnd(w, 1500);
		router_pool_target(w->r, pool, i, t->weight[pool],
				   t->after_us[pool] / 1000);
		break;
	}
}

static void twin_init(struct twin *w, uint32_t seed)
{
	static const struct router_limits limits = { .targets = TARGETS,
						     .pools = POOLS,
						     .rules = POOLS,
						     .skills = 1,
						     .age_boost_ms = BOOST_MS };

	*w = (struct twin){ .r = router_new(&limits),
			    .seed = seed,
			    .now = 10000000 };
	for (int p = 0; p < POOLS; p++) {
		char name[] = { 'p', (char)('0' + p), '\0' };
		const char *values[] = { name };
		struct rule_cond c = { ATTR_LINE, values, 1 };
		enum strategy s =
			(enum strategy)((seed + (unsigned)p) % STRATEGY_COUNT);

		assert_int_equal(router_pool_add(w->r, name, s, 0), p);
		assert_int_equal(router_rule_add(w->r, name, &c, 1, p), 0);
	}
	for (int t = 0; t < TARGETS; t++) {
		char name[] = { (char)('a' + t), '\0' };
		struct target_cfg cfg = { .name = name, .cap = 3 };

		assert_int_equal(router_target_add(w->r, &cfg, w->now), t);
		router_target_state(w->r, t, TARGET_UP, w->now);
		w->t[t] = (struct twin_target){ .state = TARGET_UP,
						.cap = 3,
						.health = 100 };
		limit_init(&w->t[t].limit, 0, 1, w->now);
		for (int p = 0; p < POOLS; p++) {
			w->t[t].weight[p] = 1;
			router_pool_target(w->r, p, t, 1, 0);
		}
	}
}

/* All targets well and wide: whatever waits goes, the most urgent first. */
static void drain(struct twin *w)
{
	for (int i = 0; i < ITEMS; i++) {
		if (w->v[i].id != 0)
			assert_true(router_release(w->r, w->v[i].id, w->now));
		w->v[i].id = 0;
	}
	for (int t = 0; t < TARGETS; t++) {
		router_target_state(w->r, t, TARGET_UP, w->now);
		router_target_health(w->r, t, 100);
		router_target_cap(w->r, t, 1000);
		router_target_rate(w->r, t, 0, 0, w->now);
		assert_int_equal(router_target_skill(w->r, t, "s", 9), 0);
		for (int p = 0; p < POOLS; p++)
			router_pool_target(w->r, p, t, 1, 0);
	}
	const struct route_item *last = NULL;
	struct reservation res;
	while (router_next(w->r, w->now, &res)) {
		assert_true(item_of(res.item)->waits);
		item_of(res.item)->waits = false;
		if (last != NULL)
			assert_false(before(w, res.item, last));
		last = res.item;
	}
	for (int i = 0; i < ITEMS; i++)
		assert_false(w->v[i].waits);
}

static void test_random(void **state)
{
	(void)state;
	struct twin *w = mem_new(struct twin);
	struct explain *ex = mem_new(struct explain);
	uint64_t joins = 0, quiet = 0;

	for (uint32_t seed = 1; seed <= SEEDS; seed++) {
		twin_init(w, seed);
		for (int op = 0; op < OPS; op++) {
			unsigned what = rnd(w, 100);

			if (what < 35)
				op_offer(w);
			else if (what < 70)
				op_next(w, ex);
			else if (what < 88)
				op_end(w);
			else if (what < 90)
				op_withdraw(w);
			else if (what < 92)
				op_target(w);
			else
				w->now += rnd(w, 100000);
			if (op % 16 == 0)
				check_counts(w);
		}
		joins += w->joins;
		quiet += w->quiet;
		drain(w);
		router_free(&w->r);
	}
	/* the dice were not all thrown in vain */
	assert_true(joins > 20000);
	assert_true(quiet > 10000);
	mem_free(w);
	mem_free(ex);
	assert_int_equal(mem_live_blocks(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_random) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
