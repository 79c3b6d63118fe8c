/* Peer ids to messages by 64-bit keys; strays by the same keys. */
#include "gateway/receipts.h"

#include <errno.h>
#include <string.h>

#include "base/list.h"
#include "base/mem.h"

#define STRAYS_MAX 200000

struct held {
	struct list node; /* oldest first */
	uint64_t key;
	struct early early;
};

struct receipts {
	struct core *core;
	struct map *map;    /* key -> message id */
	struct map *strays; /* key -> struct held * */
	struct list order;
	struct map *kept; /* message id -> struct kept * */
};

/* Ids of the parts taken so far, counted strings in order of `parts`. */
struct kept {
	char *id[32];
};

struct receipts *receipts_new(struct core *core)
{
	struct receipts *r = mem_new(struct receipts);

	must(core != NULL);
	r->core = core;
	r->map = map_new();
	r->strays = map_new();
	r->kept = map_new();
	list_init(&r->order);
	return r;
}

static void kept_free(struct kept *k)
{
	for (unsigned i = 0; i < ARRAY_LEN(k->id); i++)
		mem_free(k->id[i]);
	mem_free(k);
}

void receipts_keep(struct receipts *r, const struct live *l, unsigned part,
		   struct str peer_id)
{
	struct kept *k = map_ptr(r->kept, l->id);

	must(part < ARRAY_LEN(k->id));
	if (k == NULL) {
		k = mem_new(struct kept);
		map_set_ptr(r->kept, l->id, k);
	}
	mem_free(k->id[part]);
	k->id[part] = str_z(peer_id);
}

struct str receipts_kept(const struct receipts *r, const struct live *l,
			 unsigned part)
{
	const struct kept *k = map_ptr(r->kept, l->id);

	return k == NULL ? STR_NONE : str_of(k->id[part]);
}

static void held_free(struct receipts *r, struct held *h)
{
	list_remove(&h->node);
	if (map_ptr(r->strays, h->key) == h)
		IGNORE(map_del(r->strays, h->key, NULL));
	mem_free(h);
}

void receipts_free(struct receipts **rp)
{
	struct receipts *r = *rp;
	uint64_t id, value;
	size_t pos = 0;

	if (r == NULL)
		return;
	LIST_EACH_SAFE (it, &r->order)
		held_free(r, LIST_ITEM(it, struct held, node));
	while (map_next(r->kept, &pos, &id, &value))
		kept_free((struct kept *)(uintptr_t)value);
	map_free(&r->kept);
	map_free(&r->map);
	map_free(&r->strays);
	mem_free(r);
	*rp = NULL;
}

/* canon: in canonical form. */
static uint64_t key_of(const char *link, const char *canon)
{
	return address_key(str_of(link), str_of(canon));
}

static int key_as(const char *link, struct str id, enum receipt_id_form form,
		  uint64_t *key)
{
	char canon[RECEIPT_ID_MAX];
	int rc = form == RECEIPT_ID_SAME ? receipt_id_canon(id, canon)
					 : receipt_id_as(id, form, canon);

	if (rc == 0)
		*key = key_of(link, canon);
	return rc;
}

void receipts_await(struct live *l, int64_t until_ms)
{
	must(l->place == LIVE_NOWHERE);
	l->place = LIVE_RECEIPT;
	l->receipt.until_ms = until_ms;
	l->receipt.key = 0;
	l->receipt.delivered = l->receipt.failed = 0;
	l->receipt.asked = 0;
	l->receipt.keys =
		l->parts > 1 ? mem_array(l->parts, sizeof(uint64_t)) : NULL;
}

static uint64_t *part_key(struct live *l, unsigned part)
{
	return l->receipt.keys == NULL ? &l->receipt.key
				       : &l->receipt.keys[part];
}

/* Was its receipt here before its id? In any of the forms it may have. */
static struct held *early_of(struct receipts *r, const struct lane *lane,
			     struct str id)
{
	/* a response's hex id may come back decimal: the same conversion */
	static const enum receipt_id_form forms[] = { RECEIPT_ID_SAME,
						      RECEIPT_ID_HEX_TO_DEC,
						      RECEIPT_ID_DEC_TO_HEX };
	unsigned n = lane->id_form == LANE_ID_SAME ? 1 : ARRAY_LEN(forms);
	uint64_t key;

	for (unsigned i = 0; i < n && map_len(r->strays) > 0; i++) {
		struct held *h;

		if (key_as(lane->name, id, forms[i], &key) != 0)
			continue;
		h = map_ptr(r->strays, key);
		if (h != NULL)
			return h;
	}
	return NULL;
}

bool receipts_expect(struct receipts *r, const struct lane *lane,
		     struct live *l, unsigned part, struct str peer_id,
		     struct early *early)
{
	uint64_t key;
	struct held *h;

	must(l->place == LIVE_RECEIPT && part < MAX(l->parts, 1));
	if (key_as(lane->name, peer_id, RECEIPT_ID_SAME, &key) != 0)
		return false; /* no id: its receipt cannot be matched */
	*part_key(l, part) = key;
	map_set(r->map, key, l->id);
	h = early_of(r, lane, peer_id);
	if (h == NULL)
		return false;
	*early = h->early;
	store_append(r->core->store, RECORD_STRAY_END, h->early.id,
		     STR("matched"));
	held_free(r, h);
	return true;
}

static struct live *match_key(struct receipts *r, uint64_t key, unsigned *part)
{
	uint64_t id;
	struct live *l;

	if (!map_get(r->map, key, &id))
		return NULL;
	l = lives_find(&r->core->lives, id);
	must(l != NULL && l->place == LIVE_RECEIPT);
	for (unsigned i = 0; i < MAX(l->parts, 1); i++) {
		if (*part_key(l, i) == key) {
			*part = i;
			return l;
		}
	}
	return NULL;
}

static const enum receipt_id_form form_of[] = {
	[LANE_ID_SAME] = RECEIPT_ID_SAME,
	[LANE_ID_HEX_DEC] = RECEIPT_ID_HEX_TO_DEC,
	[LANE_ID_DEC_HEX] = RECEIPT_ID_DEC_TO_HEX,
};

struct live *receipts_match(struct receipts *r, struct lane *lane,
			    struct str peer_id, unsigned *part)
{
	unsigned first = LANE_ID_SAME, last = LANE_ID_DEC_HEX;
	uint64_t key, same = 0;

	must(r != NULL && lane != NULL && part != NULL);
	if (lane->id_form != LANE_ID_UNKNOWN)
		first = last = lane->id_form;
	IGNORE(key_as(lane->name, peer_id, RECEIPT_ID_SAME, &same));
	for (unsigned f = first; f <= last; f++) {
		struct live *l;

		if (key_as(lane->name, peer_id, form_of[f], &key) != 0)
			continue;
		l = match_key(r, key, part);
		if (l == NULL)
			continue;
		/* "7" reads the same in every form: nothing is learned */
		if (f != LANE_ID_SAME || peer_id.len > 2)
			lane->id_form = (enum receipt_form)f;
		return l;
	}
	return NULL;
}

struct str receipts_response_id(const struct lane *lane, struct str peer_id,
				char out[RECEIPT_ID_MAX])
{
	must(lane != NULL && out != NULL);
	if (lane->id_form != LANE_ID_HEX_DEC &&
	    lane->id_form != LANE_ID_DEC_HEX)
		return peer_id;
	if (receipt_id_as(peer_id, form_of[lane->id_form], out) != 0)
		return peer_id;
	return str_of(out);
}

void receipts_forget(struct receipts *r, struct live *l)
{
	struct kept *k = map_ptr(r->kept, l->id);

	if (k != NULL) {
		kept_free(k);
		IGNORE(map_del(r->kept, l->id, NULL));
	}
	if (l->place != LIVE_RECEIPT)
		return;
	for (unsigned i = 0; i < MAX(l->parts, 1); i++) {
		uint64_t key = *part_key(l, i), id;

		if (key != 0 && map_get(r->map, key, &id) && id == l->id)
			IGNORE(map_del(r->map, key, NULL));
	}
	mem_free(l->receipt.keys);
	l->receipt.keys = NULL;
	l->place = LIVE_NOWHERE;
}

static struct held *hold(struct receipts *r, uint64_t key,
			 const struct early *s)
{
	struct held *h = map_ptr(r->strays, key);

	if (h != NULL) { /* repeated: the last word counts */
		store_append(r->core->store, RECORD_STRAY_END, h->early.id,
			     STR("replaced"));
		held_free(r, h);
	}
	h = mem_new(struct held);
	h->key = key;
	h->early = *s;
	list_append(&r->order, &h->node);
	map_set_ptr(r->strays, key, h);
	return h;
}

int receipts_stray(struct receipts *r, const struct lane *lane,
		   const struct receipt *in)
{
	struct early s = {
		.state = in->state,
		.peer_status = in->peer_status,
		.at_ms = core_wall_ms(r->core),
	};
	struct stray record;
	struct buf b = { 0 };
	uint64_t key;

	if (key_as(lane->name, in->peer_id, RECEIPT_ID_SAME, &key) != 0)
		return -EBADMSG;
	if (map_len(r->strays) >= STRAYS_MAX)
		return -ENOSPC;
	s.id = id_next(&r->core->ids, s.at_ms);
	IGNORE(str_copy(s.reason, sizeof(s.reason), str_first(in->reason, 31)));
	hold(r, key, &s);
	record = (struct stray){ s.at_ms,       s.state,
				 s.peer_status, str_of(lane->name),
				 in->peer_id,   str_of(s.reason) };
	buf_init(&b, 1024);
	stray_encode(&record, &b);
	store_append(r->core->store, RECORD_STRAY, s.id, buf_str(&b));
	buf_done(&b);
	return 0;
}

void receipts_recover(struct receipts *r, uint64_t id, struct str bytes)
{
	struct stray record;
	struct early s = { .id = id };
	char name[64];
	uint64_t key;

	if (stray_decode(bytes, &record) != 0 ||
	    str_copy(name, sizeof(name), record.link) != 0 ||
	    str_copy(s.reason, sizeof(s.reason), record.reason) != 0 ||
	    key_as(name, record.peer_id, RECEIPT_ID_SAME, &key) != 0)
		return;
	s.at_ms = record.at_ms;
	s.state = record.state;
	s.peer_status = record.peer_status;
	hold(r, key, &s);
}

void receipts_tick(struct receipts *r)
{
	int64_t before = core_wall_ms(r->core) - r->core->cfg->stray_ms;

	LIST_EACH_SAFE (it, &r->order) {
		struct held *h = LIST_ITEM(it, struct held, node);

		if (h->early.at_ms > before)
			return;
		store_append(r->core->store, RECORD_STRAY_END, h->early.id,
			     STR("too_old"));
		held_free(r, h);
	}
}

size_t receipts_strays(const struct receipts *r)
{
	return map_len(r->strays);
}
