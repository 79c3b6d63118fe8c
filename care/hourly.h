/* So many answers to one address within an hour: two systems that answer each
 * other are not kept going. Kept in memory. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/str.h"

struct hourly;

/* people: addresses that are counted; more: all are counted anew. */
struct hourly *hourly_new(const struct clock_ops *clock, size_t people);
void hourly_free(struct hourly **hp);
/* One more to that address, if it has had less than most in this hour. */
bool hourly_take(struct hourly *h, struct str address, unsigned most);
