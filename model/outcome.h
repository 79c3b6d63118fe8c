/* What came of one attempt: the closed vocabulary channels report in. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/*
 * accepted:  the peer took it and a receipt may follow.
 * delivered: the peer took it and that is delivery (MQTT PUBACK without a
 *            receipt, a webhook's 2xx).
 * retry:     refused for now; this message may try again, here or elsewhere.
 * hold:      the peer asks for silence: the whole lane waits, and the message
 *            goes back to the head of its queue.
 * refused:   this peer will never take it; another lane may.
 * broken:    no peer will ever take it (bad number, bad content).
 * unknown:   bytes left and no answer came; it may or may not have arrived.
 */
enum outcome_class {
	OUTCOME_ACCEPTED,
	OUTCOME_DELIVERED,
	OUTCOME_RETRY,
	OUTCOME_HOLD,
	OUTCOME_REFUSED,
	OUTCOME_BROKEN,
	OUTCOME_UNKNOWN
};
#define OUTCOME_COUNT (OUTCOME_UNKNOWN + 1)

const char *outcome_name(enum outcome_class c);

#define OUTCOME_PARTS_MAX 32

/* Everything is borrowed for the call of `ended`. */
struct outcome {
	enum outcome_class class;
	struct str reason;    /* short code: "throttled", "no_answer" ... */
	uint32_t peer_status; /* the peer's own number: SMPP status, HTTP */
	bool sent;            /* false: surely no byte left us */
	uint32_t parts_done;  /* BIT(part): parts the peer has taken */
	unsigned parts;       /* in all, as the channel sent them */
	bool receipt;         /* ACCEPTED: a receipt is asked for */
	uint64_t hold_ms;     /* HOLD and RETRY: the peer's wish, 0: ours */
	/* One per part done, [part]; empty where the peer gave none. */
	struct str peer_id[OUTCOME_PARTS_MAX];
};
