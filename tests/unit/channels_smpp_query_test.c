/* query_sm: what the SMSC says became of a message. */
#include "tests/unit/channels_smpp_bench.h"

static int ask(uint64_t token, const char *id, const char *from)
{
	seat.in_ops++;
	int rc = seat.ops->query(seat.c, token, str_of(id), str_of(from));
	seat.in_ops--;
	return rc;
}

static void respond(unsigned n, const char *date, uint8_t state, uint8_t error)
{
	const struct smpp_pdu *q = &peer_heard(&peer, SMPP_QUERY_SM, n)->pdu;
	struct buf b;

	buf_init(&b, 256);
	assert_int_equal(smpp_write_query_resp(&b, q->seq, q->message_id,
					       str_of(date), state, error),
			 0);
	peer_write(&peer, 0, buf_str(&b));
	buf_done(&b);
}

static void what_the_smsc_says(void **state UNUSED)
{
	static const struct {
		uint8_t state, error;
		const char *date;
		enum message_state got;
		const char *reason;
		int64_t done_ms;
	} rows[] = {
		{ 2, 0, "261122104000000+", MESSAGE_DELIVERED, "",
		  INT64_C(1795344000000) },
		{ 2, 9, "", MESSAGE_DELIVERED, "", 0 },
		{ 1, 0, "", MESSAGE_SUBMITTED, "", 0 },
		{ 6, 0, "", MESSAGE_SUBMITTED, "", 0 },
		{ 3, 0, "nonsense", MESSAGE_EXPIRED, "", 0 },
		{ 5, 42, "", MESSAGE_UNDELIVERED, "err-042", 0 },
		{ 8, 255, "", MESSAGE_REJECTED, "err-255", 0 },
		{ 7, 0, "", MESSAGE_UNKNOWN, "", 0 },
		{ 0, 0, "", MESSAGE_UNKNOWN, "", 0 },
	};
	begin("source = \"DEMOCARE\"");
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(ask(100 + i, "ab12", i == 0 ? "" : "80808"),
				 0);
		UNTIL(peer_count(&peer, SMPP_QUERY_SM) == i + 1);
		respond(i, rows[i].date, rows[i].state, rows[i].error);
		UNTIL(seat.nanswers == i + 1);
		assert_int_equal(seat.answers[i].token, 100 + i);
		assert_true(seat.answers[i].known);
		assert_int_equal(seat.answers[i].state, rows[i].got);
		assert_string_equal(seat.answers[i].reason, rows[i].reason);
		assert_int_equal(seat.answers[i].done_ms, rows[i].done_ms);
		assert_string_equal(seat.answers[i].peer_id, "ab12");
	}
	/* the sender is that of the message, or of the link */
	const struct smpp_pdu *q = &peer_heard(&peer, SMPP_QUERY_SM, 0)->pdu;
	assert_true(str_eqz(q->message_id, "ab12"));
	assert_true(str_eqz(q->source.addr, "DEMOCARE"));
	assert_int_equal(q->source.ton, SMPP_TON_ALPHANUMERIC);
	q = &peer_heard(&peer, SMPP_QUERY_SM, 1)->pdu;
	assert_true(str_eqz(q->source.addr, "80808"));
	end();
}

/* Refused, nacked, late: nothing is learnt, and told once. */
static void nothing_is_learnt(void **state UNUSED)
{
	begin("response_timeout = 40ms");
	assert_int_equal(ask(1, "a", ""), 0);
	assert_int_equal(ask(2, "b", ""), 0);
	assert_int_equal(ask(3, "c", ""), 0);
	UNTIL(peer_count(&peer, SMPP_QUERY_SM) == 3);
	peer_head(&peer, 0, SMPP_QUERY_SM_RESP, SMPP_RQUERYFAIL,
		  peer_heard(&peer, SMPP_QUERY_SM, 1)->pdu.seq);
	peer_head(&peer, 0, SMPP_GENERIC_NACK, SMPP_RINVCMDID,
		  peer_heard(&peer, SMPP_QUERY_SM, 0)->pdu.seq);
	UNTIL(seat.nanswers == 2);
	assert_int_equal(seat.answers[0].token, 2);
	assert_int_equal(seat.answers[1].token, 1);
	UNTIL(seat.nanswers == 3);
	assert_int_equal(seat.answers[2].token, 3);
	for (unsigned i = 0; i < 3; i++)
		assert_false(seat.answers[i].known);
	assert_int_equal(seat.state, CHANNEL_UP);
	end();
}

/* Questions have places in the window like submits, and come after them. */
static void in_the_window(void **state UNUSED)
{
	begin("window = 2");
	peer.answer = PEER_IS_MUTE;
	assert_int_equal(say(1, "x"), 0);
	assert_int_equal(ask(1, "a", ""), 0);
	assert_int_equal(ask(2, "b", ""), -EAGAIN);
	assert_int_equal(say(2, "x"), -EAGAIN);
	UNTIL(peer_count(&peer, SMPP_QUERY_SM) == 1);
	respond(0, "", 2, 0);
	UNTIL(seat.nanswers == 1);
	/* the rest of a long message goes on when an answer makes room */
	struct message m = { .id = 5, .parts = 2 };
	m.to = STR("+447700900001");
	m.text = str_of(long_text(2));
	peer_resp(&peer, 0, 0, submit(0)->seq, "A");
	UNTIL(seat.nends == 1);
	assert_int_equal(ask(3, "c", ""), 0);
	assert_int_equal(send_it(3, &m, 0), -EAGAIN);
	UNTIL(peer_count(&peer, SMPP_QUERY_SM) == 2);
	respond(1, "", 2, 0);
	UNTIL(seat.nanswers == 2);
	assert_int_equal(send_it(3, &m, 0), 0);
	UNTIL(peer_count(&peer, SMPP_SUBMIT_SM) == 3);
	assert_int_equal(ask(4, "", ""), -EAGAIN);
	end();
}

static void not_askable(void **state UNUSED)
{
	char id[80];

	begin("");
	memset(id, 'x', sizeof(id));
	id[65] = '\0';
	assert_int_equal(ask(1, "", ""), -EINVAL);
	assert_int_equal(ask(1, id, ""), -EINVAL);
	id[64] = '\0';
	assert_int_equal(ask(1, id, "Twelve chars"), -EINVAL);
	assert_int_equal(ask(1, id, ""), 0);
	UNTIL(peer_count(&peer, SMPP_QUERY_SM) == 1);
	end();
	begin("bind = receiver");
	assert_int_equal(ask(1, "a", ""), -EAGAIN);
	end();
}

/* The number alone is not enough: a response answers its own kind. */
static void another_kind_of_answer(void **state UNUSED)
{
	begin("");
	peer.answer = PEER_IS_MUTE;
	assert_int_equal(say(1, "x"), 0);
	assert_int_equal(ask(2, "a", ""), 0);
	UNTIL(peer_count(&peer, SMPP_QUERY_SM) == 1);
	uint32_t query = peer_heard(&peer, SMPP_QUERY_SM, 0)->pdu.seq;
	peer_resp(&peer, 0, 0, query, "m1");
	peer_head(&peer, 0, SMPP_QUERY_SM_RESP, SMPP_ROK, submit(0)->seq);
	peer_head(&peer, 0, SMPP_ENQUIRE_LINK, 0, 5);
	UNTIL(peer_count(&peer, SMPP_ENQUIRE_LINK_RESP) == 1);
	assert_int_equal(seat.nends, 0);
	assert_int_equal(seat.nanswers, 0);
	peer_resp(&peer, 0, 0, submit(0)->seq, "m1");
	respond(0, "", 2, 0);
	UNTIL(seat.nends == 1 && seat.nanswers == 1);
	assert_int_equal(seat.ends[0].class, OUTCOME_ACCEPTED);
	assert_true(seat.answers[0].known);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_smsc_says),
		cmocka_unit_test(nothing_is_learnt),
		cmocka_unit_test(another_kind_of_answer),
		cmocka_unit_test(in_the_window),
		cmocka_unit_test(not_askable),
	};
	return cmocka_run_group_tests(tests, bench_setup, NULL);
}
