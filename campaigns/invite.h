/* A campaign that asks: its people are invited to a survey. */
#pragma once

#include "campaigns/judge.h"

/* Is its survey there? Its version is pinned, and what is not said of class
 * and sender is the survey's. */
MUST_USE int invite_check(const struct campaigns *c, struct str tenant,
			  struct spec *spec, struct campaign_no *no);
/* NULL: it asks nothing. */
const struct survey *invite_survey(const struct campaigns *c,
				   const struct campaign *m);
/* Does this person read Chinese? */
bool invite_zh(const struct campaigns *c, const struct campaign *m,
	       const struct survey *v, const struct person_row *p);
/* Hands s, the first question, to the gateway; if it is let go now, a session
 * awaits the answer, in the same batch. */
void invite(struct campaigns *c, const struct campaign *m,
	    const struct person_row *p, struct submission *s,
	    struct submitted *out);
