/* The gateway's own struct, for the files that are its parts. */
#pragma once

#include "base/stats.h"
#include "gateway/core.h"
#include "gateway/hear.h"
#include "gateway/idempotency.h"
#include "gateway/lane.h"
#include "gateway/people.h"
#include "gateway/uptime.h"

struct gateway {
	struct core core;
	struct lanes lanes;
	struct gateway_env env;
	struct idempotency *keys;
	struct people *people;
	struct hear *hear;
	struct uptime *uptime;
	struct loop_hook *hook;
	struct loop_timer *tick, *wake;
	bool storing; /* the channels may hand up: the store keeps up */
	unsigned closing;
	void (*closed)(void *owner);
	void *closed_owner;
	void (*opened)(void *owner, unsigned link); /* gateway_on_link */
	void *opened_owner;
	struct stat *s_live[MESSAGE_STATES], *s_owed, *s_strays, *s_bytes;
};

/* A section of a reloaded file: a new link, or other settings of one there
 * is (it drains, and opens anew), or the same (only its rate). Faults say
 * what could not be done. */
void links_take(struct gateway *g, const struct channel_ops *ops,
		const struct section *s, const struct section *old,
		struct faults *faults);
/* Links of that channel which the file does not name any more close. */
void links_drop(struct gateway *g, const struct channel_ops *ops,
		const struct settings *fresh);
/* One of the things a closing gateway waits for is done. */
void gateway_one_closed(void *gateway);
/* Makes (start false), then opens every link of the settings. */
MUST_USE int links_each(struct gateway *g, bool start, struct err *err);
