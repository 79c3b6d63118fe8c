/* Wrong passwords: two maps, the younger one takes the older one's place. */
#include "console/tries.h"

#include "base/map.h"
#include "base/mem.h"

#define COUNT_BITS 16
#define COUNT_MAX ((1u << COUNT_BITS) - 1)

/* A value is the time of the last one and, in its low bits, the count. */
struct tries {
	struct tries_cfg cfg;
	struct map *young, *old;
	uint64_t turned_ms;
};

struct tries *tries_new(const struct tries_cfg *cfg)
{
	must(cfg != NULL && cfg->wait_ms > 0 && cfg->tracked > 0);
	struct tries *t = mem_new(struct tries);
	t->cfg = *cfg;
	t->cfg.wait_max_ms = MAX(cfg->wait_max_ms, cfg->wait_ms);
	t->young = map_new();
	t->old = map_new();
	return t;
}

void tries_free(struct tries **tp)
{
	must(tp != NULL);
	struct tries *t = TAKE(*tp);
	if (t == NULL)
		return;
	map_free(&t->young);
	map_free(&t->old);
	mem_free(t);
}

/* What was not touched for two longest waits is gone; when there are too
 * many, what was touched longest ago goes first. */
static void turn(struct tries *t, uint64_t now_ms)
{
	bool full = map_len(t->young) >= t->cfg.tracked;

	if (!full && now_ms - t->turned_ms < 2 * t->cfg.wait_max_ms)
		return;
	map_free(&t->old);
	t->old = t->young;
	t->young = map_new();
	t->turned_ms = now_ms;
}

static uint64_t entry(const struct tries *t, uint64_t key)
{
	uint64_t v = 0;

	if (!map_get(t->young, key, &v))
		IGNORE(map_get(t->old, key, &v));
	return v;
}

static uint64_t wait_of(const struct tries *t, unsigned over)
{
	uint64_t wait = t->cfg.wait_ms;

	while (over-- > 1 && wait < t->cfg.wait_max_ms)
		wait *= 2;
	return MIN(wait, t->cfg.wait_max_ms);
}

uint64_t tries_wait_ms(struct tries *t, uint64_t key, unsigned free_tries,
		       uint64_t now_ms)
{
	must(t != NULL);
	turn(t, now_ms);

	uint64_t v = entry(t, key), last = v >> COUNT_BITS;
	unsigned count = (unsigned)(v & COUNT_MAX);
	if (count < free_tries || free_tries == 0)
		return 0;
	uint64_t until = last + wait_of(t, count - free_tries + 1);
	if (until <= now_ms) {
		/* Forgotten as long after the longest wait as it was. */
		if (until + t->cfg.wait_max_ms <= now_ms)
			tries_forget(t, key);
		return 0;
	}
	return until - now_ms;
}

unsigned tries_wrong(struct tries *t, uint64_t key, uint64_t now_ms)
{
	must(t != NULL);
	turn(t, now_ms);

	unsigned count = (unsigned)(entry(t, key) & COUNT_MAX);
	count = MIN(count + 1, COUNT_MAX);
	map_set(t->young, key, now_ms << COUNT_BITS | count);
	return count;
}

void tries_forget(struct tries *t, uint64_t key)
{
	must(t != NULL);
	map_del(t->young, key, NULL);
	map_del(t->old, key, NULL);
}
