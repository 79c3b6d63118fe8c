/* A small HTTP/1.1 server on the loop, for tests of what calls out. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/loop.h"
#include "base/str.h"

struct httpd;
struct httpd_conn;

/* Views, for the call. */
struct httpd_request {
	struct str method;
	struct str path;
	struct str head; /* all header lines */
	struct str body;
	unsigned on_conn; /* number of the request on its connection, from 1 */
};

/* Called for each whole request: answer it with httpd_answer, now or later,
 * or httpd_hang_up. */
typedef void (*httpd_fn)(void *owner, struct httpd_conn *c,
			 const struct httpd_request *r);

struct httpd *httpd_open(struct loop *l, httpd_fn fn, void *owner);
struct httpd *httpd_open_at(struct loop *l, int port, httpd_fn fn, void *owner);
void httpd_close(struct httpd **hp);
int httpd_port(const struct httpd *h);
unsigned httpd_requests(const struct httpd *h);
/* Connections open now, and ever. */
unsigned httpd_open_conns(const struct httpd *h);
unsigned httpd_conns(const struct httpd *h);

/* extra: whole header lines, each with \r\n, or "". */
void httpd_answer(struct httpd_conn *c, int status, const char *extra,
		  struct str body);
/* Bytes as they are; nothing is added. */
void httpd_bytes(struct httpd_conn *c, struct str bytes);
void httpd_hang_up(struct httpd_conn *c);
/* Answers all that fn left without an answer: 200. */
void httpd_answer_rest(struct httpd *h);
/* The value of a header, "" if there is none. */
struct str httpd_header(const struct httpd_request *r, const char *name);
