/* What every act of a person begins with. */
#pragma once

#include "campaigns/core.h"

/* Fills no and gives rc. */
int act_no(struct campaign_no *no, int rc, const char *code, const char *field,
	   const char *fmt, ...) PRINTF(5, 6);
/* Is it the version that was seen, and is no walk under way? */
MUST_USE int act_may(const struct campaign *m, const struct campaign_by *by,
		     struct campaign_no *no);
/* ... and does the table of states allow the step? */
MUST_USE int act_step_may(const struct campaign *m, enum campaign_step step,
			  const struct campaign_by *by, struct campaign_no *no);
