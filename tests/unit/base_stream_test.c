/* Streams and listeners: echo, partial eating, back-pressure, bad peers. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/base_stream_bench.h"

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
		cmocka_unit_test(refused),
		cmocka_unit_test(dial_times_out),
		cmocka_unit_test(reset_by_peer),
		cmocka_unit_test(addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
