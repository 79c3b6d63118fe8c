/* HTTP calls of the command, one after the other, by libcurl. */
#pragma once

#include <stdio.h>

#include "base/buf.h"

struct http;

struct http_ask {
	const char *method;
	const char *url;
	const char *key;   /* NULL: none */
	const char *body;  /* NULL: none */
	const char *match; /* If-Match; NULL: none */
	FILE *file;        /* instead of body */
	long long size;    /* of the file; -1: unknown */
	const char *type;  /* of body or file */
	/* Told how far a file has gone; may be NULL. */
	void (*progress)(void *owner, long long done, long long of);
	void *owner;
};

struct http_answer {
	long status;
	struct buf *body;
	char next[32]; /* X-Next */
};

struct http *http_new(const char *ca);
void http_free(struct http **hp);
/* 0, or -EIO with why (a constant). */
MUST_USE int http_call(struct http *h, const struct http_ask *ask,
		       struct http_answer *out, const char **why);
