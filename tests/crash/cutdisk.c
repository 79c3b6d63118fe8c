/* The VFS: files by name, locks between connections, and the power. */
#include "tests/crash/cutdisk.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "tests/crash/cutfile.h"

enum { CUTDISK_FILES = 8, CUTDISK_SHM_PAGES = 64, CUTDISK_NAME = 128 };

struct file {
	char name[CUTDISK_NAME]; /* "": free */
	struct cutfile bytes;
	struct cutbytes saved;
	bool was_saved;
	unsigned open;

	unsigned shared; /* locks on the file */
	bool reserved, waiting, exclusive;

	void *shm[CUTDISK_SHM_PAGES];
	unsigned shm_open;
	unsigned shm_shared[SQLITE_SHM_NLOCK];
	bool shm_exclusive[SQLITE_SHM_NLOCK];
};

struct handle {
	sqlite3_file base;
	struct file *f;
	int lock;
	bool shm;
	unsigned shm_shared, shm_exclusive; /* bits */
	bool remove_at_close;
};

static struct {
	pthread_mutex_t lock;
	struct file files[CUTDISK_FILES];
	bool cut;
	uint64_t calls, cut_at;
	int write_rc, sync_rc; /* what they fail with */
	uint64_t random;
	sqlite3_vfs vfs;
} disk = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void disk_lock(void)
{
	must(pthread_mutex_lock(&disk.lock) == 0);
}

static int disk_unlock(int rc)
{
	must(pthread_mutex_unlock(&disk.lock) == 0);
	return rc;
}

/* Counts a call that changes something. False: there is no power. */
static bool disk_step(void)
{
	if (disk.cut)
		return false;
	disk.calls++;
	disk.cut = disk.cut_at != 0 && disk.calls >= disk.cut_at;
	return true;
}

static void disk_tear_if_cut(void)
{
	if (!disk.cut)
		return;
	for (unsigned i = 0; i < CUTDISK_FILES; i++)
		cutfile_tear(&disk.files[i].bytes, &disk.random);
}

/* ---- sqlite3_io_methods ------------------------------------------------------ */

static int cut_read(sqlite3_file *s, void *to, int n, sqlite3_int64 at)
{
	struct file *f = ((struct handle *)s)->f;
	size_t len = (size_t)n, from = (size_t)at;

	disk_lock();
	if (disk.cut)
		return disk_unlock(SQLITE_IOERR_READ);
	size_t left =
		from < f->bytes.current.len ? f->bytes.current.len - from : 0;
	size_t got = MIN(left, len);
	if (got > 0)
		memcpy(to, f->bytes.current.p + from, got);
	memset((char *)to + got, 0, len - got);
	return disk_unlock(got == len ? SQLITE_OK : SQLITE_IOERR_SHORT_READ);
}

static int cut_write(sqlite3_file *s, const void *p, int n, sqlite3_int64 at)
{
	struct file *f = ((struct handle *)s)->f;

	disk_lock();
	if (!disk_step())
		return disk_unlock(SQLITE_IOERR_WRITE);
	if (disk.write_rc != 0)
		return disk_unlock(disk.write_rc);
	cutfile_write(&f->bytes, (size_t)at, p, (size_t)n);
	disk_tear_if_cut();
	return disk_unlock(disk.cut ? SQLITE_IOERR_WRITE : SQLITE_OK);
}

static int cut_truncate(sqlite3_file *s, sqlite3_int64 size)
{
	struct file *f = ((struct handle *)s)->f;

	disk_lock();
	if (!disk_step())
		return disk_unlock(SQLITE_IOERR_TRUNCATE);
	cutfile_truncate(&f->bytes, (size_t)size);
	disk_tear_if_cut();
	return disk_unlock(disk.cut ? SQLITE_IOERR_TRUNCATE : SQLITE_OK);
}

/* A cut during a sync: some of it, or all of it, is there. */
static int cut_sync(sqlite3_file *s, int flags UNUSED)
{
	disk_lock();
	if (!disk_step())
		return disk_unlock(SQLITE_IOERR_FSYNC);
	if (disk.sync_rc != 0)
		return disk_unlock(disk.sync_rc);
	if (disk.cut)
		disk_tear_if_cut();
	else
		cutfile_sync(&((struct handle *)s)->f->bytes);
	return disk_unlock(disk.cut ? SQLITE_IOERR_FSYNC : SQLITE_OK);
}

static int cut_size(sqlite3_file *s, sqlite3_int64 *size)
{
	disk_lock();
	*size = (sqlite3_int64)((struct handle *)s)->f->bytes.current.len;
	return disk_unlock(disk.cut ? SQLITE_IOERR_FSTAT : SQLITE_OK);
}

/* Locks of one process: between its connections. */
static int cut_lock(sqlite3_file *s, int level)
{
	struct handle *h = (struct handle *)s;
	struct file *f = h->f;

	disk_lock();
	if (level <= h->lock)
		return disk_unlock(SQLITE_OK);
	if (level == SQLITE_LOCK_SHARED) {
		if (f->exclusive || f->waiting)
			return disk_unlock(SQLITE_BUSY);
		f->shared++;
	} else if (level == SQLITE_LOCK_RESERVED) {
		if (f->reserved)
			return disk_unlock(SQLITE_BUSY);
		f->reserved = true;
	} else {
		f->waiting = true;
		if (f->shared > 1 ||
		    (f->reserved && h->lock < SQLITE_LOCK_RESERVED)) {
			f->waiting = false;
			return disk_unlock(SQLITE_BUSY);
		}
		f->exclusive = true;
	}
	h->lock = level;
	return disk_unlock(SQLITE_OK);
}

static int cut_unlock(sqlite3_file *s, int level)
{
	struct handle *h = (struct handle *)s;
	struct file *f = h->f;

	disk_lock();
	if (h->lock >= SQLITE_LOCK_EXCLUSIVE)
		f->exclusive = f->waiting = false;
	if (h->lock >= SQLITE_LOCK_RESERVED)
		f->reserved = false;
	if (level == SQLITE_LOCK_NONE && h->lock >= SQLITE_LOCK_SHARED)
		f->shared--;
	h->lock = MIN(h->lock, level);
	return disk_unlock(SQLITE_OK);
}

static int cut_is_reserved(sqlite3_file *s, int *out)
{
	disk_lock();
	*out = ((struct handle *)s)->f->reserved;
	return disk_unlock(SQLITE_OK);
}

static int cut_control(sqlite3_file *s UNUSED, int op UNUSED, void *p UNUSED)
{
	return SQLITE_NOTFOUND;
}

static int cut_sector(sqlite3_file *s UNUSED)
{
	return 4096;
}

/* As the Unix VFS says of every disk. */
static int cut_traits(sqlite3_file *s UNUSED)
{
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* ---- the shared index of the WAL --------------------------------------------- */

static int cut_shm_map(sqlite3_file *s, int page, int size, int extend,
		       void volatile **out)
{
	struct handle *h = (struct handle *)s;

	disk_lock();
	if (disk.cut || page >= CUTDISK_SHM_PAGES)
		return disk_unlock(SQLITE_IOERR_SHMMAP);
	if (!h->shm) {
		h->shm = true;
		h->f->shm_open++;
	}
	if (h->f->shm[page] == NULL && extend != 0)
		h->f->shm[page] = mem_zalloc((size_t)size);
	*out = h->f->shm[page];
	return disk_unlock(SQLITE_OK);
}

static void shm_release(struct handle *h, unsigned bit)
{
	struct file *f = h->f;

	if ((h->shm_shared & BIT(bit)) != 0)
		f->shm_shared[bit]--;
	if ((h->shm_exclusive & BIT(bit)) != 0)
		f->shm_exclusive[bit] = false;
	h->shm_shared &= ~BIT(bit);
	h->shm_exclusive &= ~BIT(bit);
}

/* Would nobody else mind? */
static bool shm_free(const struct handle *h, unsigned bit, bool exclusive)
{
	unsigned mine = (h->shm_shared & BIT(bit)) != 0;

	if (h->f->shm_exclusive[bit])
		return (h->shm_exclusive & BIT(bit)) != 0;
	return !exclusive || h->f->shm_shared[bit] == mine;
}

static int cut_shm_lock(sqlite3_file *s, int offset, int n, int flags)
{
	struct handle *h = (struct handle *)s;
	unsigned from = (unsigned)offset, to = from + (unsigned)n;
	bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;

	disk_lock();
	for (unsigned i = from; i < to; i++) {
		if ((flags & SQLITE_SHM_UNLOCK) != 0)
			shm_release(h, i);
		else if (!shm_free(h, i, exclusive))
			return disk_unlock(SQLITE_BUSY);
	}
	for (unsigned i = from; i < to && (flags & SQLITE_SHM_LOCK) != 0; i++) {
		if (exclusive) {
			h->f->shm_exclusive[i] = true;
			h->shm_exclusive |= BIT(i);
		} else if ((h->shm_shared & BIT(i)) == 0) {
			h->f->shm_shared[i]++;
			h->shm_shared |= BIT(i);
		}
	}
	return disk_unlock(SQLITE_OK);
}

static void cut_shm_barrier(sqlite3_file *s UNUSED)
{
	disk_lock();
	(void)disk_unlock(0);
}

static int cut_shm_unmap(sqlite3_file *s, int remove UNUSED)
{
	struct handle *h = (struct handle *)s;

	disk_lock();
	for (unsigned i = 0; i < SQLITE_SHM_NLOCK; i++)
		shm_release(h, i);
	if (h->shm && --h->f->shm_open == 0) {
		for (unsigned i = 0; i < CUTDISK_SHM_PAGES; i++)
			mem_clear(&h->f->shm[i]);
	}
	h->shm = false;
	return disk_unlock(SQLITE_OK);
}

/* ---- sqlite3_vfs --------------------------------------------------------------- */

static struct file *disk_find(const char *name)
{
	for (unsigned i = 0; i < CUTDISK_FILES; i++) {
		if (strcmp(disk.files[i].name, name) == 0)
			return &disk.files[i];
	}
	return NULL;
}

static void file_wipe(struct file *f)
{
	cutfile_done(&f->bytes);
	f->name[0] = '\0';
}

static int cut_close(sqlite3_file *s)
{
	struct handle *h = (struct handle *)s;

	(void)cut_unlock(s, SQLITE_LOCK_NONE);
	(void)cut_shm_unmap(s, 0);
	disk_lock();
	h->f->open--;
	if (h->remove_at_close)
		file_wipe(h->f);
	return disk_unlock(SQLITE_OK);
}

static const sqlite3_io_methods cut_methods = {
	.iVersion = 2,
	.xClose = cut_close,
	.xRead = cut_read,
	.xWrite = cut_write,
	.xTruncate = cut_truncate,
	.xSync = cut_sync,
	.xFileSize = cut_size,
	.xLock = cut_lock,
	.xUnlock = cut_unlock,
	.xCheckReservedLock = cut_is_reserved,
	.xFileControl = cut_control,
	.xSectorSize = cut_sector,
	.xDeviceCharacteristics = cut_traits,
	.xShmMap = cut_shm_map,
	.xShmLock = cut_shm_lock,
	.xShmBarrier = cut_shm_barrier,
	.xShmUnmap = cut_shm_unmap,
};

static int cut_open(sqlite3_vfs *vfs UNUSED, const char *name, sqlite3_file *s,
		    int flags, int *out_flags)
{
	struct handle *h = (struct handle *)s;

	*h = (struct handle){ 0 };
	disk_lock();
	if (disk.cut)
		return disk_unlock(SQLITE_CANTOPEN);
	struct file *f = name != NULL ? disk_find(name) : NULL;
	if (f == NULL && (flags & SQLITE_OPEN_CREATE) == 0)
		return disk_unlock(SQLITE_CANTOPEN);
	if (f == NULL) {
		f = disk_find("");
		must(f != NULL && "more files than places");
		(void)snprintf(f->name, sizeof(f->name), "%s",
			       name != NULL ? name : "temporary");
	}
	f->open++;
	h->f = f;
	h->remove_at_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
	h->base.pMethods = &cut_methods;
	if (out_flags != NULL)
		*out_flags = flags;
	return disk_unlock(SQLITE_OK);
}

/* Names are made and removed at once: only bytes are lost in a cut. */
static int cut_delete(sqlite3_vfs *vfs UNUSED, const char *name,
		      int sync UNUSED)
{
	disk_lock();
	if (disk.cut)
		return disk_unlock(SQLITE_IOERR_DELETE);
	struct file *f = disk_find(name);
	if (f != NULL)
		file_wipe(f);
	return disk_unlock(f != NULL ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT);
}

static int cut_access(sqlite3_vfs *vfs UNUSED, const char *name,
		      int flags UNUSED, int *out)
{
	disk_lock();
	*out = disk_find(name) != NULL;
	return disk_unlock(SQLITE_OK);
}

static int cut_full_path(sqlite3_vfs *vfs UNUSED, const char *name, int size,
			 char *out)
{
	(void)snprintf(out, (size_t)size, "%s", name);
	return SQLITE_OK;
}

void cutdisk_open(void)
{
	const sqlite3_vfs *system = sqlite3_vfs_find(NULL);

	must(system != NULL && disk.vfs.zName == NULL);
	disk.vfs = *system; /* clocks, sleeping, random numbers */
	disk.vfs.pNext = NULL;
	disk.vfs.iVersion = 2;
	disk.vfs.zName = CUTDISK_VFS;
	disk.vfs.szOsFile = (int)sizeof(struct handle);
	disk.vfs.mxPathname = CUTDISK_NAME - 1;
	disk.vfs.xOpen = cut_open;
	disk.vfs.xDelete = cut_delete;
	disk.vfs.xAccess = cut_access;
	disk.vfs.xFullPathname = cut_full_path;
	must(sqlite3_vfs_register(&disk.vfs, 0) == SQLITE_OK);
}

void cutdisk_close(void)
{
	for (unsigned i = 0; i < CUTDISK_FILES; i++) {
		file_wipe(&disk.files[i]);
		cutbytes_done(&disk.files[i].saved);
	}
	(void)sqlite3_vfs_unregister(&disk.vfs);
}

void cutdisk_arm(uint64_t n, uint64_t seed)
{
	disk_lock();
	disk.calls = 0;
	disk.cut_at = n;
	disk.random = seed * 2654435769u + 88172645463325252u;
	(void)disk_unlock(0);
}

void cutdisk_fail(int write_rc, int sync_rc)
{
	disk_lock();
	disk.write_rc = write_rc;
	disk.sync_rc = sync_rc;
	(void)disk_unlock(0);
}

bool cutdisk_is_cut(void)
{
	disk_lock();
	return disk_unlock(disk.cut);
}

uint64_t cutdisk_calls(void)
{
	disk_lock();
	uint64_t calls = disk.calls;
	(void)disk_unlock(0);
	return calls;
}

void cutdisk_revive(void)
{
	disk_lock();
	for (unsigned i = 0; i < CUTDISK_FILES; i++) {
		struct file *f = &disk.files[i];
		must(f->open == 0);
	}
	disk.cut = false;
	disk.cut_at = 0;
	(void)disk_unlock(0);
}

void cutdisk_save(void)
{
	disk_lock();
	for (unsigned i = 0; i < CUTDISK_FILES; i++) {
		struct file *f = &disk.files[i];
		must(f->open == 0);
		f->was_saved = f->name[0] != '\0';
		cutbytes_copy(&f->saved, &f->bytes.current);
	}
	(void)disk_unlock(0);
}

void cutdisk_restore(void)
{
	disk_lock();
	for (unsigned i = 0; i < CUTDISK_FILES; i++) {
		struct file *f = &disk.files[i];
		must(f->open == 0);
		if (!f->was_saved) {
			file_wipe(f);
			continue;
		}
		cutfile_set(&f->bytes, &f->saved);
	}
	disk.cut = false;
	disk.cut_at = 0;
	(void)disk_unlock(0);
}
