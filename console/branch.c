/* Whose things somebody with a branch may see and change. */
#include "console/branch.h"

#include "proto/e164.h"

bool branch_narrow(const struct request *r)
{
	must(r != NULL);
	return r->who.branch[0] != '\0';
}

void branch_kept(struct request *r)
{
	must(r != NULL);
	r->kept = true;
}

bool branch_owns(const struct request *r, struct str branch)
{
	return !branch_narrow(r) || str_eqz(branch, r->who.branch);
}

bool branch_shares(const struct request *r, struct str branch)
{
	return branch.len == 0 || branch_owns(r, branch);
}

bool branch_sees(struct request *r, struct str branch)
{
	branch_kept(r);
	return branch_owns(r, branch);
}

bool branch_sees_shared(struct request *r, struct str branch)
{
	branch_kept(r);
	return branch_shares(r, branch);
}

/* A contact of theirs has this address, or (free) nobody has. */
static bool theirs(struct request *r, struct str tenant, struct str address,
		   bool free)
{
	struct str branch;

	branch_kept(r);
	if (!branch_narrow(r))
		return true;
	if (!gateway_branch(r->c->gateway, tenant, address, &branch))
		return free;
	return str_eqz(branch, r->who.branch);
}

bool branch_sees_address(struct request *r, struct str tenant,
			 struct str address)
{
	return theirs(r, tenant, address, false);
}

/* It can be read as a number and as an address of another channel. Neither
 * reading may be another branch's, and one must be theirs. */
bool branch_sees_to(struct request *r, struct str tenant, struct str to)
{
	char number[E164_MAX];
	struct err err;

	if (e164_parse(to, r->c->country, number, &err) != 0 ||
	    str_eqz(to, number))
		return theirs(r, tenant, to, false);
	return theirs(r, tenant, to, true) &&
	       theirs(r, tenant, str_of(number), true) &&
	       (theirs(r, tenant, to, false) ||
		theirs(r, tenant, str_of(number), false));
}

bool branch_may_take(struct request *r, struct str tenant, struct str address)
{
	char number[E164_MAX];
	struct err err;

	return theirs(r, tenant, address, true) &&
	       (e164_parse(address, r->c->country, number, &err) != 0 ||
		theirs(r, tenant, str_of(number), true));
}

void branch_refuse(struct request *r, struct str tenant, struct str object)
{
	AUTO(buf_done) struct buf detail = { 0 };

	branch_kept(r);
	buf_init(&detail, AUDIT_DETAIL_MAX);
	json_open(&detail, '{');
	json_kz(&detail, "branch", r->who.branch);
	json_kz(&detail, "method", r->route->method);
	json_kz(&detail, "path", r->route->path);
	json_close(&detail, '}');
	request_audit(r, tenant, "branch.refused", object, buf_str(&detail));
	reply_error(r, 403, "branch", NULL,
		    "you work for branch %s, and this is not of it",
		    r->who.branch);
}

bool branch_check(struct request *r, struct str tenant, struct str branch,
		  struct str object)
{
	if (branch_sees(r, branch))
		return true;
	branch_refuse(r, tenant, object);
	return false;
}

bool branch_check_shared(struct request *r, struct str tenant,
			 struct str branch, struct str object)
{
	return branch.len == 0 ? branch_sees_shared(r, branch)
			       : branch_check(r, tenant, branch, object);
}

bool branch_check_address(struct request *r, struct str tenant,
			  struct str address)
{
	if (branch_sees_address(r, tenant, address))
		return true;
	branch_refuse(r, tenant, address);
	return false;
}

bool branch_check_to(struct request *r, struct str tenant, struct str to)
{
	if (branch_sees_to(r, tenant, to))
		return true;
	branch_refuse(r, tenant, to);
	return false;
}
