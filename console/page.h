/*
 * Lists, page by page: {"name": [rows], "next": cursor}, with `limit` and
 * `cursor` from the query. Rows are written on the store's reader thread;
 * those that are not for who asks (branch.h) are taken out on the loop, and
 * more are read in their place.
 */
#pragma once

#include "console/request.h"

#define PAGE_CELLS 10

/* How a cursor looks, in the query and as `next`. */
enum page_cursor {
	PAGE_ID,    /* 13 letters and digits */
	PAGE_NUMBER /* a number */
};

struct page_ask {
	const char *name;     /* member of the answer: the rows */
	uint64_t usual, most; /* rows of a page */
	enum store_call call;
	struct cell *cells; /* its arguments; texts are copied */
	unsigned n;
	unsigned cursor, limit; /* which of them the page fills */
	bool any;               /* the first page has no cursor: NULL */
	bool kept; /* the call itself gives rows of their branch alone */
	enum page_cursor looks;
	/* On the loop: shall they see the row of this key and tenant? NULL:
	 * all that the call gives. */
	bool (*keep)(struct request *r, uint64_t key, struct str tenant);
	/* Calls page_row for each row, then writes it. Touches r->out and
	 * r->own alone. */
	store_row_fn show;
};

/* Answers. false from a handler's own checks comes before it. */
void page_serve(struct request *r, const struct page_ask *ask);
/* On the reader's thread, before a row is written: its place in the order. */
void page_row(struct request *r, uint64_t key);
/* The same, once it is known: whose it is. A row of which it is not said is
 * shown to nobody who has a branch. */
void page_row_of(struct request *r, struct str tenant, struct str address);
/* Or by branch.h's answers for rows: shall those who have a branch see it? */
void page_row_theirs(struct request *r, bool theirs);
