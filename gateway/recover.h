/* What the store holds becomes what the memory held. Before serving. */
#pragma once

#include "gateway/core.h"
#include "gateway/hear.h"
#include "gateway/idempotency.h"
#include "gateway/people.h"

struct recovery {
	struct core *core;
	struct idempotency *keys;
	struct people *people;
	struct hear *hear;
	/* what was found */
	size_t live, doubtful, notices, strays, contacts;
	bool bad; /* a row could not be read */
};

/* Everything that messages do not need lanes for; before the lanes exist:
 * contacts, ledger, keys, fingerprints. -EIO. */
MUST_USE int recover_people(struct recovery *r, struct err *err);
/* Live messages, notices, strays: the lanes exist, none is started. Attempts
 * in doubt are settled as their class says, in the open batch. */
MUST_USE int recover_messages(struct recovery *r, struct err *err);
