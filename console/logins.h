/*
 * Sessions: a user who has logged in. "cs_" and 43 letters, shown once,
 * stored as keyed hashes. One ends when it is unused for too long, when it is
 * too old, or when somebody ends it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/row.h"

#define LOGIN_PREFIX "cs_"
#define LOGIN_CELLS 8
#define LOGIN_FROM_MAX 64
#define LOGIN_AGENT_MAX 96

struct login {
	uint64_t id, user;
	uint8_t hash[32];
	int64_t created_ms, seen_ms, expires_ms;
	char from[LOGIN_FROM_MAX];       /* address it was opened from */
	char agent[LOGIN_AGENT_MAX + 1]; /* what the client calls itself */
};

/* What STORE_LOGIN_PUT takes; cells borrow from s. */
void login_cells(const struct login *s, struct cell cells[LOGIN_CELLS]);
MUST_USE int login_from_row(const struct row *r, struct login *s);

struct logins;

struct logins *logins_new(size_t max, int64_t idle_ms);
void logins_free(struct logins **sp);
size_t logins_len(const struct logins *ss);
/* Copies s in. -ENOSPC. */
MUST_USE int logins_put(struct logins *ss, const struct login *s);
struct login *logins_find(struct logins *ss, const uint8_t hash[32]);
struct login *logins_by_id(const struct logins *ss, uint64_t id);
/* In no order; NULL at the end. */
struct login *logins_at(const struct logins *ss, size_t i);
/* Takes it out; the last one moves into its place. */
void logins_end(struct logins *ss, struct login *s);
bool logins_over(const struct logins *ss, const struct login *s,
		 int64_t now_ms);
/* When it ends if it is not used. */
int64_t logins_until(const struct logins *ss, const struct login *s);
