/* The steps of a live message: each is checked by the lifecycle, journaled,
 * and published, in one place. */
#pragma once

#include "gateway/core.h"
#include "gateway/publish.h"
#include "model/record.h"

/* A new message as intake judged it: its record, its event when it is held
 * or suppressed, its notice. state: ACCEPTED, HELD or SUPPRESSED. */
void journey_begin(struct core *core, const struct message *m,
		   enum message_state state);

/* One event of a live message: e->state is its state afterwards; at_ms and
 * flags are filled in. */
void journey_step(struct core *core, struct live *l, struct event *e);

/* Published and not stored: the peer says that the person has it not yet. e is
 * the step of the receipt that said so. */
void journey_enroute(struct core *core, const struct live *l,
		     const struct event *e);

/* A step into a final state, after which l is gone. l must be LIVE_NOWHERE. */
void journey_end(struct core *core, struct live *l, struct event *e);
