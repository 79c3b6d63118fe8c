/* API keys: their stored form and the table in memory. */
#include "console/keys.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/secret.h"

#define WARN_EVERY_MS ((int64_t)86400 * 1000)

struct keys {
	uint8_t pepper[KEY_PEPPER];
	uint8_t pseudonym_key[PSEUDONYM_KEY];
	size_t max;
	double rate, burst;
	struct map *by_hash; /* first 8 bytes of the hash */
	struct map *by_id;   /* id */
	struct key **v;
	size_t len, cap;
	int64_t warned_ms; /* keys_warn; 0: not yet */
};

int key_text_check(struct str key, struct err *err)
{
	if (key.len < KEY_LENGTH_MIN || key.len > KEY_LENGTH_MAX)
		return err_set(err, -EINVAL,
			       "a key has %d to %d characters, not %zu",
			       KEY_LENGTH_MIN, KEY_LENGTH_MAX, key.len);
	for (size_t i = 0; i < key.len; i++) {
		if (key.p[i] <= ' ' || key.p[i] > '~')
			return err_set(err, -EINVAL,
				       "character %zu of the key is not "
				       "printable ASCII",
				       i + 1);
	}
	return 0;
}

void key_hash(const uint8_t pepper[KEY_PEPPER], struct str key, uint8_t out[32])
{
	must(pepper != NULL && out != NULL);
	secret_keyed(str_bytes(pepper, KEY_PEPPER), key, out);
}

void key_settle(struct key *k, uint64_t id, enum role role)
{
	must(k != NULL && (unsigned)role < ROLE_COUNT);
	k->who.kind = WHO_KEY;
	k->who.id = id;
	k->who.roles = BIT(role);
	who_settle(&k->who);
}

enum role key_role(const struct key *k)
{
	must(k != NULL && k->who.roles != 0);
	return (enum role)__builtin_ctz(k->who.roles);
}

void key_cells(const struct key *k, struct cell cells[KEY_CELLS])
{
	must(k != NULL && cells != NULL);
	cells[0] = CELL_I(k->who.id);
	cells[1] = CELL_Z(k->who.tenant);
	cells[2] = CELL_Z(k->who.name);
	cells[3] = CELL_Z(role_name(key_role(k)));
	cells[4] = CELL_B(str_bytes(k->hash, sizeof(k->hash)));
	cells[5] = CELL_I(k->created_ms);
	cells[6] = CELL_I(k->expires_ms);
	cells[7] = CELL_I(k->revoked_ms);
	cells[8] = CELL_Z(k->who.branch);
}

int key_from_row(const struct row *r, struct key *k)
{
	struct key got = { 0 };
	struct who *w = &got.who;
	enum role role;

	must(r != NULL && k != NULL);
	if (str_copy(w->tenant, sizeof(w->tenant), row_s(r, 1)) != 0 ||
	    str_copy(w->name, sizeof(w->name), row_s(r, 2)) != 0 ||
	    str_copy(w->branch, sizeof(w->branch), row_s(r, 8)) != 0 ||
	    role_parse(row_s(r, 3), &role) != 0 ||
	    row_s(r, 4).len != sizeof(got.hash))
		return -EBADMSG;
	key_settle(&got, (uint64_t)row_i(r, 0), role);
	memcpy(got.hash, row_s(r, 4).p, sizeof(got.hash));
	got.created_ms = row_i(r, 5);
	got.expires_ms = row_i(r, 6);
	got.revoked_ms = row_i(r, 7);
	*k = got;
	return 0;
}

int console_key_create(struct store *s, struct str admin_key, int64_t now_ms,
		       struct err *err)
{
	uint8_t pepper[KEY_PEPPER];
	struct key k = { .created_ms = now_ms };
	struct id_source ids;

	must(s != NULL);
	int rc = key_text_check(admin_key, err);
	if (rc != 0)
		return rc;

	secret_random(pepper, sizeof(pepper));
	AUTO(buf_done) struct buf hex = { 0 };
	buf_init(&hex, 2 * KEY_PEPPER);
	secret_hex(pepper, sizeof(pepper), &hex);
	struct cell meta[2] = { CELL_Z(KEY_PEPPER_META),
				CELL_T(buf_str(&hex)) };
	store_put(s, STORE_META_PUT, meta, ARRAY_LEN(meta));

	id_source_init(&ids, 0);
	key_settle(&k, id_next(&ids, now_ms), ROLE_ADMIN);
	IGNORE(str_copy(k.who.name, sizeof(k.who.name), STR("admin")));
	key_hash(pepper, admin_key, k.hash);
	struct cell cells[KEY_CELLS];
	key_cells(&k, cells);
	store_put(s, STORE_KEY_PUT, cells, KEY_CELLS);
	secret_wipe(pepper, sizeof(pepper));
	secret_wipe(hex.p, hex.len);
	return 0;
}

/* ---- the table ------------------------------------------------------------ */

struct keys *keys_new(const uint8_t pepper[KEY_PEPPER], size_t max, double rate,
		      double burst)
{
	must(pepper != NULL);
	struct keys *ks = mem_new(struct keys);
	memcpy(ks->pepper, pepper, KEY_PEPPER);
	secret_keyed(str_bytes(pepper, KEY_PEPPER), STR("pseudonyms"),
		     ks->pseudonym_key);
	ks->max = max;
	ks->rate = rate;
	ks->burst = burst;
	ks->by_hash = map_new();
	ks->by_id = map_new();
	return ks;
}

void keys_free(struct keys **kp)
{
	must(kp != NULL);
	struct keys *ks = TAKE(*kp);
	if (ks == NULL)
		return;
	for (size_t i = 0; i < ks->len; i++)
		mem_free(ks->v[i]);
	mem_free(ks->v);
	map_free(&ks->by_hash);
	map_free(&ks->by_id);
	secret_wipe(ks->pepper, sizeof(ks->pepper));
	secret_wipe(ks->pseudonym_key, sizeof(ks->pseudonym_key));
	mem_free(ks);
}

size_t keys_len(const struct keys *ks)
{
	must(ks != NULL);
	return ks->len;
}

static uint64_t hash_head(const uint8_t hash[32])
{
	uint64_t head;

	memcpy(&head, hash, sizeof(head));
	return head;
}

int keys_put(struct keys *ks, const struct key *k, uint64_t now_us)
{
	must(ks != NULL && k != NULL);
	struct key *old = keys_by_id(ks, k->who.id);
	if (old != NULL) {
		/* The hash of a key never changes: an id is one key. */
		must(memcmp(old->hash, k->hash, sizeof(k->hash)) == 0);
		struct limit kept = old->limit;
		*old = *k;
		old->limit = kept;
		who_know(&old->who, ks->pseudonym_key);
		return 0;
	}
	if (ks->len >= ks->max)
		return -ENOSPC;
	if (ks->len == ks->cap) {
		ks->cap = MAX(16, ks->cap * 2);
		ks->v = mem_resize(ks->v, ks->cap * sizeof(*ks->v));
	}
	struct key *mine = mem_dup(k, sizeof(*k));
	who_know(&mine->who, ks->pseudonym_key);
	limit_init(&mine->limit, ks->rate, ks->burst, now_us);
	ks->v[ks->len] = mine;
	map_set_ptr(ks->by_hash, hash_head(k->hash), mine);
	map_set_ptr(ks->by_id, mine->who.id, mine);
	ks->len++;
	return 0;
}

struct key *keys_find(struct keys *ks, struct str text, int64_t now_ms)
{
	uint8_t hash[32];

	must(ks != NULL);
	if (text.len < KEY_LENGTH_MIN || text.len > KEY_LENGTH_MAX)
		return NULL;
	key_hash(ks->pepper, text, hash);
	struct key *k = map_ptr(ks->by_hash, hash_head(hash));
	if (k == NULL || !secret_eq(str_bytes(k->hash, sizeof(k->hash)),
				    str_bytes(hash, sizeof(hash))))
		return NULL;
	if (k->revoked_ms != 0 ||
	    (k->expires_ms != 0 && k->expires_ms <= now_ms))
		return NULL;
	return k;
}

struct key *keys_by_id(struct keys *ks, uint64_t id)
{
	must(ks != NULL);
	return map_ptr(ks->by_id, id);
}

struct key *keys_at(struct keys *ks, size_t i)
{
	must(ks != NULL);
	return i < ks->len ? ks->v[i] : NULL;
}

bool key_ends_soon(const struct key *k, int64_t now_ms)
{
	must(k != NULL);
	return k->revoked_ms == 0 && k->expires_ms > now_ms &&
	       k->expires_ms - now_ms <= KEY_SOON_MS;
}

void keys_warn(struct keys *ks, int64_t now_ms)
{
	char when[32];

	must(ks != NULL);
	if (ks->warned_ms != 0 && now_ms - ks->warned_ms < WARN_EVERY_MS)
		return;
	ks->warned_ms = now_ms;
	for (size_t i = 0; i < ks->len; i++) {
		const struct key *k = ks->v[i];
		if (!key_ends_soon(k, now_ms))
			continue;
		clock_rfc3339(k->expires_ms, when);
		log_warn("key.ends_soon", KV_S("who", k->who.actor),
			 KV_S("name", k->who.name), KV_S("expires", when));
	}
}

const uint8_t *keys_pepper(const struct keys *ks)
{
	must(ks != NULL);
	return ks->pepper;
}

const uint8_t *keys_pseudonym_key(const struct keys *ks)
{
	must(ks != NULL);
	return ks->pseudonym_key;
}
