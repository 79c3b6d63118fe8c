/* Is an inbound webhook genuine? */
#include "channels/webhook/in.h"

#include <errno.h>

#include "base/secret.h"
#include "channels/webhook/sign.h"

enum { SIGNATURES_MAX = 8, ID_MAX = 256 };

static int in_signature(struct str signature, struct str want)
{
	struct str one, rest = signature;
	bool fits = false;

	/* All are compared: the time does not tell which one fitted. */
	for (unsigned i = 0; rest.len > 0 && i < SIGNATURES_MAX; i++) {
		rest = str_cut(rest, ' ', &one);
		fits |= secret_eq(one, want);
	}
	return fits ? 0 : -EACCES;
}

int webhook_in_verify(struct str secret, const struct webhook_in *in,
		      struct str body, int64_t now_s, int64_t tolerance_s)
{
	struct buf key, want;
	uint64_t at;
	int rc;

	must(in != NULL && tolerance_s > 0);
	if (in->id.len == 0 || in->id.len > ID_MAX || in->signature.len == 0)
		return -EBADMSG;
	/* A dot in the id would let bytes move between id and time. */
	if (str_find(in->id, '.') != in->id.len)
		return -EBADMSG;
	if (str_u64(in->timestamp, INT64_MAX, &at) != 0)
		return -EBADMSG;
	if ((int64_t)at < now_s - tolerance_s ||
	    (int64_t)at > now_s + tolerance_s)
		return -ESTALE;
	buf_init(&key, WEBHOOK_KEY_MAX);
	buf_init(&want, 128);
	rc = webhook_key(secret, &key);
	if (rc == 0) {
		webhook_sign(buf_str(&key), in->id, (int64_t)at, body, &want);
		rc = in_signature(in->signature, buf_str(&want));
	} else {
		rc = -EACCES;
	}
	secret_wipe(key.p, key.len);
	buf_done(&key);
	buf_done(&want);
	return rc;
}
