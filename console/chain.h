/* Hash chains read page by page and proved link by link, on the reader's
 * thread: the consent ledger and the audit log. */
#pragma once

#include "console/request.h"

/* One link of a chain, as a row tells it. */
struct chain_link {
	uint64_t seq;
	uint8_t prev_hash[32];
	uint8_t hash[32];
	uint8_t computed[32];
};

struct chain_kind {
	enum store_call call;
	bool tenant; /* the call's first argument is a tenant: any */
	/* -EBADMSG */
	int (*read)(const struct row *row, struct chain_link *link);
};

/* Proves all of it and answers {"ok", "rows", "head", "seq"?, "why"?}. */
void chain_verify(struct request *r, const struct chain_kind *kind);
