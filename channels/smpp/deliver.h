/* What comes from the peer on its way up, and its acknowledgement on the way
 * down: nothing is acknowledged before the gateway has answered. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "channels/smpp/channel.h"
#include "channels/smpp/meter.h"
#include "proto/smpp_read.h"

struct smpp_deliver;

struct smpp_deliver_env {
	struct loop *loop;
	const struct clock_ops *clock;
	const char *link;           /* borrowed */
	const struct smpp_cfg *cfg; /* borrowed */
	struct smpp_meter *meter;
	/* Upward: receipt and inbound. */
	const struct channel_events *events;
	void *owner;
	/* Downward: the response to one PDU of the connection `generation`,
	 * which may be gone. */
	void (*respond)(void *by, uint64_t generation, uint32_t command,
			uint32_t status, uint32_t seq);
	void *by;
};

struct smpp_deliver *smpp_deliver_new(const struct smpp_deliver_env *env);
/* What was not answered is forgotten: the peer will send it again. */
void smpp_deliver_free(struct smpp_deliver **dp);

/* A deliver_sm or data_sm of that connection. Events may follow inside. */
void smpp_deliver_take(struct smpp_deliver *d, uint64_t generation,
		       const struct smpp_pdu *pdu);
/* channel_ops.answer. */
void smpp_deliver_answer(struct smpp_deliver *d, uint64_t ticket, int rc);
/* held: everything is put off (RX_T_APPN). */
void smpp_deliver_hold(struct smpp_deliver *d, bool held);
/* A connection broke or came up: what comes from now on may come again. */
void smpp_deliver_again(struct smpp_deliver *d);
/* Takes no more, and passes on as incomplete what was acknowledged already.
 * Events follow inside. */
void smpp_deliver_finish(struct smpp_deliver *d);
/* Tickets without an answer. */
size_t smpp_deliver_waiting(const struct smpp_deliver *d);
