/* What becomes of a contact, for the audit log. */
#pragma once

#include "base/buf.h"
#include "model/contact.h"

struct contact_side {
	const struct contact *c;
	const struct contact_address *v;
	unsigned n;
};

/* {"before": {...}, "after": {...}}: what differs between them. NULL: it was
 * not there, or is there no more. Numbers and names are masked; of attributes
 * it is said that they changed. */
void contact_diff(struct buf *b, const struct contact_side *before,
		  const struct contact_side *after);
