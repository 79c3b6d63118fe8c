/* Two ends of a connection on one loop, for the tests of streams. */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/stream.h"

enum { GUARD_MS = 20000, MIB = 1 << 20 };

enum { CLOSE_UP = 1, CLOSE_BYTES = 2, CLOSE_ROOM = 4, CLOSE_ACCEPT = 8 };

struct bench;

/* One end of a connection. */
struct side {
	struct bench *bench;
	struct stream *s;
	struct buf got;
	int ups, calls, rooms, downs, rc;
	unsigned close_in; /* CLOSE_... */
	bool frames;       /* eats whole frames only */
	bool echo;
	bool picky;   /* eats nothing */
	size_t words; /* written before it closes in bytes */
	bool busy;    /* inside a call of ours: no event may come */
};

struct bench {
	struct loop *loop;
	struct loop_timer *guard;
	struct listener *listener;
	struct side client, server;
	int accepted;
	bool late, orphan;
};

static const struct stream_cfg cfg = { MIB, 256 * 1024, 64 * 1024, 1000 };

static inline void side_check(struct side *s)
{
	assert_false(s->busy);
	assert_int_equal(s->downs, 0);
}

static inline void side_close(struct side *s)
{
	s->busy = true;
	stream_close(&s->s);
	s->busy = false;
	assert_null(s->s);
}

static inline int side_write(struct side *s, const void *p, size_t len)
{
	s->busy = true;
	int rc = stream_write(s->s, p, len);
	s->busy = false;
	return rc;
}

static inline void side_up(void *owner)
{
	struct side *s = owner;

	side_check(s);
	s->ups++;
	if ((s->close_in & CLOSE_UP) != 0)
		side_close(s);
}

/* A frame is a byte n, then n bytes. Eats as many whole ones as there are. */
static inline size_t frames_whole(struct str data)
{
	size_t at = 0;

	while (at < data.len && data.len - at > (uint8_t)data.p[at])
		at += 1u + (uint8_t)data.p[at];
	return at;
}

static inline size_t side_bytes(void *owner, struct str data)
{
	struct side *s = owner;
	size_t n = data.len;

	side_check(s);
	assert_true(data.len > 0);
	s->calls++;
	if ((s->close_in & CLOSE_BYTES) != 0) {
		char *words = mem_zalloc(s->words);
		assert_int_equal(side_write(s, words, s->words), 0);
		mem_free(words);
		side_close(s);
		return 0;
	}
	if (s->picky)
		return 0;
	if (s->frames)
		n = frames_whole(data);
	buf_str_put(&s->got, str_first(data, n));
	if (s->echo)
		assert_int_equal(side_write(s, data.p, n), 0);
	return n;
}

static inline void side_room(void *owner)
{
	struct side *s = owner;

	side_check(s);
	s->rooms++;
	assert_true(stream_queued(s->s) <= cfg.low_bytes);
	if ((s->close_in & CLOSE_ROOM) != 0)
		side_close(s);
}

static inline void side_down(void *owner, int rc)
{
	struct side *s = owner;

	side_check(s);
	s->downs++;
	s->rc = rc;
	assert_int_equal(side_write(s, "x", 1), -EPIPE);
	side_close(s);
}

static const struct stream_events events = { side_up, side_bytes, side_room,
					     side_down };

static inline void accepts(void *owner, struct stream *s)
{
	struct bench *b = owner;

	b->accepted++;
	if (b->orphan)
		return;
	b->server.s = s;
	if ((b->server.close_in & CLOSE_ACCEPT) != 0) {
		side_close(&b->server);
		return;
	}
	stream_adopt(s, &events, &b->server);
	if (b->server.picky)
		stream_pause(s, true);
}

static inline void guard_bit(void *owner)
{
	((struct bench *)owner)->late = true;
}

/* Turns until the condition holds; the guard ends what hangs. */
#define UNTIL(b, cond)                              \
	do {                                        \
		while (!(cond) && !(b)->late)       \
			loop_turn((b)->loop, true); \
		assert_false((b)->late);            \
	} while (0)

static inline void address(struct sockaddr_storage *a, int port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)a;

	memset(a, 0, sizeof(*a));
	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)port);
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

static inline void bench_dial(struct bench *b, int port,
			      const struct stream_cfg *c)
{
	struct sockaddr_storage a;

	address(&a, port);
	b->client.busy = true;
	assert_int_equal(stream_dial(&b->client.s, b->loop, &a, c, &events,
				     &b->client),
			 0);
	b->client.busy = false;
}

static inline void bench_open_with(struct bench *b, const struct stream_cfg *c)
{
	struct err err;

	memset(b, 0, sizeof(*b));
	b->client.bench = b->server.bench = b;
	buf_init(&b->client.got, BUF_NO_LIMIT);
	buf_init(&b->server.got, BUF_NO_LIMIT);
	assert_int_equal(loop_open(&b->loop, NULL), 0);
	b->guard = loop_timer_new(b->loop, guard_bit, b);
	loop_timer_set(b->guard, GUARD_MS);
	assert_int_equal(listener_open(&b->listener, b->loop, "127.0.0.1:0", c,
				       accepts, b, &err),
			 0);
}

static inline void bench_open(struct bench *b)
{
	bench_open_with(b, &cfg);
}

static inline void bench_close(struct bench *b)
{
	stream_close(&b->client.s);
	stream_close(&b->server.s);
	listener_close(&b->listener);
	listener_close(&b->listener);
	loop_timer_free(&b->guard);
	loop_close(&b->loop);
	buf_done(&b->client.got);
	buf_done(&b->server.got);
	assert_int_equal(mem_live_blocks(), 0);
}

static inline void bench_connect(struct bench *b)
{
	bench_dial(b, listener_port(b->listener), &cfg);
	UNTIL(b, b->client.ups == 1 && b->accepted == 1);
}
