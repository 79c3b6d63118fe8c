/*
 * The store's engine: gathers a turn's work into one batch, commits it on the
 * writer thread, folds the journal into tables behind it, and answers reads.
 * One for all back ends. How it works stands in store/README.md.
 *
 * `get` also answers -EAGAIN: too many reads wait, or one that needs the fold
 * met a full disk.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "model/store.h"

struct backend;

enum store_sync {
	STORE_SYNC_FULL,  /* what was acknowledged survives power loss */
	STORE_SYNC_NORMAL /* does not: for tests that must see the difference */
};

/* Zero means the default, everywhere. Text is borrowed for the call. */
struct store_cfg {
	const char *url; /* "sqlite:carillon.db", "sqlite:/abs.db", "memory:" */
	const char *dir; /* what a relative path is relative to; NULL: "." */
	bool create;     /* make the store when there is none */
	enum store_sync sync;

	size_t waiting_max_bytes; /* above this `ready` says -EAGAIN; 64 MB */
	size_t batch_max_bytes;   /* a batch takes no more turns in; 4 MB */
	unsigned reads_max;       /* reads waiting; above: -EAGAIN; 256 */
	unsigned fold_lag_min;    /* records before a fold starts; 4,000 */
	unsigned fold_lag_max;    /* a fold starts at the latest; 250,000 */

	unsigned fold_slice; /* records of a slice at least; 200 */

	/*
	 * Called once, on the loop thread: a write or flush failed, so what
	 * the disk holds is not known. Nothing is acknowledged from then on;
	 * the process must end and recover from the disk.
	 */
	void (*broken)(void *owner, const char *text);
	void *owner;

	/* For tests: an SQLite VFS by name; a back end instead of the url's
	 * (the store takes it over and closes it). */
	const char *vfs;
	unsigned wal_pages; /* SQLite checkpoints at so many; 4,000 */
	struct backend *backend;
};

/*
 * Opens the store, brings its schema up to date and folds what the journal
 * still holds, so that scans see everything. -ENOENT: there is none and
 * !create; -EBADMSG: damaged or not a store; -EPROTO: made by a newer
 * version; -EBUSY: another process has it open; -ENOSPC. Registers its own
 * end-of-turn hook with the loop, which must outlive the store.
 */
MUST_USE int store_open(struct store **out, struct loop *loop,
			const struct store_cfg *cfg, struct err *err);
/* Makes a new, empty store; -EEXIST when there is one. */
MUST_USE int store_create(const struct store_cfg *cfg, struct err *err);
/*
 * Commits what is open, answers every `then` and `get`, folds everything and
 * closes. Calls back from inside; nothing may be appended meanwhile. A broken
 * store is closed as it is, and its `then`s are never answered.
 */
void store_close(struct store **sp);

/* Hands the open batch to the writer. The end-of-turn hook calls it; tests
 * that drive no loop turn may call it themselves. */
void store_seal(struct store *s);

struct store_counters {
	uint64_t commits; /* batches committed */
	uint64_t records; /* journal records in them */
	uint64_t puts;
	uint64_t bytes;   /* of journal records and puts */
	uint64_t refused; /* batches that met a full disk */
	uint64_t reads;
	uint64_t folded;        /* rows the fold has written */
	uint64_t backlog;       /* records not folded yet */
	uint64_t live;          /* messages not final, as far as folded */
	uint64_t waiting_bytes; /* for the disk */
	uint64_t reads_waiting;
	uint64_t commit_p50_us; /* BEGIN to the end of the flush */
	uint64_t commit_p99_us;
	bool full;
};

/* Loop thread. The same figures stand in base/stats under "store_". */
void store_counters(const struct store *s, struct store_counters *out);
