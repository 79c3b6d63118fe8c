/* Which target gets the item: failover, shares, cost, load, rest, keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "routing/router.h"

enum { TARGETS = 8 };

static const struct router_limits limits = { .targets = TARGETS, .pools = 2 };

static struct router *make(enum strategy s, int n, const unsigned *weights)
{
	static const char *const names[TARGETS] = { "a", "b", "c", "d",
						    "e", "f", "g", "h" };
	struct router *r = router_new(&limits);

	assert_int_equal(router_pool_add(r, "p", s, 0), 0);
	for (int i = 0; i < n; i++) {
		struct target_cfg cfg = { .name = names[i], .cap = 1000 };

		assert_int_equal(router_target_add(r, &cfg, 0), i);
		router_target_state(r, i, TARGET_UP, 0);
		assert_int_equal(router_pool_target(r, 0, i,
						    weights != NULL ? weights[i]
								    : 1,
						    0),
				 0);
	}
	return r;
}

/* Joins one item now; the target, or -1. Released at once unless kept. */
static int join(struct router *r, struct route_item *it, bool kept)
{
	struct reservation res;

	assert_int_equal(router_offer(r, 0, it, false), 0);
	if (!router_next(r, 1000, &res)) {
		router_withdraw(r, it);
		return -1;
	}
	assert_ptr_equal(res.item, it);
	if (!kept)
		assert_true(router_release(r, res.id, 1000));
	return res.target;
}

static struct route_item item(void)
{
	return (struct route_item){
		.enq_us = 1, .only = -1, .avoid = -1, .priority = 5, .cost = 1
	};
}

static void test_names(void **state)
{
	(void)state;
	enum strategy got;

	for (int s = 0; s < STRATEGY_COUNT; s++) {
		const char *name = strategy_name((enum strategy)s);

		assert_int_equal(strategy_parse(str_of(name), &got), 0);
		assert_int_equal(got, s);
	}
	assert_int_equal(strategy_parse(STR("random"), &got), -EINVAL);
	assert_int_equal(strategy_parse(STR(""), &got), -EINVAL);
	assert_string_equal(strategy_name(STRATEGY_LONGEST_IDLE),
			    "longest-idle");
	assert_string_equal(target_state_name(TARGET_PROBE), "probe");
	assert_string_equal(attr_name(ATTR_LINE), "line");
}

static void test_failover(void **state)
{
	(void)state;
	static const struct {
		enum target_state a, b, c;
		int only, avoid;
		int picked;
	} rows[] = {
		{ TARGET_UP, TARGET_UP, TARGET_UP, -1, -1, 2 },
		{ TARGET_UP, TARGET_UP, TARGET_DOWN, -1, -1, 0 },
		{ TARGET_HELD, TARGET_UP, TARGET_DOWN, -1, -1, 1 },
		{ TARGET_HELD, TARGET_DOWN, TARGET_DOWN, -1, -1, -1 },
		{ TARGET_UP, TARGET_UP, TARGET_PROBE, -1, -1, 2 },
		{ TARGET_UP, TARGET_UP, TARGET_UP, 1, -1, 1 },
		{ TARGET_UP, TARGET_DOWN, TARGET_UP, 1, -1, -1 },
		{ TARGET_UP, TARGET_UP, TARGET_UP, -1, 2, 0 },
		{ TARGET_DOWN, TARGET_DOWN, TARGET_UP, -1, 2, 2 },
		{ TARGET_UP, TARGET_UP, TARGET_UP, 1, 1, 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct router *r = make(STRATEGY_PRIORITY, 0, NULL);
		struct route_item it = item();

		/* the order of the pool, not of the numbers: c, a, b */
		for (int t = 0; t < 3; t++) {
			const char *const names[] = { "a", "b", "c" };
			struct target_cfg cfg = { .name = names[t], .cap = 1 };

			assert_int_equal(router_target_add(r, &cfg, 0), t);
		}
		router_pool_target(r, 0, 2, 1, 0);
		router_pool_target(r, 0, 0, 1, 0);
		router_pool_target(r, 0, 1, 1, 0);
		router_pool_target(r, 0, 2, 7, 0); /* again: keeps its place */
		router_target_state(r, 0, rows[i].a, 0);
		router_target_state(r, 1, rows[i].b, 0);
		router_target_state(r, 2, rows[i].c, 0);
		it.only = (int16_t)rows[i].only;
		it.avoid = (int16_t)rows[i].avoid;
		assert_int_equal(join(r, &it, false), rows[i].picked);
		router_free(&r);
	}
}

static void test_weighted(void **state)
{
	(void)state;
	static const struct {
		unsigned n;
		unsigned weight[TARGETS];
		unsigned health[TARGETS]; /* 0: 100 */
	} rows[] = {
		{ 2, { 80, 20 }, { 0 } },
		{ 2, { 50, 50 }, { 100, 50 } },
		{ 3, { 5, 1, 1 }, { 0 } },
		{ 8, { 1, 2, 3, 4, 5, 6, 7, 8 }, { 0 } },
		{ 8, { 100, 1, 1, 1, 1, 1, 1, 1 }, { 10, 99, 11, 33 } },
	};
	enum { N = 200000 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct router *r =
			make(STRATEGY_WEIGHTED, (int)rows[i].n, rows[i].weight);
		struct route_item it = item();
		unsigned got[TARGETS] = { 0 };
		double all = 0;

		for (unsigned t = 0; t < rows[i].n; t++) {
			unsigned h = rows[i].health[t];

			router_target_health(r, (int)t, h != 0 ? h : 100);
			all += rows[i].weight[t] * (h != 0 ? h : 100);
		}
		for (int k = 0; k < N; k++)
			got[join(r, &it, false)]++;
		for (unsigned t = 0; t < rows[i].n; t++) {
			unsigned h = rows[i].health[t];
			double share =
				rows[i].weight[t] * (h != 0 ? h : 100) / all;

			assert_true(fabs(got[t] / (double)N - share) < 1e-5);
		}
		router_free(&r);
	}
}

/* Smooth: 5 1 1 comes as aabacaa, not aaaaabc. */
static void test_weighted_is_smooth(void **state)
{
	(void)state;
	static const unsigned weights[] = { 5, 1, 1 };
	struct router *r = make(STRATEGY_WEIGHTED, 3, weights);
	struct route_item it = item();

	for (const char *c = "aabacaaaabacaa"; *c != '\0'; c++)
		assert_int_equal(join(r, &it, false), *c - 'a');
	/* a target that cannot take one gathers no debt */
	router_target_state(r, 0, TARGET_DOWN, 1);
	for (const char *c = "bcbcbc"; *c != '\0'; c++)
		assert_int_equal(join(r, &it, false), *c - 'a');
	router_target_state(r, 0, TARGET_UP, 1);
	for (const char *c = "aabacaa"; *c != '\0'; c++)
		assert_int_equal(join(r, &it, false), *c - 'a');
	router_free(&r);
}

/* A probe is asked soon even when its health is gone. */
static void test_probe_gets_its_share(void **state)
{
	(void)state;
	static const unsigned weights[] = { 50, 50 };
	struct router *r = make(STRATEGY_WEIGHTED, 2, weights);
	struct route_item it[4] = { item(), item(), item(), item() };
	unsigned probes = 0;

	router_target_health(r, 1, 0);
	router_target_state(r, 1, TARGET_PROBE, 1);
	for (int i = 0; i < 4; i++)
		probes += join(r, &it[i], true) == 1;
	assert_int_equal(probes, 1);
	router_free(&r);
}

static void test_cost_and_load(void **state)
{
	(void)state;
	static const struct {
		enum strategy s;
		unsigned cost[3], cap[3], used[3];
		int picked;
	} rows[] = {
		/* clang-format off */
		{ STRATEGY_LEAST_COST, { 3, 1, 2 }, { 9, 9, 9 }, { 0, 0, 0 }, 1 },
		{ STRATEGY_LEAST_COST, { 3, 1, 2 }, { 9, 1, 9 }, { 0, 1, 0 }, 2 },
		{ STRATEGY_LEAST_COST, { 1, 1, 2 }, { 9, 9, 9 }, { 2, 1, 0 }, 1 },
		{ STRATEGY_LEAST_COST, { 1, 1, 1 }, { 9, 9, 9 }, { 1, 1, 1 }, 0 },
		{ STRATEGY_LEAST_LOADED, { 1, 2, 3 }, { 10, 10, 10 }, { 5, 4, 3 }, 2 },
		{ STRATEGY_LEAST_LOADED, { 1, 2, 3 }, { 100, 10, 2 }, { 9, 1, 1 }, 0 },
		{ STRATEGY_LEAST_LOADED, { 1, 2, 3 }, { 10, 20, 40 }, { 1, 2, 4 }, 0 },
		/* clang-format on */
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct router *r = router_new(&limits);
		struct route_item it[16];
		unsigned n = 0;

		assert_int_equal(router_pool_add(r, "p", rows[i].s, 0), 0);
		for (int t = 0; t < 3; t++) {
			char name[] = { (char)('a' + t), '\0' };
			struct target_cfg cfg = { .name = name,
						  .cap = rows[i].cap[t],
						  .cost = rows[i].cost[t] };

			assert_int_equal(router_target_add(r, &cfg, 0), t);
			router_target_state(r, t, TARGET_UP, 0);
			router_pool_target(r, 0, t, 1, 0);
			for (unsigned u = 0; u < rows[i].used[t]; u++, n++) {
				it[n] = item();
				it[n].only = (int16_t)t;
				assert_int_equal(join(r, &it[n], true), t);
			}
		}
		it[n] = item();
		assert_int_equal(join(r, &it[n], false), rows[i].picked);
		router_free(&r);
	}
}

static void test_longest_idle(void **state)
{
	(void)state;
	struct router *r = make(STRATEGY_LONGEST_IDLE, 3, NULL);
	struct route_item it[3] = { item(), item(), item() };
	struct reservation res[3];
	uint64_t now = 1000;

	for (int i = 0; i < 3; i++) {
		router_target_cap(r, i, 1);
		assert_int_equal(router_offer(r, 0, &it[i], false), 0);
		assert_true(router_next(r, now, &res[i]));
		assert_int_equal(res[i].target, i); /* all alike: in order */
	}
	/* they come free as 1, 2, 0 and are asked so again */
	for (int i = 1; i <= 3; i++)
		assert_true(router_release(r, res[i % 3].id, ++now));
	assert_int_equal(join(r, &it[0], true), 1);
	assert_int_equal(join(r, &it[1], true), 2);
	assert_int_equal(join(r, &it[2], true), 0);
	router_free(&r);

	/* who comes back from a break goes behind those who stayed */
	r = make(STRATEGY_LONGEST_IDLE, 3, NULL);
	router_target_state(r, 0, TARGET_HELD, 50);
	router_target_state(r, 0, TARGET_UP, 60);
	router_target_until(r, 1, TARGET_HELD, 70, TARGET_UP);
	assert_int_equal(join(r, &it[0], false), 2);
	router_target_state(r, 2, TARGET_DOWN, 2000);
	assert_int_equal(join(r, &it[0], false), 0);
	assert_int_equal(join(r, &it[0], false), 1);
	router_free(&r);
}

static uint64_t key_of(unsigned i)
{
	return (i + 1) * 0x9e3779b97f4a7c15u;
}

static void test_sticky(void **state)
{
	(void)state;
	enum { KEYS = 20000, N = 5, GONE = 2 };
	static const unsigned weights[N] = { 1, 1, 1, 1, 2 };
	struct router *r = make(STRATEGY_STICKY, N, weights);
	int *was = mem_array(KEYS, sizeof(int));
	unsigned share[N] = { 0 };
	struct route_item it = item();

	for (unsigned k = 0; k < KEYS; k++) {
		it.sticky = key_of(k);
		was[k] = join(r, &it, false);
		share[was[k]]++;
	}
	for (unsigned t = 0; t < N; t++) {
		double want = KEYS * weights[t] / 6.0;

		assert_true(fabs(share[t] - want) < want * 0.06);
	}
	/* the same again, also when loads and healths differ */
	router_target_health(r, 1, 50);
	for (unsigned k = 0; k < KEYS; k++) {
		it.sticky = key_of(k);
		assert_int_equal(join(r, &it, false), was[k]);
	}
	/* one cannot: only its keys move; it comes back: they return */
	router_target_state(r, GONE, TARGET_HELD, 1);
	for (unsigned k = 0; k < KEYS; k++) {
		it.sticky = key_of(k);
		int t = join(r, &it, false);

		assert_int_not_equal(t, GONE);
		assert_true(t == was[k] || was[k] == GONE);
	}
	router_target_state(r, GONE, TARGET_UP, 1);
	for (unsigned k = 0; k < KEYS; k++) {
		it.sticky = key_of(k);
		assert_int_equal(join(r, &it, false), was[k]);
	}
	/* removed for good, and another number for another name: as before */
	assert_int_equal(router_target_remove(r, GONE), 0);
	for (unsigned k = 0; k < KEYS; k++) {
		it.sticky = key_of(k);
		int t = join(r, &it, false);

		assert_true(t == was[k] || was[k] == GONE);
	}
	router_free(&r);
	mem_free(was);
}

/* The choice hangs on names, not on numbers or the process. */
static void test_sticky_is_lasting(void **state)
{
	(void)state;
	static const unsigned weights[] = { 1, 1, 1 };
	struct router *r = make(STRATEGY_STICKY, 3, weights);
	struct route_item it = item();
	char got[17] = "";

	for (unsigned k = 0; k < 16; k++) {
		it.sticky = key_of(k);
		got[k] = (char)('a' + join(r, &it, false));
	}
	assert_string_equal(got, "bbccccabaaacabba");
	router_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_failover),
		cmocka_unit_test(test_weighted),
		cmocka_unit_test(test_weighted_is_smooth),
		cmocka_unit_test(test_probe_gets_its_share),
		cmocka_unit_test(test_cost_and_load),
		cmocka_unit_test(test_longest_idle),
		cmocka_unit_test(test_sticky),
		cmocka_unit_test(test_sticky_is_lasting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
