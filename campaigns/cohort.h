/* The people of the segment that an audience names: the segment looked up by
 * its name, then its contacts by pages. For walk.c. */
#pragma once

#include "campaigns/core.h"

struct cohort;

/* after: contact id of the last person met already. came(owner, rc, why): a
 * read that was not ready at once has ended; -EINVAL with a sentence: there is
 * no such segment, or it cannot be read. */
struct cohort *cohort_new(
	struct campaigns *c, const struct campaign *m, uint64_t after,
	void (*came)(void *owner, int rc, const struct err *why), void *owner);
/* The next people into p, which is empty: true, they are there and came does
 * not run; false, it will. Fewer than a page only at the end. */
bool cohort_read(struct cohort *h, struct people *p);
/* Nothing follows what was read. */
bool cohort_end(const struct cohort *h);
/* What the segment is, as JSON: its tree, or {"list":"id"}; "" before the first
 * page. */
struct str cohort_filter(const struct cohort *h);
/* Accepts NULL; a read under way is let go of. */
void cohort_free(struct cohort **hp);
