/* What may be handed on, and what may be taken away. */
#include "console/grant.h"

#include "console/branch.h"
#include "console/roll.h"
#include "proto/text.h"

static bool grant_tenant(struct request *r, struct str tenant, struct who *w)
{
	struct str own = str_of(r->who.tenant);

	if (tenant.len == 0)
		tenant = own;
	if (tenant.len > 0 && tenant_check(tenant) != 0) {
		reply_error(r, 400, "bad_tenant", "tenant",
			    "a tenant is 1 to 32 of A-Z a-z 0-9 _ -");
		return false;
	}
	if (own.len > 0 && !str_eq(own, tenant)) {
		reply_error(r, 403, "tenant", "tenant",
			    "you give access to tenant %s only", r->who.tenant);
		return false;
	}
	return str_copy(w->tenant, sizeof(w->tenant), tenant) == 0;
}

bool grant_scope(struct request *r, struct str tenant, struct str branch,
		 struct who *w)
{
	must(r != NULL && w != NULL);
	struct str own = str_of(r->who.branch);

	branch_kept(r);

	if (!grant_tenant(r, tenant, w))
		return false;
	if (branch.len == 0)
		branch = own;
	if (branch.len > BRANCH_MAX || !text_printable(branch)) {
		reply_error(r, 400, "bad_branch", "branch",
			    "a branch is at most %d bytes of text", BRANCH_MAX);
		return false;
	}
	if (own.len > 0 && !str_eq(own, branch)) {
		reply_error(r, 403, "branch", "branch",
			    "you give access to branch %s only", r->who.branch);
		return false;
	}
	return str_copy(w->branch, sizeof(w->branch), branch) == 0;
}

bool grant_sees(struct request *r, const struct who *w)
{
	must(r != NULL && w != NULL);
	const struct who *me = &r->who;

	branch_kept(r);

	return (me->tenant[0] == '\0' ||
		str_eqz(str_of(me->tenant), w->tenant)) &&
	       (me->branch[0] == '\0' ||
		str_eqz(str_of(me->branch), w->branch));
}

bool grant_admin_may_go(struct request *r, const struct who *w)
{
	must(r != NULL && w != NULL);
	if (!who_is(w, ROLE_ADMIN) || w->branch[0] != '\0')
		return true;
	if (r->who.tenant[0] == '\0' && w->tenant[0] != '\0')
		return true;
	if (roll_has_admin(r->c, str_of(w->tenant), w))
		return true;
	reply_error(r, 409, "last_admin", NULL,
		    "this is the last admin of %s; make another one first",
		    w->tenant[0] != '\0' ? w->tenant : "all tenants");
	return false;
}
