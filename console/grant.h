/* What somebody may hand on to a key or a user: nothing wider than theirs. */
#pragma once

#include "console/request.h"

/* Tenant and branch as asked for, "" as theirs; into w. Answers 400 and 403
 * itself. */
MUST_USE bool grant_scope(struct request *r, struct str tenant,
			  struct str branch, struct who *w);
/* Do they see this one? Otherwise it is not there. */
bool grant_sees(struct request *r, const struct who *w);
/* May the last one with the role admin go? Answers 409 itself. Somebody of
 * every tenant may take a tenant its last one. */
MUST_USE bool grant_admin_may_go(struct request *r, const struct who *w);
