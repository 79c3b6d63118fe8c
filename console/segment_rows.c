/* Segments read, looked up, shown. */
#include "console/segment_rows.h"

#include <errno.h>

#include "base/mem.h"
#include "console/branch.h"

static void rows_free(void *own)
{
	struct segment_rows *s = own;

	for (size_t i = 0; i < s->n; i++)
		mem_free(s->v[i]);
	mem_free(s->v);
	segment_free(&s->filter);
	mem_free(s);
}

/* On the reader's thread. */
static bool on_row(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct segment_rows *s = r->own;
	struct segment_row one;

	if (s->n == s->cap) {
		s->cap = MAX(16, s->cap * 2);
		s->v = mem_resize(s->v, s->cap * sizeof(s->v[0]));
	}
	segment_row_read(row, &one);
	s->v[s->n++] = segment_row_dup(&one);
	return true;
}

static void on_rows(struct request *r, int rc)
{
	struct segment_rows *s = r->own;

	if (rc != 0)
		reply_rc(r, rc);
	else
		s->next(r, rc);
}

void segment_rows_read(struct request *r, struct str tenant,
		       void (*next)(struct request *r, int rc))
{
	must(r != NULL && r->own == NULL && next != NULL);
	struct segment_rows *s = mem_new(struct segment_rows);
	must(str_copy(s->tenant, sizeof(s->tenant), tenant) == 0);
	s->next = next;
	r->own = s;
	r->own_free = rows_free;
	struct cell cells[] = { CELL_T(tenant), CELL_I(0),
				CELL_I(r->c->http->segments) };
	request_read(r, STORE_SEGMENT_LIST, cells, ARRAY_LEN(cells), on_row,
		     on_rows);
}

struct segment_row *segment_rows_id(const struct segment_rows *s, uint64_t id)
{
	must(s != NULL);
	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i]->id == id)
			return s->v[i];
	}
	return NULL;
}

struct segment_row *segment_rows_name(const struct segment_rows *s,
				      struct str name)
{
	must(s != NULL);
	for (size_t i = 0; i < s->n; i++) {
		if (str_eq(s->v[i]->name, name))
			return s->v[i];
	}
	return NULL;
}

bool segment_rows_lists(struct request *r, const struct segment_rows *s,
			const struct segment *filter)
{
	struct str name;
	unsigned i = 0;

	must(r != NULL && s != NULL && filter != NULL);
	while (segment_list(filter, &i, &name)) {
		const struct segment_row *row = segment_rows_name(s, name);
		if (row != NULL && !branch_sees_shared(r, row->branch))
			row = NULL;
		if (row != NULL && row->is_static)
			continue;
		reply_error(r, 400, "no_list", "filter",
			    row == NULL ? "there is no list '%.*s'"
					: "'%.*s' is not a list: it has a "
					  "filter of its own",
			    STR_ARGS(name));
		return false;
	}
	return true;
}

static bool names_list(const struct segment_row *row, struct str list)
{
	struct segment *filter = NULL;
	struct err err = { "" };
	uint64_t ignored;
	struct str name;
	unsigned i = 0;
	bool found = false;

	if (segment_row_filter(row, &filter, &ignored, &err) != 0)
		return false;
	while (!found && segment_list(filter, &i, &name))
		found = str_eq(name, list);
	segment_free(&filter);
	return found;
}

const struct segment_row *segment_rows_use(const struct segment_rows *s,
					   struct str list)
{
	must(s != NULL);
	for (size_t i = 0; i < s->n; i++) {
		if (names_list(s->v[i], list))
			return s->v[i];
	}
	return NULL;
}

void segment_row_json(struct buf *b, const struct segment_row *row)
{
	struct segment *filter = NULL;
	struct err err = { "" };
	uint64_t list;

	must(b != NULL && row != NULL);
	json_open(b, '{');
	json_kid(b, "id", row->id);
	json_ks(b, "name", row->name);
	json_kz(b, "kind", row->is_static ? "static" : "dynamic");
	if (!row->is_static &&
	    segment_row_filter(row, &filter, &list, &err) == 0)
		segment_filter_json(b, filter);
	segment_free(&filter);
	if (row->counted_ms != 0) {
		json_ku(b, "count", row->count);
		json_kt(b, "counted", row->counted_ms);
	}
	json_ks_opt(b, "branch", row->branch);
	json_ks_opt(b, "author", row->author);
	json_kt(b, "created", row->created_ms);
	json_kt(b, "updated", row->updated_ms);
	json_close(b, '}');
}

bool segment_body_filter(struct request *r, struct str text, json_t *tree,
			 struct segment **out)
{
	struct err err = { "" };
	int rc = 0;

	must(r != NULL && out != NULL);
	if (text.p != NULL && tree != NULL)
		rc = err_set(
			&err, -EINVAL,
			"give the filter as text or as its tree, not both");
	else if (text.p != NULL)
		rc = segment_compile(text, out, &err);
	else if (tree != NULL)
		rc = segment_from_json(tree, out, &err);
	if (rc == 0)
		return true;
	reply_error(r, 400, "bad_filter", tree != NULL ? "ast" : "filter", "%s",
		    err.text);
	return false;
}
