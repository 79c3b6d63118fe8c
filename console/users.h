/*
 * Users: people who log in. All of them are in memory; their passwords are
 * argon2id hashes. A name belongs to one user of the node and to nobody after
 * them, so that the audit log stays unambiguous.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limit.h"
#include "base/secret.h"
#include "console/who.h"
#include "model/row.h"

#define USER_CELLS 13
#define USER_LANG_MAX 8

enum user_state {
	USER_ACTIVE,
	USER_OFF,  /* may not log in, for now */
	USER_GONE, /* removed: keeps its name and its id */
	USER_STATES
};

struct user {
	struct who who; /* id, name to log in with, tenant, branch, roles */
	char title[WHO_NAME_MAX + 1];   /* how people call them */
	char lang[USER_LANG_MAX + 1];   /* "zh", "en"; "": not said */
	char password[SECRET_HASH_MAX]; /* "": none, nobody can log in */
	enum user_state state;
	bool must_change; /* the password, before anything else */
	int64_t created_ms, updated_ms, password_ms;
	struct limit limit;
};

const char *user_state_name(enum user_state s);
MUST_USE int user_state_parse(struct str s, enum user_state *out);
/* Names to log in with: 2 to 64 of a-z 0-9 . _ - @, a letter or digit
 * first. -EINVAL with a sentence. */
MUST_USE int user_name_check(struct str name, struct err *err);
/* Long enough, not the name, not the same few letters; nothing that cannot
 * be typed. -EINVAL with a sentence. */
MUST_USE int user_password_check(struct str password, struct str name,
				 size_t shortest, struct err *err);
/* Roles that only stand alone (partner, auditor) are with no other. */
MUST_USE int user_roles_check(uint32_t roles, struct err *err);

/* What STORE_USER_PUT takes; cells borrow from u and roles. */
void user_cells(const struct user *u, struct buf *roles,
		struct cell cells[USER_CELLS]);
MUST_USE int user_from_row(const struct row *r, struct user *u); /* -EBADMSG */

/* ---- the table ------------------------------------------------------------ */

struct users;

struct users_cfg {
	size_t max;
	double rate, burst; /* of requests of one user */
	uint8_t pseudonym_key[PSEUDONYM_KEY];
};

struct users *users_new(const struct users_cfg *cfg);
void users_free(struct users **up);
size_t users_len(const struct users *us);
/* Copies u in, or replaces the one with its id. -ENOSPC; -EEXIST: another
 * one has the name. */
MUST_USE int users_put(struct users *us, const struct user *u, uint64_t now_us);
/* Takes one out that never became durable. */
void users_drop(struct users *us, uint64_t id);
struct user *users_by_id(const struct users *us, uint64_t id);
struct user *users_by_name(const struct users *us, struct str name);
struct user *users_at(const struct users *us, size_t i); /* NULL at the end */
