/*
 * API keys: "ck_" and 43 letters, shown once, stored as keyed hashes. All of
 * them are in memory, so that a request costs one hash and a revocation works
 * at once.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limit.h"
#include "base/str.h"
#include "console/who.h"
#include "model/address.h"
#include "model/row.h"
#include "model/store.h"

#define KEY_PEPPER_META "key_pepper" /* META row: 64 hex digits */
#define KEY_PEPPER 32
#define KEY_LENGTH_MIN 32
#define KEY_LENGTH_MAX 128
#define KEY_CELLS 9
#define KEY_PARTNER_MS ((int64_t)90 * 86400 * 1000)
/* So long before its end a key is warned of. */
#define KEY_SOON_MS ((int64_t)14 * 86400 * 1000)

struct key {
	struct who who; /* its id, name, tenant, role */
	uint8_t hash[32];
	int64_t created_ms, expires_ms, revoked_ms; /* 0: never */
	struct limit limit;
};

/*
 * For `carillond init`: puts a fresh pepper and an admin key for every tenant
 * into the open batch; durable after the next store_then. -EINVAL with a
 * sentence when the key is too short or not printable ASCII.
 */
MUST_USE int console_key_create(struct store *s, struct str admin_key,
				int64_t now_ms, struct err *err);

/* Its id and role, and what follows from them. */
void key_settle(struct key *k, uint64_t id, enum role role);
enum role key_role(const struct key *k);
/* Does it end within KEY_SOON_MS? Not one that is over. */
bool key_ends_soon(const struct key *k, int64_t now_ms);
MUST_USE int key_text_check(struct str key, struct err *err);
void key_hash(const uint8_t pepper[KEY_PEPPER], struct str key,
	      uint8_t out[32]);
/* What STORE_KEY_PUT takes, and STORE_KEY_LIST gives; cells borrow
 * from k. */
void key_cells(const struct key *k, struct cell cells[KEY_CELLS]);
MUST_USE int key_from_row(const struct row *r, struct key *k); /* -EBADMSG */

/* ---- the table ------------------------------------------------------------ */

struct keys;

struct keys *keys_new(const uint8_t pepper[KEY_PEPPER], size_t max, double rate,
		      double burst);
void keys_free(struct keys **kp);
size_t keys_len(const struct keys *ks);
/* Copies k in, or replaces the one with its id. -ENOSPC. */
MUST_USE int keys_put(struct keys *ks, const struct key *k, uint64_t now_us);
/* Whose key is this? NULL: nobody's, expired or revoked. */
struct key *keys_find(struct keys *ks, struct str text, int64_t now_ms);
struct key *keys_by_id(struct keys *ks, uint64_t id);
struct key *keys_at(struct keys *ks, size_t i); /* NULL at the end */
/* A line in the log for each that ends soon, once a day. */
void keys_warn(struct keys *ks, int64_t now_ms);
const uint8_t *keys_pepper(const struct keys *ks);
const uint8_t *keys_pseudonym_key(const struct keys *ks);
