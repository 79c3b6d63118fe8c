/* POST /v1/imports: contacts from CSV. */
#include "console/api.h"

#include <errno.h>

#include "base/mem.h"
#include "console/import_take.h"
#include "console/upload.h"

#define ROW_MAX_BYTES 16384

struct import {
	struct request *r;
	struct upload *upload;
	struct import_take take;
	char tenant[TENANT_MAX + 1];
	struct buf doubts; /* of rows whose consent was not taken */
};

static void import_free(void *owner)
{
	struct import *im = owner;

	import_take_done(&im->take);
	buf_done(&im->doubts);
	mem_free(im);
}

/* ---- rows ----------------------------------------------------------------------*/

static void head_take(void *owner, const struct str *cells, unsigned n)
{
	struct import *im = owner;
	struct err err = { "" };

	if (import_head_read(cells, n, im->take.opts.map, &im->take.head,
			     &err) != 0)
		reply_error(im->r, 400, "bad_header", NULL, "%s", err.text);
}

static int row_take(void *owner, unsigned line, const struct str *cells,
		    unsigned n, struct err *err)
{
	struct import *im = owner;
	int rc = import_take_row(&im->take, cells, n, err);

	if (rc == 0 && im->take.row.doubt.text[0] != '\0' &&
	    im->take.sum.doubted <= UPLOAD_LISTED)
		upload_list(&im->doubts, line, im->take.row.doubt.text);
	return rc;
}

/* ---- rows about those who are there already --------------------------------------- */

static void on_known(void *owner, int rc)
{
	struct import *im = owner;

	if (rc != 0)
		reply_rc(im->r, rc);
	else if (upload_go(im->upload))
		import_known_clear(im->take.known); /* of other rows soon */
}

static void want(void *owner, const struct str *cells, unsigned n)
{
	struct import *im = owner;

	import_take_want(&im->take, cells, n);
}

static void rows_kept(void *owner)
{
	struct import *im = owner;

	import_known_clear(im->take.known);
	upload_kept(im->upload, want, im);
	import_known_read(im->take.known, on_known, im);
}

/* ---- the end --------------------------------------------------------------------- */

static void put_figures(struct buf *b, const struct import *im)
{
	const struct import_figures *sum = &im->take.sum;
	enum text_file_kind found = upload_encoding(im->upload);

	json_ku(b, "rows", upload_rows(im->upload));
	json_ku(b, "imported", sum->created + sum->updated);
	json_ku(b, "created", sum->created);
	json_ku(b, "updated", sum->updated);
	json_ku(b, "skipped", sum->skipped);
	json_ku(b, "moved", sum->moved);
	json_ku(b, "consents", sum->consents);
	json_ku(b, "failed_rows", upload_failed(im->upload));
	json_ku(b, "consents_refused", sum->doubted);
	json_kz(b, "encoding",
		found == TEXT_FILE_AUTO ? "ascii" : text_file_name(found));
	json_kb(b, "dry_run", im->take.opts.dry_run);
}

static void whole(void *owner)
{
	struct import *im = owner;
	AUTO(buf_done) struct buf detail = { 0 };
	struct buf *b = reply_json(im->r);

	json_open(b, '{');
	put_figures(b, im);
	upload_failed_json(b, im->upload);
	json_key(b, "refused");
	buf_str_put(b, buf_str(&im->doubts));
	json_close(b, ']');
	json_kb(b, "cut",
		MAX(upload_failed(im->upload), im->take.sum.doubted) >
			UPLOAD_LISTED);
	json_close(b, '}');
	buf_init(&detail, AUDIT_DETAIL_MAX);
	json_open(&detail, '{');
	put_figures(&detail, im);
	json_close(&detail, '}');
	request_audit(im->r, str_of(im->tenant), "contact.import", STR("done"),
		      buf_str(&detail));
	upload_answer(im->upload);
}

void api_import_begin(struct request *r)
{
	static const struct upload_events events = {
		.head = head_take,
		.row = row_take,
		.kept = rows_kept,
		.whole = whole,
		.free = import_free,
	};
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
	const struct upload_cfg cfg = { "import", ROW_MAX_BYTES, opts.encoding,
					&events, im };

	im->r = r;
	im->upload = upload_begin(r, &cfg);
	upload_list_init(&im->doubts);
	must(str_copy(im->tenant, sizeof(im->tenant), tenant) == 0);
	im->take.opts = opts;
	import_take_init(&im->take, r, str_of(im->tenant));
	request_audit(r, tenant, "contact.import",
		      opts.dry_run ? STR("tried") : STR("begun"), STR_NONE);
}
