/* Ids of inbound messages, oldest first, and whose they are. */
#include "gateway/answers.h"

#include "base/id.h"
#include "base/list.h"
#include "base/map.h"
#include "base/mem.h"
#include "model/address.h"

/* More: the oldest is forgotten. */
#define ANSWERS_MAX 100000

struct asked {
	struct list node;
	uint64_t id;
	uint64_t whose; /* address_key */
};

struct answers {
	struct map *map; /* id -> struct asked * */
	struct list order;
};

struct answers *answers_new(void)
{
	struct answers *a = mem_new(struct answers);

	a->map = map_new();
	list_init(&a->order);
	return a;
}

static void forget(struct answers *a, struct asked *x)
{
	list_remove(&x->node);
	IGNORE(map_del(a->map, x->id, NULL));
	mem_free(x);
}

void answers_free(struct answers **ap)
{
	struct answers *a = TAKE(*ap);

	if (a == NULL)
		return;
	LIST_EACH_SAFE (it, &a->order)
		forget(a, LIST_ITEM(it, struct asked, node));
	map_free(&a->map);
	mem_free(a);
}

void answers_note(struct answers *a, const struct inbound *in)
{
	must(a != NULL && in != NULL);
	bool nobody = str_eqz(in->tenant, "*");
	struct asked *x = map_ptr(a->map, in->id);

	if (x != NULL)
		return;
	if (map_len(a->map) >= ANSWERS_MAX)
		forget(a, LIST_ITEM(a->order.next, struct asked, node));
	x = mem_new(struct asked);
	x->id = in->id;
	x->whose = address_key(nobody ? STR_NONE : in->tenant, in->from);
	list_append(&a->order, &x->node);
	map_set_ptr(a->map, x->id, x);
}

bool answers_is(const struct answers *a, uint64_t id, struct str tenant,
		struct str address)
{
	must(a != NULL);
	const struct asked *x = map_ptr(a->map, id);

	return x != NULL && (x->whose == address_key(tenant, address) ||
			     x->whose == address_key(STR_NONE, address));
}

void answers_tick(struct answers *a, int64_t now_ms)
{
	must(a != NULL);
	LIST_EACH_SAFE (it, &a->order) {
		struct asked *x = LIST_ITEM(it, struct asked, node);

		if (id_wall_ms(x->id) > now_ms - ANSWERS_WITHIN_MS)
			return;
		forget(a, x);
	}
}
