/* The consent ledger: appends events to the hash chain and makes them
 * effective - refusals at once, grants when they are durable. */
#pragma once

#include "gateway/core.h"

struct ledger;

struct ledger *ledger_new(struct core *core);
void ledger_free(struct ledger **lp);
/* The last event that is stored. */
void ledger_recover_head(struct ledger *l, uint64_t seq, struct str hash);
/* The newest head that was written down; after the last event. */
void ledger_recover_mark(struct ledger *l, const struct row *row);
/* Writes down what it ends with, when that is due, or always. */
void ledger_mark(struct ledger *l, bool always);
/* A stored event becomes effective. */
void ledger_recover(struct ledger *l, const struct consent_event *e);

/* Once a second: what ended, and whether a head is due. */
void ledger_tick(struct ledger *l);
/* Is it the code of that request? After so many wrong ones none is. */
#define LEDGER_CODE_TRIES 5
bool ledger_code_is(struct ledger *l, uint64_t seq, struct str code);

/* Fills seq, at_ms (when 0) and the hashes; journals; publishes. A request
 * ends by itself after optin_within. Fails as ledger_check.h says. */
MUST_USE int ledger_append(struct ledger *l, struct consent_event *e,
			   struct err *err);
