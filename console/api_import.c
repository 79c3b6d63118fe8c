/* POST /v1/imports: contacts from CSV, row by row as they come in; every so
 * many rows the upload waits for the disk. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "console/import.h"

#define ROW_MAX_BYTES 16384
#define COMMIT_EVERY 1000 /* rows */
#define LISTED_MAX 10000  /* listed with their reason */

struct import {
	struct request *r;
	struct csv *csv;
	struct import_head head;
	struct import_row row;
	bool headed;
	bool refused; /* the first line was no good: all is lost */
	char tenant[TENANT_MAX + 1];
	char country[4];
	uint64_t rows, imported, failed, consents, doubted;
	unsigned fresh;    /* rows since the last commit */
	struct buf list;   /* of failed rows, JSON */
	struct buf doubts; /* of rows whose consent was not taken */
};

static void import_free(void *own)
{
	struct import *im = own;

	csv_free(&im->csv);
	import_head_done(&im->head);
	import_row_done(&im->row);
	buf_done(&im->list);
	buf_done(&im->doubts);
	mem_free(im);
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
	if (im->failed++ < LISTED_MAX)
		list_put(&im->list, line, why);
}

static void row_doubted(struct import *im, unsigned line, const char *why)
{
	if (im->doubted++ < LISTED_MAX)
		list_put(&im->doubts, line, why);
}

/* ---- consent ------------------------------------------------------------------*/

/* "granted", "withdrawn" ... as the gate knows it now; "" unknown purpose. */
static struct str standing_word(struct import *im, struct str address,
				struct buf *json)
{
	struct str consent, word;
	char purpose[64];

	gateway_standing(im->r->c->gateway, str_of(im->tenant), address, json);
	if (str_copy(purpose, sizeof(purpose), im->row.purpose) != 0 ||
	    json_span(buf_str(json), "consent", &consent) != 0 ||
	    json_span(consent, purpose, &word) != 0 || word.len < 2)
		return STR_NONE;
	return str_bytes(word.p + 1, word.len - 2);
}

/* May this row's consent be written, and is there anything to write? */
static int consent_ask(struct import *im, struct str address, bool *append,
		       struct err *err)
{
	AUTO(buf_done) struct buf json = { 0 };
	const struct import_row *row = &im->row;
	const struct classes *classes = gateway_classes(im->r->c->gateway);

	if (classes_purpose(classes, row->purpose) < 0)
		return err_set(err, -EINVAL, "there is no purpose '%.*s'",
			       STR_ARGS(str_first(row->purpose, 60)));
	buf_init(&json, 65536);
	struct str now = standing_word(im, address, &json);
	bool grant = row->type == CONSENT_GRANT;
	if (grant && str_eqz(now, "withdrawn"))
		return err_set(err, -EINVAL,
			       "the person has withdrawn; an import cannot "
			       "grant for them again");
	*append = grant ? !str_eqz(now, "granted") || row->expires_ms != 0
			: !str_eqz(now, "withdrawn");
	return 0;
}

static int consent_append(struct import *im, struct str address,
			  struct err *err)
{
	struct consent_event e = {
		.tenant = str_of(im->tenant),
		.address = address,
		.purpose = im->row.purpose,
		.type = im->row.type,
		.expires_ms = im->row.expires_ms,
		.source = im->row.source,
		.actor = request_actor(im->r),
		.wording = im->row.wording,
	};

	int rc = gateway_consent(im->r->c->gateway, &e, err);
	if (rc == 0)
		im->consents++;
	return rc;
}

/* ---- rows ----------------------------------------------------------------------*/

/* The contact is kept either way; consent only where nothing is in doubt. */
static int row_take(struct import *im, const struct str *cells, unsigned n,
		    struct err *err)
{
	struct import_row *row = &im->row;
	const char *country =
		im->country[0] != '\0' ? im->country : im->r->c->country;
	bool append[2] = { false, false };
	int ask = 0;

	int rc = import_row_read(&im->head, cells, n, country, row, err);
	if (rc != 0)
		return rc;
	row->contact.tenant = str_of(im->tenant);
	rc = gateway_contact(im->r->c->gateway, &row->contact, row->v, row->n,
			     err);
	if (rc != 0)
		return rc;
	for (unsigned i = 0; ask == 0 && row->consents && i < row->n; i++)
		ask = consent_ask(im, row->v[i].address, &append[i],
				  &row->doubt);
	for (unsigned i = 0; ask == 0 && i < row->n; i++) {
		if (append[i])
			ask = consent_append(im, row->v[i].address,
					     &row->doubt);
	}
	return 0;
}

static void head_take(struct import *im, const struct str *cells, unsigned n)
{
	struct err err = { "" };

	im->headed = true;
	if (import_head_read(cells, n, &im->head, &err) == 0)
		return;
	im->refused = true;
	reply_error(im->r, 400, "bad_header", NULL, "%s", err.text);
}

static void on_row(void *owner, unsigned line, const struct str *cells,
		   unsigned n)
{
	struct import *im = owner;
	struct err err = { "" };

	if (im->refused)
		return;
	if (!im->headed) {
		head_take(im, cells, n);
		return;
	}
	im->rows++;
	if (im->rows > (uint64_t)im->r->c->http->import_rows) {
		row_failed(im, line, "more rows than one import may have");
		return;
	}
	if (row_take(im, cells, n, &err) == 0) {
		im->imported++;
		im->fresh++;
		if (im->row.doubt.text[0] != '\0')
			row_doubted(im, line, im->row.doubt.text);
	} else {
		row_failed(im, line, err.text);
	}
}

static void on_bad(void *owner, unsigned line, const char *why)
{
	struct import *im = owner;

	if (im->refused)
		return;
	if (!im->headed) {
		im->headed = im->refused = true;
		reply_error(im->r, 400, "bad_header", NULL, "line %u: %s", line,
			    why);
		return;
	}
	im->rows++;
	row_failed(im, line, why);
}

/* ---- the request -----------------------------------------------------------------*/

static bool type_ok(struct request *r)
{
	struct str type = request_header(r, "Content-Type");

	if (str_ieqz(str_trim(str_first(type, str_find(type, ';'))),
		     "text/csv"))
		return true;
	reply_error(r, 415, "not_csv", NULL,
		    "send text/csv; the first line names the columns");
	return false;
}

void api_import_begin(struct request *r)
{
	static const struct csv_events events = { on_row, on_bad };
	struct str tenant;

	must(r != NULL && r->own == NULL);
	int rc = gateway_ready(r->c->gateway);
	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	struct str country = request_query(r, "country");
	if (!request_tenant(r, &tenant) || !type_ok(r))
		return;
	uint64_t digits;
	if (country.len > 3 ||
	    (country.len > 0 && str_u64(country, 999, &digits) != 0)) {
		reply_error(r, 400, "bad_country", "country",
			    "a calling code has 1 to 3 digits, like 44");
		return;
	}
	struct import *im = mem_new(struct import);
	r->own = im;
	r->own_free = import_free;
	im->r = r;
	im->csv = csv_new(ROW_MAX_BYTES, &events, im);
	buf_init(&im->list, (size_t)LISTED_MAX * 512);
	buf_init(&im->doubts, (size_t)LISTED_MAX * 512);
	json_open(&im->list, '[');
	json_open(&im->doubts, '[');
	IGNORE(str_copy(im->country, sizeof(im->country), country));
	must(str_copy(im->tenant, sizeof(im->tenant), tenant) == 0);
	request_audit(r, tenant, "contact.import", STR("begun"), STR_NONE);
}

static void on_part(struct request *r, int rc)
{
	struct import *im = r->own;

	if (rc == 0) {
		im->fresh = 0;
		request_resume(r);
		return;
	}
	r->retry_after_s = 10;
	reply_error(r, 507, "store_full", NULL,
		    "the store is full; some of the first %llu rows are kept, "
		    "the rest is not; sending them all again is safe",
		    (unsigned long long)im->rows);
}

void api_import_piece(struct request *r, struct str piece)
{
	must(r != NULL);
	struct import *im = r->own;

	if (r->c->stopping) {
		reply_error(r, 503, "stopping", NULL, "this node is stopping");
		return;
	}
	csv_feed(im->csv, piece);
	if (!r->answered && im->fresh >= COMMIT_EVERY)
		request_then(r, on_part);
}

static void on_whole(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

static void put_figures(struct buf *b, const struct import *im)
{
	json_ku(b, "rows", im->rows);
	json_ku(b, "imported", im->imported);
	json_ku(b, "consents", im->consents);
	json_ku(b, "failed_rows", im->failed);
	json_ku(b, "consents_refused", im->doubted);
}

void api_import_end(struct request *r)
{
	AUTO(buf_done) struct buf detail = { 0 };

	must(r != NULL);
	struct import *im = r->own;
	csv_end(im->csv);
	if (r->answered)
		return;
	if (!im->headed) {
		reply_error(r, 400, "bad_header", NULL, "the file is empty");
		return;
	}
	struct buf *b = reply_json(r);
	json_open(b, '{');
	put_figures(b, im);
	json_key(b, "failed");
	buf_str_put(b, buf_str(&im->list));
	json_close(b, ']');
	json_key(b, "refused");
	buf_str_put(b, buf_str(&im->doubts));
	json_close(b, ']');
	json_kb(b, "cut", MAX(im->failed, im->doubted) > LISTED_MAX);
	json_close(b, '}');
	buf_init(&detail, AUDIT_DETAIL_MAX);
	json_open(&detail, '{');
	put_figures(&detail, im);
	json_close(&detail, '}');
	request_audit(r, str_of(im->tenant), "contact.import", STR("done"),
		      buf_str(&detail));
	request_then(r, on_whole);
}
