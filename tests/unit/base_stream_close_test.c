/* Closing streams: last words, and closing inside every callback. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_words),
		cmocka_unit_test(last_words_end),
		cmocka_unit_test(close_in_up),
		cmocka_unit_test(close_in_bytes),
		cmocka_unit_test(close_in_bytes_with_words),
		cmocka_unit_test(close_in_room),
		cmocka_unit_test(close_in_accept),
		cmocka_unit_test(close_while_dialling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
