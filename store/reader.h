/* The reader: a thread that answers reads, in order except that those which
 * wait for the fold let others pass. */
#pragma once

#include <stddef.h>

#include "base/list.h"
#include "store/backend.h"
#include "store/writer.h"

/* One read; made on the loop thread, shown on the reader's, ended on the
 * loop thread again. */
struct read {
	struct list link;
	enum store_call call;
	char *path;         /* a copy to here instead of a call; or NULL */
	struct cell *cells; /* one block with their bytes */
	unsigned n;
	store_row_fn show;
	void (*done)(void *owner, int rc);
	void *owner;
	int64_t after_seq; /* what it must see */
	int rc;
};

struct read *read_new(enum store_call call, const struct cell *cells,
		      unsigned n);
void read_free(struct read **rp);

struct reader;

struct reader_cfg {
	struct backend *backend; /* borrowed */
	struct writer *writer;   /* borrowed: it folds */
	/* On the reader's thread: something is there to collect. */
	void (*wake)(void *owner);
	void *owner;
};

MUST_USE int reader_open(struct reader **out, const struct reader_cfg *cfg,
			 struct err *err);
/* Answers what is queued, then ends. */
void reader_stop(struct reader *r);
/* After the writer has ended, which tells us of its progress. */
void reader_close(struct reader **rp);

void reader_ask(struct reader *r, struct read *ask);
/* Moves finished reads, in order, to `done`. */
void reader_collect(struct reader *r, struct list *done);
