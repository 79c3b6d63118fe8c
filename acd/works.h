/* Work of a desk: what waits, for whom it is reserved, and how it ends. */
#pragma once

#include "acd/agents.h"
#include "acd/desk.h"
#include "base/map.h"

#define DESK_MAGIC 0x4445534bu
#define WORK_MAGIC 0x574f524bu
#define WORK_NUMBER 32

enum work_state {
	WORK_QUEUED,
	WORK_OFFERED, /* reserved; the agent is asked */
	WORK_JOINING, /* the agent is there, the customer is dialled */
	WORK_BRIDGED, /* both are there */
	WORK_STATE_COUNT
};

struct work {
	uint32_t magic;
	struct route_item item; /* its node keeps a free slot, too */
	struct fsm_run fsm;
	enum work_kind kind;
	unsigned queue;
	uint64_t id;
	uint64_t message;
	uint64_t customer, phone; /* legs; 0: none */
	uint64_t reservation;
	uint64_t waited_us; /* until it was reserved */
	struct agent *agent;
	bool adopted; /* another room's: its item is there */
	char number[WORK_NUMBER];
};

struct desk {
	uint32_t magic;
	struct desk_cfg cfg;
	struct agents agents;
	struct desk_queue *queues;
	int *pools; /* by queue */
	unsigned queues_n;
	struct work *works;
	struct list spare;
	struct map *legs; /* leg -> work */
	uint64_t last_id;
};

void works_init(struct desk *d);
void works_done(struct desk *d); /* all must have ended */
/* -ENOSPC; -EINVAL when the number is too long. */
MUST_USE int works_new(struct desk *d, enum work_kind k, unsigned queue,
		       struct str number, uint64_t enq_us, struct work **out);
/* Waits from now on. -ENOSPC: the queue is full and the work is gone. */
MUST_USE int works_queue(struct desk *d, struct work *w);
void works_join(struct desk *d, struct work *w, struct agent *a,
		uint64_t reservation);
/* Without its agent, to its old place. Its phone leg must be gone. */
void works_back(struct desk *d, struct work *w, enum call_end why);
/* Its legs must be gone. */
void works_end(struct desk *d, struct work *w, enum work_end e);
