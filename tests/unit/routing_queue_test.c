/* Order of waiting work: priority, age, head, needs, and pools that share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <time.h>

#include "base/mem.h"
#include "routing/router.h"

#define SECOND 1000000u
#define BOOST_S 60

static const struct router_limits limits = { .targets = 8,
					     .pools = 4,
					     .rules = 2,
					     .skills = 4,
					     .age_boost_ms = BOOST_S * 1000 };

static int add(struct router *r, int pool, const char *name, unsigned cap)
{
	struct target_cfg cfg = { .name = name, .cap = cap };
	int t = router_target_add(r, &cfg, 0);

	assert_true(t >= 0);
	router_target_state(r, t, TARGET_UP, 0);
	assert_int_equal(router_pool_target(r, pool, t, 1, 0), 0);
	return t;
}

static struct route_item item(uint8_t priority, uint64_t enq_us)
{
	return (struct route_item){ .enq_us = enq_us,
				    .only = -1,
				    .avoid = -1,
				    .priority = priority,
				    .cost = 1 };
}

struct entry {
	uint8_t priority;
	unsigned enq_s;
	bool head;
	char name;
};

static void test_order(void **state)
{
	(void)state;
	static const struct {
		struct entry in[5]; /* offered in this order */
		unsigned now_s;
		const char *out;
	} rows[] = {
		/* clang-format off */
		/* first in, first out */
		{ { { 5, 1, 0, 'a' }, { 5, 2, 0, 'b' }, { 5, 3, 0, 'c' } }, 9, "abc" },
		{ { { 5, 2, 0, 'a' }, { 5, 2, 0, 'b' }, { 5, 2, 0, 'c' } }, 9, "abc" },
		/* an older one that comes back goes to its place */
		{ { { 5, 2, 0, 'a' }, { 5, 4, 0, 'b' }, { 5, 3, 0, 'c' } }, 9, "acb" },
		{ { { 5, 2, 0, 'a' }, { 5, 3, 0, 'b' }, { 5, 1, 0, 'c' } }, 9, "cab" },
		{ { { 5, 2, 0, 'a' }, { 5, 3, 0, 'b' }, { 5, 2, 0, 'c' } }, 9, "acb" },
		/* head: before all of its priority, whatever its age */
		{ { { 5, 2, 0, 'a' }, { 5, 3, 0, 'b' }, { 5, 9, 1, 'c' } }, 9, "cab" },
		{ { { 5, 2, 0, 'a' }, { 4, 3, 0, 'b' }, { 5, 9, 1, 'c' } }, 9, "bca" },
		{ { { 5, 2, 1, 'a' }, { 5, 3, 1, 'b' }, { 5, 1, 0, 'c' } }, 9, "cba" },
		/* priority before time */
		{ { { 9, 1, 0, 'a' }, { 5, 2, 0, 'b' }, { 0, 3, 0, 'c' } }, 9, "cba" },
		/* equal wait: the higher priority */
		{ { { 6, 1, 0, 'a' }, { 5, 1, 0, 'b' }, { 7, 1, 0, 'c' } }, 500, "bac" },
		/* age lifts: one level a minute; ties by time */
		{ { { 6, 0, 0, 'a' }, { 5, 30, 0, 'b' }, { 4, 50, 0, 'c' } }, 59, "cba" },
		{ { { 6, 0, 0, 'a' }, { 5, 30, 0, 'b' }, { 4, 50, 0, 'c' } }, 60, "cab" },
		{ { { 6, 0, 0, 'a' }, { 5, 30, 0, 'b' }, { 4, 130, 0, 'c' } }, 140, "abc" },
		{ { { 9, 0, 0, 'a' }, { 1, 479, 0, 'b' }, { 2, 479, 0, 'c' } }, 479, "bac" },
		{ { { 9, 0, 0, 'a' }, { 1, 480, 0, 'b' }, { 2, 480, 0, 'c' } }, 480, "abc" },
		/* but never over an alert */
		{ { { 9, 0, 0, 'a' }, { 0, 9999, 0, 'b' }, { 1, 0, 0, 'c' } }, 9999, "bca" },
		{ { { 1, 0, 0, 'a' }, { 0, 9999, 0, 'b' } }, 9999, "ba" },
		/* clang-format on */
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct router *r = router_new(&limits);
		int p = router_pool_add(r, "p", STRATEGY_PRIORITY, 0);
		struct route_item it[5];
		char names[5];
		struct reservation res;

		add(r, p, "t", 100);
		for (size_t j = 0; rows[i].in[j].name != '\0'; j++) {
			const struct entry *e = &rows[i].in[j];

			it[j] = item(e->priority, e->enq_s * SECOND);
			names[j] = e->name;
			assert_int_equal(router_offer(r, p, &it[j], e->head),
					 0);
		}
		for (const char *c = rows[i].out; *c != '\0'; c++) {
			assert_true(
				router_next(r, (uint64_t)rows[i].now_s * SECOND,
					    &res));
			char name = names[res.item - it];
			if (name != *c)
				fail_msg("row %zu: %c, not %c", i, name, *c);
		}
		assert_int_equal(router_pool_len(r, p), 0);
		router_free(&r);
	}
}

/* an alert behind 100,000 queued is the next that is joined. */
static void test_alert_overtakes(void **state)
{
	(void)state;
	enum { N = 100000 };
	struct router *r = router_new(&limits);
	int p = router_pool_add(r, "p", STRATEGY_WEIGHTED, 0);
	struct route_item *it = mem_array(N, sizeof(*it));
	struct route_item alert = item(0, 2000ull * SECOND);
	struct reservation res;

	int t = add(r, p, "t", 1);
	for (unsigned i = 0; i < N; i++) {
		it[i] = item(7, i);
		assert_int_equal(router_offer(r, p, &it[i], false), 0);
	}
	assert_true(router_next(r, SECOND, &res));
	assert_ptr_equal(res.item, &it[0]);
	/* by now every one of them has aged as far as it can */
	assert_int_equal(router_offer(r, p, &alert, false), 0);
	assert_false(router_next(r, 2000ull * SECOND, &res));
	assert_true(router_release(r, res.id, 2000ull * SECOND));
	assert_true(router_next(r, 2000ull * SECOND, &res));
	assert_ptr_equal(res.item, &alert);
	assert_int_equal(router_pool_len(r, p), N - 1);
	router_target_cap(r, t, N + 1);
	for (unsigned i = 1; i < N; i++) {
		assert_true(router_next(r, 2000ull * SECOND, &res));
		assert_ptr_equal(res.item, &it[i]);
	}
	router_free(&r);
	mem_free(it);
}

/* against a flood of better priority, everything goes in bounded time. */
static void test_nobody_starves(void **state)
{
	(void)state;
	enum { FLOOD = 900 };
	struct router *r = router_new(&limits);
	int p = router_pool_add(r, "p", STRATEGY_PRIORITY, 0);
	struct route_item low = item(9, 0), *flood;
	struct reservation res = { 0 };
	unsigned s = 0;

	flood = mem_array(FLOOD, sizeof(*flood));
	add(r, p, "t", 1);
	assert_int_equal(router_offer(r, p, &low, false), 0);
	/* one a second comes, one a second goes: low alone would wait for ever */
	for (; s < FLOOD && res.item != &low; s++) {
		flood[s] = item(1, (uint64_t)s * SECOND);
		assert_int_equal(router_offer(r, p, &flood[s], false), 0);
		router_release(r, res.id, (uint64_t)s * SECOND);
		assert_true(router_next(r, (uint64_t)s * SECOND, &res));
	}
	assert_int_equal(s - 1, 8 * BOOST_S); /* 9 -> 1 */
	for (unsigned i = 0; i < s; i++)
		router_withdraw(r, &flood[i]);
	router_free(&r);
	mem_free(flood);
}

/* Work with wishes nobody meets now stops only itself. */
static void test_needs_do_not_block(void **state)
{
	(void)state;
	static const struct route_need none[] = { { NULL, 0 } };
	static const struct route_need de[] = { { "de", 1 }, { NULL, 0 } };
	static const struct route_need de5[] = { { "de", 5 }, { NULL, 0 } };
	static const struct route_need tax[] = { { "de", 1 },
						 { "tax", 3 },
						 { NULL, 0 } };
	static const struct route_need nobody[] = { { "cs", 1 }, { NULL, 0 } };
	static const struct route_need zero[] = { { "cs", 0 }, { NULL, 0 } };
	/* target 0: nothing, 1: de 2, 2: de 9 + tax 3 */
	static const struct {
		const struct route_need *needs[4];
		int only[4];
		unsigned busy;      /* a bit for each target */
		const char *joined; /* "item target, ..." in order */
	} rows[] = {
		{ { de, NULL }, { -1, -1 }, 0, "01 10" },
		{ { none, zero }, { -1, -1 }, 0, "00 11" },
		{ { de5, de, NULL, NULL }, { -1, -1, -1, -1 }, 0, "02 11 20" },
		{ { tax, tax, de }, { -1, -1, -1 }, 0, "02 21" },
		{ { nobody, tax, NULL }, { -1, -1, -1 }, 4, "20" },
		{ { de, de, de, NULL }, { -1, -1, -1, -1 }, 6, "30" },
		{ { NULL, NULL }, { 2, -1 }, 4, "10" },
		{ { NULL, NULL }, { 2, 1 }, 0, "02 11" },
		{ { de, NULL }, { 0, -1 }, 0, "10" },   /* only 0, who cannot */
		{ { NULL, NULL }, { 7, -1 }, 0, "10" }, /* only nobody */
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct router *r = router_new(&limits);
		int p = router_pool_add(r, "p", STRATEGY_PRIORITY, 0);
		struct route_item it[4];
		struct reservation res;
		char got[32] = "";
		size_t n = 0;

		add(r, p, "a", 1), add(r, p, "b", 1), add(r, p, "c", 1);
		assert_int_equal(router_target_skill(r, 1, "de", 2), 0);
		assert_int_equal(router_target_skill(r, 2, "de", 9), 0);
		assert_int_equal(router_target_skill(r, 2, "tax", 3), 0);
		for (int t = 0; t < 3; t++) {
			if ((rows[i].busy & BIT(t)) != 0)
				router_target_state(r, t, TARGET_HELD, 0);
		}
		for (size_t j = 0; j < 4; j++) {
			it[j] = item(5, j + 1);
			it[j].needs = rows[i].needs[j];
			it[j].only = (int16_t)rows[i].only[j];
			if (rows[i].only[j] == 0 && rows[i].needs[j] == NULL)
				continue; /* the row ended */
			assert_int_equal(router_offer(r, p, &it[j], false), 0);
		}
		while (router_next(r, 9, &res)) {
			n += (size_t)snprintf(got + n, sizeof(got) - n,
					      "%s%td%d", n > 0 ? " " : "",
					      res.item - it, res.target);
		}
		if (strcmp(got, rows[i].joined) != 0)
			fail_msg("row %zu: %s, not %s", i, got, rows[i].joined);
		for (size_t j = 0; j < 4; j++)
			router_withdraw(r, &it[j]);
		router_free(&r);
	}
}

/* The look past needy work is bounded, and moves on when a skill appears. */
static void test_bounded_look(void **state)
{
	(void)state;
	static const struct route_need de[] = { { "de", 1 }, { NULL, 0 } };
	static const struct {
		unsigned needy;
		bool goes;
	} rows[] = {
		{ 1, true }, { 255, true }, { 256, false }, { 300, false }
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct router *r = router_new(&limits);
		int p = router_pool_add(r, "p", STRATEGY_PRIORITY, 0);
		struct route_item it[301];
		struct reservation res;
		unsigned n = rows[i].needy;
		int t = add(r, p, "t", 400);

		for (unsigned j = 0; j <= n; j++) {
			it[j] = item(5, j);
			it[j].needs = j < n ? de : NULL;
			assert_int_equal(router_offer(r, p, &it[j], false), 0);
		}
		assert_int_equal(router_next(r, 999, &res), rows[i].goes);
		assert_false(router_next(r, 999, &res));
		assert_int_equal(router_target_skill(r, t, "de", 1), 0);
		while (router_next(r, 999, &res))
			;
		assert_int_equal(router_pool_len(r, p), 0);
		router_free(&r);
	}
}

/* Two pools, one target: the most urgent over both. */
static void test_shared_target(void **state)
{
	(void)state;
	static const struct route_need de[] = { { "de", 1 }, { NULL, 0 } };
	static const struct {
		struct entry in[4]; /* head: it goes to the second pool */
		char needy;         /* this one needs a skill nobody has */
		unsigned now_s;
		const char *out;
	} rows[] = {
		/* clang-format off */
		{ { { 5, 2, 0, 'a' }, { 5, 1, 1, 'b' } }, 0, 9, "ba" },
		{ { { 4, 2, 0, 'a' }, { 5, 1, 1, 'b' } }, 0, 9, "ab" },
		{ { { 4, 61, 0, 'a' }, { 5, 0, 1, 'b' } }, 0, 61, "ba" },
		{ { { 5, 1, 0, 'a' }, { 5, 2, 1, 'b' }, { 5, 3, 0, 'c' } }, 0, 9, "abc" },
		/* what can go stands behind a head that cannot */
		{ { { 5, 1, 0, 'a' }, { 5, 2, 1, 'b' }, { 5, 3, 0, 'c' } }, 'a', 9, "bc" },
		{ { { 5, 1, 0, 'a' }, { 5, 3, 1, 'b' }, { 5, 2, 0, 'c' } }, 'a', 9, "cb" },
		/* clang-format on */
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct router *r = router_new(&limits);
		int p[2] = { router_pool_add(r, "p", STRATEGY_PRIORITY, 0),
			     router_pool_add(r, "q", STRATEGY_LONGEST_IDLE,
					     0) };
		int t = add(r, p[0], "t", 1);
		struct route_item it[4];
		struct reservation res;
		size_t n = 0;

		router_pool_target(r, p[1], t, 1, 0);
		for (; rows[i].in[n].name != '\0'; n++) {
			const struct entry *e = &rows[i].in[n];

			it[n] = item(e->priority, e->enq_s * SECOND);
			if (e->name == rows[i].needy)
				it[n].needs = de;
			assert_int_equal(router_offer(r, p[e->head], &it[n],
						      false),
					 0);
		}
		for (const char *c = rows[i].out; *c != '\0'; c++) {
			uint64_t now = (uint64_t)rows[i].now_s * SECOND;

			assert_true(router_next(r, now, &res));
			assert_int_equal(rows[i].in[res.item - it].name, *c);
			assert_false(router_next(r, now,
						 &(struct reservation){ 0 }));
			assert_true(router_release(r, res.id, now));
		}
		assert_false(router_next(r, 99 * SECOND, &res));
		for (size_t j = 0; j < n; j++)
			router_withdraw(r, &it[j]);
		router_free(&r);
	}
}

static uint64_t cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* The first thousand leave; then one by one each goes back to its place. */
static void drop_and_return(struct router *r, int p, struct route_item *it,
			    unsigned i)
{
	if (i % 1000 == 0) {
		for (unsigned j = 0; j < 1000; j++)
			router_withdraw(r, &it[j]);
	}
	assert_int_equal(router_offer(r, p, &it[i % 1000], false), 0);
}

/* A million wait; new, old and returning ones all find their place at once,
 * and asking in vain costs next to nothing. */
static void test_a_million(void **state)
{
	(void)state;
	enum { N = 1000000, ASKS = 100000 };
	struct router *r = router_new(&limits);
	int p = router_pool_add(r, "p", STRATEGY_WEIGHTED, 0);
	struct route_item *it = mem_array(N, sizeof(*it));
	struct reservation res;
	int t = add(r, p, "t", 1);
	size_t blocks = mem_live_blocks();

	router_target_state(r, t, TARGET_DOWN, 0);
	uint64_t start = cpu_us();
	for (unsigned i = 0; i < N; i++) {
		it[i] = item((uint8_t)(i % 10), i);
		assert_int_equal(router_offer(r, p, &it[i], false), 0);
	}
	for (unsigned i = 0; i < ASKS; i++)
		assert_false(router_next(r, N, &res));
	/* a link with a window of 1000 drops, again and again */
	for (unsigned i = 0; i < ASKS; i++)
		drop_and_return(r, p, it, i);
	assert_int_equal(mem_live_blocks(), blocks);
	/* about 0.2 s; walking whole lists would be minutes */
	assert_true(cpu_us() - start < 3 * SECOND);
	assert_int_equal(router_pool_age_us(r, p, N), N);
	for (unsigned i = 0; i < N; i++)
		router_withdraw(r, &it[i]);
	router_free(&r);
	mem_free(it);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_alert_overtakes),
		cmocka_unit_test(test_nobody_starves),
		cmocka_unit_test(test_needs_do_not_block),
		cmocka_unit_test(test_bounded_look),
		cmocka_unit_test(test_shared_target),
		cmocka_unit_test(test_a_million),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
