/*
 * whoever has a branch sees and changes what is of that branch and no
 * more: its contacts, and what goes to and comes from their addresses. An
 * address that is no contact's is of no branch. How a route is kept to it
 * stands in its row (enum route_branch); the answer of a BRANCH_KEPT one
 * leaves only if the handler has asked one of these, or read its rows by
 * page.h or persons.h, which ask for it.
 */
#pragma once

#include "console/request.h"

/* Have they one? */
bool branch_narrow(const struct request *r);

/* Quiet answers, for rows and batches; on the loop. */
bool branch_sees(struct request *r, struct str branch);
/* address: as it is stored. */
bool branch_sees_address(struct request *r, struct str tenant,
			 struct str address);
/* May they write to `to`, however a sender writes it? */
bool branch_sees_to(struct request *r, struct str tenant, struct str to);
/* May one of their contacts have this address? Also one that is nobody's. */
bool branch_may_take(struct request *r, struct str tenant, struct str address);
/* Of things that are used by all when they are of no branch: segments,
 * templates. Such a one is seen, and changed by nobody who has a branch. */
bool branch_sees_shared(struct request *r, struct str branch);
/* The same two for rows on the reader's thread; the handler says branch_kept. */
bool branch_owns(const struct request *r, struct str branch);
bool branch_shares(const struct request *r, struct str branch);
/* The handler keeps to the branch by itself. */
void branch_kept(struct request *r);

/* One thing that was asked for: answers 403 itself and leaves a row in the
 * audit log. object: what that row names, an id or an address. */
bool branch_check(struct request *r, struct str tenant, struct str branch,
		  struct str object);
bool branch_check_shared(struct request *r, struct str tenant,
			 struct str branch, struct str object);
bool branch_check_address(struct request *r, struct str tenant,
			  struct str address);
/* As branch_sees_to. */
bool branch_check_to(struct request *r, struct str tenant, struct str to);
void branch_refuse(struct request *r, struct str tenant, struct str object);
