/* Terms: what the ledger said for a time. When the time is over the end is
 * written down as an event of its own; the gate, which looks at the time
 * itself, has stopped before that. */
#pragma once

#include "gateway/core.h"

struct terms;

/* ended: this stored event, still the last word, is over now. */
struct terms *terms_new(struct core *core,
			void (*ended)(void *owner,
				      const struct consent_event *e),
			void *owner);
void terms_free(struct terms **tp);
/* An event became effective; without a time of its own nothing is noted. */
void terms_add(struct terms *t, const struct consent_event *e);
/* Once a second. */
void terms_tick(struct terms *t);
