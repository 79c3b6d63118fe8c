/* Signatures of Standard Webhooks. */
#include "channels/webhook/sign.h"

#include <errno.h>
#include <inttypes.h>

#include "base/secret.h"

int webhook_key(struct str secret, struct buf *key)
{
	const struct str prefix = STR("whsec_");

	must(key != NULL);
	if (secret.len == 0 || secret.len > WEBHOOK_KEY_MAX)
		return -EINVAL;
	if (!str_starts(secret, prefix)) {
		buf_str_put(key, secret);
		return 0;
	}
	size_t before = key->len;
	if (secret_base64_decode(str_from(secret, prefix.len), key) != 0 ||
	    key->len == before)
		return -EINVAL;
	return 0;
}

void webhook_sign(struct str key, struct str id, int64_t at_s, struct str body,
		  struct buf *out)
{
	uint8_t mac[32];
	struct buf text;

	must(out != NULL);
	buf_init(&text, BUF_NO_LIMIT);
	buf_str_put(&text, id);
	buf_f(&text, ".%" PRId64 ".", at_s);
	buf_str_put(&text, body);
	secret_hmac_sha256(key, buf_str(&text), mac);
	buf_done(&text);
	buf_z(out, "v1,");
	secret_base64(mac, sizeof(mac), out);
	secret_wipe(mac, sizeof(mac));
}
