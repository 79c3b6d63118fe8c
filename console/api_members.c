/* Who is in a segment: counts with a sample, members page by page, and the
 * members of a list. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "console/branch.h"
#include "console/persons.h"
#include "console/segment_rows.h"

#define SAMPLE 10
#define LIST_DEFAULT 50
#define CHANGES_MAX 1000

/* A walk on behalf of a request. */
struct counting {
	struct segment_walk *walk;
	struct segment_row *row; /* NULL: a filter of the moment */
	struct segment *filter;
	uint64_t matched, seen, shown, last_id;
	size_t want;  /* persons to be shown */
	bool members; /* a page of members: stop when it is full */
};

static void counting_free(void *own)
{
	struct counting *c = own;

	segment_stop(&c->walk);
	segment_free(&c->filter);
	mem_free(c->row);
	mem_free(c);
}

static void counting_more(struct request *r)
{
	struct counting *c = r->own;

	request_wait(r);
	segment_more(c->walk);
}

/* ---- answers ----------------------------------------------------------------------- */

static void on_counted(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

/* The count of a segment that is kept is kept with it. */
static void count_keep(struct request *r, struct segment_row *row,
		       uint64_t count)
{
	struct cell cells[SEGMENT_CELLS];

	row->count = count;
	row->counted_ms = clock_wall_ms(r->c->clock);
	segment_row_cells(row, cells);
	store_put(r->c->store, STORE_SEGMENT_PUT, cells, SEGMENT_CELLS);
}

static void count_answer(struct request *r)
{
	struct counting *c = r->own;
	struct buf *b = &r->out;

	json_close(b, ']');
	json_ku(b, "count", c->matched);
	json_ku(b, "contacts", c->seen);
	json_kt(b, "counted", clock_wall_ms(r->c->clock));
	if (c->filter != NULL)
		segment_filter_json(b, c->filter);
	json_close(b, '}');
	/* Of one branch it is not a shared segment's count, and who only reads
	 * changes nothing. */
	if (c->row == NULL || (branch_narrow(r) && c->row->branch.len == 0) ||
	    !request_may(r, PERM_CONTACT_WRITE)) {
		reply_send(r, 200);
		return;
	}
	count_keep(r, c->row, c->matched);
	request_then(r, on_counted);
}

static void members_answer(struct request *r, bool more)
{
	const struct counting *c = r->own;

	json_close(&r->out, ']');
	if (more)
		json_kid(&r->out, "next", c->last_id);
	json_close(&r->out, '}');
	reply_send(r, 200);
}

static void page_show(struct request *r, const struct segment_page *page)
{
	struct counting *c = r->own;

	for (size_t i = 0; i < page->n && c->shown < c->want; i++) {
		person_json(&r->out, page->v[i], &r->who);
		c->last_id = page->v[i]->contact.id;
		c->shown++;
	}
}

static void on_page(void *owner, int rc, const struct segment_page *page)
{
	struct request *r = owner;

	if (!request_woken(r) || r->answered)
		return;
	struct counting *c = r->own;
	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	page_show(r, page);
	c->matched += page->matched;
	c->seen += page->seen - page->others;
	bool full = c->members && c->shown == c->want;
	if (!page->last && !full)
		counting_more(r);
	else if (c->members)
		members_answer(r, full);
	else
		count_answer(r);
}

/* ---- questions ---------------------------------------------------------------------- */

/* branch: of the segment; who has one looks among the contacts of theirs. */
static void walk_begin(struct request *r, struct str tenant, struct str branch,
		       const struct segment *filter, uint64_t list,
		       uint64_t after_id)
{
	struct counting *c = r->own;
	const struct segment_walk_cfg cfg = {
		.gateway = r->c->gateway,
		.clock = r->c->clock,
		.tenant = tenant,
		.segment = filter,
		.list = list,
		.after_id = after_id,
		.branch = branch_narrow(r) ? str_of(r->who.branch) : branch,
		.keep = c->want,
		.stopping = &r->c->stopping,
		.page = on_page,
		.owner = r,
	};

	branch_kept(r);
	json_open(reply_json(r), '{');
	json_key(&r->out, c->members ? "members" : "sample");
	json_open(&r->out, '[');
	c->walk = segment_each(&cfg);
	counting_more(r);
}

/* The rows have done their service; the walk needs a place of its own. */
static struct counting *counting_new(struct request *r, size_t want)
{
	struct counting *c = mem_new(struct counting);

	c->want = want;
	if (r->own_free != NULL)
		r->own_free(r->own);
	r->own = c;
	r->own_free = counting_free;
	return c;
}

struct count_body {
	struct str filter;
	json_t *ast;
};

static const struct field count_rows[] = {
	{ "filter", FIELD_STR, offsetof(struct count_body, filter), false,
	  "A filter, kept nowhere." },
	{ "ast", FIELD_OBJECT, offsetof(struct count_body, ast), false,
	  "The same as its tree." },
};

const struct fields count_fields = { "count", count_rows,
				     ARRAY_LEN(count_rows) };

static void on_count(struct request *r, int rc UNUSED)
{
	struct segment_rows *s = r->own;
	struct count_body body = { 0 };
	char tenant[TENANT_MAX + 1];

	if (!request_fields(r, &body) ||
	    !segment_body_filter(r, body.filter, body.ast, &s->filter))
		return;
	if (s->filter == NULL) {
		reply_error(r, 400, "nothing", "filter",
			    "say the filter, or give its ast");
		return;
	}
	if (!segment_rows_lists(r, s, s->filter))
		return;
	struct segment *filter = TAKE(s->filter);
	must(str_copy(tenant, sizeof(tenant), str_of(s->tenant)) == 0);
	struct counting *c = counting_new(r, SAMPLE);
	c->filter = filter;
	walk_begin(r, str_of(tenant), STR_NONE, filter, 0, 0);
}

void api_segments_count(struct request *r)
{
	struct str tenant;

	must(r != NULL);
	if (request_tenant(r, &tenant))
		segment_rows_read(r, tenant, on_count);
}

/* The walk over a segment that is kept: its count, or a page of members. */
static void kept_walk(struct request *r, size_t want, bool members,
		      uint64_t after_id)
{
	struct segment_rows *s = r->own;
	struct segment_row *row;
	struct segment *filter = NULL;
	struct err err = { "" };
	uint64_t id, list;

	if (!param_id(r, 0, &id))
		return;
	row = segment_rows_id(s, id);
	if (row == NULL) {
		reply_rc(r, -ENOENT);
		return;
	}
	if (!branch_check_shared(r, row->tenant, row->branch, r->param[0]))
		return;
	if (segment_row_filter(row, &filter, &list, &err) != 0) {
		reply_error(r, 500, "bad_filter", NULL, "%s", err.text);
		return;
	}
	row = segment_row_dup(row);
	struct counting *c = counting_new(r, want);
	c->row = row;
	c->members = members;
	walk_begin(r, row->tenant, row->branch, filter, list, after_id);
	segment_free(&filter);
}

static void on_count_kept(struct request *r, int rc UNUSED)
{
	kept_walk(r, SAMPLE, false, 0);
}

void api_segment_count(struct request *r)
{
	struct str tenant;

	must(r != NULL);
	if (request_tenant(r, &tenant))
		segment_rows_read(r, tenant, on_count_kept);
}

static void on_members(struct request *r, int rc UNUSED)
{
	uint64_t after = 0, limit = LIST_DEFAULT;

	if (query_id(r, "cursor", &after) &&
	    query_u64(r, "limit", PERSONS_PAGE, &limit))
		kept_walk(r, MAX(limit, 1), true, after);
}

void api_members_list(struct request *r)
{
	struct str tenant;

	must(r != NULL);
	if (request_tenant(r, &tenant))
		segment_rows_read(r, tenant, on_members);
}

/* ---- lists --------------------------------------------------------------------------- */

struct members_body {
	json_t *add, *remove;
};

static const struct field members_rows[] = {
	{ "add", FIELD_ARRAY, offsetof(struct members_body, add), false,
	  "Ids of contacts, up to 1000 with those of remove." },
	{ "remove", FIELD_ARRAY, offsetof(struct members_body, remove), false,
	  "Ids of contacts." },
};

const struct fields members_fields = { "members", members_rows,
				       ARRAY_LEN(members_rows) };

/* Contacts that come or go: each to come is looked for, then all is put. */
struct changes {
	char tenant[TENANT_MAX + 1];
	uint64_t list;
	json_t *add, *remove;     /* of the body */
	size_t at;                /* in add */
	bool there;               /* the contact that is looked for */
	uint64_t id[CHANGES_MAX]; /* to be added */
	unsigned added, removed, unknown;
};

static void changes_answer(struct request *r)
{
	const struct changes *c = r->own;
	AUTO(buf_done) struct buf detail = { 0 };
	char id[ID_TEXT];

	id_text(c->list, id);
	buf_init(&detail, AUDIT_DETAIL_MAX);
	json_open(&detail, '{');
	json_ku(&detail, "added", c->added);
	json_ku(&detail, "removed", c->removed);
	json_ku(&detail, "unknown", c->unknown);
	json_close(&detail, '}');
	buf_str_put(reply_json(r), buf_str(&detail));
	request_audit(r, str_of(c->tenant), "segment.members", str_of(id),
		      buf_str(&detail));
	request_then(r, on_counted);
}

static void member_put(struct request *r, enum store_call call, uint64_t id)
{
	const struct changes *c = r->own;
	struct cell cells[] = { CELL_Z(c->tenant), CELL_I(c->list), CELL_I(id),
				CELL_I(clock_wall_ms(r->c->clock)) };

	store_put(r->c->store, call, cells, call == STORE_MEMBER_PUT ? 4 : 3);
}

static void changes_put(struct request *r)
{
	struct changes *c = r->own;
	const json_t *one;
	uint64_t id;
	size_t i;

	for (unsigned k = 0; k < c->added; k++)
		member_put(r, STORE_MEMBER_PUT, c->id[k]);
	json_array_foreach(c->remove, i, one)
	{
		if (id_parse(str_of(json_string_value(one)), &id) != 0) {
			c->unknown++;
			continue;
		}
		member_put(r, STORE_MEMBER_DROP, id);
		c->removed++;
	}
	changes_answer(r);
}

#define COL_BRANCH 8 /* of CONTACT_GET */

/* On the reader's thread. Of another branch is as if it were not there. */
static bool on_contact(void *owner, const struct row *row)
{
	struct request *r = owner;

	((struct changes *)r->own)->there =
		branch_owns(r, row_s(row, COL_BRANCH));
	return false;
}

static void on_looked(struct request *r, int rc);

/* The next contact to be added is looked for; unknown ids are counted. */
static void changes_look(struct request *r)
{
	struct changes *c = r->own;
	uint64_t *id = &c->id[c->added];

	while (c->at < json_array_size(c->add)) {
		const json_t *one = json_array_get(c->add, c->at++);
		if (id_parse(str_of(json_string_value(one)), id) != 0) {
			c->unknown++;
			continue;
		}
		struct cell cells[] = { CELL_Z(c->tenant), CELL_I(*id) };
		c->there = false;
		request_read(r, STORE_CONTACT_GET, cells, ARRAY_LEN(cells),
			     on_contact, on_looked);
		return;
	}
	changes_put(r);
}

static void on_looked(struct request *r, int rc)
{
	struct changes *c = r->own;

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	if (c->there)
		c->added++;
	else
		c->unknown++;
	changes_look(r);
}

static void on_members_post(struct request *r, int rc UNUSED)
{
	struct segment_rows *s = r->own;
	struct members_body body = { 0 };
	const struct segment_row *row;
	uint64_t id;

	if (!param_id(r, 0, &id) || !request_fields(r, &body))
		return;
	row = segment_rows_id(s, id);
	if (row == NULL) {
		reply_rc(r, -ENOENT);
		return;
	}
	if (!branch_check(r, row->tenant, row->branch, r->param[0]))
		return;
	if (!row->is_static) {
		reply_error(r, 400, "bad_kind", NULL,
			    "the members of a dynamic segment follow from its "
			    "filter");
		return;
	}
	if (json_array_size(body.add) + json_array_size(body.remove) >
	    CHANGES_MAX) {
		reply_error(r, 400, "too_many", "add",
			    "at most %d contacts in one request", CHANGES_MAX);
		return;
	}
	struct changes *c = mem_new(struct changes);
	must(str_copy(c->tenant, sizeof(c->tenant), str_of(s->tenant)) == 0);
	c->list = row->id;
	c->add = body.add;
	c->remove = body.remove;
	r->own_free(r->own);
	r->own = c;
	r->own_free = mem_free;
	changes_look(r);
}

void api_members_post(struct request *r)
{
	struct str tenant;

	must(r != NULL);
	if (request_tenant(r, &tenant))
		segment_rows_read(r, tenant, on_members_post);
}
