/* The segments of a tenant, read for one request that names some of them. */
#pragma once

#include "campaigns/segments.h"
#include "console/request.h"

struct segment_rows {
	struct segment_row **v;
	size_t n, cap;
	char tenant[TENANT_MAX + 1];
	struct segment *filter; /* of the caller; freed with the request */
	void (*next)(struct request *r, int rc);
};

/* All of them, then next(r, rc) with a struct segment_rows in r->own. */
void segment_rows_read(struct request *r, struct str tenant,
		       void (*next)(struct request *r, int rc));
struct segment_row *segment_rows_id(const struct segment_rows *s, uint64_t id);
struct segment_row *segment_rows_name(const struct segment_rows *s,
				      struct str name);
/* Answers 400 itself and gives false when the filter names a list that there
 * is not. */
bool segment_rows_lists(struct request *r, const struct segment_rows *s,
			const struct segment *filter);
/* The first whose filter names the list; NULL: none. */
const struct segment_row *segment_rows_use(const struct segment_rows *s,
					   struct str list);
/* One as JSON: with its filter as text, tree and sentences. Pure. */
void segment_row_json(struct buf *b, const struct segment_row *row);
/*
 * The filter that a body gives, as text or as its tree; answers itself and
 * gives false when it is none. Neither: *out stays NULL.
 */
bool segment_body_filter(struct request *r, struct str text, json_t *tree,
			 struct segment **out);
