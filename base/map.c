/* Map of 64-bit keys to 64-bit values: open addressing, linear probing,
 * deletion by shifting back, so that no slot is ever a tombstone. It grows by
 * half: a table of millions that doubles would be half empty. */
#include "base/map.h"

#include "base/mem.h"

/* Key 0 marks an empty slot; the entry of key 0 itself lives in the map. */
struct map_slot {
	uint64_t key;
	uint64_t value;
};

struct map {
	struct map_slot *slots;
	size_t nslots;
	size_t used; /* slots in use; the zero entry is not counted */
	uint64_t seed;
	bool has_zero;
	uint64_t zero_value;
};

enum { MAP_START = 16, MAP_STRIP = 1 << 17 };

struct map *map_new(void)
{
	struct map *m = mem_new(struct map);
	static uint64_t maps;
	uint64_t salt[2] = { (uintptr_t)m,
			     __atomic_add_fetch(&maps, 1, __ATOMIC_RELAXED) };

	/* Of each map its own: the order of one tells nothing about another,
	 * and nobody outside can choose keys that collide. */
	m->seed = str_hash(str_bytes(salt, sizeof(salt)));
	m->slots = mem_array(MAP_START, sizeof(m->slots[0]));
	m->nslots = MAP_START;
	return m;
}

void map_free(struct map **mp)
{
	must(mp != NULL);
	if (*mp == NULL)
		return;
	mem_free((*mp)->slots);
	mem_free(TAKE(*mp));
}

size_t map_len(const struct map *m)
{
	must(m != NULL);
	return m->used + (m->has_zero ? 1 : 0);
}

size_t map_bytes(const struct map *m)
{
	must(m != NULL);
	return sizeof(*m) + m->nslots * sizeof(m->slots[0]);
}

/* The hash, as a fraction of the slots. */
static size_t map_home(const struct map *m, uint64_t key)
{
	unsigned __int128 x =
		(unsigned __int128)(key ^ m->seed) * 0x9e3779b97f4a7c15u;
	uint64_t hash = (uint64_t)x ^ (uint64_t)(x >> 64);

	return (size_t)((unsigned __int128)hash * m->nslots >> 64);
}

static size_t map_after(const struct map *m, size_t i)
{
	return i + 1 < m->nslots ? i + 1 : 0;
}

/* Slots from `from` on to `to`, round the end. */
static size_t map_way(const struct map *m, size_t from, size_t to)
{
	return to >= from ? to - from : to + m->nslots - from;
}

/* The slot of key, or the empty slot where it belongs. */
static struct map_slot *map_find(const struct map *m, uint64_t key)
{
	size_t i = map_home(m, key);

	while (m->slots[i].key != 0 && m->slots[i].key != key)
		i = map_after(m, i);
	return &m->slots[i];
}

static bool map_is_full(size_t used, size_t slots)
{
	return used >= slots / 8 * 7;
}

/* A multiple of 8 again. */
static size_t map_more(size_t slots)
{
	return (slots + slots / 2 + 7) / 8 * 8;
}

static void map_resize(struct map *m, size_t slots)
{
	struct map_slot *old = m->slots;
	size_t n = m->nslots;

	m->slots = mem_array(slots, sizeof(m->slots[0]));
	m->nslots = slots;
	/* Slots keep their order, so the new ones are touched as the old ones
	 * are done: both together take little more than one of them. */
	for (size_t i = 0; i < n; i++) {
		if (old[i].key != 0)
			*map_find(m, old[i].key) = old[i];
		if ((i + 1) % MAP_STRIP == 0)
			mem_part_done(&old[i + 1 - MAP_STRIP],
				      MAP_STRIP * sizeof(old[0]));
	}
	mem_free(old);
}

void map_reserve(struct map *m, size_t n)
{
	size_t slots;

	must(m != NULL && n < SIZE_MAX / 4);
	slots = m->nslots;
	while (map_is_full(n, slots))
		slots = map_more(slots);
	if (slots > m->nslots)
		map_resize(m, slots);
}

void map_set(struct map *m, uint64_t key, uint64_t value)
{
	must(m != NULL);
	if (key == 0) {
		m->has_zero = true;
		m->zero_value = value;
		return;
	}

	struct map_slot *s = map_find(m, key);
	if (s->key == 0) {
		if (map_is_full(m->used, m->nslots)) {
			map_resize(m, map_more(m->nslots));
			s = map_find(m, key);
		}
		s->key = key;
		m->used++;
	}
	s->value = value;
}

bool map_get(const struct map *m, uint64_t key, uint64_t *value)
{
	must(m != NULL && value != NULL);
	if (key == 0) {
		if (m->has_zero)
			*value = m->zero_value;
		return m->has_zero;
	}

	const struct map_slot *s = map_find(m, key);
	if (s->key == 0)
		return false;
	*value = s->value;
	return true;
}

/* Empties slot i and moves back those that were pushed past it. */
static void map_close_gap(struct map *m, size_t gap)
{
	for (size_t i = map_after(m, gap); m->slots[i].key != 0;
	     i = map_after(m, i)) {
		size_t home = map_home(m, m->slots[i].key);
		/* It may move when its home is not in (gap, i]. */
		if (map_way(m, home, i) >= map_way(m, gap, i)) {
			m->slots[gap] = m->slots[i];
			gap = i;
		}
	}
	m->slots[gap] = (struct map_slot){ 0 };
}

bool map_del(struct map *m, uint64_t key, uint64_t *old)
{
	uint64_t value;

	must(m != NULL);
	if (!map_get(m, key, &value))
		return false;
	if (old != NULL)
		*old = value;
	if (key == 0) {
		m->has_zero = false;
		return true;
	}
	map_close_gap(m, (size_t)(map_find(m, key) - m->slots));
	m->used--;
	return true;
}

void map_set_ptr(struct map *m, uint64_t key, void *p)
{
	map_set(m, key, (uintptr_t)p);
}

void *map_ptr(const struct map *m, uint64_t key)
{
	uint64_t value;

	return map_get(m, key, &value) ? (void *)(uintptr_t)value : NULL;
}

/* Position 0 is the zero entry, position i + 1 is slot i. */
bool map_next(const struct map *m, size_t *pos, uint64_t *key, uint64_t *value)
{
	must(m != NULL && pos != NULL && key != NULL && value != NULL);
	if (*pos == 0) {
		*pos = 1;
		if (m->has_zero) {
			*key = 0;
			*value = m->zero_value;
			return true;
		}
	}
	while (*pos <= m->nslots) {
		const struct map_slot *s = &m->slots[*pos - 1];
		(*pos)++;
		if (s->key != 0) {
			*key = s->key;
			*value = s->value;
			return true;
		}
	}
	return false;
}
