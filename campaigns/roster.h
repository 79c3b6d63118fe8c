/*
 * The roster of a campaign: the contacts that its approval is for, written
 * down when it is submitted, with a hash over all of them that the approval
 * binds. A run reaches nobody who is not on it. For campaigns whose people are
 * contacts and whose time is one (fixed or local): addresses stand in the spec
 * itself, and what comes again has other people each time.
 */
#pragma once

#include "campaigns/core.h"

struct roster;

/* Does its approval need one? */
bool roster_wanted(const struct campaign *m);

/* ---- to write one --------------------------------------------------------------- */

/* What was written for it before goes. */
struct roster *roster_begin(struct campaigns *c, const struct campaign *m);
/* A page of people, by their ids, into the open batch. */
void roster_page(struct roster *r, const struct people *p);
/* SHA-256 over all pages so far. */
const uint8_t *roster_hash(const struct roster *r);
/* It is over for good: into the open batch. */
void roster_drop(struct campaigns *c, const struct campaign *m);

/* ---- to ask one ----------------------------------------------------------------- */

/* Reads it; then came(owner, rc): 0, or -EIO, -EAGAIN. It may be freed inside.
 */
struct roster *roster_read(struct campaigns *c, const struct campaign *m,
			   void (*came)(void *owner, int rc), void *owner);
/* Once it has come. Contacts are asked for in order of their ids. */
bool roster_has(struct roster *r, uint64_t contact);
/* Accepts NULL; a read under way is let go of. */
void roster_free(struct roster **rp);
