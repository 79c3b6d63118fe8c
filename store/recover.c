/* Reads the fold's position and the journal behind it, and folds that. */
#include "store/recover.h"

#include <errno.h>

enum {
	RECOVER_BYTES = 32 << 20, /* of journal brought in at a time */
	RECOVER_SLICE = 4000      /* records a transaction */
};

struct recover {
	struct backend *b;
	struct backend_reader *r;
	struct fold *fold;
	struct fold_position at;
	int64_t live;
	int64_t last_seq; /* brought in */
	int64_t stop_seq; /* bring in no more than this now */
	int rc;
	struct err *err;
};

static bool recover_position(void *owner, const struct row *row)
{
	struct recover *v = owner;

	v->at = (struct fold_position){ row_i(row, 0), row_i(row, 1),
					row_i(row, 2), row_i(row, 3),
					row_i(row, 4) };
	return true;
}

static bool recover_live(void *owner, const struct row *row)
{
	struct recover *v = owner;

	v->live = row_i(row, 0);
	return true;
}

static bool recover_kind(void *owner, const struct row *row)
{
	struct recover *v = owner;

	fold_know_kind(v->fold, (uint64_t)row_i(row, 0), row_s(row, 1),
		       row_s(row, 2), row_s(row, 3));
	return true;
}

static bool recover_cell(void *owner, const struct row *row)
{
	struct recover *v = owner;
	struct str words[CELL_WORDS];

	for (unsigned i = 0; i < CELL_WORDS; i++)
		words[i] = row_s(row, 1 + i);
	fold_know_cell(v->fold, (uint64_t)row_i(row, 0), words);
	return true;
}

static bool recover_row(void *owner, const struct row *row)
{
	struct recover *v = owner;
	int64_t seq = row_i(row, 0);
	struct str frames = row_s(row, 1);

	if (seq > v->stop_seq)
		return false;
	/* A run that was begun is brought in whole, whatever its size. */
	if (v->stop_seq == INT64_MAX && fold_gathered(v->fold) > 0 &&
	    fold_gathered_bytes(v->fold) + frames.len > RECOVER_BYTES)
		return false;
	if (seq <= v->last_seq) {
		v->rc = err_set(v->err, -EBADMSG,
				"journal row %lld is out of order",
				(long long)seq);
		return false;
	}
	v->rc = fold_add(v->fold, seq, frames, 1, v->err);
	v->last_seq = seq;
	return v->rc == 0;
}

/* One transaction: rows up to upto dropped, or a slice folded. */
static int recover_write(struct recover *v, bool trim)
{
	const struct cell upto = CELL_I(v->at.upto);
	int rc = v->b->ops->begin(v->b, BACKEND_NOW);

	if (rc == 0)
		rc = trim ? backend_write(v->b, STATEMENT_JOURNAL_TRIM, &upto,
					  1)
			  : fold_slice(v->fold, v->b, RECOVER_SLICE, v->err);
	if (rc == 0)
		rc = v->b->ops->commit(v->b);
	if (rc != 0) {
		v->b->ops->rollback(v->b);
		return rc;
	}
	fold_committed(v->fold);
	rc = v->b->ops->tidy(v->b);
	return rc == -ENOSPC ? 0 : rc; /* it can wait */
}

static int recover_read(struct recover *v, enum statement st,
			const struct cell *cells, unsigned n, store_row_fn show)
{
	int rc = v->r->ops->read(v->r, st, cells, n, show, v);

	if (rc != 0)
		return err_set(v->err, rc, "the store cannot be read");
	return v->rc;
}

/* Brings in some rows and folds them. */
static int recover_some(struct recover *v)
{
	const struct cell after = CELL_I(v->last_seq);
	bool begun = v->at.run_to > v->at.upto && v->last_seq < v->at.run_to;

	v->stop_seq = begun ? v->at.run_to : INT64_MAX;
	int rc =
		recover_read(v, STATEMENT_JOURNAL_READ, &after, 1, recover_row);
	if (rc != 0)
		return rc;
	if (begun && v->last_seq != v->at.run_to)
		return err_set(v->err, -EBADMSG,
			       "journal rows up to %lld are missing",
			       (long long)v->at.run_to);
	fold_cut(v->fold);
	while (rc == 0 && fold_running(v->fold))
		rc = recover_write(v, false);
	return rc;
}

static int recover_all(struct recover *v)
{
	int rc = recover_read(v, STATEMENT_FOLD_WHERE, NULL, 0,
			      recover_position);

	if (rc == 0)
		rc = recover_read(v, STATEMENT_LIVE_COUNT, NULL, 0,
				  recover_live);
	if (rc != 0)
		return rc;
	v->fold = fold_new(&v->at, v->live);
	v->last_seq = v->at.upto;
	rc = recover_read(v, STATEMENT_KIND_SCAN, NULL, 0, recover_kind);
	if (rc == 0)
		rc = recover_read(v, STATEMENT_CELL_SCAN, NULL, 0,
				  recover_cell);
	if (rc == 0)
		rc = recover_write(v, true);
	for (int64_t before = -1; rc == 0 && before != v->last_seq;) {
		before = v->last_seq;
		rc = recover_some(v);
	}
	return rc;
}

int recover(struct backend *b, struct backend_reader *r, struct fold **out,
	    int64_t *last_seq, struct err *err)
{
	must(b != NULL && r != NULL && out != NULL && last_seq != NULL);

	struct err why = { "" };
	struct recover v = { .b = b, .r = r, .err = &why };
	int rc = recover_all(&v);
	if (rc != 0) {
		fold_free(&v.fold);
		return err_set(err, rc, "%s",
			       why.text[0] != '\0' ? why.text : b->ops->why(b));
	}
	*out = v.fold;
	*last_seq = v.last_seq;
	return 0;
}
