/* One small record an address, newest tenant first. */
#include "gateway/threads.h"

#include <errno.h>

#include "base/mem.h"
#include "model/address.h"

#define TENANTS_MAX 1024

/* Packed into a map value: tenant 16, class 8, tail 8, seconds 32. */
struct threads {
	struct core *core;
	struct map *map;
	char *tenants[TENANTS_MAX];
	unsigned ntenants;
};

struct threads *threads_new(struct core *core)
{
	struct threads *t = mem_new(struct threads);

	must(core != NULL);
	t->core = core;
	t->map = map_new();
	return t;
}

void threads_free(struct threads **tp)
{
	struct threads *t = *tp;

	if (t == NULL)
		return;
	for (unsigned i = 0; i < t->ntenants; i++)
		mem_free(t->tenants[i]);
	map_free(&t->map);
	mem_free(t);
	*tp = NULL;
}

static int tenant_number(struct threads *t, struct str name)
{
	for (unsigned i = 0; i < t->ntenants; i++) {
		if (str_eqz(name, t->tenants[i]))
			return (int)i;
	}
	if (t->ntenants == TENANTS_MAX)
		return -ENOSPC;
	t->tenants[t->ntenants] = str_z(name);
	return (int)t->ntenants++;
}

void threads_note(struct threads *t, const struct message *m,
		  const struct class_rules *r, int64_t at_ms)
{
	uint64_t key = address_key(STR_NONE, m->to), old = 0;
	int tenant = tenant_number(t, m->tenant);
	bool tail;

	must(r != NULL);
	if (tenant < 0)
		return;
	/* a reminder after a promotion does not take its offer away */
	tail = r->cfg.opt_out_text;
	if (!tail && map_get(t->map, key, &old) &&
	    (old >> 48) == (uint64_t)tenant)
		tail = ((old >> 32) & 0xff) != 0;
	map_set(t->map, key,
		(uint64_t)tenant << 48 | (uint64_t)(r->index & 0xff) << 40 |
			(uint64_t)tail << 32 | (uint32_t)(at_ms / 1000));
}

int threads_find(const struct threads *t, struct str address,
		 struct thread *out)
{
	uint64_t v;

	must(t != NULL && out != NULL);
	if (!map_get(t->map, address_key(STR_NONE, address), &v))
		return -ENOENT;
	must(str_copy(out->tenant, sizeof(out->tenant),
		      str_of(t->tenants[v >> 48])) == 0);
	out->class_index = (v >> 40) & 0xff;
	out->opt_out_text = ((v >> 32) & 0xff) != 0;
	out->at_ms = (int64_t)(v & UINT32_MAX) * 1000;
	return 0;
}
