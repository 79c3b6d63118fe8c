/* The recipients of a run are written down, a page and how far it is in one
 * commit, so that a crash neither skips nor repeats anybody. */
#pragma once

#include "campaigns/core.h"

/* Begins a run, or goes on with the one that stands in m->run. Ends with a
 * step: MATERIALISED, CHANGED or FAIL. */
void materialise(struct campaigns *c, struct campaign *m);
/* Cancelled: no further page. */
void materialise_stop(struct campaign *m);
