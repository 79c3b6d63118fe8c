/*
 * Figures for reports: counted as things happen, in the batch that makes them
 * true, so that a report reads sums and no history. One of them belongs to the
 * day in which its case began (a message was accepted, a survey was asked):
 * what comes of it later is counted there too, so that shares never exceed
 * the whole. Names and what is made of them stand in reports/kpi.def.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "model/store.h"
#include "proto/tzone.h"

/* Views. What is not known is "". */
struct measure {
	struct str tenant;
	int64_t at_ms;   /* when the case began */
	struct str name; /* "survey.asked" */
	struct str branch, department, tier, channel, class_name;
	struct str detail; /* what the count is split by: a reason, an item */
	int64_t n, sum;    /* both are added; they may be negative */
};

/*
 * Counts it with the open batch. The store adds it up by all that is known of
 * it, and, for the whole, for its branch and for its department, by one thing
 * at a time: so a report reads the few rows that it shows.
 */
void measure_put(struct store *s, const struct measure *m);

/* Days and months are those of this zone; NULL: UTC. Before the store opens,
 * for it counts on a thread of its own. */
void measure_zone(const struct tzone *z);

#define MEASURE_DAY 11  /* "2026-10-31" */
#define MEASURE_MONTH 7 /* of it, so many characters are the month */
void measure_day(int64_t wall_ms, char out[MEASURE_DAY]);

/* "2026-11-02 13": what began in the week of that Monday took at most so many
 * hours, "more" than the most of them. */
#define MEASURE_HOURS 240
#define MEASURE_WEEK_HOURS 24
void measure_week_hours(int64_t from_ms, int64_t to_ms,
			char out[MEASURE_WEEK_HOURS]);

/* The bound that a time keeps: "60000" is at most that many ms, "more" none. */
#define MEASURE_BOUNDS 12
extern const int64_t measure_bounds_ms[MEASURE_BOUNDS];
#define MEASURE_BOUND 16
void measure_bound(int64_t ms, char out[MEASURE_BOUND]);
/* In two steps: which one it is, MEASURE_BOUNDS for none; and its name. */
unsigned measure_bound_of(int64_t ms);
void measure_bound_name(unsigned bound, char out[MEASURE_BOUND]);

/*
 * Of whom rows of STORE_MEASURE_PARTS are: "" is the whole, "north" a branch;
 * a department comes behind a unit separator, which in a name becomes a space.
 * Replaces what is in `out`.
 */
#define MEASURE_SCOPE_DEPARTMENT '\x1f'
void measure_scope(struct str branch, struct str department, struct buf *out);

/* What they are told apart by. */
enum measure_dim {
	MEASURE_BY_BRANCH = 1,
	MEASURE_BY_DEPARTMENT,
	MEASURE_BY_TIER,
	MEASURE_BY_CHANNEL,
	MEASURE_BY_DAY, /* by name alone */
	MEASURE_DIMS
};

/* The cells of STORE_MEASURE_ADD. `day` is borrowed. */
#define MEASURE_CELLS 11
void measure_cells(const struct measure *m, const char *day,
		   struct cell cells[MEASURE_CELLS]);
