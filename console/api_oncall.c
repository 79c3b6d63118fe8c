/* /v1/oncall: who was reached outside working hours, and who has it. */
#include "console/api.h"

#include <errno.h>

#include "care/oncall.h"
#include "console/branch.h"
#include "console/page.h"
#include "console/served.h"

/* A row of ONCALL_LIST. */
static bool show(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct buf *b = &r->out;

	page_row(r, (uint64_t)row_i(row, 0));
	page_row_theirs(r, row->v[12].type != CELL_NULL &&
				   branch_shares(r, row_s(row, 12)));
	json_open(b, '{');
	json_kid(b, "id", (uint64_t)row_i(row, 0));
	json_key(b, "to");
	who_address_json(b, &r->who, row_s(row, 1), row_s(row, 2));
	json_ks(b, "oncall", row_s(row, 3));
	json_ks_opt(b, "branch", row_s(row, 12));
	json_ks(b, "event", row_s(row, 4));
	if (request_may(r, PERM_MESSAGE_CONTENT))
		json_ks(b, "text", row_s(row, 5));
	json_ki(b, "place", row_i(row, 6) + 1);
	json_ks(b, "state", row_s(row, 8));
	json_kt_opt(b, "due", row_i(row, 9));
	json_kt(b, "created", row_i(row, 10));
	json_kt_opt(b, "acked", row_i(row, 11));
	json_close(b, '}');
	return true;
}

static bool state_ok(struct str state)
{
	enum page_state unused;

	return page_state_parse(state, &unused) == 0;
}

void api_oncall_list(struct request *r)
{
	served_list(r, "oncall", STORE_ONCALL_LIST, state_ok, show);
}

static void on_acked(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

void api_oncall_ack(struct request *r)
{
	const char *branch;
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if (!request_tenant(r, &tenant) || !param_id(r, 0, &id))
		return;
	branch_kept(r);
	if (oncall_branch(r->c->oncall, tenant, id, &branch) != 0) {
		reply_error(r, 404, "not_found", NULL,
			    "nobody is awaited for it");
		return;
	}
	if (branch_narrow(r) &&
	    (branch == NULL || !branch_shares(r, str_of(branch)))) {
		branch_refuse(r, tenant, r->param[0]);
		return;
	}
	must(oncall_ack(r->c->oncall, tenant, id) == 0);
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_kid(b, "id", id);
	json_kz(b, "state", page_state_name(PAGE_ACKED));
	json_close(b, '}');
	request_audit(r, tenant, "oncall.ack", r->param[0], STR_NONE);
	request_then(r, on_acked);
}
