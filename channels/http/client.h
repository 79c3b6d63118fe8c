/* An HTTP client on the loop, for URLs that other people gave us. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/settings.h"
#include "base/str.h"

struct http_client;

/* Borrowed for the call of open. */
struct http_client_cfg {
	unsigned connections; /* to all hosts, at once */
	unsigned requests;    /* under way at once; more are -EAGAIN */
	uint64_t connect_ms;  /* name and connection */
	uint64_t timeout_ms;  /* the whole request */
	size_t max_answer;    /* bytes of body read; more ends the request */
	const char *ca_file;  /* "" or NULL: the system's authorities */
	/*
	 * Ranges that are allowed though the guard refuses them. They belong
	 * to the client, not to the request: its kept connections may be used
	 * by all of its requests, and opening one is when the guard is asked.
	 * One client for each party that sets URLs.
	 */
	const struct setting_list *allow;
};

/* Everything is borrowed for the call of http_client_send. */
struct http_request {
	const char *url;            /* http or https */
	const char *const *headers; /* "name: value" */
	size_t nheaders;
	bool get; /* without body; else POST */
	struct str body;
};

/* Borrowed for the call of done. */
struct http_answer {
	/*
	 * 0: a whole answer came. -ENOENT no such host, -EACCES the guard
	 * refused every address, -ECONNREFUSED no connection, -EPROTO TLS or
	 * not HTTP, -ETIMEDOUT, -ECONNRESET lost on the way, -ENOSPC the body
	 * was longer than max_answer, -ECANCELED.
	 */
	int rc;
	const char *why; /* a short code for it: "guard", "timeout" ... */
	int status; /* of HTTP, 0: none came; may be set when rc is not 0 */
	bool sent;  /* bytes of the request may have left */
	struct str body;
	uint64_t retry_after_ms; /* 0: not said */
};

MUST_USE int http_client_open(struct http_client **out, struct loop *l,
			      const struct http_client_cfg *cfg,
			      struct err *err);
/*
 * Redirects are not followed, proxies of the environment not used. 0: done is
 * called exactly once, later, from the loop; it may send again, and may not
 * close the client. -EAGAIN: too many under way; -EINVAL: no such URL.
 *
 * A POST on a kept connection that the server closed just then is sent once
 * more by libcurl: let it carry an id by which the server can tell.
 */
MUST_USE int http_client_send(
	struct http_client *c, const struct http_request *r,
	void (*done)(void *owner, const struct http_answer *a), void *owner);
unsigned http_client_busy(const struct http_client *c);
/* Ends all requests now with -ECANCELED: done is called inside. */
void http_client_cancel(struct http_client *c);
/* As cancel, and frees. */
void http_client_close(struct http_client **cp);

/* May this URL be given to send? One sentence in err if not. */
MUST_USE int http_url_check(const char *url, struct err *err);
