/* Contacts with their addresses, lists and what they wrote. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/memory_impl.h"

/* Columns of the tables that are joined here. */
enum { CONTACT_TENANT, CONTACT_ID };
enum {
	ADDRESS_TENANT,
	ADDRESS_VALUE,
	ADDRESS_CHANNEL,
	ADDRESS_CONTACT,
	ADDRESS_PLACE
};
enum { MEMBER_TENANT, MEMBER_LIST, MEMBER_CONTACT };
enum { INBOUND_ID, INBOUND_TENANT, INBOUND_FROM };
enum { SEGMENT_TENANT, SEGMENT_ID, SEGMENT_NAME };

#define ADDRESSES_MAX 64 /* of one contact */

static bool memory_same(const struct cell *a, const struct cell *b)
{
	return memory_compare(a, b) == 0;
}

static int memory_by_place(const void *a, const void *b)
{
	const struct memory_row *x = *(const struct memory_row *const *)a;
	const struct memory_row *y = *(const struct memory_row *const *)b;
	int diff = memory_compare(&x->v[ADDRESS_PLACE], &y->v[ADDRESS_PLACE]);

	if (diff == 0)
		diff = memory_compare(&x->v[ADDRESS_VALUE],
				      &y->v[ADDRESS_VALUE]);
	return diff != 0 ? diff
			 : memory_compare(&x->v[ADDRESS_CHANNEL],
					  &y->v[ADDRESS_CHANNEL]);
}

static size_t memory_addresses(const struct memory_table *t,
			       const struct cell *tenant, const struct cell *id,
			       const struct memory_row *out[ADDRESSES_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < t->len && n < ADDRESSES_MAX; i++) {
		if (memory_same(&t->rows[i]->v[ADDRESS_TENANT], tenant) &&
		    memory_same(&t->rows[i]->v[ADDRESS_CONTACT], id))
			out[n++] = t->rows[i];
	}
	qsort(out, n, sizeof(out[0]), memory_by_place);
	return n;
}

void memory_show_addresses(struct memory_showing *s)
{
	const struct memory_table *t = &s->v[TABLE_ADDRESS];
	const struct memory_row *rows[ADDRESSES_MAX];
	size_t n = memory_addresses(t, &s->args[0], &s->args[1], rows);

	for (size_t i = 0; i < n; i++) {
		if (!memory_show(s, t, rows[i], NULL, NULL))
			return;
	}
}

void memory_show_by_address(struct memory_showing *s)
{
	const struct memory_table *c = &s->v[TABLE_CONTACT];
	const struct memory_table *a = &s->v[TABLE_ADDRESS];

	for (size_t i = 0; i < c->len; i++) {
		const struct cell *v = c->rows[i]->v;
		const struct memory_row *rows[ADDRESSES_MAX];
		size_t n = memory_addresses(a, &v[CONTACT_TENANT],
					    &v[CONTACT_ID], rows);
		size_t k = 0;

		while (k < n && !memory_matches(a, rows[k], s->st, s->args))
			k++;
		if (k < n && memory_matches(c, c->rows[i], s->st, s->args) &&
		    !memory_show(s, c, c->rows[i], a, rows[k]))
			return;
	}
}

/* ---- persons ------------------------------------------------------------------ */

static void memory_lists(const struct memory_showing *s,
			 const struct memory_row *contact, struct buf *out)
{
	const struct memory_table *m = &s->v[TABLE_MEMBER];
	const struct memory_table *l = &s->v[TABLE_SEGMENT];

	for (size_t i = 0; i < m->len; i++) {
		const struct cell *v = m->rows[i]->v;
		size_t at;

		if (memory_same(&v[MEMBER_TENANT],
				&contact->v[CONTACT_TENANT]) &&
		    memory_same(&v[MEMBER_CONTACT], &contact->v[CONTACT_ID]) &&
		    memory_find(l, v, &at)) { /* its key begins a member's */
			buf_str_put(out, l->rows[at]->v[SEGMENT_NAME].s);
			buf_c(out, '\n');
		}
	}
}

static struct cell memory_heard(const struct memory_showing *s,
				const struct memory_row *address)
{
	const struct memory_table *t = &s->v[TABLE_INBOUND];
	struct cell last = CELL_N;

	for (size_t i = 0; address != NULL && i < t->len; i++) {
		const struct cell *v = t->rows[i]->v;

		if (memory_same(&v[INBOUND_TENANT],
				&address->v[ADDRESS_TENANT]) &&
		    memory_same(&v[INBOUND_FROM], &address->v[ADDRESS_VALUE]))
			last = v[INBOUND_ID]; /* they come by id */
	}
	return last;
}

/* Contact and address side by side; what is asked besides comes in a third
 * table of one row. */
static bool memory_show_person(struct memory_showing *s,
			       const struct memory_row *contact,
			       const struct memory_row *address)
{
	static const char columns[] = "channel address lists heard_id";
	const struct memory_table beside = { .columns = columns };
	AUTO(buf_done) struct buf lists = { 0 };
	struct cell cells[] = { CELL_N, CELL_N, CELL_N, CELL_N };
	int64_t asks =
		s->st == STATEMENT_MEMBER_PAGE ? s->args[3].i : s->args[2].i;

	buf_init(&lists, BUF_NO_LIMIT);
	if (address != NULL) {
		cells[0] = address->v[ADDRESS_CHANNEL];
		cells[1] = address->v[ADDRESS_VALUE];
	}
	if ((asks & 1) != 0)
		memory_lists(s, contact, &lists);
	if (lists.len > 0)
		cells[2] = CELL_T(buf_str(&lists));
	if ((asks & 2) != 0)
		cells[3] = memory_heard(s, address);
	struct memory_row *row = memory_row_new(cells, ARRAY_LEN(cells));
	bool more = memory_show(s, &s->v[TABLE_CONTACT], contact, &beside, row);
	mem_free(row);
	return more;
}

/* Is one of these addresses the one that the call names? */
static bool memory_reached(const struct memory_showing *s,
			   const struct memory_row *const *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (memory_matches(&s->v[TABLE_ADDRESS], rows[i], s->st,
				   s->args))
			return true;
	}
	return false;
}

/* Is the contact, with these addresses, one that the call looks for? */
static bool memory_wanted(const struct memory_showing *s,
			  const struct memory_row *contact,
			  const struct memory_row *const *rows, size_t n)
{
	const struct memory_table *m = &s->v[TABLE_MEMBER];
	const struct cell key[] = { contact->v[CONTACT_TENANT], s->args[1],
				    contact->v[CONTACT_ID] };
	size_t at;

	if (s->st == STATEMENT_MEMBER_PAGE)
		return memory_find(m, key, &at) &&
		       memory_matches(m, m->rows[at], s->st, s->args);
	return memory_matches(&s->v[TABLE_CONTACT], contact, s->st, s->args) &&
	       (s->st != STATEMENT_PERSON_BY_ADDRESS ||
		memory_reached(s, rows, n));
}

/* Addresses that the call asks for, the others left out. */
static size_t memory_chosen(const struct memory_showing *s,
			    const struct memory_row **rows, size_t n)
{
	const struct memory_table *a = &s->v[TABLE_ADDRESS];
	size_t chosen = 0;

	for (size_t i = 0; i < n; i++) {
		if (memory_matches(a, rows[i], s->st, s->args))
			rows[chosen++] = rows[i];
	}
	if (chosen == 0)
		rows[0] = NULL;
	/* An audience has a person once. */
	return s->st == STATEMENT_CAMPAIGN_AUDIENCE ? MIN(chosen, 1) : chosen;
}

void memory_show_persons(struct memory_showing *s)
{
	const struct memory_table *c = &s->v[TABLE_CONTACT];
	const struct memory_table *a = &s->v[TABLE_ADDRESS];
	bool scan = memory_plans[s->st].kind == PLAN_WITH_ADDRESSES;

	for (size_t i = 0; i < c->len; i++) {
		const struct memory_row *rows[ADDRESSES_MAX] = { NULL };
		const struct memory_row *one = c->rows[i];
		size_t n = memory_addresses(a, &one->v[CONTACT_TENANT],
					    &one->v[CONTACT_ID], rows);

		if (scan ? !memory_matches(c, one, s->st, s->args)
			 : !memory_wanted(s, one, rows, n))
			continue;
		if (scan)
			n = memory_chosen(s, rows, n);
		for (size_t k = 0; k < MAX(n, 1); k++) {
			if (scan ? !memory_show(s, c, one, a, rows[k])
				 : !memory_show_person(s, one, rows[k]))
				return;
		}
	}
}
