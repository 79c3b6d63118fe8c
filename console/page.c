/* Lists, page by page. */
#include "console/page.h"

#include <string.h>

#include "base/mem.h"
#include "console/branch.h"

/* So often the store is asked for one page of which rows are left out; then
 * what there is goes out, with the cursor of the rest. */
#define PAGE_READS 20

/* One row of a read, for those who do not see all. */
struct page_mark {
	size_t at; /* where it begins in the answer */
	uint64_t key;
	char tenant[TENANT_MAX + 1];
	char address[ADDRESS_MAX];
	bool theirs; /* that is said */
};

struct page {
	struct page_ask ask;
	struct cell cells[PAGE_CELLS];
	struct buf texts; /* of the cells */
	uint64_t limit;   /* rows of a read */
	uint64_t left;    /* that the answer has room for */
	uint64_t n, last; /* of this read */
	unsigned reads;
	struct page_mark *marks; /* of this read; NULL: not asked for */
	bool narrow;             /* to a branch */
};

static void page_free(struct page *p)
{
	buf_done(&p->texts);
	mem_free(p->marks);
	mem_free(p);
}

/* ---- rows, on the reader's thread ------------------------------------------------ */

void page_row(struct request *r, uint64_t key)
{
	struct page *p = r->page;

	must(p != NULL && p->n < p->limit);
	if (p->marks != NULL)
		p->marks[p->n] =
			(struct page_mark){ .at = r->out.len, .key = key };
	p->n++;
	p->last = key;
}

void page_row_of(struct request *r, struct str tenant, struct str address)
{
	struct page *p = r->page;

	must(p != NULL && p->n > 0);
	if (p->marks == NULL)
		return;
	struct page_mark *m = &p->marks[p->n - 1];
	/* What is too long is nobody's. */
	if (str_copy(m->tenant, sizeof(m->tenant), tenant) != 0 ||
	    str_copy(m->address, sizeof(m->address), address) != 0)
		m->address[0] = '\0';
}

void page_row_theirs(struct request *r, bool theirs)
{
	struct page *p = r->page;

	must(p != NULL && p->n > 0);
	if (p->marks != NULL)
		p->marks[p->n - 1].theirs = theirs;
}

/* ---- what is shown of them --------------------------------------------------------- */

/* Moves the row's text down to `to`; a comma only behind another row. */
static size_t row_keep(struct buf *b, size_t to, size_t from, size_t end)
{
	if (from < end && b->p[from] == ',' && b->p[to - 1] == '[')
		from++;
	memmove(b->p + to, b->p + from, end - from);
	return to + (end - from);
}

static bool row_is_theirs(struct request *r, const struct page_mark *m)
{
	const struct page *p = r->page;
	struct str tenant = str_of(m->tenant);

	if (p->ask.keep != NULL && !p->ask.keep(r, m->key, tenant))
		return false;
	return !p->narrow || m->theirs ||
	       (m->address[0] != '\0' &&
		branch_sees_address(r, tenant, str_of(m->address)));
}

/* Leaves what is theirs; true: there is room for more. */
static bool rows_narrow(struct request *r)
{
	struct page *p = r->page;
	struct buf *b = &r->out;
	size_t to = p->n > 0 ? p->marks[0].at : b->len;

	for (uint64_t i = 0; i < p->n && p->left > 0; i++) {
		const struct page_mark *m = &p->marks[i];
		size_t end = i + 1 < p->n ? p->marks[i + 1].at : b->len;
		if (!row_is_theirs(r, m))
			continue;
		to = row_keep(b, to, m->at, end);
		if (--p->left == 0)
			p->last = m->key;
	}
	buf_cut(b, to);
	return p->left > 0;
}

static void put_next(struct buf *b, const struct page *p)
{
	if (p->ask.looks == PAGE_ID)
		json_kid(b, "next", p->last);
	else
		json_ku(b, "next", p->last);
}

static void page_read(struct request *r);

static void on_page(struct request *r, int rc)
{
	struct page *p = r->page;
	bool full = p->n == p->limit;

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	if (p->marks != NULL && !r->out.full) {
		bool room = rows_narrow(r);
		if (room && full && ++p->reads < PAGE_READS) {
			page_read(r);
			return;
		}
		full = full || !room;
	}
	json_close(&r->out, ']');
	/* A full page may have another one behind it. */
	if (full)
		put_next(&r->out, p);
	json_close(&r->out, '}');
	reply_send(r, 200);
}

/* ---- asked for --------------------------------------------------------------------- */

static void page_read(struct request *r)
{
	struct page *p = r->page;

	p->cells[p->ask.cursor] =
		p->last == 0 && p->ask.any ? CELL_N : CELL_I(p->last);
	p->cells[p->ask.limit] = CELL_I(p->limit);
	p->n = 0;
	request_read(r, p->ask.call, p->cells, p->ask.n, p->ask.show, on_page);
}

static void cells_copy(struct page *p)
{
	buf_init(&p->texts, BUF_NO_LIMIT);
	for (unsigned i = 0; i < p->ask.n; i++) {
		must(p->ask.cells[i].type != CELL_BLOB);
		buf_str_put(&p->texts, p->ask.cells[i].s);
	}

	size_t at = 0;
	for (unsigned i = 0; i < p->ask.n; i++) {
		struct cell *c = &p->cells[i];
		*c = p->ask.cells[i];
		if (c->type != CELL_TEXT)
			continue;
		c->s = str_bytes(p->texts.p + at, c->s.len);
		at += c->s.len;
	}
	p->ask.cells = NULL;
}

void page_serve(struct request *r, const struct page_ask *ask)
{
	uint64_t limit = ask->usual, cursor = 0;

	must(r != NULL && r->page == NULL && ask->n <= PAGE_CELLS);
	if (!(ask->looks == PAGE_ID
		      ? query_id(r, "cursor", &cursor)
		      : query_u64(r, "cursor", INT64_MAX, &cursor)) ||
	    !query_u64(r, "limit", ask->most, &limit))
		return;
	struct page *p = mem_new(struct page);
	r->page = p;
	r->page_free = page_free;
	p->ask = *ask;
	p->limit = p->left = MAX(limit, 1);
	p->last = cursor;
	cells_copy(p);
	branch_kept(r);
	p->narrow = !ask->kept && branch_narrow(r);
	if (p->narrow || p->ask.keep != NULL)
		p->marks = mem_array(p->limit, sizeof(*p->marks));
	json_open(reply_json(r), '{');
	json_key(&r->out, ask->name);
	json_open(&r->out, '[');
	page_read(r);
}
