/* All records of one id that are folded together. */
#pragma once

#include "base/buf.h"
#include "store/backend.h"
#include "store/cells.h"
#include "store/run.h"
#include "store/tally.h"

struct group {
	struct tally *tally;
	struct cells *cells;
	struct buf history; /* scratch */
	int64_t live;       /* messages more that are not final */
};

/* Writes r[0..n) of the run, of one room and id, into the open transaction.
 * -EBADMSG: one of them cannot be read; else as backend write. */
MUST_USE int group_write(struct group *g, const struct run *run,
			 const struct run_record *r, size_t n,
			 struct backend *b);
