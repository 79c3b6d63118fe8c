/* The SMPP server: what is delivered to ESMEs, over which bind, and again. */
#include "tests/unit/channels_smpp_server_bench.h"

#include "proto/receipt.h"

static int give_receipt(uint64_t attempt, enum message_state s,
			const char *reason)
{
	const struct str id = STR("0abc");
	const struct smpp_server_receipt r = {
		.message_id = &id,
		.n = 1,
		.source = { 1, 1, STR("447700900001") },
		.dest = { 5, 0, STR("DEMOCARE") },
		.state = s,
		.reason = str_of(reason),
		.submitted_ms = 1795000000000,
		.done_ms = 1795000060000,
	};

	return smpp_server_receipt(server, 0, attempt, &r);
}

static void receipts(void **state UNUSED)
{
	static const struct {
		enum message_state state;
		const char *reason;
		const char *text; /* from "stat" on */
		uint8_t tlv;
		uint32_t error; /* network_error_code; 0: none */
	} rows[] = {
		{ MESSAGE_DELIVERED, "", "stat:DELIVRD err:000 text:", 2, 0 },
		{ MESSAGE_UNDELIVERED, "err-042",
		  "stat:UNDELIV err:042 text:", 5, 0x03002A },
		{ MESSAGE_UNDELIVERED, "absent_subscriber",
		  "stat:UNDELIV err:027 text:", 5, 0x03001B },
		{ MESSAGE_UNDELIVERED, "net-2-9",
		  "stat:UNDELIV err:009 text:", 5, 0x020009 },
		{ MESSAGE_FAILED, "no_route", "stat:UNDELIV err:000 text:", 5,
		  0 },
		{ MESSAGE_EXPIRED, "validity", "stat:EXPIRED err:000 text:", 3,
		  0 },
		{ MESSAGE_REJECTED, "", "stat:REJECTD err:000 text:", 8, 0 },
		{ MESSAGE_SUPPRESSED, "withdrawn",
		  "stat:REJECTD err:000 text:", 8, 0 },
		{ MESSAGE_CANCELLED, "", "stat:DELETED err:000 text:", 4, 0 },
		{ MESSAGE_UNKNOWN, "", "stat:UNKNOWN err:000 text:", 7, 0 },
		{ MESSAGE_SENT, "", "stat:ACCEPTD err:000 text:", 6, 0 },
	};

	begin("");
	struct client *c = bound(0, RX);
	UNTIL(owner.window[0] == 20);
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct receipt_text r;
		uint32_t error = 0;
		struct str id;

		assert_int_equal(give_receipt(100 + i, rows[i].state,
					      rows[i].reason),
				 0);
		UNTIL(owner.ended == i + 1);
		assert_int_equal(owner.attempt[i], 100 + i);
		assert_int_equal(owner.class[i], OUTCOME_DELIVERED);
		const struct smpp_pdu *p = heard(c, SMPP_DELIVER_SM, i);
		assert_int_equal(p->esm_class, SMPP_ESM_RECEIPT);
		assert_true(str_eqz(p->source.addr, "447700900001"));
		assert_true(str_eqz(p->dest.addr, "DEMOCARE"));
		/* our own reader understands it */
		assert_int_equal(receipt_parse(p->short_message, &r), 0);
		assert_true(str_eqz(r.id, "0abc"));
		assert_int_equal(r.state, rows[i].tlv);
		assert_int_equal(r.done_ms, 1795000020000);
		size_t tail = strlen(rows[i].text);
		assert_memory_equal(p->short_message.p + p->short_message.len -
					    tail,
				    rows[i].text, tail);
		assert_true(
			smpp_tlv_text(p, SMPP_TLV_RECEIPTED_MESSAGE_ID, &id));
		assert_true(str_eqz(id, "0abc"));
		assert_int_equal(smpp_tlv_number(p, SMPP_TLV_NETWORK_ERROR_CODE,
						 &error),
				 rows[i].error != 0);
		assert_int_equal(error, rows[i].error);
	}
	end();
}

static void receipts_of_parts(void **state UNUSED)
{
	const struct str ids[] = { STR("0abc-1"), STR("0abc-3") };
	const struct smpp_server_receipt r = {
		.message_id = ids,
		.n = 2,
		.source = { 1, 1, STR("447700900001") },
		.dest = { 5, 0, STR("DEMOCARE") },
		.state = MESSAGE_DELIVERED,
		.reason = STR_NONE,
	};

	begin("");
	struct client *c = bound(0, RX);
	UNTIL(owner.window[0] > 0);
	assert_int_equal(smpp_server_receipt(server, 0, 7, &r), 0);
	UNTIL(owner.ended == 1);
	assert_int_equal(count(c, SMPP_DELIVER_SM), 2);
	assert_non_null(memmem(heard(c, SMPP_DELIVER_SM, 0)->short_message.p, 9,
			       "id:0abc-1", 9));
	assert_non_null(memmem(heard(c, SMPP_DELIVER_SM, 1)->short_message.p, 9,
			       "id:0abc-3", 9));
	end();
}

static void nobody_is_bound(void **state UNUSED)
{
	begin("");
	assert_int_equal(give_receipt(1, MESSAGE_DELIVERED, ""), -EAGAIN);
	(void)bound(0, TX); /* hears nothing */
	rest(10);
	assert_int_equal(give_receipt(1, MESSAGE_DELIVERED, ""), -EAGAIN);
	struct client *rx = bound(1, RX);
	UNTIL(owner.window[0] == 20);
	(void)bound(2, TRX);
	UNTIL(owner.window[0] == 40);
	hang_up(rx);
	UNTIL(owner.window[0] == 20);
	end();
}

static void not_taken(void **state UNUSED)
{
	static const struct {
		uint32_t status;
		const char *reason;
	} rows[] = {
		{ SMPP_RX_T_APPN, "app_temporary" },
		{ SMPP_RMSGQFUL, "queue_full" },
		{ 0x499, "vendor_error" },
	};

	begin("");
	struct client *c = bound(0, TRX);
	UNTIL(owner.window[0] > 0);
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		c->deliver_status = rows[i].status;
		assert_int_equal(give_receipt(i, MESSAGE_DELIVERED, ""), 0);
		UNTIL(owner.ended == i + 1);
		assert_int_equal(owner.class[i], OUTCOME_RETRY);
		assert_string_equal(owner.reason[i], rows[i].reason);
	}
	/* a nack in place of the response */
	c->mute = true;
	assert_int_equal(give_receipt(50, MESSAGE_DELIVERED, ""), 0);
	UNTIL(count(c, SMPP_DELIVER_SM) == 4);
	client_head(c, SMPP_GENERIC_NACK, SMPP_RINVCMDID,
		    heard(c, SMPP_DELIVER_SM, 3)->seq);
	UNTIL(owner.ended == 4);
	assert_int_equal(owner.class[3], OUTCOME_RETRY);
	end();
}

static void no_answer_in_time(void **state UNUSED)
{
	begin("response_timeout = 30ms");
	struct client *c = bound(0, TRX);
	c->mute = true;
	UNTIL(owner.window[0] > 0);
	assert_int_equal(give_receipt(1, MESSAGE_DELIVERED, ""), 0);
	UNTIL(owner.ended == 1);
	assert_int_equal(owner.class[0], OUTCOME_RETRY);
	assert_string_equal(owner.reason[0], "no_answer");
	/* what comes too late is of no use, and does no harm */
	client_head(c, SMPP_DELIVER_SM_RESP, 0,
		    heard(c, SMPP_DELIVER_SM, 0)->seq);
	rest(10);
	assert_int_equal(owner.ended, 1);
	end();
}

/* A bind that hangs delays nothing while another answers. */
static void one_bind_hangs(void **state UNUSED)
{
	begin("response_timeout = 40ms deliver_window = 3");
	struct client *a = bound(0, TRX), *b = bound(1, RX);
	a->mute = true;
	UNTIL(owner.window[0] == 6);
	for (unsigned i = 0; i < 40; i++)
		assert_int_equal(give_receipt(i, MESSAGE_DELIVERED, ""), 0);
	UNTIL(owner.ended == 40);
	for (unsigned i = 0; i < 40; i++)
		assert_int_equal(owner.class[i], OUTCOME_DELIVERED);
	assert_int_equal(count(a, SMPP_DELIVER_SM), 3);
	assert_int_equal(count(b, SMPP_DELIVER_SM), 40);
	/* when both hang it is tried later */
	b->mute = true;
	assert_int_equal(give_receipt(40, MESSAGE_DELIVERED, ""), 0);
	UNTIL(owner.ended == 41);
	assert_int_equal(owner.class[40], OUTCOME_RETRY);
	/* who answers again has all of it, until the other does, too */
	a->mute = false;
	for (unsigned i = 41; i < 60; i++) {
		assert_int_equal(give_receipt(i, MESSAGE_DELIVERED, ""), 0);
		UNTIL(owner.ended == i + 1);
	}
	assert_true(count(a, SMPP_DELIVER_SM) >= 3 + 17);
	end();
}

static void another_bind_takes_over(void **state UNUSED)
{
	begin("");
	struct client *a = bound(0, TRX);
	a->mute = true;
	UNTIL(owner.window[0] > 0);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(give_receipt(i, MESSAGE_DELIVERED, ""), 0);
	UNTIL(count(a, SMPP_DELIVER_SM) == 5);
	hang_up(a);
	rest(20);
	assert_int_equal(owner.ended, 0); /* they wait for the next */
	struct client *b = bound(1, RX);
	UNTIL(owner.ended == 5);
	assert_int_equal(count(b, SMPP_DELIVER_SM), 5);
	end();
}

static void least_loaded(void **state UNUSED)
{
	begin("deliver_window = 4");
	struct client *a = bound(0, TRX), *b = bound(1, RX);
	a->mute = b->mute = true;
	UNTIL(owner.window[0] == 8);
	for (unsigned i = 0; i < 10; i++)
		assert_int_equal(give_receipt(i, MESSAGE_DELIVERED, ""), 0);
	UNTIL(count(a, SMPP_DELIVER_SM) == 4 && count(b, SMPP_DELIVER_SM) == 4);
	rest(10); /* the windows are full */
	assert_int_equal(count(a, SMPP_DELIVER_SM), 4);
	for (unsigned i = 0; i < 3; i++)
		client_head(a, SMPP_DELIVER_SM_RESP, 0,
			    heard(a, SMPP_DELIVER_SM, i)->seq);
	UNTIL(count(a, SMPP_DELIVER_SM) == 6);
	end();
}

static void older_peers_get_no_tlvs(void **state UNUSED)
{
	struct buf b;

	begin("");
	struct client *c = dial(0);
	buf_init(&b, 512);
	assert_int_equal(smpp_write_bind(&b, TRX, ++c->seq,
					 &(struct smpp_bind){
						 STR("demo"),
						 STR("secret"),
						 STR_NONE,
						 0x33,
						 { 0, 0, STR_NONE } }),
			 0);
	client_write(c, buf_str(&b));
	buf_done(&b);
	UNTIL(c->n == 1);
	assert_int_equal(heard(c, TRX | SMPP_RESP, 0)->tlvs, 0);
	UNTIL(owner.window[0] > 0);
	assert_int_equal(give_receipt(1, MESSAGE_DELIVERED, ""), 0);
	UNTIL(owner.ended == 1);
	assert_int_equal(heard(c, SMPP_DELIVER_SM, 0)->tlvs, 0);
	end();
}

static void inbound(void **state UNUSED)
{
	static const struct {
		const char *charset, *text;
		unsigned pdus;
		uint8_t dc;
		const char *first; /* bytes of the first, behind its UDH */
		size_t len;
	} rows[] = {
		{ "gsm7", "yes", 1, 0, "yes", 3 },
		{ "gsm7", "5 €", 1, 0, "5 \x1b\x65", 4 },
		{ "gsm7", "你好", 1, 8, "\x4f\x60\x59\x7d", 4 },
		{ "latin1", "café", 1, 0, "caf\xe9", 4 },
		/* of GSM, but not of Latin-1 */
		{ "latin1", "5 €", 1, 8, "\0005\0 \x20\xac", 6 },
		{ "gsm7-packed", "hellohello", 1, 0,
		  "\xe8\x32\x9b\xfd\x46\x97\xd9\xec\x37", 9 },
		{ "gsm7",
		  "0123456789012345678901234567890123456789012345678901234567"
		  "8901234567890123456789012345678901234567890123456789012345"
		  "678901234567890123456789012345678901234567890123456789",
		  2, 0, "0123456789", 10 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char file[256];

		(void)snprintf(file, sizeof(file), ACCOUNT "charset = %s }",
			       rows[i].charset);
		begin_with("", file);
		struct client *c = bound(0, TRX);
		UNTIL(owner.window[0] > 0);
		assert_int_equal(smpp_server_inbound(server, 0, 9,
						     STR("+447700900001"),
						     STR("99900"),
						     str_of(rows[i].text)),
				 0);
		UNTIL(owner.ended == 1);
		assert_int_equal(owner.class[0], OUTCOME_DELIVERED);
		assert_int_equal(count(c, SMPP_DELIVER_SM), rows[i].pdus);
		const struct smpp_pdu *p = heard(c, SMPP_DELIVER_SM, 0);
		size_t udh = rows[i].pdus > 1 ? 6 : 0;
		assert_int_equal(p->esm_class, udh > 0 ? SMPP_ESM_UDHI : 0);
		assert_int_equal(p->data_coding, rows[i].dc);
		assert_int_equal(p->source.ton, 1);
		assert_true(str_eqz(p->source.addr, "447700900001"));
		assert_int_equal(p->dest.ton, 3);
		assert_true(str_eqz(p->dest.addr, "99900"));
		if (udh > 0)
			assert_memory_equal(p->short_message.p, "\5\0\3", 3);
		else
			assert_int_equal(p->short_message.len, rows[i].len);
		assert_memory_equal(p->short_message.p + udh, rows[i].first,
				    rows[i].len);
		end();
	}
}

/* Longer than parts can carry: one message_payload. */
static void inbound_too_long_for_parts(void **state UNUSED)
{
	static char text[6001];

	memset(text, 'x', sizeof(text) - 1);
	begin("");
	struct client *c = bound(0, TRX);
	UNTIL(owner.window[0] > 0);
	assert_int_equal(smpp_server_inbound(server, 0, 9, STR("+447700900001"),
					     STR("99900"), str_of(text)),
			 0);
	UNTIL(owner.ended == 1);
	assert_int_equal(count(c, SMPP_DELIVER_SM), 1);
	assert_int_equal(smpp_text(heard(c, SMPP_DELIVER_SM, 0)).len, 12000);
	assert_int_equal(
		smpp_server_inbound(server, 0, 9,
				    STR("a-name-that-no-address-holds"),
				    STR("99900"), STR("x")),
		-EINVAL);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(receipts),
		cmocka_unit_test(receipts_of_parts),
		cmocka_unit_test(nobody_is_bound),
		cmocka_unit_test(not_taken),
		cmocka_unit_test(no_answer_in_time),
		cmocka_unit_test(one_bind_hangs),
		cmocka_unit_test(another_bind_takes_over),
		cmocka_unit_test(least_loaded),
		cmocka_unit_test(older_peers_get_no_tlvs),
		cmocka_unit_test(inbound),
		cmocka_unit_test(inbound_too_long_for_parts),
	};
	return cmocka_run_group_tests(tests, bench_setup, NULL);
}
