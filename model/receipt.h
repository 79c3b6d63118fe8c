/* A delivery receipt, as a channel hands it up. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "model/lifecycle.h"

struct receipt {
	struct str peer_id;       /* as the peer wrote it */
	enum message_state state; /* DELIVERED, UNDELIVERED, EXPIRED, REJECTED,
				      UNKNOWN, or SUBMITTED (intermediate) */
	struct str reason;        /* code: "err-042", "absent_subscriber" */
	uint32_t peer_status;     /* err or network_error_code */
	int64_t done_ms;          /* peer's time; 0: none */
};

/* A receipt that matches no message (yet): the payload of RECORD_STRAY. */
struct stray {
	int64_t at_ms;
	enum message_state state;
	uint32_t peer_status;
	struct str link;
	struct str peer_id;
	struct str reason;
};

void stray_encode(const struct stray *s, struct buf *out);
/* Views into bytes. -EBADMSG. */
MUST_USE int stray_decode(struct str bytes, struct stray *s);
