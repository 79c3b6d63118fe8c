/* Sessions of the SMPP channel: links, nacks, unbinds, the end. */
#include "channels/smpp/wire.h"
#include "tests/unit/channels_smpp_bench.h"

static void numbers_wrap(void **state UNUSED)
{
	static const uint32_t rows[][2] = { { 0, 1 },
					    { 1, 2 },
					    { 0x7FFFFFFE, 0x7FFFFFFF },
					    { 0x7FFFFFFF, 1 },
					    { 0xFFFFFFFF, 1 } };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(smpp_seq_after(rows[i][0]), rows[i][1]);
}

/* ---- the session ---------------------------------------------------------- */

static void links_both_ways(void **state UNUSED)
{
	begin("enquire_link = 30ms");
	UNTIL(peer_count(&peer, SMPP_ENQUIRE_LINK) >= 3);
	assert_int_equal(seat.state, CHANNEL_UP);
	peer_head(&peer, 0, SMPP_ENQUIRE_LINK, 0, 4242);
	UNTIL(peer_count(&peer, SMPP_ENQUIRE_LINK_RESP) == 1);
	assert_int_equal(peer_heard(&peer, SMPP_ENQUIRE_LINK_RESP, 0)->pdu.seq,
			 4242);
	peer.mute_links = true;
	UNTIL(seat.state == CHANNEL_DOWN);
	assert_string_equal(seat.why, "enquire_link_lost");
	peer.mute_links = false;
	assert_true(seat_wait_up(&seat));
	end();
}

static void link_is_answered_before_the_bind(void **state UNUSED)
{
	begin_as("");
	peer.mute_binds = true;
	UNTIL(peer_count(&peer, SMPP_BIND_TRANSCEIVER) == 1);
	peer_head(&peer, 0, SMPP_ENQUIRE_LINK, 0, 7);
	UNTIL(peer_count(&peer, SMPP_ENQUIRE_LINK_RESP) == 1);
	/* but nothing else is taken yet */
	(void)peer_says(&peer, 0, 0, 0, STR("too early"));
	UNTIL(peer_answered(&peer, peer.seq) == SMPP_RINVBNDSTS);
	assert_int_equal(seat.nnews, 0);
	peer.mute_binds = false;
	assert_true(seat_wait_up(&seat));
	end();
}

static void one_byte_at_a_time(void **state UNUSED)
{
	begin_as("");
	peer.bytewise = true;
	assert_true(SEAT_UNTIL(&seat, 3000, ({
		peer_drip(&peer);
		seat.state == CHANNEL_UP;
	})));
	assert_int_equal(say(1, "x"), 0);
	(void)peer_says(&peer, 0, 0, 0, STR("hi"));
	assert_true(SEAT_UNTIL(&seat, 3000, ({
		peer_drip(&peer);
		seat.nends == 1 && seat.nnews == 1;
	})));
	assert_string_equal(seat.news[0].text, "hi");
	peer.bytewise = false;
	end();
}

static void many_pdus_in_one_read(void **state UNUSED)
{
	begin("");
	peer.answer = PEER_IS_MUTE;
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(say(i, "x"), 0);
	UNTIL(peer_count(&peer, SMPP_SUBMIT_SM) == 3);
	/* one write: a receipt that comes before its response, a link, and
	 * three responses */
	(void)peer_says(&peer, 0, SMPP_ESM_RECEIPT, 0,
			STR("id:B stat:DELIVRD err:000"));
	peer_head(&peer, 0, SMPP_ENQUIRE_LINK, 0, 5);
	for (unsigned i = 0; i < 3; i++)
		peer_resp(&peer, 0, 0, submit(i)->seq, i == 0 ? "A" : "B");
	UNTIL(seat.nends == 3 && seat.nnews == 1);
	assert_string_equal(seat.news[0].peer_id, "B");
	assert_int_equal(seat.news[0].state, MESSAGE_DELIVERED);
	UNTIL(peer_count(&peer, SMPP_ENQUIRE_LINK_RESP) == 1);
	end();
}

static void nacks(void **state UNUSED)
{
	static const struct {
		const char *bytes;
		size_t len;
		uint32_t id;
		uint32_t status;
		uint32_t seq;
	} rows[] = {
		{ "\0\0\0\x10\0\0\x01\x12\0\0\0\0\0\0\0\x05", 16,
		  SMPP_GENERIC_NACK, SMPP_RINVCMDID, 5 },
		{ "\0\0\0\x10\0\0\0\x05\0\0\0\0\0\0\0\x06", 16,
		  SMPP_GENERIC_NACK, SMPP_RINVCMDLEN, 6 },
		{ "\0\0\0\x10\0\0\0\x04\0\0\0\0\0\0\0\x07", 16,
		  SMPP_GENERIC_NACK, SMPP_RINVCMDLEN, 7 },
		{ "\0\0\0\x21\0\0\0\x05\0\0\0\0\0\0\0\x08"
		  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x09",
		  33, SMPP_DELIVER_SM_RESP, SMPP_RINVMSGLEN, 8 },
		{ "\0\0\0\x16\0\0\0\x03\0\0\0\0\0\0\0\x09"
		  "4\0\0\0\0\0",
		  22, SMPP_QUERY_SM_RESP, SMPP_RINVBNDSTS, 9 },
		{ "\0\0\0\x14\0\0\0\x09\0\0\0\0\0\0\0\x0A\0\0\0\x34\0\0\0", 20,
		  SMPP_GENERIC_NACK, SMPP_RINVCMDLEN, 10 },
	};

	begin("");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		unsigned had = peer.nheard;
		peer_write(&peer, 0, str_bytes(rows[i].bytes, rows[i].len));
		UNTIL(peer.nheard > had);
		const struct smpp_pdu *got = &peer.heard[had].pdu;
		assert_int_equal(got->id, rows[i].id);
		assert_int_equal(got->status, rows[i].status);
		assert_int_equal(got->seq, rows[i].seq);
	}
	assert_int_equal(seat.state, CHANNEL_UP);
	end();
}

static void bad_length_ends_the_connection(void **state UNUSED)
{
	static const struct {
		const char *bytes;
		size_t len;
		uint32_t seq;
	} rows[] = {
		{ "\0\0\0\x0F\0\0\0\x15\0\0\0\0\0\0\0\x05", 16, 5 },
		{ "\x7f\xff\xff\xff\0\0\0\x15\0\0\0\0\0\0\0\x06", 16, 6 },
		{ "\0\0\0\0", 4, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		begin("");
		peer_write(&peer, 0, str_bytes(rows[i].bytes, rows[i].len));
		UNTIL(peer.nacks == 1 && peer.conn[0].gone);
		const struct peer_pdu *n =
			peer_heard(&peer, SMPP_GENERIC_NACK, 0);
		assert_int_equal(n->pdu.status, SMPP_RINVCMDLEN);
		assert_int_equal(n->pdu.seq, rows[i].seq);
		UNTIL(peer_count(&peer, SMPP_BIND_TRANSCEIVER) == 2);
		assert_true(seat_wait_up(&seat));
		end();
	}
}

static void too_many_malformed(void **state UNUSED)
{
	begin("malformed = 3");
	for (unsigned i = 1; i <= 3; i++)
		peer_head(&peer, 0, 0x0BAD, 0, i);
	UNTIL(peer.conn[0].gone);
	assert_int_equal(peer.nacks, 3);
	assert_true(seat_wait_up(&seat));
	end();
}

/* Of a bind that lasts for months a few odd PDUs must not be the end. */
static void good_ones_make_up_for_malformed(void **state UNUSED)
{
	begin("malformed = 3");
	for (unsigned round = 1; round <= 6; round++) {
		peer_head(&peer, 0, 0x0BAD, 0, round);
		for (unsigned i = 0; i < 100; i++)
			peer_head(&peer, 0, SMPP_ENQUIRE_LINK, 0, i);
		UNTIL(peer_count(&peer, SMPP_ENQUIRE_LINK_RESP) == 100 * round);
	}
	assert_int_equal(peer.nacks, 6);
	assert_false(peer.conn[0].gone);
	for (unsigned i = 1; i <= 3; i++)
		peer_head(&peer, 0, 0x0BAD, 0, i);
	UNTIL(peer.conn[0].gone);
	end();
}

/* A nack of ours would end a request of the peer's own with that number. */
static void unknown_response_is_not_answered(void **state UNUSED)
{
	begin("malformed = 3");
	peer_head(&peer, 0, 0x80000111, 0, 4); /* broadcast_sm_resp */
	peer_head(&peer, 0, 0x80000111, 8, 5);
	peer_head(&peer, 0, SMPP_ENQUIRE_LINK, 0, 6);
	UNTIL(peer_count(&peer, SMPP_ENQUIRE_LINK_RESP) == 1);
	assert_int_equal(peer.nacks, 0);
	/* but it counts */
	peer_head(&peer, 0, 0x80000111, 0, 7);
	UNTIL(peer.conn[0].gone);
	end();
}

static void peer_unbinds(void **state UNUSED)
{
	begin("");
	peer.answer = PEER_IS_MUTE;
	assert_int_equal(say(1, "x"), 0);
	UNTIL(peer_count(&peer, SMPP_SUBMIT_SM) == 1);
	peer_head(&peer, 0, SMPP_UNBIND, 0, 77);
	UNTIL(seat.state == CHANNEL_DOWN);
	assert_int_equal(say(2, "x"), -EAGAIN);
	/* the window drains first */
	assert_int_equal(peer_count(&peer, SMPP_UNBIND_RESP), 0);
	peer_resp(&peer, 0, 0, submit(0)->seq, "a");
	UNTIL(peer_count(&peer, SMPP_UNBIND_RESP) == 1);
	assert_int_equal(seat.ends[0].class, OUTCOME_ACCEPTED);
	UNTIL(peer_count(&peer, SMPP_BIND_TRANSCEIVER) == 2);
	end();
}

static void rebind_dials_anew(void **state UNUSED)
{
	begin("");
	peer.answer = PEER_IS_MUTE;
	assert_int_equal(say(1, "x"), 0);
	UNTIL(peer_count(&peer, SMPP_SUBMIT_SM) == 1);
	seat.in_ops++;
	seat.ops->rebind(seat.c);
	seat.in_ops--;
	assert_true(seat_wait_ends(&seat, 1));
	assert_int_equal(seat.ends[0].class, OUTCOME_UNKNOWN);
	UNTIL(peer_count(&peer, SMPP_BIND_TRANSCEIVER) == 2);
	assert_true(seat_wait_up(&seat));
	end();
}

static void silence_ends_a_session(void **state UNUSED)
{
	begin("inactivity = 50ms enquire_link = 10ms");
	UNTIL(peer_count(&peer, SMPP_UNBIND) == 1);
	UNTIL(peer_count(&peer, SMPP_BIND_TRANSCEIVER) == 2);
	end();
}

/* ---- the end -------------------------------------------------------------- */

static void close_drains_and_unbinds(void **state UNUSED)
{
	begin("");
	peer.answer = PEER_IS_MUTE;
	assert_int_equal(say(1, "x"), 0);
	UNTIL(peer_count(&peer, SMPP_SUBMIT_SM) == 1);
	seat_close_begin(&seat, 1000);
	assert_int_equal(say(2, "x"), -EAGAIN);
	rest(20);
	assert_int_equal(peer_count(&peer, SMPP_UNBIND), 0);
	uint64_t at = clock_mono_ms(&clock_real);
	peer_resp(&peer, 0, 0, submit(0)->seq, "a");
	UNTIL(seat.done == 1);
	/* as soon as all is said, and without dialling again */
	assert_in_range(clock_mono_ms(&clock_real) - at, 0, 500);
	assert_int_equal(peer_count(&peer, SMPP_BIND_TRANSCEIVER), 1);
	assert_int_equal(seat.ends[0].class, OUTCOME_ACCEPTED);
	assert_int_equal(peer_count(&peer, SMPP_UNBIND), 1);
	end();
}

static void close_gives_up_at_last(void **state UNUSED)
{
	static const uint64_t rows[] = { 0, 60 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		begin("window = 2");
		peer.answer = PEER_IS_MUTE;
		peer.mute_unbinds = true;
		assert_int_equal(say(1, long_text(4)), 0);
		UNTIL(peer_count(&peer, SMPP_SUBMIT_SM) == 2);
		seat_close_begin(&seat, rows[i]);
		UNTIL(seat.done == 1);
		assert_int_equal(seat.nends, 1);
		assert_int_equal(seat.ends[0].class, OUTCOME_UNKNOWN);
		end();
	}
}

static void close_in_any_state(void **state UNUSED)
{
	begin_as("");
	end(); /* while resolving */
	begin_as("");
	peer.mute_binds = true;
	UNTIL(peer_count(&peer, SMPP_BIND_TRANSCEIVER) == 1);
	end(); /* while binding */
	begin_as("");
	peer.bind_status = SMPP_RALYBND;
	UNTIL(seat.states > 0);
	end(); /* while pausing */
	begin("");
	struct message m = { .id = 1 };
	m.to = STR("nonsense");
	m.text = STR("x");
	assert_int_equal(send_it(1, &m, 0), 0);
	seat_close_begin(&seat, 0); /* its end is still to be told */
	UNTIL(seat.done == 1);
	assert_int_equal(seat.nends, 1);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_wrap),
		cmocka_unit_test(links_both_ways),
		cmocka_unit_test(link_is_answered_before_the_bind),
		cmocka_unit_test(one_byte_at_a_time),
		cmocka_unit_test(many_pdus_in_one_read),
		cmocka_unit_test(nacks),
		cmocka_unit_test(bad_length_ends_the_connection),
		cmocka_unit_test(too_many_malformed),
		cmocka_unit_test(good_ones_make_up_for_malformed),
		cmocka_unit_test(unknown_response_is_not_answered),
		cmocka_unit_test(peer_unbinds),
		cmocka_unit_test(rebind_dials_anew),
		cmocka_unit_test(silence_ends_a_session),
		cmocka_unit_test(close_drains_and_unbinds),
		cmocka_unit_test(close_gives_up_at_last),
		cmocka_unit_test(close_in_any_state),
	};
	return cmocka_run_group_tests(tests, bench_setup, NULL);
}
