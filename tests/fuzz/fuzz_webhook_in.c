/* Headers and body of an inbound webhook: nothing is genuine but what was
 * signed. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/secret.h"
#include "channels/webhook/in.h"
#include "channels/webhook/sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

/* id, time, signature, body: a line each, the body is the rest. */
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static const int64_t now_s = 1614265330;
	struct webhook_in in;
	struct buf key, sign;

	secret_init();
	struct str body = str_cut(str_bytes(p, len), '\n', &in.id);
	body = str_cut(body, '\n', &in.timestamp);
	body = str_cut(body, '\n', &in.signature);
	const struct str secret = STR("a secret that the fuzzer does not know");
	int rc = webhook_in_verify(secret, &in, body, now_s, 300);
	must(rc == -EBADMSG || rc == -ESTALE || rc == -EACCES);
	if (rc != -EACCES)
		return 0;
	/* The same, signed as it should be, passes. */
	uint64_t at;
	must(str_u64(in.timestamp, INT64_MAX, &at) == 0);
	buf_init(&key, WEBHOOK_KEY_MAX);
	buf_init(&sign, 128);
	must(webhook_key(secret, &key) == 0);
	webhook_sign(buf_str(&key), in.id, (int64_t)at, body, &sign);
	in.signature = buf_str(&sign);
	must(webhook_in_verify(secret, &in, body, now_s, 300) == 0);
	buf_done(&key);
	buf_done(&sign);
	return 0;
}
