/* A table in memory: rows of cells, sorted by their first columns. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/row.h"

struct memory_row {
	unsigned n;
	struct cell v[]; /* their bytes stand behind them */
};

struct memory_table {
	const char *columns; /* words */
	unsigned nkey;       /* of these, the first make the key */
	struct memory_row **rows;
	size_t len, cap;
};

/* Copies the cells and their bytes. */
struct memory_row *memory_row_new(const struct cell *cells, unsigned n);

/* -1, 0, 1: NULL before numbers before text before blobs, as SQL has it. */
int memory_compare(const struct cell *a, const struct cell *b);

/* Where a row with this key stands, or belongs. */
bool memory_find(const struct memory_table *t, const struct cell *key,
		 size_t *at);
/* Takes the row over; it replaces one of the same key. */
void memory_put(struct memory_table *t, struct memory_row *row);
void memory_drop(struct memory_table *t, size_t at);
void memory_clear(struct memory_table *t);

/* The number of a column, -1 when there is none of that name. */
int memory_column(const struct memory_table *t, struct str name);
