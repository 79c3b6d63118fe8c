/* Journal records: what can happen, in the form in which it is stored. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "model/lifecycle.h"
#include "model/message.h"
#include "model/outcome.h"

/* Numbers are stored: never change one. */
enum record_kind {
	RECORD_MESSAGE = 1,    /* a new message: message_encode */
	RECORD_EVENT = 2,      /* something happened to a message */
	RECORD_NOTICE = 3,     /* a notice to an endpoint is owed */
	RECORD_NOTICE_END = 4, /* it was delivered, or given up */
	RECORD_INBOUND = 5,    /* a message from a customer */
	RECORD_STRAY = 6,      /* a receipt that matches nothing yet */
	RECORD_STRAY_END = 7   /* it was matched, or is too old */
};

enum event_kind {
	EVENT_ATTEMPT = 1,   /* about to hand bytes to a channel */
	EVENT_SUBMITTED = 2, /* the peer took one part or all */
	EVENT_RECEIPT = 3,
	EVENT_STATE = 4, /* any other change, with its reason */
	EVENT_ANSWER = 5 /* as RECEIPT: what the peer said when asked */
};

/*
 * One event. `state` is the message's state after it: the fold simply takes
 * it over. Views are borrowed.
 */
struct event {
	enum event_kind kind;
	enum message_state state;
	int64_t at_ms;
	unsigned attempt;  /* number of the attempt, from 1 */
	struct str link;   /* lane: "carrier-a" */
	struct str reason; /* code */
	uint32_t peer_status;
	unsigned part;           /* SUBMITTED, RECEIPT, ANSWER: from 0 */
	enum message_state said; /* RECEIPT, ANSWER: of that part */
	struct str peer_id;      /* SUBMITTED, RECEIPT, ANSWER */
	int64_t due_ms; /* HELD: until when; SUBMITTED: receipt awaited until */
	uint8_t flags;  /* enum message_flag after it */
	/* ATTEMPT: what the gate judged by at that moment */
	struct str rule_version; /* "" where nobody has to prove anything */
	int32_t zone_offset_s;
	uint64_t consent_seq;
	uint32_t delay_us
		[4]; /* STATE final or SUBMITTED: intake, queue, lane, peer */
};

void event_encode(const struct event *e, struct buf *out);
MUST_USE int event_decode(struct str bytes, struct event *e); /* -EBADMSG */

/* One owed notice: a webhook or MQTT event. id from the id source. */
struct notice {
	uint64_t id;
	struct str endpoint; /* "crm", "bus" */
	struct str type;     /* "message.delivered" */
	struct str tenant;
	int64_t at_ms;
	struct str body; /* JSON, the whole envelope */
	unsigned tries;
	int64_t due_ms;
};

void notice_encode(const struct notice *n, struct buf *out);
MUST_USE int notice_decode(struct str bytes, uint64_t id, struct notice *n);
