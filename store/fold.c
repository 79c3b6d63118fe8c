/* Runs one after another, their position, and the records of one id made
 * into one write. */
#include "store/fold.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "model/inbound.h"
#include "store/tally.h"

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
	struct tally *tally;
	struct buf history; /* scratch */
};

struct fold *fold_new(const struct fold_position *at, int64_t live)
{
	must(at != NULL);

	struct fold *f = mem_new(struct fold);
	f->gather = run_new();
	f->tally = tally_new();
	f->done.at = *at;
	f->done.live = live;
	f->tried = f->done;
	buf_init(&f->history, BUF_NO_LIMIT);
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
	tally_free(&f->tally);
	buf_done(&f->history);
	mem_free(f);
}

void fold_know_kind(struct fold *f, uint64_t kind, struct str tenant,
		    struct str class_name)
{
	must(f != NULL);
	tally_know(f->tally, kind, tenant, class_name);
}

int fold_add(struct fold *f, int64_t seq, char *frames, size_t len,
	     uint64_t now_us, struct err *err)
{
	must(f != NULL && seq > f->done.at.upto);
	if (f->gather->len == 0)
		f->oldest_us = now_us;
	return run_add(f->gather, seq, frames, len, err);
}

size_t fold_gathered(const struct fold *f)
{
	must(f != NULL);
	return f->gather->len;
}

size_t fold_gathered_bytes(const struct fold *f)
{
	must(f != NULL);
	return f->gather->bytes;
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

/* After a crash the same rows make the same run, part of it written. */
static void fold_skip(struct fold *f)
{
	const struct fold_position *at = &f->done.at;
	size_t i = 0;

	while (i < f->run->len && (f->run->v[i].room < at->room ||
				   (f->run->v[i].room == at->room &&
				    f->run->v[i].id <= (uint64_t)at->id)))
		i++;
	f->done.next = i;
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

/* ---- what is written for one id ------------------------------------------- */

/* An empty text leaves what stands: NULL. */
static struct cell fold_text(struct str s)
{
	return s.len == 0 ? CELL_N : CELL_T(s);
}

/* What is known of a message before and after a group of its records. */
struct fold_message {
	bool fresh; /* it was not there before */
	bool there;
	uint64_t kind;
	enum message_state was;
	struct event last;
};

static int fold_new_message(struct fold *f, const struct run_record *r,
			    struct backend *b, struct fold_message *v)
{
	struct message m;
	int rc = message_decode(str_bytes(r->payload, r->len), r->id, &m);

	if (rc == 0)
		rc = tally_kind(f->tally, b, m.tenant, m.class_name, &v->kind);
	if (rc != 0)
		return rc;
	const struct cell cells[] = {
		CELL_I(r->id),        CELL_T(m.tenant),
		CELL_T(m.class_name), CELL_T(m.to),
		CELL_T(m.campaign),   CELL_B(str_bytes(r->payload, r->len)),
	};
	rc = b->ops->write(b, STATEMENT_FOLD_MESSAGE, cells, ARRAY_LEN(cells));
	/* The same message twice is a bug upstairs; the first one stands. */
	v->fresh = v->there = rc == 0;
	v->last = (struct event){ .state = MESSAGE_ACCEPTED,
				  .at_ms = m.accepted_ms };
	return rc > 0 ? 0 : rc;
}

static bool fold_peeked(void *owner, const struct row *row)
{
	struct fold_message *v = owner;

	v->there = true;
	v->kind = (uint64_t)row_i(row, 0);
	v->was = (enum message_state)row_i(row, 1);
	return false;
}

/* Events in order: the last one's state counts, and the last link named. */
static int fold_events(struct fold *f, const struct run_record *r, size_t n,
		       struct event *last)
{
	for (size_t i = 0; i < n; i++) {
		struct str payload = str_bytes(r[i].payload, r[i].len);
		struct str link = last->link;

		if (r[i].kind != RECORD_EVENT)
			continue;
		int rc = event_decode(payload, last);
		if (rc != 0)
			return rc;
		if (last->link.len == 0)
			last->link = link;
		buf_lstr(&f->history, payload);
	}
	return 0;
}

/* What the group means to the counts. */
static void fold_count(struct fold *f, const struct fold_message *v)
{
	bool live = !message_state_final(v->last.state);

	if (v->fresh) {
		tally_add(f->tally, v->kind, v->last.state, 1);
		f->tried.live += live;
	} else if (v->was != v->last.state) {
		tally_add(f->tally, v->kind, v->was, -1);
		tally_add(f->tally, v->kind, v->last.state, 1);
		f->tried.live += live - !message_state_final(v->was);
	}
}

static int fold_state(struct fold *f, uint64_t id, const struct fold_message *v,
		      struct backend *b)
{
	const struct cell cells[] = {
		CELL_I(id),
		CELL_I(v->kind),
		CELL_I(v->last.state),
		CELL_I(v->last.at_ms),
		fold_text(v->last.link),
		fold_text(v->last.reason),
		CELL_B(buf_str(&f->history)),
	};
	struct cell known[ARRAY_LEN(cells) - 1];

	if (v->fresh)
		return backend_write(b, STATEMENT_FOLD_STATE_NEW, cells,
				     ARRAY_LEN(cells));
	memcpy(known, cells + 1, sizeof(known));
	known[0] = cells[0];
	return backend_write(b, STATEMENT_FOLD_STATE, known, ARRAY_LEN(known));
}

static int fold_message(struct fold *f, const struct run_record *r, size_t n,
			struct backend *b)
{
	struct fold_message v = { 0 };
	const struct cell id = CELL_I(r->id);
	int rc = 0;

	if (r[0].kind == RECORD_MESSAGE)
		rc = fold_new_message(f, r, b, &v);
	if (rc == 0 && !v.fresh)
		rc = b->ops->peek(b, STATEMENT_FOLD_PEEK, &id, 1, fold_peeked,
				  &v);
	/* Events of a message that was refused with a full disk. */
	if (rc != 0 || !v.there)
		return rc;
	if (!v.fresh)
		v.last = (struct event){ .state = v.was };
	buf_reset(&f->history);
	rc = fold_events(f, r, n, &v.last);
	if (rc == 0 && (v.fresh || f->history.len > 0)) {
		fold_count(f, &v);
		rc = fold_state(f, r->id, &v, b);
	}
	return rc;
}

/* One that is there until its end; begun and ended here is deleted too, for
 * an earlier run may have written it. */
static int fold_until_end(const struct run_record *r, size_t n,
			  enum record_kind end, enum statement put,
			  enum statement drop, struct backend *b)
{
	const struct run_record *last = &r[n - 1];
	const struct cell cells[] = {
		CELL_I(last->id),
		CELL_B(str_bytes(last->payload, last->len)),
	};

	if (last->kind == end)
		return backend_write(b, drop, cells, 1);
	return backend_write(b, put, cells, 2);
}

static int fold_inbound(const struct run_record *r, struct backend *b)
{
	struct inbound in;
	struct str payload = str_bytes(r->payload, r->len);
	int rc = inbound_decode(payload, r->id, &in);

	if (rc != 0)
		return rc;
	const struct cell cells[] = { CELL_I(r->id), CELL_T(in.tenant),
				      CELL_T(in.from), CELL_B(payload) };
	return backend_write(b, STATEMENT_FOLD_INBOUND, cells,
			     ARRAY_LEN(cells));
}

/* r[0..n) are the records of one id in one room. */
static int fold_group(struct fold *f, const struct run_record *r, size_t n,
		      struct backend *b)
{
	switch ((enum room)r->room) {
	case ROOM_MESSAGE:
		return fold_message(f, r, n, b);
	case ROOM_NOTICE:
		return fold_until_end(r, n, RECORD_NOTICE_END,
				      STATEMENT_FOLD_NOTICE,
				      STATEMENT_FOLD_NOTICE_END, b);
	case ROOM_INBOUND:
		return fold_inbound(&r[n - 1], b);
	case ROOM_STRAY:
		return fold_until_end(r, n, RECORD_STRAY_END,
				      STATEMENT_FOLD_STRAY,
				      STATEMENT_FOLD_STRAY_END, b);
	}
	must(false && "a room of no kind");
	return -EBADMSG;
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
		       r[n].room == r->room)
			n++;
		int rc = fold_group(f, r, n, b);
		if (rc == -EBADMSG)
			return err_set(err, rc,
				       "journal rows %lld to %lld: a record of "
				       "kind %u, id %llu cannot be read",
				       (long long)run->rows[0].seq,
				       (long long)p->at.run_to, r->kind,
				       (unsigned long long)r->id);
		if (rc != 0)
			return rc;
		p->next += n;
		p->written++;
		p->at.room = r->room;
		p->at.id = (int64_t)r->id;
		p->at.last_id = MAX(p->at.last_id, p->at.id);
	}
	if (p->next == run->len) {
		p->at.upto = p->at.run_to;
		p->at.room = 0;
		p->at.id = 0;
	}
	int rc = tally_write(f->tally, b);
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
	tally_committed(f->tally);
	f->done = f->tried;
	if (f->run != NULL && f->done.trimmed == f->run->nrows)
		run_free(&f->run);
}

void fold_rolled_back(struct fold *f)
{
	must(f != NULL);
	tally_rolled_back(f->tally);
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
