/* Who took part after a message of a campaign: wrote back, used a link,
 * ordered. Once for each message that was delivered, in the month in which it
 * was accepted (K-50). */
#pragma once

#include "campaigns/core.h"

struct turnout;

/* Reads what the store holds. -EIO. */
MUST_USE int turnout_open(struct turnout **out, struct campaigns *c,
			  struct err *err);
void turnout_close(struct turnout **tp);
/* how: a constant. In the open batch; counted when it is known that the
 * message has arrived. */
void turnout_add(struct turnout *t, struct str tenant, struct str address,
		 const char *how);
/* That message; 0: no campaign has written there in the last week. */
uint64_t turnout_message(const struct turnout *t, struct str tenant,
			 struct str address);
/* A message has changed its state, in the open batch. */
void turnout_step(struct turnout *t, uint64_t message, enum message_state s);
/* Nothing is awaited: for tests. */
bool turnout_idle(const struct turnout *t);
