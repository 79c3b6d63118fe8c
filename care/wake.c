/* When a room's timer rings next. */
#include "care/wake.h"

#define WAKE_MIN_MS 10
#define WAKE_MAX_MS 60000 /* the wall clock may jump */

void wake_set(struct loop_timer *t, const struct heap *due, int64_t now_ms)
{
	must(due != NULL);
	const struct heap_node *n = heap_first(due);
	int64_t wait = n == NULL ? WAKE_MAX_MS : (int64_t)n->key - now_ms;

	if (t != NULL)
		loop_timer_set(t, (uint64_t)(wait < WAKE_MIN_MS   ? WAKE_MIN_MS
					     : wait > WAKE_MAX_MS ? WAKE_MAX_MS
								  : wait));
}
