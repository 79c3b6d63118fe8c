/*
 * The contacts of a segment, page by page from the store's reader. A filter
 * is segment.h's; here are the contacts for which it holds.
 */
#pragma once

#include "campaigns/segment.h"
#include "gateway/gateway.h"

/* What one step of a walk found; there until segment_more or segment_stop. */
struct segment_page {
	struct person *const *v; /* in order of their ids */
	size_t n;
	uint64_t matched; /* with those that were not kept */
	uint64_t seen;    /* contacts looked at */
	uint64_t others;  /* of these, of another branch: passed over */
	uint64_t last_id; /* of the last of these: where to go on */
	bool last;        /* nothing follows */
};

struct segment_walk_cfg {
	struct gateway *gateway;
	const struct clock_ops *clock;
	struct str tenant;             /* copied */
	const struct segment *segment; /* copied */
	uint64_t list;     /* not 0: only the members of this list */
	uint64_t after_id; /* 0: from the first contact */
	struct str branch; /* copied; "": of every branch */
	/* Persons to be handed over in all, the first that match; the others
	 * are counted alone. SIZE_MAX: all. */
	size_t keep;
	/* Not NULL and true: the gateway may be gone; pages end with -EAGAIN. */
	const bool *stopping;
	/*
	 * On the loop thread, once for each segment_more: rc 0 and a page, or
	 * -EIO, -EAGAIN and NULL. It may call segment_more, and segment_stop.
	 */
	void (*page)(void *owner, int rc, const struct segment_page *page);
	void *owner;
};

struct segment_walk;

/* Begins a walk over every contact of the tenant for whom the segment holds,
 * consent asked of the gate at the time of the page. Asks for nothing yet. */
struct segment_walk *segment_each(const struct segment_walk_cfg *cfg);
/* One page more: SEGMENT_PAGE contacts are looked at. Not after the last. */
#define SEGMENT_PAGE 2000
void segment_more(struct segment_walk *w);
/* Accepts NULL; a read under way is waited for without you. */
void segment_stop(struct segment_walk **wp);

/* ---- as they are kept ------------------------------------------------------- */

/* Views; STORE_SEGMENT_PUT takes them in this order. */
struct segment_row {
	struct str tenant;
	uint64_t id;
	struct str name;    /* one of each in a tenant; never changes */
	bool is_static;     /* "static": a list of members; else "dynamic" */
	struct str ast;     /* JSON; of a list "" */
	uint64_t count;     /* when last counted */
	int64_t counted_ms; /* 0: never */
	struct str author;
	int64_t created_ms, updated_ms;
	struct str branch; /* its contacts alone; "": of all */
};

#define SEGMENT_CELLS 11

void segment_row_cells(const struct segment_row *s,
		       struct cell cells[SEGMENT_CELLS]);
void segment_row_read(const struct row *row, struct segment_row *s);
/* One block with its texts; freed with mem_free. */
struct segment_row *segment_row_dup(const struct segment_row *s);
/* 1 to SEGMENT_NAME_MAX bytes, printable, no line end. -EINVAL with a
 * sentence. */
MUST_USE int segment_name_check(struct str name, struct err *err);
/* Members of an open JSON object: the filter as text, tree and sentences. */
void segment_filter_json(struct buf *b, const struct segment *s);
/* What to walk for it: the filter ("all" for a list), and the list's id or
 * 0. -EBADMSG: its tree cannot be read. */
MUST_USE int segment_row_filter(const struct segment_row *row,
				struct segment **out, uint64_t *list,
				struct err *err);
