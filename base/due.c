/* A timer for the first of what is due. */
#include "base/due.h"

#include "base/must.h"

enum { WAIT_MIN_MS = 10, WAIT_MAX_MS = 60000 };

void due_arm(struct loop_timer *t, const struct heap *due, int64_t now_ms)
{
	must(t != NULL && due != NULL);
	const struct heap_node *n = heap_first(due);
	int64_t wait = n == NULL ? WAIT_MAX_MS : (int64_t)n->key - now_ms;

	if (wait < WAIT_MIN_MS)
		wait = WAIT_MIN_MS;
	if (wait > WAIT_MAX_MS)
		wait = WAIT_MAX_MS;
	loop_timer_set(t, (uint64_t)wait);
}
