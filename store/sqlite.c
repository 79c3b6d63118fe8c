/* The SQLite back end: transactions on one connection, reads on others. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/sqlite_impl.h"

struct sqlite_reader {
	struct backend_reader reader;
	uint32_t magic;
	struct connection c;
	const char *vfs; /* the back end's */
};

#define SQLITE_READER_MAGIC 0x53514c52u /* "SQLR" */

static struct sqlite *sqlite_of(struct backend *b)
{
	struct sqlite *s = CONTAINER_OF(b, struct sqlite, backend);

	must(b != NULL && s->magic == SQLITE_MAGIC);
	return s;
}

static struct sqlite_reader *sqlite_reader_of(struct backend_reader *r)
{
	struct sqlite_reader *sr =
		CONTAINER_OF(r, struct sqlite_reader, reader);

	must(r != NULL && sr->magic == SQLITE_READER_MAGIC);
	return sr;
}

/* ---- a connection --------------------------------------------------------- */

/* A flush that failed is never taken for a full disk: what it left behind is
 * not known, whatever errno says. */
static bool connection_full(sqlite3 *db, int rc)
{
	if ((rc & 0xff) == SQLITE_FULL)
		return true;
	if ((rc & 0xff) != SQLITE_IOERR || rc == SQLITE_IOERR_FSYNC ||
	    rc == SQLITE_IOERR_DIR_FSYNC)
		return false;

	int why = sqlite3_system_errno(db);
	return why == ENOSPC || why == EDQUOT;
}

int connection_rc(struct connection *c, int rc)
{
	if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW)
		return 0;
	(void)snprintf(c->why, sizeof(c->why), "%s (%s, code %d)",
		       sqlite3_errmsg(c->db), sqlite3_errstr(rc), rc);
	if (connection_full(c->db, rc))
		return -ENOSPC;
	/* Closing would flush once more, and call what it finds good. */
	(void)sqlite3_db_config(c->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
				NULL);
	return -EIO;
}

int connection_exec(struct connection *c, const char *sql)
{
	return connection_rc(c, sqlite3_exec(c->db, sql, NULL, NULL, NULL));
}

int connection_number(struct connection *c, const char *sql, int64_t *out)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(c->db, sql, -1, &stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*out = sqlite3_column_int64(stmt, 0);
	else if (rc == SQLITE_DONE)
		rc = SQLITE_CORRUPT;
	int done = connection_rc(c, rc);
	(void)sqlite3_finalize(stmt);
	return done;
}

void connection_done(struct connection *c)
{
	for (unsigned i = 0; i < STATEMENTS; i++)
		(void)sqlite3_finalize(c->prepared[i]);
	/* Without unfinished statements closing cannot fail. */
	must(sqlite3_close(c->db) == SQLITE_OK);
	memset(c, 0, sizeof(*c));
}

/* The prepared statement, made at its first use. The text is ours: that it
 * does not fit the schema or calls.def is a bug. */
static int connection_prepare(struct connection *c, enum statement st,
			      sqlite3_stmt **out)
{
	must(st < STATEMENTS);
	if (c->prepared[st] == NULL) {
		int rc = sqlite3_prepare_v3(c->db, statements[st].sql, -1,
					    SQLITE_PREPARE_PERSISTENT,
					    &c->prepared[st], NULL);
		if (rc != SQLITE_OK)
			return connection_rc(c, rc);
		sqlite3_stmt *stmt = c->prepared[st];
		must((unsigned)sqlite3_bind_parameter_count(stmt) ==
		     statement_args(st));
		must((unsigned)sqlite3_column_count(stmt) ==
		     statement_columns(st));
	}
	*out = c->prepared[st];
	return 0;
}

/* Bytes are borrowed until the statement has run. */
static int connection_bind(struct connection *c, sqlite3_stmt *stmt,
			   const struct cell *cells, unsigned n)
{
	int rc = SQLITE_OK;

	must(n == (unsigned)sqlite3_bind_parameter_count(stmt));
	for (unsigned i = 0; i < n && rc == SQLITE_OK; i++) {
		const struct cell *v = &cells[i];
		int at = (int)i + 1;

		switch (v->type) {
		case CELL_NULL:
			rc = sqlite3_bind_null(stmt, at);
			break;
		case CELL_INT:
			rc = sqlite3_bind_int64(stmt, at, v->i);
			break;
		case CELL_TEXT:
			rc = sqlite3_bind_text64(stmt, at, v->s.p, v->s.len,
						 SQLITE_STATIC, SQLITE_UTF8);
			break;
		case CELL_BLOB:
			rc = sqlite3_bind_blob64(stmt, at, v->s.p, v->s.len,
						 SQLITE_STATIC);
			break;
		}
	}
	return connection_rc(c, rc);
}

static struct cell connection_cell(sqlite3_stmt *stmt, int at)
{
	const void *p;

	switch (sqlite3_column_type(stmt, at)) {
	case SQLITE_INTEGER:
		return CELL_I(sqlite3_column_int64(stmt, at));
	case SQLITE_TEXT:
		p = sqlite3_column_text(stmt, at);
		return CELL_T(
			str_bytes(p, (size_t)sqlite3_column_bytes(stmt, at)));
	case SQLITE_BLOB:
		/* A blob of no bytes has no address. */
		p = sqlite3_column_blob(stmt, at);
		return CELL_B(
			str_bytes(p != NULL ? p : "",
				  (size_t)sqlite3_column_bytes(stmt, at)));
	}
	return CELL_N;
}

static int connection_step(struct connection *c, sqlite3_stmt *stmt,
			   store_row_fn show, void *owner)
{
	int rc;

	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct row row = { .n = (unsigned)sqlite3_column_count(stmt) };

		must(show != NULL && row.n <= ROW_MAX);
		for (unsigned i = 0; i < row.n; i++)
			row.v[i] = connection_cell(stmt, (int)i);
		if (!show(owner, &row))
			break;
	}
	int done = connection_rc(c, rc);
	(void)sqlite3_reset(stmt);
	return done;
}

static int connection_run(struct connection *c, enum statement st,
			  const struct cell *cells, unsigned n,
			  store_row_fn show, void *owner)
{
	sqlite3_stmt *stmt = NULL;
	int rc = connection_prepare(c, st, &stmt);

	if (rc == 0)
		rc = connection_bind(c, stmt, cells, n);
	if (rc == 0)
		rc = connection_step(c, stmt, show, owner);
	return rc;
}

/* ---- writing -------------------------------------------------------------- */

int sqlite_sync(struct sqlite *s, enum store_sync sync)
{
	static const char *const texts[] = {
		[STORE_SYNC_FULL] = "PRAGMA synchronous = FULL",
		[STORE_SYNC_NORMAL] = "PRAGMA synchronous = NORMAL",
	};

	s->synced = sync;
	return connection_exec(&s->writer, texts[sync]);
}

/* The log is written in order, and a flush is of all that it holds. So what
 * need not be durable by itself costs no flush. */
static int sqlite_begin(struct backend *b, enum backend_when when)
{
	struct sqlite *s = sqlite_of(b);
	enum store_sync sync =
		when == BACKEND_LATER ? STORE_SYNC_NORMAL : s->sync;
	int rc = s->synced == sync ? 0 : sqlite_sync(s, sync);

	return rc != 0 ? rc : connection_exec(&s->writer, "BEGIN IMMEDIATE");
}

static int sqlite_write(struct backend *b, enum statement st,
			const struct cell *cells, unsigned n)
{
	struct connection *c = &sqlite_of(b)->writer;

	must(statements[st].kind == STORE_WRITE);
	if (st == STATEMENT_SCRUB)
		sqlite_of(b)->scrub = true;
	int rc = connection_run(c, st, cells, n, NULL, NULL);
	return rc == 0 && sqlite3_changes(c->db) == 0 ? 1 : rc;
}

static int sqlite_peek(struct backend *b, enum statement st,
		       const struct cell *cells, unsigned n, store_row_fn show,
		       void *owner)
{
	must(statements[st].kind != STORE_WRITE && show != NULL);
	return connection_run(&sqlite_of(b)->writer, st, cells, n, show, owner);
}

static int sqlite_commit(struct backend *b)
{
	return connection_exec(&sqlite_of(b)->writer, "COMMIT");
}

static void sqlite_rollback(struct backend *b)
{
	struct sqlite *s = sqlite_of(b);

	/* A full disk has rolled back by itself, mostly. */
	if (sqlite3_get_autocommit(s->writer.db) == 0)
		(void)sqlite3_exec(s->writer.db, "ROLLBACK", NULL, NULL, NULL);
}

/* The log holds what was overwritten until it is cut off. A reader in it is
 * not waited for: the next batch tries again. */
static int sqlite_scrub(struct sqlite *s)
{
	(void)sqlite3_busy_timeout(s->writer.db, 0);
	int rc = sqlite3_wal_checkpoint_v2(s->writer.db, NULL,
					   SQLITE_CHECKPOINT_TRUNCATE, NULL,
					   NULL);
	(void)sqlite3_busy_timeout(s->writer.db, SQLITE_BUSY_MS);
	s->scrub = (rc & 0xff) == SQLITE_BUSY;
	if (s->scrub)
		return 0;
	s->wal_pages = 0;
	return connection_rc(&s->writer, rc);
}

/* Passive: it waits for no reader and the next one does the rest. */
static int sqlite_tidy(struct backend *b)
{
	struct sqlite *s = sqlite_of(b);
	int pages = 0;

	if (s->scrub)
		return sqlite_scrub(s);
	if (s->wal_pages < s->wal_full)
		return 0;
	s->wal_pages = 0;
	int rc = sqlite3_wal_checkpoint_v2(s->writer.db, NULL,
					   SQLITE_CHECKPOINT_PASSIVE, &pages,
					   NULL);
	return connection_rc(&s->writer, rc);
}

static const char *sqlite_why(struct backend *b)
{
	return sqlite_of(b)->writer.why;
}

static void sqlite_close(struct backend **bp)
{
	must(bp != NULL);
	if (*bp == NULL)
		return;

	struct sqlite *s = sqlite_of(TAKE(*bp));
	connection_done(&s->writer);
	/* The lock file stays: removing it would race with who waits for it. */
	if (s->lock_fd >= 0)
		(void)close(s->lock_fd);
	mem_free(s->path);
	mem_free(s->vfs);
	mem_free(s);
}

/* ---- reading -------------------------------------------------------------- */

static void sqlite_reader_close(struct backend_reader **rp)
{
	must(rp != NULL);
	if (*rp == NULL)
		return;

	struct sqlite_reader *r = sqlite_reader_of(TAKE(*rp));
	connection_done(&r->c);
	mem_free(r);
}

static int sqlite_reader_open(struct backend *b, struct backend_reader **out,
			      struct err *err)
{
	struct sqlite *s = sqlite_of(b);
	struct sqlite_reader *r = mem_new(struct sqlite_reader);

	r->reader.ops = &sqlite_ops;
	r->magic = SQLITE_READER_MAGIC;
	r->vfs = s->vfs;
	int rc = connection_rc(&r->c,
			       sqlite3_open_v2(s->path, &r->c.db,
					       SQLITE_OPEN_READONLY |
						       SQLITE_OPEN_NOMUTEX,
					       s->vfs));
	if (rc == 0) {
		(void)sqlite3_extended_result_codes(r->c.db, 1);
		(void)sqlite3_busy_timeout(r->c.db, SQLITE_BUSY_MS);
		(void)sqlite3_wal_autocheckpoint(r->c.db, 0);
		rc = connection_exec(&r->c, "PRAGMA query_only = 1");
	}
	if (rc != 0) {
		rc = err_set(err, rc, "%s: cannot be read: %s", s->path,
			     r->c.why);
		struct backend_reader *half = &r->reader;
		sqlite_reader_close(&half);
		return rc;
	}
	*out = &r->reader;
	return 0;
}

static int sqlite_read(struct backend_reader *r, enum statement st,
		       const struct cell *cells, unsigned n, store_row_fn show,
		       void *owner)
{
	must(statements[st].kind != STORE_WRITE && show != NULL);

	int rc = connection_run(&sqlite_reader_of(r)->c, st, cells, n, show,
				owner);
	return rc == 0 ? 0 : -EIO;
}

/* In one step: a snapshot, and the writer is not held up by it. */
static int sqlite_copy_to(struct sqlite_reader *r, sqlite3 *to)
{
	sqlite3_backup *copy = sqlite3_backup_init(to, "main", r->c.db, "main");

	if (copy == NULL)
		return connection_full(to, sqlite3_extended_errcode(to))
			       ? -ENOSPC
			       : -EIO;
	int rc = sqlite3_backup_step(copy, -1);
	int end = sqlite3_backup_finish(copy);
	if (rc == SQLITE_DONE && end == SQLITE_OK)
		return 0;
	return connection_full(to, rc == SQLITE_DONE ? end : rc) ? -ENOSPC
								 : -EIO;
}

static int sqlite_copy(struct backend_reader *reader, const char *path)
{
	struct sqlite_reader *r = sqlite_reader_of(reader);
	sqlite3_vfs *vfs = sqlite3_vfs_find(r->vfs);
	sqlite3 *to = NULL;
	int there = 0;

	if (vfs == NULL ||
	    vfs->xAccess(vfs, path, SQLITE_ACCESS_EXISTS, &there) != SQLITE_OK)
		return -EIO;
	if (there != 0)
		return -EEXIST;
	int rc = -EIO;
	if (sqlite3_open_v2(path, &to,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
				    SQLITE_OPEN_NOMUTEX,
			    r->vfs) == SQLITE_OK) {
		(void)sqlite3_extended_result_codes(to, 1);
		rc = sqlite_copy_to(r, to);
	}
	must(sqlite3_close(to) == SQLITE_OK);
	return rc;
}

const struct backend_ops sqlite_ops = {
	.name = "sqlite",
	.begin = sqlite_begin,
	.write = sqlite_write,
	.peek = sqlite_peek,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.tidy = sqlite_tidy,
	.why = sqlite_why,
	.close = sqlite_close,
	.reader_open = sqlite_reader_open,
	.read = sqlite_read,
	.copy = sqlite_copy,
	.reader_close = sqlite_reader_close,
};
