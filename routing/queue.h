/* Waiting work of one pool: ten lists by priority, each by time of entry. */
#pragma once

#include "routing/router.h"

#define QUEUE_PRIORITIES 10

struct queue {
	struct list lists[QUEUE_PRIORITIES];
	uint16_t busy; /* a bit for each list that holds something */
	size_t len;
};

/* How urgent: the smaller level first, then who came first. */
struct urgency {
	unsigned level;
	uint64_t enq_us;
};

/* A walk over the waiting items, most urgent first. */
struct queue_walk {
	struct list *at[QUEUE_PRIORITIES];
	uint16_t open;
	uint64_t now_us, boost_us;
};

void queue_init(struct queue *q);
void queue_put(struct queue *q, struct route_item *item, bool head);
void queue_remove(struct queue *q, struct route_item *item);
/* Is the item in a queue at all? */
bool queue_holds(const struct route_item *item);
uint64_t queue_age_us(const struct queue *q, uint64_t now_us);

/*
 * Each boost_us of waiting counts as one level, down to level 1. Level 0 is
 * for alerts: no age reaches it, or a backlog would stand before them.
 */
struct urgency urgency_of(const struct route_item *item, uint64_t now_us,
			  uint64_t boost_us);
/* When it will count as one level more by itself; UINT64_MAX: never. */
uint64_t urgency_next_us(const struct route_item *item, uint64_t now_us,
			 uint64_t boost_us);
bool urgency_before(struct urgency a, struct urgency b);

void queue_walk(const struct queue *q, struct queue_walk *w, uint64_t now_us,
		uint64_t boost_us);
struct route_item *queue_walk_next(const struct queue *q, struct queue_walk *w);
/* Leaves out the rest of one priority. */
void queue_walk_close(struct queue_walk *w, unsigned priority);
