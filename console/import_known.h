/* The contacts that rows of an import are about and that are there already:
 * read from the store before the rows are laid over them. */
#pragma once

#include "base/map.h"
#include "campaigns/person.h"
#include "console/request.h"

struct import_known;

struct import_known *import_known_new(struct request *r, struct str tenant);
void import_known_free(struct import_known **kp);

/* False: it has not been read. *out is NULL when there is none. Views until
 * the next call of put, drop, want or clear. */
bool import_known_get(const struct import_known *k, uint64_t id,
		      const struct person **out);
/* It was changed to this. Nothing, unless it had been read. */
void import_known_put(struct import_known *k, const struct contact *c,
		      const struct contact_address *v, unsigned n);
/* Somebody else took one of its addresses. */
void import_known_drop(struct import_known *k, uint64_t id);
void import_known_clear(struct import_known *k);

/* To be read; 0 and what is wanted already are passed over. */
void import_known_want(struct import_known *k, uint64_t id);
/*
 * Commits what there is and reads what is wanted, under a wait of the request.
 * done(owner, rc) unless it is gone or answered by then; rc: -EIO, -EAGAIN,
 * -ENOSPC. Nobody else has changed a contact since, or nearly nobody: after a
 * few tries it is left at that.
 */
void import_known_read(struct import_known *k,
		       void (*done)(void *owner, int rc), void *owner);
