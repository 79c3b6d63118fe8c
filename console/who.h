/*
 * Who asks: a key, or a person by a session. A handler sees no more of them
 * than this, and both alike.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/id.h"
#include "base/str.h"
#include "console/roles.h"
#include "model/address.h"

#define WHO_NAME_MAX 64
#define BRANCH_MAX 64
#define PSEUDONYM_KEY 32

/* Ids of authors and approvers, as stored: "user:" or "key:" and the id. */
#define ACTOR_MAX (5 + ID_TEXT)

enum who_kind { WHO_NOBODY, WHO_KEY, WHO_USER };

/* A copy: stands for one request, whatever becomes of key or user. */
struct who {
	enum who_kind kind;
	uint64_t id;                 /* of the key or the user */
	char actor[ACTOR_MAX];       /* the same as text: never changes */
	char name[WHO_NAME_MAX + 1]; /* for people to read */
	char tenant[TENANT_MAX + 1]; /* "": every tenant */
	char branch[BRANCH_MAX + 1]; /* "": every branch */
	uint32_t roles;              /* bits of enum role */
	uint64_t perms;              /* of all of them */
	uint8_t pseudonym_key[PSEUDONYM_KEY];
};

/* Fills actor and perms from kind, id and roles. */
void who_settle(struct who *w);
MUST_USE bool who_may(const struct who *w, uint64_t perms);
MUST_USE bool who_is(const struct who *w, enum role r);
/* "marketer", "marketer approver", and back: -EBADMSG */
void who_roles_put(struct buf *b, uint32_t roles);
MUST_USE int who_roles_parse(struct str s, uint32_t *roles);
/* Only partners see pseudonyms: nobody else carries their key about. */
void who_know(struct who *w, const uint8_t pseudonym_key[PSEUDONYM_KEY]);

/* ---- addresses of people -------------------------------------------------- */

/* A partner: nothing goes to them in which others may have written who
 * somebody is, and nothing is looked up for them by a number. */
bool who_pseudonymous(const struct who *w);
/* What other systems wrote beside a message, numbers among it perhaps:
 * for senders, and for those who see whole numbers. */
bool who_reads_words(const struct who *w);
/* How an address looks to them: whole with contact.read_full, a pseudonym
 * for partners, else "+999…**34". */
void who_address_put(struct buf *b, const struct who *w, struct str tenant,
		     struct str address);
/* The same as a JSON string. */
void who_address_json(struct buf *b, const struct who *w, struct str tenant,
		      struct str address);
