/* The life of a message as one table: states, and what may follow what. */
#pragma once

#include <stdbool.h>

#include "base/str.h"

/* Numbers are stored: never change one, add at the end of its group. States
 * from MESSAGE_DELIVERED on are final. */
enum message_state {
	MESSAGE_ACCEPTED = 0, /* durable, not yet judged for dispatch */
	MESSAGE_HELD = 1,   /* waits for a time: schedule, quiet hours, retry */
	MESSAGE_QUEUED = 2, /* waits for a lane */
	MESSAGE_SUBMITTING = 3, /* attempt mark durable, bytes may have left */
	MESSAGE_SUBMITTED = 4,  /* the peer has it, a receipt is awaited */
	MESSAGE_DELIVERED = 8,
	MESSAGE_UNDELIVERED = 9,
	MESSAGE_EXPIRED = 10,
	MESSAGE_REJECTED = 11, /* by the carrier */
	MESSAGE_UNKNOWN = 12,
	MESSAGE_FAILED = 13, /* ours: retries used up, no route */
	MESSAGE_CANCELLED = 14,
	MESSAGE_SUPPRESSED = 15, /* by the gate */
	MESSAGE_SENT = 16,       /* the peer has it; no receipt was asked for */
	MESSAGE_STATES = 17
};

const char *message_state_name(
	enum message_state s); /* "queued"; NULL if unused */
int message_state_parse(struct str s, enum message_state *out); /* -EBADMSG */
bool message_state_final(enum message_state s);
/*
 * May `to` follow `from`? A final state never falls back; UNKNOWN and EXPIRED
 * may still become DELIVERED or UNDELIVERED or REJECTED by a late receipt,
 * and UNKNOWN may be QUEUED again where the class allows one re-send.
 */
bool lifecycle_allows(enum message_state from, enum message_state to);
