/*
 * When people are at work: hours of the day, days of the week, holidays, in a
 * zone. Time can be counted in it alone, over a change of the clocks, too.
 */
#pragma once

#include "base/settings.h"
#include "proto/tzone.h"

/* The struct behind `work_hours { ... }`. */
struct work_hours_cfg {
	char *zone, *hours;
	struct setting_list days;               /* "mon" .. "sun" */
	struct setting_list holidays, workdays; /* "2026-10-01" */
};

extern const struct setting_section work_hours_section;
void work_hours_check(const struct settings *s, struct faults *faults);

/* Read once; dates stay the settings'. */
struct work_hours {
	const struct tzone *zone;
	int open_minute, close_minute;
	unsigned days; /* BIT(0) is Monday */
	const struct setting_list *holidays, *workdays;
};

/* -EINVAL: what work_hours_check complains of; with a sentence. */
MUST_USE int work_hours_read(struct work_hours *out,
			     const struct work_hours_cfg *cfg, struct err *err);
bool work_hours_open(const struct work_hours *w, int64_t wall_ms);
/* When span_ms of work have passed since then: while it is open, so the last
 * moment of a day rather than the first of the next. */
int64_t work_hours_after(const struct work_hours *w, int64_t from_ms,
			 int64_t span_ms);
/* The other way: a time from which work_hours_after leads to `to_ms`. */
int64_t work_hours_before(const struct work_hours *w, int64_t to_ms,
			  int64_t span_ms);
