/* The timer of a room rings for the first of all that is due in it. */
#pragma once

#include "base/heap.h"
#include "base/loop.h"

/* Keys of the heap are wall ms. t may be NULL: the room has stopped. */
void wake_set(struct loop_timer *t, const struct heap *due, int64_t now_ms);
