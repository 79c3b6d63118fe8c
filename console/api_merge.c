/* POST /v1/contacts/{id}/merge: two contacts that are one person. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "console/branch.h"
#include "console/contact_diff.h"
#include "console/edit.h"
#include "console/persons.h"

struct merge_body {
	struct str from;
};

static const struct field rows[] = {
	{ "from", FIELD_STR, offsetof(struct merge_body, from), true,
	  "The id of the contact that is to be merged into this one." },
};

const struct fields merge_fields = { "merge", rows, ARRAY_LEN(rows) };

/* Rows that name the one that goes, and will name the other. */
struct merging {
	struct persons *ps; /* both: [0] stays, [1] goes */
	struct contact into;
	struct contact_address v[CONTACT_ADDRESSES_MAX];
	unsigned n;
	struct buf attrs;
	uint64_t *lists, *olds; /* its lists; ids that were merged into it */
	char **refs;            /* of those */
	size_t nlists, nolds;
};

#define ROWS_MAX 1000 /* lists of a contact, merges into it */

static void merging_free(void *own)
{
	struct merging *m = own;

	for (size_t i = 0; i < m->nolds; i++)
		mem_free(m->refs[i]);
	mem_free(m->refs);
	mem_free(m->olds);
	mem_free(m->lists);
	buf_done(&m->attrs);
	persons_free(m->ps);
	mem_free(m);
}

/* ---- what becomes of two ------------------------------------------------------- */

/* What the one that stays does not say, the other one does. */
static void fill(struct contact *into, const struct contact *from)
{
	struct str *to[] = { &into->ref,       &into->name,      &into->lang,
			     &into->tier,      &into->branch,    &into->manager,
			     &into->lifecycle, &into->preferred, &into->hours };
	const struct str of[] = { from->ref,       from->name,
				  from->lang,      from->tier,
				  from->branch,    from->manager,
				  from->lifecycle, from->preferred,
				  from->hours };

	for (size_t i = 0; i < ARRAY_LEN(to); i++) {
		if (to[i]->len == 0)
			*to[i] = of[i];
	}
	if (into->tz.len == 0) {
		into->tz = from->tz;
		into->tz_source = from->tz_source;
	}
	/* Whoever of them has left has left. */
	if (from->state == CONTACT_LEFT)
		into->state = CONTACT_LEFT;
	if (from->created_ms != 0 && from->created_ms < into->created_ms)
		into->created_ms = from->created_ms;
}

static int put_text(const char *p, size_t len, void *out)
{
	buf_put(out, p, len);
	return 0;
}

/* The attributes of both; of two of one name that of the one that stays. */
static struct str attrs_of(struct str into, struct str from, struct buf *out)
{
	struct err err = { "" };
	json_t *a = NULL, *b = NULL;

	buf_init(out, BUF_NO_LIMIT);
	if (into.len <= 2 || json_read(into, 16, &a, &err) != 0)
		return from.len > 2 ? from : into;
	if (from.len > 2 && json_read(from, 16, &b, &err) == 0)
		IGNORE(json_object_update_missing(a, b));
	IGNORE(json_dump_callback(a, put_text, out, JSON_COMPACT));
	json_decref(a);
	json_decref(b);
	return buf_str(out);
}

/* -ENOSPC: together they have too many. */
static int addresses_of(struct merging *m)
{
	for (size_t k = 0; k < 2; k++) {
		const struct person *p = m->ps->v[k];

		for (unsigned i = 0; i < p->n; i++) {
			if (m->n == CONTACT_ADDRESSES_MAX)
				return -ENOSPC;
			m->v[m->n++] = p->v[i];
		}
	}
	return 0;
}

/* ---- the writing ------------------------------------------------------------------ */

static void on_written(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

static void note(struct request *r, const struct merging *m)
{
	AUTO(buf_done) struct buf detail = { 0 };
	const struct person *was = m->ps->v[0];
	const struct contact_side before = { &was->contact, was->v, was->n };
	const struct contact_side after = { &m->into, m->v, m->n };
	char id[ID_TEXT], from[ID_TEXT];

	id_text(m->into.id, id);
	id_text(m->ps->v[1]->contact.id, from);
	buf_init(&detail, AUDIT_DETAIL_MAX);
	contact_diff(&detail, &before, &after);
	request_audit(r, m->into.tenant, "contact.merge", str_of(id),
		      detail.full ? STR_NONE : buf_str(&detail));
	request_audit(r, m->into.tenant, "contact.merged", str_of(from),
		      STR_NONE);
}

static void follow(struct request *r, const struct merging *m)
{
	const struct contact *c = &m->into;

	for (size_t i = 0; i < m->nlists; i++) {
		struct cell cells[] = { CELL_T(c->tenant), CELL_I(m->lists[i]),
					CELL_I(c->id), CELL_I(c->updated_ms) };

		store_put(r->c->store, STORE_MEMBER_PUT, cells,
			  ARRAY_LEN(cells));
	}
	for (size_t i = 0; i < m->nolds; i++)
		gateway_contact_alias(r->c->gateway, c->tenant, m->olds[i],
				      str_of(m->refs[i]), c->id);
}

static void merge(struct request *r)
{
	struct merging *m = r->own;
	const struct person *from = m->ps->v[1];
	struct err err = { "" };

	if (gateway_contact_merge(r->c->gateway, &m->into, m->v, m->n,
				  &from->contact, from->v, from->n,
				  &err) != 0) {
		reply_error(r, 400, "contact", NULL, "%s", err.text);
		return;
	}
	follow(r, m);
	note(r, m);
	struct person p = { .contact = m->into, .n = m->n };
	memcpy(p.v, m->v, sizeof(p.v));
	person_json(reply_json(r), &p, &r->who);
	edit_etag(m->into.updated_ms, r->etag);
	request_then(r, on_written);
}

/* ---- what else names it ------------------------------------------------------------- */

static bool show_old(void *owner, const struct row *row)
{
	struct merging *m = ((struct request *)owner)->own;

	m->olds = mem_resize(m->olds, (m->nolds + 1) * sizeof(m->olds[0]));
	m->refs = mem_resize(m->refs, (m->nolds + 1) * sizeof(m->refs[0]));
	m->olds[m->nolds] = (uint64_t)row_i(row, 0);
	m->refs[m->nolds++] = str_z(row_s(row, 1));
	return m->nolds < ROWS_MAX;
}

static bool show_list(void *owner, const struct row *row)
{
	struct merging *m = ((struct request *)owner)->own;

	m->lists = mem_resize(m->lists, (m->nlists + 1) * sizeof(m->lists[0]));
	m->lists[m->nlists++] = (uint64_t)row_i(row, 0);
	return m->nlists < ROWS_MAX;
}

static void on_olds(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		merge(r);
}

static void ask(struct request *r, enum store_call call, store_row_fn show,
		void (*next)(struct request *r, int rc))
{
	const struct merging *m = r->own;
	struct cell cells[] = { CELL_T(m->into.tenant),
				CELL_I(m->ps->v[1]->contact.id) };

	request_read(r, call, cells, ARRAY_LEN(cells), show, next);
}

static void on_lists(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		ask(r, STORE_ALIAS_OF, show_old, on_olds);
}

/* ---- the request ---------------------------------------------------------------------- */

static void on_both(struct request *r, int rc)
{
	struct persons *ps = r->own;

	if (rc != 0 || ps->n < 2) {
		if (rc == 0)
			reply_error(r, 404, "no_such", "from",
				    "there is no such contact to be merged");
		else
			reply_rc(r, rc);
		return;
	}
	struct merging *m = mem_new(struct merging);
	m->ps = ps;
	r->own = m;
	r->own_free = merging_free;
	m->into = ps->v[0]->contact;
	fill(&m->into, &ps->v[1]->contact);
	m->into.attrs = attrs_of(ps->v[0]->contact.attrs,
				 ps->v[1]->contact.attrs, &m->attrs);
	if (addresses_of(m) != 0) {
		reply_error(r, 409, "too_many", "from",
			    "together they have more than %d addresses",
			    CONTACT_ADDRESSES_MAX);
		return;
	}
	ask(r, STORE_MEMBER_LISTS, show_list, on_lists);
}

static void on_into(struct request *r, int rc)
{
	const struct person *p = persons_one(r, rc);
	struct merge_body body = { 0 };
	uint64_t from;

	if (p == NULL || !request_fields(r, &body))
		return;
	if (!edit_fresh(r, p->contact.updated_ms)) {
		person_json(edit_stale(r, p->contact.updated_ms), p, &r->who);
		edit_stale_send(r);
		return;
	}
	if (id_parse(body.from, &from) != 0 || from == p->contact.id) {
		reply_error(r, 400, "bad_id", "from",
			    "give the id of another contact");
		return;
	}
	persons_read_also(r, from, on_both);
}

void api_contact_merge(struct request *r)
{
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if (request_tenant(r, &tenant) && param_id(r, 0, &id))
		persons_read(r, STORE_PERSON_GET, tenant, CELL_I(id), 1,
			     on_into);
}
