/* The campaigns in order of age. */
#include "base/mem.h"
#include "campaigns/core.h"

struct campaign *campaigns_new(struct campaigns *c, uint64_t id)
{
	struct campaign *m = mem_new(struct campaign);

	must(c->n == 0 || c->v[c->n - 1]->id < id);
	m->id = id;
	id_text(id, m->label);
	if (c->n == c->cap) {
		c->cap = MAX(c->cap * 2, 16);
		c->v = mem_resize(c->v, c->cap * sizeof(c->v[0]));
	}
	c->v[c->n++] = m;
	return m;
}

/* The first whose id is not below. */
static size_t lower_bound(const struct campaigns *c, uint64_t id)
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (c->v[mid]->id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct campaign *campaigns_by_id(struct campaigns *c, uint64_t id)
{
	size_t i = lower_bound(c, id);

	return i < c->n && c->v[i]->id == id ? c->v[i] : NULL;
}

static bool is_of(const struct campaign *m, struct str tenant)
{
	return tenant.len == 0 || str_eqz(tenant, m->tenant);
}

struct campaign *campaigns_find(struct campaigns *c, struct str tenant,
				uint64_t id)
{
	must(c != NULL);
	struct campaign *m = campaigns_by_id(c, id);
	return m != NULL && is_of(m, tenant) ? m : NULL;
}

struct campaign *campaigns_older(struct campaigns *c, struct str tenant,
				 uint64_t before)
{
	must(c != NULL);
	for (size_t i = before == 0 ? c->n : lower_bound(c, before); i > 0;
	     i--) {
		if (is_of(c->v[i - 1], tenant))
			return c->v[i - 1];
	}
	return NULL;
}
