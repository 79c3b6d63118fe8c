/* The fold alone, over tables in memory: sorting, slices, their position. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "proto/journal.h"
#include "store/recover.h"

struct bench {
	struct backend *b;
	struct backend_reader *r;
	struct buf frames;
	int64_t seq;
	struct buf shown;
};

static int setup(void **state)
{
	struct bench *v = mem_new(struct bench);

	assert_int_equal(memory_open(&v->b, "", BACKEND_MAKE_NEW, NULL), 0);
	assert_int_equal(v->b->ops->reader_open(v->b, &v->r, NULL), 0);
	buf_init(&v->frames, BUF_NO_LIMIT);
	buf_init(&v->shown, BUF_NO_LIMIT);
	*state = v;
	return 0;
}

static int teardown(void **state)
{
	struct bench *v = *state;

	v->r->ops->reader_close(&v->r);
	v->b->ops->close(&v->b);
	buf_done(&v->frames);
	buf_done(&v->shown);
	mem_free(v);
	return 0;
}

static void message(struct bench *v, uint64_t id)
{
	const struct message m = { .id = id,
				   .tenant = STR("a"),
				   .class_name = STR("otp") };
	struct buf out;

	buf_init(&out, BUF_NO_LIMIT);
	message_encode(&m, &out);
	journal_put(&v->frames, RECORD_MESSAGE, id, buf_str(&out));
	buf_done(&out);
}

static void event(struct bench *v, uint64_t id, unsigned attempt)
{
	const struct event e = { .kind = EVENT_STATE,
				 .state = MESSAGE_HELD,
				 .attempt = attempt };
	struct buf out;

	buf_init(&out, BUF_NO_LIMIT);
	event_encode(&e, &out);
	journal_put(&v->frames, RECORD_EVENT, id, buf_str(&out));
	buf_done(&out);
}

static void write_in_one(struct bench *v, enum statement st,
			 const struct cell *cells, unsigned n)
{
	assert_int_equal(v->b->ops->begin(v->b, BACKEND_NOW), 0);
	assert_int_equal(backend_write(v->b, st, cells, n), 0);
	assert_int_equal(v->b->ops->commit(v->b), 0);
}

/* What has gathered becomes a journal row. */
static void commit(struct bench *v)
{
	const struct cell cells[] = { CELL_I(++v->seq),
				      CELL_B(buf_str(&v->frames)) };

	write_in_one(v, STATEMENT_JOURNAL_APPEND, cells, ARRAY_LEN(cells));
	buf_reset(&v->frames);
}

/* A fold as a start would have it, with what the journal holds gathered. */
static bool gather(void *owner, const struct row *row)
{
	struct str frames = row_s(row, 1);

	assert_int_equal(fold_add(owner, row_i(row, 0), frames, 1, NULL), 0);
	return true;
}

static struct fold *fold_of(struct bench *v)
{
	const struct fold_position at = { 0 };
	struct fold *f = fold_new(&at, 0);
	const struct cell after = CELL_I(0);

	assert_int_equal(v->r->ops->read(v->r, STATEMENT_JOURNAL_READ, &after,
					 1, gather, f),
			 0);
	return f;
}

static void slice(struct bench *v, struct fold *f, size_t records, bool keep)
{
	assert_int_equal(v->b->ops->begin(v->b, BACKEND_NOW), 0);
	assert_int_equal(fold_slice(f, v->b, records, NULL), 0);
	if (keep) {
		assert_int_equal(v->b->ops->commit(v->b), 0);
		fold_committed(f);
	} else {
		v->b->ops->rollback(v->b);
		fold_rolled_back(f);
	}
}

/* "id:attempt,attempt;" of every message. */
static bool show(void *owner, const struct row *row)
{
	struct bench *v = owner;
	struct str history = row_s(row, 6);
	struct bufr r = bufr_of(history.p, history.len);
	struct event e;

	buf_f(&v->shown, "%d:", (int)row_i(row, 0));
	while (bufr_left(&r) > 0) {
		assert_int_equal(event_decode(bufr_lstr(&r), &e), 0);
		buf_f(&v->shown, "%u,", e.attempt);
	}
	buf_c(&v->shown, ';');
	return true;
}

static const char *all(struct bench *v)
{
	const struct cell since = CELL_I(0);

	buf_reset(&v->shown);
	assert_int_equal(v->r->ops->read(v->r, STATEMENT_RECENT_SCAN, &since, 1,
					 show, v),
			 0);
	return v->shown.p;
}

static bool count(void *owner, const struct row *row UNUSED)
{
	++*(unsigned *)owner;
	return true;
}

static unsigned journal_rows(struct bench *v)
{
	const struct cell after = CELL_I(0);
	unsigned n = 0;

	assert_int_equal(v->r->ops->read(v->r, STATEMENT_JOURNAL_READ, &after,
					 1, count, &n),
			 0);
	return n;
}

/* Three rows: messages 3 1 2; events in rows two and three. */
static void story(struct bench *v)
{
	message(v, 3);
	message(v, 1);
	message(v, 2);
	commit(v);
	event(v, 2, 1);
	event(v, 1, 1);
	event(v, 2, 2);
	commit(v);
	event(v, 3, 3);
	event(v, 2, 3);
	commit(v);
}

static const char *const told = "1:1,;2:1,2,3,;3:3,;";

static void folds_in_slices(void **state)
{
	struct bench *v = *state;

	story(v);
	struct fold *f = fold_of(v);
	assert_int_equal(fold_backlog(f), 8);
	fold_cut(f);
	assert_true(fold_running(f));
	slice(v, f, 1, true); /* whole groups: both records of message 1 */
	assert_string_equal(all(v), "1:1,;");
	assert_int_equal(fold_backlog(f), 6);
	assert_int_equal(fold_upto(f), 0);
	slice(v, f, 3, true);
	assert_string_equal(all(v), "1:1,;2:1,2,3,;");
	assert_int_equal(journal_rows(v), 3);
	slice(v, f, 100, true);
	assert_string_equal(all(v), told);
	assert_int_equal(fold_upto(f), 3);
	assert_int_equal(fold_live(f), 3);
	while (fold_running(f))
		slice(v, f, 1, true);
	assert_int_equal(journal_rows(v), 0);
	fold_free(&f);
}

static void forgets_what_was_rolled_back(void **state)
{
	struct bench *v = *state;

	story(v);
	struct fold *f = fold_of(v);
	fold_cut(f);
	for (unsigned i = 0; fold_running(f); i++)
		slice(v, f, 2, i % 2 != 0);
	assert_string_equal(all(v), told);
	assert_int_equal(fold_live(f), 3);
	fold_free(&f);
}

/* After any number of slices the process dies; recovery ends the work. */
static void goes_on_after_a_crash(void **state UNUSED)
{
	for (unsigned slices = 0; slices < 12; slices++) {
		void *fresh = NULL;
		struct err err = { "" };
		int64_t last_seq = 0;

		assert_int_equal(setup(&fresh), 0);
		struct bench *v = fresh;
		story(v);
		struct fold *f = fold_of(v);
		fold_cut(f);
		event(v, 1, 9); /* came while the run was written */
		commit(v);
		for (unsigned i = 0; i < slices && fold_running(f); i++)
			slice(v, f, 1, true);
		fold_free(&f);

		assert_int_equal(recover(v->b, v->r, &f, &last_seq, &err), 0);
		assert_string_equal(all(v), "1:1,9,;2:1,2,3,;3:3,;");
		assert_int_equal(last_seq, 4);
		assert_int_equal(fold_upto(f), 4);
		assert_int_equal(fold_backlog(f), 0);
		assert_int_equal(fold_live(f), 3);
		assert_int_equal(journal_rows(v), 0);
		fold_free(&f);
		assert_int_equal(teardown(&fresh), 0);
	}
}

static void reports_what_it_cannot_read(void **state)
{
	struct bench *v = *state;
	static const struct {
		uint8_t kind;
		const char *payload;
		const char *says;
	} rows[] = {
		{ 99, "",
		  "journal row 1, byte 0 of 15: the kind of record is "
		  "not known" },
		{ 0, "", "the kind of record is not known" },
		{ RECORD_EVENT, "zz", "" }, /* of a message that is not there */
		{ RECORD_MESSAGE, "zz",
		  "a record of kind 1, id 5 cannot be read" },
		{ RECORD_INBOUND, "zz",
		  "a record of kind 5, id 5 cannot be read" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct fold_position at = { 0 };
		struct fold *f = fold_new(&at, 0);
		struct err err = { "" };
		buf_reset(&v->frames);
		journal_put(&v->frames, rows[i].kind, 5,
			    str_of(rows[i].payload));
		int rc = fold_add(f, 1, buf_str(&v->frames), 1, &err);
		if (rc == 0) {
			fold_cut(f);
			assert_int_equal(v->b->ops->begin(v->b, BACKEND_NOW),
					 0);
			rc = fold_slice(f, v->b, 9, &err);
			v->b->ops->rollback(v->b);
		}
		assert_int_equal(rc, rows[i].says[0] != '\0' ? -EBADMSG : 0);
		assert_non_null(strstr(err.text, rows[i].says));
		fold_free(&f);
	}
}

/* ---- runs ----------------------------------------------------------------------- */

static void sorts_by_room_and_id(void **state UNUSED)
{
	enum { RECORDS = 3000 };
	static const uint8_t kinds[] = { RECORD_STRAY, RECORD_EVENT,
					 RECORD_INBOUND, RECORD_NOTICE };
	struct run *run = run_new();
	struct buf frames;
	uint64_t x = 88172645463325252u;

	buf_init(&frames, BUF_NO_LIMIT);
	for (unsigned i = 0; i < RECORDS; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		/* Few enough ids that many meet; over all eight bytes. */
		uint64_t id = (x % 40) * 0x0101010101010101u;
		char n[4] = { (char)(i >> 8), (char)i, 0, 0 };
		journal_put(&frames, kinds[x >> 60 & 3], id, str_bytes(n, 2));
	}
	assert_int_equal(run_add(run, 1, buf_str(&frames), NULL), 0);
	run_sort(run);
	assert_int_equal(run->len, RECORDS);
	for (size_t i = 1; i < run->len; i++) {
		const struct run_record *a = &run->v[i - 1], *b = &run->v[i];
		assert_true(run_room(a) <= run_room(b));
		if (run_room(a) != run_room(b))
			continue;
		assert_true(a->id <= b->id);
		if (a->id == b->id)
			assert_true(memcmp(run_payload(run, a).p,
					   run_payload(run, b).p, 2) < 0);
	}
	buf_done(&frames);
	run_free(&run);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	static const struct CMUnitTest tests[] = {
		CASE(folds_in_slices),
		CASE(forgets_what_was_rolled_back),
		cmocka_unit_test(goes_on_after_a_crash),
		CASE(reports_what_it_cannot_read),
		cmocka_unit_test(sorts_by_room_and_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
