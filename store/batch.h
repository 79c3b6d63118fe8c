/* A batch: what the turns between two commits made, in one transaction. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/list.h"
#include "model/store.h"
#include "store/puts.h"

struct batch_then {
	void (*fn)(void *owner, int rc);
	void *owner;
};

/* Owned by the loop thread until it is handed to the writer, and again when
 * it comes back with rc. */
struct batch {
	struct list link;
	struct buf frames; /* the journal row */
	unsigned records;  /* in it */

	struct puts puts;

	struct batch_then *thens;
	size_t nthens, cap_thens;

	/* What the writer says of it. */
	int64_t seq; /* of the journal row, or of the one before */
	int rc;
	uint64_t took_us; /* the transaction */
	size_t size;      /* bytes it held, before it gave the frames away */
};

struct batch *batch_new(void);
void batch_free(struct batch **bp);
/* Empty again; keeps its memory, but not very much of it. */
void batch_reset(struct batch *b);
/* The frames go to `frames`, whose memory the batch takes in exchange. */
void batch_give_frames(struct batch *b, struct buf *frames);

bool batch_empty(const struct batch *b);  /* nothing to store or to answer */
size_t batch_size(const struct batch *b); /* bytes */

void batch_append(struct batch *b, enum record_kind kind, uint64_t id,
		  struct str payload);
void batch_put(struct batch *b, enum store_call call, const struct cell *cells,
	       unsigned n);
void batch_then(struct batch *b, void (*fn)(void *owner, int rc), void *owner);

/* Runs every `then` with b->rc. They may make new work, in another batch. */
void batch_answer(struct batch *b);
