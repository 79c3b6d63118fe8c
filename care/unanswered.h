/*
 * Words of customers that nobody and nothing has answered yet: what stays in
 * the inbox, until a person says something to them, calls them, or says that
 * it is done. Nothing that a customer says is dropped.
 */
#pragma once

#include "gateway/gateway.h"

struct unanswered;

/* max: of all tenants; beyond it the oldest give way, with a line in the log.
 * -EIO. */
MUST_USE int unanswered_open(struct unanswered **out, struct store *store,
			     size_t max, struct err *err);
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
/* Does anything of theirs wait? */
bool unanswered_of(const struct unanswered *u, struct str tenant,
		   struct str address);
/* The oldest of which it is not told that it waits too long; false: none. */
bool unanswered_timely(const struct unanswered *u, struct unanswered_one *out);
/* That was told, in the open batch. It waits. */
void unanswered_late(struct unanswered *u, uint64_t id);
