/* Playing a recording against a peer. replay_wire: a connection; replay_esme
 * and replay_smsc: the two sides; replay: the verb. */
#pragma once

#include "base/loop.h"
#include "cli/recording.h"
#include "proto/smpp_read.h"

#define REPLAY_COMMANDS 8

/* What came of the requests of one kind. */
struct replay_count {
	uint32_t command;
	size_t sent, answered;
	size_t same; /* with the status that was recorded */
};

struct replay_cfg {
	double speed; /* 2: twice as fast; 0: as fast as the window lets it */
	unsigned window;
	const char *system_id; /* instead of the recorded ones; NULL */
	const char *password;
	uint64_t patience_ms; /* for what is unanswered at the end */
};

struct replay {
	struct loop *loop;
	const struct recording *recording;
	struct replay_cfg cfg;
	struct replay_count counts[REPLAY_COMMANDS];
	unsigned ncounts;
	size_t received;    /* requests of the peer, answered */
	const char *failed; /* why it ended early; NULL */
};

struct replay_count *replay_count_of(struct replay *r, uint32_t command);
/* Ends the loop; the first reason counts. */
void replay_end(struct replay *r, const char *failed);
/* When an item is to be played: ms from the first one, at this speed. */
uint64_t replay_due_ms(const struct replay *r, size_t item);
/* Does this side send it, and ask for an answer? */
bool replay_is_request(uint32_t command);

bool replay_is_bind(uint32_t command);
/* All 0 of what is no PDU. */
struct smpp_head replay_head(const struct recording_item *item);
/* The way of whoever sent a bind: of who recorded, or of a server's ESME. */
enum recording_kind replay_esme_way(const struct recording *rec);

/* The side that bound, against an SMSC. */
void replay_esme(struct replay *r, const struct sockaddr_storage *to);
/* The other side: listens, and says on standard output where. -EADDRINUSE and
 * the like with a sentence. */
MUST_USE int replay_smsc(struct replay *r, const char *listen, struct err *err);

/* ---- replay_wire.c -------------------------------------------------------- */

struct stream;
struct replay_wire;

struct replay_wire_events {
	void (*up)(void *owner);
	/* frame: the whole PDU. */
	void (*pdu)(void *owner, const struct smpp_head *head,
		    struct str frame);
	void (*down)(void *owner); /* the owner closes it, inside if it likes */
};

MUST_USE int replay_wire_dial(struct replay_wire **out, struct loop *l,
			      const struct sockaddr_storage *to,
			      const struct replay_wire_events *ev, void *owner);
void replay_wire_adopt(struct replay_wire **out, struct stream *s,
		       const struct replay_wire_events *ev, void *owner);
void replay_wire_close(struct replay_wire **wp);
/* A recorded PDU with another sequence number. */
void replay_wire_send(struct replay_wire *w, struct str frame, uint32_t seq);
/* A response that holds as little as it may. */
void replay_wire_answer(struct replay_wire *w, const struct smpp_head *to,
			uint32_t status, struct str message_id);
