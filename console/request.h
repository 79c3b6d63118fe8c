/*
 * One request: its route, who asks, its body, and its one answer. A handler
 * answers with reply_* at once, or waits (request_then, request_read) and
 * answers when it is called again; the connection is suspended meanwhile.
 */
#pragma once

#include "console/core.h"
#include "console/json_in.h"
#include "console/mask.h"
#include "proto/json.h"

struct request;
struct page;

enum route_auth {
	AUTH_WHO,  /* somebody known, with the permissions in `needs` */
	AUTH_OPEN, /* anybody */
	AUTH_OWN,  /* the handler checks (hooks, Kannel) */
};

/* How a route is kept to the branch of who asks (R-44, branch.h). A row that
 * does not say it refuses whoever has a branch. */
enum route_branch {
	BRANCH_REFUSED,
	BRANCH_ALIKE, /* nothing in it is of a branch: alike for all */
	BRANCH_KEPT   /* the handler asks branch.h for each thing */
};

enum route_body {
	BODY_NONE,
	BODY_JSON,  /* gathered; parsed and read by `fields` if given */
	BODY_BYTES, /* gathered */
	BODY_PIECES /* handed on as it comes */
};

/* A query parameter; the list ends with a NULL name. */
struct query {
	const char *name;
	const char *text;
};

#define ROUTE_PARAMS 2

/* One table of these serves requests, 404, 405 and the API document. */
struct route {
	const char *method;
	const char *path; /* "/v1/messages/{id}" */
	enum route_auth auth;
	uint64_t needs; /* enum perm, all of them */
	enum route_branch branch;
	enum route_body body;
	bool bare;   /* BODY_JSON: it may be left out */
	bool stores; /* if only an audit row: refused while full */
	bool always; /* also before a password that must be changed is */
	void (*handle)(struct request *r);
	/* BODY_PIECES: before the first, and for each. */
	void (*begin)(struct request *r);
	void (*piece)(struct request *r, struct str piece);
	const struct fields *fields; /* of the JSON body */
	const struct query *query;   /* NULL: whatever comes is ignored */
	int ok;                      /* status of success */
	const char *summary;
	const char *whole; /* BRANCH_REFUSED: why it is of all branches */
};

#define REQUEST_MAGIC 0x72657175u
#define REQUEST_BODY_KEEP 65536 /* a spare request keeps this much memory */

struct request {
	uint32_t magic;
	struct list node;
	struct console *c;
	struct MHD_Connection *mhd;
	struct peer *peer;
	const struct route *route;
	struct who who;      /* WHO_NOBODY unless AUTH_WHO */
	uint64_t session;    /* theirs; 0: a key */
	struct limit *limit; /* theirs; for handlers, not for what follows */
	const char *path;    /* as asked for; lives as long as mhd */
	struct str param[ROUTE_PARAMS];
	struct buf body;
	json_t *json;
	struct buf out;
	uint64_t begun_us;
	size_t dropped; /* bytes of a body that nobody wants */

	int status;
	const char *type;
	char etag[24];
	char next_page[ID_TEXT]; /* X-Next: of answers that are no JSON */
	unsigned retry_after_s;
	int64_t key_ends_ms;           /* their key ends soon; 0: no */
	uint32_t allowed;              /* 405: bits of methods */
	bool read_only_head;           /* HEAD */
	char *cookies[2];              /* Set-Cookie; freed with it */
	struct MHD_Response *response; /* instead of out: the live stream */

	unsigned waits; /* answers of the store still to come */
	bool reading;   /* the wait is a read's */
	bool whole;     /* the handler has been called */
	bool answered;
	bool suspended;
	bool gone; /* the connection has let go */

	/* Of the handler: freed with the request. */
	void *own;
	void (*own_free)(void *own);
	void (*next)(struct request *r, int rc);
	uint64_t asked; /* rows of a page */
	/* Of page.h, likewise. */
	struct page *page;
	void (*page_free)(struct page *page);
	bool kept; /* branch.h was asked */
};

/* ---- answers ---------------------------------------------------------------*/

/* Empties the answer's text and gives it, as JSON. */
struct buf *reply_json(struct request *r);
/* Sends what is in out. */
void reply_send(struct request *r, int status);
/* Sends text of another type ("text/plain; charset=utf-8"). */
void reply_text(struct request *r, int status, const char *type,
		struct str text);
/* The error object. code: a stable word; field may be NULL; the rest is the
 * reason, a sentence. */
void reply_error(struct request *r, int status, const char *code,
		 const char *field, const char *fmt, ...) PRINTF(5, 6);
void reply_refusal(struct request *r, const struct refusal *why);
/* For -ENOSPC, -EAGAIN, -ENOENT, -EIO and their like. */
void reply_rc(struct request *r, int rc);
/* The member `error` alone, for batches. */
void error_json(struct buf *b, const char *code, const char *field,
		const char *reason, const char *hint);

/* ---- waiting ---------------------------------------------------------------*/

/* next(r, rc) runs once what is in the open batch is durable. It leaves the
 * gateway alone: a stopping node has closed it meanwhile. */
void request_then(struct request *r, void (*next)(struct request *r, int rc));
/*
 * A read; show runs on the reader's thread with r as its owner and may touch
 * r->out, r->own and nothing else of r. Texts in cells are copied.
 */
void request_read(struct request *r, enum store_call call,
		  const struct cell *cells, unsigned n, store_row_fn show,
		  void (*next)(struct request *r, int rc));
/* For waits of another kind: one woken for each wait. false: the request is
 * gone, leave it alone. */
void request_wait(struct request *r);
MUST_USE bool request_woken(struct request *r);
/* A handler of pieces lets the next one come. */
void request_resume(struct request *r);

/* ---- what was asked ---------------------------------------------------------*/

struct str request_query(struct request *r, const char *name);
/* Is it there, though it may be empty? */
bool request_query_given(struct request *r, const char *name);
struct str request_header(struct request *r, const char *name);
bool request_may(const struct request *r, uint64_t perms);
/* Each answers itself and gives false when the value is wrong. */
bool query_u64(struct request *r, const char *name, uint64_t max,
	       uint64_t *out);
bool query_time(struct request *r, const char *name, int64_t *out);
bool query_id(struct request *r, const char *name, uint64_t *out);
/* It names a person: not for those who see pseudonyms. */
bool query_person(struct request *r, const char *name);
bool param_id(struct request *r, unsigned i, uint64_t *out);
/* The tenant to work for: theirs, the query's for those of every tenant,
 * or the default one. */
bool request_tenant(struct request *r, struct str *out);
/* The same for lists; "" = all, for those of every tenant. */
bool request_scope(struct request *r, struct str *out);
/* Reads the JSON body by the route's table. */
bool request_fields(struct request *r, void *out);
/* A phone number as people write it, or a channel's address; out is E.164
 * where it is a number. */
bool request_address(struct request *r, struct str text, const char *field,
		     char out[ADDRESS_MAX]);
/* The same without an answer: -EINVAL with a sentence. */
MUST_USE int console_address(const struct console *c, struct str text,
			     char out[ADDRESS_MAX], struct err *err);
/* Is the body CSV? 415 if not. */
bool request_csv(struct request *r);
/* A row of the audit log: they did it. */
void request_audit(struct request *r, struct str tenant, const char *action,
		   struct str object, struct str detail);
/* Their name, for people to read; the author of a thing is r->who.actor. */
struct str request_actor(const struct request *r);

/* ---- for server.c ------------------------------------------------------------*/

struct request *request_new(struct console *c, struct MHD_Connection *mhd,
			    const char *method, const char *path);
/* Queues the answer. */
enum MHD_Result request_queue(struct request *r);
/* The connection lets go of it. */
void request_gone(struct request *r);
void request_free(struct request *r);
