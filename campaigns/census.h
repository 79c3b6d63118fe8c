/* A simulation: the whole audience is walked and judged; nothing is kept but
 * who it is, if that is wanted. */
#pragma once

#include "campaigns/core.h"
#include "campaigns/funnel.h"

struct census_found {
	const struct funnel *funnel;
	struct funnel_time time;
	const uint8_t *hash; /* 32 bytes: of the audience */
	struct str filter;   /* of its segment, as JSON; "" none */
};

/* found NULL: it failed, rc and why say how. The campaign's walk is over when
 * it runs. */
typedef void census_done(void *owner, struct campaign *m, int rc,
			 const struct err *why,
			 const struct census_found *found);

/* m->walk is set until done has run. keep: who is met is written down, where
 * the approval needs it (roster.h). -EINVAL with a sentence. */
MUST_USE int census_begin(struct campaigns *c, struct campaign *m, bool keep,
			  census_done *done, void *owner, struct err *err);
