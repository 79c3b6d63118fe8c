/* The rows of a batch, packed: an import has tens of thousands on their way. */
#pragma once

#include <stddef.h>

#include "base/buf.h"
#include "model/store.h"
#include "store/backend.h"
#include "store/sums.h"

struct puts {
	struct buf bytes; /* call, then its cells; and so on */
	size_t n;
};

void puts_init(struct puts *p);
void puts_done(struct puts *p);
/* Empty again; keeps its memory, but not very much of it. */
void puts_reset(struct puts *p);

/* One more; bytes are copied. n: as many as the call has arguments. */
void puts_add(struct puts *p, enum store_call call, const struct cell *cells,
	      unsigned n);
/*
 * Writes them into the open transaction, in order: but addresses that follow
 * each other, with nothing between them that could touch their table, in order
 * of their text, so that many of them fall on one page. Of one address the
 * order stays. Measures come last, added up.
 */
MUST_USE int puts_write(const struct puts *p, struct backend *backend,
			struct sums *sums);
