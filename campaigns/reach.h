/* The links that carry a campaign's channel. */
#pragma once

#include "campaigns/core.h"

/* Is there one at all? */
bool reach_exists(const struct campaigns *c, const struct campaign *m);
/* Is one of them up? */
bool reach_up(const struct campaigns *c, const struct campaign *m);
/* Parts that they take in a second; 0: one of them has no limit, or there is
 * none. */
double reach_rate(const struct campaigns *c, const struct campaign *m);
