/* query_sm: what became of a message that the SMSC took. */
#pragma once

#include "base/list.h"
#include "channels/smpp/channel.h"
#include "proto/smpp_read.h"

/* The part that a query's place in a window names. */
#define SMPP_PART_QUERY (~0u)

/* One that waits for its answer. */
struct smpp_query {
	struct list link; /* of whoever keeps it */
	uint64_t token;
	char peer_id[SMPP_MESSAGE_ID_MAX + 1];
};

/* NULL: nobody has an id like that. */
struct smpp_query *smpp_query_new(uint64_t token, struct str peer_id);
void smpp_query_free(struct smpp_query **qp);
/* The PDU. -EINVAL: the sender cannot be written. */
MUST_USE int smpp_query_pack(const struct smpp_query *q,
			     const struct smpp_cfg *cfg, struct str from,
			     uint32_t seq, struct buf *out);
/* Tells the answer and frees it. pdu: the response, or a nack; NULL: none
 * came. */
void smpp_query_end(struct smpp_query **qp, const struct smpp_pdu *pdu,
		    const struct clock_ops *clock,
		    const struct channel_events *ev, void *owner);
