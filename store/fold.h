/*
 * The fold: journal records gathered after their commit, and written into the
 * tables in slices inside later transactions. Used on the writer thread.
 *
 * Rows gather in one run; when it is long or old enough it is cut and sorted,
 * and slices of it are written while the next one gathers. The position is
 * stored with each slice, so a crash loses and repeats nothing.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "store/backend.h"
#include "store/cells.h"
#include "store/run.h"

/* As in the table of that name. Rows up to `upto` are folded; of those up to
 * run_to, in order of (room, id), all up to that pair. */
struct fold_position {
	int64_t upto;
	int64_t run_to;
	int64_t room;
	int64_t id;
	int64_t last_id; /* the largest met */
};

struct fold;

/* `at` is where the store's tables stand. */
struct fold *fold_new(const struct fold_position *at, int64_t live);
void fold_free(struct fold **fp);

/* At the start: a kind of message the store knows. */
void fold_know_kind(struct fold *f, uint64_t kind, struct str tenant,
		    struct str class_name, struct str campaign);
/* ... and a cell of reports. */
void fold_know_cell(struct fold *f, uint64_t cell,
		    const struct str words[CELL_WORDS]);

/* A committed journal row; its bytes are copied. -EBADMSG. */
MUST_USE int fold_add(struct fold *f, int64_t seq, struct str frames,
		      uint64_t now_us, struct err *err);
/* Records that gather, when the oldest of them came (0: none). */
size_t fold_gathered(const struct fold *f);
size_t fold_gathered_bytes(const struct fold *f);
uint64_t fold_oldest_us(const struct fold *f);
/* Is a run being written? Then gathered rows wait. */
bool fold_running(const struct fold *f);
/* Starts a run of what has gathered. Not while one is running. */
void fold_cut(struct fold *f);

/*
 * Writes about `records` of the run into the open transaction, then drops
 * folded journal rows. Of what is done here nothing counts until
 * fold_committed; fold_rolled_back forgets it. -EBADMSG: a record cannot be
 * read, err says which; else as backend write.
 */
MUST_USE int fold_slice(struct fold *f, struct backend *b, size_t records,
			struct err *err);
void fold_committed(struct fold *f);
void fold_rolled_back(struct fold *f);

/* Records of one id that are committed and not folded, oldest first: the kind
 * as a byte, then the payload behind its length. */
void fold_pending(const struct fold *f, enum room room, uint64_t id,
		  struct buf *out);

int64_t fold_upto(const struct fold *f);     /* last row wholly folded */
size_t fold_backlog(const struct fold *f);   /* records not folded */
int64_t fold_live(const struct fold *f);     /* messages not final */
uint64_t fold_written(const struct fold *f); /* rows written in all */
