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
	bool heads;  /* STORE_LEDGER_HEAD_LIST says what it ended with */
	/* before: compute as if the link followed this hash; NULL: its own.
	 * -EBADMSG */
	int (*read)(const struct row *row, const uint8_t *before,
		    struct chain_link *link);
};

/*
 * Proves all of it and answers {"ok", "rows", "head", "heads"}; where it
 * breaks also {"seq", "what", "why", "stored"?, "computed"?, "head_at"?}.
 * what: "row" cannot be read, "missing", "prev_hash", "hash" or "content" was
 * changed, "order": one of two rows was written anew, "head": a head says
 * otherwise, "tail": a head says that there was more.
 */
void chain_verify(struct request *r, const struct chain_kind *kind);
/* The same, and it must have gone through this head, kept elsewhere. */
void chain_verify_head(struct request *r, const struct chain_kind *kind,
		       uint64_t seq, const uint8_t hash[32]);
