/* The writer: the one thread that writes to the back end. It commits batches,
 * folds behind them, and probes a full disk. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "store/batch.h"
#include "store/fold.h"

enum writer_state {
	WRITER_OPEN,
	WRITER_FULL,  /* the disk is; what comes is tried all the same */
	WRITER_BROKEN /* nothing is answered any more */
};

struct writer_cfg {
	struct backend *backend; /* borrowed */
	struct fold *fold;       /* taken over */
	int64_t last_seq;        /* of the journal */
	unsigned lag_min, lag_max;
	unsigned slice; /* records of a slice at least */
	/* On the writer's thread: something is there to collect. */
	void (*wake)(void *owner);
	void *owner;
};

/* What the writer says of itself. */
struct writer_news {
	enum writer_state state;
	struct err why; /* BROKEN */
	uint64_t backlog;
	uint64_t folded; /* rows written */
	int64_t live;
};

struct writer;

MUST_USE int writer_open(struct writer **out, const struct writer_cfg *cfg);
/* Commits what is queued, folds everything (unless full or broken), ends. */
void writer_stop(struct writer *w);
/* Frees; what it still held is freed unanswered. */
void writer_close(struct writer **wp);

/* The batch waits its turn; it belongs to the writer now. */
void writer_offer(struct writer *w, struct batch *b);
/* The batch last offered is taken back, to be filled on; false: too late. */
bool writer_take_back(struct writer *w, struct batch *b);
/* Moves finished batches, in order, to `done` and tells the news. */
void writer_collect(struct writer *w, struct list *done,
		    struct writer_news *news);

/* The last journal row that is folded, and how the writer is. */
int64_t writer_upto(struct writer *w, enum writer_state *state);
/* Progress shall be told until all that is committed by now is folded; soon:
 * that is at once, unless there is much of it and that was done a moment ago.
 * false: the fold is further than `seen`, and nobody was told. */
MUST_USE bool writer_want_fold(struct writer *w, int64_t seen, bool soon);
/* progress(owner) is called, on the writer's thread, when writer_upto may
 * have become what somebody wants. It may not call the writer. */
void writer_tell(struct writer *w, void (*progress)(void *owner), void *owner);

/* Between these, rows stay where they are, journal or tables; the writer
 * waits. */
void writer_hold_fold(struct writer *w);
void writer_pending(struct writer *w, enum room room, uint64_t id,
		    struct buf *out); /* see fold_pending */
void writer_release_fold(struct writer *w);
