/* POST /v1/imports: contacts from CSV, row by row as they come in. Several
 * commits are under way at once; with too many the upload waits. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "console/import_take.h"

#define ROW_MAX_BYTES 16384
#define PART_ROWS 1000       /* between two commits that are asked for */
#define PARTS_MAX 24         /* commits that are waited for */
#define LISTED_MAX 10000     /* listed with their reason */
#define PROGRESS_ROWS 100000 /* between two lines of the log */
#define TEXT_MAX (4 * TEXT_FILE_WINDOW)

struct import {
	struct request
		*r; /* NULL: it is gone, and parts are still waited for */
	struct text_file *file;
	struct buf text; /* as UTF-8 */
	struct csv *csv;
	struct import_take take;
	bool headed;
	char tenant[TENANT_MAX + 1];
	unsigned fresh;    /* rows of the part that grows */
	unsigned parts;    /* on their way to the disk */
	bool waits;        /* the upload does, for one of them */
	int rc;            /* a part that was not stored */
	struct buf list;   /* of failed rows, JSON */
	struct buf doubts; /* of rows whose consent was not taken */
};

static void import_free(struct import *im)
{
	text_file_free(&im->file);
	csv_free(&im->csv);
	import_take_done(&im->take);
	buf_done(&im->text);
	buf_done(&im->list);
	buf_done(&im->doubts);
	mem_free(im);
}

static void on_gone(void *own)
{
	struct import *im = own;

	im->r = NULL;
	if (im->parts == 0)
		import_free(im);
}

static void list_put(struct buf *list, unsigned line, const char *why)
{
	json_open(list, '{');
	json_ku(list, "line", line);
	json_kz(list, "reason", why);
	json_close(list, '}');
}

static void row_failed(struct import *im, unsigned line, const char *why)
{
	if (im->take.sum.failed <= LISTED_MAX)
		list_put(&im->list, line, why);
}

/* ---- rows ----------------------------------------------------------------------*/

static void head_take(struct import *im, const struct str *cells, unsigned n)
{
	struct err err = { "" };

	im->headed = true;
	if (import_head_read(cells, n, im->take.opts.map, &im->take.head,
			     &err) != 0)
		reply_error(im->r, 400, "bad_header", NULL, "%s", err.text);
}

static void note_progress(const struct import *im)
{
	const struct import_figures *sum = &im->take.sum;

	if (sum->rows % PROGRESS_ROWS == 0)
		log_info("import.progress", KV_S("tenant", im->tenant),
			 KV_U("rows", sum->rows), KV_U("failed", sum->failed));
}

static void on_row(void *owner, unsigned line, const struct str *cells,
		   unsigned n)
{
	struct import *im = owner;
	struct err err = { "" };

	if (im->r->answered)
		return;
	if (!im->headed) {
		head_take(im, cells, n);
		return;
	}
	if (import_take_row(&im->take, cells, n, &err) != 0)
		row_failed(im, line, err.text);
	else if (im->take.row.doubt.text[0] != '\0' &&
		 im->take.sum.doubted <= LISTED_MAX)
		list_put(&im->doubts, line, im->take.row.doubt.text);
	im->fresh++;
	note_progress(im);
}

static void on_bad(void *owner, unsigned line, const char *why)
{
	struct import *im = owner;

	if (im->r->answered)
		return;
	/* What the file cannot say arrives as what UTF-8 cannot. */
	if (strcmp(why, "not UTF-8") == 0 &&
	    text_file_found(im->file) == TEXT_FILE_GB18030)
		why = "not GB18030";
	if (!im->headed) {
		im->headed = true;
		reply_error(im->r, 400, "bad_header", NULL, "line %u: %s", line,
			    why);
		return;
	}
	im->take.sum.rows++;
	im->take.sum.failed++;
	row_failed(im, line, why);
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
	struct import *im = owner;
	struct request *r = im->r;

	im->parts--;
	if (rc != 0)
		im->rc = rc;
	if (r == NULL) {
		if (im->parts == 0)
			import_free(im);
		return;
	}
	if (!im->waits || (im->parts > PARTS_MAX / 2 && im->rc == 0))
		return;
	im->waits = false;
	/* Closing answered it already; and what is gone takes us with it. */
	if (!request_woken(r) || r->answered)
		return;
	if (im->rc != 0)
		not_stored(r, im->take.sum.rows);
	else
		request_resume(r);
}

/* What there is so far is one part; too many, and no piece comes for a while. */
static void part_end(struct import *im)
{
	im->fresh = 0;
	im->parts++;
	store_then(im->r->c->store, on_part, im);
	if (im->parts < PARTS_MAX)
		return;
	im->waits = true;
	request_wait(im->r);
}

/* ---- the request -----------------------------------------------------------------*/

void api_import_begin(struct request *r)
{
	static const struct csv_events events = { on_row, on_bad };
	struct import_opts opts;
	struct str tenant;

	must(r != NULL && r->own == NULL);
	int rc = gateway_ready(r->c->gateway);
	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	if (!request_tenant(r, &tenant) || !request_csv(r) ||
	    !import_opts_read(r, &opts))
		return;
	struct import *im = mem_new(struct import);
	r->own = im;
	r->own_free = on_gone;
	im->r = r;
	im->file = text_file_new(opts.encoding);
	im->csv = csv_new(ROW_MAX_BYTES, &events, im);
	buf_init(&im->text, TEXT_MAX);
	buf_init(&im->list, (size_t)LISTED_MAX * 512);
	buf_init(&im->doubts, (size_t)LISTED_MAX * 512);
	json_open(&im->list, '[');
	json_open(&im->doubts, '[');
	must(str_copy(im->tenant, sizeof(im->tenant), tenant) == 0);
	im->take.opts = opts;
	import_take_init(&im->take, r, str_of(im->tenant));
	request_audit(r, tenant, "contact.import",
		      opts.dry_run ? STR("tried") : STR("begun"), STR_NONE);
}

/* False: it was answered. */
static bool text_take(struct import *im, struct str piece, bool end)
{
	struct err err = { "" };

	buf_reset(&im->text);
	if (text_file_feed(im->file, piece, end, &im->text, &err) != 0)
		reply_error(im->r, 400, "bad_encoding", NULL, "%s", err.text);
	else
		csv_feed(im->csv, buf_str(&im->text));
	return !im->r->answered;
}

void api_import_piece(struct request *r, struct str piece)
{
	must(r != NULL);
	struct import *im = r->own;

	if (r->c->stopping)
		reply_error(r, 503, "stopping", NULL, "this node is stopping");
	else if (im->rc != 0)
		not_stored(r, im->take.sum.rows);
	else if (text_take(im, piece, false) && im->fresh >= PART_ROWS)
		part_end(im);
}

static void on_whole(struct request *r, int rc)
{
	const struct import *im = r->own;

	if (rc == 0 && im->rc != 0)
		not_stored(r, im->take.sum.rows);
	else if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

static void put_figures(struct buf *b, const struct import *im)
{
	const struct import_figures *sum = &im->take.sum;

	json_ku(b, "rows", sum->rows);
	json_ku(b, "imported", sum->created + sum->updated);
	json_ku(b, "created", sum->created);
	json_ku(b, "updated", sum->updated);
	json_ku(b, "skipped", sum->skipped);
	json_ku(b, "moved", sum->moved);
	json_ku(b, "consents", sum->consents);
	json_ku(b, "failed_rows", sum->failed);
	json_ku(b, "consents_refused", sum->doubted);
	json_kz(b, "encoding",
		text_file_found(im->file) == TEXT_FILE_AUTO
			? "ascii"
			: text_file_name(text_file_found(im->file)));
	json_kb(b, "dry_run", im->take.opts.dry_run);
}

static void answer(struct request *r, const struct import *im)
{
	struct buf *b = reply_json(r);

	json_open(b, '{');
	put_figures(b, im);
	json_key(b, "failed");
	buf_str_put(b, buf_str(&im->list));
	json_close(b, ']');
	json_key(b, "refused");
	buf_str_put(b, buf_str(&im->doubts));
	json_close(b, ']');
	json_kb(b, "cut",
		MAX(im->take.sum.failed, im->take.sum.doubted) > LISTED_MAX);
	json_close(b, '}');
}

void api_import_end(struct request *r)
{
	AUTO(buf_done) struct buf detail = { 0 };

	must(r != NULL);
	struct import *im = r->own;
	if (!text_take(im, STR_NONE, true))
		return;
	csv_end(im->csv);
	if (r->answered)
		return;
	if (!im->headed) {
		reply_error(r, 400, "bad_header", NULL, "the file is empty");
		return;
	}
	answer(r, im);
	buf_init(&detail, AUDIT_DETAIL_MAX);
	json_open(&detail, '{');
	put_figures(&detail, im);
	json_close(&detail, '}');
	request_audit(r, str_of(im->tenant), "contact.import", STR("done"),
		      buf_str(&detail));
	request_then(r, on_whole);
}
