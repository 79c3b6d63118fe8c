/* One TCP connection that speaks SMPP: frames, numbers, nacks, keep-alives.
 * It knows no bind and no message; either side may use it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/loop.h"
#include "base/stream.h"
#include "base/stream_tls.h"
#include "channels/smpp/meter.h"
#include "proto/smpp_read.h"

struct smpp_wire;

/*
 * On the loop thread, never from inside a call of the owner's. Each may close
 * the wire. After `down` the owner closes it.
 * pdu:  everything but enquire_link, its response, and what was nacked.
 * down: why: "connection_lost", "closed_by_peer", "no_route", "bad_length",
 *       "malformed", "overflow", "tls_failed" (logged with its sentence).
 */
struct smpp_wire_events {
	void (*up)(void *owner);
	void (*pdu)(void *owner, const struct smpp_pdu *pdu);
	void (*room)(void *owner);
	void (*down)(void *owner, int rc, const char *why);
};

struct smpp_wire_cfg {
	uint64_t dial_timeout_ms;
	unsigned malformed_max;
	struct smpp_meter *meter;
	const char *link; /* for the log; borrowed, outlives the wire */
	const struct tls_cfg *tls; /* NULL: plain; borrowed for the dial */
};

MUST_USE int smpp_wire_dial(struct smpp_wire **out, struct loop *l,
			    const struct sockaddr_storage *to,
			    const struct smpp_wire_cfg *cfg,
			    const struct smpp_wire_events *ev, void *owner);
/* The same over a connection that a listener accepted. */
void smpp_wire_adopt(struct smpp_wire **out, struct stream *s,
		     const struct smpp_wire_cfg *cfg,
		     const struct smpp_wire_events *ev, void *owner);
/* The events of this wire are somebody else's from now on; inside one, too. */
void smpp_wire_hand_over(struct smpp_wire *w, const struct smpp_wire_events *ev,
			 void *owner);
/* What is queued still leaves, within a second. NULL is fine. */
void smpp_wire_close(struct smpp_wire **wp);

/* 1 .. 0x7FFFFFFF, then 1 again. */
static inline uint32_t smpp_seq_after(uint32_t seq)
{
	return seq >= SMPP_SEQ_MAX ? 1 : seq + 1;
}
/* Our next sequence number. */
uint32_t smpp_wire_next(struct smpp_wire *w);
/* Writes packed PDUs, `n` of them. -EPIPE: the connection is gone, `down`
 * follows. */
MUST_USE int smpp_wire_write(struct smpp_wire *w, struct str pdus, unsigned n);
/* Writes a header alone; a lost connection is told by `down`. */
void smpp_wire_head(struct smpp_wire *w, uint32_t command, uint32_t status,
		    uint32_t seq);
/* Answers deliver_sm and data_sm: with the empty message_id that the
 * protocol wants. */
void smpp_wire_respond(struct smpp_wire *w, uint32_t command, uint32_t status,
		       uint32_t seq);
/* Sends enquire_link. Returns the intervals in a row, this one included, in
 * which the peer was silent though it was asked. */
unsigned smpp_wire_enquire(struct smpp_wire *w);
/* Reads nothing, not even keep-alives, until it may again: back-pressure. */
void smpp_wire_pause(struct smpp_wire *w, bool paused);
bool smpp_wire_full(const struct smpp_wire *w);
const char *smpp_wire_peer(const struct smpp_wire *w);
/* "TLSv1.3"; "" when plain. */
const char *smpp_wire_secured(const struct smpp_wire *w);
