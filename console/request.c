/* The life of a request: begun, gathered, run, waited for, let go. */
#include "console/request.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "console/auth.h"
#include "console/match.h"
#include "console/peers.h"

#define OUT_MAX ((size_t)64 << 20)
/* So much of a body that nobody wants is read before the answer goes out. */
#define DROP_MAX 65536

static struct request *request_spare(struct console *c)
{
	if (list_empty(&c->spare))
		return NULL;
	struct request *r = LIST_ITEM(c->spare.next, struct request, node);
	list_remove(&r->node);
	c->nspare--;
	return r;
}

struct request *request_new(struct console *c, struct MHD_Connection *mhd,
			    const char *method, const char *path)
{
	must(c != NULL && mhd != NULL && method != NULL && path != NULL);
	struct request *r = request_spare(c);
	if (r == NULL) {
		r = mem_new(struct request);
		r->magic = REQUEST_MAGIC;
		list_init(&r->node);
		buf_init(&r->body, (size_t)c->http->max_body);
		buf_init(&r->out, OUT_MAX);
		r->c = c;
	}
	r->mhd = mhd;
	r->path = path;
	r->begun_us = clock_mono_us(c->clock);
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(mhd,
					MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	r->peer = i->socket_context;
	must(r->peer != NULL);
	list_append(&c->live, &r->node);
	return r;
}

static void buf_spare(struct buf *b)
{
	size_t limit = b->limit;

	if (b->cap > REQUEST_BODY_KEEP) {
		buf_done(b);
		buf_init(b, limit);
	} else {
		buf_reset(b);
	}
}

void request_free(struct request *r)
{
	must(r != NULL && r->magic == REQUEST_MAGIC);
	list_remove(&r->node);
	if (r->own_free != NULL)
		r->own_free(r->own);
	if (r->json != NULL)
		json_decref(r->json);
	if (r->response != NULL)
		MHD_destroy_response(r->response);
	buf_done(&r->body);
	buf_done(&r->out);
	r->magic = 0;
	mem_free(r);
}

/* Clean again, with its memory, for the next one. */
static void request_reuse(struct request *r)
{
	struct console *c = r->c;

	if (c->nspare >= REQUESTS_SPARE) {
		request_free(r);
		return;
	}
	if (r->own_free != NULL)
		r->own_free(r->own);
	if (r->json != NULL)
		json_decref(r->json);
	if (r->response != NULL)
		MHD_destroy_response(r->response);
	list_remove(&r->node);
	buf_spare(&r->body);
	buf_spare(&r->out);
	struct request clean = {
		.magic = REQUEST_MAGIC, .c = c, .body = r->body, .out = r->out
	};

	*r = clean;
	list_init(&r->node);
	list_append(&c->spare, &r->node);
	c->nspare++;
}

/* c is NULL once the console is closed: see request_woken. */
void request_gone(struct request *r)
{
	must(r != NULL && !r->gone);
	r->gone = true;
	r->mhd = NULL;
	r->peer = NULL;
	r->path = "";
	if (r->waits == 0)
		request_reuse(r);
}

/* ---- the way in ------------------------------------------------------------*/

static void route_missing(struct request *r)
{
	if (r->allowed != 0) {
		reply_error(r, 405, "method", NULL,
			    "this path does not know that method");
		return;
	}
	reply_error(r, 404, "no_path", NULL,
		    "no such path; /openapi.json lists them");
}

static void length_check(struct request *r)
{
	struct str length = request_header(r, "Content-Length");
	uint64_t n = 0;

	if (length.len == 0 || str_u64(length, UINT64_MAX, &n) != 0)
		return;
	if (r->route->body != BODY_PIECES && n > (uint64_t)r->c->http->max_body)
		reply_error(r, 413, "max_body", NULL,
			    "a body has at most %lld bytes",
			    (long long)r->c->http->max_body);
}

static enum MHD_Result query_known(void *owner, enum MHD_ValueKind kind,
				   const char *key, const char *value)
{
	struct request *r = owner;

	(void)kind;
	(void)value;
	if (strcmp(key, "tenant") == 0)
		return MHD_YES;
	for (const struct query *q = r->route->query; q->name != NULL; q++) {
		if (strcmp(q->name, key) == 0)
			return MHD_YES;
	}
	reply_error(r, 400, "unknown_parameter", key,
		    "this path has no parameter '%.60s'", key);
	return MHD_NO;
}

void request_begin(struct request *r, const char *method)
{
	struct console *c = r->c;

	r->route = route_match(c->routes, c->nroutes, method, str_of(r->path),
			       r->param, &r->allowed);
	peer_phase(c, r->peer, PEER_BODY);
	if (r->route == NULL) {
		route_missing(r);
		return;
	}
	r->allowed = 0;
	if (!auth_check(r))
		return;
	if (r->route->query != NULL)
		MHD_get_connection_values(r->mhd, MHD_GET_ARGUMENT_KIND,
					  query_known, r);
	if (!r->answered)
		length_check(r);
	if (!r->answered && r->route->begin != NULL)
		r->route->begin(r);
}

bool request_piece(struct request *r, struct str piece)
{
	must(r != NULL);
	if (r->answered || r->route == NULL) {
		r->dropped += piece.len;
		return r->dropped <= DROP_MAX;
	}
	if (r->route->body == BODY_PIECES) {
		/* A long upload that moves is not late. */
		peer_phase(r->c, r->peer, PEER_BODY);
		r->route->piece(r, piece);
		return true;
	}
	if (r->route->body == BODY_NONE)
		return (r->dropped += piece.len) <= DROP_MAX;
	buf_str_put(&r->body, piece);
	if (r->body.full)
		reply_error(r, 413, "max_body", NULL,
			    "a body has at most %lld bytes",
			    (long long)r->c->http->max_body);
	return true;
}

/* A write needs a store that can take it. */
static bool writable(struct request *r)
{
	int rc = gateway_ready(r->c->gateway);
	if (rc != 0)
		reply_rc(r, rc);
	return rc == 0;
}

static bool body_parse(struct request *r)
{
	struct err err = { "" };
	unsigned depth = (unsigned)r->c->http->json_depth;

	int rc = json_read(buf_str(&r->body), depth, &r->json, &err);
	if (rc != 0)
		reply_error(r, 400, rc == -E2BIG ? "json_depth" : "json", NULL,
			    "%s", err.text);
	return rc == 0;
}

void request_run(struct request *r)
{
	must(r != NULL && !r->whole);
	r->whole = true;
	if (r->answered)
		return;
	peer_phase(r->c, r->peer, PEER_WORK);
	if (r->c->stopping) {
		reply_error(r, 503, "stopping", NULL, "this node is stopping");
		return;
	}
	if (r->route->stores && !writable(r))
		return;
	if (r->route->body == BODY_JSON && !body_parse(r))
		return;
	r->route->handle(r);
	must(r->answered || r->waits > 0);
}

/* ---- waiting ---------------------------------------------------------------*/

void request_wait(struct request *r)
{
	must(r != NULL && !r->answered);
	r->waits++;
}

bool request_woken(struct request *r)
{
	must(r != NULL && r->magic == REQUEST_MAGIC && r->waits > 0);
	r->waits--;
	if (!r->gone)
		return true;
	if (r->waits == 0)
		request_free(r);
	return false;
}

void request_resume(struct request *r)
{
	must(r != NULL);
	if (!r->suspended)
		return;
	r->suspended = false;
	MHD_resume_connection(r->mhd);
	r->c->kick = true;
}

static void on_woken(void *owner, int rc)
{
	struct request *r = MAGIC_CAST(struct request, REQUEST_MAGIC, owner);

	/* Closing answered it already. */
	if (!request_woken(r) || r->answered)
		return;
	if (r->reading && r->c->stopping) {
		/* What follows a read may ask the gateway, which may be gone. */
		reply_error(r, 503, "stopping", NULL, "this node is stopping");
		return;
	}
	r->next(r, rc);
}

void request_then(struct request *r, void (*next)(struct request *r, int rc))
{
	must(next != NULL);
	request_wait(r);
	r->next = next;
	r->reading = false;
	store_then(r->c->store, on_woken, r);
}

void request_read(struct request *r, enum store_call call,
		  const struct cell *cells, unsigned n, store_row_fn show,
		  void (*next)(struct request *r, int rc))
{
	must(next != NULL && show != NULL);
	request_wait(r);
	r->next = next;
	r->reading = true;
	r->c->store->ops->get(r->c->store, call, cells, n, show, on_woken, r);
}

/* ---- audit -----------------------------------------------------------------*/

struct str request_actor(const struct request *r)
{
	must(r != NULL);
	return r->key != NULL ? str_of(r->key->name) : STR_NONE;
}

void request_audit(struct request *r, struct str tenant, const char *action,
		   struct str object, struct str detail)
{
	must(r != NULL && action != NULL);
	audit_put(r->c->audit, tenant, request_actor(r), str_of(action), object,
		  detail);
}
