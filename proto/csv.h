/* CSV (RFC 4180), fed in pieces, for import; and safe cells for export. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define CSV_COLUMNS_MAX 64

struct csv;

/* row: cells are borrowed; line is where the row starts, from 1. bad: a row
 * that cannot be read (line, why); reading goes on at the next line. */
struct csv_events {
	void (*row)(void *owner, unsigned line, const struct str *cells,
		    unsigned n);
	void (*bad)(void *owner, unsigned line, const char *why);
};

/* max_row: bytes of one row, more is a bad row. Separator "," or ";" or TAB
 * is taken from the first line; a UTF-8 BOM is dropped. */
struct csv *csv_new(size_t max_row, const struct csv_events *ev, void *owner);
void csv_feed(struct csv *c, struct str piece);
void csv_end(struct csv *c); /* the last row without a line end */
void csv_free(struct csv **cp);

/* One cell for export: quoted where needed; a cell that begins with = + - @
 * TAB or CR gets a ' before it (formula injection, CWE-1236). */
void csv_cell(struct str s, bool first, struct buf *out);
