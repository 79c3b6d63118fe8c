/*
 * The store as the rest of the house sees it: one open batch a turn, commit,
 * then acknowledge. Implemented by store/engine over its back ends.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/record.h"
#include "model/row.h"

enum store_call_kind { STORE_WRITE, STORE_READ, STORE_SCAN };

enum store_call {
#define CALL(name, kind, args, columns) STORE_##name,
#include "model/calls.def"
#undef CALL
	STORE_CALLS
};

struct store_call_row {
	const char *name;
	enum store_call_kind kind;
	const char *args;
	const char *columns;
};

extern const struct store_call_row store_calls[STORE_CALLS];

/* One row of a result; return false to stop. */
typedef bool (*store_row_fn)(void *owner, const struct row *row);

struct store;

struct store_ops {
	/*
	 * append, put and then work on the open batch of this turn, on the
	 * loop thread; all of a batch is durable, or none of it. Bytes are
	 * copied. What was appended before a `then` is durable when its fn
	 * runs with rc 0. rc otherwise: -ENOSPC, the disk is full and the
	 * batch is not stored. fn runs on the loop thread, in order.
	 */
	void (*append)(struct store *s, enum record_kind kind, uint64_t id,
		       struct str payload);
	void (*put)(struct store *s, enum store_call call,
		    const struct cell *cells, unsigned n);
	void (*then)(struct store *s, void (*fn)(void *owner, int rc),
		     void *owner);
	/* May new work be taken? 0; -ENOSPC: the disk is full; -EAGAIN: more
	 * than the set limit of bytes waits for the disk. */
	int (*ready)(struct store *s);
	/*
	 * A read, on the store's reader thread. `show` runs THERE, for each
	 * row, and may only touch what owner keeps for it; `done` runs on the
	 * loop thread afterwards: 0 or -EIO. Sees every batch whose `then`
	 * has run.
	 */
	void (*get)(struct store *s, enum store_call call,
		    const struct cell *cells, unsigned n, store_row_fn show,
		    void (*done)(void *owner, int rc), void *owner);
	/* A scan, at once, on the calling thread: before serving only. */
	MUST_USE int (*scan)(struct store *s, enum store_call call,
			     const struct cell *cells, unsigned n,
			     store_row_fn show, void *owner);
	/* Copies the live store to a file (SQLite backup API) in the
	 * background; done runs on the loop thread. */
	void (*backup)(struct store *s, const char *path,
		       void (*done)(void *owner, int rc), void *owner);
};

struct store {
	const struct store_ops *ops;
};

static inline void store_append(struct store *s, enum record_kind kind,
				uint64_t id, struct str payload)
{
	s->ops->append(s, kind, id, payload);
}

static inline void store_put(struct store *s, enum store_call call,
			     const struct cell *cells, unsigned n)
{
	s->ops->put(s, call, cells, n);
}

static inline void store_then(struct store *s, void (*fn)(void *, int),
			      void *owner)
{
	s->ops->then(s, fn, owner);
}
