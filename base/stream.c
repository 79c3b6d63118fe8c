/* A buffered TCP connection: reads into one view, gathers what is written
 * in a turn, and tells its owner from the loop only. */
#include "base/stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/fsm.h"
#include "base/loop_impl.h"
#include "base/mem.h"
#include "base/stream_impl.h"

enum {
	STREAM_FLUSH_BYTES = 64 * 1024, /* do not wait for the turn's end */
	STREAM_KEEP_BYTES = 256 * 1024, /* larger empty buffers are given up */
	STREAM_LINGER_MS = 1000,
	STREAM_DRAIN_READS = 16,
};

enum stream_state { STREAM_DIALING, STREAM_UP, STREAM_DOWN, STREAM_CLOSING };

static const struct fsm_state stream_states[] = {
	[STREAM_DIALING] = { "dialing", 0,
			     BIT(STREAM_UP) | BIT(STREAM_DOWN) |
				     BIT(STREAM_CLOSING) },
	[STREAM_UP] = { "up", 0, BIT(STREAM_DOWN) | BIT(STREAM_CLOSING) },
	[STREAM_DOWN] = { "down", 0, BIT(STREAM_CLOSING) },
	[STREAM_CLOSING] = { "closing", 0, 0, STREAM_LINGER_MS },
};

static const struct fsm stream_fsm = { "stream", stream_states,
				       ARRAY_LEN(stream_states) };

/* What is to be told from the loop. */
enum { STREAM_TELL_DOWN = 1, STREAM_TELL_ROOM = 2, STREAM_TELL_BYTES = 4 };

/*
 * Invariants: no event after CLOSING; `down` is told once, when DOWN was
 * entered. uv's write is in flight while flying.len > 0.
 */
struct stream {
	struct loop *loop;
	struct fsm_run run;
	struct stream_cfg cfg;
	const struct stream_events *ev; /* NULL: not adopted, or closed */
	void *owner;
	uv_tcp_t tcp;
	uv_timer_t timer; /* dialling, then lingering */
	unsigned handles; /* of those two, still known to libuv */
	uv_connect_t connect;
	uv_write_t write;
	struct buf in; /* unread bytes from in_at on */
	size_t in_at;
	struct buf out;    /* gathered */
	struct buf flying; /* being written by libuv */
	struct loop_late flush;
	struct loop_soon soon;
	unsigned tell;
	int down_rc;
	bool was_full;
	bool paused;
	char peer[64];
};

static void stream_late_flush(struct loop_late *late);
static void stream_tell(struct loop_soon *soon);
static void stream_shut(struct stream *s);

/* ---- making -------------------------------------------------------------- */

void stream_address(const struct sockaddr_storage *a, char out[64])
{
	char ip[INET6_ADDRSTRLEN] = "";

	if (a->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)a;
		(void)uv_ip4_name(in, ip, sizeof(ip));
		(void)snprintf(out, 64, "%s:%u", ip, ntohs(in->sin_port));
	} else {
		const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)a;
		(void)uv_ip6_name(in, ip, sizeof(ip));
		(void)snprintf(out, 64, "[%s]:%u", ip, ntohs(in->sin6_port));
	}
}

static struct stream *stream_new(struct loop *l, const struct stream_cfg *cfg,
				 enum stream_state state)
{
	must(cfg->max_read > 0 && cfg->high_bytes >= cfg->low_bytes);

	struct stream *s = mem_new(struct stream);
	s->loop = l;
	s->cfg = *cfg;
	fsm_init(&s->run, &stream_fsm, s->peer, state);
	buf_init(&s->in, BUF_NO_LIMIT);
	buf_init(&s->out, BUF_NO_LIMIT);
	buf_init(&s->flying, BUF_NO_LIMIT);
	list_init(&s->flush.link);
	s->flush.fn = stream_late_flush;
	list_init(&s->soon.link);
	s->soon.fn = stream_tell;
	must(uv_tcp_init(&l->uv, &s->tcp) == 0);
	must(uv_timer_init(&l->uv, &s->timer) == 0);
	s->tcp.data = s->timer.data = s;
	s->handles = 2;
	l->owned++;
	return s;
}

static void stream_free(struct stream *s)
{
	list_remove(&s->flush.link);
	list_remove(&s->soon.link);
	buf_done(&s->in);
	buf_done(&s->out);
	buf_done(&s->flying);
	mem_free(s);
}

static void stream_tell_soon(struct stream *s, unsigned what)
{
	s->tell |= what;
	loop_soon(s->loop, &s->soon);
}

/* The connection is lost. The owner hears it from the loop. */
static void stream_fail(struct stream *s, int rc)
{
	if (s->run.state == STREAM_CLOSING) {
		stream_shut(s);
		return;
	}
	if (s->run.state == STREAM_DOWN)
		return;
	fsm_move(&s->run, STREAM_DOWN);
	s->down_rc = rc;
	(void)uv_timer_stop(&s->timer);
	(void)uv_read_stop((uv_stream_t *)&s->tcp);
	stream_tell_soon(s, STREAM_TELL_DOWN);
}

/* ---- reading ------------------------------------------------------------- */

static struct str stream_unread(const struct stream *s)
{
	return str_from(buf_str(&s->in), s->in_at);
}

static void stream_buf_trim(struct buf *b)
{
	if (b->cap > STREAM_KEEP_BYTES) {
		buf_done(b);
		buf_init(b, BUF_NO_LIMIT);
	} else {
		buf_reset(b);
	}
}

/* Moves the unread bytes down, but only when that frees much. */
static void stream_ate(struct stream *s, size_t n)
{
	s->in_at += n;
	if (s->in_at == s->in.len) {
		stream_buf_trim(&s->in);
		s->in_at = 0;
	} else if (s->in_at > s->in.len / 2) {
		buf_eat(&s->in, s->in_at);
		s->in_at = 0;
	}
}

/* Shows the owner all unread bytes; fresh ones may lie outside s->in. */
static void stream_show(struct stream *s, struct str fresh)
{
	bool direct = stream_unread(s).len == 0;

	if (!direct)
		buf_str_put(&s->in, fresh);
	struct str all = direct ? fresh : stream_unread(s);
	size_t n = s->ev->bytes(s->owner, all);
	if (s->ev == NULL)
		return;
	must(n <= all.len);
	if (direct)
		buf_str_put(&s->in, str_from(fresh, n));
	else
		stream_ate(s, n);
	if (stream_unread(s).len > s->cfg.max_read)
		stream_fail(s, -ENOSPC);
}

static void stream_alloc(uv_handle_t *h, size_t hint UNUSED, uv_buf_t *out)
{
	const struct stream *s = h->data;

	*out = uv_buf_init(s->loop->scratch, sizeof(s->loop->scratch));
}

static void stream_read(uv_stream_t *tcp, ssize_t n, const uv_buf_t *b)
{
	struct stream *s = CONTAINER_OF(tcp, struct stream, tcp);

	if (n > 0 && s->run.state == STREAM_UP)
		stream_show(s, str_bytes(b->base, (size_t)n));
	else if (n < 0)
		stream_fail(s, n == UV_EOF ? 0 : (int)n);
}

static void stream_read_start(struct stream *s)
{
	if (s->paused || s->run.state != STREAM_UP || s->ev == NULL)
		return;
	int rc = uv_read_start((uv_stream_t *)&s->tcp, stream_alloc,
			       stream_read);
	if (rc < 0 && rc != UV_EALREADY)
		stream_fail(s, rc);
}

void stream_pause(struct stream *s, bool paused)
{
	must(s != NULL);
	if (s->paused == paused)
		return;
	s->paused = paused;
	if (paused) {
		(void)uv_read_stop((uv_stream_t *)&s->tcp);
		return;
	}
	stream_read_start(s);
	/* What was left uneaten may be wanted now. */
	if (stream_unread(s).len > 0)
		stream_tell_soon(s, STREAM_TELL_BYTES);
}

/* ---- telling the owner --------------------------------------------------- */

/* Each call may close the stream: then ev is NULL. */
static void stream_tell(struct loop_soon *soon)
{
	struct stream *s = CONTAINER_OF(soon, struct stream, soon);
	unsigned tell = s->tell;

	s->tell = 0;
	if ((tell & STREAM_TELL_BYTES) != 0 && s->ev != NULL && !s->paused &&
	    s->run.state == STREAM_UP && stream_unread(s).len > 0)
		stream_show(s, STR_NONE);
	if ((tell & STREAM_TELL_ROOM) != 0 && s->ev != NULL &&
	    s->run.state == STREAM_UP && s->ev->room != NULL)
		s->ev->room(s->owner);
	if ((tell & STREAM_TELL_DOWN) != 0 && s->ev != NULL)
		s->ev->down(s->owner, s->down_rc);
}

/* ---- writing ------------------------------------------------------------- */

size_t stream_queued(const struct stream *s)
{
	must(s != NULL);
	return s->out.len + s->flying.len;
}

bool stream_full(const struct stream *s)
{
	return stream_queued(s) > s->cfg.high_bytes;
}

static void stream_drained(struct stream *s)
{
	if (s->run.state == STREAM_CLOSING && stream_queued(s) == 0)
		stream_shut(s);
	if (s->was_full && stream_queued(s) <= s->cfg.low_bytes) {
		s->was_full = false;
		stream_tell_soon(s, STREAM_TELL_ROOM);
	}
}

static void stream_flush(struct stream *s);

static void stream_written(uv_write_t *req, int status)
{
	struct stream *s = CONTAINER_OF(req, struct stream, write);

	stream_buf_trim(&s->flying);
	if (status < 0) {
		stream_fail(s, status);
		return;
	}
	stream_flush(s);
}

/* Hands libuv what the kernel did not take at once. */
static int stream_write_rest(struct stream *s)
{
	struct buf swap = s->flying;
	s->flying = s->out;
	s->out = swap;

	uv_buf_t b = uv_buf_init(s->flying.p, (unsigned)s->flying.len);
	return uv_write(&s->write, (uv_stream_t *)&s->tcp, &b, 1,
			stream_written);
}

static void stream_flush(struct stream *s)
{
	/* After the peer's end of file it may still be reading. */
	if (s->run.state == STREAM_DIALING || s->flying.len > 0 ||
	    uv_is_closing((uv_handle_t *)&s->tcp))
		return;
	if (s->out.len > 0) {
		size_t most = MIN(s->out.len, (size_t)1 << 30);
		uv_buf_t b = uv_buf_init(s->out.p, (unsigned)most);
		int n = uv_try_write((uv_stream_t *)&s->tcp, &b, 1);
		if (n < 0 && n != UV_EAGAIN) {
			stream_fail(s, n);
			return;
		}
		if (n > 0 && (size_t)n == s->out.len)
			stream_buf_trim(&s->out);
		else if (n > 0)
			buf_eat(&s->out, (size_t)n);
	}
	if (s->out.len > 0) {
		int rc = stream_write_rest(s);
		if (rc < 0) {
			buf_reset(&s->flying);
			stream_fail(s, rc);
			return;
		}
	}
	stream_drained(s);
}

static void stream_late_flush(struct loop_late *late)
{
	stream_flush(CONTAINER_OF(late, struct stream, flush));
}

int stream_write(struct stream *s, const void *p, size_t len)
{
	must(s != NULL && (p != NULL || len == 0));
	if (s->run.state != STREAM_DIALING && s->run.state != STREAM_UP)
		return -EPIPE;
	buf_put(&s->out, p, len);
	if (stream_full(s))
		s->was_full = true;
	if (s->out.len >= STREAM_FLUSH_BYTES)
		stream_flush(s);
	if (s->run.state == STREAM_DOWN)
		return -EPIPE;
	if (s->out.len > 0)
		loop_late(s->loop, &s->flush);
	return 0;
}

/* ---- dialling and accepting ---------------------------------------------- */

static void stream_connected(uv_connect_t *req, int status)
{
	struct stream *s = CONTAINER_OF(req, struct stream, connect);

	if (s->run.state != STREAM_DIALING)
		return;
	if (status < 0) {
		stream_fail(s, status);
		return;
	}
	(void)uv_timer_stop(&s->timer);
	(void)uv_tcp_nodelay(&s->tcp, 1);
	fsm_move(&s->run, STREAM_UP);
	loop_late(s->loop, &s->flush);
	stream_read_start(s);
	if (s->ev->up != NULL)
		s->ev->up(s->owner);
}

static void stream_dial_late(uv_timer_t *timer)
{
	stream_fail(CONTAINER_OF(timer, struct stream, timer), -ETIMEDOUT);
}

int stream_dial(struct stream **out, struct loop *l,
		const struct sockaddr_storage *to, const struct stream_cfg *cfg,
		const struct stream_events *ev, void *owner)
{
	must(out != NULL && l != NULL && to != NULL && cfg != NULL);
	must(ev != NULL && ev->bytes != NULL && ev->down != NULL);
	if (to->ss_family != AF_INET && to->ss_family != AF_INET6)
		return -EINVAL;

	AUTO(stream_close)
	struct stream *s = stream_new(l, cfg, STREAM_DIALING);
	s->ev = ev;
	s->owner = owner;
	stream_address(to, s->peer);
	int rc = uv_tcp_connect(&s->connect, &s->tcp,
				(const struct sockaddr *)to, stream_connected);
	if (rc < 0)
		return rc;
	if (cfg->dial_timeout_ms > 0) {
		uv_update_time(&l->uv);
		must(uv_timer_start(&s->timer, stream_dial_late,
				    cfg->dial_timeout_ms, 0) == 0);
	}
	*out = TAKE(s);
	return 0;
}

int stream_accept(struct stream **out, struct loop *l, uv_stream_t *server,
		  const struct stream_cfg *cfg)
{
	struct sockaddr_storage a;
	int len = sizeof(a);

	AUTO(stream_close) struct stream *s = stream_new(l, cfg, STREAM_UP);
	int rc = uv_accept(server, (uv_stream_t *)&s->tcp);
	if (rc < 0)
		return rc;
	rc = uv_tcp_getpeername(&s->tcp, (struct sockaddr *)&a, &len);
	if (rc < 0)
		return rc;
	(void)uv_tcp_nodelay(&s->tcp, 1);
	stream_address(&a, s->peer);
	*out = TAKE(s);
	return 0;
}

void stream_adopt(struct stream *s, const struct stream_events *ev, void *owner)
{
	must(s != NULL && s->ev == NULL);
	must(ev != NULL && ev->bytes != NULL && ev->down != NULL);
	s->ev = ev;
	s->owner = owner;
	stream_read_start(s);
}

bool stream_orphan(const struct stream *s)
{
	must(s != NULL);
	return s->ev == NULL && s->run.state != STREAM_CLOSING;
}

const char *stream_peer(const struct stream *s)
{
	must(s != NULL);
	return s->peer;
}

/* ---- closing ------------------------------------------------------------- */

static void stream_closed(uv_handle_t *h)
{
	struct stream *s = h->data;

	if (--s->handles == 0)
		stream_free(s);
}

/* close(2) with unread bytes sends a reset, and that takes back what the
 * kernel has not sent yet: so they are read away first. */
static void stream_drain(struct stream *s)
{
	uv_os_fd_t fd;

	if (uv_fileno((uv_handle_t *)&s->tcp, &fd) < 0)
		return;
	for (int i = 0; i < STREAM_DRAIN_READS; i++) {
		if (recv(fd, NULL, STREAM_FLUSH_BYTES,
			 MSG_DONTWAIT | MSG_TRUNC) <= 0)
			return;
	}
}

static void stream_shut(struct stream *s)
{
	if (uv_is_closing((uv_handle_t *)&s->tcp))
		return;
	list_remove(&s->flush.link);
	stream_drain(s);
	uv_close((uv_handle_t *)&s->tcp, stream_closed);
	uv_close((uv_handle_t *)&s->timer, stream_closed);
}

static void stream_linger_late(uv_timer_t *timer)
{
	stream_shut(CONTAINER_OF(timer, struct stream, timer));
}

void stream_close(struct stream **sp)
{
	must(sp != NULL);

	struct stream *s = TAKE(*sp);
	if (s == NULL)
		return;
	must(s->run.state != STREAM_CLOSING && s->loop->owned > 0);
	s->loop->owned--;
	s->ev = NULL;
	s->owner = NULL;
	list_remove(&s->soon.link);

	/* Whoever reads may still get what is queued. */
	bool last_words = s->run.state == STREAM_UP ||
			  (s->run.state == STREAM_DOWN && s->down_rc == 0);
	fsm_move(&s->run, STREAM_CLOSING);
	if (!last_words || stream_queued(s) == 0) {
		stream_shut(s);
		return;
	}
	(void)uv_read_stop((uv_stream_t *)&s->tcp);
	uv_update_time(&s->loop->uv);
	must(uv_timer_start(&s->timer, stream_linger_late,
			    fsm_timeout_ms(&s->run), 0) == 0);
	stream_flush(s);
}
