/* Reservations that are out: numbered slots whose generation tells a late
 * answer from a present one. */
#pragma once

#include "routing/router.h"

struct slot {
	struct route_item *item; /* never looked into: the owner may free it */
	uint32_t generation;
	uint32_t next; /* free slot after this one */
	int target;    /* -1: free */
	unsigned cost;
};

/* Grows to the sum of all windows and no further. */
struct slots {
	struct slot *v;
	uint32_t len, cap, free;
	uint32_t live;
};

void slots_init(struct slots *s);
void slots_done(struct slots *s);
uint64_t slots_put(struct slots *s, struct route_item *item, int target,
		   unsigned cost);
/* NULL when the id is not out. Valid until the next slots_put. */
struct slot *slots_get(const struct slots *s, uint64_t id);
void slots_drop(struct slots *s, struct slot *slot);
