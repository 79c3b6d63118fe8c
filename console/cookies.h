/*
 * Cookies of the console: the session (HttpOnly, SameSite=Strict, Secure
 * under TLS), a browser that a user has logged in with before, and the guard
 * against requests that another site makes the browser send.
 */
#pragma once

#include "console/request.h"

#define CSRF_HEX 32

/* The session's token in the request; "": none. */
struct str cookie_session(struct request *r);
void cookie_session_set(struct request *r, const char *token, int64_t ms);
void cookie_session_clear(struct request *r);

/* Has this browser logged in as this user before? A key to count its wrong
 * passwords by; 0: no. */
uint64_t cookie_known(struct request *r, uint64_t user);
void cookie_known_set(struct request *r, uint64_t user);

/* What the console sends back in X-Carillon-Csrf with every write. */
void csrf_text(const struct console *c, struct str token,
	       char out[CSRF_HEX + 1]);
/* A request with a cookie: from our own pages, and a write with the header?
 * Answers 403 itself. */
MUST_USE bool csrf_check(struct request *r, struct str token);
