/*
 * The inbox by the clock: what waits too long for an answer is told of once,
 * in hours in which people work; who writes while nobody does hears that it is
 * here, once a night.
 */
#pragma once

#include "base/clock.h"
#include "base/loop.h"
#include "care/cases.h"
#include "care/unanswered.h"

struct inbox;

struct inbox_env {
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
	struct unanswered *unanswered;   /* what waits */
	const struct cases_cfg *cfg;     /* inbox_*; lives as long */
	const struct settings *settings; /* work_hours; live as long */
};

void inbox_open(struct inbox **out, const struct inbox_env *env);
void inbox_stop(struct inbox *i);    /* before the gateway closes */
void inbox_close(struct inbox **ip); /* after the store */

/* Of each message, with its claim, in its batch. */
void inbox_heard(struct inbox *i, const struct inbound *in);
/* Does what is due; its own timer calls it. */
void inbox_tick(struct inbox *i);
