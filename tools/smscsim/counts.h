/* What happened, as numbers. */
#pragma once

#include <stdint.h>

#include "base/buf.h"

struct counts {
	uint64_t submits, accepted, throttled, refused, swallowed, cut;
	uint64_t receipts, receipts_taken, receipts_again, receipts_refused;
	uint64_t mo, mo_taken, mo_again;
	uint64_t binds, binds_refused, window_max;
};

/* What stands now, for the same line. */
struct counts_now {
	unsigned bound, links;
	uint64_t owed; /* parcels that wait */
	uint64_t held; /* receipts kept back */
};

/* One line of JSON. */
void counts_json(const struct counts *c, const struct counts_now *now,
		 struct buf *out);
