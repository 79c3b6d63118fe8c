/* Standard Webhooks 1.0.0: is this post from who holds the secret? Pure. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define WEBHOOK_TOLERANCE_S 300

/* "whsec_<base64>", or the bytes as they are: 24..64. -EBADMSG. */
MUST_USE int webhook_secret(struct str text, struct buf *key);

struct webhook_headers {
	struct str id;        /* webhook-id */
	struct str timestamp; /* webhook-timestamp: Unix seconds */
	struct str signature; /* webhook-signature: "v1,... v1,..." */
};

/* 0; -EINVAL: a header is missing or malformed; -ESTALE: too old or from the
 * future; -EACCES: no signature fits. A sentence in each case. */
MUST_USE int webhook_check(const struct webhook_headers *h, struct str body,
			   struct str key, int64_t now_ms, struct err *err);
