/* One SMPP connection, seen from the SMSC. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/stream.h"
#include "proto/smpp_write.h"

struct link;

/* link_answered gets this instead of a status when the connection was lost. */
#define LINK_LOST UINT32_MAX

struct link_events {
	/* Who binds? The status for the response. */
	uint32_t (*bind)(void *owner, const struct smpp_pdu *pdu);
	/* A request of a bound link, other than those about the session. */
	void (*request)(void *owner, struct link *l,
			const struct smpp_pdu *pdu);
	/* What came of link_deliver; once for each. */
	void (*answered)(void *owner, void *ticket, uint32_t status);
	void (*gone)(void *owner, struct link *l); /* last */
};

/* Adopts s. */
struct link *link_new(struct stream *s, uint64_t id,
		      const struct link_events *ev, void *owner);
/* Cuts the connection: at once, or when the event it is in returns. */
void link_drop(struct link *l);

uint64_t link_id(const struct link *l);
bool link_bound(const struct link *l);
/* May it be given a deliver_sm now? */
bool link_receives(const struct link *l);
/* Requests read and not yet answered. */
unsigned link_unanswered(const struct link *l);
/* Reads on and answers nothing. */
void link_mute(struct link *l, bool mute);

/* The response to a request: an id, or a refusal. */
void link_respond(struct link *l, uint32_t command, uint32_t status,
		  uint32_t seq, struct str id);
/* The request stays without an answer. */
void link_swallow(struct link *l);
void link_respond_query(struct link *l, uint32_t seq, struct str id,
			uint8_t state);
/* -EINVAL: the text does not fit a PDU. */
MUST_USE int link_deliver(struct link *l, const struct smpp_sm *sm, bool data,
			  void *ticket);
void link_enquire(struct link *l);
