/*
 * An object that changes by steps, each a row of the whole in a batch of the
 * store that may fail. Several may be on their way, in one batch or in two:
 * once all are answered, the object is what the last one that was stored made
 * of it, or what it was before the first of those that were not.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/map.h"
#include "base/must.h"
#include "model/store.h"

/* Zero at the start. */
struct unsaved {
	unsigned steps; /* not answered yet */
	void *first;    /* before the first that failed; NULL: none did */
};

static inline void unsaved_step(struct unsaved *u)
{
	must(u != NULL);
	u->steps++;
}

/*
 * One was answered with rc; before, size bytes, is what the object was then.
 * true: it was the last one, and none since the last success was stored: the
 * object goes back to *first, of that size, and unsaved_done follows.
 */
bool unsaved_answered(struct unsaved *u, int rc, const void *before,
		      size_t size);
void unsaved_done(struct unsaved *u);

/* What a room does with the objects that it holds. `room` is its own; x is one
 * of them. */
struct unsaved_ops {
	size_t unsaved; /* where an object has its struct unsaved */
	size_t size;    /* of what changes */
	/* To what it was; x is left to the room, all but its steps. */
	void (*back)(void *room, void *x, const void *was);
	/* It never was, or is over and stored: freed. */
	void (*forget)(void *room, void *x);
	/* NULL: none is forgotten for that. */
	bool (*over)(const void *x);
};

/*
 * A step of the object that `all` has under id is in the open batch of s.
 * was: what it was before, copied; NULL: it was not there. The room and all
 * outlive the batch; the object need not.
 */
void unsaved_guard(struct store *s, const struct unsaved_ops *ops, void *room,
		   const struct map *all, uint64_t id, const void *was);
