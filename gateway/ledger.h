/* The consent ledger: appends events to the hash chain and makes them
 * effective - refusals at once, grants when they are durable. */
#pragma once

#include "gateway/core.h"

struct ledger;

struct ledger *ledger_new(struct core *core);
void ledger_free(struct ledger **lp);
/* The last event that is stored. */
void ledger_recover_head(struct ledger *l, uint64_t seq, struct str hash);
/* A stored event becomes effective. */
void ledger_recover(struct ledger *l, const struct consent_event *e);

/* Fills seq, at_ms (when 0) and the hashes; journals; publishes. -EINVAL. */
MUST_USE int ledger_append(struct ledger *l, struct consent_event *e,
			   struct err *err);
