/* The binds of one link: which one takes a message, and what came of it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "channels/smpp/channel.h"
#include "channels/smpp/meter.h"
#include "channels/smpp/wire.h"
#include "proto/smpp_read.h"

struct smpp_binds;

struct smpp_binds_env {
	struct loop *loop;
	const struct clock_ops *clock;
	const char *link;                  /* borrowed */
	const struct smpp_cfg *cfg;        /* borrowed */
	const struct setting_list *status; /* of cfg; read by new alone */
	struct smpp_meter *meter;
	/* Upward: state and ended. */
	const struct channel_events *events;
	void *owner;
	/* To the channel. deliver: a deliver_sm or data_sm. changed: a bind
	 * went up or down. later: smpp_binds_turn has something to do. */
	void (*deliver)(void *by, uint64_t generation,
			const struct smpp_pdu *pdu);
	void (*changed)(void *by);
	void (*later)(void *by);
	void *by;
};

/* Makes them and starts to dial, or to wait for outbind. */
struct smpp_binds *smpp_binds_new(const struct smpp_binds_env *env);
/* There must be no message on its way: see smpp_binds_give_up. */
void smpp_binds_free(struct smpp_binds **bp);

/* channel_ops.send. */
MUST_USE int smpp_binds_send(struct smpp_binds *b, uint64_t attempt,
			     const struct message *m, uint32_t parts_done);
/* A connection of the SMSC that said outbind. true: a bind took it. */
bool smpp_binds_outbound(struct smpp_binds *b, struct smpp_wire *w);
/* channel_ops.query. */
MUST_USE int smpp_binds_query(struct smpp_binds *b, uint64_t token,
			      struct str peer_id, struct str from);
/* Answers a PDU of the connection `generation`, if that is still there. */
void smpp_binds_respond(struct smpp_binds *b, uint64_t generation,
			uint32_t command, uint32_t status, uint32_t seq);

/* The following are for the channel's turn: events come inside. */
void smpp_binds_turn(struct smpp_binds *b);
void smpp_binds_rebind(struct smpp_binds *b);
/* cfg->window has changed: puts it in force, and says so. */
void smpp_binds_window(struct smpp_binds *b);
/* Takes no more messages, and says so. */
void smpp_binds_shut(struct smpp_binds *b);
/* Awaits answers up to so long, then unbinds. */
void smpp_binds_drain(struct smpp_binds *b, uint64_t ms);
bool smpp_binds_idle(const struct smpp_binds *b);
/* Ends what is still on its way as unknown. */
void smpp_binds_give_up(struct smpp_binds *b);
