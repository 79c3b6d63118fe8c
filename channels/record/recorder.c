/* Lines go into a buffer on the loop's thread and into files on another. */
#include "channels/record/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/stats.h"
#include "proto/json.h"
#include "proto/smpp.h"
#include "proto/smpp_mask.h"
#include "proto/smpp_read.h"

enum {
	WAKE_BYTES = 64 * 1024,
	WAKE_MS = 200,
	WAITING_MAX = 8 * 1024 * 1024, /* more is lost, and counted */
};

struct recorder {
	char *link;
	const struct clock_ops *clock;
	struct recorder_cfg cfg; /* path is ours */
	unsigned connections;
	int64_t wall_us; /* of mono_us: times of one recording never go back */
	uint64_t mono_us;
	struct stat *written, *lost;

	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	/* under the lock */
	struct buf waiting; /* whole lines */
	uint64_t nlost;     /* since the last line that said so */
	bool closing;

	/* the thread's own */
	int fd; /* -1: not open */
	int64_t size;
	bool failing; /* it has been said */
};

/* ---- files, on the thread ------------------------------------------------- */

static void put_header(const struct recorder *r, struct buf *b)
{
	buf_c(b, '{');
	json_ku(b, "recording", 1);
	json_kz(b, "link", r->link);
	json_kb(b, "masked", !r->cfg.clear);
	json_kt(b, "time", clock_wall_ms(r->clock));
	buf_z(b, "}\n");
}

static void tell_failing(struct recorder *r, const char *what)
{
	if (!r->failing)
		log_warn("record.failed", KV_S("link", r->link),
			 KV_S("file", r->cfg.path), KV_S("what", what),
			 KV_S("error", strerror(errno)));
	r->failing = true;
}

static bool write_all(struct recorder *r, struct str s)
{
	while (s.len > 0) {
		ssize_t n = write(r->fd, s.p, s.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s = str_from(s, (size_t)n);
		r->size += n;
	}
	return true;
}

static void file_close(struct recorder *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}

/* Only one may write a file, or two links would put it aside under each
 * other's hands. */
static bool file_open(struct recorder *r)
{
	AUTO(buf_done) struct buf head = { 0 };
	struct stat st;

	r->fd = open(r->cfg.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
		     0600);
	if (r->fd < 0 || flock(r->fd, LOCK_EX | LOCK_NB) != 0 ||
	    fstat(r->fd, &st) != 0) {
		tell_failing(r, "open");
		file_close(r);
		return false;
	}
	r->size = st.st_size;
	buf_init(&head, BUF_NO_LIMIT);
	put_header(r, &head);
	if (write_all(r, buf_str(&head)))
		return true;
	tell_failing(r, "write");
	file_close(r);
	return false;
}

/* x.2 -> x.3, x.1 -> x.2, x -> x.1; the oldest is gone. */
static void files_shift(struct recorder *r)
{
	AUTO(buf_done) struct buf from = { 0 }, to = { 0 };

	buf_init(&from, BUF_NO_LIMIT);
	buf_init(&to, BUF_NO_LIMIT);
	file_close(r);
	if (r->cfg.files == 1) {
		IGNORE(unlink(r->cfg.path));
		return;
	}
	for (int64_t i = r->cfg.files - 2; i >= 0; i--) {
		buf_reset(&from);
		buf_reset(&to);
		buf_z(&from, r->cfg.path);
		if (i > 0)
			buf_f(&from, ".%lld", (long long)i);
		buf_f(&to, "%s.%lld", r->cfg.path, (long long)i + 1);
		IGNORE(rename(from.p, to.p));
	}
}

/* Whole lines only, so that each file can be read for itself. */
static bool write_lines(struct recorder *r, struct str s)
{
	while (s.len > 0) {
		int64_t room = r->cfg.size_bytes - r->size;
		size_t n = 0;

		if (r->fd < 0 && !file_open(r))
			return false;
		room = MAX(r->cfg.size_bytes - r->size, 0);
		n = (size_t)MIN(room, (int64_t)s.len);
		while (n > 0 && s.p[n - 1] != '\n')
			n--;
		if (n == 0 && room < r->cfg.size_bytes / 2) {
			files_shift(r);
			continue;
		}
		if (n == 0) /* one line, longer than half a file */
			n = MIN(str_find(s, '\n') + 1, s.len);
		if (!write_all(r, str_first(s, n))) {
			tell_failing(r, "write");
			file_close(r);
			return false;
		}
		r->failing = false;
		s = str_from(s, n);
	}
	return true;
}

static void count_lost(struct recorder *r, struct str s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.p[i] == '\n';
	stats_add_shared(r->lost, n);
	pthread_mutex_lock(&r->lock);
	r->nlost += n;
	pthread_mutex_unlock(&r->lock);
}

static void wait_for_work(struct recorder *r)
{
	struct timespec until;

	IGNORE(clock_gettime(CLOCK_MONOTONIC, &until) != 0);
	until.tv_nsec += (long)WAKE_MS * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	while (!r->closing && r->waiting.len < WAKE_BYTES &&
	       pthread_cond_timedwait(&r->wake, &r->lock, &until) == 0)
		;
}

static void *recorder_run(void *owner)
{
	struct recorder *r = owner;
	struct buf lines = { 0 };
	bool closing = false;

	buf_init(&lines, BUF_NO_LIMIT);
	while (!closing) {
		struct buf swap;

		pthread_mutex_lock(&r->lock);
		wait_for_work(r);
		closing = r->closing;
		swap = r->waiting;
		r->waiting = lines;
		lines = swap;
		pthread_mutex_unlock(&r->lock);
		if (!write_lines(r, buf_str(&lines)))
			count_lost(r, buf_str(&lines));
		buf_reset(&lines);
	}
	file_close(r);
	buf_done(&lines);
	return NULL;
}

/* ---- lines, on the loop --------------------------------------------------- */

static int64_t now_us(const struct recorder *r)
{
	return r->wall_us + (int64_t)(clock_mono_us(r->clock) - r->mono_us);
}

/* Under the lock. */
static void line_begin(struct recorder *r)
{
	buf_c(&r->waiting, '{');
	json_ki(&r->waiting, "t", now_us(r));
}

static void line_end(struct recorder *r)
{
	buf_z(&r->waiting, "}\n");
	stat_add(r->written, 1);
	if (r->waiting.len >= WAKE_BYTES)
		pthread_cond_signal(&r->wake);
}

static bool has_room(struct recorder *r)
{
	if (r->waiting.len >= WAITING_MAX) {
		r->nlost++;
		stats_add_shared(r->lost, 1);
		return false;
	}
	if (r->nlost > 0) {
		line_begin(r);
		json_ku(&r->waiting, "lost", r->nlost);
		line_end(r);
		r->nlost = 0;
	}
	return true;
}

static void put_event(struct recorder *r, unsigned connection, const char *key,
		      const char *text)
{
	pthread_mutex_lock(&r->lock);
	if (has_room(r)) {
		line_begin(r);
		json_ku(&r->waiting, "c", connection);
		json_kz(&r->waiting, key, text);
		line_end(r);
	}
	pthread_mutex_unlock(&r->lock);
}

static void put_pdu(struct recorder *r, unsigned connection,
		    enum recorder_way way, struct str frame)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t pdu[SMPP_PDU_MAX];
	char *out;

	must(frame.len <= sizeof(pdu));
	memcpy(pdu, frame.p, frame.len);
	smpp_mask(pdu, frame.len, r->cfg.clear);
	line_begin(r);
	json_ku(&r->waiting, "c", connection);
	json_key(&r->waiting, way == RECORDER_OUT ? "out" : "in");
	buf_c(&r->waiting, '"');
	out = buf_room(&r->waiting, frame.len * 2);
	must(out != NULL);
	for (size_t i = 0; i < frame.len; i++) {
		*out++ = digits[pdu[i] >> 4];
		*out++ = digits[pdu[i] & 15];
	}
	r->waiting.len += frame.len * 2;
	r->waiting.p[r->waiting.len] = '\0';
	buf_c(&r->waiting, '"');
	line_end(r);
}

unsigned recorder_begin(struct recorder *r, const char *peer)
{
	if (r == NULL)
		return 0;
	must(peer != NULL);
	put_event(r, ++r->connections, "open", peer);
	return r->connections;
}

void recorder_end(struct recorder *r, unsigned connection, const char *why)
{
	if (r == NULL || connection == 0)
		return;
	must(why != NULL);
	put_event(r, connection, "close", why);
}

void recorder_pdus(struct recorder *r, unsigned connection,
		   enum recorder_way way, struct str pdus)
{
	struct str frame;

	if (r == NULL || connection == 0)
		return;
	pthread_mutex_lock(&r->lock);
	while (pdus.len > 0 && has_room(r) &&
	       smpp_frame(pdus, SMPP_PDU_MAX, &frame) == 0) {
		put_pdu(r, connection, way, frame);
		pdus = str_from(pdus, frame.len);
	}
	pthread_mutex_unlock(&r->lock);
}

/* ---- opening and closing -------------------------------------------------- */

static void open_lock(struct recorder *r)
{
	pthread_condattr_t a;

	must(pthread_mutex_init(&r->lock, NULL) == 0);
	must(pthread_condattr_init(&a) == 0);
	must(pthread_condattr_setclock(&a, CLOCK_MONOTONIC) == 0);
	must(pthread_cond_init(&r->wake, &a) == 0);
	must(pthread_condattr_destroy(&a) == 0);
}

struct recorder *recorder_open(const char *link, const struct clock_ops *clock,
			       const struct recorder_cfg *cfg)
{
	must(link != NULL && clock != NULL && cfg != NULL);
	if (cfg->path == NULL || cfg->path[0] == '\0')
		return NULL;

	struct recorder *r = mem_new(struct recorder);
	struct buf label = { 0 };
	r->link = str_dup(link);
	r->clock = clock;
	r->cfg = *cfg;
	r->cfg.path = str_dup(cfg->path);
	r->fd = -1;
	r->wall_us = clock_wall_ms(clock) * 1000;
	r->mono_us = clock_mono_us(clock);
	buf_init(&label, 1024);
	buf_f(&label, "link=\"%s\"", link);
	r->written = stats_get(STAT_COUNTER, "recorded_total",
			       "Lines of a recording.", label.p);
	r->lost = stats_get(STAT_COUNTER, "recorded_lost_total",
			    "Lines of a recording the disk was too slow for.",
			    label.p);
	buf_done(&label);
	buf_init(&r->waiting, BUF_NO_LIMIT);
	open_lock(r);
	must(pthread_create(&r->thread, NULL, recorder_run, r) == 0);
	log_info("record.open", KV_S("link", link), KV_S("file", cfg->path),
		 KV_S("numbers", cfg->clear ? "clear" : "masked"));
	return r;
}

void recorder_close(struct recorder **rp)
{
	must(rp != NULL);
	struct recorder *r = TAKE(*rp);
	if (r == NULL)
		return;
	pthread_mutex_lock(&r->lock);
	r->closing = true;
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
	must(pthread_join(r->thread, NULL) == 0);
	must(pthread_mutex_destroy(&r->lock) == 0);
	must(pthread_cond_destroy(&r->wake) == 0);
	buf_done(&r->waiting);
	mem_free(r->link);
	mem_free(r->cfg.path);
	mem_free(r);
}
