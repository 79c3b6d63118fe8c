/* What came of an attempt: answers and receipts to steps of the message. */
#pragma once

#include "gateway/core.h"
#include "gateway/lane.h"
#include "model/receipt.h"

/* The one answer to an attempt of a message. */
void outcomes_ended(struct core *core, struct lane *lane, uint64_t attempt,
		    const struct outcome *o);
/* A receipt; journaled in this turn. 0, or -ENOSPC: it cannot be kept. */
MUST_USE int outcomes_receipt(struct core *core, struct lane *lane,
			      const struct receipt *r);
/* The one answer to a question (questions.h): settles what no receipt did. */
void outcomes_answered(struct core *core, struct lane *lane, uint64_t token,
		       const struct receipt *r);
/* Nobody knows whether it arrived: the class decides. l is LIVE_NOWHERE. */
void outcomes_doubt(struct core *core, struct live *l, struct str link,
		    struct str reason);
/* No receipt came in time: the peer is asked, if its link says so; or the wait
 * for a late one is over. */
void outcomes_overdue(struct core *core, struct live *l);
