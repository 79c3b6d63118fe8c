/* Decoding journal rows into records, and sorting those by radix. */
#include "store/run.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "proto/journal.h"

static const uint8_t run_rooms[] = {
	[RECORD_MESSAGE] = ROOM_MESSAGE, [RECORD_EVENT] = ROOM_MESSAGE,
	[RECORD_NOTICE] = ROOM_NOTICE,   [RECORD_NOTICE_END] = ROOM_NOTICE,
	[RECORD_INBOUND] = ROOM_INBOUND, [RECORD_STRAY] = ROOM_STRAY,
	[RECORD_STRAY_END] = ROOM_STRAY,
};

/* So that `at` and `len` hold every place of a run. */
#define RUN_BYTES_MAX ((size_t)UINT32_MAX)
_Static_assert(JOURNAL_PAYLOAD_MAX < 1 << 24, "len has 24 bits");

struct run *run_new(void)
{
	struct run *r = mem_new(struct run);

	buf_init(&r->bytes, RUN_BYTES_MAX);
	return r;
}

void run_free(struct run **rp)
{
	must(rp != NULL);

	struct run *r = TAKE(*rp);
	if (r == NULL)
		return;
	buf_done(&r->bytes);
	mem_free(r->rows);
	mem_free(r->v);
	mem_free(r);
}

static void run_push(struct run *r, const struct journal_record *record)
{
	if (r->len == r->cap) {
		r->cap = MAX(r->cap * 2, 64);
		r->v = mem_resize(r->v, r->cap * sizeof(r->v[0]));
	}
	r->v[r->len++] = (struct run_record){
		.id = record->id,
		.at = (uint32_t)(record->payload.p - r->bytes.p),
		.len = (uint32_t)record->payload.len & 0xffffff,
		.kind = record->kind,
	};
}

static int run_bad(int64_t seq, size_t at, size_t len, const char *why,
		   struct err *err)
{
	return err_set(err, -EBADMSG, "journal row %lld, byte %zu of %zu: %s",
		       (long long)seq, at, len, why);
}

int run_add(struct run *r, int64_t seq, struct str frames, struct err *err)
{
	must(r != NULL);

	size_t start = r->bytes.len;
	buf_str_put(&r->bytes, frames);
	if (r->bytes.full)
		return run_bad(seq, 0, frames.len, "the run is too long", err);
	if (r->nrows == r->cap_rows) {
		r->cap_rows = MAX(r->cap_rows * 2, 16);
		r->rows = mem_resize(r->rows, r->cap_rows * sizeof(r->rows[0]));
	}
	r->rows[r->nrows++] = (struct run_row){ seq, frames.len };

	struct journal_walk walk =
		journal_walk_of(str_from(buf_str(&r->bytes), start));
	struct journal_record record;
	size_t at = 0;
	while (journal_next(&walk, &record)) {
		if (record.kind >= ARRAY_LEN(run_rooms) ||
		    run_rooms[record.kind] == 0) {
			walk.why = "the kind of record is not known";
			walk.at = at;
			break;
		}
		run_push(r, &record);
		at = walk.at;
	}
	return walk.why == NULL
		       ? 0
		       : run_bad(seq, walk.at, frames.len, walk.why, err);
}

enum room run_room(const struct run_record *r)
{
	must(r != NULL);
	return (enum room)run_rooms[r->kind];
}

struct str run_payload(const struct run *run, const struct run_record *r)
{
	must(run != NULL && r != NULL);
	return str_bytes(run->bytes.p + r->at, r->len);
}

/* ---- sorting -------------------------------------------------------------- */

/* The room is the ninth and highest byte of the key. */
static unsigned run_digit(const struct run_record *v, unsigned byte)
{
	return byte == 8 ? run_rooms[v->kind] : v->id >> (8 * byte) & 0xff;
}

/* One stable pass from `from` to `to`; false when the byte never differs. */
static bool run_pass(const struct run_record *from, struct run_record *to,
		     size_t len, unsigned byte)
{
	size_t at[256] = { 0 };

	for (size_t i = 0; i < len; i++)
		at[run_digit(&from[i], byte)]++;
	if (at[run_digit(&from[0], byte)] == len)
		return false;
	for (size_t sum = 0, d = 0; d < 256; d++) {
		size_t n = at[d];
		at[d] = sum;
		sum += n;
	}
	for (size_t i = 0; i < len; i++)
		to[at[run_digit(&from[i], byte)]++] = from[i];
	return true;
}

void run_sort(struct run *r)
{
	must(r != NULL);
	if (r->len < 2)
		return;

	struct run_record *to = mem_array(r->len, sizeof(r->v[0]));
	for (unsigned byte = 0; byte <= 8; byte++) {
		if (!run_pass(r->v, to, r->len, byte))
			continue;
		struct run_record *from = r->v;
		r->v = to;
		to = from;
		r->cap = r->len; /* both hold at least that many */
	}
	mem_free(to);
}
