/* The queue: pools by tenant, agents and their skills, as the router has
 * them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/callbacks_impl.h"

/* Two clocks that are read one after the other differ by less. */
#define CLOCK_SET_US 1000000
#define POOL_NAME (TENANT_MAX + CALLBACK_NAME + CONTACT_BRANCH_MAX + 3)

/* "hotline" of the default tenant, which calls share; else "DEMO/hotline"; of
 * one branch "hotline@north". */
static void pool_name(const struct callbacks *c, struct str tenant,
		      struct str queue, struct str branch, char out[POOL_NAME])
{
	bool own = str_eqz(tenant, c->env.tenant);

	(void)snprintf(out, POOL_NAME, "%.*s%s%.*s%s%.*s",
		       own ? 0 : (int)tenant.len, tenant.p, own ? "" : "/",
		       STR_ARGS(str_first(queue, CALLBACK_NAME)),
		       branch.len > 0 ? "@" : "", STR_ARGS(branch));
}

static bool serves(const struct caller *a, const struct call_pool *p)
{
	return (a->tenant[0] == '\0' || strcmp(a->tenant, p->tenant) == 0) &&
	       (a->branch[0] == '\0' || strcmp(a->branch, p->branch) == 0);
}

static void join(struct callbacks *c, const struct caller *a,
		 const struct call_pool *p)
{
	must(router_pool_target(c->env.router, p->pool, a->target,
				serves(a, p) ? 1 : 0, 0) == 0);
}

static bool queue_known(const struct callbacks *c, struct str queue)
{
	char name[CALLBACK_NAME + 1];

	return str_eqz(queue, c->env.cfg->queue) ||
	       (str_copy(name, sizeof(name), queue) == 0 &&
		settings_find(c->env.settings, "queue", name) != NULL);
}

static int pool_there(const struct callbacks *c, struct str tenant,
		      struct str queue, struct str branch)
{
	for (unsigned i = 0; i < c->npools; i++)
		if (str_eqz(tenant, c->pools[i].tenant) &&
		    str_eqz(queue, c->pools[i].queue) &&
		    str_eqz(branch, c->pools[i].branch))
			return c->pools[i].pool;
	return -ENOENT;
}

static int pool_get(struct callbacks *c, struct str tenant, struct str queue,
		    struct str branch)
{
	char name[POOL_NAME];
	struct router *r = c->env.router;
	int pool = pool_there(c, tenant, queue, branch);

	if (pool >= 0)
		return pool;
	if (c->npools == CALLBACK_POOLS_MAX)
		return -ENOSPC;
	pool_name(c, tenant, queue, branch, name);
	pool = router_pool_find(r, name); /* calls wait there already */
	if (pool < 0)
		pool = router_pool_add(r, name, STRATEGY_LONGEST_IDLE, 0);
	if (pool < 0)
		return pool;
	struct call_pool *p = &c->pools[c->npools++];

	*p = (struct call_pool){ str_z(tenant), str_z(queue), str_z(branch),
				 pool };
	for (struct caller *a = c->callers; a != NULL; a = a->next)
		join(c, a, p);
	return pool;
}

int callback_pool(struct callbacks *c, struct str tenant, struct str queue)
{
	int pool = pool_there(c, tenant, queue, STR_NONE);

	if (pool < 0)
		pool = queue_known(c, queue)
			       ? pool_get(c, tenant, queue, STR_NONE)
			       : -ENOENT;
	return pool;
}

/* ---- agents ---------------------------------------------------------------------- */

static const struct agent_section_cfg *section_of(const struct callbacks *c,
						  struct str tenant,
						  const char *name)
{
	const struct section *s = settings_find(c->env.settings, "agent", name);
	const struct agent_section_cfg *cfg = s == NULL ? NULL : s->value;

	return cfg == NULL || (cfg->tenant[0] != '\0' &&
			       !str_eqz(tenant, cfg->tenant))
		       ? NULL
		       : cfg;
}

struct caller *caller_get(struct callbacks *c, struct str tenant,
			  struct str name)
{
	struct caller *a = c->callers;
	char text[CALLBACK_NAME + 1], key[TENANT_MAX + CALLBACK_NAME + 16];

	while (a != NULL &&
	       !(str_eqz(name, a->name) && str_eqz(tenant, a->tenant)))
		a = a->next;
	if (a != NULL)
		return a;
	if (c->ncallers == CALLBACK_AGENTS_MAX ||
	    str_copy(text, sizeof(text), name) != 0)
		return NULL;
	(void)snprintf(key, sizeof(key), "asks:%.*s:%s", STR_ARGS(tenant),
		       text);
	const struct target_cfg target = { .name = key, .cap = 1 };
	int rc = router_target_add(c->env.router, &target, callbacks_us(c));

	if (rc < 0)
		return NULL;
	a = mem_new(struct caller);
	a->tenant = str_z(tenant);
	a->name = str_z(name);
	a->branch = str_z(STR_NONE);
	a->target = rc;
	a->cfg = section_of(c, tenant, text);
	a->next = c->callers;
	c->callers = a;
	c->ncallers++;
	for (unsigned i = 0; i < c->npools; i++)
		join(c, a, &c->pools[i]);
	return a;
}

/* ---- branches -------------------------------------------------------------------- */

struct str callback_branch(const struct callbacks *c, const struct callback *x)
{
	struct str branch = STR_NONE;

	IGNORE(gateway_branch(c->env.gateway, str_of(x->tenant),
			      str_of(x->address), &branch));
	return branch;
}

/* What waits for a branch that has a queue of its own now goes there. */
static void move_waiting(struct callbacks *c, struct str tenant,
			 struct str branch)
{
	uint64_t id, value;
	size_t pos = 0;

	while (map_next(c->all, &pos, &id, &value)) {
		struct callback *x = (struct callback *)(uintptr_t)value;

		if (x->now.state != CALLBACK_QUEUED || x->reservation != 0 ||
		    !str_eqz(tenant, x->tenant) ||
		    !str_eq(branch, callback_branch(c, x)))
			continue;
		router_withdraw(c->env.router, &x->item);
		callback_enqueue(c, x);
	}
}

/* Beside each queue of the tenant one of the branch. */
static int pools_of_branch(struct callbacks *c, struct str tenant,
			   struct str branch)
{
	unsigned before = c->npools;

	for (unsigned i = 0; i < before; i++) {
		const struct call_pool *p = &c->pools[i];

		if (p->branch[0] == '\0' && str_eqz(tenant, p->tenant) &&
		    pool_get(c, tenant, str_of(p->queue), branch) < 0)
			return -ENOSPC;
	}
	if (c->npools > before)
		move_waiting(c, tenant, branch);
	return 0;
}

int caller_branch(struct callbacks *c, struct caller *a, struct str branch)
{
	must(c != NULL && a != NULL);
	if (branch.len > 0 &&
	    pools_of_branch(c, str_of(a->tenant), branch) != 0)
		return -ENOSPC;
	if (str_eqz(branch, a->branch))
		return 0;
	mem_free(a->branch);
	a->branch = str_z(branch);
	for (unsigned i = 0; i < c->npools; i++)
		join(c, a, &c->pools[i]);
	return 0;
}

void caller_certify(const struct callbacks *c, const struct caller *a)
{
	char name[CALLBACK_NAME + 1];
	unsigned level;
	int64_t until_ms, now_ms = callbacks_now(c);

	for (size_t i = 0; a->cfg != NULL && i < a->cfg->skills.len; i++) {
		if (skill_read(a->cfg->skills.v[i], name, &level, &until_ms) !=
		    0)
			continue; /* callbacks_check has said so */
		IGNORE(router_target_skill(c->env.router, a->target, name,
					   until_ms == 0 || now_ms < until_ms
						   ? level
						   : 0));
	}
}

/* ---- to wait, and no more ---------------------------------------------------------- */

unsigned callback_priority(const struct callbacks *c, const char *tier)
{
	const struct setting_list *tiers = &c->env.cfg->tiers;
	char name[CALLBACK_NAME + 1];
	unsigned level, last = 5;
	int64_t until_ms;

	for (size_t i = 0; i < tiers->len; i++)
		if (skill_read(tiers->v[i], name, &level, &until_ms) == 0 &&
		    strcmp(name, tier) == 0)
			last = MIN(level, 9);
	return last;
}

/* Names of skills live as long as the room. */
static const char *intern(struct callbacks *c, struct str name)
{
	char *have = dict_get(c->skills, name);

	if (have == NULL) {
		have = str_z(name);
		IGNORE(dict_set(c->skills, name, have) != NULL);
	}
	return have;
}

/* What it needs: the queue's skills, and its own. */
static void set_needs(struct callbacks *c, struct callback *x)
{
	const struct section *s =
		settings_find(c->env.settings, "queue", x->queue);
	const struct queue_cfg *q = s == NULL ? NULL : s->value;
	unsigned n = 0, level;
	char name[CALLBACK_NAME + 1];
	int64_t until_ms;

	for (size_t i = 0;
	     q != NULL && i < q->skills.len && n + 1 < CALLBACK_NEEDS; i++) {
		const char *text = q->skills.v[i];

		if (skill_read(text, name, &level, &until_ms) != 0)
			continue;
		x->needs[n++] = (struct route_need){
			.skill = intern(c, str_of(name)),
			.min = level,
		};
	}
	if (x->skill[0] != '\0')
		x->needs[n++] = (struct route_need){ x->skill, 1 };
	x->needs[n] = (struct route_need){ NULL, 0 };
}

/* When it came, in the router's clock; what is older than that clock counts
 * as levels at once. The clocks are compared once, so that who came first is
 * first, and anew when the wall's was set. */
static void set_age(struct callbacks *c, struct callback *x)
{
	int64_t now_us = (int64_t)callbacks_us(c);
	int64_t ahead_us = now_us - callbacks_now(c) * 1000;

	if (llabs(ahead_us - c->ahead_us) > CLOCK_SET_US)
		c->ahead_us = ahead_us;
	int64_t at_us = MIN(x->created_ms * 1000 + c->ahead_us, now_us) +
			MIN(id_place(x->id), 999u);
	int64_t more_us = MAX(-at_us, 0);
	int64_t levels = more_us / (c->env.cfg->age_boost * 1000);
	unsigned p = callback_priority(c, x->now.tier);

	x->item.enq_us = (uint64_t)(at_us + more_us);
	x->item.priority = (uint8_t)(levels + 1 >= p ? 1 : p - levels);
}

void callback_enqueue(struct callbacks *c, struct callback *x)
{
	int pool = pool_there(c, str_of(x->tenant), str_of(x->queue),
			      callback_branch(c, x));

	if (pool < 0) /* nobody calls for that branch alone */
		pool = callback_pool(c, str_of(x->tenant), str_of(x->queue));
	if (pool < 0) /* a queue that the file had before */
		pool = callback_pool(c, str_of(x->tenant),
				     str_of(c->env.cfg->queue));
	must(pool >= 0);
	set_needs(c, x);
	set_age(c, x);
	x->item.needs = x->needs;
	x->item.only = x->item.avoid = -1;
	x->item.cost = 1;
	/* it was let in before: if calls fill the queue, it goes first */
	if (router_offer(c->env.router, pool, &x->item, false) != 0)
		must(router_offer(c->env.router, pool, &x->item, true) == 0);
}

void callback_leave(struct callbacks *c, struct callback *x, bool tried)
{
	uint64_t now_us = callbacks_us(c);

	router_withdraw(c->env.router, &x->item);
	if (x->reservation != 0 && tried)
		IGNORE(router_release(c->env.router, x->reservation, now_us));
	else if (x->reservation != 0)
		IGNORE(router_undo(c->env.router, x->reservation, now_us));
	x->reservation = 0;
	for (struct caller *a = c->callers; a != NULL; a = a->next)
		if (a->holds == x->id)
			a->holds = 0;
}

void callback_queue_free(struct callbacks *c)
{
	struct caller *a;
	struct str name;
	size_t pos = 0;
	void *text;

	while ((a = c->callers) != NULL) {
		c->callers = a->next;
		IGNORE(router_target_remove(c->env.router, a->target));
		mem_free(a->tenant);
		mem_free(a->name);
		mem_free(a->branch);
		mem_free(a);
	}
	for (unsigned i = 0; i < c->npools; i++) {
		mem_free(c->pools[i].tenant);
		mem_free(c->pools[i].queue);
		mem_free(c->pools[i].branch);
	}
	while (dict_next(c->skills, &pos, &name, &text))
		mem_free(text);
	dict_free(&c->skills);
}
