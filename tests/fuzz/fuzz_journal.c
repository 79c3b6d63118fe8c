/* Any bytes are walked without harm; records made of them come back; and one
 * changed byte stops the walk at the frame it hit. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "proto/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static void walk_raw(struct str blob)
{
	struct journal_walk w = journal_walk_of(blob);
	struct journal_record r;
	size_t at = 0;

	while (journal_next(&w, &r)) {
		must(w.at > at && w.at <= blob.len);
		must(r.payload.len < w.at - at);
		at = w.at;
	}
	must(w.at == at && (w.why != NULL) == (at < blob.len));
}

/* Records out of the input: kind, id, length of payload, payload. */
static size_t put_some(struct bufr in, struct buf *blob)
{
	size_t n = 0;

	while (bufr_left(&in) > 0) {
		uint8_t kind = bufr_u8(&in);
		uint64_t id = bufr_u64(&in);
		size_t left = bufr_left(&in);
		size_t want = bufr_u8(&in);
		journal_put(blob, kind, id,
			    bufr_bytes(&in,
				       MIN(want, left == 0 ? 0 : left - 1)));
		n++;
	}
	return n;
}

/* How many records can be read before the blob ends or is bad; where. */
static size_t read_all(struct str blob, size_t *at, size_t starts[256])
{
	struct journal_walk w = journal_walk_of(blob);
	struct journal_record r;
	size_t n = 0;

	for (starts[0] = 0; n < 255 && journal_next(&w, &r);)
		starts[++n] = w.at;
	*at = w.at;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static size_t starts[256];
	struct buf blob;
	size_t at;

	walk_raw(str_bytes(len > 0 ? p : (const uint8_t *)"", len));
	if (len < 3 || len > 2000)
		return 0;
	buf_init(&blob, BUF_NO_LIMIT);
	size_t n = put_some(bufr_of(p + 3, len - 3), &blob);
	must(read_all(buf_str(&blob), &at, starts) == n && at == blob.len);
	if (blob.len > 0) {
		size_t hit = ((size_t)p[0] << 8 | p[1]) % blob.len;
		size_t frame = 0;
		while (starts[frame + 1] <= hit)
			frame++;
		blob.p[hit] ^= (char)(p[2] != 0 ? p[2] : 1);
		walk_raw(buf_str(&blob));
		must(read_all(buf_str(&blob), &at, starts) == frame);
	}
	buf_done(&blob);
	return 0;
}
