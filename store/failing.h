/* A back end that fails when told to, around another one: for tests. */
#pragma once

#include "store/backend.h"

struct failing_cfg {
	unsigned at;    /* steps from this one fail, from 1; 0: none */
	unsigned times; /* so many of them; 0: all */
	int rc;         /* -ENOSPC or -EIO */
	bool after;     /* the step is done all the same: its answer is lost */
};

/* Takes `inner` over. A step is a begin, write, commit or tidy. cfg stays the
 * caller's, who may change it between steps; *steps counts them. */
void failing_open(struct backend **out, struct backend *inner,
		  const struct failing_cfg *cfg, unsigned *steps);
