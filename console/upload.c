/* CSV uploads: pieces to rows, rows to parts, parts to the disk. */
#include "console/upload.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#define PART_ROWS 1000       /* between two commits that are asked for */
#define PARTS_MAX 24         /* commits that are waited for */
#define PROGRESS_ROWS 100000 /* between two lines of the log */
#define TEXT_MAX (4 * TEXT_FILE_WINDOW)
#define KEPT_MAX ((size_t)64 << 20)

struct upload {
	struct request
		*r; /* NULL: it is gone, and parts are still waited for */
	struct upload_cfg cfg;
	struct text_file *file;
	struct buf text; /* as UTF-8 */
	struct csv *csv;
	bool headed, ended;
	uint64_t rows, failed;
	struct buf list; /* of failed rows, JSON */
	struct buf kept; /* rows that wait: line, cells */
	size_t kept_at;  /* the first of them */
	unsigned fresh;  /* rows of the part that grows */
	unsigned parts;  /* on their way to the disk */
	bool waits;      /* the upload does, for one of them */
	int rc;          /* a part that was not stored */
};

static void upload_free(struct upload *u)
{
	text_file_free(&u->file);
	csv_free(&u->csv);
	buf_done(&u->text);
	buf_done(&u->list);
	buf_done(&u->kept);
	u->cfg.events->free(u->cfg.owner);
	mem_free(u);
}

static void on_gone(void *own)
{
	struct upload *u = own;

	u->r = NULL;
	if (u->parts == 0)
		upload_free(u);
}

void upload_list_init(struct buf *list)
{
	must(list != NULL);
	buf_init(list, (size_t)UPLOAD_LISTED * 512);
	json_open(list, '[');
}

void upload_list(struct buf *list, unsigned line, const char *why)
{
	must(list != NULL && why != NULL);
	json_open(list, '{');
	json_ku(list, "line", line);
	json_kz(list, "reason", why);
	json_close(list, '}');
}

static void row_failed(struct upload *u, unsigned line, const char *why)
{
	if (u->failed++ < UPLOAD_LISTED)
		upload_list(&u->list, line, why);
}

/* ---- rows that wait ----------------------------------------------------------- */

static bool keeps(const struct upload *u)
{
	return u->kept_at < u->kept.len;
}

/* why: of a row that cannot be read, which has no cells. */
static void keep(struct upload *u, unsigned line, const struct str *cells,
		 unsigned n, const char *why)
{
	buf_varint(&u->kept, line);
	buf_varint(&u->kept, n);
	buf_lstr(&u->kept, str_of(why));
	for (unsigned i = 0; i < n; i++)
		buf_lstr(&u->kept, cells[i]);
	must(!u->kept.full);
}

struct kept_row {
	unsigned line, n;
	struct str why;
	struct str cells[CSV_COLUMNS_MAX];
};

static void kept_next(struct bufr *r, struct kept_row *row)
{
	row->line = (unsigned)bufr_varint(r);
	row->n = (unsigned)bufr_varint(r);
	row->why = bufr_lstr(r);
	must(row->n <= CSV_COLUMNS_MAX);
	for (unsigned i = 0; i < row->n; i++)
		row->cells[i] = bufr_lstr(r);
	must(!r->bad);
}

static struct bufr kept_rows(const struct upload *u)
{
	struct bufr r = bufr_of(u->kept.p, u->kept.len);

	r.at = u->kept_at;
	return r;
}

void upload_kept(struct upload *u, upload_row_fn *fn, void *owner)
{
	struct bufr r;
	struct kept_row row;

	must(u != NULL && fn != NULL);
	for (r = kept_rows(u); bufr_left(&r) > 0;) {
		kept_next(&r, &row);
		if (row.n > 0)
			fn(owner, row.cells, row.n);
	}
}

/* ---- rows ----------------------------------------------------------------------*/

/* False: it is to be kept. */
static bool row_take(struct upload *u, unsigned line, const struct str *cells,
		     unsigned n)
{
	struct err err = { "" };
	int rc = u->cfg.events->row(u->cfg.owner, line, cells, n, &err);

	if (rc == -EAGAIN)
		return false;
	if (rc != 0)
		row_failed(u, line, err.text);
	return true;
}

static void on_row(void *owner, unsigned line, const struct str *cells,
		   unsigned n)
{
	struct upload *u = owner;

	if (u->r->answered)
		return;
	if (!u->headed) {
		u->headed = true;
		u->cfg.events->head(u->cfg.owner, cells, n);
		return;
	}
	u->rows++;
	u->fresh++;
	if (keeps(u) || !row_take(u, line, cells, n))
		keep(u, line, cells, n, "");
	if (u->rows % PROGRESS_ROWS == 0)
		log_info("upload.progress", KV_S("what", u->cfg.what),
			 KV_U("rows", u->rows), KV_U("failed", u->failed));
}

static void on_bad(void *owner, unsigned line, const char *why)
{
	struct upload *u = owner;

	if (u->r->answered)
		return;
	/* What the file cannot say arrives as what UTF-8 cannot. */
	if (strcmp(why, "not UTF-8") == 0 &&
	    text_file_found(u->file) == TEXT_FILE_GB18030)
		why = "not GB18030";
	if (!u->headed) {
		u->headed = true;
		reply_error(u->r, 400, "bad_header", NULL, "line %u: %s", line,
			    why);
		return;
	}
	u->rows++;
	if (keeps(u)) /* failed rows are listed in order */
		keep(u, line, NULL, 0, why);
	else
		row_failed(u, line, why);
}

/* ---- the disk ------------------------------------------------------------------*/

static void not_stored(struct request *r, uint64_t rows)
{
	r->retry_after_s = 10;
	reply_error(r, 507, "store_full", NULL,
		    "the store is full; some of the first %llu rows are kept, "
		    "the rest is not; sending them all again is safe",
		    (unsigned long long)rows);
}

static void on_part(void *owner, int rc)
{
	struct upload *u = owner;
	struct request *r = u->r;

	u->parts--;
	if (rc != 0)
		u->rc = rc;
	if (r == NULL) {
		if (u->parts == 0)
			upload_free(u);
		return;
	}
	if (!u->waits || (u->parts > PARTS_MAX / 2 && u->rc == 0))
		return;
	u->waits = false;
	/* Closing answered it already; and what is gone takes us with it. */
	if (!request_woken(r) || r->answered)
		return;
	if (u->rc != 0)
		not_stored(r, u->rows);
	else
		request_resume(r);
}

/* What there is so far is one part; too many, and no piece comes for a while. */
static void part_end(struct upload *u)
{
	u->fresh = 0;
	u->parts++;
	store_then(u->r->c->store, on_part, u);
	if (u->parts < PARTS_MAX)
		return;
	u->waits = true;
	request_wait(u->r);
}

/* ---- the request ---------------------------------------------------------------*/

struct upload *upload_begin(struct request *r, const struct upload_cfg *cfg)
{
	static const struct csv_events events = { on_row, on_bad };

	must(r != NULL && r->own == NULL && cfg != NULL);
	struct upload *u = mem_new(struct upload);
	u->r = r;
	u->cfg = *cfg;
	u->file = text_file_new(cfg->encoding);
	u->csv = csv_new(cfg->row_max_bytes, &events, u);
	buf_init(&u->text, TEXT_MAX);
	buf_init(&u->kept, KEPT_MAX);
	upload_list_init(&u->list);
	r->own = u;
	r->own_free = on_gone;
	return u;
}

/* False: it was answered. */
static bool text_take(struct upload *u, struct str piece, bool end)
{
	struct err err = { "" };

	buf_reset(&u->text);
	if (text_file_feed(u->file, piece, end, &u->text, &err) != 0)
		reply_error(u->r, 400, "bad_encoding", NULL, "%s", err.text);
	else
		csv_feed(u->csv, buf_str(&u->text));
	if (!u->r->answered && end)
		csv_end(u->csv);
	return !u->r->answered;
}

void upload_piece(struct request *r, struct str piece)
{
	must(r != NULL && r->own_free == on_gone);
	struct upload *u = r->own;

	if (r->c->stopping)
		reply_error(r, 503, "stopping", NULL, "this node is stopping");
	else if (u->rc != 0)
		not_stored(r, u->rows);
	else if (!text_take(u, piece, false))
		return;
	else if (keeps(u))
		u->cfg.events->kept(u->cfg.owner);
	else if (u->fresh >= PART_ROWS)
		part_end(u);
}

void upload_end(struct request *r)
{
	must(r != NULL && r->own_free == on_gone);
	struct upload *u = r->own;

	u->ended = true;
	if (!text_take(u, STR_NONE, true))
		return;
	if (!u->headed)
		reply_error(r, 400, "bad_header", NULL, "the file is empty");
	else if (keeps(u))
		u->cfg.events->kept(u->cfg.owner);
	else
		u->cfg.events->whole(u->cfg.owner);
}

/* The kept rows are taken; on with what comes behind them. */
static void go_on(struct upload *u)
{
	size_t limit = u->kept.limit;

	buf_done(&u->kept);
	buf_init(&u->kept, limit);
	u->kept_at = 0;
	if (u->ended) {
		u->cfg.events->whole(u->cfg.owner);
		return;
	}
	if (u->fresh >= PART_ROWS)
		part_end(u);
	if (!u->waits)
		request_resume(u->r);
}

static void bad_again(struct upload *u, const struct kept_row *row)
{
	struct err why = { "" };

	(void)err_set(&why, 0, "%.*s", STR_ARGS(row->why));
	row_failed(u, row->line, why.text);
}

bool upload_go(struct upload *u)
{
	struct bufr r;
	struct kept_row row;

	must(u != NULL && u->r != NULL && !u->r->answered);
	for (r = kept_rows(u); bufr_left(&r) > 0; u->kept_at = r.at) {
		kept_next(&r, &row);
		if (row.n == 0) {
			bad_again(u, &row);
		} else if (!row_take(u, row.line, row.cells, row.n)) {
			u->cfg.events->kept(u->cfg.owner);
			return false;
		}
	}
	go_on(u);
	return true;
}

/* ---- what is said of it ----------------------------------------------------------*/

uint64_t upload_rows(const struct upload *u)
{
	must(u != NULL);
	return u->rows;
}

uint64_t upload_failed(const struct upload *u)
{
	must(u != NULL);
	return u->failed;
}

enum text_file_kind upload_encoding(const struct upload *u)
{
	must(u != NULL);
	return text_file_found(u->file);
}

void upload_failed_json(struct buf *b, const struct upload *u)
{
	must(b != NULL && u != NULL);
	json_key(b, "failed");
	buf_str_put(b, buf_str(&u->list));
	json_close(b, ']');
}

static void on_whole(struct request *r, int rc)
{
	const struct upload *u = r->own;

	if (rc == 0 && u->rc != 0)
		not_stored(r, u->rows);
	else if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

void upload_answer(struct upload *u)
{
	must(u != NULL && u->r != NULL);
	request_then(u->r, on_whole);
}
