/* Counters, gauges and histograms with a sentence each; /metrics is made of
 * them. Loop thread only, except stats_add_shared. */
#pragma once

#include <stdint.h>

#include "base/buf.h"

enum stat_kind { STAT_COUNTER, STAT_GAUGE, STAT_HISTOGRAM };

struct stat; /* one series */

/*
 * Registers a series and gives it; asking twice for the same name and label
 * gives the same one. name is a Prometheus name without the "carillon_"
 * prefix; help a sentence; label NULL or one `key="value"` list, copied.
 */
struct stat *stats_get(enum stat_kind kind, const char *name, const char *help,
		       const char *label);

void stat_add(struct stat *s, uint64_t n);
/* As stat_add, from any thread. */
void stats_add_shared(struct stat *s, uint64_t n);
void stat_set(struct stat *s, int64_t v);
/* Microseconds into buckets of 100us,200us,500us ... 10s. */
void stat_observe_us(struct stat *s, uint64_t us);
int64_t stat_value(const struct stat *s);
/* Upper bound of the bucket in which this share (0..1) falls, in us. */
uint64_t stat_quantile_us(const struct stat *s, double share);

/* Prometheus text format 0.0.4 of everything, sorted by name. */
void stats_write(struct buf *out);
void stats_reset_all(void); /* for tests: forgets every series */
