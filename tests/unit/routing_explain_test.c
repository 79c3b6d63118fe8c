/* Explain: every rule tried and every target of the pool, with why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "routing/router.h"

#define MS 1000u

static const struct router_limits limits = {
	.targets = 200, .pools = 4, .rules = 200, .skills = 4
};

static int add(struct router *r, int pool, const char *name, unsigned cap,
	       double rate)
{
	struct target_cfg cfg = { .name = name, .cap = cap, .rate = rate };
	int t = router_target_add(r, &cfg, 0);

	assert_true(t >= 0);
	router_target_state(r, t, TARGET_UP, 0);
	assert_int_equal(router_pool_target(r, pool, t, 1, 0), 0);
	return t;
}

static struct route_item item(void)
{
	return (struct route_item){ .enq_us = 100 * MS,
				    .only = -1,
				    .avoid = -1,
				    .priority = 5,
				    .cost = 1 };
}

static void rule(struct router *r, const char *name, int pool, enum attr a,
		 const char *v1, const char *v2)
{
	const char *values[] = { v1, v2 };
	struct rule_cond c = { a, values, v2 != NULL ? 2 : 1 };

	assert_int_equal(router_rule_add(r, name, &c, 1, pool), 0);
}

static const struct explain_row *row_of(const struct explain *ex,
					const char *name)
{
	for (unsigned i = 0; i < ex->n; i++) {
		if (strcmp(ex->v[i].name, name) == 0)
			return &ex->v[i];
	}
	fail_msg("no row %s", name);
	return NULL;
}

static void test_rules(void **state)
{
	(void)state;
	static const struct {
		const char *tenant, *class, *to, *lang;
		const char *pool;   /* NULL: none */
		const char *why[4]; /* of each rule tried */
	} rows[] = {
		/* clang-format off */
		{ "t1", "alert", "+4420", "", "fast", { "matches" } },
		{ "t1", "service", "+49301", "", "de",
		  { "class is service, not alert", "matches" } },
		{ "t1", "service", "+33", "fr", "fr",
		  { "class is service, not alert",
		    "to does not begin with one of +49, +43", "matches" } },
		{ "t1", "", "", "", NULL,
		  { "class is not given, not alert", "to does not begin with one of +49, +43",
		    "lang is not given, not fr",
		    "class is not given, not one of marketing, survey" } },
		{ "t2", "survey", "+1", "en", NULL,
		  { "class is survey, not alert", "to does not begin with one of +49, +43",
		    "lang is en, not fr", "tenant is t2, not t1" } },
		{ "t1", "survey", "+1", "en", "bulk",
		  { "class is survey, not alert", "to does not begin with one of +49, +43",
		    "lang is en, not fr", "matches" } },
		/* clang-format on */
	};
	struct router *r = router_new(&limits);
	int fast = router_pool_add(r, "fast", STRATEGY_PRIORITY, 0);
	int de = router_pool_add(r, "de", STRATEGY_PRIORITY, 0);
	int fr = router_pool_add(r, "fr", STRATEGY_PRIORITY, 0);
	int bulk = router_pool_add(r, "bulk", STRATEGY_PRIORITY, 0);
	const char *classes[] = { "marketing", "survey" },
		   *tenants[] = { "t1" };
	struct rule_cond both[] = { { ATTR_CLASS, classes, 2 },
				    { ATTR_TENANT, tenants, 1 } };
	struct explain *ex = mem_new(struct explain);

	rule(r, "alerts", fast, ATTR_CLASS, "alert", NULL);
	rule(r, "german", de, ATTR_TO, "+49", "+43");
	rule(r, "french", fr, ATTR_LANG, "fr", NULL);
	assert_int_equal(router_rule_add(r, "bulk", both, 2, bulk), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct attrs a = { .v = {
					   [ATTR_TENANT] =
						   str_of(rows[i].tenant),
					   [ATTR_CLASS] = str_of(rows[i].class),
					   [ATTR_TO] = str_of(rows[i].to),
					   [ATTR_LANG] = str_of(rows[i].lang),
				   } };
		int want = rows[i].pool != NULL
				   ? router_pool_find(r, rows[i].pool)
				   : -ENOENT;
		unsigned n = 0;

		assert_int_equal(router_match(r, &a, NULL), want);
		assert_int_equal(router_match(r, &a, ex), want);
		for (; n < 4 && rows[i].why[n] != NULL; n++) {
			assert_true(ex->v[n].rule);
			assert_string_equal(ex->v[n].why, rows[i].why[n]);
			assert_int_equal(ex->v[n].chosen,
					 strcmp(ex->v[n].why, "matches") == 0);
		}
		assert_int_equal(ex->n, n); /* what follows is not tried */
	}
	router_free(&r);
	mem_free(ex);
}

static void test_targets(void **state)
{
	(void)state;
	static const struct route_need needs[] = { { "billing", 2 },
						   { NULL, 0 } };
	struct router *r = router_new(&limits);
	int other = router_pool_add(r, "other", STRATEGY_PRIORITY, 0);
	int p = router_pool_add(r, "p", STRATEGY_LEAST_LOADED, 0);

	assert_true(other != p);
	struct explain *ex = mem_new(struct explain);
	struct route_item it = item(), pinned[12];
	struct reservation res;
	struct attrs a = { 0 };

	assert_int_equal(router_rule_add(r, "all", NULL, 0, p), 0);
	const char *const all[] = { "down",  "held",  "until", "full",
				    "tight", "dry",   "sick",  "low",
				    "late",  "probe", "best",  "worse" };
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		int t = add(r, p, all[i], 10,
			    strcmp(all[i], "dry") == 0 ? 50 : 0);

		assert_int_equal(router_target_skill(r, t, "billing", 3), 0);
	}
#define T(name) router_target_find(r, name)
	router_target_cap(r, T("full"), 1);
	router_target_cap(r, T("tight"), 2);
	router_target_cap(r, T("worse"), 3);
	const char *const used[] = { "full", "tight", "worse", "probe" };
	for (size_t i = 0; i < ARRAY_LEN(used); i++) {
		pinned[i] = item();
		pinned[i].only = (int16_t)T(used[i]);
		assert_int_equal(router_offer(r, p, &pinned[i], false), 0);
		assert_true(router_next(r, 100 * MS, &res));
	}
	pinned[4] = item();
	pinned[4].only = (int16_t)T("dry");
	pinned[4].cost = 50;
	router_target_cap(r, T("dry"), 100);
	assert_int_equal(router_offer(r, p, &pinned[4], false), 0);
	assert_true(router_next(r, 100 * MS, &res));

	router_target_state(r, T("down"), TARGET_DOWN, 1);
	router_target_state(r, T("held"), TARGET_HELD, 1);
	router_target_until(r, T("until"), TARGET_HELD, 1600 * MS, TARGET_UP);
	router_target_health(r, T("sick"), 5);
	router_target_state(r, T("probe"), TARGET_PROBE, 1);
	assert_int_equal(router_target_skill(r, T("low"), "billing", 1), 0);
	router_pool_target(r, p, T("late"), 1, 30000);
	it.needs = needs;
	it.cost = 2;

	static const struct {
		const char *name, *why;
	} rows[] = {
		{ "all", "takes everything" },
		{ "down", "down" },
		{ "held", "held" },
		{ "until", "held until 1500 ms from now" },
		{ "full", "window full 1/1" },
		{ "tight", "window 1/2 has no 2 places" },
		{ "dry", "rate: next token in 40 ms" },
		{ "sick", "health 5 below 10" },
		{ "low", "skill billing 1 below 2" },
		{ "late", "opens after 30000 ms" },
		{ "probe", "a probe is out" },
		{ "best", "least loaded: 0/10" },
		{ "worse", "not the best: best (least loaded: 0/10)" },
	};
	assert_int_equal(router_explain(r, &a, &it, 100 * MS, ex), 0);
	assert_string_equal(ex->pool, "p");
	assert_string_equal(ex->strategy, "least-loaded");
	assert_int_equal(ex->n, ARRAY_LEN(rows));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct explain_row *row = row_of(ex, rows[i].name);

		assert_string_equal(row->why, rows[i].why);
		assert_int_equal(row->rule, i == 0);
		assert_int_equal(row->chosen,
				 i == 0 || strcmp(row->name, "best") == 0);
	}

	it.avoid = (int16_t)T("best");
	assert_int_equal(router_explain(r, &a, &it, 100 * MS, ex), 0);
	assert_string_equal(row_of(ex, "best")->why, "avoided: another can");
	assert_true(row_of(ex, "worse")->chosen);
	it.only = (int16_t)T("late"); /* its own target needs no opening */
	assert_int_equal(router_explain(r, &a, &it, 100 * MS, ex), 0);
	assert_string_equal(row_of(ex, "best")->why,
			    "the item is for late alone");
	assert_true(row_of(ex, "late")->chosen);
	router_free(&r);
	mem_free(ex);
}

static void test_best_of_each_strategy(void **state)
{
	(void)state;
	static const struct {
		enum strategy s;
		const char *best, *other;
	} rows[STRATEGY_COUNT] = {
		/* clang-format off */
		{ STRATEGY_PRIORITY, "first in order that can",
		  "not the best: a (first in order that can)" },
		{ STRATEGY_WEIGHTED, "its turn: weight 1, health 100",
		  "not the best: a (its turn: weight 1, health 100)" },
		{ STRATEGY_LEAST_COST, "cheapest: cost 0", "not the best: a (cheapest: cost 0)" },
		{ STRATEGY_LEAST_LOADED, "least loaded: 0/1",
		  "not the best: a (least loaded: 0/1)" },
		{ STRATEGY_LONGEST_IDLE, "longest idle: 100 ms",
		  "not the best: a (longest idle: 100 ms)" },
		{ STRATEGY_STICKY, "the key belongs to it",
		  "not the best: a (the key belongs to it)" },
		/* clang-format on */
	};
	struct explain *ex = mem_new(struct explain);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct router *r = router_new(&limits);
		int p = router_pool_add(r, "p", rows[i].s, 0);
		struct route_item it = item();
		struct attrs a = { 0 };

		assert_int_equal(router_rule_add(r, "all", NULL, 0, p), 0);
		add(r, p, "a", 1, 0), add(r, p, "b", 1, 0);
		it.sticky = 3;
		assert_int_equal(router_explain(r, &a, &it, 100 * MS, ex), 0);
		assert_string_equal(row_of(ex, "a")->why, rows[i].best);
		assert_string_equal(row_of(ex, "b")->why, rows[i].other);
		router_free(&r);
	}
	mem_free(ex);
}

/* What does not fit is cut and said so; the chosen is there all the same, and
 * no letter is cut in half. */
static void test_cut(void **state)
{
	(void)state;
	struct router *r = router_new(&limits);
	int p = router_pool_add(r, "p", STRATEGY_PRIORITY, 0);
	struct explain *ex = mem_new(struct explain);
	struct route_item it = item();
	struct attrs a = { .v = { [ATTR_TO] = STR("+1") } };
	char name[100];

	for (int i = 0; i < 150; i++) {
		snprintf(name, sizeof(name), "no%d", i);
		rule(r, name, p, ATTR_TO, "+49", NULL);
	}
	memset(name, 'x', 62);
	memcpy(name + 62, "区区", sizeof("区区"));
	rule(r, name, p, ATTR_TO, "+1", NULL);
	for (int i = 0; i < 150; i++) {
		char t[16];

		snprintf(t, sizeof(t), "t%d", i);
		add(r, p, t, i == 149, 0);
	}
	assert_int_equal(router_match(r, &a, ex), p);
	assert_int_equal(ex->n, 128);
	assert_true(ex->cut);
	assert_true(ex->v[127].chosen);
	assert_int_equal(strlen(ex->v[127].name), 62);
	router_rules_clear(r);
	assert_int_equal(router_rule_add(r, "all", NULL, 0, p), 0);
	for (int i = 0; i < 150; i++)
		router_pool_target(r, p, i, 1, 0);
	assert_int_equal(router_explain(r, &a, &it, 100 * MS, ex), 0);
	assert_int_equal(ex->n, 128);
	assert_true(ex->cut);
	assert_string_equal(ex->v[127].name, "t149");
	assert_true(ex->v[127].chosen);

	router_rules_clear(r);
	assert_int_equal(router_explain(r, &a, &it, 100 * MS, ex), -ENOENT);
	assert_int_equal(ex->n, 0);
	assert_false(ex->cut);
	assert_string_equal(ex->pool, "");
	router_free(&r);
	mem_free(ex);
	assert_int_equal(mem_live_blocks(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_best_of_each_strategy),
		cmocka_unit_test(test_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
