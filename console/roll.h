/* The roll: keys, users and sessions, read from the store at the start, and
 * what must hold among all of them. */
#pragma once

#include "console/core.h"
#include "console/logins.h"
#include "console/users.h"

MUST_USE int roll_load(struct console *c, struct err *err);
void roll_free(struct console *c);

/* The writes, into the open batch. */
void user_store(struct console *c, const struct user *u);
void login_store(struct console *c, const struct login *s);
/* Takes it out, here and there; its live streams end. */
void login_end(struct console *c, struct login *s);
/* All of a user's but one (0: none is spared): how many. */
unsigned logins_end_of(struct console *c, uint64_t user, uint64_t but);

/* Is there another admin of all of this tenant than this key or user? "" is
 * every tenant. Keys that end are none. */
bool roll_has_admin(const struct console *c, struct str tenant,
		    const struct who *but);
