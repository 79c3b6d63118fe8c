/* One small record an address, newest tenant first. */
#include "gateway/threads.h"

#include <errno.h>

#include "base/mem.h"
#include "model/address.h"

#define TENANTS_MAX 1024    /* 10 bits */
#define CAMPAIGNS_MAX 65535 /* 16 bits; those past it count as none */

/* Packed into a map value: campaign 16, tenant 10, class 5, tail 1,
 * seconds 32. */
struct threads {
	struct core *core;
	struct map *map;
	struct map *messages; /* by address: the last one of a campaign */
	char *tenants[TENANTS_MAX];
	unsigned ntenants;
	struct dict *numbers; /* name of a campaign -> where its name stands */
	char **campaigns;     /* [0]: none */
	unsigned ncampaigns;
};

static unsigned value_campaign(uint64_t v)
{
	return (unsigned)(v >> 48);
}

static unsigned value_tenant(uint64_t v)
{
	return (unsigned)(v >> 38) & 0x3ff;
}

static bool value_tail(uint64_t v)
{
	return (v >> 32 & 1) != 0;
}

struct threads *threads_new(struct core *core)
{
	struct threads *t = mem_new(struct threads);

	must(core != NULL);
	t->core = core;
	t->map = map_new();
	t->messages = map_new();
	t->numbers = dict_new();
	t->campaigns = mem_array(1, sizeof(*t->campaigns));
	t->campaigns[0] = str_z(STR_NONE);
	t->ncampaigns = 1;
	return t;
}

void threads_free(struct threads **tp)
{
	struct threads *t = *tp;

	if (t == NULL)
		return;
	for (unsigned i = 0; i < t->ntenants; i++)
		mem_free(t->tenants[i]);
	for (unsigned i = 0; i < t->ncampaigns; i++)
		mem_free(t->campaigns[i]);
	mem_free(t->campaigns);
	dict_free(&t->numbers);
	map_free(&t->map);
	map_free(&t->messages);
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

static unsigned campaign_number(struct threads *t, struct str name)
{
	uintptr_t n = (uintptr_t)dict_get(t->numbers, name);

	if (name.len == 0 || n != 0)
		return (unsigned)n;
	if (t->ncampaigns > CAMPAIGNS_MAX)
		return 0;
	t->campaigns = mem_resize(t->campaigns,
				  (t->ncampaigns + 1) * sizeof(*t->campaigns));
	t->campaigns[t->ncampaigns] = str_z(name);
	n = t->ncampaigns++;
	IGNORE(dict_set(t->numbers, name, (void *)n) != NULL);
	return (unsigned)n;
}

void threads_note(struct threads *t, const struct message *m,
		  const struct class_rules *r, int64_t at_ms)
{
	uint64_t key = address_key(STR_NONE, m->to), old = 0;
	int tenant = tenant_number(t, m->tenant);
	unsigned campaign = campaign_number(t, m->campaign);
	bool tail;

	must(r != NULL && r->index < 32);
	if (tenant < 0)
		return;
	/* a reminder after a promotion does not take its offer away */
	tail = r->cfg.opt_out_text;
	if (map_get(t->map, key, &old) &&
	    value_tenant(old) == (unsigned)tenant) {
		tail = tail || value_tail(old);
		if (campaign == 0)
			campaign = value_campaign(old);
	} else if (campaign == 0) {
		IGNORE(map_del(t->messages, key, NULL));
	}
	if (m->campaign.len > 0)
		map_set(t->messages, key, m->id);
	map_set(t->map, key,
		(uint64_t)campaign << 48 | (uint64_t)tenant << 38 |
			(uint64_t)r->index << 33 | (uint64_t)tail << 32 |
			(uint32_t)(at_ms / 1000));
}

int threads_find(const struct threads *t, struct str address,
		 struct thread *out)
{
	uint64_t v;

	must(t != NULL && out != NULL);
	if (!map_get(t->map, address_key(STR_NONE, address), &v))
		return -ENOENT;
	must(str_copy(out->tenant, sizeof(out->tenant),
		      str_of(t->tenants[value_tenant(v)])) == 0);
	out->class_index = (unsigned)(v >> 33) & 0x1f;
	out->opt_out_text = value_tail(v);
	out->campaign = t->campaigns[value_campaign(v)];
	out->at_ms = (int64_t)(v & UINT32_MAX) * 1000;
	out->message = 0;
	IGNORE(map_get(t->messages, address_key(STR_NONE, address),
		       &out->message));
	return 0;
}
