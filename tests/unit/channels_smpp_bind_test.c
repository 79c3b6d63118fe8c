/* Binds of the SMPP channel: kinds, refusals, and coming back. */
#include "tests/unit/channels_smpp_bench.h"

/* ---- the bind ------------------------------------------------------------- */

static void bind_says_who_we_are(void **state UNUSED)
{
	begin("system_type = \"VMA\"");
	assert_int_equal(seat.window, 100);
	assert_string_equal(seat.why, "bound");
	const struct peer_pdu *b = peer_heard(&peer, SMPP_BIND_TRANSCEIVER, 0);
	assert_int_equal(b->pdu.seq, 1);
	assert_true(str_eqz(b->pdu.system_id, "demo"));
	assert_true(str_eqz(b->pdu.password, "sixteen--letters"));
	assert_true(str_eqz(b->pdu.system_type, "VMA"));
	assert_int_equal(b->pdu.interface_version, 0x34);
	end();
}

static void kinds_of_binds(void **state UNUSED)
{
	static const struct {
		const char *conf;
		unsigned trx, tx, rx, window;
	} rows[] = {
		{ "bind = transceiver", 1, 0, 0, 100 },
		{ "bind = transmitter", 0, 1, 0, 100 },
		{ "bind = receiver", 0, 0, 1, 0 },
		{ "bind = pair", 0, 1, 1, 100 },
		{ "bind = transceiver binds = 3 window = 7", 3, 0, 0, 21 },
		{ "bind = pair binds = 2 window = 7", 0, 2, 2, 14 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		begin(rows[i].conf);
		UNTIL(peer_count(&peer, SMPP_BIND_TRANSCEIVER) == rows[i].trx);
		UNTIL(peer_count(&peer, SMPP_BIND_TRANSMITTER) == rows[i].tx);
		UNTIL(peer_count(&peer, SMPP_BIND_RECEIVER) == rows[i].rx);
		UNTIL(seat.window == rows[i].window);
		if (rows[i].window == 0)
			assert_int_equal(say(1, "x"), -EAGAIN);
		end();
	}
}

static void bind_refusals(void **state UNUSED)
{
	static const struct {
		uint32_t status;
		enum channel_state state;
		const char *why;
		uint64_t least_ms; /* before the second bind */
	} rows[] = {
		{ SMPP_RINVPASWD, CHANNEL_STOPPED, "wrong_password", 0 },
		{ SMPP_RINVSYSID, CHANNEL_STOPPED, "wrong_system_id", 0 },
		{ SMPP_RINVSYSTYP, CHANNEL_STOPPED, "bad_system_type", 0 },
		{ SMPP_RALYBND, CHANNEL_DOWN, "already_bound", 60 },
		{ SMPP_RBINDFAIL, CHANNEL_DOWN, "bind_failed", 5 },
		{ SMPP_RSYSERR, CHANNEL_DOWN, "system_error", 5 },
		{ SMPP_RTHROTTLED, CHANNEL_DOWN, "throttled", 5 },
		{ 0x4F0, CHANNEL_DOWN, "vendor_error", 5 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		begin_as("bind_refusals = 2");
		peer.bind_status = rows[i].status;
		UNTIL(peer_count(&peer, SMPP_BIND_TRANSCEIVER) == 1);
		uint64_t at = clock_mono_ms(&clock_real);
		UNTIL(peer_count(&peer, SMPP_BIND_TRANSCEIVER) == 2);
		assert_true(clock_mono_ms(&clock_real) - at + 2 >=
			    rows[i].least_ms);
		UNTIL(seat.state == rows[i].state && seat.states > 0);
		assert_string_equal(seat.why, rows[i].why);
		if (rows[i].state == CHANNEL_STOPPED) {
			rest(60);
			assert_int_equal(peer_count(&peer,
						    SMPP_BIND_TRANSCEIVER),
					 2);
			/* the operator mends it */
			peer.bind_status = 0;
			seat.ops->rebind(seat.c);
		}
		peer.bind_status = 0;
		assert_true(seat_wait_up(&seat));
		end();
	}
}

static void bind_without_answer(void **state UNUSED)
{
	begin_as("");
	peer.mute_binds = true;
	UNTIL(seat.states > 0);
	assert_string_equal(seat.why, "bind_timeout");
	peer.mute_binds = false;
	assert_true(seat_wait_up(&seat));
	end();
}

static void bind_nacked(void **state UNUSED)
{
	begin_as("");
	peer.mute_binds = true;
	UNTIL(peer_count(&peer, SMPP_BIND_TRANSCEIVER) == 1);
	peer_head(&peer, 0, SMPP_GENERIC_NACK, SMPP_RINVCMDID, 1);
	UNTIL(seat.states > 0);
	assert_string_equal(seat.why, "bad_command");
	peer.mute_binds = false;
	assert_true(seat_wait_up(&seat));
	end();
}

static void nobody_listens(void **state UNUSED)
{
	begin_as("");
	int port = listener_port(peer.listener);
	listener_close(&peer.listener);
	for (unsigned i = 0; i < peer.conns; i++)
		peer_drop(&peer, i);
	UNTIL(seat.states > 0 && seat.state == CHANNEL_DOWN);
	rest(30);
	assert_int_equal(say(1, "x"), -EAGAIN);
	peer_listen(&peer, loop, port);
	assert_true(seat_wait_up(&seat));
	end();
}

/* "localhost" may be ::1 first; the SMSC is at 127.0.0.1 alone. */
static void every_address_is_tried(void **state UNUSED)
{
	char conf[512];

	assert_int_equal(loop_open(&loop, NULL), 0);
	peer_open(&peer, loop);
	(void)snprintf(conf, sizeof(conf),
		       "smpp a { host = \"localhost\" port = %d "
		       "system_id = \"demo\" %s }",
		       listener_port(peer.listener), FAST);
	seat_open(&seat, loop, &smpp_channel_ops, conf);
	assert_true(seat_wait_up(&seat));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bind_says_who_we_are),
		cmocka_unit_test(kinds_of_binds),
		cmocka_unit_test(bind_refusals),
		cmocka_unit_test(bind_without_answer),
		cmocka_unit_test(bind_nacked),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(every_address_is_tried),
	};
	return cmocka_run_group_tests(tests, bench_setup, NULL);
}
