/* Targets: links and agents, with what they can take now as a bitmap. */
#pragma once

#include "base/heap.h"
#include "base/limit.h"
#include "routing/bits.h"
#include "routing/router.h"
#include "routing/skill.h"

#define TARGETS_MAX 4096u
#define HEALTH_FLOOR 10u /* below it only a probe goes through */

enum target_presence {
	TARGET_ABSENT,
	TARGET_PRESENT,
	TARGET_LEAVING, /* removed, but reservations are still out */
};

struct target {
	struct heap_node due; /* when the state ends by itself */
	enum target_state then;
	enum target_state state;
	enum target_presence presence;
	unsigned cap, used, cost, health;
	unsigned live; /* reservations */
	struct limit limit;
	uint64_t handled;
	uint64_t hash; /* of the name: the same on every start */
	uint64_t *pools;
	char *name;
	void *owner;
};

struct targets {
	struct target *v;
	/* Read for every candidate of a decision, so they lie together. */
	uint64_t *idle_us; /* since when, by target */
	uint8_t *share;    /* percent of its weight it gets now, by target */
	uint64_t *free;    /* up, healthy and with a place */
	uint64_t *rated;   /* has a token bucket */
	unsigned max, n, words; /* n: above the highest number in use */
	struct heap due;
	struct dict *by_name;
	struct skills skills;
};

void targets_init(struct targets *ts, unsigned max, unsigned skills,
		  unsigned pools);
void targets_done(struct targets *ts);
int targets_add(struct targets *ts, const struct target_cfg *cfg,
		uint64_t now_us);
void targets_remove(struct targets *ts, unsigned i);
/* NULL unless it is present. */
struct target *targets_get(const struct targets *ts, int i);
/* A target whose state ended by itself and was changed, or -1. */
int targets_due(struct targets *ts, uint64_t now_us);

/* Call after every change of what makes a target free. */
void target_refresh(struct targets *ts, unsigned i);
void target_enter(struct targets *ts, unsigned i, enum target_state s,
		  uint64_t now_us);
void target_rate(struct targets *ts, unsigned i, double rate, double burst,
		 uint64_t now_us);
bool target_places(const struct target *t, unsigned cost);
void target_take(struct targets *ts, unsigned i, unsigned cost,
		 uint64_t now_us);
/* done: it counts as handled; else it never happened and its tokens return. */
void target_give(struct targets *ts, unsigned i, unsigned cost, bool done,
		 uint64_t now_us);

/* An empty bucket is told apart from a full one without a call. */
static inline uint64_t target_wait_us(const struct target *t, unsigned cost,
				      uint64_t now_us)
{
	if (t->limit.tokens >= cost)
		return 0; /* they only grow with time */
	return limit_wait_us(&t->limit, cost, now_us);
}
