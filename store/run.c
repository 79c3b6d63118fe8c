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

struct run *run_new(void)
{
	return mem_new(struct run);
}

void run_free(struct run **rp)
{
	must(rp != NULL);

	struct run *r = TAKE(*rp);
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->nrows; i++)
		mem_free(r->rows[i].frames);
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
		.payload = record->payload.p,
		.len = (uint32_t)record->payload.len,
		.room = run_rooms[record->kind],
		.kind = record->kind,
	};
}

int run_add(struct run *r, int64_t seq, char *frames, size_t len,
	    struct err *err)
{
	must(r != NULL && frames != NULL);
	if (r->nrows == r->cap_rows) {
		r->cap_rows = MAX(r->cap_rows * 2, 16);
		r->rows = mem_resize(r->rows, r->cap_rows * sizeof(r->rows[0]));
	}
	r->rows[r->nrows++] = (struct run_row){ seq, frames, len };
	r->bytes += len;

	struct journal_walk walk = journal_walk_of(str_bytes(frames, len));
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
	if (walk.why == NULL)
		return 0;
	return err_set(err, -EBADMSG, "journal row %lld, byte %zu of %zu: %s",
		       (long long)seq, walk.at, len, walk.why);
}

/* ---- sorting -------------------------------------------------------------- */

/* The room is the ninth and highest byte of the key. */
static unsigned run_digit(const struct run_record *v, unsigned byte)
{
	return byte == 8 ? v->room : v->id >> (8 * byte) & 0xff;
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
