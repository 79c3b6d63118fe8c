/* Is an inbound webhook genuine? Pure: the HTTP server asks. */
#pragma once

#include <stdint.h>

#include "base/str.h"

enum { WEBHOOK_TOLERANCE_S = 300 };

/* The three headers of Standard Webhooks, as they came. */
struct webhook_in {
	struct str id;        /* webhook-id */
	struct str timestamp; /* webhook-timestamp: Unix seconds */
	struct str signature; /* webhook-signature: "v1,... v1,..." */
};

/*
 * secret as configured, see webhook_key. 0 when one v1 signature fits and the
 * timestamp is within tolerance of now_s; -EBADMSG: a header is missing or
 * malformed; -ESTALE: the time is off; -EACCES: no signature fits. Takes the
 * same time wherever a signature differs. Remembering the ids of the last
 * 2 * tolerance seconds, against replays, is the caller's.
 */
MUST_USE int webhook_in_verify(struct str secret, const struct webhook_in *in,
			       struct str body, int64_t now_s,
			       int64_t tolerance_s);
