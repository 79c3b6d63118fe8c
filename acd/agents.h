/* The agents of a desk: state, intent, skills, and the router's view of it. */
#pragma once

#include "base/clock.h"
#include "base/heap.h"
#include "model/agent.h"
#include "model/call.h"
#include "routing/router.h"

#define AGENT_MAGIC 0x41474e54u

struct agent {
	uint32_t magic;
	struct heap_node due;
	struct fsm_run fsm;
	enum agent_intent intent;
	unsigned misses; /* in a row */
	int target;
	void *work; /* what is reserved, until the wrap-up */
	char *name, *phone;
	struct agent_skill *skills;
	size_t n;
};

struct agents {
	struct router *router;
	const struct clock_ops *clock;
	struct agent *v;
	unsigned n, max;
	struct heap due;
	int64_t next_expiry_ms; /* of any certificate, wall */
};

void agents_init(struct agents *as, struct router *router,
		 const struct clock_ops *clock, unsigned max);
void agents_done(struct agents *as);
/* -EEXIST, -ENOSPC, -EINVAL (too many skills). */
MUST_USE int agents_add(struct agents *as, const struct agent_cfg *cfg);
struct agent *agents_find(const struct agents *as, const char *name);

/* What the agent wants; applied now or when the present work is over. */
void agents_intend(struct agents *as, struct agent *a, enum agent_intent i);
/* Moves; ms 0: the state's own time. */
void agents_enter(struct agents *as, struct agent *a, enum agent_state s,
		  uint32_t ms);
/* Work was offered in vain: penalty, and a break after three in a row. */
void agents_miss(struct agents *as, struct agent *a, enum call_end why);
/* One whose deadline has come, or NULL. The caller moves it on. */
struct agent *agents_due(const struct agents *as);
/* Takes away skills whose certificate has run out. */
void agents_certify(struct agents *as);
uint64_t agents_wake_us(const struct agents *as);
