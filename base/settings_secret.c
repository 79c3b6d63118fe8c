/* Secrets that stand in a file or in the environment, and whole files. */
#include "base/settings_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum { SECRET_MAX = 64 * 1024 };

static const char secret_file[] = "@file:";

static bool secret_is_env(struct str s)
{
	return str_starts(s, STR("${")) && s.len > 3 && s.p[s.len - 1] == '}';
}

bool setting_is_reference(const char *text)
{
	must(text != NULL);
	return str_starts(str_of(text), str_of(secret_file)) ||
	       secret_is_env(str_of(text));
}

static int settings_slurp_fd(int fd, const char *path, struct buf *out,
			     struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(err, -EINVAL, "%s is no regular file", path);
	for (;;) {
		char *at = buf_room(out, 4096);
		if (at == NULL)
			return err_set(err, -EINVAL,
				       "%s is larger than %zu bytes", path,
				       out->limit);
		ssize_t n = read(fd, at, 4096);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, -EINVAL, "cannot read %s: %s", path,
				       err_name(-errno));
		if (n == 0)
			break;
		out->len += (size_t)n;
		out->p[out->len] = '\0';
	}
	if (str_find(buf_str(out), '\0') < out->len)
		return err_set(err, -EINVAL, "%s holds a byte 0", path);
	return 0;
}

int settings_slurp(const char *path, struct buf *out, struct err *err)
{
	must(path != NULL && out != NULL);

	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		int rc = -errno;
		return err_set(err, -ENOENT, "cannot open %s: %s", path,
			       err_name(rc));
	}
	int rc = settings_slurp_fd(fd, path, out, err);
	close(fd);
	return rc;
}

static int secret_from_file(const char *path, char **out, struct err *err)
{
	struct buf b;

	buf_init(&b, SECRET_MAX + 4096);
	int rc = settings_slurp(path, &b, err);
	if (rc == 0) {
		if (b.len > 0 && b.p[b.len - 1] == '\n')
			b.p[--b.len] = '\0';
		if (b.len > 0 && b.p[b.len - 1] == '\r')
			b.p[--b.len] = '\0';
		if (b.len == 0)
			rc = err_set(err, -EINVAL, "%s is empty", path);
	}
	if (rc == 0)
		*out = buf_take(&b);
	buf_done(&b);
	return rc < 0 ? -EINVAL : 0;
}

int setting_secret(const char *text, char **out, struct err *err)
{
	struct str s = str_of(text);

	must(text != NULL && out != NULL);
	if (str_starts(s, str_of(secret_file)))
		return secret_from_file(text + strlen(secret_file), out, err);
	if (!secret_is_env(s)) {
		*out = str_dup(text);
		return 0;
	}

	char *name = str_z(str_first(str_from(s, 2), s.len - 3));
	const char *value = getenv(name);
	int rc = 0;
	if (value == NULL || value[0] == '\0')
		rc = err_set(err, -EINVAL, "%s is not set in the environment",
			     name);
	else
		*out = str_dup(value);
	mem_free(name);
	return rc;
}
