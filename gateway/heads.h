/* Heads of the ledger: what its last event was, from time to time. A head is
 * kept beside the ledger, logged and published, so that an end that was cut
 * off is missed. */
#pragma once

#include "gateway/core.h"

struct heads;

/* Events after which one is made, however little time has passed. */
#define HEADS_EVENTS 10000

struct heads *heads_new(struct core *core);
void heads_free(struct heads **hp);
/* The newest that is stored, and what the ledger really ends with: says so in
 * the log when the ledger is shorter or another one. */
void heads_recover(struct heads *h, const struct row *row, uint64_t seq,
		   const uint8_t hash[32]);
/* The ledger ends so, durably. Makes a head when one is due, or always. */
void heads_note(struct heads *h, uint64_t seq, const uint8_t hash[32],
		bool always);
