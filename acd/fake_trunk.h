/*
 * A trunk without telephones: it does what a script says, keeps call_ops'
 * promises, and ends the process when the caller breaks them. Events come
 * only from fake_trunk_step. For tests and as the model for a real one.
 */
#pragma once

#include "model/call.h"

struct fake_trunk;

/* What a dialled number does. Unscripted numbers ring for ever. */
enum fake_far { FAKE_RINGS, FAKE_ANSWERS, FAKE_REJECTS, FAKE_BUSY };

struct fake_trunk *fake_trunk_new(unsigned legs); /* most at once */
void fake_trunk_free(struct fake_trunk **tp);
struct trunk *fake_trunk_trunk(struct fake_trunk *t);
/* events and owner outlive the trunk. */
void fake_trunk_listen(struct fake_trunk *t, const struct call_events *events,
		       void *owner);

/* From the next dial on. -ENOSPC after 32 numbers. */
MUST_USE int fake_trunk_script(struct fake_trunk *t, const char *number,
			       enum fake_far far);
/* Somebody calls; the leg, or 0: no bearer. */
uint64_t fake_trunk_ring_in(struct fake_trunk *t, const char *from,
			    const char *to);
/* The far end of a leg hangs up, or picks up what rings. */
void fake_trunk_far_end(struct fake_trunk *t, uint64_t leg, enum call_end why);
void fake_trunk_far_answer(struct fake_trunk *t, uint64_t leg);
/* Delivers what is pending now; what that causes waits for the next step.
 * The number of events delivered. */
unsigned fake_trunk_step(struct fake_trunk *t);

/* The live leg that rang or was rung by this number (latest), or 0. */
uint64_t fake_trunk_leg(const struct fake_trunk *t, const char *number);
/* The leg it is bridged with, or 0. */
uint64_t fake_trunk_peer(const struct fake_trunk *t, uint64_t leg);
/* The prompt that plays; "" none. */
const char *fake_trunk_prompt(const struct fake_trunk *t, uint64_t leg);
unsigned fake_trunk_live(const struct fake_trunk *t); /* legs not ended */
