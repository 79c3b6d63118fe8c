/* The router's set-up and reservations: limits, states, windows, rates,
 * generations, undo, wake-ups. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>

#include "base/mem.h"
#include "routing/router.h"

#define MS 1000u
#define SECOND 1000000u

static const struct router_limits limits = {
	.targets = 8, .pools = 4, .rules = 2, .skills = 2, .age_boost_ms = 60000
};

static int add(struct router *r, const char *name, unsigned cap, double rate)
{
	struct target_cfg cfg = { .name = name, .cap = cap, .rate = rate };
	int t = router_target_add(r, &cfg, 0);

	assert_true(t >= 0);
	router_target_state(r, t, TARGET_UP, 0);
	return t;
}

static struct route_item item(uint64_t enq_us)
{
	return (struct route_item){ .enq_us = enq_us,
				    .only = -1,
				    .avoid = -1,
				    .priority = 5,
				    .cost = 1 };
}

static void offer(struct router *r, int pool, struct route_item *it)
{
	assert_int_equal(router_offer(r, pool, it, false), 0);
}

static void test_limits(void **state)
{
	(void)state;
	struct router *r = router_new(&limits);
	char name[] = "t0";
	struct target_cfg cfg = { .name = name, .cap = 1 };

	for (unsigned i = 0; i < limits.targets; i++, name[1]++)
		assert_int_equal(router_target_add(r, &cfg, 0), i);
	assert_int_equal(router_target_add(r, &cfg, 0), -ENOSPC);
	name[1] = '3';
	assert_int_equal(router_target_add(r, &cfg, 0), -EEXIST);
	assert_int_equal(router_target_find(r, "t3"), 3);
	assert_int_equal(router_target_remove(r, 3), 0);
	assert_int_equal(router_target_remove(r, 3), -ENOENT);
	assert_int_equal(router_target_find(r, "t3"), -ENOENT);
	assert_int_equal(router_target_add(r, &cfg, 0), 3);

	for (int i = 0; i < 4; i++, name[1]++)
		assert_int_equal(router_pool_add(r, name, STRATEGY_PRIORITY, 0),
				 i);
	assert_int_equal(router_pool_add(r, "t3", STRATEGY_PRIORITY, 0),
			 -EEXIST);
	assert_int_equal(router_pool_add(r, "x", STRATEGY_PRIORITY, 0),
			 -ENOSPC);
	assert_int_equal(router_pool_find(r, "t4"), 1);
	assert_int_equal(router_pool_find(r, "x"), -ENOENT);
	assert_int_equal(router_pool_target(r, 0, -1, 1, 0), -ENOENT);

	assert_int_equal(router_rule_add(r, "a", NULL, 0, 4), -ENOENT);
	assert_int_equal(router_rule_add(r, "a", NULL, 0, 0), 0);
	assert_int_equal(router_rule_add(r, "b", NULL, 0, 0), 0);
	assert_int_equal(router_rule_add(r, "c", NULL, 0, 0), -ENOSPC);

	assert_int_equal(router_target_skill(r, 0, "de", 1), 0);
	assert_int_equal(router_target_skill(r, 0, "fr", 300), 0);
	assert_int_equal(router_target_skill(r, 0, "cs", 0), 0);
	assert_int_equal(router_target_skill(r, 0, "cs", 1), -ENOSPC);
	router_free(&r);
	assert_null(r);
	router_free(&r);
	assert_int_equal(mem_live_blocks(), 0);
}

static void test_full_pool(void **state)
{
	(void)state;
	struct router *r = router_new(&limits);
	int p = router_pool_add(r, "p", STRATEGY_PRIORITY, 2);
	struct route_item it[4] = { item(10), item(20), item(30), item(5) };

	offer(r, p, &it[0]);
	offer(r, p, &it[1]);
	assert_int_equal(router_offer(r, p, &it[2], false), -ENOSPC);
	/* what comes back was let in before */
	assert_int_equal(router_offer(r, p, &it[3], true), 0);
	assert_int_equal(router_pool_len(r, p), 3);
	assert_int_equal(router_pool_age_us(r, p, 100), 95);
	for (int i = 0; i < 4; i++)
		router_withdraw(r, &it[i]); /* it[2] does not wait: no-op */
	router_withdraw(r, &it[0]);
	assert_int_equal(router_pool_len(r, p), 0);
	assert_int_equal(router_pool_age_us(r, p, 100), 0);
	router_free(&r);
}

static void test_states(void **state)
{
	(void)state;
	static const struct {
		enum target_state s;
		unsigned health, cap;
		bool first, second;
	} rows[] = {
		{ TARGET_DOWN, 100, 9, false, false },
		{ TARGET_UP, 100, 9, true, true },
		{ TARGET_UP, 100, 1, true, false },
		{ TARGET_UP, 100, 0, false, false },
		{ TARGET_UP, 10, 9, true, true },
		{ TARGET_UP, 9, 9, false, false },
		{ TARGET_HELD, 100, 9, false, false },
		{ TARGET_PROBE, 0, 9, true, false },
		{ TARGET_PROBE, 100, 0, false, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct router *r = router_new(&limits);
		int p = router_pool_add(r, "p", STRATEGY_WEIGHTED, 0);
		int t = add(r, "t", 1, 0);
		struct route_item it[2] = { item(1), item(2) };
		struct reservation res;

		router_pool_target(r, p, t, 1, 0);
		router_target_state(r, t, rows[i].s, 0);
		router_target_health(r, t, rows[i].health);
		router_target_cap(r, t, rows[i].cap);
		offer(r, p, &it[0]);
		offer(r, p, &it[1]);
		assert_int_equal(router_next(r, 5, &res), rows[i].first);
		assert_int_equal(router_next(r, 5, &res), rows[i].second);
		router_withdraw(r, &it[0]);
		router_withdraw(r, &it[1]);
		router_free(&r);
	}
}

static void test_places(void **state)
{
	(void)state;
	static const struct {
		unsigned cap;
		uint8_t costs[4];
		unsigned joined; /* how many at once, in order */
	} rows[] = {
		{ 4, { 1, 1, 1, 1 }, 4 },
		{ 4, { 2, 2, 1, 1 }, 2 },
		{ 4, { 3, 2, 1, 1 }, 1 }, /* 1 must not take the place of 2 */
		{ 2, { 9, 1, 1, 1 }, 1 }, /* more than there is goes alone */
		{ 2, { 1, 9, 1, 1 }, 1 },
		{ 3, { 0, 0, 0, 0 }, 3 }, /* nothing is free of charge */
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct router *r = router_new(&limits);
		int p = router_pool_add(r, "p", STRATEGY_LEAST_LOADED, 0);
		int t = add(r, "t", rows[i].cap, 0);
		struct route_item it[4];
		struct reservation res[4];
		unsigned n = 0, turns = 0;

		router_pool_target(r, p, t, 1, 0);
		for (unsigned j = 0; j < 4; j++) {
			it[j] = item(j + 1);
			it[j].cost = rows[i].costs[j];
			offer(r, p, &it[j]);
		}
		while (router_next(r, 9, &res[n]))
			assert_ptr_equal(res[n].item, &it[n]), n++;
		assert_int_equal(n, rows[i].joined);
		for (unsigned done = 0; done < n && turns++ < 9; done++) {
			assert_true(router_release(r, res[done].id, 9));
			while (n < 4 && router_next(r, 9, &res[n]))
				n++;
		}
		assert_int_equal(n, 4);
		struct target_view v;
		assert_int_equal(router_target_view(r, t, 9, &v), 0);
		assert_int_equal(v.used, 0);
		assert_int_equal(v.handled, 4);
		router_free(&r);
	}
}

static void test_rate(void **state)
{
	(void)state;
	struct router *r = router_new(&limits);
	int p = router_pool_add(r, "p", STRATEGY_WEIGHTED, 0);
	int t = add(r, "t", 100, 10);
	struct route_item it[12];
	struct reservation res;
	struct target_view v;

	router_pool_target(r, p, t, 1, 0);
	for (unsigned i = 0; i < 12; i++) {
		it[i] = item(i + 1);
		offer(r, p, &it[i]);
	}
	for (unsigned i = 0; i < 10; i++)
		assert_true(router_next(r, 1, &res));
	assert_false(router_next(r, 1, &res));
	uint64_t wake = router_wake_us(r, 1);
	assert_in_range(wake, 100 * MS - 2, 100 * MS + 2);
	assert_false(router_next(r, wake - 10, &res));
	assert_true(router_next(r, wake, &res));

	/* undo gives the token back: the next goes without waiting */
	assert_false(router_next(r, wake, &res));
	assert_true(router_undo(r, res.id, wake));
	assert_true(router_next(r, wake, &res));
	assert_false(router_undo(r, res.id + 1, wake));
	assert_int_equal(router_wake_us(r, wake), UINT64_MAX); /* none waits */

	assert_int_equal(router_target_view(r, t, wake + SECOND, &v), 0);
	assert_true(v.rate == 10 && v.tokens > 9.9 && v.tokens <= 10);
	router_target_rate(r, t, 2, 0, wake + SECOND);
	assert_int_equal(router_target_view(r, t, wake + SECOND, &v), 0);
	assert_true(v.rate == 2 && v.tokens == 2);
	router_free(&r);
}

static void test_generations(void **state)
{
	(void)state;
	struct router *r = router_new(&limits);
	int p = router_pool_add(r, "p", STRATEGY_PRIORITY, 0);
	int t = add(r, "t", 1, 0);
	struct route_item a = item(1), b = item(2);
	struct reservation ra, rb, got;

	router_pool_target(r, p, t, 1, 0);
	offer(r, p, &a);
	assert_true(router_next(r, 1, &ra));
	assert_true(router_reserved(r, ra.id, &got));
	assert_ptr_equal(got.item, &a);
	assert_true(router_release(r, ra.id, 2));
	assert_false(router_release(r, ra.id, 2));
	assert_false(router_undo(r, ra.id, 2));
	offer(r, p, &b);
	assert_true(router_next(r, 3, &rb));
	assert_int_equal((uint32_t)ra.id, (uint32_t)rb.id); /* same slot */
	assert_false(router_release(r, ra.id, 4));          /* late: harmless */
	assert_false(router_reserved(r, ra.id, &got));
	assert_true(router_reserved(r, rb.id, &got));
	assert_false(router_release(r, 0, 4));
	assert_false(router_release(r, UINT64_MAX, 4));

	/* a target that leaves keeps its reservation, and its number */
	struct target_cfg cfg = { .name = "t", .cap = 1 };
	struct target_view v;
	assert_int_equal(router_target_remove(r, t), 0);
	assert_int_equal(router_target_view(r, t, 5, &v), -ENOENT);
	int t2 = router_target_add(r, &cfg, 5);
	assert_int_not_equal(t2, t);
	assert_true(router_reserved(r, rb.id, &got));
	assert_int_equal(got.target, t);
	assert_true(router_release(r, rb.id, 6));
	cfg.name = "u";
	assert_int_equal(router_target_add(r, &cfg, 6), t);
	router_free(&r);
	assert_int_equal(mem_live_blocks(), 0);
}

static void test_undo_is_not_handled(void **state)
{
	(void)state;
	struct router *r = router_new(&limits);
	int p = router_pool_add(r, "p", STRATEGY_LONGEST_IDLE, 0);
	int t[2] = { add(r, "a", 1, 0), add(r, "b", 1, 0) };
	struct route_item it = item(1);
	struct reservation res;
	struct target_view v;

	for (int i = 0; i < 2; i++)
		router_pool_target(r, p, t[i], 1, 0);
	offer(r, p, &it);
	assert_true(router_next(r, 10, &res));
	assert_int_equal(res.target, t[0]);
	assert_true(router_undo(r, res.id, 20));
	assert_int_equal(router_target_view(r, t[0], 20, &v), 0);
	assert_int_equal(v.used, 0);
	assert_int_equal(v.handled, 0);
	assert_int_equal(v.idle_since_us, 0);
	assert_int_equal(router_offer(r, p, &it, true), 0);
	assert_true(router_next(r, 30, &res));
	assert_int_equal(res.target, t[0]); /* still first in line */
	assert_true(router_release(r, res.id, 40));
	offer(r, p, &it);
	assert_true(router_next(r, 50, &res));
	assert_int_equal(res.target, t[1]);
	router_free(&r);
}

static void test_until(void **state)
{
	(void)state;
	struct router *r = router_new(&limits);
	int p = router_pool_add(r, "p", STRATEGY_PRIORITY, 0);
	int t = add(r, "t", 5, 0);
	struct route_item it[2] = { item(1), item(2) };
	struct reservation res;
	struct target_view v;

	router_pool_target(r, p, t, 1, 0);
	router_target_until(r, t, TARGET_HELD, 5000, TARGET_PROBE);
	offer(r, p, &it[0]);
	offer(r, p, &it[1]);
	assert_false(router_next(r, 10, &res));
	assert_int_equal(router_wake_us(r, 10), 5000);
	assert_int_equal(router_target_view(r, t, 5000, &v), 0);
	assert_int_equal(v.state, TARGET_PROBE);
	assert_true(router_next(r, 5000, &res));
	assert_false(router_next(r, 5000, &res)); /* one probe */
	assert_int_equal(router_wake_us(r, 5000), UINT64_MAX);
	assert_true(router_release(r, res.id, 6000));
	assert_int_equal(router_wake_us(r, 6000), 6000);
	router_target_state(r, t, TARGET_UP, 6000);
	assert_true(router_next(r, 6000, &res));
	/* a state set by hand ends the deadline */
	router_target_until(r, t, TARGET_HELD, 9000, TARGET_DOWN);
	router_target_state(r, t, TARGET_UP, 7000);
	assert_int_equal(router_wake_us(r, 9001), UINT64_MAX);
	assert_int_equal(router_target_view(r, t, 9001, &v), 0);
	assert_int_equal(v.state, TARGET_UP);
	router_free(&r);
}

static void test_overflow(void **state)
{
	(void)state;
	struct router *r = router_new(&limits);
	int p = router_pool_add(r, "p", STRATEGY_PRIORITY, 0);
	int main_link = add(r, "main", 1, 0);
	int spare = add(r, "spare", 9, 0);
	struct route_item it[4] = { item(0), item(0), item(0), item(0) };
	struct reservation res;

	router_pool_target(r, p, main_link, 1, 0);
	router_pool_target(r, p, spare, 1, 30000);
	for (unsigned i = 0; i < 3; i++) {
		it[i].enq_us = i * SECOND;
		offer(r, p, &it[i]);
	}
	assert_true(router_next(r, 3 * SECOND, &res));
	assert_int_equal(res.target, main_link);
	assert_false(router_next(r, 3 * SECOND, &res));
	assert_int_equal(router_wake_us(r, 3 * SECOND), 31 * SECOND);
	assert_false(router_next(r, 31 * SECOND - 1, &res));
	/* a young urgent one does not shut the overflow for who waited */
	it[3].enq_us = 30 * SECOND;
	it[3].priority = 1;
	offer(r, p, &it[3]);
	assert_true(router_next(r, 31 * SECOND, &res));
	assert_int_equal(res.target, spare);
	assert_ptr_equal(res.item, &it[1]);
	assert_false(router_next(r, 31 * SECOND, &res));
	assert_int_equal(router_wake_us(r, 31 * SECOND), 32 * SECOND);
	assert_true(router_next(r, 32 * SECOND, &res));
	assert_ptr_equal(res.item, &it[2]);
	assert_false(router_next(r, 32 * SECOND, &res));
	assert_int_equal(router_wake_us(r, 32 * SECOND), 60 * SECOND);
	/* changing the member opens it now */
	router_pool_target(r, p, spare, 1, 0);
	assert_true(router_next(r, 32 * SECOND, &res));
	router_free(&r);
}

static void test_rules_clear(void **state)
{
	(void)state;
	struct router *r = router_new(&limits);
	int p = router_pool_add(r, "p", STRATEGY_PRIORITY, 0);
	int a = add(r, "a", 1, 0), b = add(r, "b", 1, 0);
	struct route_item it[2] = { item(1), item(2) };
	struct reservation ra, rb;
	struct attrs at = { 0 };

	router_pool_target(r, p, a, 1, 0);
	assert_int_equal(router_rule_add(r, "all", NULL, 0, p), 0);
	assert_int_equal(router_match(r, &at, NULL), p);
	offer(r, p, &it[0]);
	offer(r, p, &it[1]);
	assert_true(router_next(r, 3, &ra));
	router_rules_clear(r);
	assert_int_equal(router_match(r, &at, NULL), -ENOENT);
	assert_true(router_release(r, ra.id, 4));
	assert_false(router_next(r, 4, &rb)); /* it waits, nobody serves */
	assert_int_equal(router_pool_len(r, p), 1);
	router_pool_target(r, p, b, 1, 0);
	assert_true(router_next(r, 4, &rb));
	assert_int_equal(rb.target, b);
	router_pool_target(r, p, b, 0, 0); /* weight 0: out again */
	assert_true(router_release(r, rb.id, 5));
	offer(r, p, &it[0]);
	assert_false(router_next(r, 5, &rb));
	router_withdraw(r, &it[0]);
	router_free(&r);
}

/* An agent who takes the next: by priority, age and skill, though nothing is
 * pushed to a target that is held. */
static void test_pull(void **state)
{
	(void)state;
	static const struct route_need needs[] = { { "de", 2 }, { NULL, 0 } };
	struct router *r = router_new(&limits);
	struct route_item old = item(1), urgent = item(2), skilled = item(0);
	struct reservation res;
	int one = add(r, "one", 1, 0), two = add(r, "two", 1, 0);
	int p = router_pool_add(r, "p", STRATEGY_LONGEST_IDLE, 0);
	int q = router_pool_add(r, "q", STRATEGY_LONGEST_IDLE, 0);

	router_target_state(r, one, TARGET_HELD, 0);
	router_target_state(r, two, TARGET_HELD, 0);
	for (int t = one; t <= two; t++) {
		assert_int_equal(router_pool_target(r, p, t, 1, 0), 0);
		assert_int_equal(router_pool_target(r, q, t, 1, 0), 0);
	}
	assert_int_equal(router_target_skill(r, two, "de", 2), 0);
	skilled.needs = needs;
	skilled.priority = 0;
	urgent.priority = 2;
	offer(r, p, &old);
	offer(r, q, &urgent);
	offer(r, p, &skilled);
	assert_false(router_next(r, 10, &res));
	/* over both pools, the most urgent that this one can do */
	assert_true(router_pull(r, one, 10, &res));
	assert_ptr_equal(res.item, &urgent);
	assert_int_equal(res.target, one);
	assert_false(router_pull(r, one, 10, &res)); /* no place */
	assert_true(router_pull(r, two, 10, &res));
	assert_ptr_equal(res.item, &skilled);
	assert_true(router_release(r, res.id, 20));
	/* who waits for work is still found, though others pulled before */
	router_target_state(r, two, TARGET_UP, 20);
	assert_true(router_next(r, 20, &res));
	assert_ptr_equal(res.item, &old);
	assert_false(router_pull(r, two, 20, &res));
	assert_true(router_undo(r, res.id, 30));
	/* age: half an hour counts as thirty levels here, down to 1 */
	old = item(0);
	urgent = item(1800 * (uint64_t)SECOND);
	urgent.priority = 2;
	offer(r, q, &urgent);
	offer(r, p, &old);
	assert_true(router_pull(r, two, 1800 * (uint64_t)SECOND, &res));
	assert_ptr_equal(res.item, &old);
	router_withdraw(r, &urgent);
	router_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_pull),
		cmocka_unit_test(test_full_pool),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_generations),
		cmocka_unit_test(test_undo_is_not_handled),
		cmocka_unit_test(test_until),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_rules_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
