/* The inside of struct router, for router.c (set-up) and work.c (joining). */
#pragma once

#include "routing/join.h"
#include "routing/reservation.h"
#include "routing/rule.h"

struct router {
	struct targets targets;
	struct rules rules;
	struct slots slots;
	struct pool *pools; /* never moved: queues link into them */
	unsigned pools_n, pools_max;
	uint64_t boost_us;
	uint64_t *ready;     /* pools with work that may find a target */
	uint64_t *tried;     /* scratch of one decision */
	uint64_t unblock_us; /* no blocked pool is due before */
};

struct pool *router_pool(const struct router *r, int pool);
/* Something changed: what was blocked in this pool may go now. */
void router_unblock(struct router *r, unsigned pool);
/* The same for all pools of a target. */
void router_touch(struct router *r, unsigned target);
