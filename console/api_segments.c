/* /v1/segments: filters over contacts, and lists of them, by name. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "console/branch.h"
#include "console/edit.h"
#include "console/segment_rows.h"

#define LIST_DEFAULT 50

struct segment_body {
	struct str name, kind, filter;
	json_t *ast;
};

#define AT(f) offsetof(struct segment_body, f)

static const struct field rows[] = {
	{ "name", FIELD_STR, AT(name), true,
	  "One of each in a tenant; filters name lists by it." },
	{ "kind", FIELD_STR, AT(kind), false,
	  "dynamic: a filter (as without it); static: a list of contacts." },
	{ "filter", FIELD_STR, AT(filter), false,
	  "tier = \"gold\" and consent(marketing) = granted ..." },
	{ "ast", FIELD_OBJECT, AT(ast), false,
	  "The filter as its tree, instead of the text." },
};

const struct fields segment_fields_new = { "segment", rows, ARRAY_LEN(rows) };
/* The name is for good: filters name lists by it. */
const struct fields segment_fields_edit = { "segment", rows + 2,
					    ARRAY_LEN(rows) - 2 };

/* ---- read ------------------------------------------------------------------------ */

struct shown {
	uint64_t n, last;
	bool one;
	char branch[BRANCH_MAX + 1], tenant[TENANT_MAX + 1]; /* of the one */
};

/* On the reader's thread. */
static bool show_row(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct shown *s = r->own;
	struct segment_row one;

	segment_row_read(row, &one);
	s->n++;
	s->last = one.id;
	if (!s->one && !branch_shares(r, one.branch))
		return true;
	if (branch_narrow(r) && one.branch.len == 0)
		one.counted_ms = 0; /* it is of all branches: not shown */
	segment_row_json(&r->out, &one);
	if (s->one) {
		edit_etag(one.updated_ms, r->etag);
		IGNORE(str_copy(s->tenant, sizeof(s->tenant), one.tenant));
		IGNORE(str_copy(s->branch, sizeof(s->branch), one.branch));
	}
	return true;
}

static struct shown *shown_new(struct request *r, bool one)
{
	struct shown *s = mem_new(struct shown);

	s->one = one;
	r->own = s;
	r->own_free = mem_free;
	return s;
}

static void on_list(struct request *r, int rc)
{
	const struct shown *s = r->own;

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	json_close(&r->out, ']');
	if (s->n == r->asked)
		json_kid(&r->out, "next", s->last);
	json_close(&r->out, '}');
	reply_send(r, 200);
}

void api_segments_list(struct request *r)
{
	uint64_t after = 0, limit = LIST_DEFAULT;
	struct str tenant;

	must(r != NULL);
	if (!request_tenant(r, &tenant) || !query_id(r, "cursor", &after) ||
	    !query_u64(r, "limit", 1000, &limit))
		return;
	shown_new(r, false);
	branch_kept(r);
	r->asked = MAX(limit, 1);
	json_open(reply_json(r), '{');
	json_key(&r->out, "segments");
	json_open(&r->out, '[');
	struct cell cells[] = { CELL_T(tenant), CELL_I(after),
				CELL_I(r->asked) };
	request_read(r, STORE_SEGMENT_LIST, cells, ARRAY_LEN(cells), show_row,
		     on_list);
}

static void on_got(struct request *r, int rc)
{
	const struct shown *s = r->own;

	if (rc != 0 || s->n == 0)
		reply_rc(r, rc != 0 ? rc : -ENOENT);
	else if (branch_check_shared(r, str_of(s->tenant), str_of(s->branch),
				     r->param[0]))
		reply_send(r, 200);
}

void api_segment_get(struct request *r)
{
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if (!request_tenant(r, &tenant) || !param_id(r, 0, &id))
		return;
	shown_new(r, true);
	(void)reply_json(r);
	struct cell cells[] = { CELL_T(tenant), CELL_I(id) };
	request_read(r, STORE_SEGMENT_GET, cells, ARRAY_LEN(cells), show_row,
		     on_got);
}

/* ---- write ------------------------------------------------------------------------ */

static void put_filter(struct buf *b, const char *key,
		       const struct segment *filter)
{
	AUTO(buf_done) struct buf text = { 0 };

	if (filter == NULL)
		return;
	buf_init(&text, BUF_NO_LIMIT);
	segment_text(filter, &text);
	json_ks(b, key, str_first(buf_str(&text), 900));
}

/* Who changed what from what to what. */
static void segment_audit(struct request *r, const struct segment_row *row,
			  const char *action, const struct segment *before,
			  const struct segment *after)
{
	AUTO(buf_done) struct buf detail = { 0 };
	char id[ID_TEXT];

	id_text(row->id, id);
	buf_init(&detail, AUDIT_DETAIL_MAX);
	json_open(&detail, '{');
	json_ks(&detail, "name", row->name);
	put_filter(&detail, "before", before);
	put_filter(&detail, "after", after);
	json_close(&detail, '}');
	request_audit(r, row->tenant, action, str_of(id), buf_str(&detail));
}

static void on_written(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, r->status);
}

/* Puts the row, and answers with it when it is durable. */
static void segment_put(struct request *r, struct segment_row *row,
			const struct segment *filter, int status)
{
	struct cell cells[SEGMENT_CELLS];
	AUTO(buf_done) struct buf ast = { 0 };

	buf_init(&ast, BUF_NO_LIMIT);
	if (filter != NULL)
		segment_json(filter, &ast);
	row->ast = buf_str(&ast);
	row->updated_ms = clock_wall_ms(r->c->clock);
	if (row->created_ms == 0)
		row->created_ms = row->updated_ms;
	segment_row_cells(row, cells);
	store_put(r->c->store, STORE_SEGMENT_PUT, cells, SEGMENT_CELLS);
	segment_row_json(reply_json(r), row);
	edit_etag(row->updated_ms, r->etag);
	r->status = status;
	request_then(r, on_written);
}

static bool kind_read(struct request *r, const struct segment_body *body,
		      struct segment_row *row)
{
	row->is_static = str_eqz(body->kind, "static");
	if (body->kind.len > 0 && !row->is_static &&
	    !str_eqz(body->kind, "dynamic")) {
		reply_error(r, 400, "bad_kind", "kind",
			    "a segment is dynamic or static");
		return false;
	}
	bool has = body->filter.p != NULL || body->ast != NULL;
	if (has != row->is_static)
		return true;
	reply_error(r, 400, "bad_kind", "filter",
		    row->is_static ? "a static one is a list and has no filter"
				   : "a dynamic one needs a filter; 'all' is "
				     "everyone");
	return false;
}

static bool name_free(struct request *r, const struct segment_rows *s,
		      struct str name)
{
	struct err err = { "" };

	if (segment_name_check(name, &err) != 0) {
		reply_error(r, 400, "bad_name", "name", "%s", err.text);
		return false;
	}
	if (segment_rows_name(s, name) != NULL) {
		reply_error(r, 409, "name_taken", "name",
			    "there is a segment '%.*s' already",
			    STR_ARGS(name));
		return false;
	}
	if (s->n < (size_t)r->c->http->segments)
		return true;
	reply_error(r, 409, "segments_max", NULL,
		    "there are %zu segments already (http.segments)", s->n);
	return false;
}

static void on_post(struct request *r, int rc UNUSED)
{
	struct segment_rows *s = r->own;
	struct segment_row row = { .tenant = str_of(s->tenant),
				   .author = str_of(r->who.actor),
				   .branch = str_of(r->who.branch) };
	struct segment_body body = { 0 };

	if (!request_fields(r, &body) || !name_free(r, s, body.name) ||
	    !kind_read(r, &body, &row) ||
	    !segment_body_filter(r, body.filter, body.ast, &s->filter))
		return;
	if (s->filter != NULL && !segment_rows_lists(r, s, s->filter))
		return;
	branch_kept(r);
	row.name = body.name;
	row.id = id_next(&r->c->ids, clock_wall_ms(r->c->clock));
	segment_audit(r, &row, "segment.create", NULL, s->filter);
	segment_put(r, &row, s->filter, 201);
}

void api_segments_post(struct request *r)
{
	struct str tenant;

	must(r != NULL);
	if (request_tenant(r, &tenant))
		segment_rows_read(r, tenant, on_post);
}

/* The one that the path names, theirs, in the version that they know. */
static struct segment_row *row_asked(struct request *r)
{
	struct segment_row *row;
	uint64_t id;

	if (!param_id(r, 0, &id))
		return NULL;
	row = segment_rows_id(r->own, id);
	if (row == NULL) {
		reply_rc(r, -ENOENT);
		return NULL;
	}
	if (!branch_check(r, row->tenant, row->branch, r->param[0]))
		return NULL;
	if (edit_fresh(r, row->updated_ms))
		return row;
	segment_row_json(edit_stale(r, row->updated_ms), row);
	edit_stale_send(r);
	return NULL;
}

static void on_patch(struct request *r, int rc UNUSED)
{
	struct segment_rows *s = r->own;
	struct segment_row *row = row_asked(r);
	struct segment *before = NULL;
	struct segment_body body = { 0 };
	struct err err = { "" };
	uint64_t list;

	if (row == NULL || !request_fields(r, &body))
		return;
	if (row->is_static) {
		reply_error(r, 400, "bad_kind", "filter",
			    "a list has no filter; change its members");
		return;
	}
	if (!segment_body_filter(r, body.filter, body.ast, &s->filter))
		return;
	if (s->filter == NULL) {
		reply_error(r, 400, "nothing", "filter",
			    "say the new filter, or give its ast");
		return;
	}
	if (!segment_rows_lists(r, s, s->filter))
		return;
	IGNORE(segment_row_filter(row, &before, &list, &err));
	segment_audit(r, row, "segment.edit", before, s->filter);
	segment_free(&before);
	row->counted_ms = 0; /* of another filter */
	segment_put(r, row, s->filter, 200);
}

void api_segment_patch(struct request *r)
{
	struct str tenant;

	must(r != NULL);
	if (request_tenant(r, &tenant))
		segment_rows_read(r, tenant, on_patch);
}

static void on_delete(struct request *r, int rc UNUSED)
{
	struct segment_rows *s = r->own;
	struct segment_row *row = row_asked(r);
	const struct segment_row *user;
	struct err err = { "" };
	uint64_t list;

	if (row == NULL)
		return;
	user = row->is_static ? segment_rows_use(s, row->name) : NULL;
	if (user != NULL) {
		reply_error(r, 409, "in_use", NULL,
			    "the filter of '%.*s' names this list",
			    STR_ARGS(user->name));
		return;
	}
	struct cell cells[] = { CELL_T(row->tenant), CELL_I(row->id) };
	store_put(r->c->store, STORE_SEGMENT_DROP, cells, ARRAY_LEN(cells));
	store_put(r->c->store, STORE_MEMBER_CLEAR, cells, ARRAY_LEN(cells));
	if (!row->is_static)
		IGNORE(segment_row_filter(row, &s->filter, &list, &err));
	segment_audit(r, row, "segment.delete", s->filter, NULL);
	json_open(reply_json(r), '{');
	json_kid(&r->out, "id", row->id);
	json_close(&r->out, '}');
	r->status = 200;
	request_then(r, on_written);
}

void api_segment_delete(struct request *r)
{
	struct str tenant;

	must(r != NULL);
	if (request_tenant(r, &tenant))
		segment_rows_read(r, tenant, on_delete);
}
