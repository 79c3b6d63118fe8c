/* Caps: at most n messages to one person in a window that rolls, or in a day,
 * week or month of the person's own calendar. */
#pragma once

#include <stdint.h>

#include "base/str.h"
#include "proto/tzone.h"

enum cap_window { CAP_ROLLING, CAP_DAY, CAP_WEEK, CAP_MONTH };

struct cap {
	unsigned n; /* 1..CAP_N_MAX */
	enum cap_window window;
	int64_t window_ms; /* how long it can be at the most */
};

#define CAPS_MAX 4 /* in one text */
#define CAP_N_MAX 200

/* "10/24h", "2/day", "5/week", "8/month", several with commas between; ""
 * is none. *n and v are written when all was well. -EBADMSG. */
MUST_USE int caps_parse(struct str text, struct cap v[CAPS_MAX], unsigned *n);
/* What went out after this time counts. zones: where the person may be; of
 * several the earliest beginning. Without any a day is two. */
int64_t cap_since(const struct cap *c, const struct tzone *const *zones,
		  unsigned nzones, int64_t now_ms);
/* "2/day", or "3/24h" in the largest unit that fits. */
void cap_text(const struct cap *c, char out[24]);
