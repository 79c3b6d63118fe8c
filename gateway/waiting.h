/* Where live messages wait: a pool's queue, or the wheel until their time. */
#pragma once

#include "gateway/core.h"

struct waiting *waiting_new(struct core *core);
void waiting_free(struct waiting **wp);

/* Routes l and puts it into its pool's queue. head: before its equals. Ends
 * it as failed when no route takes it, or its queue is full. l must be
 * LIVE_NOWHERE; do not use it afterwards when this returns false. */
bool waiting_queue(struct core *core, struct live *l, bool head);
/* The wheel turns it back into the queue at until_ms (wall time). */
void waiting_until(struct core *core, struct live *l, int64_t until_ms);
/* Takes l out of queue or wheel; it becomes LIVE_NOWHERE. */
void waiting_leave(struct core *core, struct live *l);
/* Queues what is due; sets the timer for the next. */
void waiting_turn(struct core *core);
/* What a route may ask of a message. */
void waiting_attrs(const struct core *core, const struct message *m,
		   struct attrs *out);
