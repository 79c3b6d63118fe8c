/* State machines as data: a state is a row; what is not in the table is a
 * bug and ends the process. */
#pragma once

#include <stdint.h>

#include "base/must.h"

struct fsm_state {
	const char *name;
	uint32_t events;     /* BIT(event) permitted here */
	uint32_t next;       /* BIT(state) permitted after this one */
	uint32_t timeout_ms; /* default time here; 0: none */
};

struct fsm {
	const char *name; /* of the machine, for the log */
	const struct fsm_state *states;
	unsigned count;
};

/* One running instance. `id` names it in the log (borrowed). */
struct fsm_run {
	const struct fsm *fsm;
	const char *id;
	unsigned state;
};

void fsm_init(struct fsm_run *r, const struct fsm *f, const char *id,
	      unsigned state);
/* Is this event permitted in the present state? A peer decides what comes:
 * the caller refuses it politely. */
int fsm_allows(const struct fsm_run *r, unsigned event);
/* Moves; must() holds that the table permits it. Logged at debug. */
void fsm_move(struct fsm_run *r, unsigned next);
const char *fsm_name(const struct fsm_run *r);
uint32_t fsm_timeout_ms(const struct fsm_run *r);
