/* From a segment's name to pages of people. */
#include "campaigns/cohort.h"

#include <errno.h>

#include "base/mem.h"
#include "campaigns/people.h"
#include "campaigns/segments.h"

/* Segments of a tenant: more than the console keeps. */
#define SEGMENTS_MAX 100000

struct cohort {
	struct campaigns *c;
	const struct campaign *m;
	uint64_t after;
	void (*came)(void *owner, int rc, const struct err *why);
	void *owner;
	struct segment_row *row; /* found by the reader */
	struct buf filter;
	struct segment_walk *walk;
	const struct segment_page *page; /* the walk's; NULL: none is left */
	size_t at;                       /* of the page: people handed over */
	struct people *into;             /* what a read is for */
	bool looking; /* for the row, which ends in on_row_end */
	bool last;    /* no page follows */
	bool freed;
};

static void cohort_destroy(struct cohort *h)
{
	mem_free(h->row);
	buf_done(&h->filter);
	mem_free(h);
}

static void person_add(const struct cohort *h, const struct person *x,
		       struct people *p)
{
	const struct contact *c = &x->contact;
	const char *channel = h->m->spec.channel;
	struct str address =
		person_address(x,
			       channel == NULL ? STR("sms") : str_of(channel));
	const struct row row = {
		.n = PERSON_TEXTS,
		.v = { CELL_T(address), CELL_T(c->ref), CELL_T(c->name),
		       CELL_T(c->lang), CELL_T(c->tz), CELL_T(c->tier),
		       CELL_T(c->branch), CELL_T(c->attrs) },
	};

	IGNORE(people_add(p, c->id, &row, 0) == NULL);
}

/* From the page that is there; true: p has what it can get. */
static bool cohort_fill(struct cohort *h, struct people *p)
{
	while (h->page != NULL && p->n < PEOPLE_PAGE) {
		if (h->at < h->page->n)
			person_add(h, h->page->v[h->at++], p);
		else
			h->page = NULL;
	}
	if (p->n < PEOPLE_PAGE && !h->last)
		return false;
	people_settle(p);
	return true;
}

/* ---- pages -------------------------------------------------------------------- */

static void on_page(void *owner, int rc, const struct segment_page *page)
{
	static const struct err nothing;
	struct cohort *h = owner;

	if (rc == 0) {
		h->page = page;
		h->at = 0;
		h->last = page->last;
		if (!cohort_fill(h, h->into)) {
			segment_more(h->walk);
			return;
		}
	}
	h->came(h->owner, rc, &nothing);
}

static int cohort_begin(struct cohort *h, struct err *err)
{
	struct segment_walk_cfg cfg = {
		.gateway = h->c->gateway,
		.clock = h->c->clock,
		.tenant = str_of(h->m->tenant),
		.after_id = h->after,
		.branch = h->row->branch.len > 0 ? h->row->branch
						 : campaign_branch(h->m),
		.keep = SIZE_MAX,
		.stopping = &h->c->stopping,
		.page = on_page,
		.owner = h,
	};
	struct segment *s = NULL;

	if (segment_row_filter(h->row, &s, &cfg.list, err) != 0)
		return -EINVAL;
	if (h->row->is_static)
		buf_f(&h->filter, "{\"list\":\"%llu\"}",
		      (unsigned long long)h->row->id);
	else
		segment_json(s, &h->filter);
	cfg.segment = s;
	h->walk = segment_each(&cfg);
	segment_free(&s);
	return 0;
}

/* ---- its name ------------------------------------------------------------------- */

/* On the reader's thread. */
static bool on_row(void *owner, const struct row *row)
{
	struct cohort *h = owner;
	struct segment_row one;

	segment_row_read(row, &one);
	if (!str_eqz(one.name, h->m->spec.audience_text))
		return true;
	h->row = segment_row_dup(&one);
	return false;
}

/* A branch's segment is for its own campaigns, and those of the tenant. */
static bool may_use(const struct cohort *h)
{
	struct str own = campaign_branch(h->m);

	return own.len == 0 || h->row->branch.len == 0 ||
	       str_eq(h->row->branch, own);
}

static void on_row_end(void *owner, int rc)
{
	struct cohort *h = owner;
	struct err err = { "" };

	h->looking = false;
	h->c->reads--;
	if (h->freed) {
		cohort_destroy(h);
		return;
	}
	if (rc == 0 && h->c->stopping)
		rc = -EAGAIN;
	if (rc == 0 && (h->row == NULL || !may_use(h)))
		rc = err_set(&err, -EINVAL, "there is no segment \"%s\"",
			     h->m->spec.audience_text);
	if (rc == 0)
		rc = cohort_begin(h, &err);
	if (rc == 0)
		segment_more(h->walk);
	else
		h->came(h->owner, rc, &err);
}

static void cohort_look(struct cohort *h)
{
	const struct cell cells[] = { CELL_Z(h->m->tenant), CELL_I(0),
				      CELL_I(SEGMENTS_MAX) };

	h->looking = true;
	h->c->reads++;
	h->c->store->ops->get(h->c->store, STORE_SEGMENT_LIST, cells,
			      ARRAY_LEN(cells), on_row, on_row_end, h);
}

/* ---- for the walk ----------------------------------------------------------------- */

struct cohort *cohort_new(
	struct campaigns *c, const struct campaign *m, uint64_t after,
	void (*came)(void *owner, int rc, const struct err *why), void *owner)
{
	must(c != NULL && m != NULL && came != NULL);

	struct cohort *h = mem_new(struct cohort);
	h->c = c;
	h->m = m;
	h->after = after;
	h->came = came;
	h->owner = owner;
	buf_init(&h->filter, BUF_NO_LIMIT);
	return h;
}

bool cohort_read(struct cohort *h, struct people *p)
{
	must(h != NULL && p != NULL && p->n == 0 && !h->looking);
	h->into = p;
	if (h->walk == NULL) {
		cohort_look(h);
		return false;
	}
	if (cohort_fill(h, p))
		return true;
	segment_more(h->walk);
	return false;
}

bool cohort_end(const struct cohort *h)
{
	must(h != NULL);
	return h->last && (h->page == NULL || h->at == h->page->n);
}

struct str cohort_filter(const struct cohort *h)
{
	must(h != NULL);
	return buf_str(&h->filter);
}

void cohort_free(struct cohort **hp)
{
	must(hp != NULL);

	struct cohort *h = TAKE(*hp);
	if (h == NULL)
		return;
	segment_stop(&h->walk);
	h->freed = true;
	if (!h->looking)
		cohort_destroy(h);
}
