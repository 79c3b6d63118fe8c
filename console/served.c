/* Lists of call-backs, orders and their like. */
#include "console/served.h"

#include <errno.h>

#include "base/mem.h"
#include "console/branch.h"
#include "console/page.h"

#define SERVED_ROWS 50
#define SERVED_ROWS_MAX 1000

/* One that was asked for by its id. */
struct one {
	char tenant[TENANT_MAX + 1]; /* "": all; then its own */
	char address[ADDRESS_MAX];
	bool found;
};

void served_list(struct request *r, const char *name, enum store_call call,
		 bool (*state_ok)(struct str state), store_row_fn show)
{
	must(r != NULL && name != NULL && state_ok != NULL && show != NULL);
	struct str tenant, state = request_query(r, "state");
	struct str to = request_query(r, "to");
	char address[ADDRESS_MAX] = "";

	if (!request_scope(r, &tenant) ||
	    (to.len > 0 && !request_address(r, to, "to", address)))
		return;
	if (state.len > 0 && !state_ok(state)) {
		reply_error(r, 400, "bad_state", "state",
			    "there is no such state");
		return;
	}
	struct cell cells[] = { tenant.len > 0 ? CELL_T(tenant) : CELL_N,
				state.len > 0 ? CELL_T(state) : CELL_N,
				to.len > 0 ? CELL_Z(address) : CELL_N,
				CELL_N /* the cursor */,
				CELL_N /* the limit */ };

	page_serve(r, &(struct page_ask){ .name = name,
					  .usual = SERVED_ROWS,
					  .most = SERVED_ROWS_MAX,
					  .call = call,
					  .cells = cells,
					  .n = ARRAY_LEN(cells),
					  .cursor = 3,
					  .limit = 4,
					  .any = true,
					  .show = show });
}

bool served_row(struct request *r, struct str tenant, struct str address,
		uint64_t id)
{
	struct one *o = r->own;

	if (o == NULL) {
		page_row(r, id);
		page_row_of(r, tenant, address);
		return true;
	}
	if (o->tenant[0] != '\0' && !str_eqz(tenant, o->tenant))
		return false;
	o->found = str_copy(o->tenant, sizeof(o->tenant), tenant) == 0 &&
		   str_copy(o->address, sizeof(o->address), address) == 0;
	return o->found;
}

static void on_one(struct request *r, int rc)
{
	const struct one *o = r->own;

	if (rc != 0 || !o->found)
		reply_rc(r, rc != 0 ? rc : -ENOENT);
	else if (branch_check_address(r, str_of(o->tenant), str_of(o->address)))
		reply_send(r, 200);
}

void served_one(struct request *r, enum store_call call, store_row_fn show)
{
	must(r != NULL && show != NULL);
	struct str tenant;
	struct one *o;
	uint64_t id;

	if (!request_scope(r, &tenant) || !param_id(r, 0, &id))
		return;
	o = mem_new(struct one);
	IGNORE(str_copy(o->tenant, sizeof(o->tenant), tenant));
	r->own = o;
	r->own_free = mem_free;
	struct cell cell = CELL_I(id);

	(void)reply_json(r);
	request_read(r, call, &cell, 1, show, on_one);
}

void served_refuse(struct request *r, int rc, const struct served_no *v,
		   size_t n, const char *text)
{
	must(r != NULL && (v != NULL || n == 0));
	for (size_t i = 0; i < n; i++)
		if (v[i].rc == rc) {
			reply_error(r, v[i].status, v[i].code, NULL, "%s",
				    v[i].text != NULL ? v[i].text : text);
			return;
		}
	reply_rc(r, rc);
}
