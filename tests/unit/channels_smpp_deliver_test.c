/* What the SMSC delivers: messages, parts and receipts, and that nothing is
 * acknowledged before the gateway has answered. */
#include "tests/unit/channels_smpp_bench.h"

#define UDH8(ref, total, part) "\x05\x00\x03" ref total part
#define UDH16(ref, total, part) "\x06\x08\x04" ref total part

static uint32_t say_part(struct str text)
{
	return peer_says(&peer, 0, SMPP_ESM_UDHI, 0, text);
}

static uint32_t say_sar(uint8_t ref, uint8_t total, uint8_t part,
			const char *text)
{
	const uint8_t bytes[] = { 0, ref, total, part };
	const struct smpp_tlv tlv[] = {
		{ SMPP_TLV_SAR_MSG_REF_NUM, str_bytes(bytes, 2) },
		{ SMPP_TLV_SAR_TOTAL_SEGMENTS, str_bytes(bytes + 2, 1) },
		{ SMPP_TLV_SAR_SEGMENT_SEQNUM, str_bytes(bytes + 3, 1) },
	};
	return peer_deliver(&peer, 0,
			    &(struct smpp_sm){
				    .source = { 1, 1, STR("447700900001") },
				    .dest = { 3, 0, STR("80808") },
				    .text = str_of(text),
				    .tlv = tlv,
				    .tlvs = 3 });
}

static void rebind_now(void)
{
	seat.in_ops++;
	seat.ops->rebind(seat.c);
	seat.in_ops--;
	UNTIL(peer.conns == 2 && peer.conn[1].bound &&
	      seat.state == CHANNEL_UP);
}

/* ---- messages ------------------------------------------------------------- */

static void a_message_comes_up(void **state UNUSED)
{
	begin("tenant = \"acme\"");
	uint32_t seq = peer_says(&peer, 0, 0, 0, STR("STOP"));
	assert_true(seat_wait_news(&seat, 1));
	assert_true(seat.news[0].inbound);
	assert_string_equal(seat.news[0].from, "+447700900001");
	assert_string_equal(seat.news[0].to, "80808");
	assert_string_equal(seat.news[0].text, "STOP");
	assert_string_equal(seat.news[0].tenant, "acme");
	UNTIL(peer_answered(&peer, seq) == SMPP_ROK);
	end();
}

static void no_answer_before_ours(void **state UNUSED)
{
	static const struct {
		int rc;
		uint32_t status;
	} rows[] = {
		{ 0, SMPP_ROK },
		{ -ENOSPC, SMPP_RX_T_APPN },
		{ -EAGAIN, SMPP_RX_T_APPN },
		{ -EINVAL, SMPP_RX_P_APPN },
	};

	begin("");
	seat.keep = true;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint32_t message = peer_says(&peer, 0, 0, 0, STR("hi"));
		uint32_t receipt = peer_says(&peer, 0, SMPP_ESM_RECEIPT, 0,
					     STR("id:1 stat:DELIVRD"));
		assert_true(seat_wait_news(&seat, 2 * i + 2));
		rest(10);
		assert_int_equal(peer_answered(&peer, message), -1);
		assert_int_equal(peer_answered(&peer, receipt), -1);
		/* in any order */
		seat_answer(&seat, seat.news[2 * i + 1].ticket, rows[i].rc);
		UNTIL(peer_answered(&peer, receipt) == rows[i].status);
		assert_int_equal(peer_answered(&peer, message), -1);
		seat_answer(&seat, seat.news[2 * i].ticket, rows[i].rc);
		UNTIL(peer_answered(&peer, message) == rows[i].status);
	}
	end();
}

static void a_dead_ticket_is_ignored(void **state UNUSED)
{
	begin("");
	seat.keep = true;
	uint32_t seq = peer_says(&peer, 0, 0, 0, STR("hi"));
	assert_true(seat_wait_news(&seat, 1));
	peer_drop(&peer, 0);
	UNTIL(peer.conns == 2 && peer.conn[1].bound);
	assert_true(seat_wait_up(&seat));
	seat_answer(&seat, seat.news[0].ticket, 0);
	seat_answer(&seat, 999999, 0);
	rest(20);
	assert_int_equal(peer_answered(&peer, seq), -1);
	end();
}

static void what_may_come_again_says_so(void **state UNUSED)
{
	begin("again = 80ms");
	(void)peer_says(&peer, 0, 0, 0, STR("one"));
	assert_true(seat_wait_news(&seat, 1));
	assert_int_equal(seat.news[0].flags, INBOUND_AGAIN);
	rest(90);
	(void)peer_says(&peer, 0, 0, 0, STR("two"));
	assert_true(seat_wait_news(&seat, 2));
	assert_int_equal(seat.news[1].flags, 0);
	rebind_now();
	(void)peer_says(&peer, 1, 0, 0, STR("three"));
	assert_true(seat_wait_news(&seat, 3));
	assert_int_equal(seat.news[2].flags, INBOUND_AGAIN);
	end();
}

static void held_and_full_are_put_off(void **state UNUSED)
{
	begin("mo_window = 2");
	seat.ops->hold(seat.c, true);
	uint32_t held = peer_says(&peer, 0, 0, 0, STR("hi"));
	peer_head(&peer, 0, SMPP_ENQUIRE_LINK, 0, 5);
	UNTIL(peer_answered(&peer, held) == SMPP_RX_T_APPN);
	UNTIL(peer_count(&peer, SMPP_ENQUIRE_LINK_RESP) == 1);
	assert_int_equal(seat.nnews, 0);
	seat.ops->hold(seat.c, false);

	seat.keep = true;
	(void)peer_says(&peer, 0, 0, 0, STR("1"));
	(void)peer_says(&peer, 0, 0, 0, STR("2"));
	uint32_t third = peer_says(&peer, 0, 0, 0, STR("3"));
	UNTIL(peer_answered(&peer, third) == SMPP_RX_T_APPN);
	assert_int_equal(seat.nnews, 2);
	seat_answer(&seat, seat.news[0].ticket, 0);
	uint32_t again = peer_says(&peer, 0, 0, 0, STR("3"));
	assert_true(seat_wait_news(&seat, 3));
	seat_answer(&seat, seat.news[2].ticket, 0);
	UNTIL(peer_answered(&peer, again) == SMPP_ROK);
	seat_answer(&seat, seat.news[1].ticket, 0);
	end();
}

static void a_transmitter_takes_nothing(void **state UNUSED)
{
	begin("bind = transmitter");
	uint32_t seq = peer_says(&peer, 0, 0, 0, STR("hi"));
	UNTIL(peer_answered(&peer, seq) == SMPP_RINVBNDSTS);
	assert_int_equal(seat.nnews, 0);
	end();
}

static void data_sm_is_a_message_too(void **state UNUSED)
{
	struct buf b;

	begin("");
	buf_init(&b, BUF_NO_LIMIT);
	const struct smpp_sm sm = { .source = { 1, 1, STR("447700900001") },
				    .dest = { 3, 0, STR("80808") },
				    .text = STR("by data") };
	assert_int_equal(smpp_write_data_sm(&b, 77, &sm), 0);
	peer_write(&peer, 0, buf_str(&b));
	buf_done(&b);
	assert_true(seat_wait_news(&seat, 1));
	assert_string_equal(seat.news[0].text, "by data");
	UNTIL(peer_count(&peer, SMPP_DATA_SM_RESP) == 1);
	assert_int_equal(peer_answered(&peer, 77), 0);
	end();
}

/* ---- parts ---------------------------------------------------------------- */

static void parts_are_joined(void **state UNUSED)
{
	static const struct {
		struct str parts[3];
	} rows[] = {
		{ { STR(UDH8("\x07", "\x03", "\x01") "one "),
		    STR(UDH8("\x07", "\x03", "\x02") "two "),
		    STR(UDH8("\x07", "\x03", "\x03") "three") } },
		{ { STR(UDH8("\x07", "\x03", "\x03") "three"),
		    STR(UDH8("\x07", "\x03", "\x01") "one "),
		    STR(UDH8("\x07", "\x03", "\x02") "two ") } },
		{ { STR(UDH16("\x01\x07", "\x03", "\x02") "two "),
		    STR(UDH16("\x01\x07", "\x03", "\x03") "three"),
		    STR(UDH16("\x01\x07", "\x03", "\x01") "one ") } },
	};

	begin("");
	seat.keep = true;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint32_t seq[3];
		for (size_t k = 0; k < 3; k++)
			seq[k] = say_part(rows[i].parts[k]);
		assert_true(seat_wait_news(&seat, i + 1));
		assert_string_equal(seat.news[i].text, "one two three");
		assert_int_equal(seat.news[i].flags & INBOUND_INCOMPLETE, 0);
		rest(10);
		for (size_t k = 0; k < 3; k++)
			assert_int_equal(peer_answered(&peer, seq[k]), -1);
		seat_answer(&seat, seat.news[i].ticket, 0);
		for (size_t k = 0; k < 3; k++)
			UNTIL(peer_answered(&peer, seq[k]) == SMPP_ROK);
	}
	end();
}

static void sar_parts_are_joined(void **state UNUSED)
{
	begin("");
	uint32_t b = say_sar(9, 2, 2, "world");
	uint32_t a = say_sar(9, 2, 1, "hello ");
	assert_true(seat_wait_news(&seat, 1));
	assert_string_equal(seat.news[0].text, "hello world");
	UNTIL(peer_answered(&peer, a) == 0 && peer_answered(&peer, b) == 0);
	end();
}

static void parts_of_two_are_not_mixed(void **state UNUSED)
{
	begin("");
	(void)say_part(STR(UDH8("\x01", "\x02", "\x01") "a1"));
	(void)say_part(STR(UDH8("\x02", "\x02", "\x01") "b1"));
	(void)say_part(STR(UDH16("\x00\x01", "\x02", "\x01") "c1"));
	(void)say_part(STR(UDH8("\x02", "\x02", "\x02") "b2"));
	(void)say_part(STR(UDH8("\x01", "\x02", "\x02") "a2"));
	(void)say_part(STR(UDH16("\x00\x01", "\x02", "\x02") "c2"));
	assert_true(seat_wait_news(&seat, 3));
	assert_string_equal(seat.news[0].text, "b1b2");
	assert_string_equal(seat.news[1].text, "a1a2");
	assert_string_equal(seat.news[2].text, "c1c2");
	end();
}

static void a_part_twice_counts_once(void **state UNUSED)
{
	begin("");
	uint32_t a = say_part(STR(UDH8("\x01", "\x02", "\x01") "a1"));
	uint32_t b = say_part(STR(UDH8("\x01", "\x02", "\x01") "a1"));
	UNTIL(peer.seq == 2);
	rest(10);
	assert_int_equal(seat.nnews, 0);
	uint32_t c = say_part(STR(UDH8("\x01", "\x02", "\x02") "a2"));
	assert_true(seat_wait_news(&seat, 1));
	assert_string_equal(seat.news[0].text, "a1a2");
	UNTIL(peer_answered(&peer, a) == 0 && peer_answered(&peer, b) == 0 &&
	      peer_answered(&peer, c) == 0);
	end();
}

static void missing_parts_time_out(void **state UNUSED)
{
	begin("mo_parts_hold = 60ms mo_parts_wait = 60ms");
	seat.keep = true;
	uint32_t c = say_part(STR(UDH8("\x01", "\x03", "\x03") "end"));
	uint32_t a = say_part(STR(UDH8("\x01", "\x03", "\x01") "begin "));
	assert_true(seat_wait_news(&seat, 1));
	assert_string_equal(seat.news[0].text, "begin end");
	assert_true((seat.news[0].flags & INBOUND_INCOMPLETE) != 0);
	assert_int_equal(peer_answered(&peer, a), -1);
	seat_answer(&seat, seat.news[0].ticket, 0);
	UNTIL(peer_answered(&peer, a) == 0 && peer_answered(&peer, c) == 0);
	end();
}

/* A window of one: the next part comes after the answer to the one before. */
static void a_small_window_does_not_block(void **state UNUSED)
{
	begin("mo_parts_hold = 300ms");
	uint32_t a = say_part(STR(UDH8("\x01", "\x03", "\x01") "1"));
	rest(20);
	assert_int_equal(peer_answered(&peer, a), -1);
	UNTIL(peer_answered(&peer, a) == 0);
	uint64_t at = clock_mono_ms(&clock_real);
	uint32_t b = say_part(STR(UDH8("\x01", "\x03", "\x02") "2"));
	UNTIL(peer_answered(&peer, b) == 0); /* at once now */
	assert_in_range(clock_mono_ms(&clock_real) - at, 0, 250);
	uint32_t c = say_part(STR(UDH8("\x01", "\x03", "\x03") "3"));
	assert_true(seat_wait_news(&seat, 1));
	assert_string_equal(seat.news[0].text, "123");
	UNTIL(peer_answered(&peer, c) == 0);
	end();
}

/* Parts that were acknowledged are offered until they are stored. */
static void acknowledged_parts_are_not_lost(void **state UNUSED)
{
	begin("mo_parts_hold = 10ms");
	seat.keep = true;
	uint32_t a = say_part(STR(UDH8("\x01", "\x02", "\x01") "1"));
	UNTIL(peer_answered(&peer, a) == 0);
	uint32_t b = say_part(STR(UDH8("\x01", "\x02", "\x02") "2"));
	assert_true(seat_wait_news(&seat, 1));
	seat_answer(&seat, seat.news[0].ticket, -ENOSPC);
	assert_true(seat_wait_news(&seat, 2)); /* a second later */
	assert_string_equal(seat.news[1].text, "12");
	assert_int_equal(peer_answered(&peer, b), -1);
	seat_answer(&seat, seat.news[1].ticket, 0);
	UNTIL(peer_answered(&peer, b) == 0);

	/* and on close they come up as they are */
	uint32_t c = say_part(STR(UDH8("\x02", "\x02", "\x01") "left"));
	UNTIL(peer_answered(&peer, c) == 0);
	seat_close_begin(&seat, 500);
	assert_true(seat_wait_news(&seat, 3));
	assert_string_equal(seat.news[2].text, "left");
	assert_true((seat.news[2].flags & INBOUND_INCOMPLETE) != 0);
	seat_answer(&seat, seat.news[2].ticket, 0);
	UNTIL(seat.done == 1);
	end();
}

static void refused_set_refuses_its_parts(void **state UNUSED)
{
	begin("");
	seat.answer = -ENOSPC;
	uint32_t a = say_part(STR(UDH8("\x01", "\x02", "\x01") "1"));
	uint32_t b = say_part(STR(UDH8("\x01", "\x02", "\x02") "2"));
	UNTIL(peer_answered(&peer, a) == SMPP_RX_T_APPN &&
	      peer_answered(&peer, b) == SMPP_RX_T_APPN);
	/* and the SMSC sends them again */
	seat.answer = 0;
	a = say_part(STR(UDH8("\x01", "\x02", "\x01") "1"));
	b = say_part(STR(UDH8("\x01", "\x02", "\x02") "2"));
	UNTIL(peer_answered(&peer, a) == 0 && peer_answered(&peer, b) == 0);
	assert_int_equal(seat.nnews, 2);
	end();
}

static void too_many_sets_are_put_off(void **state UNUSED)
{
	begin("mo_sets = 2");
	(void)say_part(STR(UDH8("\x01", "\x02", "\x01") "1"));
	(void)say_part(STR(UDH8("\x02", "\x02", "\x01") "1"));
	uint32_t c = say_part(STR(UDH8("\x03", "\x02", "\x01") "1"));
	UNTIL(peer_answered(&peer, c) == SMPP_RX_T_APPN);
	(void)say_part(STR(UDH8("\x01", "\x02", "\x02") "2"));
	assert_true(seat_wait_news(&seat, 1));
	c = say_part(STR(UDH8("\x03", "\x02", "\x01") "1"));
	rest(10);
	assert_int_equal(peer_answered(&peer, c), -1); /* it has room now */
	end();
}

/* Parts left over from a broken connection join those sent again. */
static void parts_survive_a_reconnect(void **state UNUSED)
{
	begin("");
	(void)say_part(STR(UDH8("\x01", "\x02", "\x01") "1"));
	rest(10);
	rebind_now();
	uint32_t a = peer_says(&peer, 1, SMPP_ESM_UDHI, 0,
			       STR(UDH8("\x01", "\x02", "\x01") "1"));
	uint32_t b = peer_says(&peer, 1, SMPP_ESM_UDHI, 0,
			       STR(UDH8("\x01", "\x02", "\x02") "2"));
	UNTIL(peer_answered(&peer, a) == 0 && peer_answered(&peer, b) == 0);
	assert_int_equal(seat.nnews, 1);
	assert_string_equal(seat.news[0].text, "12");
	end();
}

/* ---- receipts ------------------------------------------------------------- */

static void receipts_come_in_order(void **state UNUSED)
{
	begin("");
	peer.answer = PEER_IS_MUTE;
	assert_int_equal(say(1, "x"), 0);
	UNTIL(peer_count(&peer, SMPP_SUBMIT_SM) == 1);
	uint32_t early = peer_says(&peer, 0, SMPP_ESM_RECEIPT, 0,
				   STR("id:A stat:DELIVRD err:000"));
	assert_true(seat_wait_news(&seat, 1));
	assert_false(seat.news[0].inbound);
	assert_int_equal(seat.nends, 0); /* its response is still to come */
	UNTIL(peer_answered(&peer, early) == 0);
	peer_resp(&peer, 0, 0, submit(0)->seq, "A");
	assert_true(seat_wait_ends(&seat, 1));
	assert_string_equal(seat.ends[0].peer_id, seat.news[0].peer_id);
	end();
}

static void a_receipt_without_an_id_is_taken(void **state UNUSED)
{
	begin("");
	uint32_t seq = peer_says(&peer, 0, SMPP_ESM_RECEIPT, 0,
				 STR("delivered, thank you"));
	UNTIL(peer_answered(&peer, seq) == SMPP_ROK);
	assert_int_equal(seat.nnews, 0);
	end();
}

static void close_waits_for_our_answers(void **state UNUSED)
{
	begin("");
	seat.keep = true;
	uint32_t a = peer_says(&peer, 0, 0, 0, STR("hi"));
	assert_true(seat_wait_news(&seat, 1));
	seat_close_begin(&seat, 1000);
	rest(20);
	assert_int_equal(peer_count(&peer, SMPP_UNBIND), 0);
	uint32_t b = peer_says(&peer, 0, 0, 0, STR("too late"));
	UNTIL(peer_answered(&peer, b) == SMPP_RX_T_APPN);
	seat_answer(&seat, seat.news[0].ticket, 0);
	UNTIL(seat.done == 1);
	assert_int_equal(peer_answered(&peer, a), SMPP_ROK);
	assert_int_equal(peer_count(&peer, SMPP_UNBIND), 1);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_comes_up),
		cmocka_unit_test(no_answer_before_ours),
		cmocka_unit_test(a_dead_ticket_is_ignored),
		cmocka_unit_test(what_may_come_again_says_so),
		cmocka_unit_test(held_and_full_are_put_off),
		cmocka_unit_test(a_transmitter_takes_nothing),
		cmocka_unit_test(data_sm_is_a_message_too),
		cmocka_unit_test(parts_are_joined),
		cmocka_unit_test(sar_parts_are_joined),
		cmocka_unit_test(parts_of_two_are_not_mixed),
		cmocka_unit_test(a_part_twice_counts_once),
		cmocka_unit_test(missing_parts_time_out),
		cmocka_unit_test(a_small_window_does_not_block),
		cmocka_unit_test(acknowledged_parts_are_not_lost),
		cmocka_unit_test(refused_set_refuses_its_parts),
		cmocka_unit_test(too_many_sets_are_put_off),
		cmocka_unit_test(parts_survive_a_reconnect),
		cmocka_unit_test(receipts_come_in_order),
		cmocka_unit_test(a_receipt_without_an_id_is_taken),
		cmocka_unit_test(close_waits_for_our_answers),
	};
	return cmocka_run_group_tests(tests, bench_setup, NULL);
}
