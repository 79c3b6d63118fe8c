/* The life of a request: made, waiting, let go. */
#include "console/request.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

#define OUT_MAX ((size_t)64 << 20)

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

/* All but its memory for bodies. */
static void request_empty(struct request *r)
{
	if (r->own_free != NULL)
		r->own_free(r->own);
	if (r->page_free != NULL)
		r->page_free(r->page);
	if (r->json != NULL)
		json_decref(r->json);
	if (r->response != NULL)
		MHD_destroy_response(r->response);
	for (unsigned i = 0; i < ARRAY_LEN(r->cookies); i++)
		mem_free(r->cookies[i]);
	list_remove(&r->node);
}

void request_free(struct request *r)
{
	must(r != NULL && r->magic == REQUEST_MAGIC);
	request_empty(r);
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
	request_empty(r);
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
	/* What follows a read may ask the gateway, which may be gone. */
	if (r->reading && r->c->stopping)
		rc = -EAGAIN;
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
	return str_of(r->who.name);
}

void request_audit(struct request *r, struct str tenant, const char *action,
		   struct str object, struct str detail)
{
	must(r != NULL && action != NULL);
	audit_put(r->c->audit, tenant, request_actor(r), str_of(action), object,
		  detail);
}
