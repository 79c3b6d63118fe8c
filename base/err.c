/* Sentences about faults, and short words for our errno values. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *err, int rc, const char *fmt, ...)
{
	va_list ap;

	must(fmt != NULL);
	if (err == NULL)
		return rc;
	va_start(ap, fmt);
	(void)vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return rc;
}

void err_prefix(struct err *err, const char *fmt, ...)
{
	va_list ap;
	char before[sizeof(err->text)];

	must(fmt != NULL);
	if (err == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(before, sizeof(before), fmt, ap);
	va_end(ap);

	struct err was = *err;
	size_t n = strnlen(before, sizeof(before) - 1);
	size_t room = sizeof(err->text) - 1 - n;
	memcpy(err->text, before, n);
	size_t sep = MIN(room, 2);
	memcpy(err->text + n, ": ", sep);
	size_t rest = MIN(room - sep, strnlen(was.text, sizeof(was.text) - 1));
	memcpy(err->text + n + sep, was.text, rest);
	err->text[n + sep + rest] = '\0';
}

static const struct {
	int rc;
	const char *name;
} err_names[] = {
	{ 0, "ok" },
	{ -EINVAL, "bad argument" },
	{ -EBADMSG, "cannot parse" },
	{ -EPROTO, "not allowed now" },
	{ -EAGAIN, "not now" },
	{ -ENOENT, "not found" },
	{ -EEXIST, "already there" },
	{ -ENOSPC, "no space" },
	{ -ERANGE, "out of range" },
	{ -EPIPE, "connection is down" },
	{ -ECANCELED, "cancelled" },
	{ -ETIMEDOUT, "timed out" },
	{ -ECONNREFUSED, "connection refused" },
	{ -ECONNRESET, "connection reset" },
	{ -EACCES, "no permission" },
	{ -EADDRINUSE, "address in use" },
};

const char *err_name(int rc)
{
	for (size_t i = 0; i < ARRAY_LEN(err_names); i++) {
		if (err_names[i].rc == rc)
			return err_names[i].name;
	}
	const char *text = rc < 0 ? strerrordesc_np(-rc) : NULL;
	return text != NULL ? text : "unknown error";
}
