/* What was counted for reports, read from the store. */
#pragma once

#include "tests/lib/bed.h"

/* Of one name in the month of that time: all that were counted, added up.
 * detail NULL: of any. */
struct measured {
	int64_t n, sum;
};
struct measured bed_measured(struct bed *b, int64_t at_ms, const char *name,
			     const char *detail);
/* The count of a name, in that month. */
static inline int64_t bed_counted(struct bed *b, int64_t at_ms,
				  const char *name)
{
	return bed_measured(b, at_ms, name, NULL).n;
}
/* The last row of that name, as "branch/department/tier/channel/class/detail".
 * "": there is none. */
const char *bed_measured_by(struct bed *b, int64_t at_ms, const char *name);
