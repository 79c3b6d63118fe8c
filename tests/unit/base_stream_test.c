/* Streams and listeners: echo, partial eating, back-pressure, last words,
 * and closing inside every callback. */
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

enum { GUARD_MS = 3000, MIB = 1 << 20 };

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

static void side_check(struct side *s)
{
	assert_false(s->busy);
	assert_int_equal(s->downs, 0);
}

static void side_close(struct side *s)
{
	s->busy = true;
	stream_close(&s->s);
	s->busy = false;
	assert_null(s->s);
}

static int side_write(struct side *s, const void *p, size_t len)
{
	s->busy = true;
	int rc = stream_write(s->s, p, len);
	s->busy = false;
	return rc;
}

static void side_up(void *owner)
{
	struct side *s = owner;

	side_check(s);
	s->ups++;
	if ((s->close_in & CLOSE_UP) != 0)
		side_close(s);
}

/* A frame is a byte n, then n bytes. Eats as many whole ones as there are. */
static size_t frames_whole(struct str data)
{
	size_t at = 0;

	while (at < data.len && data.len - at > (uint8_t)data.p[at])
		at += 1u + (uint8_t)data.p[at];
	return at;
}

static size_t side_bytes(void *owner, struct str data)
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

static void side_room(void *owner)
{
	struct side *s = owner;

	side_check(s);
	s->rooms++;
	assert_true(stream_queued(s->s) <= cfg.low_bytes);
	if ((s->close_in & CLOSE_ROOM) != 0)
		side_close(s);
}

static void side_down(void *owner, int rc)
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

static void accepts(void *owner, struct stream *s)
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

static void guard_bit(void *owner)
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

static void address(struct sockaddr_storage *a, int port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)a;

	memset(a, 0, sizeof(*a));
	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)port);
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

static void bench_dial(struct bench *b, int port, const struct stream_cfg *c)
{
	struct sockaddr_storage a;

	address(&a, port);
	b->client.busy = true;
	assert_int_equal(stream_dial(&b->client.s, b->loop, &a, c, &events,
				     &b->client),
			 0);
	b->client.busy = false;
}

static void bench_open_with(struct bench *b, const struct stream_cfg *c)
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

static void bench_open(struct bench *b)
{
	bench_open_with(b, &cfg);
}

static void bench_close(struct bench *b)
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

static void bench_connect(struct bench *b)
{
	bench_dial(b, listener_port(b->listener), &cfg);
	UNTIL(b, b->client.ups == 1 && b->accepted == 1);
}

/* ---- the good way -------------------------------------------------------- */

/* Frames of all lengths, back again; nothing lost where reads end. */
static void echo(void **state UNUSED)
{
	struct bench b;
	struct buf sent;
	char frame[256];

	bench_open(&b);
	b.server.frames = b.server.echo = true;
	bench_connect(&b);
	char peer[32];
	(void)snprintf(peer, sizeof(peer), "127.0.0.1:%d",
		       listener_port(b.listener));
	assert_string_equal(stream_peer(b.client.s), peer);
	assert_memory_equal(stream_peer(b.server.s), "127.0.0.1:", 10);

	buf_init(&sent, BUF_NO_LIMIT);
	for (unsigned i = 0; i < 3000; i++) {
		size_t n = i * 7 % 256;
		memset(frame, (int)i, sizeof(frame));
		frame[0] = (char)n;
		buf_put(&sent, frame, n + 1);
	}
	/* In pieces that are no frames, with turns between them. */
	for (size_t at = 0, n = 1; at < sent.len; at += n, n = n * 2 % 9973) {
		n = MIN(n, sent.len - at);
		assert_int_equal(side_write(&b.client, sent.p + at, n), 0);
		loop_turn(b.loop, false);
	}
	UNTIL(&b, b.client.got.len == sent.len);
	assert_memory_equal(b.client.got.p, sent.p, sent.len);
	assert_memory_equal(b.server.got.p, sent.p, sent.len);
	assert_int_equal(b.server.downs + b.client.downs, 0);

	side_close(&b.client);
	UNTIL(&b, b.server.downs == 1);
	assert_int_equal(b.server.rc, 0);
	buf_done(&sent);
	bench_close(&b);
}

/* A hundred writes of one turn leave together. */
static void writes_are_gathered(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	bench_connect(&b);
	for (int i = 0; i < 100; i++)
		assert_int_equal(side_write(&b.client, "0123456789", 10), 0);
	assert_int_equal(stream_queued(b.client.s), 1000);
	UNTIL(&b, b.server.got.len == 1000);
	assert_int_equal(b.server.calls, 1);
	assert_int_equal(stream_queued(b.client.s), 0);
	bench_close(&b);
}

/* Before it is connected, bytes wait. */
static void writes_while_dialling(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	bench_dial(&b, listener_port(b.listener), &cfg);
	assert_int_equal(side_write(&b.client, "early", 5), 0);
	UNTIL(&b, b.server.got.len == 5);
	assert_string_equal(b.server.got.p, "early");
	bench_close(&b);
}

/* ---- back-pressure ------------------------------------------------------- */

static void back_pressure(void **state UNUSED)
{
	struct bench b;
	char *chunk = mem_zalloc(64 * 1024);
	size_t sent = 0;

	bench_open(&b);
	b.server.picky = true; /* pauses at once */
	bench_connect(&b);
	for (int i = 0; i < 1000 && !stream_full(b.client.s); i++) {
		assert_int_equal(side_write(&b.client, chunk, 64 * 1024), 0);
		sent += 64 * 1024;
		loop_turn(b.loop, false);
	}
	assert_true(stream_full(b.client.s));
	assert_int_equal(b.client.rooms, 0);
	assert_int_equal(b.server.calls, 0);

	b.server.picky = false;
	stream_pause(b.server.s, false);
	UNTIL(&b, b.server.got.len == sent);
	UNTIL(&b, b.client.rooms == 1);
	assert_false(stream_full(b.client.s));
	mem_free(chunk);
	bench_close(&b);
}

/* What was left uneaten is shown again when the pause ends. */
static void pause_shows_the_rest(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	bench_connect(&b);
	b.server.picky = true;
	assert_int_equal(side_write(&b.client, "abc", 3), 0);
	UNTIL(&b, b.server.calls == 1);
	stream_pause(b.server.s, true);
	b.server.picky = false;
	b.server.busy = true; /* not from inside the call */
	stream_pause(b.server.s, false);
	b.server.busy = false;
	UNTIL(&b, b.server.got.len == 3);
	assert_string_equal(b.server.got.p, "abc");
	bench_close(&b);
}

/* Who never eats does not fill the memory. */
static void unread_is_bounded(void **state UNUSED)
{
	struct bench b;
	char *chunk = mem_zalloc(64 * 1024);

	bench_open(&b);
	bench_connect(&b);
	b.server.picky = true;
	for (int i = 0; i < 1000 && b.server.downs == 0; i++) {
		if (b.client.s != NULL && !stream_full(b.client.s))
			(void)side_write(&b.client, chunk, 64 * 1024);
		loop_turn(b.loop, false);
	}
	assert_int_equal(b.server.downs, 1);
	assert_int_equal(b.server.rc, -ENOSPC);
	UNTIL(&b, b.client.downs == 1);
	mem_free(chunk);
	bench_close(&b);
}

/* ---- closing ------------------------------------------------------------- */

/* All that was written arrives, although the writer closed at once. */
static void last_words(void **state UNUSED)
{
	struct bench b;
	char *words = mem_alloc(8 * MIB);

	for (size_t i = 0; i < 8 * MIB; i++)
		words[i] = (char)(i * 31 >> 7);
	bench_open(&b);
	bench_connect(&b);
	/* Unread bytes at the closing side must not spoil it. */
	stream_pause(b.client.s, true);
	assert_int_equal(side_write(&b.server, "unread", 6), 0);
	loop_turn(b.loop, false);
	assert_int_equal(side_write(&b.client, words, 8 * MIB), 0);
	side_close(&b.client);
	UNTIL(&b, b.server.downs == 1);
	assert_int_equal(b.server.rc, 0);
	assert_int_equal(b.server.got.len, 8 * MIB);
	assert_memory_equal(b.server.got.p, words, 8 * MIB);
	assert_int_equal(b.client.downs, 0);
	mem_free(words);
	bench_close(&b);
}

/* A peer that does not read holds a closing stream for a second at most. */
static void last_words_end(void **state UNUSED)
{
	struct bench b;
	char *words = mem_zalloc(16 * MIB);

	bench_open(&b);
	b.server.picky = true;
	bench_connect(&b);
	assert_int_equal(side_write(&b.client, words, 16 * MIB), 0);
	mem_free(words);
	uint64_t from = clock_mono_ms(loop_clock(b.loop));
	listener_close(&b.listener);
	loop_timer_free(&b.guard);
	side_close(&b.client);
	/* The server's end stays, so the loop has to be turned by hand. */
	while (clock_mono_ms(loop_clock(b.loop)) - from < 1200)
		loop_turn(b.loop, false);
	b.server.picky = false;
	stream_pause(b.server.s, false);
	for (int i = 0; i < 1000 && b.server.downs == 0; i++)
		loop_turn(b.loop, true);
	assert_int_equal(b.server.downs, 1);
	assert_in_range(b.server.got.len, 1, 16 * MIB - 1);
	bench_close(&b);
}

static void close_in_up(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	b.client.close_in = CLOSE_UP;
	bench_dial(&b, listener_port(b.listener), &cfg);
	assert_int_equal(side_write(&b.client, "bye", 3), 0);
	UNTIL(&b, b.server.downs == 1);
	assert_string_equal(b.server.got.p, "bye");
	assert_int_equal(b.client.calls + b.client.downs, 0);
	bench_close(&b);
}

static void close_in_bytes(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	b.server.close_in = CLOSE_BYTES;
	bench_connect(&b);
	assert_int_equal(side_write(&b.client, "abc", 3), 0);
	UNTIL(&b, b.client.downs == 1);
	assert_int_equal(b.server.calls, 1);
	assert_int_equal(b.server.downs, 0);
	bench_close(&b);
}

/* More is unread than allowed: no reason to cut the last words. */
static void close_in_bytes_with_words(void **state UNUSED)
{
	struct stream_cfg narrow = cfg;
	struct bench b;

	narrow.max_read = 100;
	bench_open_with(&b, &narrow);
	b.server.close_in = CLOSE_BYTES;
	b.server.words = 8 * MIB;
	bench_connect(&b);
	char *ask = mem_zalloc(1000);
	assert_int_equal(side_write(&b.client, ask, 1000), 0);
	mem_free(ask);
	UNTIL(&b, b.client.downs == 1);
	assert_int_equal(b.client.got.len, 8 * MIB);
	bench_close(&b);
}

static void close_in_room(void **state UNUSED)
{
	struct bench b;
	char *words = mem_zalloc(8 * MIB);

	bench_open(&b);
	b.client.close_in = CLOSE_ROOM;
	bench_connect(&b);
	assert_int_equal(side_write(&b.client, words, 8 * MIB), 0);
	UNTIL(&b, b.client.rooms == 1 && b.server.downs == 1);
	assert_int_equal(b.server.got.len, 8 * MIB);
	mem_free(words);
	bench_close(&b);
}

static void close_in_accept(void **state UNUSED)
{
	struct bench b;

	for (int orphan = 0; orphan < 2; orphan++) {
		bench_open(&b);
		b.server.close_in = CLOSE_ACCEPT;
		b.orphan = orphan == 1;
		bench_dial(&b, listener_port(b.listener), &cfg);
		UNTIL(&b, b.client.downs == 1);
		assert_int_equal(b.accepted, 1);
		bench_close(&b);
	}
}

/* A stream that is closed before it was connected says nothing. */
static void close_while_dialling(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	bench_dial(&b, listener_port(b.listener), &cfg);
	side_close(&b.client);
	for (int i = 0; i < 5; i++)
		loop_turn(b.loop, false);
	assert_int_equal(b.client.ups + b.client.downs, 0);
	bench_close(&b);
}

/* ---- what goes wrong ----------------------------------------------------- */

static void refused(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	int port = listener_port(b.listener);
	listener_close(&b.listener);
	loop_turn(b.loop, false);
	bench_dial(&b, port, &cfg);
	UNTIL(&b, b.client.downs == 1);
	assert_int_equal(b.client.rc, -ECONNREFUSED);
	assert_int_equal(b.client.ups, 0);
	bench_close(&b);
}

/* A full backlog makes the kernel drop what knocks. */
static void dial_times_out(void **state UNUSED)
{
	struct stream_cfg impatient = cfg;
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);
	struct bench b;
	int fill[4];

	int fd = socket(AF_INET, SOCK_STREAM, 0);
	address(&a, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a,
			      sizeof(struct sockaddr_in)),
			 0);
	assert_int_equal(listen(fd, 0), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	for (size_t i = 0; i < ARRAY_LEN(fill); i++) {
		fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(fill[i], (struct sockaddr *)&a,
			      sizeof(struct sockaddr_in));
	}
	bench_open(&b);
	impatient.dial_timeout_ms = 50;
	bench_dial(&b, ntohs(((struct sockaddr_in *)&a)->sin_port), &impatient);
	UNTIL(&b, b.client.downs == 1);
	assert_int_equal(b.client.rc, -ETIMEDOUT);
	bench_close(&b);
	for (size_t i = 0; i < ARRAY_LEN(fill); i++)
		close(fill[i]);
	close(fd);
}

/* A reset is told once, never from inside stream_write. */
static void reset_by_peer(void **state UNUSED)
{
	struct linger hard = { .l_onoff = 1 };
	struct sockaddr_storage a;
	struct bench b;

	bench_open(&b);
	address(&a, listener_port(b.listener));
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a,
				 sizeof(struct sockaddr_in)),
			 0);
	UNTIL(&b, b.accepted == 1);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard,
				    sizeof(hard)),
			 0);
	close(fd);
	/* Large enough to be tried at once: the failure is found inside. */
	char *words = mem_zalloc(MIB);
	for (int i = 0; i < 3; i++)
		(void)side_write(&b.server, words, MIB);
	mem_free(words);
	assert_int_equal(b.server.downs, 0);
	UNTIL(&b, b.server.downs == 1);
	assert_true(b.server.rc == -ECONNRESET || b.server.rc == -EPIPE);
	bench_close(&b);
}

static const char *const bad_addresses[] = {
	"",
	"127.0.0.1",
	"127.0.0.1:",
	"127.0.0.1:65536",
	":2775",
	"127.0.0.1:x",
	"[::1:80",
	"nowhere.example:80",
	"256.0.0.1:1",
	"127.0.0.1:-1",
};

static void addresses(void **state UNUSED)
{
	struct listener *ls = NULL;
	struct bench b;
	struct err err;
	char taken[32];

	bench_open(&b);
	for (size_t i = 0; i < ARRAY_LEN(bad_addresses); i++) {
		assert_int_equal(listener_open(&ls, b.loop, bad_addresses[i],
					       &cfg, accepts, &b, &err),
				 -EINVAL);
		assert_non_null(strstr(err.text, bad_addresses[i]));
		assert_null(ls);
	}
	(void)snprintf(taken, sizeof(taken), "localhost:%d",
		       listener_port(b.listener));
	assert_int_equal(listener_open(&ls, b.loop, taken, &cfg, accepts, &b,
				       &err),
			 -EADDRINUSE);
	assert_non_null(strstr(err.text, "address in use"));
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(echo),
		cmocka_unit_test(writes_are_gathered),
		cmocka_unit_test(writes_while_dialling),
		cmocka_unit_test(back_pressure),
		cmocka_unit_test(pause_shows_the_rest),
		cmocka_unit_test(unread_is_bounded),
		cmocka_unit_test(last_words),
		cmocka_unit_test(last_words_end),
		cmocka_unit_test(close_in_up),
		cmocka_unit_test(close_in_bytes),
		cmocka_unit_test(close_in_bytes_with_words),
		cmocka_unit_test(close_in_room),
		cmocka_unit_test(close_in_accept),
		cmocka_unit_test(close_while_dialling),
		cmocka_unit_test(refused),
		cmocka_unit_test(dial_times_out),
		cmocka_unit_test(reset_by_peer),
		cmocka_unit_test(addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
