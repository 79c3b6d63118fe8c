/* Dispatch: joins of the routing engine become attempts. The gate is asked
 * again, the mark is committed, and only then bytes leave. */
#pragma once

#include "gateway/core.h"
#include "model/record.h"

/* End of turn: makes all joins that can be made now. */
void dispatch_turn(struct core *core);
/* Ends a live message that is too old; true when it was. */
bool dispatch_expire(struct core *core, struct live *l);
/* Another attempt, after a wait that doubles with each. false: there is none
 * left (or no time), and l has ended with `last`. why: the link, reason and
 * status of what came of the attempt before. */
bool dispatch_again(struct core *core, struct live *l, const struct event *why,
		    uint64_t wait_ms, enum message_state last);
