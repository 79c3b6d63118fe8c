/* The gateway's own struct, for the files that are its parts. */
#pragma once

#include "base/stats.h"
#include "gateway/core.h"
#include "gateway/hear.h"
#include "gateway/idempotency.h"
#include "gateway/lane.h"
#include "gateway/people.h"

struct gateway {
	struct core core;
	struct lanes lanes;
	struct gateway_env env;
	struct idempotency *keys;
	struct people *people;
	struct hear *hear;
	struct loop_hook *hook;
	struct loop_timer *tick, *wake;
	bool storing; /* the channels may hand up: the store keeps up */
	unsigned closing;
	void (*closed)(void *owner);
	void *closed_owner;
	struct stat *s_live[MESSAGE_STATES], *s_owed, *s_strays, *s_bytes;
};

/* Makes (start false), then opens every link of the settings. */
MUST_USE int links_each(struct gateway *g, bool start, struct err *err);
