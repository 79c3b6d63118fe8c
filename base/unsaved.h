/*
 * An object that changes by steps, each a row of the whole in a batch of the
 * store that may fail. Several may be on their way, in one batch or in two:
 * once all are answered, the object is what the last one that was stored made
 * of it, or what it was before the first of those that were not.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/must.h"

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
