/* Sorted arrays of rows: enough for tests, and short. */
#include "store/memory_table.h"

#include <string.h>

#include "base/mem.h"

struct memory_row *memory_row_new(const struct cell *cells, unsigned n)
{
	must(cells != NULL || n == 0);

	size_t bytes = 0;
	for (unsigned i = 0; i < n; i++)
		bytes += cells[i].s.len;
	struct memory_row *row =
		mem_alloc(sizeof(*row) + n * sizeof(row->v[0]) + bytes);
	char *at = (char *)(row->v + n);
	row->n = n;
	for (unsigned i = 0; i < n; i++) {
		row->v[i] = cells[i];
		if (cells[i].s.len > 0)
			memcpy(at, cells[i].s.p, cells[i].s.len);
		row->v[i].s.p = at;
		at += cells[i].s.len;
	}
	return row;
}

int memory_compare(const struct cell *a, const struct cell *b)
{
	must(a != NULL && b != NULL);
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->type == CELL_NULL)
		return 0;
	if (a->type == CELL_INT)
		return a->i < b->i ? -1 : a->i > b->i;

	int diff = memcmp(a->s.p, b->s.p, MIN(a->s.len, b->s.len));
	if (diff != 0)
		return diff < 0 ? -1 : 1;
	return a->s.len < b->s.len ? -1 : a->s.len > b->s.len;
}

static int memory_compare_keys(const struct memory_table *t,
			       const struct cell *a, const struct cell *b)
{
	int diff = 0;

	for (unsigned i = 0; i < t->nkey && diff == 0; i++)
		diff = memory_compare(&a[i], &b[i]);
	return diff;
}

bool memory_find(const struct memory_table *t, const struct cell *key,
		 size_t *at)
{
	must(t != NULL && (key != NULL || t->nkey == 0) && at != NULL);

	size_t low = 0, high = t->len;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int diff = memory_compare_keys(t, t->rows[mid]->v, key);
		if (diff == 0) {
			*at = mid;
			return true;
		}
		if (diff < 0)
			low = mid + 1;
		else
			high = mid;
	}
	*at = low;
	return false;
}

void memory_put(struct memory_table *t, struct memory_row *row)
{
	size_t at;

	must(t != NULL && row != NULL && row->n >= t->nkey);
	if (memory_find(t, row->v, &at)) {
		mem_free(t->rows[at]);
		t->rows[at] = row;
		return;
	}
	if (t->len == t->cap) {
		t->cap = MAX(t->cap * 2, 16);
		t->rows = mem_resize(t->rows, t->cap * sizeof(t->rows[0]));
	}
	memmove(&t->rows[at + 1], &t->rows[at],
		(t->len - at) * sizeof(t->rows[0]));
	t->rows[at] = row;
	t->len++;
}

void memory_drop(struct memory_table *t, size_t at)
{
	must(t != NULL && at < t->len);
	mem_free(t->rows[at]);
	t->len--;
	memmove(&t->rows[at], &t->rows[at + 1],
		(t->len - at) * sizeof(t->rows[0]));
}

void memory_clear(struct memory_table *t)
{
	must(t != NULL);
	for (size_t i = 0; i < t->len; i++)
		mem_free(t->rows[i]);
	mem_free(t->rows);
	t->rows = NULL;
	t->len = t->cap = 0;
}

int memory_column(const struct memory_table *t, struct str name)
{
	must(t != NULL);

	struct str rest = str_of(t->columns), word;
	for (int i = 0; rest.len > 0; i++) {
		rest = str_cut(rest, ' ', &word);
		if (str_eq(word, name))
			return i;
	}
	return -1;
}
