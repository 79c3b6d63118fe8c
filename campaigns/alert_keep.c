/* Alerts in memory and in the store. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "campaigns/alerts_impl.h"
#include "model/address.h"

static uint64_t group_key(struct str tenant, struct str trigger,
			  struct str subject)
{
	AUTO(buf_done) struct buf key = { 0 };

	buf_init(&key, BUF_NO_LIMIT);
	buf_lstr(&key, tenant);
	buf_lstr(&key, trigger);
	buf_lstr(&key, subject);
	return str_hash(buf_str(&key));
}

static uint64_t key_of(const struct alert *x)
{
	return group_key(str_of(x->tenant), str_of(x->trigger),
			 str_of(x->subject));
}

struct alert *alert_newest(const struct alerts *a, struct str tenant,
			   struct str address)
{
	return map_ptr(a->people, address_key(tenant, address));
}

const struct alert_group *alert_group_of(const struct alerts *a,
					 struct str tenant, struct str trigger,
					 struct str subject)
{
	return map_ptr(a->groups, group_key(tenant, trigger, subject));
}

void alert_index(struct alerts *a, struct alert *x)
{
	uint64_t person = address_key(str_of(x->tenant), str_of(x->address));
	uint64_t key = key_of(x);
	struct alert_group *g = map_ptr(a->groups, key);

	x->older = map_ptr(a->people, person);
	map_set_ptr(a->people, person, x);
	map_set_ptr(a->all, x->id, x);
	if (g == NULL) {
		g = mem_new(struct alert_group);
		map_set_ptr(a->groups, key, g);
	}
	if (g->n == g->room) {
		g->room = MAX(g->room * 2, 4);
		g->v = mem_resize(g->v, g->room * sizeof(struct alert *));
	}
	g->v[g->n++] = x; /* ids grow */
}

static void leave_group(struct alerts *a, const struct alert *x)
{
	uint64_t key = key_of(x);
	struct alert_group *g = map_ptr(a->groups, key);
	size_t i = 0;

	while (i < g->n && g->v[i] != x)
		i++;
	must(i < g->n);
	memmove(&g->v[i], &g->v[i + 1], (g->n - i - 1) * sizeof(g->v[0]));
	if (--g->n > 0)
		return;
	IGNORE(map_del(a->groups, key, NULL));
	mem_free(g->v);
	mem_free(g);
}

static void forget(void *room, void *object)
{
	struct alerts *a = room;
	struct alert *x = object;
	uint64_t person = address_key(str_of(x->tenant), str_of(x->address));
	struct alert *first = map_ptr(a->people, person), **at = &first;

	while (*at != NULL && *at != x)
		at = &(*at)->older;
	if (*at == x)
		*at = x->older;
	if (first == NULL)
		IGNORE(map_del(a->people, person, NULL));
	else
		map_set_ptr(a->people, person, first);
	leave_group(a, x);
	IGNORE(map_del(a->all, x->id, NULL));
	alert_free(&x);
}

static void back(void *room, void *object, const void *was)
{
	struct alert *x = object;

	(void)room;
	x->now = *(const struct alert_now *)was;
}

static bool is_over(const void *object)
{
	return ((const struct alert *)object)->now.over;
}

static const struct unsaved_ops steps = { offsetof(struct alert, unsaved),
					  sizeof(struct alert_now), back,
					  forget, is_over };

void alert_keep(struct alerts *a, struct alert *x,
		const struct alert_now *before)
{
	struct cell cells[ALERT_CELLS];

	must(a != NULL && x != NULL);
	alert_cells(x, cells);
	if (x->now.over)
		store_put(a->env.store, STORE_ALERT_DROP, cells, 1);
	else
		store_put(a->env.store, STORE_ALERT_PUT, cells,
			  ARRAY_LEN(cells));
	unsaved_guard(a->env.store, &steps, a, a->all, x->id, before);
}

/* ---- the start ---------------------------------------------------------------- */

struct recovery {
	struct alerts *alerts;
	bool bad;
};

static bool on_row(void *owner, const struct row *row)
{
	struct recovery *v = owner;
	struct alert *x = NULL;

	v->bad = alert_from_row(row, &x) != 0;
	if (v->bad)
		return false;
	id_source_seen(&v->alerts->ids, x->id);
	alert_index(v->alerts, x);
	return true;
}

int alerts_recover(struct alerts *a, struct err *err)
{
	struct recovery v = { a, false };
	struct store *s = a->env.store;
	int rc = s->ops->scan(s, STORE_ALERT_SCAN, NULL, 0, on_row, &v);

	if (rc != 0 || v.bad)
		return err_set(err, -EIO, "alerts cannot be read");
	return 0;
}

void alerts_free_all(struct alerts *a)
{
	uint64_t key, value;
	size_t pos = 0;

	while (map_next(a->all, &pos, &key, &value)) {
		struct alert *x = (struct alert *)(uintptr_t)value;

		alert_free(&x);
	}
	pos = 0;
	while (map_next(a->groups, &pos, &key, &value)) {
		struct alert_group *g = (struct alert_group *)(uintptr_t)value;

		mem_free(g->v);
		mem_free(g);
	}
	map_free(&a->all);
	map_free(&a->people);
	map_free(&a->groups);
}
