/* Standard Webhooks 1.0.0, the receiving side. */
#include "console/webhook_check.h"

#include <errno.h>

#include "base/secret.h"

int webhook_secret(struct str text, struct buf *key)
{
	must(key != NULL);
	if (!str_starts(text, STR("whsec_")))
		buf_str_put(key, text);
	else if (text.len > 128 ||
		 secret_base64_decode(str_from(text, 6), key) != 0)
		return -EBADMSG;
	return key->len >= 24 && key->len <= 64 ? 0 : -EBADMSG;
}

/* Every signature is looked at, so that time tells nothing. */
static bool signature_fits(struct str list, struct str wanted)
{
	bool fits = false;

	while (list.len > 0) {
		struct str one, version;
		list = str_cut(list, ' ', &one);
		struct str value = str_cut(one, ',', &version);
		if (str_eqz(version, "v1") && secret_eq(value, wanted))
			fits = true;
	}
	return fits;
}

static bool fresh(uint64_t then_s, int64_t now_ms)
{
	int64_t apart = now_ms / 1000 - (int64_t)then_s;

	return apart <= WEBHOOK_TOLERANCE_S && apart >= -WEBHOOK_TOLERANCE_S;
}

int webhook_check(const struct webhook_headers *h, struct str body,
		  struct str key, int64_t now_ms, struct err *err)
{
	uint64_t then_s;
	uint8_t mac[32];

	must(h != NULL);
	if (h->id.len == 0 || h->id.len > 128 || h->signature.len == 0 ||
	    h->signature.len > 2048)
		return err_set(err, -EINVAL,
			       "webhook-id and webhook-signature are needed");
	if (str_u64(h->timestamp, (uint64_t)1 << 40, &then_s) != 0)
		return err_set(err, -EINVAL,
			       "webhook-timestamp is not in Unix seconds");
	if (!fresh(then_s, now_ms))
		return err_set(err, -ESTALE,
			       "webhook-timestamp is more than 5 minutes off");

	AUTO(buf_done) struct buf text = { 0 }, wanted = { 0 };
	buf_init(&text, h->id.len + h->timestamp.len + body.len + 2);
	buf_init(&wanted, 64);
	buf_str_put(&text, h->id);
	buf_c(&text, '.');
	buf_str_put(&text, h->timestamp);
	buf_c(&text, '.');
	buf_str_put(&text, body);
	secret_hmac_sha256(key, buf_str(&text), mac);
	secret_base64(mac, sizeof(mac), &wanted);
	if (!signature_fits(h->signature, buf_str(&wanted)))
		return err_set(err, -EACCES, "no signature fits");
	return 0;
}
