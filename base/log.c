/* The log: lines of key=value, numbers of people masked, one write a flush. */
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"

enum {
	LOG_LINE_MAX = 4096, /* with its newline */
	LOG_HELD_MAX = 64 * 1024,
	LOG_ADDR_MAX = 16,
};

enum log_level log_threshold = LOG_INFO;

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t log_once = PTHREAD_ONCE_INIT;
static int log_fd = STDERR_FILENO;
static char log_held[LOG_HELD_MAX];
static size_t log_held_len;

static const char *const log_level_names[] = {
	[LOG_DEBUG] = "DEBUG",
	[LOG_INFO] = "INFO",
	[LOG_WARN] = "WARN",
	[LOG_ERROR] = "ERROR",
};

/* ---- where lines go ------------------------------------------------------ */

/* Caller holds the lock. What the other side will not take is lost: the log
 * may not stop the gateway. */
static void log_flush_held(void)
{
	size_t at = 0;

	while (at < log_held_len) {
		ssize_t n = write(log_fd, log_held + at, log_held_len - at);
		if (n > 0) {
			at += (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		struct pollfd p = { .fd = log_fd, .events = POLLOUT };
		if (n == 0 || errno != EAGAIN || poll(&p, 1, 100) <= 0)
			break;
	}
	log_held_len = 0;
}

void log_flush(void)
{
	pthread_mutex_lock(&log_lock);
	log_flush_held();
	pthread_mutex_unlock(&log_lock);
}

/* The thread that dies may be the one that holds the lock. */
static void log_flush_dying(void)
{
	if (pthread_mutex_trylock(&log_lock) != 0)
		return;
	log_flush_held();
	pthread_mutex_unlock(&log_lock);
}

static void log_first(void)
{
	must_at_fail(log_flush_dying);
	(void)atexit(log_flush);
}

void log_open(int fd, enum log_level level)
{
	must(fd >= 0);
	pthread_mutex_lock(&log_lock);
	log_flush_held();
	log_fd = fd;
	log_threshold = level;
	pthread_mutex_unlock(&log_lock);
}

static void log_hold(const char *line, size_t len, bool now)
{
	pthread_mutex_lock(&log_lock);
	if (len > sizeof(log_held) - log_held_len)
		log_flush_held();
	memcpy(log_held + log_held_len, line, len);
	log_held_len += len;
	if (now)
		log_flush_held();
	pthread_mutex_unlock(&log_lock);
}

/* ---- one line ------------------------------------------------------------ */

/* What stands for the middle of an address. */
#define LOG_MASK "…**"

struct log_text {
	char p[LOG_LINE_MAX];
	size_t len;
	bool cut;
};

static const char log_cut_mark[] = " [cut]\n";

static void log_put(struct log_text *t, const char *p, size_t len)
{
	size_t room = sizeof(t->p) - sizeof(log_cut_mark) - t->len;

	if (len > room || t->cut) {
		t->cut = true;
		return;
	}
	memcpy(t->p + t->len, p, len);
	t->len += len;
}

static void log_z(struct log_text *t, const char *z)
{
	log_put(t, z, strlen(z));
}

/* Length of the valid UTF-8 sequence at s that is no control; 0 if none. */
static size_t log_utf8(struct str s)
{
	const uint8_t *p = (const uint8_t *)s.p;
	size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;

	if (p[0] < 0xc2 || p[0] > 0xf4 || s.len < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	/* C1 controls, overlong forms, surrogates, above U+10FFFF */
	if ((p[0] == 0xc2 && p[1] < 0xa0) || (p[0] == 0xe0 && p[1] < 0xa0) ||
	    (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
	    (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

/* Writes the first character of s with C escapes; returns its length. */
static size_t log_char(struct log_text *t, struct str s)
{
	static const char plain[] = "\"\\\n\t\r";
	static const char letter[] = "\"\\ntr";
	uint8_t c = (uint8_t)s.p[0];
	size_t n = c >= 0x80 ? log_utf8(s) : 0;
	size_t at = str_find(str_of(plain), s.p[0]);

	if (n > 0) {
		log_put(t, s.p, n);
		return n;
	}
	char out[8] = { s.p[0], '\0' };
	if (at < sizeof(plain) - 1)
		(void)snprintf(out, sizeof(out), "\\%c", letter[at]);
	else if (c < 0x20 || c >= 0x7f)
		(void)snprintf(out, sizeof(out), "\\x%02x", c);
	log_z(t, out);
	return 1;
}

static bool log_needs_quotes(struct str s)
{
	if (s.len == 0)
		return true;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = (uint8_t)s.p[i];
		if (c <= ' ' || c >= 0x7f || c == '"' || c == '=' || c == '\\')
			return true;
	}
	return false;
}

/* Length of "+" and 7 to 15 digits at the start of s, or 0. */
static size_t log_number(struct str s)
{
	size_t n = 1;

	if (s.len == 0 || s.p[0] != '+')
		return 0;
	while (n < s.len && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return n >= 8 && n <= 16 ? n : 0;
}

static void log_quoted(struct log_text *t, struct str s, bool quotes)
{
	/* What will not fit need not be looked at. */
	s = str_first(s, LOG_LINE_MAX + 1);
	log_z(t, quotes ? "\"" : "");
	while (s.len > 0 && !t->cut) {
		size_t n = log_number(s);
		if (n > 0) {
			char masked[LOG_ADDR_MAX];
			log_mask(str_first(s, n), masked, sizeof(masked));
			log_z(t, masked);
		} else {
			n = log_char(t, s);
		}
		s = str_from(s, n);
	}
	log_z(t, quotes ? "\"" : "");
}

static void log_value(struct log_text *t, struct str s)
{
	log_quoted(t, s, log_needs_quotes(s));
}

static void log_kv(struct log_text *t, const struct kv *kv)
{
	char text[32];

	log_z(t, " ");
	log_z(t, kv->key);
	log_z(t, "=");
	switch (kv->kind) {
	case KV_KIND_STR:
		log_value(t, kv->s);
		return;
	case KV_KIND_ADDR:
		log_mask(kv->s, text, LOG_ADDR_MAX);
		log_quoted(t, str_of(text), log_needs_quotes(kv->s));
		return;
	case KV_KIND_U64:
		(void)snprintf(text, sizeof(text), "%llu",
			       (unsigned long long)kv->u);
		break;
	case KV_KIND_I64:
		(void)snprintf(text, sizeof(text), "%lld",
			       (long long)(int64_t)kv->u);
		break;
	case KV_KIND_HEX:
		(void)snprintf(text, sizeof(text), "0x%llx",
			       (unsigned long long)kv->u);
		break;
	case KV_KIND_ID:
		id_text(kv->u, text);
		break;
	}
	log_z(t, text);
}

void log_line(enum log_level level, const char *event, const struct kv *kv,
	      size_t n)
{
	struct log_text t;
	char when[32];

	must(event != NULL && (kv != NULL || n == 0));
	must((size_t)level < ARRAY_LEN(log_level_names));
	if (level < log_threshold)
		return;
	pthread_once(&log_once, log_first);

	t.len = 0;
	t.cut = false;
	clock_rfc3339(clock_wall_ms(&clock_real), when);
	log_z(&t, when);
	log_z(&t, " ");
	log_z(&t, log_level_names[level]);
	log_z(&t, " ");
	log_z(&t, event);
	for (size_t i = 0; i < n; i++)
		log_kv(&t, &kv[i]);

	/* log_put leaves room for the mark. */
	const char *end = t.cut ? log_cut_mark : "\n";
	memcpy(t.p + t.len, end, strlen(end));
	log_hold(t.p, t.len + strlen(end), level >= LOG_WARN);
}

int log_level_parse(struct str s, enum log_level *out)
{
	must(out != NULL);
	for (size_t i = 0; i < ARRAY_LEN(log_level_names); i++) {
		if (str_ieqz(s, log_level_names[i])) {
			*out = (enum log_level)i;
			return 0;
		}
	}
	return -EINVAL;
}

/* Never inside a character: addresses of other channels may be UTF-8. */
static bool log_in_character(struct str s, size_t at)
{
	return at < s.len && (s.p[at] & 0xc0) == 0x80;
}

void log_mask(struct str addr, char *out, size_t size)
{
	size_t head = 4, tail = addr.len >= 8 ? addr.len - 2 : 0;

	must(out != NULL && size >= sizeof(LOG_MASK));
	if (addr.len == 0) {
		out[0] = '\0';
		return;
	}
	while (addr.len >= 8 && log_in_character(addr, head))
		head--;
	while (tail > head && log_in_character(addr, tail))
		tail--;
	if (addr.len < 8 || head + sizeof(LOG_MASK) + addr.len - tail > size) {
		(void)snprintf(out, size, "%s", LOG_MASK);
		return;
	}
	(void)snprintf(out, size, "%.*s%s%.*s", (int)head, addr.p, LOG_MASK,
		       (int)(addr.len - tail), addr.p + tail);
}
