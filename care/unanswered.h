/*
 * Words of customers that nobody and nothing has answered yet: what stays in
 * the inbox, until a person says something to them, calls them, or says that
 * it is done. Nothing that a customer says is dropped.
 */
#pragma once

#include "gateway/gateway.h"

struct unanswered;

struct unanswered_cfg {
	size_t max;      /* of all tenants; beyond it the oldest give way, with
			  * a line in the log */
	int64_t hold_ms; /* so long somebody has one in hand */
};

/* -EIO. */
MUST_USE int unanswered_open(struct unanswered **out, struct store *store,
			     const struct unanswered_cfg *cfg, struct err *err);
void unanswered_close(struct unanswered **up); /* after the store */

/* Of each message, with its claim, in its batch. */
void unanswered_inbound(struct unanswered *u, const struct inbound *in);
/* A person has said something to them, or has it in hand: in the open batch.
 * What came from nobody's customer ("*") is theirs, too. */
void unanswered_said(struct unanswered *u, struct str tenant,
		     struct str address);
/* The same for one of them. -ENOENT: it does not wait. */
MUST_USE int unanswered_done(struct unanswered *u, uint64_t id);

struct unanswered_one {
	uint64_t id;
	struct str tenant, address; /* views, until the next call */
};
/* false: it does not wait. */
bool unanswered_find(const struct unanswered *u, uint64_t id,
		     struct unanswered_one *out);
/* Who answers it, so that two do not: in memory, until a restart. */
struct unanswered_hold {
	struct str actor, name; /* who.h; views, until the next call */
	int64_t until_ms;       /* wall */
};
/* Theirs from now on, or again. -ENOENT: it does not wait. -EBUSY: another has
 * it in hand. */
MUST_USE int unanswered_take(struct unanswered *u, uint64_t id,
			     struct str actor, struct str name, int64_t now_ms,
			     struct unanswered_hold *out);
/* false: nobody has it in hand now. */
bool unanswered_held(const struct unanswered *u, uint64_t id, int64_t now_ms,
		     struct unanswered_hold *out);
/* The one that waits longest; 0: none. */
uint64_t unanswered_oldest(const struct unanswered *u);
/* Does anything of theirs wait? */
bool unanswered_of(const struct unanswered *u, struct str tenant,
		   struct str address);
/* The oldest of which it is not told that it waits too long; false: none. */
bool unanswered_timely(const struct unanswered *u, struct unanswered_one *out);
/* That was told, in the open batch. It waits. */
void unanswered_late(struct unanswered *u, uint64_t id);
