/* Submits of the SMPP channel: windows, answers, parts, outcomes. */
#include "tests/unit/channels_smpp_bench.h"

/* ---- submits -------------------------------------------------------------- */

static void a_message_is_accepted(void **state UNUSED)
{
	begin("source = \"DEMOCARE\"");
	assert_int_equal(say(7, "hello"), 0);
	assert_true(seat_wait_ends(&seat, 1));
	const struct seat_end *e = seat_ended(&seat, 7);
	assert_non_null(e);
	assert_int_equal(e->class, OUTCOME_ACCEPTED);
	assert_true(e->sent);
	assert_true(e->receipt);
	assert_int_equal(e->parts, 1);
	assert_int_equal(e->parts_done, 1);
	assert_string_equal(e->peer_id, "ID1");
	const struct smpp_pdu *s = submit(0);
	assert_int_equal(s->source.ton, 5);
	assert_true(str_eqz(s->source.addr, "DEMOCARE"));
	assert_int_equal(s->dest.ton, 1);
	assert_int_equal(s->dest.npi, 1);
	assert_true(str_eqz(s->dest.addr, "447700900001"));
	assert_int_equal(s->registered_delivery, 1);
	assert_int_equal(s->data_coding, 0);
	assert_true(str_eqz(s->short_message, "hello"));
	end();
}

static void answers_and_outcomes(void **state UNUSED)
{
	static const struct {
		enum peer_answer answer;
		uint32_t status;
		enum outcome_class class;
		const char *reason;
	} rows[] = {
		{ PEER_REFUSES, SMPP_RTHROTTLED, OUTCOME_HOLD, "throttled" },
		{ PEER_REFUSES, SMPP_RMSGQFUL, OUTCOME_RETRY, "queue_full" },
		{ PEER_REFUSES, SMPP_RSYSERR, OUTCOME_RETRY, "system_error" },
		{ PEER_REFUSES, SMPP_RINVSRCADR, OUTCOME_REFUSED,
		  "bad_source" },
		{ PEER_REFUSES, SMPP_RSUBMITFAIL, OUTCOME_REFUSED,
		  "submit_failed" },
		{ PEER_REFUSES, SMPP_RINVDSTADR, OUTCOME_BROKEN,
		  "bad_destination" },
		{ PEER_REFUSES, 0xC2, OUTCOME_BROKEN, "bad_tlv_length" },
		{ PEER_REFUSES, 0x405, OUTCOME_HOLD, "vendor_error" },
		{ PEER_REFUSES, 0x406, OUTCOME_RETRY, "vendor_error" },
		{ PEER_REFUSES, 0x777, OUTCOME_RETRY, "other_error" },
		{ PEER_NACKS, SMPP_RTHROTTLED, OUTCOME_HOLD, "throttled" },
		{ PEER_NACKS, SMPP_RINVCMDID, OUTCOME_REFUSED, "bad_command" },
		{ PEER_NACKS, 0, OUTCOME_RETRY, "ok" },
	};

	begin("status = {\"0x405=hold\"} unknown_status = retry");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		peer.answer = rows[i].answer;
		peer.status = rows[i].status;
		assert_int_equal(say(i, "x"), 0);
		assert_true(seat_wait_ends(&seat, i + 1));
		assert_int_equal(seat.ends[i].attempt, i);
		assert_int_equal(seat.ends[i].class, rows[i].class);
		assert_string_equal(seat.ends[i].reason, rows[i].reason);
		assert_int_equal(seat.ends[i].peer_status, rows[i].status);
		assert_int_equal(seat.ends[i].parts_done, 0);
		assert_true(seat.ends[i].sent);
	}
	assert_int_equal(seat.state, CHANNEL_UP);
	end();
}

static void window_is_never_exceeded(void **state UNUSED)
{
	unsigned sent = 0, more = 0;

	begin("window = 10");
	peer.answer = PEER_IS_MUTE;
	while (say(sent, "x") == 0)
		sent++;
	assert_int_equal(sent, 10);
	UNTIL(peer_count(&peer, SMPP_SUBMIT_SM) == 10);
	rest(20);
	assert_int_equal(peer.open_most, 10);
	/* last in, first answered */
	for (unsigned i = 10; i-- > 5;) {
		peer_resp(&peer, 0, 0, submit(i)->seq, "z");
		assert_true(seat_wait_ends(&seat, 10 - i));
		assert_int_equal(seat.ends[9 - i].attempt, i);
	}
	while (say(100 + more, "x") == 0)
		more++;
	assert_int_equal(more, 5);
	UNTIL(peer_count(&peer, SMPP_SUBMIT_SM) == 15);
	assert_int_equal(peer.open_most, 10);
	/* answers to nothing, and late ones, disturb nobody */
	peer_resp(&peer, 0, 0, 12345, "none");
	peer_resp(&peer, 0, 0, submit(9)->seq, "again");
	peer.open_now += 2;
	rest(20);
	assert_int_equal(seat.nends, 5);
	assert_int_equal(seat.state, CHANNEL_UP);
	end();
}

static void many_messages(void **state UNUSED)
{
	enum { MANY = 2000 };
	uint64_t next = 0;

	begin("window = 50 binds = 2");
	UNTIL(seat.window == 100);
	while (seat.nends < MANY) {
		while (next < MANY && say(next, "x") == 0)
			next++;
		seat_turn(&seat);
	}
	for (uint64_t i = 0; i < MANY; i += 97)
		assert_non_null(seat_ended(&seat, i));
	/* both binds carried their share */
	unsigned first = 0;
	for (unsigned i = 0; i < peer.nheard; i++)
		first += peer.heard[i].pdu.id == SMPP_SUBMIT_SM &&
			 peer.heard[i].conn == 0;
	assert_in_range(first, MANY / 4, MANY * 3 / 4);
	end();
}

static void no_answer_is_unknown(void **state UNUSED)
{
	begin("response_timeout = 2s");
	peer.answer = PEER_IS_MUTE;
	assert_int_equal(say(1, "x"), 0);
	rest(300 / slower()); /* in the link's time, however slow we are */
	assert_int_equal(say(2, "y"), 0);
	assert_int_equal(seat.nends, 0);
	assert_true(seat_wait_ends(&seat, 1));
	assert_int_equal(seat.ends[0].attempt, 1);
	assert_int_equal(seat.ends[0].class, OUTCOME_UNKNOWN);
	assert_string_equal(seat.ends[0].reason, "no_answer");
	assert_true(seat.ends[0].sent);
	assert_int_equal(seat.nends, 1); /* the second has its own time */
	assert_true(seat_wait_ends(&seat, 2));
	/* the answer that comes too late changes nothing */
	peer_resp(&peer, 0, 0, submit(0)->seq, "late");
	rest(20);
	assert_int_equal(seat.nends, 2);
	assert_int_equal(seat.state, CHANNEL_UP);
	end();
}

static void no_answer_as_the_link_says(void **state UNUSED)
{
	begin("response_timeout = 40ms no_answer = retry");
	peer.answer = PEER_IS_MUTE;
	assert_int_equal(say(1, "x"), 0);
	assert_true(seat_wait_ends(&seat, 1));
	assert_int_equal(seat.ends[0].class, OUTCOME_RETRY);
	assert_true(seat.ends[0].sent);
	assert_int_equal(peer.conns, 1);
	end();
	begin("response_timeout = 2s no_answer = rebind");
	peer.answer = PEER_IS_MUTE;
	assert_int_equal(say(1, "x"), 0);
	rest(100 / slower());
	assert_int_equal(say(2, "y"), 0);
	assert_true(seat_wait_ends(&seat, 2));
	assert_int_equal(seat.ends[0].class, OUTCOME_UNKNOWN);
	assert_string_equal(seat.ends[0].reason, "no_answer");
	assert_int_equal(seat.ends[1].class, OUTCOME_UNKNOWN);
	assert_string_equal(seat.ends[1].reason, "connection_lost");
	peer.answer = PEER_TAKES;
	UNTIL(peer.conns == 2);
	assert_true(seat_wait_up(&seat));
	assert_int_equal(say(3, "z"), 0);
	assert_true(seat_wait_ends(&seat, 3));
	assert_int_equal(seat.ends[2].class, OUTCOME_ACCEPTED);
	end();
}

static void throttled_as_the_link_says(void **state UNUSED)
{
	begin("throttle_hold = 60s");
	peer.answer = PEER_REFUSES;
	peer.status = SMPP_RTHROTTLED;
	assert_int_equal(say(1, "x"), 0);
	assert_true(seat_wait_ends(&seat, 1));
	assert_int_equal(seat.ends[0].hold_ms, 60000);
	peer.status = SMPP_RMSGQFUL;
	assert_int_equal(say(2, "x"), 0);
	assert_true(seat_wait_ends(&seat, 2));
	assert_int_equal(seat.ends[1].hold_ms, 0);
	end();
}

static void drop_after_submit_is_unknown(void **state UNUSED)
{
	begin("");
	peer.drops_submits = true;
	for (uint64_t i = 0; i < 5; i++)
		assert_int_equal(say(i, "x"), 0);
	assert_true(seat_wait_ends(&seat, 5));
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(seat.ends[i].attempt, i);
		assert_int_equal(seat.ends[i].class, OUTCOME_UNKNOWN);
		assert_true(seat.ends[i].sent);
	}
	assert_int_equal(say(9, "x"), -EAGAIN);
	peer.drops_submits = false;
	assert_true(seat_wait_up(&seat));
	assert_int_equal(say(10, "x"), 0);
	assert_true(seat_wait_ends(&seat, 6));
	assert_int_equal(seat.ends[5].class, OUTCOME_ACCEPTED);
	end();
}

static void nack_without_number(void **state UNUSED)
{
	begin("");
	peer.answer = PEER_IS_MUTE;
	assert_int_equal(say(1, "x"), 0);
	assert_int_equal(say(2, "x"), 0);
	UNTIL(peer_count(&peer, SMPP_SUBMIT_SM) == 2);
	peer_head(&peer, 0, SMPP_GENERIC_NACK, SMPP_RSYSERR, 0);
	assert_true(seat_wait_ends(&seat, 1));
	assert_int_equal(seat.ends[0].attempt, 1); /* the oldest */
	assert_int_equal(seat.ends[0].class, OUTCOME_RETRY);
	end();
}

static void peer_lost_the_bind(void **state UNUSED)
{
	begin("");
	peer.answer = PEER_REFUSES;
	peer.status = SMPP_RINVBNDSTS;
	assert_int_equal(say(1, "x"), 0);
	assert_true(seat_wait_ends(&seat, 1));
	assert_int_equal(seat.ends[0].class, OUTCOME_REFUSED);
	UNTIL(peer_count(&peer, SMPP_UNBIND) == 1);
	peer.answer = PEER_TAKES;
	UNTIL(peer_count(&peer, SMPP_BIND_TRANSCEIVER) == 2);
	assert_true(seat_wait_up(&seat));
	end();
}

/* ---- long messages -------------------------------------------------------- */

static void parts_are_one_outcome(void **state UNUSED)
{
	begin("");
	assert_int_equal(say(1, long_text(3)), 0);
	assert_true(seat_wait_ends(&seat, 1));
	rest(10);
	assert_int_equal(seat.nends, 1);
	assert_int_equal(seat.ends[0].class, OUTCOME_ACCEPTED);
	assert_int_equal(seat.ends[0].parts, 3);
	assert_int_equal(seat.ends[0].parts_done, 7);
	for (unsigned i = 0; i < 3; i++) {
		const struct smpp_pdu *s = submit(i);
		assert_int_equal(s->esm_class, SMPP_ESM_UDHI);
		assert_memory_equal(s->short_message.p, "\x05\x00\x03", 3);
		assert_int_equal(s->short_message.p[3],
				 submit(0)->short_message.p[3]);
		assert_int_equal(s->short_message.p[4], 3);
		assert_int_equal(s->short_message.p[5], i + 1);
	}
	end();
}

static void a_refused_part_leaves_the_rest(void **state UNUSED)
{
	struct message m = { .id = 99, .parts = 3 };

	begin("");
	m.to = STR("+447700900001");
	m.text = str_of(long_text(3));
	peer.answer = PEER_IS_MUTE;
	assert_int_equal(send_it(1, &m, 0), 0);
	UNTIL(peer_count(&peer, SMPP_SUBMIT_SM) == 3);
	peer_resp(&peer, 0, 0, submit(2)->seq, "c");
	peer_resp(&peer, 0, SMPP_RTHROTTLED, submit(1)->seq, "");
	peer_resp(&peer, 0, 0, submit(0)->seq, "a");
	assert_true(seat_wait_ends(&seat, 1));
	assert_int_equal(seat.ends[0].class, OUTCOME_HOLD);
	assert_int_equal(seat.ends[0].parts_done, 5);
	assert_string_equal(seat.ends[0].peer_id, "a");

	/* the second try sends what is missing, for the same long message */
	peer.answer = PEER_TAKES;
	assert_int_equal(send_it(2, &m, 5), 0);
	assert_true(seat_wait_ends(&seat, 2));
	assert_int_equal(seat.ends[1].class, OUTCOME_ACCEPTED);
	assert_int_equal(seat.ends[1].parts_done, 7);
	assert_int_equal(peer_count(&peer, SMPP_SUBMIT_SM), 4);
	assert_memory_equal(submit(3)->short_message.p,
			    submit(1)->short_message.p, 6);
	end();
}

static void an_unknown_part_makes_all_unknown(void **state UNUSED)
{
	begin("response_timeout = 60ms");
	peer.answer = PEER_IS_MUTE;
	assert_int_equal(say(1, long_text(2)), 0);
	UNTIL(peer_count(&peer, SMPP_SUBMIT_SM) == 2);
	peer_resp(&peer, 0, SMPP_RTHROTTLED, submit(0)->seq, "");
	assert_true(seat_wait_ends(&seat, 1));
	assert_int_equal(seat.ends[0].class, OUTCOME_UNKNOWN);
	assert_int_equal(seat.ends[0].parts_done, 0);
	end();
}

static void more_parts_than_window(void **state UNUSED)
{
	begin("window = 2");
	peer.answer = PEER_IS_MUTE;
	assert_int_equal(say(1, long_text(5)), 0);
	assert_int_equal(say(2, "x"), -EAGAIN);
	for (unsigned i = 0; i < 5; i++) {
		UNTIL(peer_count(&peer, SMPP_SUBMIT_SM) == MIN(i + 2, 5u));
		assert_int_equal(submit(i)->short_message.p[5], i + 1);
		peer_resp(&peer, 0, 0, submit(i)->seq, "z");
	}
	assert_true(seat_wait_ends(&seat, 1));
	assert_int_equal(seat.ends[0].class, OUTCOME_ACCEPTED);
	assert_int_equal(seat.ends[0].parts_done, 31);
	assert_int_equal(peer.open_most, 2);

	/* it waits for its place as a whole otherwise */
	assert_int_equal(say(3, "x"), 0);
	assert_int_equal(say(4, long_text(2)), -EAGAIN);
	end();
}

static void tail_ends_with_the_connection(void **state UNUSED)
{
	begin("window = 2");
	peer.answer = PEER_IS_MUTE;
	assert_int_equal(say(1, long_text(4)), 0);
	UNTIL(peer_count(&peer, SMPP_SUBMIT_SM) == 2);
	peer_resp(&peer, 0, 0, submit(0)->seq, "a");
	UNTIL(peer_count(&peer, SMPP_SUBMIT_SM) == 3);
	peer_drop(&peer, 0);
	assert_true(seat_wait_ends(&seat, 1));
	assert_int_equal(seat.ends[0].class, OUTCOME_UNKNOWN);
	assert_int_equal(seat.ends[0].parts_done, 1);
	rest(20);
	assert_int_equal(seat.nends, 1);

	/* a refused part: those not sent yet are not sent any more */
	assert_true(seat_wait_up(&seat));
	assert_int_equal(say(2, long_text(4)), 0);
	UNTIL(peer_count(&peer, SMPP_SUBMIT_SM) == 5);
	peer_resp(&peer, 1, SMPP_RINVDSTADR, submit(3)->seq, "");
	peer_resp(&peer, 1, 0, submit(4)->seq, "b");
	assert_true(seat_wait_ends(&seat, 2));
	assert_int_equal(seat.ends[1].class, OUTCOME_BROKEN);
	assert_int_equal(seat.ends[1].parts_done, 2);
	assert_int_equal(peer_count(&peer, SMPP_SUBMIT_SM), 5);
	end();
}

static void what_cannot_be_sent(void **state UNUSED)
{
	static const struct {
		const char *to, *from, *text;
		enum outcome_class class;
		const char *reason;
	} rows[] = {
		{ "not a number", "", "x", OUTCOME_BROKEN, "bad_destination" },
		{ "", "", "x", OUTCOME_BROKEN, "bad_destination" },
		{ "ACME", "", "x", OUTCOME_BROKEN, "bad_destination" },
		{ "+447700900001", "Twelve chars", "x", OUTCOME_REFUSED,
		  "bad_source" },
		{ "+447700900001", "Grüße", "x", OUTCOME_REFUSED,
		  "bad_source" },
		{ "+447700900001", "", "\xff", OUTCOME_BROKEN, "bad_text" },
		{ "+447700900001", "", NULL, OUTCOME_BROKEN, "too_long" },
	};

	begin("");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m = { .id = i, .parts = 2 };
		m.to = str_of(rows[i].to);
		m.from = str_of(rows[i].from);
		m.text = str_of(rows[i].text != NULL ? rows[i].text
						     : long_text(11));
		assert_int_equal(send_it(i, &m, 0), 0);
		assert_int_equal(seat.nends, i); /* not from inside send */
		assert_true(seat_wait_ends(&seat, i + 1));
		assert_int_equal(seat.ends[i].class, rows[i].class);
		assert_string_equal(seat.ends[i].reason, rows[i].reason);
		assert_false(seat.ends[i].sent);
	}
	assert_int_equal(peer_count(&peer, SMPP_SUBMIT_SM), 0);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_is_accepted),
		cmocka_unit_test(answers_and_outcomes),
		cmocka_unit_test(window_is_never_exceeded),
		cmocka_unit_test(many_messages),
		cmocka_unit_test(no_answer_is_unknown),
		cmocka_unit_test(no_answer_as_the_link_says),
		cmocka_unit_test(throttled_as_the_link_says),
		cmocka_unit_test(drop_after_submit_is_unknown),
		cmocka_unit_test(nack_without_number),
		cmocka_unit_test(peer_lost_the_bind),
		cmocka_unit_test(parts_are_one_outcome),
		cmocka_unit_test(a_refused_part_leaves_the_rest),
		cmocka_unit_test(an_unknown_part_makes_all_unknown),
		cmocka_unit_test(more_parts_than_window),
		cmocka_unit_test(tail_ends_with_the_connection),
		cmocka_unit_test(what_cannot_be_sent),
	};
	return cmocka_run_group_tests(tests, bench_setup, NULL);
}
