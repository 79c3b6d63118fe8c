/*
 * A CSV as the body of a request, row by row as it comes in: decoded, cut into
 * rows, stored in parts. Several commits are under way at once; with too many
 * the upload waits. For the handlers of BODY_PIECES routes.
 */
#pragma once

#include "console/request.h"
#include "proto/csv.h"
#include "proto/text_file.h"

struct upload;

struct upload_events {
	/* The first line. Answers itself when it will not do. */
	void (*head)(void *owner, const struct str *cells, unsigned n);
	/*
	 * A row. -EINVAL with a sentence: it failed, and is listed. -EAGAIN:
	 * it is kept with those behind it, and tried again by upload_go.
	 */
	int (*row)(void *owner, unsigned line, const struct str *cells,
		   unsigned n, struct err *err);
	/* No more comes for now, and rows are kept. What they need is fetched,
	 * under a request_wait, and then comes upload_go. NULL: none ever is. */
	void (*kept)(void *owner);
	/* All rows are in: upload_answer. */
	void (*whole)(void *owner);
	/* Nothing calls owner any more. */
	void (*free)(void *owner);
};

struct upload_cfg {
	const char *what; /* "import", for the log */
	size_t row_max_bytes;
	enum text_file_kind encoding;
	const struct upload_events *events;
	void *owner;
};

/* r->own must be NULL, and is the upload's. */
struct upload *upload_begin(struct request *r, const struct upload_cfg *cfg);
/* The route's handlers. */
void upload_piece(struct request *r, struct str piece);
void upload_end(struct request *r);

uint64_t upload_rows(const struct upload *u);
uint64_t upload_failed(const struct upload *u);
/* AUTO: there was ASCII and nothing else. */
enum text_file_kind upload_encoding(const struct upload *u);

typedef void upload_row_fn(void *owner, const struct str *cells, unsigned n);
/* The rows that are kept, in order; those that cannot be read are left out. */
void upload_kept(struct upload *u, upload_row_fn *fn, void *owner);
/* Tries the kept rows again. True: all are taken, and the upload goes on, or
 * ends; false: `kept` was called again, or it was answered. */
bool upload_go(struct upload *u);

/* {"line":..,"reason":..} of a list of at most UPLOAD_LISTED. */
#define UPLOAD_LISTED 10000
void upload_list(struct buf *list, unsigned line, const char *why);
void upload_list_init(struct buf *list);
/* The member `failed` with its rows. */
void upload_failed_json(struct buf *b, const struct upload *u);
/* 200 with what is in r->out, once all of it is durable. */
void upload_answer(struct upload *u);
