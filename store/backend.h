/*
 * What the engine asks of a back end: transactions of named statements on one
 * thread, reads of them on others. Private to store/.
 */
#pragma once

#include "base/err.h"
#include "store/engine.h"
#include "store/statements.h"

struct backend;
struct backend_reader;

enum backend_when {
	BACKEND_NOW,  /* durable when commit returns 0 */
	BACKEND_LATER /* ... or when that of a later transaction does: all
		       * before it is durable, too, and in order */
};

/*
 * 0, -ENOSPC: the disk is full, nothing of the transaction is stored and
 * rollback() makes the back end fit for the next one; anything else: what is
 * stored is not known, and the back end is only closed after it.
 */
struct backend_ops {
	const char *name;

	/* ---- writing: one thread at a time ---- */
	MUST_USE int (*begin)(struct backend *b, enum backend_when when);
	/* 1 when no row was changed, because of one that is there or is
	 * not. */
	MUST_USE int (*write)(struct backend *b, enum statement st,
			      const struct cell *cells, unsigned n);
	/* A read inside the transaction; of its own writes it need not see
	 * any. */
	MUST_USE int (*peek)(struct backend *b, enum statement st,
			     const struct cell *cells, unsigned n,
			     store_row_fn show, void *owner);
	MUST_USE int (*commit)(struct backend *b);
	/* Also when the failure has ended the transaction already. */
	void (*rollback)(struct backend *b);
	/* Upkeep between transactions, after the answers have gone out. */
	MUST_USE int (*tidy)(struct backend *b);
	/* What the last failure was, for a person. */
	const char *(*why)(struct backend *b);
	/* Every reader is closed before. */
	void (*close)(struct backend **bp);

	/* ---- reading: each reader on one thread at a time ---- */
	MUST_USE int (*reader_open)(struct backend *b,
				    struct backend_reader **out,
				    struct err *err);
	/* Sees all that was committed before. 0 or -EIO. */
	MUST_USE int (*read)(struct backend_reader *r, enum statement st,
			     const struct cell *cells, unsigned n,
			     store_row_fn show, void *owner);
	/* A copy of the whole store as a file that must not exist yet.
	 * -EEXIST, -ENOSPC, -EIO. */
	MUST_USE int (*copy)(struct backend_reader *r, const char *path);
	void (*reader_close)(struct backend_reader **rp);
};

struct backend {
	const struct backend_ops *ops;
};

struct backend_reader {
	const struct backend_ops *ops;
};

enum backend_make {
	BACKEND_MAKE_NOTHING, /* -ENOENT when there is none */
	BACKEND_MAKE_MISSING,
	BACKEND_MAKE_NEW /* -EEXIST when there is one */
};

/* These return as store_open and store_create do. Of cfg, sqlite_open takes
 * sync, vfs and wal_pages. */
MUST_USE int sqlite_open(struct backend **out, const struct store_cfg *cfg,
			 const char *path, enum backend_make make,
			 struct err *err);
/*
 * Tables in memory. Under a name they stay when the store is closed, until
 * memory_forget or the end of the process; without one they go with it.
 */
MUST_USE int memory_open(struct backend **out, const char *name,
			 enum backend_make make, struct err *err);
void memory_forget(const char *name);

static inline int backend_write(struct backend *b, enum statement st,
				const struct cell *cells, unsigned n)
{
	int rc = b->ops->write(b, st, cells, n);

	return rc > 0 ? 0 : rc;
}
