/* The way of a request to its handler: routed, permitted, gathered, run. */
#include "console/serve.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "console/auth.h"
#include "console/match.h"
#include "console/peers.h"

/* So much of a body that nobody wants is read before the answer goes out. */
#define DROP_MAX 65536
#define PARSE_HERE_MAX 262144 /* 4 ms of the loop's time */

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

void serve_begin(struct request *r, const char *method)
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

bool serve_piece(struct request *r, struct str piece)
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

static void handle(struct request *r)
{
	r->route->handle(r);
	must(r->answered || r->waits > 0);
}

static void json_refused(struct request *r, int rc, const struct err *err)
{
	reply_error(r, 400, rc == -E2BIG ? "json_depth" : "json", NULL, "%s",
		    err->text);
}

/* A long body is parsed in the pool: the loop serves others meanwhile. */
struct parsing {
	struct request *r;
	unsigned depth;
	int rc;
	struct err err;
	json_t *json;
};

static void parse_work(void *owner)
{
	struct parsing *p = owner;

	p->rc = json_read(buf_str(&p->r->body), p->depth, &p->json, &p->err);
}

static void parse_done(void *owner)
{
	struct parsing *p = owner;
	struct request *r = p->r;

	/* Closing may have answered it, or let it go, meanwhile. */
	if (!request_woken(r) || r->answered) {
		json_decref(p->json);
	} else if (r->c->stopping) {
		json_decref(p->json);
		reply_rc(r, -EAGAIN);
	} else if (p->rc != 0) {
		json_refused(r, p->rc, &p->err);
	} else {
		r->json = p->json;
		handle(r);
	}
	mem_free(p);
}

static void body_parse(struct request *r)
{
	struct err err = { "" };
	unsigned depth = (unsigned)r->c->http->json_depth;

	if (r->body.len > PARSE_HERE_MAX) {
		struct parsing *p = mem_new(struct parsing);
		p->r = r;
		p->depth = depth;
		request_wait(r);
		loop_work(r->c->loop, parse_work, parse_done, p);
		return;
	}
	int rc = json_read(buf_str(&r->body), depth, &r->json, &err);
	if (rc != 0)
		json_refused(r, rc, &err);
	else
		handle(r);
}

void serve_run(struct request *r)
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
	if (r->route->body == BODY_JSON &&
	    !(r->route->bare && r->body.len == 0))
		body_parse(r);
	else
		handle(r);
}
