/* Hours of the day in which something may be done: "08:00-21:00". */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/must.h"
#include "proto/tzone.h"

/* Minutes of the local day; to 1440. "" leaves all day, which is 0 and 0.
 * -EBADMSG; open is before close. */
MUST_USE int hours_parse(const char *text, int *open_minute, int *close_minute);

/* What is left of several: begin with HOURS_ALL_DAY and narrow. */
struct hours {
	int open_minute, close_minute; /* open >= close: never */
};
#define HOURS_ALL_DAY ((struct hours){ 0, 1440 })

/* open == close stands for all day and changes nothing. */
void hours_narrow(struct hours *h, int open_minute, int close_minute);
/* Is it open in every zone? */
bool hours_open(const struct hours *h, const struct tzone *const *zones,
		unsigned n, int64_t wall_ms);
/* The first opening after now at which it is open in all zones, within two
 * days; 0: they never meet. */
int64_t hours_next(const struct hours *h, const struct tzone *const *zones,
		   unsigned n, int64_t now_ms);
