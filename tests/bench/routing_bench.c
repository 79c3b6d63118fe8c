/* What one decision of the router costs; one line for each case. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "routing/router.h"

enum { ITEMS = 1000000 };

static const struct router_limits limits = {
	.targets = 4096, .pools = 4, .skills = 4, .age_boost_ms = 60000
};

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void say(const char *what, unsigned n, uint64_t start, unsigned ops)
{
	printf("%-44s %5u %9.1f ns\n", what, n,
	       (double)(cpu_ns() - start) / ops);
}

static struct router *make(enum strategy s, unsigned n, double rate)
{
	struct router *r = router_new(&limits);

	must(router_pool_add(r, "p", s, 0) == 0);
	for (unsigned i = 0; i < n; i++) {
		char name[16];
		struct target_cfg cfg = { .name = name,
					  .cap = ITEMS,
					  .rate = rate };

		snprintf(name, sizeof(name), "t%u", i);
		int t = router_target_add(r, &cfg, 0);
		must(t == (int)i);
		router_target_state(r, t, TARGET_UP, 0);
		must(router_pool_target(r, 0, t, 1 + i % 7, 0) == 0);
	}
	return r;
}

static void fill(struct route_item *v, unsigned i, unsigned classes)
{
	v[i] = (struct route_item){ .enq_us = i,
				    .only = -1,
				    .avoid = -1,
				    .priority = (uint8_t)(i % classes),
				    .sticky = i * 0x9e3779b97f4a7c15u,
				    .cost = 1 };
}

/* A million messages wait; each is joined with a link, by rate and weight. */
static void bench_links(struct route_item *v, enum strategy s, unsigned n,
			unsigned classes)
{
	char what[64];
	struct router *r = make(s, n, 1e9);
	struct reservation res;

	uint64_t start = cpu_ns();
	for (unsigned i = 0; i < ITEMS; i++) {
		fill(v, i, classes);
		must(router_offer(r, 0, &v[i], false) == 0);
	}
	if (s == STRATEGY_WEIGHTED && n == 2 && classes == 1)
		say("offer, up to a million waiting", n, start, ITEMS);
	start = cpu_ns();
	for (unsigned i = 0; i < ITEMS; i++)
		must(router_next(r, ITEMS, &res));
	snprintf(what, sizeof(what), "next, links, %s, %u priorities",
		 strategy_name(s), classes);
	say(what, n, start, ITEMS);
	must(!router_next(r, ITEMS, &res));
	router_free(&r);
}

/* A call with two skills: waits, is joined, ends. One in `part` is free. */
static void bench_agents(unsigned n, unsigned part)
{
	static const struct route_need needs[] = { { "german", 1 },
						   { "billing", 2 },
						   { NULL, 0 } };
	struct router *r = make(STRATEGY_LONGEST_IDLE, n, 0);
	struct route_item v[1];
	struct reservation res;
	unsigned ops = 20000000 / (n + 100);

	for (unsigned i = 0; i < n; i++) {
		must(router_target_skill(r, (int)i, "german", 1) == 0);
		must(router_target_skill(r, (int)i, "billing", 3) == 0);
		router_target_cap(r, (int)i, i % part == 0);
		router_target_state(r, (int)i, TARGET_DOWN, i);
		router_target_state(r, (int)i, TARGET_UP, i);
	}
	uint64_t start = cpu_ns();
	for (unsigned i = 0; i < ops; i++) {
		fill(v, 0, 1);
		v->needs = needs;
		must(router_offer(r, 0, v, false) == 0);
		must(router_next(r, n + i, &res));
		must(router_release(r, res.id, n + i));
	}
	say(part == 1 ? "offer+next+release, agents, 2 skills, all free"
		      : "offer+next+release, agents, 92 % busy",
	    n, start, ops);
	router_free(&r);
}

/* The end of every turn when nothing can go. */
static void bench_vain(struct route_item *v)
{
	struct router *r = make(STRATEGY_WEIGHTED, 32, 0);
	struct reservation res;

	for (int t = 0; t < 32; t++)
		router_target_cap(r, t, 0);
	for (unsigned i = 0; i < 1000; i++) {
		fill(v, i, 4);
		must(router_offer(r, 0, &v[i], false) == 0);
	}
	uint64_t start = cpu_ns();
	for (unsigned i = 0; i < ITEMS; i++)
		must(!router_next(r, i, &res));
	say("next in vain, 1000 waiting", 32, start, ITEMS);
	for (unsigned i = 0; i < 1000; i++)
		router_withdraw(r, &v[i]);
	router_free(&r);
}

int main(void)
{
	static const unsigned links[] = { 2, 8, 32 };
	static const unsigned agents[] = { 100, 1000, 4096 };
	struct route_item *v = mem_array(ITEMS, sizeof(*v));

	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		bench_links(v, STRATEGY_WEIGHTED, links[i], 1);
	bench_links(v, STRATEGY_WEIGHTED, 2, 4);
	bench_links(v, STRATEGY_WEIGHTED, 2, 10);
	bench_links(v, STRATEGY_LEAST_LOADED, 32, 1);
	bench_links(v, STRATEGY_STICKY, 32, 1);
	for (size_t i = 0; i < ARRAY_LEN(agents); i++)
		bench_agents(agents[i], 1);
	for (size_t i = 0; i < ARRAY_LEN(agents); i++)
		bench_agents(agents[i], 12);
	bench_vain(v);
	mem_free(v);
	return 0;
}
