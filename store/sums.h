/*
 * Measures of one transaction, added up before they are written: a batch or a
 * slice of the fold has many of the same. Each becomes a row by all that is
 * known of it and a row by each thing alone, for the whole, for its branch and
 * for its department (measure_scope).
 */
#pragma once

#include "model/measure.h"
#include "store/backend.h"

struct sums;

struct sums *sums_new(void);
void sums_free(struct sums **sp);
/* cells: of STORE_MEASURE_ADD. */
void sums_add(struct sums *s, const struct cell cells[MEASURE_CELLS]);
/* Into the open transaction. */
MUST_USE int sums_write(struct sums *s, struct backend *b);
/* It has ended, either way. */
void sums_clear(struct sums *s);
