/* Pools: which targets work may go to, when each opens, and what waits. */
#pragma once

#include "routing/queue.h"
#include "routing/target.h"

struct member {
	int64_t current; /* of the smooth weighted round robin */
	uint64_t after_us;
	uint32_t weight;
	uint32_t order;
};

struct pool {
	char *name;
	enum strategy strategy;
	size_t max_len;
	struct queue queue;
	struct member *m; /* by target */
	unsigned m_len;
	uint32_t next_order;
	unsigned late_n;
	uint64_t *members;
	uint64_t *late; /* members with after_us */
	uint64_t *can;  /* result of pool_candidates */
	/* Nothing could be joined; nothing will before this time unless a
	 * call changes something. Only while the router has it blocked. */
	uint64_t blocked_until_us;
};

/* One question to a pool: who can take this item now? */
struct ask {
	const struct route_item *item;
	uint64_t now_us;
	/* An older item was refused: only members that were not open to it
	 * may be used, or it would wait for ever. 0: none was. */
	uint64_t refused_us;
	unsigned refused_cost; /* the largest */
	uint64_t wake_us; /* lowered to when time alone may change the answer */
};

void pool_init(struct pool *p, const char *name, enum strategy s,
	       size_t max_len, unsigned targets);
void pool_done(struct pool *p);
void pool_target(struct pool *p, unsigned target, unsigned weight,
		 uint64_t after_us);
void pool_clear(struct pool *p);
/* Fills p->can; false when nobody can. */
bool pool_candidates(struct pool *p, const struct targets *ts, struct ask *a);

uint64_t item_waited_us(const struct route_item *item, uint64_t now_us);
unsigned item_cost(const struct route_item *item);
/* Any open target of the pool would do. */
bool item_is_plain(const struct route_item *item);
