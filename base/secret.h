/* Keys and digests, by libsodium and OpenSSL's HMAC. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Once per process, before the rest. */
void secret_init(void);
void secret_random(void *out, size_t len);
uint32_t secret_random_below(uint32_t n);
/* Constant time; lengths that differ are false. */
bool secret_eq(struct str a, struct str b);

void secret_sha256(struct str in, uint8_t out[32]);
void secret_hmac_sha256(struct str key, struct str in, uint8_t out[32]);
/* Keyed BLAKE2b, 32 bytes; key of 1..64 bytes. */
void secret_keyed(struct str key, struct str in, uint8_t out[32]);

void secret_hex(const uint8_t *p, size_t len, struct buf *out);
void secret_base64(const uint8_t *p, size_t len, struct buf *out);
/* Standard alphabet with padding; -EBADMSG. */
MUST_USE int secret_base64_decode(struct str s, struct buf *out);

/* Passwords of people and peers, as "$argon2id$...". Both take some 50 ms and
 * 64 MB: off the loop, by loop_work. -ENOMEM. */
#define SECRET_HASH_MAX 128
MUST_USE int secret_password_hash(struct str password,
				  char out[SECRET_HASH_MAX]);
bool secret_password_ok(const char *hash, struct str password);
/* What a guess costs: passes over so many bytes (8 KB at least). */
struct secret_work {
	uint64_t passes;
	size_t memory_bytes;
};
MUST_USE int secret_password_hash_at(struct str password,
				     const struct secret_work *w,
				     char out[SECRET_HASH_MAX]);
/* Was it made with other work than this? */
bool secret_password_stale(const char *hash, const struct secret_work *w);

/* A new API key: "ck_" and 43 characters of base64url. out[64]. */
void secret_api_key(char out[64]);
/* The same with other first letters: "cs_" for sessions. */
void secret_token(const char prefix[4], char out[64]);
/* Overwrites before free. */
void secret_wipe(void *p, size_t len);
