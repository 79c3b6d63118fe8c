/* Keys, digests and random bytes, by libsodium. */
#include "base/secret.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "base/mem.h"

void secret_init(void)
{
	must(sodium_init() >= 0);
}

void secret_random(void *out, size_t len)
{
	must(out != NULL || len == 0);
	if (len > 0)
		randombytes_buf(out, len);
}

uint32_t secret_random_below(uint32_t n)
{
	must(n > 0);
	return randombytes_uniform(n);
}

bool secret_eq(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	return a.len == 0 || sodium_memcmp(a.p, b.p, a.len) == 0;
}

static const unsigned char *secret_bytes(struct str s)
{
	return (const unsigned char *)s.p;
}

void secret_sha256(struct str in, uint8_t out[32])
{
	must(out != NULL);
	must(crypto_hash_sha256(out, secret_bytes(in), in.len) == 0);
}

void secret_hmac_sha256(struct str key, struct str in, uint8_t out[32])
{
	crypto_auth_hmacsha256_state state;

	must(out != NULL);
	crypto_auth_hmacsha256_init(&state, secret_bytes(key), key.len);
	crypto_auth_hmacsha256_update(&state, secret_bytes(in), in.len);
	crypto_auth_hmacsha256_final(&state, out);
	secret_wipe(&state, sizeof(state));
}

void secret_keyed(struct str key, struct str in, uint8_t out[32])
{
	must(out != NULL && key.len >= 1 && key.len <= 64);
	must(crypto_generichash(out, 32, secret_bytes(in), in.len,
				secret_bytes(key), key.len) == 0);
}

void secret_hex(const uint8_t *p, size_t len, struct buf *out)
{
	static const char digits[] = "0123456789abcdef";

	must((p != NULL || len == 0) && out != NULL);
	for (size_t i = 0; i < len; i++) {
		char two[2] = { digits[p[i] >> 4], digits[p[i] & 15] };
		buf_put(out, two, sizeof(two));
	}
}

void secret_base64(const uint8_t *p, size_t len, struct buf *out)
{
	must((p != NULL || len == 0) && out != NULL);

	size_t n =
		sodium_base64_ENCODED_LEN(len, sodium_base64_VARIANT_ORIGINAL);
	char *at = buf_room(out, n - 1);
	if (at == NULL || len == 0)
		return;
	sodium_bin2base64(at, n, p, len, sodium_base64_VARIANT_ORIGINAL);
	out->len += n - 1;
}

int secret_base64_decode(struct str s, struct buf *out)
{
	size_t n = 0;

	must(out != NULL);
	if (s.len == 0)
		return 0;

	AUTO(mem_clear) uint8_t *bytes = mem_alloc(s.len);
	int rc = sodium_base642bin(bytes, s.len, s.p, s.len, NULL, &n, NULL,
				   sodium_base64_VARIANT_ORIGINAL);
	if (rc == 0)
		buf_put(out, bytes, n);
	secret_wipe(bytes, s.len);
	return rc == 0 ? 0 : -EBADMSG;
}

int secret_password_hash(struct str password, char out[SECRET_HASH_MAX])
{
	static const struct secret_work usual = {
		crypto_pwhash_OPSLIMIT_INTERACTIVE,
		crypto_pwhash_MEMLIMIT_INTERACTIVE
	};

	return secret_password_hash_at(password, &usual, out);
}

int secret_password_hash_at(struct str password, const struct secret_work *w,
			    char out[SECRET_HASH_MAX])
{
	must(w != NULL && w->memory_bytes >= crypto_pwhash_MEMLIMIT_MIN);
	must(out != NULL && SECRET_HASH_MAX >= crypto_pwhash_STRBYTES);
	return crypto_pwhash_str(out, password.p, password.len, w->passes,
				 w->memory_bytes) == 0
		       ? 0
		       : -ENOMEM;
}

bool secret_password_stale(const char *hash, const struct secret_work *w)
{
	must(hash != NULL && w != NULL);
	return crypto_pwhash_str_needs_rehash(hash, w->passes,
					      w->memory_bytes) != 0;
}

bool secret_password_ok(const char *hash, struct str password)
{
	must(hash != NULL);
	return crypto_pwhash_str_verify(hash, password.p, password.len) == 0;
}

void secret_api_key(char out[64])
{
	secret_token("ck_", out);
}

void secret_token(const char prefix[4], char out[64])
{
	uint8_t bytes[32];

	must(out != NULL && prefix != NULL && strlen(prefix) == 3);
	secret_random(bytes, sizeof(bytes));
	memcpy(out, prefix, 3);
	sodium_bin2base64(out + 3, 61, bytes, sizeof(bytes),
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	secret_wipe(bytes, sizeof(bytes));
}

void secret_wipe(void *p, size_t len)
{
	must(p != NULL || len == 0);
	if (len > 0)
		sodium_memzero(p, len);
}
