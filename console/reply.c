/* Answers: JSON, errors, and their way into MHD. */
#include "console/request.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/log.h"
#include "console/api.h"
#include "console/match.h"
#include "console/peers.h"

static const char type_json[] = "application/json";

struct buf *reply_json(struct request *r)
{
	must(r != NULL && !r->answered);
	buf_reset(&r->out);
	r->type = type_json;
	return &r->out;
}

/* What a handler shows that has not asked whose it is does not go out. */
static bool forgot_branch(const struct request *r, int status)
{
	return status < 300 && r->route != NULL &&
	       r->route->branch == BRANCH_KEPT && r->who.branch[0] != '\0' &&
	       !r->kept;
}

void reply_send(struct request *r, int status)
{
	must(r != NULL && !r->answered && status >= 200);
	if (forgot_branch(r, status)) {
		log_error("http.branch_not_asked",
			  KV_S("path", r->route->path));
		reply_error(r, 500, "branch", NULL,
			    "this path did not ask whose it is");
		return;
	}
	r->status = status;
	r->answered = true;
	if (r->type == NULL)
		r->type = type_json;
	request_resume(r);
}

void reply_text(struct request *r, int status, const char *type,
		struct str text)
{
	must(r != NULL && type != NULL);
	buf_reset(&r->out);
	buf_str_put(&r->out, text);
	r->type = type;
	reply_send(r, status);
}

void error_json(struct buf *b, const char *code, const char *field,
		const char *reason, const char *hint)
{
	must(b != NULL && code != NULL);
	json_key(b, "error");
	json_open(b, '{');
	json_kz(b, "code", code);
	json_ks_opt(b, "reason", str_of(reason));
	json_ks_opt(b, "field", str_of(field));
	json_ks_opt(b, "detail", str_of(hint));
	json_close(b, '}');
}

static void reply_hinted(struct request *r, int status, const char *code,
			 const char *field, const char *reason,
			 const char *hint)
{
	struct buf *b = reply_json(r);

	json_open(b, '{');
	error_json(b, code, field, reason, hint);
	json_close(b, '}');
	reply_send(r, status);
}

void reply_error(struct request *r, int status, const char *code,
		 const char *field, const char *fmt, ...)
{
	char reason[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	reply_hinted(r, status, code, field, reason, NULL);
}

void reply_refusal(struct request *r, const struct refusal *why)
{
	must(why != NULL && why->code != NULL);
	reply_hinted(r, 400, why->code, why->field, why->err.text, why->hint);
}

void reply_rc(struct request *r, int rc)
{
	switch (rc) {
	case -ENOSPC:
		r->retry_after_s = 10;
		reply_error(r, 507, "store_full", NULL,
			    "the store is full; nothing was kept");
		return;
	case -EAGAIN:
		r->retry_after_s = 1;
		reply_error(r, 503, "busy", NULL, "not now; try again");
		return;
	case -ENOENT:
		reply_error(r, 404, "no_such", NULL, "there is no such thing");
		return;
	}
	log_warn("http.failed", KV_S("path", r->route ? r->route->path : ""),
		 KV_I("rc", rc));
	reply_error(r, 500, "store", NULL, "the store answered: %s",
		    err_name(rc));
}

/* ---- into MHD --------------------------------------------------------------*/

static void header_add(struct MHD_Response *m, const char *name,
		       const char *value)
{
	must(MHD_add_response_header(m, name, value) == MHD_YES);
}

static void allow_add(struct request *r, struct MHD_Response *m)
{
	AUTO(buf_done) struct buf b = { 0 };

	buf_init(&b, 128);
	for (unsigned i = 0; method_name(i) != NULL; i++) {
		if ((r->allowed & BIT(i)) == 0)
			continue;
		if (b.len > 0)
			buf_z(&b, ", ");
		buf_z(&b, method_name(i));
	}
	header_add(m, "Allow", b.p);
}

static void headers_add(struct request *r, struct MHD_Response *m)
{
	char number[16], when[32];

	header_add(m, "Content-Type", r->type);
	if (r->key_ends_ms != 0) {
		clock_rfc3339(r->key_ends_ms, when);
		header_add(m, "X-Key-Expires", when);
	}
	if (r->status == 401)
		header_add(m, "WWW-Authenticate", "Bearer");
	for (unsigned i = 0; i < ARRAY_LEN(r->cookies); i++) {
		if (r->cookies[i] != NULL)
			header_add(m, "Set-Cookie", r->cookies[i]);
	}
	if (r->who.kind == WHO_USER)
		header_add(m, "Cache-Control", "no-store");
	if (r->etag[0] != '\0')
		header_add(m, "ETag", r->etag);
	if (r->next_page[0] != '\0')
		header_add(m, "X-Next", r->next_page);
	if (r->allowed != 0)
		allow_add(r, m);
	if (r->retry_after_s != 0) {
		snprintf(number, sizeof(number), "%u", r->retry_after_s);
		header_add(m, "Retry-After", number);
	}
}

static struct MHD_Response *response_of(struct request *r)
{
	if (r->response != NULL)
		return TAKE(r->response);
	if (r->out.full) {
		log_warn("http.cut_answer", KV_S("path", r->route->path));
		r->status = 500;
		r->answered = false;
		reply_error(r, 500, "answer_too_long", NULL,
			    "the answer is too long; ask for less");
	}
	/* out lives until request_gone, which is after the last byte. */
	struct MHD_Response *m =
		MHD_create_response_from_buffer(r->out.len, r->out.p,
						MHD_RESPMEM_PERSISTENT);
	must(m != NULL);
	headers_add(r, m);
	return m;
}

enum MHD_Result request_queue(struct request *r)
{
	must(r != NULL && r->answered && r->mhd != NULL);
	struct console *c = r->c;
	struct MHD_Response *m = response_of(r);
	unsigned hundreds = (unsigned)r->status / 100;

	stat_add(c->answers[MIN(hundreds, 5)], 1);
	if (r->peer->phase != PEER_STREAM)
		peer_phase(c, r->peer, PEER_ANSWER);
	enum MHD_Result done =
		MHD_queue_response(r->mhd, (unsigned)r->status, m);
	MHD_destroy_response(m);
	return done;
}

void api_rows_end(struct request *r, int rc)
{
	must(r != NULL);
	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	json_close(&r->out, ']');
	json_close(&r->out, '}');
	reply_send(r, 200);
}
