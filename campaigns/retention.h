/*
 * What people said and what happened to them is kept as long as the settings
 * say, then it goes: of business events the whole row; of surveys whom
 * was asked, in what words they answered and what the question was filled in
 * with. Scores stay, and so do the sums that results and reports read.
 * Reminders lose their text by themselves, when they have ended.
 */
#pragma once

#include "campaigns/reminders.h"
#include "campaigns/surveys.h"

struct retention;

struct retention_env {
	struct loop *loop;
	const struct clock_ops *clock;
	struct store *store;
	struct surveys *surveys;
	const struct events_cfg *events; /* live as long */
	const struct surveys_cfg *surveys_cfg;
};

void retention_open(struct retention **out, const struct retention_env *env);
/* Before the gateway closes. r may be NULL. */
void retention_stop(struct retention *r);
/* After the store. */
void retention_close(struct retention **rp);

/* Starts a round, if none is under way; its own timer calls it. */
void retention_tick(struct retention *r);
/* Is a round under way? For tests. */
bool retention_busy(const struct retention *r);
