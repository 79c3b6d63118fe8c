/* What becomes of the rows of an import: whose they are, whether they are
 * taken, and what they say of consent. */
#pragma once

#include "base/map.h"
#include "console/import.h"
#include "console/import_known.h"
#include "console/import_opts.h"

struct import_figures {
	uint64_t rows; /* that were given */
	uint64_t created, updated, skipped;
	uint64_t moved; /* took an address from somebody else */
	uint64_t consents, doubted;
};

struct import_take {
	struct request *r;
	struct str tenant;
	struct import_opts opts;
	struct import_head head;
	struct import_row row;
	struct import_figures sum;
	struct import_known *known; /* contacts that rows change */
	/* Of a dry run, instead of the gateway's memory: refs, addresses and
	 * consents of the rows before; NULL else. */
	struct map *seen;
};

/* opts are read; head and the rest are still to come. */
void import_take_init(struct import_take *t, struct request *r,
		      struct str tenant);
void import_take_done(struct import_take *t);
/*
 * Takes the row, or, dry, sees that it would be. -EINVAL with a sentence: it
 * failed. -EAGAIN: it changes a contact that was not read, nothing is done.
 * doubt of the row says why its consent was not taken.
 */
MUST_USE int import_take_row(struct import_take *t, const struct str *cells,
			     unsigned n, struct err *err);
/* The contact that the row changes, to be read before: import_known_want. */
void import_take_want(struct import_take *t, const struct str *cells,
		      unsigned n);
