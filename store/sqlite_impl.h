/* What the files of the SQLite back end share. */
#pragma once

#include <sqlite3.h>
#include <stdint.h>

#include "store/backend.h"

/* One connection and its statements, each prepared at first use. */
struct connection {
	sqlite3 *db;
	sqlite3_stmt *prepared[STATEMENTS];
	char why[256]; /* of the last failure */
};

struct sqlite {
	struct backend backend;
	uint32_t magic;
	struct connection writer; /* the only one that writes or checkpoints */
	int wal_pages;            /* after the last commit */
	bool scrub;               /* the log is to be cut off */
	int wal_full;             /* from so many on a checkpoint is made */
	enum store_sync sync;     /* of what is committed now */
	enum store_sync synced;   /* as the connection is set */
	int lock_fd;              /* keeps other processes out; -1: none */
	char *path;
	char *vfs; /* NULL: the system's */
};

#define SQLITE_BUSY_MS 5000      /* waits for a lock so long */
#define SQLITE_MAGIC 0x53514c33u /* "SQL3" */

extern const struct backend_ops sqlite_ops;

/* From the next transaction on. */
MUST_USE int sqlite_sync(struct sqlite *s, enum store_sync sync);
/* Keeps the text of a failure and gives 0, -ENOSPC or -EIO for a code. */
int connection_rc(struct connection *c, int rc);
/* Closes with its statements; all zero is fine. */
void connection_done(struct connection *c);
/* Runs a literal script. */
MUST_USE int connection_exec(struct connection *c, const char *sql);
/* Runs a literal query of one number. */
MUST_USE int connection_number(struct connection *c, const char *sql,
			       int64_t *out);
