/* The fake channel does what its settings and its far side say. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/id.h"
#include "base/mem.h"
#include "channels/fake/fake.h"
#include "tests/lib/seat.h"

static struct seat seat;
static struct loop *loop;

static void begin(const char *conf)
{
	assert_int_equal(loop_open(&loop, NULL), 0);
	seat_open(&seat, loop, &fake_channel_ops, conf);
	assert_true(seat_wait_up(&seat));
}

static void end(void)
{
	seat_close(&seat, 50);
	loop_close(&loop);
	assert_int_equal(mem_live_blocks(), 0);
}

static void outcomes(void **state UNUSED)
{
	static const struct {
		const char *conf;
		enum outcome_class class;
		bool receipt;
	} rows[] = {
		{ "fake f { }", OUTCOME_ACCEPTED, true },
		{ "fake f { receipt = none }", OUTCOME_ACCEPTED, false },
		{ "fake f { outcome = delivered }", OUTCOME_DELIVERED, false },
		{ "fake f { outcome = retry }", OUTCOME_RETRY, false },
		{ "fake f { outcome = hold }", OUTCOME_HOLD, false },
		{ "fake f { outcome = refused }", OUTCOME_REFUSED, false },
		{ "fake f { outcome = broken }", OUTCOME_BROKEN, false },
		{ "fake f { outcome = unknown }", OUTCOME_UNKNOWN, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		begin(rows[i].conf);
		assert_int_equal(seat_send(&seat, 7, "+447700900001", "hi"), 0);
		assert_true(seat_wait_ends(&seat, 1));
		assert_int_equal(seat.ends[0].class, rows[i].class);
		assert_int_equal(seat.ends[0].receipt, rows[i].receipt);
		if (rows[i].receipt)
			assert_true(seat_wait_news(&seat, 1));
		assert_int_equal(seat.nnews, rows[i].receipt ? 1 : 0);
		end();
	}
}

static void receipt_names_the_part(void **state UNUSED)
{
	struct message m = { .id = 42, .parts = 3 };
	char id[ID_TEXT];

	begin("fake f { receipt = undelivered  receipt_after = 1ms }");
	/* Part 0 was taken earlier. */
	assert_int_equal(seat.ops->send(seat.c, 1, &m, BIT(0)), 0);
	assert_true(seat_wait_news(&seat, 2));
	assert_int_equal(seat.ends[0].parts, 3);
	assert_int_equal(seat.ends[0].parts_done, 7);
	assert_string_equal(seat.ends[0].peer_id, "");
	id_text(42, id);
	assert_memory_equal(seat.news[0].peer_id, id, strlen(id));
	assert_string_equal(seat.news[0].peer_id + strlen(id), ".1");
	assert_string_equal(seat.news[1].peer_id + strlen(id), ".2");
	assert_int_equal(seat.news[0].state, MESSAGE_UNDELIVERED);
	end();
}

static void script_and_far_side(void **state UNUSED)
{
	begin("fake f { window = 2  delay = 30ms }");
	fake_script(seat.c, OUTCOME_REFUSED, "no_such_user");
	assert_int_equal(seat_send(&seat, 1, "x", "a"), 0);
	assert_int_equal(seat_send(&seat, 2, "x", "a"), 0);
	assert_int_equal(seat_send(&seat, 3, "x", "a"), -EAGAIN);
	assert_true(seat_wait_ends(&seat, 2));
	assert_string_equal(seat.ends[1].reason, "no_such_user");

	fake_far_side(seat.c, false);
	assert_true(SEAT_UNTIL(&seat, 1000, seat.state == CHANNEL_DOWN));
	assert_int_equal(seat_send(&seat, 4, "x", "a"), -EAGAIN);
	seat.ops->rebind(seat.c);
	assert_true(seat_wait_up(&seat));
	assert_int_equal(seat.window, 2);
	end();
}

static void news_come_again_until_stored(void **state UNUSED)
{
	begin("fake f { kind = \"mqtt\" }");
	seat.answer = -ENOSPC;
	fake_hear(seat.c, STR("+447700900001"), STR("1234"), STR("STOP"));
	assert_true(seat_wait_news(&seat, 2));
	seat.answer = 0;
	assert_true(seat_wait_news(&seat, 3));
	assert_int_equal(fake_waiting(seat.c), 0);
	assert_false(SEAT_UNTIL(&seat, 120, seat.nnews > 3));
	assert_string_equal(seat.news[2].text, "STOP");
	assert_int_not_equal(seat.news[0].ticket, seat.news[2].ticket);

	seat.ops->hold(seat.c, true);
	fake_hear(seat.c, STR("+447700900001"), STR("1234"), STR("again"));
	assert_false(SEAT_UNTIL(&seat, 120, seat.nnews > 3));
	seat.ops->hold(seat.c, false);
	assert_true(seat_wait_news(&seat, 4));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes),
		cmocka_unit_test(receipt_names_the_part),
		cmocka_unit_test(script_and_far_side),
		cmocka_unit_test(news_come_again_until_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
