/* Dict of text keys to pointers: the second half of base/map.h. */
#include "base/map.h"

#include "base/mem.h"

/* key NULL marks an empty slot. */
struct dict_slot {
	uint64_t hash;
	char *key;
	size_t len;
	void *value;
};

struct dict {
	struct dict_slot *slots;
	size_t mask;
	size_t used;
};

enum { DICT_START = 16 };

struct dict *dict_new(void)
{
	struct dict *d = mem_new(struct dict);

	d->slots = mem_array(DICT_START, sizeof(d->slots[0]));
	d->mask = DICT_START - 1;
	return d;
}

void dict_free(struct dict **dp)
{
	must(dp != NULL);

	struct dict *d = TAKE(*dp);
	if (d == NULL)
		return;
	for (size_t i = 0; i <= d->mask; i++)
		mem_free(d->slots[i].key);
	mem_free(d->slots);
	mem_free(d);
}

size_t dict_len(const struct dict *d)
{
	must(d != NULL);
	return d->used;
}

static struct str dict_slot_key(const struct dict_slot *s)
{
	return (struct str){ s->key, s->len };
}

static struct dict_slot *dict_find(const struct dict *d, uint64_t hash,
				   struct str key)
{
	size_t i = (size_t)hash & d->mask;

	for (;; i = (i + 1) & d->mask) {
		struct dict_slot *s = &d->slots[i];
		if (s->key == NULL)
			return s;
		if (s->hash == hash && str_eq(dict_slot_key(s), key))
			return s;
	}
}

static void dict_grow(struct dict *d)
{
	struct dict_slot *old = d->slots;
	size_t n = d->mask + 1;

	d->slots = mem_array(n * 2, sizeof(d->slots[0]));
	d->mask = n * 2 - 1;
	for (size_t i = 0; i < n; i++) {
		if (old[i].key != NULL)
			*dict_find(d, old[i].hash, dict_slot_key(&old[i])) =
				old[i];
	}
	mem_free(old);
}

void *dict_set(struct dict *d, struct str key, void *value)
{
	must(d != NULL && value != NULL);

	uint64_t hash = str_hash(key);
	struct dict_slot *s = dict_find(d, hash, key);
	if (s->key != NULL) {
		void *old = s->value;
		s->value = value;
		return old;
	}
	if (d->used >= (d->mask + 1) / 4 * 3) {
		dict_grow(d);
		s = dict_find(d, hash, key);
	}
	*s = (struct dict_slot){ hash, str_z(key), key.len, value };
	d->used++;
	return NULL;
}

void *dict_get(const struct dict *d, struct str key)
{
	must(d != NULL);
	/* An empty slot holds no value. */
	return dict_find(d, str_hash(key), key)->value;
}

/* Empties slot `gap` and moves back those that were pushed past it. */
static void dict_close_gap(struct dict *d, size_t gap)
{
	for (size_t i = (gap + 1) & d->mask; d->slots[i].key != NULL;
	     i = (i + 1) & d->mask) {
		size_t home = (size_t)d->slots[i].hash & d->mask;
		if (((i - home) & d->mask) >= ((i - gap) & d->mask)) {
			d->slots[gap] = d->slots[i];
			gap = i;
		}
	}
	d->slots[gap] = (struct dict_slot){ 0 };
}

void *dict_del(struct dict *d, struct str key)
{
	must(d != NULL);

	struct dict_slot *s = dict_find(d, str_hash(key), key);
	if (s->key == NULL)
		return NULL;

	void *old = s->value;
	mem_free(s->key);
	dict_close_gap(d, (size_t)(s - d->slots));
	d->used--;
	return old;
}

bool dict_next(const struct dict *d, size_t *pos, struct str *key, void **value)
{
	must(d != NULL && pos != NULL && key != NULL && value != NULL);
	while (*pos <= d->mask) {
		const struct dict_slot *s = &d->slots[(*pos)++];
		if (s->key != NULL) {
			*key = dict_slot_key(s);
			*value = s->value;
			return true;
		}
	}
	return false;
}
