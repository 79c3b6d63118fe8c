/* A buffered TCP connection with water marks, and a listener. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/loop.h"
#include "base/str.h"

struct stream;
struct tls_cfg; /* base/stream_tls.h */

/*
 * Events, on the loop thread, never from inside a call of the owner's except
 * that stream_close never causes one.
 * up:    connected, and secured if it is to be (for dialled streams).
 * bytes: everything received so far and not yet eaten; return how many bytes
 *        were eaten (0: wait for more). Called again only when more arrives,
 *        or, with what was left, after a pause ends.
 * room:  the write queue fell below the low mark after it was above high.
 * down:  the connection is gone, rc is a negative errno (0: peer closed).
 *        The owner closes the stream (may do so inside).
 */
struct stream_events {
	void (*up)(void *owner);
	size_t (*bytes)(void *owner, struct str data);
	void (*room)(void *owner);
	void (*down)(void *owner, int rc);
};

struct stream_cfg {
	size_t max_read; /* unread bytes held; more ends the stream: -ENOSPC */
	size_t high_bytes; /* write queue: above this stream_full is true */
	size_t low_bytes;
	uint64_t dial_timeout_ms; /* with the TLS handshake */
	/* NULL: plain. Else TLS; borrowed for the call. What is written before
	 * the handshake is done waits. A handshake that fails, on either side,
	 * is told by `down` with -EPROTO: stream_why has the sentence. */
	const struct tls_cfg *tls;
};

MUST_USE int stream_dial(struct stream **out, struct loop *l,
			 const struct sockaddr_storage *to,
			 const struct stream_cfg *cfg,
			 const struct stream_events *ev, void *owner);
/* Queues a copy; written at the end of the turn in one writev where it can.
 * -EPIPE when the stream is down. */
MUST_USE int stream_write(struct stream *s, const void *p, size_t len);
bool stream_full(const struct stream *s);
size_t stream_queued(const struct stream *s);
/* Stops and resumes reading: back-pressure. */
void stream_pause(struct stream *s, bool paused);
/* "127.0.0.1:2775" of the other side. */
const char *stream_peer(const struct stream *s);
/* "TLSv1.3" once secured; "" for a plain one, or before. */
const char *stream_secured(const struct stream *s);
/* What went wrong with TLS, in a sentence for the log; "" if nothing. */
const char *stream_why(const struct stream *s);
/* Writes what is queued (up to 1 s), then closes. NULL is fine. */
void stream_close(struct stream **sp);

/* A listener. accept hands over a stream that has no owner yet: call
 * stream_adopt inside it. Address "127.0.0.1:0" takes a free port. With TLS it
 * is handed over before the handshake, which dial_timeout_ms (10 s if 0) ends. */
struct listener;
MUST_USE int listener_open(struct listener **out, struct loop *l,
			   const char *address, const struct stream_cfg *cfg,
			   void (*accept)(void *owner, struct stream *s),
			   void *owner, struct err *err);
int listener_port(const struct listener *ls);
void listener_close(struct listener **lp);
void stream_adopt(struct stream *s, const struct stream_events *ev,
		  void *owner);
