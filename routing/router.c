/* The router's set-up: targets, pools, rules. */
#include "routing/inside.h"

#include <errno.h>

#include "base/mem.h"

/* Pools are numbered in an int16_t of the item. */
enum { ROUTER_POOLS_MAX = 4096, ROUTER_SKILLS_MAX = 256 };

struct router *router_new(const struct router_limits *limits)
{
	must(limits != NULL && limits->targets > 0 && limits->pools > 0);
	must(limits->targets <= TARGETS_MAX);
	must(limits->pools <= ROUTER_POOLS_MAX);
	must(limits->skills <= ROUTER_SKILLS_MAX);
	struct router *r = mem_new(struct router);
	unsigned words = bits_words(limits->pools);

	targets_init(&r->targets, limits->targets, limits->skills,
		     limits->pools);
	rules_init(&r->rules, limits->rules);
	slots_init(&r->slots);
	r->pools = mem_array(limits->pools, sizeof(struct pool));
	r->pools_max = limits->pools;
	r->boost_us = limits->age_boost_ms * 1000;
	r->ready = mem_array(words, sizeof(uint64_t));
	r->tried = mem_array(words, sizeof(uint64_t));
	r->unblock_us = UINT64_MAX;
	return r;
}

void router_free(struct router **rp)
{
	must(rp != NULL);
	struct router *r = *rp;

	if (r == NULL)
		return;
	for (unsigned i = 0; i < r->pools_n; i++)
		pool_done(&r->pools[i]);
	mem_free(r->pools);
	mem_free(r->ready);
	mem_free(r->tried);
	slots_done(&r->slots);
	rules_done(&r->rules);
	targets_done(&r->targets);
	mem_free(r);
	*rp = NULL;
}

struct pool *router_pool(const struct router *r, int pool)
{
	must(r != NULL && pool >= 0 && (unsigned)pool < r->pools_n);
	return &r->pools[pool];
}

void router_unblock(struct router *r, unsigned pool)
{
	must(r != NULL && pool < r->pools_n);
	bits_put(r->ready, pool, r->pools[pool].queue.len > 0);
}

void router_touch(struct router *r, unsigned target)
{
	must(r != NULL && target < r->targets.max);
	BITS_EACH(p, r->targets.v[target].pools, bits_words(r->pools_n))
	router_unblock(r, p);
}

/* ---- targets ------------------------------------------------------------ */

int router_target_add(struct router *r, const struct target_cfg *cfg,
		      uint64_t now_us)
{
	must(r != NULL);
	return targets_add(&r->targets, cfg, now_us);
}

int router_target_remove(struct router *r, int target)
{
	must(r != NULL);
	struct target *t = targets_get(&r->targets, target);

	if (t == NULL)
		return -ENOENT;
	BITS_EACH(p, t->pools, bits_words(r->pools_n))
	{
		pool_target(&r->pools[p], (unsigned)target, 0, 0);
		bits_put(t->pools, p, false);
		router_unblock(r, p); /* who avoided it, who waited behind */
	}
	targets_remove(&r->targets, (unsigned)target);
	return 0;
}

int router_target_find(const struct router *r, const char *name)
{
	must(r != NULL && name != NULL);
	const struct target *t = dict_get(r->targets.by_name, str_of(name));

	return t != NULL ? (int)(t - r->targets.v) : -ENOENT;
}

void router_target_state(struct router *r, int target, enum target_state s,
			 uint64_t now_us)
{
	must(r != NULL);
	if (targets_get(&r->targets, target) == NULL)
		return; /* late news of a link that was taken away */
	target_enter(&r->targets, (unsigned)target, s, now_us);
	router_touch(r, (unsigned)target);
}

void router_target_until(struct router *r, int target, enum target_state s,
			 uint64_t until_us, enum target_state then)
{
	must(r != NULL);
	struct target *t = targets_get(&r->targets, target);

	if (t == NULL)
		return;
	target_enter(&r->targets, (unsigned)target, s, until_us);
	t->then = then;
	heap_put(&r->targets.due, &t->due, until_us);
	router_touch(r, (unsigned)target);
}

void router_target_cap(struct router *r, int target, unsigned cap)
{
	must(r != NULL);
	struct target *t = targets_get(&r->targets, target);

	if (t == NULL)
		return;
	t->cap = cap;
	target_refresh(&r->targets, (unsigned)target);
	router_touch(r, (unsigned)target);
}

void router_target_rate(struct router *r, int target, double rate, double burst,
			uint64_t now_us)
{
	must(r != NULL);
	if (targets_get(&r->targets, target) == NULL)
		return;
	target_rate(&r->targets, (unsigned)target, rate, burst, now_us);
	router_touch(r, (unsigned)target);
}

void router_target_health(struct router *r, int target, unsigned health)
{
	must(r != NULL);
	struct target *t = targets_get(&r->targets, target);

	if (t == NULL)
		return;
	t->health = MIN(health, 100u);
	target_refresh(&r->targets, (unsigned)target);
	router_touch(r, (unsigned)target);
}

int router_target_skill(struct router *r, int target, const char *skill,
			unsigned level)
{
	must(r != NULL && skill != NULL);
	if (targets_get(&r->targets, target) == NULL)
		return -ENOENT;
	int rc = skills_set(&r->targets.skills, (unsigned)target, skill, level);

	router_touch(r, (unsigned)target);
	return rc;
}

int router_target_view(const struct router *r, int target, uint64_t now_us,
		       struct target_view *out)
{
	must(r != NULL && out != NULL);
	const struct target *t = targets_get(&r->targets, target);

	if (t == NULL)
		return -ENOENT;
	struct limit l = t->limit;
	limit_set_rate(&l, l.rate, l.burst, now_us); /* counts up to now */
	bool over = heap_in(&t->due) && t->due.key <= now_us;
	*out = (struct target_view){
		.name = t->name,
		.owner = t->owner,
		.state = over ? t->then : t->state,
		.cap = t->cap,
		.used = t->used,
		.health = t->health,
		.rate = l.rate,
		.tokens = l.tokens,
		.idle_since_us = r->targets.idle_us[target],
		.handled = t->handled,
	};
	return 0;
}

/* ---- pools and rules ----------------------------------------------------- */

int router_pool_add(struct router *r, const char *name, enum strategy s,
		    size_t max_len)
{
	must(r != NULL && name != NULL);
	if (router_pool_find(r, name) >= 0)
		return -EEXIST;
	if (r->pools_n == r->pools_max)
		return -ENOSPC;
	pool_init(&r->pools[r->pools_n], name, s, max_len, r->targets.max);
	return (int)r->pools_n++;
}

int router_pool_find(const struct router *r, const char *name)
{
	must(r != NULL && name != NULL);
	for (unsigned i = 0; i < r->pools_n; i++) {
		if (str_eqz(str_of(name), r->pools[i].name))
			return (int)i;
	}
	return -ENOENT;
}

int router_pool_target(struct router *r, int pool, int target, unsigned weight,
		       uint64_t after_ms)
{
	struct pool *p = router_pool(r, pool);
	struct target *t = targets_get(&r->targets, target);

	if (t == NULL)
		return -ENOENT;
	pool_target(p, (unsigned)target, weight, after_ms * 1000);
	bits_put(t->pools, (unsigned)pool, weight > 0);
	router_unblock(r, (unsigned)pool);
	return 0;
}

size_t router_pool_len(const struct router *r, int pool)
{
	return router_pool(r, pool)->queue.len;
}

uint64_t router_pool_age_us(const struct router *r, int pool, uint64_t now_us)
{
	return queue_age_us(&router_pool(r, pool)->queue, now_us);
}

int router_rule_add(struct router *r, const char *name,
		    const struct rule_cond *conds, size_t n, int pool)
{
	must(r != NULL && name != NULL);
	if (pool < 0 || (unsigned)pool >= r->pools_n)
		return -ENOENT;
	return rules_add(&r->rules, name, conds, n, pool);
}

void router_rules_clear(struct router *r)
{
	must(r != NULL);
	rules_clear(&r->rules);
	for (unsigned p = 0; p < r->pools_n; p++) {
		BITS_EACH(i, r->pools[p].members, r->targets.words)
		bits_put(r->targets.v[i].pools, p, false);
		pool_clear(&r->pools[p]);
	}
}

int router_match(const struct router *r, const struct attrs *a,
		 struct explain *ex)
{
	must(r != NULL && a != NULL);
	if (ex != NULL)
		explain_start(ex);
	return rules_match(&r->rules, a, ex);
}
