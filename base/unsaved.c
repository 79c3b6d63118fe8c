/* Steps that wait for the store, and where they lead back to. */
#include "base/unsaved.h"

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
