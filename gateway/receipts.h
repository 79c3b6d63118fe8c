/* Which message a receipt speaks of: (link, peer id) -> message and part, in
 * O(1); and the receipts that match nothing yet. */
#pragma once

#include "gateway/core.h"
#include "gateway/lane.h"
#include "model/address.h"
#include "model/receipt.h"
#include "proto/receipt.h"

struct receipts *receipts_new(struct core *core);
void receipts_free(struct receipts **rp);

/* A stray that was waiting for this id: what the receipt said. */
struct early {
	uint64_t id; /* of its record */
	enum message_state state;
	char reason[32];
	uint32_t peer_status;
	int64_t at_ms;
};

/*
 * The peer gave part `part` of l this id: l is found by it from now on. l
 * must be LIVE_RECEIPT. True when a receipt for it came before: *early is
 * filled, and its record ended.
 */
bool receipts_expect(struct receipts *r, const struct lane *lane,
		     struct live *l, unsigned part, struct str peer_id,
		     struct early *early);
/* Ids of parts that a link took before it took the rest: until then. */
void receipts_keep(struct receipts *r, const struct live *l, unsigned part,
		   struct str peer_id);
struct str receipts_kept(const struct receipts *r, const struct live *l,
			 unsigned part); /* "" none */
/* Room for the parts of l, which becomes LIVE_RECEIPT. */
void receipts_await(struct live *l, int64_t until_ms);
/* Finds and learns the lane's form of ids; NULL when nothing matches. */
struct live *receipts_match(struct receipts *r, struct lane *lane,
			    struct str peer_id, unsigned *part);
/* The id of a receipt as the response gave it, if the lane's form is known;
 * else as the receipt has it. out may hold it. */
struct str receipts_response_id(const struct lane *lane, struct str peer_id,
				char out[RECEIPT_ID_MAX]);
/* l is no longer found, and is LIVE_NOWHERE; fine when it never was. */
void receipts_forget(struct receipts *r, struct live *l);

/* Keeps a receipt that matches nothing; journaled. -ENOSPC at the limit. */
MUST_USE int receipts_stray(struct receipts *r, const struct lane *lane,
			    const struct receipt *in);
/* A stray from before the start, as stored. */
void receipts_recover(struct receipts *r, uint64_t id, struct str bytes);
/* Drops strays that are too old. */
void receipts_tick(struct receipts *r);
size_t receipts_strays(const struct receipts *r);
