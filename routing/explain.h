/* Explain: every rule considered and every target left out, with why. */
#pragma once

#include "routing/strategy.h"

void explain_start(struct explain *ex);
/* What does not fit is cut, but never the chosen one. */
void explain_add(struct explain *ex, bool rule, const char *name, bool chosen,
		 const char *why);
/* Each target of the pool for this item. Asks what router_next asks. */
void explain_targets(struct explain *ex, struct pool *p,
		     const struct targets *ts, const struct route_item *item,
		     uint64_t now_us);
