/*
 * How many customers there are, and how many of them may be advertised to, by
 * branch and tier (K-10, K-58): counted at the first look of each day, and of
 * each start, page by page.
 *
 * "contact.active": n are active contacts, sum those of them with a marketing
 * consent in date. "contact.line": the same for each business line, its detail,
 * that a consent of the tenant's has named. A month has what was counted last
 * in it: each count puts the difference to what the month had, all of it in one
 * batch, so that a count that was cut off changes nothing and one done twice
 * changes no more.
 */
#pragma once

#include "base/loop.h"
#include "gateway/gateway.h"

struct headcount;

struct headcount_env {
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
};

void headcount_open(struct headcount **out, const struct headcount_env *env);
/* Before the gateway closes. h may be NULL. */
void headcount_stop(struct headcount *h);
/* After the store. */
void headcount_close(struct headcount **hp);

/* Counts, if it was not done on this day; its own timer calls it. */
void headcount_tick(struct headcount *h);
/* Is it counting? For tests. */
bool headcount_busy(const struct headcount *h);
