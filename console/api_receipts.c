/* /v1/receipts/unmatched: receipts that no message awaits. */
#include "console/api.h"

#include "model/receipt.h"

#define UNMATCHED_PAGE 100
#define UNMATCHED_MAX 1000

/* On the reader's thread. */
static bool show_unmatched(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct buf *b = &r->out;
	struct stray s;

	if (stray_decode(row_s(row, 1), &s) != 0)
		return true;
	json_open(b, '{');
	json_kid(b, "id", (uint64_t)row_i(row, 0));
	json_kt(b, "at", s.at_ms);
	json_ks(b, "link", s.link);
	json_ks(b, "peer_id", s.peer_id);
	json_kz(b, "state", message_state_name(s.state));
	json_ks_opt(b, "reason", s.reason);
	json_close(b, '}');
	return true;
}

void api_receipts_unmatched(struct request *r)
{
	uint64_t limit = UNMATCHED_PAGE;

	must(r != NULL);
	if (!query_u64(r, "limit", UNMATCHED_MAX, &limit))
		return;
	struct cell cells[] = { CELL_I(MAX(limit, 1)) };
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "receipts");
	json_open(b, '[');
	request_read(r, STORE_STRAY_LIST, cells, ARRAY_LEN(cells),
		     show_unmatched, api_rows_end);
}
