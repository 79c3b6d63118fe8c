/* Counts as a line of JSON. */
#include "tools/smscsim/counts.h"

#include <inttypes.h>

void counts_json(const struct counts *c, const struct counts_now *now,
		 struct buf *out)
{
	must(c != NULL && now != NULL && out != NULL);
	const struct {
		const char *name;
		uint64_t n;
	} rows[] = {
		{ "submits", c->submits },
		{ "accepted", c->accepted },
		{ "throttled", c->throttled },
		{ "refused", c->refused },
		{ "swallowed", c->swallowed },
		{ "cut", c->cut },
		{ "receipts", c->receipts },
		{ "receipts_taken", c->receipts_taken },
		{ "receipts_again", c->receipts_again },
		{ "receipts_refused", c->receipts_refused },
		{ "mo", c->mo },
		{ "mo_taken", c->mo_taken },
		{ "mo_again", c->mo_again },
		{ "binds", c->binds },
		{ "binds_refused", c->binds_refused },
		{ "window_max", c->window_max },
		{ "links", now->links },
		{ "owed", now->owed },
		{ "held", now->held },
	};

	buf_f(out, "{\"bound\":%u", now->bound);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		buf_f(out, ",\"%s\":%" PRIu64, rows[i].name, rows[i].n);
	buf_z(out, "}\n");
}
