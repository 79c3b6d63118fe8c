/* A few numbers a person. */
#include "care/buyers.h"

#include <errno.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "model/address.h"
#include "model/measure.h"

struct buyer {
	int64_t last_ms; /* the latest order */
	unsigned orders;
};

struct buyers {
	struct store *store;
	struct map *all; /* address_key -> struct buyer */
	size_t max;
};

static struct buyer *find(struct buyers *b, struct str tenant,
			  struct str address)
{
	uint64_t key = address_key(tenant, address);
	struct buyer *x = map_ptr(b->all, key);

	if (x == NULL && map_len(b->all) < b->max) {
		x = mem_new(struct buyer);
		map_set_ptr(b->all, key, x);
	}
	return x;
}

static bool same_month(int64_t a_ms, int64_t b_ms)
{
	char a[MEASURE_DAY], b[MEASURE_DAY];

	measure_day(a_ms, a);
	measure_day(b_ms, b);
	return strncmp(a, b, MEASURE_MONTH) == 0;
}

/* ---- a batch that was not stored -------------------------------------------------- */

struct taken {
	struct buyer *buyer;
	int64_t last_ms; /* before */
};

static void on_stored(void *owner, int rc)
{
	struct taken *t = owner;

	if (rc != 0) {
		t->buyer->orders--;
		t->buyer->last_ms = MIN(t->buyer->last_ms, t->last_ms);
	}
	mem_free(t);
}

bool buyers_back(struct buyers *b, struct str tenant, struct str address,
		 int64_t at_ms)
{
	must(b != NULL);
	struct buyer *x = find(b, tenant, address);

	if (x == NULL)
		return false;
	struct taken *t = mem_new(struct taken);
	bool counted = x->orders > 1 && same_month(x->last_ms, at_ms);
	bool back = x->orders > 0 && !counted;

	*t = (struct taken){ x, x->last_ms };
	x->last_ms = at_ms;
	x->orders++;
	store_then(b->store, on_stored, t);
	return back;
}

/* ---- open and close --------------------------------------------------------------- */

/* id tenant address confirmed_ms; in that order. */
static bool on_row(void *owner, const struct row *row)
{
	struct buyers *b = owner;
	struct str address = row_s(row, 2);
	struct buyer *x =
		address.len == 0 ? NULL : find(b, row_s(row, 1), address);

	if (x != NULL) {
		x->last_ms = MAX(x->last_ms, row_i(row, 3));
		x->orders++;
	}
	return true;
}

int buyers_open(struct buyers **out, struct store *store, int64_t max,
		struct err *err)
{
	must(out != NULL && store != NULL);
	const struct cell since = CELL_I(1);
	AUTO(buyers_close) struct buyers *b = mem_new(struct buyers);

	b->store = store;
	b->all = map_new();
	b->max = (size_t)max;
	if (store->ops->scan(store, STORE_ORDER_CONFIRMED_SCAN, &since, 1,
			     on_row, b) != 0)
		return err_set(err, -EIO, "orders cannot be read");
	*out = TAKE(b);
	return 0;
}

void buyers_close(struct buyers **bp)
{
	struct buyers *b = TAKE(*bp);
	uint64_t key, value;
	size_t pos = 0;

	if (b == NULL)
		return;
	while (map_next(b->all, &pos, &key, &value))
		mem_free((void *)(uintptr_t)value);
	map_free(&b->all);
	mem_free(b);
}
