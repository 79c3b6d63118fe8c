/*
 * What messages come to, for reports: by tenant, branch, department, tier,
 * channel and class of each, by month and day of its acceptance. A message
 * keeps the number of its cell, so that a receipt months later is counted
 * where the message was. Kept while folding, in the transaction of the fold.
 *
 * Measures: message.all (sum: parts), message.<final state> (detail: the reason
 * of what never went), message.took (of delivered ones; sum: ms, detail: the
 * bound of the time, of cells_bounds), campaign.reached (of delivered ones that
 * a campaign sent to who is meant: campaign_counts).
 */
#pragma once

#include "model/lifecycle.h"
#include "model/message.h"
#include "store/backend.h"

struct cells;

struct cells *cells_new(void);
void cells_free(struct cells **cp);
/* A cell that the store knows: words as in its table. */
#define CELL_WORDS 6
void cells_know(struct cells *c, uint64_t cell,
		const struct str words[CELL_WORDS]);

/* The cell of a message; a new one is written into the open transaction. Past
 * CELLS_MAX of them the others are counted without branch and department. */
#define CELLS_MAX 100000
MUST_USE int cells_of(struct cells *c, struct backend *b,
		      const struct message *m, uint64_t *cell);

/* What became of a message: from `was` to `now`; `fresh`: it is new. */
struct cell_change {
	uint64_t id;   /* of the message */
	uint64_t cell; /* 0: of before there were cells; not counted */
	bool fresh;
	unsigned parts;
	enum message_state was, now;
	int64_t at_ms;
	struct str reason;
	struct str campaign; /* where one of both is delivered; "" none */
};
void cells_count(struct cells *c, const struct cell_change *v);

/* As tally_write, tally_committed, tally_rolled_back. */
MUST_USE int cells_write(struct cells *c, struct backend *b);
void cells_committed(struct cells *c);
void cells_rolled_back(struct cells *c);
