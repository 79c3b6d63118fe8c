/* The search for the next join in one pool: which item, which target. */
#pragma once

#include "routing/strategy.h"

struct join {
	struct pool *pool;
	struct route_item *item;
	unsigned target;
	struct urgency urgency;
};

/* The most urgent item of the pool that some target can take. On false
 * p->blocked_until_us says when time alone may change that. Changes nothing
 * else. */
bool join_find(struct pool *p, const struct targets *ts, uint64_t now_us,
	       uint64_t boost_us, struct join *out);
