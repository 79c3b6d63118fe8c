/* Suspected opt-outs: words that may be a refusal. What can be refused is held
 * at once; a person reads them and decides, by a day that the law sets. */
#pragma once

#include "gateway/core.h"
#include "model/inbound.h"

struct suspects;

struct suspects *suspects_new(struct core *core);
void suspects_free(struct suspects **sp);
void suspects_recover(struct suspects *s, const struct row *row);

/* in, in the open batch. */
void suspects_put(struct suspects *s, const struct inbound *in);
/* They said something certain, or a person decided. False: they were not
 * suspected. */
bool suspects_drop(struct suspects *s, struct str tenant, struct str address);
/*
 * A person decides: it was a refusal (then it is withdrawn, with `like` as of
 * refuse.h), or none. -ENOENT.
 */
MUST_USE int suspects_settle(struct suspects *s,
			     const struct consent_event *like, bool refusal);
/* When what came at that time must have been decided, there. */
int64_t suspects_due(const struct core *core, struct str address,
		     int64_t at_ms);
/* Once a second: gauges, and once an hour a warning of what is overdue. */
void suspects_tick(struct suspects *s);
