/* Reservations that are out: numbered slots whose generation tells a late
 * answer from a present one. */
#include "routing/reservation.h"

#include "base/mem.h"

#define SLOT_NONE UINT32_MAX

void slots_init(struct slots *s)
{
	must(s != NULL);
	*s = (struct slots){ .free = SLOT_NONE };
}

void slots_done(struct slots *s)
{
	must(s != NULL);
	mem_free(s->v);
	s->v = NULL;
}

static uint32_t slots_room(struct slots *s)
{
	uint32_t at = s->free;

	if (at != SLOT_NONE) {
		s->free = s->v[at].next;
		return at;
	}
	if (s->len == s->cap) {
		must(s->cap < SLOT_NONE / 2);
		s->cap = MAX(64u, 2 * s->cap);
		s->v = mem_resize(s->v, s->cap * sizeof(*s->v));
	}
	s->v[s->len] = (struct slot){ .generation = 1, .target = -1 };
	return s->len++;
}

uint64_t slots_put(struct slots *s, struct route_item *item, int target,
		   unsigned cost)
{
	must(s != NULL && item != NULL && target >= 0);
	uint32_t at = slots_room(s);
	struct slot *slot = &s->v[at];

	slot->item = item;
	slot->target = target;
	slot->cost = cost;
	s->live++;
	return (uint64_t)slot->generation << 32 | at;
}

struct slot *slots_get(const struct slots *s, uint64_t id)
{
	must(s != NULL);
	uint32_t at = (uint32_t)id;

	if (at >= s->len || s->v[at].target < 0 ||
	    s->v[at].generation != (uint32_t)(id >> 32))
		return NULL;
	return &s->v[at];
}

void slots_drop(struct slots *s, struct slot *slot)
{
	must(s != NULL && slot != NULL && slot->target >= 0);
	slot->target = -1;
	slot->item = NULL;
	slot->generation = MAX(slot->generation + 1, 1u); /* 0: never an id */
	slot->next = s->free;
	s->free = (uint32_t)(slot - s->v);
	s->live--;
}
