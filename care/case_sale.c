/* Who buys again within half a year after a case of theirs was closed (K-47):
 * each case once, where it was opened. Closed ones are looked for in the store,
 * one order after the other; how far that has come is stored with it. */
#include <errno.h>
#include <stdio.h>

#include "base/mem.h"
#include "care/cases_impl.h"

#define AFTER_MS (180 * INT64_C(86400000))
#define CASES_MOST 200     /* newest ones of one person */
#define WAITING_MAX 100000 /* orders; the others are looked at after a start */
#define DONE_UPTO "second_sale_upto"

/* An order that was confirmed. */
struct sale {
	struct list node;
	char *tenant, *address;
	uint64_t order;
	int64_t at_ms;
};

struct case_sales {
	struct cases *cases;
	struct list waiting;
	size_t len;
	struct map *sold;  /* ids of cases that were counted */
	struct sale *sale; /* whose cases are read, or being counted */
	bool counting;
	struct care_case *found[CASES_MOST];
	unsigned nfound;
	int64_t upto_ms;
};

static void go_on(struct case_sales *s);

static void sale_free(struct sale *a)
{
	mem_free(a->tenant);
	mem_free(a->address);
	mem_free(a);
}

static void forget_found(struct case_sales *s)
{
	while (s->nfound > 0)
		case_free(&s->found[--s->nfound]);
}

/* ---- counted ---------------------------------------------------------------------- */

static void on_counted(void *owner, int rc)
{
	struct case_sales *s = owner;

	s->counting = false;
	for (unsigned i = 0; rc != 0 && i < s->nfound; i++)
		IGNORE(map_del(s->sold, s->found[i]->id, NULL));
	forget_found(s);
	if (rc == 0 || s->cases->stopped) {
		sale_free(s->sale);
	} else {
		list_prepend(&s->waiting, &s->sale->node);
		s->len++;
	}
	s->sale = NULL;
	/* after a failure the next order tries again */
	if (rc == 0)
		go_on(s);
}

static void count(struct case_sales *s, const struct care_case *x)
{
	const struct cell cells[] = { CELL_I(x->id), CELL_I(s->sale->order),
				      CELL_I(s->sale->at_ms) };

	store_put(s->cases->store, STORE_SECOND_SALE_PUT, cells,
		  ARRAY_LEN(cells));
	map_set(s->sold, x->id, 1);
	case_count_one(s->cases, x, "case.bought_again");
}

static bool counts(const struct case_sales *s, const struct care_case *x)
{
	uint64_t one;

	return x->now.closed_ms != 0 && x->now.closed_ms <= s->sale->at_ms &&
	       x->now.closed_ms >= s->sale->at_ms - AFTER_MS &&
	       !map_get(s->sold, x->id, &one);
}

static void put_upto(struct case_sales *s)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%lld", (long long)s->upto_ms);
	const struct cell cells[] = { CELL_Z(DONE_UPTO), CELL_Z(text) };

	store_put(s->cases->store, STORE_META_PUT, cells, ARRAY_LEN(cells));
}

/* On the reader's thread. */
static bool show(void *owner, const struct row *row)
{
	struct case_sales *s = owner;

	if (s->nfound < CASES_MOST &&
	    case_from_row(row, &s->found[s->nfound]) == 0)
		s->nfound++;
	return s->nfound < CASES_MOST;
}

static void on_read(void *owner, int rc)
{
	struct case_sales *s = owner;
	unsigned n = 0;

	if (rc != 0 || s->cases->stopped ||
	    s->cases->store->ops->ready(s->cases->store) != 0) {
		s->counting = true;
		on_counted(s, rc != 0 ? rc : -EAGAIN);
		return;
	}
	for (unsigned i = 0; i < s->nfound; i++) {
		struct care_case *x = s->found[i];

		if (counts(s, x)) {
			count(s, x);
			s->found[n++] = x;
		} else {
			case_free(&x);
		}
	}
	s->nfound = n;
	s->upto_ms = MAX(s->upto_ms, s->sale->at_ms);
	put_upto(s);
	s->counting = true;
	store_then(s->cases->store, on_counted, s);
}

static void go_on(struct case_sales *s)
{
	struct store *store = s->cases->store;

	if (s->sale != NULL || s->cases->stopped || list_empty(&s->waiting))
		return;
	s->sale = LIST_ITEM(s->waiting.next, struct sale, node);
	list_remove(&s->sale->node);
	s->len--;
	const struct cell cells[] = { CELL_Z(s->sale->tenant),
				      CELL_Z(case_state_name(CASE_CLOSED)),
				      CELL_N,
				      CELL_N,
				      CELL_Z(s->sale->address),
				      CELL_N,
				      CELL_N,
				      CELL_N,
				      CELL_I(CASES_MOST) };

	store->ops->get(store, STORE_CASE_LIST, cells, ARRAY_LEN(cells), show,
			on_read, s);
}

/* ---- orders ---------------------------------------------------------------------- */

static struct sale *sale_new(struct str tenant, struct str address,
			     uint64_t order, int64_t at_ms)
{
	struct sale *a = mem_new(struct sale);

	a->tenant = str_z(tenant);
	a->address = str_z(address);
	a->order = order;
	a->at_ms = at_ms;
	return a;
}

static void add(struct case_sales *s, struct sale *a)
{
	list_append(&s->waiting, &a->node);
	s->len++;
}

struct guard {
	struct case_sales *sales;
	struct sale *sale;
};

static void on_stored(void *owner, int rc)
{
	struct guard *g = owner;
	struct case_sales *s = g->sales;

	if (rc == 0 && s->len < WAITING_MAX) {
		add(s, g->sale);
		go_on(s);
	} else {
		sale_free(g->sale);
	}
	mem_free(g);
}

void cases_bought(struct cases *c, struct str tenant, struct str address,
		  uint64_t order, int64_t at_ms)
{
	must(c != NULL);
	struct guard *g = mem_new(struct guard);

	*g = (struct guard){ c->sales,
			     sale_new(tenant, address, order, at_ms) };
	store_then(c->store, on_stored, g);
}

bool cases_sales_idle(const struct cases *c)
{
	must(c != NULL);
	return c->sales->sale == NULL && list_empty(&c->sales->waiting);
}

/* ---- open and close --------------------------------------------------------------- */

static bool on_sold(void *owner, const struct row *row)
{
	map_set(((struct case_sales *)owner)->sold, (uint64_t)row_i(row, 0), 1);
	return true;
}

static bool on_upto(void *owner, const struct row *row)
{
	uint64_t ms;

	if (str_u64(row_s(row, 0), INT64_MAX, &ms) == 0)
		((struct case_sales *)owner)->upto_ms = (int64_t)ms;
	return true;
}

/* id tenant address confirmed_ms */
static bool on_order(void *owner, const struct row *row)
{
	struct case_sales *s = owner;

	if (row_s(row, 2).len > 0 && s->len < WAITING_MAX)
		add(s, sale_new(row_s(row, 1), row_s(row, 2),
				(uint64_t)row_i(row, 0), row_i(row, 3)));
	return true;
}

int case_sales_open(struct cases *c, struct err *err)
{
	must(c != NULL);
	struct store *store = c->store;
	int64_t now_ms = cases_now(c);
	const struct cell name = CELL_Z(DONE_UPTO);
	/* an order and a case are that far apart at most, and in no order */
	const struct cell since = CELL_I(now_ms - 2 * AFTER_MS);
	struct case_sales *s = mem_new(struct case_sales);
	int rc;

	c->sales = s;
	s->cases = c;
	s->sold = map_new();
	list_init(&s->waiting);
	rc = store->ops->scan(store, STORE_META_GET, &name, 1, on_upto, s);
	if (rc == 0)
		rc = store->ops->scan(store, STORE_SECOND_SALE_SCAN, &since, 1,
				      on_sold, s);
	if (rc == 0 && s->upto_ms == 0) {
		s->upto_ms = now_ms;
		put_upto(s);
	}
	const struct cell upto = CELL_I(s->upto_ms);

	if (rc == 0)
		rc = store->ops->scan(store, STORE_ORDER_CONFIRMED_SCAN, &upto,
				      1, on_order, s);
	if (rc != 0)
		return err_set(err, -EIO, "sales after cases cannot be read");
	return 0;
}

void case_sales_begin(struct cases *c)
{
	must(c != NULL);
	go_on(c->sales);
}

void case_sales_close(struct cases *c)
{
	struct case_sales *s = TAKE(c->sales);

	if (s == NULL)
		return;
	LIST_EACH_SAFE (it, &s->waiting) {
		struct sale *a = LIST_ITEM(it, struct sale, node);

		list_remove(&a->node);
		sale_free(a);
	}
	must(s->sale == NULL);
	map_free(&s->sold);
	mem_free(s);
}
