/* Steps that wait for the store, and where they lead back to. */
#include "model/unsaved.h"

#include <string.h>

#include "base/mem.h"

bool unsaved_answered(struct unsaved *u, int rc, const void *before,
		      size_t size)
{
	must(u != NULL && u->steps > 0 && before != NULL);
	u->steps--;
	if (rc == 0) {
		/* a row is the whole: what failed before it is in it */
		mem_free(u->first);
		u->first = NULL;
		return false;
	}
	if (u->first == NULL) {
		u->first = mem_alloc(size);
		memcpy(u->first, before, size);
	}
	return u->steps == 0;
}

void unsaved_done(struct unsaved *u)
{
	must(u != NULL);
	mem_free(u->first);
	u->first = NULL;
}

/* ---- objects of a room -------------------------------------------------------- */

struct before {
	bool nothing; /* it was not there */
	_Alignas(max_align_t) char was[];
};

struct guard {
	const struct unsaved_ops *ops;
	void *room;
	const struct map *all;
	uint64_t id;
	struct before *before;
};

static struct unsaved *unsaved_of(const struct unsaved_ops *ops, void *x)
{
	return (struct unsaved *)((char *)x + ops->unsaved);
}

static size_t before_size(const struct unsaved_ops *ops)
{
	return sizeof(struct before) + ops->size;
}

static void answer(const struct guard *g, void *x, int rc)
{
	const struct unsaved_ops *ops = g->ops;
	struct unsaved *u = unsaved_of(ops, x);
	bool back = unsaved_answered(u, rc, g->before, before_size(ops));
	const struct before *first = u->first;

	if (back && first->nothing) {
		ops->forget(g->room, x);
	} else if (back) {
		ops->back(g->room, x, first->was);
		unsaved_done(u);
	} else if (u->steps == 0 && ops->over != NULL && ops->over(x)) {
		ops->forget(g->room, x);
	}
}

static void on_stored(void *owner, int rc)
{
	struct guard *g = owner;
	void *x = map_ptr(g->all, g->id);

	if (x != NULL)
		answer(g, x, rc);
	mem_free(g->before);
	mem_free(g);
}

void unsaved_guard(struct store *s, const struct unsaved_ops *ops, void *room,
		   const struct map *all, uint64_t id, const void *was)
{
	must(s != NULL && ops != NULL && room != NULL && all != NULL);
	void *x = map_ptr(all, id);
	struct guard *g = mem_new(struct guard);

	must(x != NULL);
	*g = (struct guard){ ops, room, all, id, mem_zalloc(before_size(ops)) };
	g->before->nothing = was == NULL;
	if (was != NULL)
		memcpy(g->before->was, was, ops->size);
	unsaved_step(unsaved_of(ops, x));
	store_then(s, on_stored, g);
}
