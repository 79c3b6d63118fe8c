/* Time: a monotonic clock for waiting and a wall clock for people. */
#pragma once

#include <stdint.h>

#include "base/must.h"

/*
 * clock_ops: everyone asks this table, nobody asks the system.
 * mono_ms MUST never go back. wall_ms (Unix time, UTC, in ms) MAY jump either
 * way; never use it to measure a wait.
 */
struct clock_ops {
	uint64_t (*mono_ms)(void *owner);
	int64_t (*wall_ms)(void *owner);
	uint64_t (*mono_us)(void *owner);
	void *owner;
};

/* The system's clocks. */
extern const struct clock_ops clock_real;

static inline uint64_t clock_mono_ms(const struct clock_ops *c)
{
	return c->mono_ms(c->owner);
}

static inline uint64_t clock_mono_us(const struct clock_ops *c)
{
	return c->mono_us(c->owner);
}

static inline int64_t clock_wall_ms(const struct clock_ops *c)
{
	return c->wall_ms(c->owner);
}

/* A clock for tests that moves only when told. */
struct clock_hand {
	struct clock_ops ops; /* hand this out */
	uint64_t mono_us;
	int64_t wall_us;
};

void clock_hand_init(struct clock_hand *h, int64_t wall_ms);
void clock_hand_turn(struct clock_hand *h, uint64_t ms); /* both clocks */
void clock_hand_jump(struct clock_hand *h, int64_t ms);  /* wall only */

/* RFC 3339 UTC with milliseconds: "2026-11-22T10:40:00.123Z"; out[32]. */
void clock_rfc3339(int64_t wall_ms, char out[32]);
/* Reads RFC 3339 with Z or an offset. -EBADMSG. */
MUST_USE int clock_parse_rfc3339(const char *s, size_t len, int64_t *wall_ms);
