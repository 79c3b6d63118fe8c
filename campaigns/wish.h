/* What campaigns find that a person must be called about. Who makes calls of
 * it stands above, and hands in this table. */
#pragma once

#include "base/str.h"

#define CALL_WHY 32

/* Views. */
struct call_wish {
	struct str tenant, to;
	struct str queue;   /* "": as they have it */
	struct str ref;     /* the reminder, the event */
	const char *source; /* "reminder", "missed_call" */
	bool propose;       /* only if the customer says yes */
	struct str lang;    /* theirs, as far as the event says it */
};

struct call_wishes {
	/* In the open batch. 0; -ENOSPC: not now, there is no room; -EPERM:
	 * the gate refuses, why is its reason; -EINVAL. Logged. */
	int (*wish)(void *owner, const struct call_wish *w, char why[CALL_WHY]);
	/* Nobody need call them for ref any more, in the open batch; a call
	 * that is about something else, too, or in somebody's hands, stays. */
	void (*unwish)(void *owner, struct str tenant, struct str to,
		       struct str ref);
	void *owner;
};
