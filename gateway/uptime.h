/*
 * What links were good for (K-08): once a minute the seconds that each was up
 * of those that passed, the parts that it sent of those that its rate allows,
 * and how long its peers took to answer. Counted in memory as it happens, put
 * by the minute and at the end: a kill loses no more than a minute of it.
 *
 * "link.window" n seconds, sum those up; "link.room" n parts allowed, sum sent
 * (links with a rate); "link.took" n answers, sum ms; detail: the link. And
 * "link.answer", as link.took; detail: the bound of the time. Of no tenant.
 */
#pragma once

#include "gateway/lane.h"

#define UPTIME_PUT_MS 60000

struct uptime;

struct uptime *uptime_new(struct core *core);
void uptime_free(struct uptime **up);
/* Once a second. */
void uptime_tick(struct uptime *u);
/* What is counted and not put yet, with the open batch. */
void uptime_put(struct uptime *u);
