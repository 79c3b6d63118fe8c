/* A delivery receipt, as a channel hands it up. */
#pragma once

#include <stdint.h>

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
