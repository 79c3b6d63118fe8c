/* Opening an SQLite store: one process at a time, its settings, its schema. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/sqlite_impl.h"

/* Stands in the file's header: "CARI". */
#define SQLITE_APPLICATION "0x43415249"

/* Pages of WAL that make a checkpoint due: inline, 16 MB, at most 50 ms. */
enum { SQLITE_WAL_PAGES = 4000 };

enum { SQLITE_APPLICATION_ID = 0x43415249 };

static const struct {
	int number;
	const char *script;
} sqlite_migrations[] = {
#define MIGRATION(number, script) { number, script },
#include "store/schema.def"
#undef MIGRATION
};

enum { SQLITE_MIGRATIONS = ARRAY_LEN(sqlite_migrations) };

/* What is deleted is overwritten, freed pages of the journal too: a text that
 * was purged must be nowhere in the file. */
static const char sqlite_settings[] = "PRAGMA journal_size_limit = 67108864;"
				      "PRAGMA cache_size = -8192;"
				      "PRAGMA temp_store = memory;"
				      "PRAGMA secure_delete = on;";

static void sqlite_once(void)
{
	/* Counting memory would make every malloc take a global lock. Too
	 * late is fine too: then somebody has started the library already. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	(void)sqlite3_initialize();
}

/* ---- the files ------------------------------------------------------------ */

static int sqlite_lock(struct sqlite *s, struct err *err)
{
	struct buf name;

	buf_init(&name, BUF_NO_LIMIT);
	buf_f(&name, "%s.lock", s->path);
	s->lock_fd = open(name.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int rc = 0;
	if (s->lock_fd < 0)
		rc = err_set(err, -errno, "%s: %s", name.p,
			     strerrordesc_np(errno));
	else if (flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0)
		rc = err_set(err, -EBUSY,
			     "%s: another process has this store open",
			     s->path);
	buf_done(&name);
	return rc;
}

/* Makes the empty file, for our eyes only, and makes its name durable. One
 * that is there and empty was left by a start that was cut off. */
static int sqlite_make_file(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_set(err, -errno, "%s: %s", path,
			       strerrordesc_np(errno));
	(void)close(fd);

	const char *slash = strrchr(path, '/');
	char *dir =
		slash == NULL
			? str_dup(".")
			: str_z(str_bytes(path, (size_t)(slash - path) + 1));
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;
	if (fd < 0 || fsync(fd) != 0)
		rc = err_set(err, -errno, "%s: %s", dir,
			     strerrordesc_np(errno));
	if (fd >= 0)
		(void)close(fd);
	mem_free(dir);
	return rc;
}

static int sqlite_file(struct sqlite *s, enum backend_make make,
		       struct err *err)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(s->vfs);
	int there = 0;

	if (vfs == NULL || vfs->xAccess(vfs, s->path, SQLITE_ACCESS_EXISTS,
					&there) != SQLITE_OK)
		return err_set(err, -EIO, "%s: cannot be looked at", s->path);
	if (there == 0 && make == BACKEND_MAKE_NOTHING)
		return err_set(
			err, -ENOENT,
			"%s: there is no store; carillond init makes one",
			s->path);
	if (there != 0 && make == BACKEND_MAKE_NEW)
		return err_set(err, -EEXIST, "%s: there is a store already",
			       s->path);
	/* A foreign VFS has files of its own. */
	if (s->vfs != NULL)
		return 0;
	int rc = sqlite_lock(s, err);
	if (rc == 0 && there == 0)
		rc = sqlite_make_file(s->path, err);
	return rc;
}

/* ---- settings and schema -------------------------------------------------- */

static int sqlite_on_wal(void *owner, sqlite3 *db UNUSED,
			 const char *name UNUSED, int pages)
{
	struct sqlite *s = owner;

	must(s != NULL && s->magic == SQLITE_MAGIC);
	s->wal_pages = pages;
	return SQLITE_OK;
}

static int sqlite_configure(struct sqlite *s)
{
	struct connection *c = &s->writer;

	(void)sqlite3_extended_result_codes(c->db, 1);
	(void)sqlite3_busy_timeout(c->db, SQLITE_BUSY_MS);
	int rc = connection_exec(c, "PRAGMA journal_mode = WAL");
	if (rc == 0)
		rc = sqlite_sync(s, s->sync);
	if (rc == 0)
		rc = connection_exec(c, sqlite_settings);
	/* Instead of the automatic checkpoint: tidy() does it, later. */
	(void)sqlite3_wal_hook(c->db, sqlite_on_wal, s);
	return rc;
}

static int sqlite_migrate_from(struct connection *c, int64_t version)
{
	int rc = 0;

	for (int64_t i = version; i < SQLITE_MIGRATIONS && rc == 0; i++) {
		must(sqlite_migrations[i].number == i + 1);
		rc = connection_exec(c, "BEGIN IMMEDIATE");
		if (rc == 0 && i == 0)
			rc = connection_exec(
				c,
				"PRAGMA application_id = " SQLITE_APPLICATION);
		if (rc == 0)
			rc = connection_exec(c, sqlite_migrations[i].script);
		if (rc == 0)
			rc = connection_exec(c, "COMMIT");
	}
	if (rc != 0 && sqlite3_get_autocommit(c->db) == 0)
		(void)sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

static int sqlite_migrate(struct sqlite *s, struct err *err)
{
	struct connection *c = &s->writer;
	int64_t version = 0, application = 0, tables = 0;

	int rc = connection_number(c, "PRAGMA application_id", &application);
	if (rc == 0)
		rc = connection_number(c, "PRAGMA user_version", &version);
	if (rc == 0)
		rc = connection_number(c, "SELECT count(*) FROM sqlite_schema",
				       &tables);
	if (rc != 0)
		return rc == -ENOSPC ? rc : -EBADMSG;
	/* An empty file: making it was cut off before its first commit. */
	bool fresh = application == 0 && version == 0 && tables == 0;
	if (!fresh && application != SQLITE_APPLICATION_ID)
		return err_set(err, -EBADMSG,
			       "%s: an SQLite file, but not a "
			       "store of this program",
			       s->path);
	if (version < 0 || version > SQLITE_MIGRATIONS)
		return err_set(err, -EPROTO,
			       "%s: schema %lld was made by a newer version of "
			       "this program, which knows up to %d",
			       s->path, (long long)version,
			       (int)SQLITE_MIGRATIONS);
	return sqlite_migrate_from(c, version);
}

/* An error text of our own stands already, or SQLite's is the text. */
static int sqlite_failed(struct sqlite *s, int rc, struct err *err)
{
	if (err != NULL && err->text[0] == '\0')
		(void)err_set(err, rc, "%s: cannot be opened: %s", s->path,
			      s->writer.why);
	return rc;
}

static int sqlite_connect(struct sqlite *s, struct err *err)
{
	/* The file is there, unless a VFS of a test keeps it. */
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
		    (s->vfs != NULL ? SQLITE_OPEN_CREATE : 0);
	int rc = connection_rc(&s->writer,
			       sqlite3_open_v2(s->path, &s->writer.db, flags,
					       s->vfs));

	if (rc == 0)
		rc = sqlite_configure(s);
	if (rc != 0 && rc != -ENOSPC &&
	    (sqlite3_errcode(s->writer.db) == SQLITE_NOTADB ||
	     sqlite3_errcode(s->writer.db) == SQLITE_CORRUPT))
		rc = -EBADMSG;
	if (rc == 0)
		rc = sqlite_migrate(s, err);
	return rc;
}

int sqlite_open(struct backend **out, const struct store_cfg *cfg,
		const char *path, enum backend_make make, struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct err why = { "" };

	must(out != NULL && cfg != NULL && path != NULL);
	(void)pthread_once(&once, sqlite_once);

	struct sqlite *s = mem_new(struct sqlite);
	s->backend.ops = &sqlite_ops;
	s->magic = SQLITE_MAGIC;
	s->sync = cfg->sync;
	s->lock_fd = -1;
	s->path = str_dup(path);
	s->vfs = str_dup(cfg->vfs);
	s->wal_full =
		cfg->wal_pages != 0 ? (int)cfg->wal_pages : SQLITE_WAL_PAGES;
	struct backend *b = &s->backend;

	int rc = sqlite_file(s, make, &why);
	if (rc == 0)
		rc = sqlite_connect(s, &why);
	if (rc != 0) {
		rc = sqlite_failed(s, rc, &why);
		b->ops->close(&b);
		return err_set(err, rc, "%s", why.text);
	}
	*out = b;
	return 0;
}
