/* Walks over all live messages, a slice at a time: what became too old, and
 * what a fresh refusal took the right to go from. The gate at dispatch is
 * what holds; the walk only tidies up early. */
#pragma once

#include "gateway/core.h"

struct sweep *sweep_new(struct core *core);
void sweep_free(struct sweep **sp);
/* Somebody refused: what waits for that address is looked at soon. */
void sweep_refused(struct sweep *s, struct str address);
/* End of turn: a slice of the walk for refusals, if one is on. */
void sweep_turn(struct sweep *s);
/* Once a second: a slice of the walk for what is too old; every live message
 * comes by within a minute. */
void sweep_tick(struct sweep *s);
