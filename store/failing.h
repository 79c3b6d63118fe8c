/* A back end that fails when told to, around another one: for tests. */
#pragma once

#include "store/backend.h"

struct failing_cfg {
	unsigned at;    /* steps from this one fail, from 1; 0: none */
	unsigned times; /* so many of them; 0: all */
	int rc;         /* -ENOSPC or -EIO */
	bool after;     /* the step is done all the same: its answer is lost */
};

/* Takes `inner` over. A step is a begin, write, commit or tidy; *steps counts
 * them. cfg stays the caller's; to change it while the store is open, set the
 * rest first, then call failing_from. */
void failing_open(struct backend **out, struct backend *inner,
		  const struct failing_cfg *cfg, unsigned *steps);

static inline void failing_from(struct failing_cfg *cfg, unsigned at)
{
	__atomic_store_n(&cfg->at, at, __ATOMIC_RELEASE);
}
