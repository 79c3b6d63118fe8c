/* Keys by 64 bits of their SHA-256; the store keeps all 256. */
#include "gateway/idempotency.h"

#include <errno.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/secret.h"

struct kept {
	struct list node; /* oldest first */
	uint64_t key, body, message_id;
	int64_t at_ms;
};

struct idempotency {
	struct core *core;
	struct map *map; /* key -> struct kept * */
	struct list order;
};

struct idempotency *idempotency_new(struct core *core)
{
	struct idempotency *i = mem_new(struct idempotency);

	must(core != NULL);
	i->core = core;
	i->map = map_new();
	list_init(&i->order);
	return i;
}

static void kept_free(struct idempotency *i, struct kept *k)
{
	list_remove(&k->node);
	IGNORE(map_del(i->map, k->key, NULL));
	mem_free(k);
}

void idempotency_free(struct idempotency **ip)
{
	struct idempotency *i = *ip;

	if (i == NULL)
		return;
	LIST_EACH_SAFE (it, &i->order)
		kept_free(i, LIST_ITEM(it, struct kept, node));
	map_free(&i->map);
	mem_free(i);
	*ip = NULL;
}

static void hash_two(struct str a, struct str b, uint8_t out[32])
{
	struct buf buf = { 0 };

	buf_init(&buf, BUF_NO_LIMIT);
	buf_lstr(&buf, a);
	buf_str_put(&buf, b);
	secret_sha256(buf_str(&buf), out);
	buf_done(&buf);
}

static uint64_t first_64(const void *digest)
{
	struct bufr r = bufr_of(digest, 8);

	return bufr_u64(&r);
}

int idempotency_find(struct idempotency *i, struct str tenant, struct str key,
		     struct str request, uint64_t *message_id)
{
	uint8_t digest[32];
	const struct kept *k;

	must(i != NULL && message_id != NULL);
	hash_two(tenant, key, digest);
	k = map_ptr(i->map, first_64(digest));
	if (k == NULL)
		return 0;
	secret_sha256(request, digest);
	if (k->body != first_64(digest))
		return -EPROTO;
	*message_id = k->message_id;
	return -EEXIST;
}

static void keep(struct idempotency *i, uint64_t key, uint64_t body,
		 uint64_t message_id, int64_t at_ms)
{
	struct kept *k = map_ptr(i->map, key);

	if (k != NULL)
		kept_free(i, k);
	k = mem_new(struct kept);
	k->key = key;
	k->body = body;
	k->message_id = message_id;
	k->at_ms = at_ms;
	list_append(&i->order, &k->node);
	map_set_ptr(i->map, key, k);
}

void idempotency_keep(struct idempotency *i, struct str tenant, struct str key,
		      struct str request, uint64_t message_id)
{
	int64_t at_ms = core_wall_ms(i->core);
	uint8_t key_hash[32], body_hash[32];
	struct cell cells[5];

	hash_two(tenant, key, key_hash);
	secret_sha256(request, body_hash);
	keep(i, first_64(key_hash), first_64(body_hash), message_id, at_ms);
	cells[0] = CELL_T(tenant);
	cells[1] = CELL_B(str_bytes(key_hash, sizeof(key_hash)));
	cells[2] = CELL_B(str_bytes(body_hash, sizeof(body_hash)));
	cells[3] = CELL_I(message_id);
	cells[4] = CELL_I(at_ms);
	store_put(i->core->store, STORE_IDEMPOTENCY_PUT, cells, 5);
}

void idempotency_drop(struct idempotency *i, uint64_t message_id)
{
	/* the newest are last, and a failed batch holds only new ones */
	for (struct list *it = i->order.prev; it != &i->order; it = it->prev) {
		struct kept *k = LIST_ITEM(it, struct kept, node);

		if (k->message_id == message_id) {
			kept_free(i, k);
			return;
		}
		if (k->message_id < message_id)
			return;
	}
}

void idempotency_recover(struct idempotency *i, struct str key_hash,
			 struct str body_hash, uint64_t message_id,
			 int64_t at_ms)
{
	if (key_hash.len != 32 || body_hash.len != 32)
		return;
	keep(i, first_64(key_hash.p), first_64(body_hash.p), message_id, at_ms);
}

void idempotency_tick(struct idempotency *i)
{
	int64_t before = core_wall_ms(i->core) - i->core->cfg->idempotency;
	struct cell cell = CELL_I(before);
	bool any = false;

	LIST_EACH_SAFE (it, &i->order) {
		struct kept *k = LIST_ITEM(it, struct kept, node);

		if (k->at_ms > before)
			break;
		kept_free(i, k);
		any = true;
	}
	if (any)
		store_put(i->core->store, STORE_IDEMPOTENCY_PURGE, &cell, 1);
}
