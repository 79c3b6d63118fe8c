/* 32 random bytes as hex, made once. */
#include "daemon/body_key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"

enum { BODY_KEY_BYTES = 32, BODY_KEY_HEX = 2 * BODY_KEY_BYTES };

static int key_make(const char *path, struct buf *out)
{
	uint8_t key[BODY_KEY_BYTES];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	secret_random(key, sizeof(key));
	secret_hex(key, sizeof(key), out);
	ssize_t n = write(fd, out->p, out->len);
	int rc = n == (ssize_t)out->len && fsync(fd) == 0 ? 0 : -EIO;
	(void)close(fd);
	/* Half a key is none. */
	if (rc != 0)
		(void)unlink(path);
	return rc;
}

static int key_read(const char *path, struct buf *out)
{
	char text[BODY_KEY_HEX + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	ssize_t n = read(fd, text, sizeof(text));
	(void)close(fd);
	if (n != BODY_KEY_HEX)
		return -EBADMSG;
	buf_put(out, text, BODY_KEY_HEX);
	return 0;
}

int body_key_read(const char *dir, struct buf *out, struct err *err)
{
	AUTO(buf_done) struct buf path = { 0 };

	must(dir != NULL && out != NULL);
	buf_init(&path, BUF_NO_LIMIT);
	buf_f(&path, "%s/body.key", dir);
	int rc = key_read(path.p, out);
	if (rc == -ENOENT)
		rc = key_make(path.p, out);
	if (rc == -EBADMSG)
		return err_set(err, rc, "%s does not hold a key of %d letters",
			       path.p, BODY_KEY_HEX);
	return rc == 0 ? 0
		       : err_set(err, rc, "%s: %s", path.p,
				 strerrordesc_np(-rc));
}
