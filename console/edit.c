/* If-Match, and what a stale edit is told. */
#include "console/edit.h"

#include <stdio.h>

void edit_etag(int64_t updated_ms, char out[24])
{
	must(out != NULL);
	(void)snprintf(out, 24, "\"%llx\"", (unsigned long long)updated_ms);
}

bool edit_fresh(struct request *r, int64_t updated_ms)
{
	char etag[24];

	must(r != NULL);
	struct str wanted = request_header(r, "If-Match");
	edit_etag(updated_ms, etag);
	return wanted.len == 0 || str_eqz(wanted, "*") || str_eqz(wanted, etag);
}

bool edit_version(struct request *r, uint64_t *out)
{
	must(r != NULL && out != NULL);
	struct str tag = str_trim(request_header(r, "If-Match"));

	*out = 0;
	if (tag.len == 0 || str_eqz(tag, "*"))
		return true;
	if (tag.len > 2 && tag.p[0] == '"' && tag.p[tag.len - 1] == '"')
		tag = str_first(str_from(tag, 1), tag.len - 2);
	if (str_u64(tag, INT64_MAX, out) == 0 && *out > 0)
		return true;
	reply_error(r, 400, "bad_match", NULL,
		    "If-Match is the ETag of what was seen: \"3\"");
	return false;
}

struct buf *edit_stale(struct request *r, int64_t updated_ms)
{
	char at[32];
	char reason[120];
	struct buf *b;

	must(r != NULL);
	clock_rfc3339(updated_ms, at);
	(void)snprintf(reason, sizeof(reason),
		       "it was changed meanwhile, at %s; 'now' is what it is",
		       at);
	b = reply_json(r);
	edit_etag(updated_ms, r->etag);
	json_open(b, '{');
	error_json(b, "changed", NULL, reason, NULL);
	json_key(b, "now");
	return b;
}

void edit_stale_send(struct request *r)
{
	must(r != NULL);
	json_close(&r->out, '}');
	reply_send(r, 409);
}
