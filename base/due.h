/* A timer for the first of what is due: heaps whose keys are wall times, ms. */
#pragma once

#include <stdint.h>

#include "base/heap.h"
#include "base/loop.h"

/* Sets t for the first of due, 10 ms from now at the least and a minute at the
 * most, since the wall clock may jump. For whoever puts something in front,
 * and after each look at what is due. */
void due_arm(struct loop_timer *t, const struct heap *due, int64_t now_ms);
