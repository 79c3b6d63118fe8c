/* Targets: links and agents, with what they can take now as a bitmap. */
#include "routing/target.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

const char *target_state_name(enum target_state s)
{
	switch (s) {
	case TARGET_DOWN:
		return "down";
	case TARGET_UP:
		return "up";
	case TARGET_HELD:
		return "held";
	case TARGET_PROBE:
		return "probe";
	}
	must(!"state");
	return "";
}

void targets_init(struct targets *ts, unsigned max, unsigned skills,
		  unsigned pools)
{
	must(ts != NULL && max > 0 && max <= TARGETS_MAX);
	unsigned words = bits_words(max);

	*ts = (struct targets){
		.v = mem_array(max, sizeof(struct target)),
		.idle_us = mem_array(max, sizeof(uint64_t)),
		.share = mem_array(max, sizeof(uint8_t)),
		.free = mem_array(words, sizeof(uint64_t)),
		.rated = mem_array(words, sizeof(uint64_t)),
		.max = max,
		.by_name = dict_new(),
	};
	for (unsigned i = 0; i < max; i++) {
		heap_node_init(&ts->v[i].due);
		ts->v[i].pools = mem_array(bits_words(pools), sizeof(uint64_t));
	}
	heap_init(&ts->due);
	skills_init(&ts->skills, skills, max);
}

void targets_done(struct targets *ts)
{
	must(ts != NULL);
	heap_done(&ts->due); /* first: its nodes lie in the targets */
	for (unsigned i = 0; i < ts->max; i++) {
		mem_free(ts->v[i].name);
		mem_free(ts->v[i].pools);
	}
	mem_free(ts->v);
	mem_free(ts->idle_us);
	mem_free(ts->share);
	mem_free(ts->free);
	mem_free(ts->rated);
	dict_free(&ts->by_name);
	skills_done(&ts->skills);
}

/* FNV-1a with a finish: sticky choices must outlive the process, so the
 * keyed hash of base is of no use. */
static uint64_t target_hash(const char *name)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3u;
	h = (h ^ (h >> 32)) * 0xd6e8feb86659fd93u;
	return h ^ (h >> 32);
}

static int targets_room(const struct targets *ts)
{
	for (unsigned i = 0; i < ts->max; i++) {
		if (ts->v[i].presence == TARGET_ABSENT)
			return (int)i;
	}
	return -ENOSPC;
}

int targets_add(struct targets *ts, const struct target_cfg *cfg,
		uint64_t now_us)
{
	must(ts != NULL && cfg != NULL && cfg->name != NULL);
	if (dict_get(ts->by_name, str_of(cfg->name)) != NULL)
		return -EEXIST;
	int i = targets_room(ts);
	if (i < 0)
		return i;

	struct target *t = &ts->v[i];
	t->name = str_dup(cfg->name);
	t->owner = cfg->owner;
	t->state = TARGET_DOWN;
	t->presence = TARGET_PRESENT;
	t->cap = cfg->cap;
	t->cost = cfg->cost;
	t->health = 100;
	t->handled = 0;
	t->hash = target_hash(cfg->name);
	limit_init(&t->limit, 0, 0, now_us);
	ts->n = MAX(ts->n, (unsigned)i + 1);
	ts->words = bits_words(ts->n);
	ts->idle_us[i] = now_us;
	target_rate(ts, (unsigned)i, cfg->rate, cfg->burst, now_us);
	t->limit.tokens = t->limit.burst;
	dict_set(ts->by_name, str_of(cfg->name), t);
	target_refresh(ts, (unsigned)i);
	return i;
}

/* The number is given again only when nobody can ask for it any more. */
static void target_vanish(struct targets *ts, unsigned i)
{
	struct target *t = &ts->v[i];

	mem_free(t->name);
	t->name = NULL;
	t->owner = NULL;
	t->used = 0;
	t->presence = TARGET_ABSENT;
	bits_put(ts->rated, i, false);
}

void targets_remove(struct targets *ts, unsigned i)
{
	struct target *t = targets_get(ts, (int)i);

	must(t != NULL);
	dict_del(ts->by_name, str_of(t->name));
	heap_remove(&ts->due, &t->due);
	skills_forget(&ts->skills, i);
	t->presence = TARGET_LEAVING;
	target_refresh(ts, i);
	if (t->live == 0)
		target_vanish(ts, i);
}

struct target *targets_get(const struct targets *ts, int i)
{
	must(ts != NULL && i < (int)ts->max);
	if (i < 0 || ts->v[i].presence != TARGET_PRESENT)
		return NULL;
	return &ts->v[i];
}

void target_refresh(struct targets *ts, unsigned i)
{
	must(ts != NULL && i < ts->max);
	const struct target *t = &ts->v[i];
	bool up = t->state == TARGET_UP && t->health >= HEALTH_FLOOR &&
		  t->used < t->cap;
	bool probe = t->state == TARGET_PROBE && t->used == 0 && t->cap > 0;

	bits_put(ts->free, i, t->presence == TARGET_PRESENT && (up || probe));
	/* A probe gets its whole share, or a sick link would never be asked. */
	ts->share[i] = t->state == TARGET_PROBE ? 100 : (uint8_t)t->health;
}

void target_enter(struct targets *ts, unsigned i, enum target_state s,
		  uint64_t now_us)
{
	must(ts != NULL && i < ts->max);
	struct target *t = &ts->v[i];

	if (s == TARGET_UP && t->state != TARGET_UP)
		ts->idle_us[i] = now_us;
	t->state = s;
	heap_remove(&ts->due, &t->due);
	target_refresh(ts, i);
}

int targets_due(struct targets *ts, uint64_t now_us)
{
	must(ts != NULL);
	struct heap_node *first = heap_first(&ts->due);

	if (first == NULL || first->key > now_us)
		return -1;
	struct target *t = CONTAINER_OF(first, struct target, due);
	unsigned i = (unsigned)(t - ts->v);
	target_enter(ts, i, t->then, first->key);
	return (int)i;
}

void target_rate(struct targets *ts, unsigned i, double rate, double burst,
		 uint64_t now_us)
{
	must(ts != NULL && i < ts->max && rate >= 0 && burst >= 0);
	double most = burst > 0 ? burst : MAX(rate, 1.0);

	limit_set_rate(&ts->v[i].limit, rate, most, now_us);
	bits_put(ts->rated, i, rate > 0);
}

/* What needs more places than there are goes alone. */
bool target_places(const struct target *t, unsigned cost)
{
	must(t != NULL);
	return t->used == 0 || t->used + cost <= t->cap;
}

void target_take(struct targets *ts, unsigned i, unsigned cost, uint64_t now_us)
{
	must(ts != NULL && i < ts->max && bits_has(ts->free, i));
	struct target *t = &ts->v[i];

	must(target_places(t, cost));
	must(limit_take(&t->limit, cost, now_us));
	t->used += cost;
	t->live++;
	target_refresh(ts, i);
}

static void target_refund(struct limit *l, unsigned cost)
{
	l->tokens = MIN(l->burst, l->tokens + cost);
}

void target_give(struct targets *ts, unsigned i, unsigned cost, bool done,
		 uint64_t now_us)
{
	must(ts != NULL && i < ts->max);
	struct target *t = &ts->v[i];

	must(t->presence != TARGET_ABSENT && t->live > 0 && t->used >= cost);
	t->used -= cost;
	t->live--;
	if (done) {
		t->handled++;
		ts->idle_us[i] = now_us;
	} else if (t->limit.rate > 0) {
		target_refund(&t->limit, cost);
	}
	if (t->presence == TARGET_LEAVING && t->live == 0)
		target_vanish(ts, i);
	target_refresh(ts, i);
}
