/* A buffered TCP connection: reads into one view, gathers what is written
 * in a turn, and tells its owner from the loop only. */
#include "base/stream.h"

#include <errno.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/stream_impl.h"

enum {
	STREAM_FLUSH_BYTES = 64 * 1024, /* do not wait for the turn's end */
	STREAM_KEEP_BYTES = 256 * 1024, /* larger empty buffers are given up */
	STREAM_LINGER_MS = 1000,
	STREAM_DRAIN_READS = 16,
	STREAM_SECURE_MS = 10000, /* for a handshake, unless the cfg says */
};

static const struct fsm_state stream_states[] = {
	[STREAM_DIALING] = { "dialing", 0,
			     BIT(STREAM_SECURING) | BIT(STREAM_UP) |
				     BIT(STREAM_DOWN) | BIT(STREAM_CLOSING) },
	[STREAM_SECURING] = { "securing", 0,
			      BIT(STREAM_UP) | BIT(STREAM_DOWN) |
				      BIT(STREAM_CLOSING),
			      STREAM_SECURE_MS },
	[STREAM_UP] = { "up", 0, BIT(STREAM_DOWN) | BIT(STREAM_CLOSING) },
	[STREAM_DOWN] = { "down", 0, BIT(STREAM_CLOSING) },
	[STREAM_CLOSING] = { "closing", 0, 0, STREAM_LINGER_MS },
};

static const struct fsm stream_fsm = { "stream", stream_states,
				       ARRAY_LEN(stream_states) };

static void stream_late_flush(struct loop_late *late);
static void stream_tell(struct loop_soon *soon);
static void stream_shut(struct stream *s);

/* ---- making -------------------------------------------------------------- */

struct stream *stream_new(struct loop *l, const struct stream_cfg *cfg,
			  enum stream_state state)
{
	must(cfg->max_read > 0 && cfg->high_bytes >= cfg->low_bytes);

	struct stream *s = mem_new(struct stream);
	s->loop = l;
	s->cfg = *cfg;
	s->cfg.tls = NULL; /* borrowed for the call alone */
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
	tls_session_free(&s->tls);
	mem_free(s->why);
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
void stream_fail(struct stream *s, int rc)
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

static void stream_flush(struct stream *s);

/* Bytes of TLS: the handshake, or what the owner is to be shown. */
static void stream_decode(struct stream *s, struct str bytes)
{
	struct str plain;
	int rc = tls_session_read(s->tls, bytes, &plain, &s->out);

	if (s->out.len > 0)
		loop_late(s->loop, &s->flush);
	if (s->run.state == STREAM_SECURING && tls_session_ready(s->tls))
		stream_up(s);
	if (plain.len > 0 && s->run.state == STREAM_UP)
		stream_show(s, plain);
	if (rc < 0) { /* the peer hears why */
		stream_flush(s);
		stream_fail(s, rc);
	} else if (tls_session_ended(s->tls) &&
		   s->run.state != STREAM_CLOSING) {
		stream_fail(s, 0);
	}
}

static void stream_alloc(uv_handle_t *h, size_t hint UNUSED, uv_buf_t *out)
{
	const struct stream *s = h->data;

	*out = uv_buf_init(s->loop->scratch, sizeof(s->loop->scratch));
}

static void stream_read(uv_stream_t *tcp, ssize_t n, const uv_buf_t *b)
{
	struct stream *s = CONTAINER_OF(tcp, struct stream, tcp);

	if (n > 0 && s->tls != NULL)
		stream_decode(s, str_bytes(b->base, (size_t)n));
	else if (n > 0 && s->run.state == STREAM_UP)
		stream_show(s, str_bytes(b->base, (size_t)n));
	else if (n < 0)
		stream_fail(s, n == UV_EOF ? 0 : (int)n);
}

void stream_read_start(struct stream *s)
{
	if (s->paused || s->ev == NULL ||
	    (s->run.state != STREAM_UP && s->run.state != STREAM_SECURING))
		return;
	int rc = uv_read_start((uv_stream_t *)&s->tcp, stream_alloc,
			       stream_read);
	if (rc < 0 && rc != UV_EALREADY)
		stream_fail(s, rc);
}

/* Connected, and secured where it is to be. */
void stream_up(struct stream *s)
{
	(void)uv_timer_stop(&s->timer);
	fsm_move(&s->run, STREAM_UP);
	loop_late(s->loop, &s->flush);
	stream_read_start(s);
	bool dialled = s->tls == NULL || tls_session_dialled(s->tls);
	if (dialled && s->ev->up != NULL)
		s->ev->up(s->owner);
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
	size_t early = s->tls != NULL ? tls_session_early(s->tls) : 0;
	return s->out.len + s->flying.len + early;
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
	if (s->run.state == STREAM_DOWN || s->run.state == STREAM_CLOSING)
		return -EPIPE;
	if (s->tls == NULL) {
		buf_put(&s->out, p, len);
	} else if (tls_session_write(s->tls, p, len, &s->out) != 0) {
		stream_fail(s, -EPROTO);
		return -EPIPE;
	}
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

/* ---- what others ask ------------------------------------------------------ */

const char *stream_peer(const struct stream *s)
{
	must(s != NULL);
	return s->peer;
}

const char *stream_why(const struct stream *s)
{
	must(s != NULL);
	if (s->why != NULL)
		return s->why;
	return s->tls != NULL ? tls_session_why(s->tls) : "";
}

const char *stream_secured(const struct stream *s)
{
	must(s != NULL);
	return s->tls != NULL ? tls_session_version(s->tls) : "";
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
	if (last_words && s->tls != NULL)
		tls_session_bye(s->tls, &s->out);
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
