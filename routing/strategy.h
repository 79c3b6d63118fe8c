/* Strategies: which of the targets that can take an item gets it. */
#pragma once

#include "routing/pool.h"

/* The best of p->can, which is not empty. Changes nothing. */
unsigned strategy_pick(const struct pool *p, const struct targets *ts,
		       const struct route_item *item);
/* The pick was taken: shares move on. p->can as it was for the pick. */
void strategy_keep(struct pool *p, const struct targets *ts, unsigned picked);
/* Why b came before a, or why the best is it when a == b. */
void strategy_why(const struct pool *p, const struct targets *ts, unsigned a,
		  unsigned b, uint64_t now_us, char *why, size_t size);
