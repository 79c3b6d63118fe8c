/* One bind of a link: dials, binds, keeps alive, comes back when it breaks. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "channels/smpp/channel.h"
#include "channels/smpp/dialer.h"
#include "channels/smpp/meter.h"
#include "channels/smpp/wire.h"
#include "proto/smpp_read.h"

struct smpp_session;

/*
 * On the loop thread, never from inside a call of the owner's.
 *
 * state:    went up, or is no longer up (smpp_session_up), or has stopped.
 *           why: one short code. When a bind breaks this comes first and the
 *           `lost` of its submits after it.
 * answered: the response to one submit.
 * lost:     one submit has no answer and will have none. `late`: the time
 *           was over, the session lives.
 * deliver:  deliver_sm or data_sm; the owner sees to its response.
 * room:     a full write queue has drained.
 */
struct smpp_session_events {
	void (*state)(void *owner, struct smpp_session *s, const char *why);
	void (*answered)(void *owner, struct smpp_session *s, void *flight,
			 unsigned part, const struct smpp_pdu *pdu);
	void (*lost)(void *owner, struct smpp_session *s, void *flight,
		     unsigned part, bool late);
	void (*deliver)(void *owner, struct smpp_session *s,
			const struct smpp_pdu *pdu);
	void (*room)(void *owner, struct smpp_session *s);
};

struct smpp_session_env {
	struct loop *loop;
	const struct clock_ops *clock;
	const char *link;           /* borrowed, outlives the session */
	const struct smpp_cfg *cfg; /* borrowed, outlives the session */
	struct smpp_meter *meter;
	const struct smpp_host *hosts; /* borrowed, at least one */
	unsigned nhosts;
	bool outbound; /* does not dial but waits for the SMSC */
	unsigned index;
	uint32_t command; /* SMPP_BIND_TRANSCEIVER ... */
	const struct smpp_session_events *events;
	void *owner;
};

/* Makes it and starts to dial, or to wait. */
struct smpp_session *smpp_session_new(const struct smpp_session_env *env);
/* Submits without an answer are forgotten, without an event. */
void smpp_session_free(struct smpp_session **sp);

/* Bound, whichever way. */
bool smpp_session_up(const struct smpp_session *s);
/* Will not come up by itself. */
bool smpp_session_stopped(const struct smpp_session *s);
/* Nothing is going on and nothing will: after a drain. */
bool smpp_session_idle(const struct smpp_session *s);
/* May submit: bound as transmitter or transceiver. */
bool smpp_session_sends(const struct smpp_session *s);
/* The peer said 3.4 or above: it may be sent TLVs. */
bool smpp_session_tlvs(const struct smpp_session *s);
unsigned smpp_session_room(const struct smpp_session *s);
void smpp_session_window(struct smpp_session *s, unsigned limit);
unsigned smpp_session_used(const struct smpp_session *s);
/* Names the present connection; another after each reconnect. */
uint64_t smpp_session_generation(const struct smpp_session *s);

uint32_t smpp_session_next(struct smpp_session *s);
/*
 * Writes one packed submit with the number from smpp_session_next, which
 * `answered` or `lost` follows. There must be room. -EPIPE: the connection
 * is gone; no event follows for this one. A query_sm goes the same way, with
 * SMPP_PART_QUERY.
 */
MUST_USE int smpp_session_submit(struct smpp_session *s, uint32_t seq,
				 struct str pdu, void *flight, unsigned part);
/* Answers a deliver_sm or data_sm of this connection. */
void smpp_session_respond(struct smpp_session *s, uint32_t command,
			  uint32_t status, uint32_t seq);

/* A connection of the SMSC that said outbind. true: it is this session's (it
 * waited for one), which binds there. Inside an event of that wire, too. */
bool smpp_session_outbound(struct smpp_session *s, struct smpp_wire *w);
/* Drops the connection, or the pause, and dials at once. Only from a timer:
 * events follow inside. */
void smpp_session_rebind(struct smpp_session *s);
/* Waits for answers up to so long, unbinds, and becomes idle. Now, if there
 * is no bind. */
void smpp_session_drain(struct smpp_session *s, uint64_t ms);
