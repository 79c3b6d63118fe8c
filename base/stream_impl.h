/* What the files of the stream share, and what they give to listener.c; for
 * base alone. stream.c: bytes, events, the end; stream_dial.c: how one
 * begins. */
#pragma once

#include <uv.h>

#include "base/buf.h"
#include "base/fsm.h"
#include "base/loop_impl.h"
#include "base/stream.h"
#include "base/stream_tls_impl.h"

enum stream_state {
	STREAM_DIALING,
	STREAM_SECURING, /* connected, the TLS handshake goes on */
	STREAM_UP,
	STREAM_DOWN,
	STREAM_CLOSING
};

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
	struct tls_session *tls; /* NULL: plain */
	char *why;               /* of a failure to begin; may be NULL */
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

/* ---- stream.c ------------------------------------------------------------- */

struct stream *stream_new(struct loop *l, const struct stream_cfg *cfg,
			  enum stream_state state);
/* The connection is lost. The owner hears it from the loop. */
void stream_fail(struct stream *s, int rc);
/* Connected, and secured where it is to be. The owner may close inside. */
void stream_up(struct stream *s);
void stream_read_start(struct stream *s);

/* ---- stream_dial.c -------------------------------------------------------- */

/* Takes the connection that waits at `server`; tls: NULL when plain. Its owner
 * comes by stream_adopt; until then, and unless closed, it is an orphan. */
MUST_USE int stream_accept(struct stream **out, struct loop *l,
			   uv_stream_t *server, const struct stream_cfg *cfg,
			   const struct tls *tls);
bool stream_orphan(const struct stream *s);

/* "127.0.0.1:2775" or "[::1]:2775"; out[64]. */
void stream_address(const struct sockaddr_storage *a, char out[64]);
