/* Signatures of Standard Webhooks 1.0: v1, HMAC-SHA256. Pure. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum { WEBHOOK_KEY_MAX = 512 };

/* The key bytes of a secret: "whsec_" and base64, or the text itself.
 * -EINVAL: empty, too long, or base64 that cannot be read. */
MUST_USE int webhook_key(struct str secret, struct buf *key);
/* Appends "v1,<base64 of HMAC-SHA256(key, id.at_s.body)>". */
void webhook_sign(struct str key, struct str id, int64_t at_s, struct str body,
		  struct buf *out);
