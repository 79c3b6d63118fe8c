/* A walk over an audience, page by page, from the store's reader, from a segment
 * of its contacts, or from the addresses that the spec names. Contacts of
 * another branch than the campaign's are passed over. */
#pragma once

#include "campaigns/core.h"

struct walk_events {
	/* A page, on the loop; false: no further until walk_go_on. */
	bool (*page)(void *owner, const struct people *p);
	/* After the last page: 0; -EIO, -EAGAIN: the store; -EINVAL with a
	 * sentence: such an audience cannot be read. The walk may be freed. */
	void (*done)(void *owner, int rc, const struct err *why);
};

/* after: contact id of the last person met already. Begins at once. */
struct walk *walk_new(struct campaigns *c, const struct campaign *m,
		      uint64_t after, const struct walk_events *events,
		      void *owner);
void walk_go_on(struct walk *w);
/* What the segment is, as JSON, when a page of it has been seen; "" without
 * one. */
struct str walk_filter(const struct walk *w);
/* Ends it with -EAGAIN: the node stops. */
void walk_abort(struct walk *w);
/* Also from inside its events; a read under way is let go of. */
void walk_free(struct walk **wp);
