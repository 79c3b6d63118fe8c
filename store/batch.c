/* Gathering a batch costs copies into a few arrays that are used again. */
#include "store/batch.h"

#include "base/mem.h"
#include "proto/journal.h"

enum { BATCH_START = 16, BATCH_KEEP_BYTES = 256 << 10 };

/* Room for n more elements of v; v is where the array's address stands. */
#define BATCH_ROOM(v, len, cap, n)                                          \
	do {                                                                \
		if ((len) + (n) > (cap)) {                                  \
			(cap) = MAX((cap)*2,                                \
				    MAX((len) + (n), (size_t)BATCH_START)); \
			(v) = mem_resize((v), (cap) * sizeof((v)[0]));      \
		}                                                           \
	} while (0)

struct batch *batch_new(void)
{
	struct batch *b = mem_new(struct batch);

	list_init(&b->link);
	buf_init(&b->frames, BUF_NO_LIMIT);
	puts_init(&b->puts);
	return b;
}

void batch_free(struct batch **bp)
{
	must(bp != NULL);

	struct batch *b = TAKE(*bp);
	if (b == NULL)
		return;
	buf_done(&b->frames);
	puts_done(&b->puts);
	mem_free(b->thens);
	mem_free(b);
}

/* What a burst has made large is given back. */
static void batch_clear(struct buf *b)
{
	if (b->cap > BATCH_KEEP_BYTES) {
		buf_done(b);
		buf_init(b, BUF_NO_LIMIT);
	}
	buf_reset(b);
}

void batch_give_frames(struct batch *b, struct buf *frames)
{
	must(b != NULL && frames != NULL);

	struct buf kept = *frames;
	*frames = b->frames;
	b->frames = kept;
	batch_clear(&b->frames);
}

void batch_reset(struct batch *b)
{
	must(b != NULL);
	batch_clear(&b->frames);
	puts_reset(&b->puts);
	b->records = 0;
	b->nthens = 0;
	b->seq = 0;
	b->rc = 0;
	b->took_us = 0;
	b->size = 0;
}

bool batch_empty(const struct batch *b)
{
	must(b != NULL);
	return b->frames.len == 0 && b->puts.n == 0 && b->nthens == 0;
}

size_t batch_size(const struct batch *b)
{
	must(b != NULL);
	return b->frames.len + b->puts.bytes.len;
}

void batch_append(struct batch *b, enum record_kind kind, uint64_t id,
		  struct str payload)
{
	must(b != NULL);
	journal_put(&b->frames, (uint8_t)kind, id, payload);
	b->records++;
}

void batch_put(struct batch *b, enum store_call call, const struct cell *cells,
	       unsigned n)
{
	must(b != NULL);
	puts_add(&b->puts, call, cells, n);
}

void batch_then(struct batch *b, void (*fn)(void *owner, int rc), void *owner)
{
	must(b != NULL && fn != NULL);
	BATCH_ROOM(b->thens, b->nthens, b->cap_thens, 1);
	b->thens[b->nthens++] = (struct batch_then){ fn, owner };
}

void batch_answer(struct batch *b)
{
	must(b != NULL);
	for (size_t i = 0; i < b->nthens; i++)
		b->thens[i].fn(b->thens[i].owner, b->rc);
}
