/* One TZif file (RFC 8536) and its footer rule, apart from where it lies. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* When a rule's change falls in a year. */
struct tz_change {
	enum tz_day {
		TZ_DAY_JULIAN, /* Jn: 1..365, 29 February never counted */
		TZ_DAY_ZERO,   /* n: 0..365 */
		TZ_DAY_WEEK    /* Mm.w.d */
	} form;
	int day; /* of the year, or of the week from Sunday = 0 */
	int month, week;
	int32_t time_s; /* local time of day, may lie outside of it */
};

/* POSIX TZ string: standard time, and daylight time between two changes. */
struct tz_rule {
	bool present;
	bool has_dst;
	int32_t std_s, dst_s; /* offsets from UTC */
	struct tz_change start, end;
};

struct tz_file {
	int32_t first_s; /* before the first transition */
	unsigned n;
	int64_t *at;       /* Unix seconds, ascending */
	int32_t *offset_s; /* from at[i] on */
	struct tz_rule rule;
};

/* Reads version 2 and later. -EBADMSG: not such a file, or one with leap
 * seconds. The arrays belong to *out: tz_file_done. */
MUST_USE int tz_file_parse(struct str bytes, struct tz_file *out);
void tz_file_done(struct tz_file *f);
int32_t tz_file_offset(const struct tz_file *f, int64_t unix_s);

/* The footer alone ("GMT0BST,M3.5.0/1,M10.5.0"); "" is no rule. -EBADMSG. */
MUST_USE int tz_rule_parse(struct str s, struct tz_rule *out);
int32_t tz_rule_offset(const struct tz_rule *r, int64_t unix_s);
