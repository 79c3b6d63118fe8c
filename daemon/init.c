/* First steps of a data folder. */
#include "daemon/init.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/loop.h"
#include "base/secret.h"
#include "console/keys.h"
#include "store/engine.h"

static int read_key(const char *path, struct buf *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *room;
	ssize_t n;

	if (fd < 0)
		return err_set(err, -errno, "%s: %s", path, strerror(errno));
	room = buf_room(out, 512);
	n = room == NULL ? -1 : read(fd, room, 512);
	close(fd);
	if (n < 0)
		return err_set(err, -EIO, "%s cannot be read", path);
	out->len += (size_t)n;
	return 0;
}

static int write_key(const char *dir, struct str key, struct err *err)
{
	char path[PATH_MAX];
	int fd;
	bool good;

	snprintf(path, sizeof(path), "%s/admin.key", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(err, -errno, "%s: %s", path, strerror(errno));
	good = fchmod(fd, 0600) == 0 &&
	       write(fd, key.p, key.len) == (ssize_t)key.len &&
	       write(fd, "\n", 1) == 1 && fsync(fd) == 0;
	close(fd);
	return good ? 0 : err_set(err, -EIO, "%s cannot be written", path);
}

static void on_stored(void *owner, int rc)
{
	*(int *)owner = rc;
}

/* rc of a `then` that has not run yet. */
#define PENDING 1

static int put_key(const struct store_cfg *cfg, struct str key, struct err *err)
{
	int64_t now_ms = clock_wall_ms(&clock_real);
	struct loop *loop = NULL;
	struct store *store = NULL;
	int stored = PENDING;
	int rc = loop_open(&loop, &clock_real);

	if (rc != 0)
		return err_set(err, rc, "the event loop does not open");
	rc = store_open(&store, loop, cfg, err);
	if (rc == 0)
		rc = console_key_create(store, key, now_ms, err);
	if (rc == 0) {
		store_then(store, on_stored, &stored);
		while (stored == PENDING)
			loop_turn(loop, true);
		rc = stored == 0 ? 0 : err_set(err, stored, "not stored");
	}
	store_close(&store);
	loop_close(&loop);
	return rc;
}

int init_run(const char *dir, const char *key_file, struct err *err)
{
	struct store_cfg cfg = { .url = "sqlite:carillon.db", .dir = dir };
	struct buf key = { 0 };
	char fresh[64];
	int rc;

	must(dir != NULL);
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return err_set(err, -errno, "%s: %s", dir, strerror(errno));
	buf_init(&key, 1024);
	if (key_file != NULL) {
		rc = read_key(key_file, &key, err);
	} else {
		secret_api_key(fresh);
		buf_z(&key, fresh);
		rc = 0;
	}
	if (rc == 0)
		rc = key_text_check(str_trim(buf_str(&key)), err);
	if (rc == 0)
		rc = store_create(&cfg, err);
	if (rc == 0)
		rc = put_key(&cfg, str_trim(buf_str(&key)), err);
	if (rc == 0)
		rc = write_key(dir, str_trim(buf_str(&key)), err);
	secret_wipe(key.p, key.len);
	buf_done(&key);
	return rc;
}
