/* The date filter: what a date looks like, in whose time zone. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct tzone;

/* form: as in templates/filter.h, still with its \" and \\; "" is
 * YYYY-MM-DD. -EBADMSG with a sentence when the value is no date. */
MUST_USE int filter_date(struct str form, struct str value,
			 const struct tzone *zone, struct buf *out,
			 struct err *err);
