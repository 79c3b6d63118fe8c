/* Aligned tables for people; wide characters count as two columns. */
#pragma once

#include <stdio.h>

#include "base/buf.h"
#include "cli/words.h"

#define TABLE_COLUMNS_MAX 12

struct table;

/* Columns by their words. */
struct table *table_new(const enum word *columns, unsigned n);
void table_free(struct table **tp);
/* The next cell; rows fill up from left to right. */
void table_cell(struct table *t, struct str s);
void table_z(struct table *t, const char *z);
size_t table_rows(const struct table *t);
/* Columns that are empty in every row are left out. */
void table_print(const struct table *t, struct buf *out);
/* Columns on a terminal. */
size_t table_width(struct str s);
