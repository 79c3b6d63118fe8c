/* Counts by address, of this hour alone. */
#include "care/hourly.h"

#include "base/map.h"
#include "base/mem.h"
#include "model/address.h"

#define HOUR_MS 3600000

struct hourly {
	const struct clock_ops *clock;
	size_t people;
	struct map *told; /* address_key -> answers within this hour */
	int64_t hour;
};

struct hourly *hourly_new(const struct clock_ops *clock, size_t people)
{
	must(clock != NULL);
	struct hourly *h = mem_new(struct hourly);

	h->clock = clock;
	h->people = people;
	h->told = map_new();
	return h;
}

void hourly_free(struct hourly **hp)
{
	struct hourly *h = TAKE(*hp);

	if (h == NULL)
		return;
	map_free(&h->told);
	mem_free(h);
}

bool hourly_take(struct hourly *h, struct str address, unsigned most)
{
	must(h != NULL);
	uint64_t key = address_key(STR_NONE, address), n = 0;
	int64_t hour = clock_wall_ms(h->clock) / HOUR_MS;

	if (hour != h->hour || map_len(h->told) >= h->people) {
		map_free(&h->told);
		h->told = map_new();
		h->hour = hour;
	}
	IGNORE(map_get(h->told, key, &n));
	if (n >= most)
		return false;
	map_set(h->told, key, n + 1);
	return true;
}
