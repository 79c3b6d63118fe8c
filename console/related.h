/* why somebody may want to see a person: work that is open and about
 * them. Reads without any are flagged in the audit log. */
#pragma once

#include "console/request.h"

#define RELATED_NONE "no_context"

/* "case", "callback", "inbox" or "campaign": what is open about that address;
 * RELATED_NONE: nothing is. */
const char *related_work(const struct request *r, struct str tenant,
			 struct str address);
/* A row of the audit log: that they read it, and for which work. */
void related_audit(struct request *r, struct str tenant, const char *action,
		   struct str object, const char *work);
/* Sends what is in out, once that row is durable: nobody reads unseen. */
void related_answer(struct request *r);
