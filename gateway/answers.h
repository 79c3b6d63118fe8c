/* What customers wrote of late, so that who answers it can say so: their own
 * message was just there, at whatever hour. Kept in memory; a start reads what
 * is recent. */
#pragma once

#include "gateway/core.h"
#include "model/inbound.h"

/* Later it is no answer any more, but news. */
#define ANSWERS_WITHIN_MS INT64_C(600000)

struct answers;

struct answers *answers_new(void);
void answers_free(struct answers **ap);
void answers_note(struct answers *a, const struct inbound *in);
/* Did that address write it, to that tenant or to nobody in particular? */
bool answers_is(const struct answers *a, uint64_t id, struct str tenant,
		struct str address);
/* Forgets what is too old. */
void answers_tick(struct answers *a, int64_t now_ms);
