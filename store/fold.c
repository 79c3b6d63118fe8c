/* Runs one after another, in slices, and how far they are. */
#include "store/fold.h"

#include <errno.h>

#include "base/mem.h"
#include "store/group.h"

/* Bytes of folded journal that are dropped in place of one record. */
enum { FOLD_TRIM_BYTES = 256 };

/* Where the run stands: `next` of its records are written, `trimmed` of its
 * rows deleted. */
struct fold_progress {
	struct fold_position at;
	size_t next;
	size_t trimmed;
	int64_t live;
	uint64_t written;
};

struct fold {
	struct run *gather;
	uint64_t oldest_us;
	struct run *run;            /* NULL: none */
	struct fold_progress done;  /* committed */
	struct fold_progress tried; /* in the open transaction */
	struct group group;         /* being written */
};

struct fold *fold_new(const struct fold_position *at, int64_t live)
{
	must(at != NULL);

	struct fold *f = mem_new(struct fold);
	f->gather = run_new();
	f->group.tally = tally_new();
	f->group.cells = cells_new();
	f->done.at = *at;
	f->done.live = live;
	f->tried = f->done;
	buf_init(&f->group.history, BUF_NO_LIMIT);
	return f;
}

void fold_free(struct fold **fp)
{
	must(fp != NULL);

	struct fold *f = TAKE(*fp);
	if (f == NULL)
		return;
	run_free(&f->gather);
	run_free(&f->run);
	tally_free(&f->group.tally);
	cells_free(&f->group.cells);
	buf_done(&f->group.history);
	mem_free(f);
}

void fold_know_kind(struct fold *f, uint64_t kind, struct str tenant,
		    struct str class_name, struct str campaign)
{
	must(f != NULL);
	tally_know(f->group.tally, kind, tenant, class_name, campaign);
}

void fold_know_cell(struct fold *f, uint64_t cell,
		    const struct str words[CELL_WORDS])
{
	must(f != NULL);
	cells_know(f->group.cells, cell, words);
}

int fold_add(struct fold *f, int64_t seq, struct str frames, uint64_t now_us,
	     struct err *err)
{
	must(f != NULL && seq > f->done.at.upto);
	if (f->gather->len == 0)
		f->oldest_us = now_us;
	return run_add(f->gather, seq, frames, err);
}

size_t fold_gathered(const struct fold *f)
{
	must(f != NULL);
	return f->gather->len;
}

size_t fold_gathered_bytes(const struct fold *f)
{
	must(f != NULL);
	return f->gather->bytes.len;
}

uint64_t fold_oldest_us(const struct fold *f)
{
	must(f != NULL);
	return f->gather->len == 0 ? 0 : f->oldest_us;
}

bool fold_running(const struct fold *f)
{
	must(f != NULL);
	return f->run != NULL;
}

/* The first of the run's records that is not before (room, id). */
static size_t fold_lower_bound(const struct run *run, enum room room,
			       uint64_t id)
{
	size_t low = 0, high = run->len;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct run_record *r = &run->v[mid];
		if (run_room(r) < room || (run_room(r) == room && r->id < id))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* After a crash the same rows make the same run, part of it written. */
static void fold_skip(struct fold *f)
{
	const struct fold_position *at = &f->done.at;

	f->done.next = fold_lower_bound(f->run, (enum room)at->room,
					(uint64_t)at->id + 1);
}

void fold_cut(struct fold *f)
{
	must(f != NULL && f->run == NULL);
	if (f->gather->nrows == 0)
		return;
	f->run = f->gather;
	f->gather = run_new();
	run_sort(f->run);
	f->done.next = 0;
	f->done.trimmed = 0;

	int64_t run_to = f->run->rows[f->run->nrows - 1].seq;
	if (f->done.at.run_to == run_to) {
		fold_skip(f);
	} else {
		/* A run that was begun is ended before another begins. */
		must(f->done.at.run_to == f->done.at.upto);
		f->done.at.run_to = run_to;
		f->done.at.room = 0;
		f->done.at.id = 0;
	}
	f->tried = f->done;
}

/* ---- slices --------------------------------------------------------------- */

static int fold_position_put(const struct fold_position *at, struct backend *b)
{
	const struct cell cells[] = { CELL_I(at->upto), CELL_I(at->run_to),
				      CELL_I(at->room), CELL_I(at->id),
				      CELL_I(at->last_id) };

	return backend_write(b, STATEMENT_FOLD_POSITION, cells,
			     ARRAY_LEN(cells));
}

/* Whole groups, until `records` are written or the run is. */
static int fold_write(struct fold *f, struct backend *b, size_t records,
		      struct err *err)
{
	struct fold_progress *p = &f->tried;
	const struct run *run = f->run;
	size_t stop = MIN(run->len, p->next + records);

	while (p->next < stop) {
		const struct run_record *r = &run->v[p->next];
		size_t n = 1;
		while (p->next + n < run->len && r[n].id == r->id &&
		       run_room(&r[n]) == run_room(r))
			n++;
		int rc = group_write(&f->group, run, r, n, b);
		if (rc == -EBADMSG)
			return err_set(err, rc,
				       "journal rows %lld to %lld: a record of "
				       "kind %u, id %llu cannot be read",
				       (long long)run->rows[0].seq,
				       (long long)p->at.run_to, r->kind,
				       (unsigned long long)r->id);
		if (rc != 0)
			return rc;
		p->live += f->group.live;
		f->group.live = 0;
		p->next += n;
		p->written++;
		p->at.room = run_room(r);
		p->at.id = (int64_t)r->id;
		p->at.last_id = MAX(p->at.last_id, p->at.id);
	}
	if (p->next == run->len) {
		p->at.upto = p->at.run_to;
		p->at.room = 0;
		p->at.id = 0;
	}
	int rc = tally_write(f->group.tally, b);
	if (rc == 0)
		rc = cells_write(f->group.cells, b);
	return rc != 0 ? rc : fold_position_put(&p->at, b);
}

/* Rows are dropped a few at a time too: a long run has megabytes of them. */
static int fold_trim(struct fold *f, struct backend *b, size_t bytes)
{
	struct fold_progress *p = &f->tried;
	const struct run *run = f->run;
	size_t from = p->trimmed;

	for (size_t sum = 0; p->trimmed < run->nrows && sum < bytes;)
		sum += run->rows[p->trimmed++].len;
	if (p->trimmed == from)
		return 0;
	const struct cell seq = CELL_I(run->rows[p->trimmed - 1].seq);
	return backend_write(b, STATEMENT_JOURNAL_TRIM, &seq, 1);
}

int fold_slice(struct fold *f, struct backend *b, size_t records,
	       struct err *err)
{
	must(f != NULL && b != NULL && f->run != NULL);

	size_t before = f->tried.next;
	if (before < f->run->len || f->tried.at.upto < f->tried.at.run_to) {
		int rc = fold_write(f, b, records, err);
		if (rc != 0 || f->tried.next < f->run->len)
			return rc;
	}
	size_t left = records - MIN(records, f->tried.next - before);
	return fold_trim(f, b, left * FOLD_TRIM_BYTES);
}

void fold_committed(struct fold *f)
{
	must(f != NULL);
	tally_committed(f->group.tally);
	cells_committed(f->group.cells);
	f->done = f->tried;
	if (f->run != NULL && f->done.trimmed == f->run->nrows)
		run_free(&f->run);
}

void fold_rolled_back(struct fold *f)
{
	must(f != NULL);
	tally_rolled_back(f->group.tally);
	cells_rolled_back(f->group.cells);
	f->group.live = 0;
	f->tried = f->done;
}

int64_t fold_upto(const struct fold *f)
{
	must(f != NULL);
	return f->done.at.upto;
}

size_t fold_backlog(const struct fold *f)
{
	must(f != NULL);
	return f->gather->len +
	       (f->run == NULL ? 0 : f->run->len - f->done.next);
}

int64_t fold_live(const struct fold *f)
{
	must(f != NULL);
	return f->done.live;
}

uint64_t fold_written(const struct fold *f)
{
	must(f != NULL);
	return f->done.written;
}

/* ---- what is not folded yet ------------------------------------------------ */

static void fold_put_pending(const struct run *run, const struct run_record *r,
			     struct buf *out)
{
	buf_u8(out, r->kind);
	buf_lstr(out, run_payload(run, r));
}

void fold_pending(const struct fold *f, enum room room, uint64_t id,
		  struct buf *out)
{
	must(f != NULL && out != NULL);
	if (f->run != NULL) {
		const struct run *run = f->run;
		size_t i = fold_lower_bound(run, room, id);
		for (; i < run->len && run->v[i].id == id &&
		       run_room(&run->v[i]) == room;
		     i++) {
			if (i >= f->done.next)
				fold_put_pending(run, &run->v[i], out);
		}
	}
	for (size_t i = 0; i < f->gather->len; i++) {
		const struct run_record *r = &f->gather->v[i];
		if (r->id == id && run_room(r) == room)
			fold_put_pending(f->gather, r, out);
	}
}
