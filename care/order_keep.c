/* Orders in memory and in the store. */
#include <errno.h>

#include "base/mem.h"
#include "care/orders_impl.h"
#include "care/wake.h"
#include "model/address.h"

struct order *order_newest(const struct orders *o, struct str address)
{
	return map_ptr(o->people, address_key(STR_NONE, address));
}

void order_index(struct orders *o, struct order *x)
{
	uint64_t key = address_key(STR_NONE, str_of(x->address));

	x->older = map_ptr(o->people, key);
	map_set_ptr(o->people, key, x);
	map_set_ptr(o->all, x->id, x);
}

static void forget(void *room, void *object)
{
	struct orders *o = room;
	struct order *x = object;
	uint64_t key = address_key(STR_NONE, str_of(x->address));
	struct order *first = map_ptr(o->people, key), **at = &first;

	while (*at != NULL && *at != x)
		at = &(*at)->older;
	if (*at == x)
		*at = x->older;
	if (first == NULL)
		IGNORE(map_del(o->people, key, NULL));
	else
		map_set_ptr(o->people, key, first);
	IGNORE(map_del(o->all, x->id, NULL));
	heap_remove(&o->due, &x->due);
	order_free(&x);
}

static void set_due(struct orders *o, struct order *x)
{
	if (x->now.due_ms == 0) {
		heap_remove(&o->due, &x->due);
		return;
	}
	heap_put(&o->due, &x->due, (uint64_t)x->now.due_ms);
	if (heap_first(&o->due) == &x->due)
		wake_set(o->timer, &o->due, orders_now(o));
}

/* ---- a batch that was not stored -------------------------------------------------- */

static void back(void *room, void *object, const void *was)
{
	struct order *x = object;

	x->now = *(const struct order_now *)was;
	set_due(room, x);
}

static bool is_over(const void *object)
{
	return order_gone(object);
}

static const struct unsaved_ops steps = {
	offsetof(struct order, unsaved),
	sizeof(struct order_now),
	back,
	forget,
	is_over,
};

void order_keep(struct orders *o, struct order *x,
		const struct order_now *before)
{
	struct cell cells[ORDER_CELLS];

	must(o != NULL && x != NULL);
	order_cells(x, cells);
	store_put(o->env.store, STORE_ORDER_PUT, cells, ARRAY_LEN(cells));
	set_due(o, x);
	unsaved_guard(o->env.store, &steps, o, o->all, x->id, before);
}

/* ---- the start ---------------------------------------------------------------- */

struct recovery {
	struct orders *orders;
	bool bad;
};

static bool on_row(void *owner, const struct row *row)
{
	struct recovery *v = owner;
	struct orders *o = v->orders;
	struct order *x = NULL;

	if (order_from_row(row, &x) != 0) {
		v->bad = true;
		return false;
	}
	id_source_seen(&o->ids, x->id);
	if (order_gone(x)) {
		order_free(&x);
		return true;
	}
	order_index(o, x);
	set_due(o, x);
	return true;
}

int orders_recover(struct orders *o, struct err *err)
{
	struct recovery v = { o, false };
	struct store *s = o->env.store;
	int rc = stored_key(s, "order_code_key", o->code_key, err);

	if (rc != 0)
		return rc;
	rc = s->ops->scan(s, STORE_ORDER_SCAN, NULL, 0, on_row, &v);
	if (rc != 0 || v.bad)
		return err_set(err, -EIO, "orders cannot be read");
	return 0;
}

void orders_free_all(struct orders *o)
{
	uint64_t id, value;
	size_t pos = 0;

	heap_done(&o->due); /* looks at what is in it */
	while (map_next(o->all, &pos, &id, &value)) {
		struct order *x = (struct order *)(uintptr_t)value;

		order_free(&x);
	}
	map_free(&o->all);
	map_free(&o->people);
}
