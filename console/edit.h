/* Edits that name the version they were made from (If-Match). */
#pragma once

#include "console/request.h"

/* The version of something last changed then, as an ETag. */
void edit_etag(int64_t updated_ms, char out[24]);
/* Does the request name this version, or none at all? */
bool edit_fresh(struct request *r, int64_t updated_ms);
/* The version that If-Match names, of things that count theirs: "3"; 0: any.
 * Answers itself. */
bool edit_version(struct request *r, uint64_t *out);
/*
 * Begins the answer to a stale edit: the error, and the member "now" for which
 * the caller writes what stands there. Then edit_stale_send: 409.
 */
struct buf *edit_stale(struct request *r, int64_t updated_ms);
void edit_stale_send(struct request *r);
