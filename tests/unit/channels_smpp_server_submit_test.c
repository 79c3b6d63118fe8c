/* The SMPP server: what ESMEs ask for. */
#include "tests/unit/channels_smpp_server_bench.h"

#include "proto/receipt.h"

/* ---- submit_sm ------------------------------------------------------------ */

/* Rows change the plain submit: NULL and 0 leave it. */
static const struct {
	const char *source;
	uint8_t source_ton;
	const char *dest;
	uint8_t dest_ton;
	uint8_t esm, dc;
	const char *text;
	size_t len;
	const char *schedule, *validity;
	uint32_t status;
	const char *from, *to, *utf8;
} submit_rows[] = {
	{ .from = "DEMOCARE", .to = "+447700900001", .utf8 = "hello" },
	/* addresses */
	{ .dest = "+447700900002", .to = "+447700900002" },
	{ .dest = "447700900002", .dest_ton = 0, .to = "+447700900002" },
	{ .dest = "07700900002", .dest_ton = 2, .to = "+447700900002" },
	{ .dest = "80808", .dest_ton = 3, .to = "80808" },
	{ .source = "99901", .source_ton = 1, .from = "99901" },
	{ .source = "+99900", .source_ton = 1, .from = "+99900" },
	{ .source = "", .source_ton = 0, .from = "DEMOCARE" },
	{ .source = "OTHER", .source_ton = 5, .status = SMPP_RINVSRCADR },
	{ .source = "DEMOCAR", .source_ton = 5, .status = SMPP_RINVSRCADR },
	{ .dest = "", .status = SMPP_RINVDSTADR },
	/* charsets */
	{ .dc = 8, .text = "\x4f\x60\x59\x7d", .len = 4, .utf8 = "你好" },
	{ .dc = 3, .text = "caf\xe9", .len = 4, .utf8 = "café" },
	{ .dc = 0, .text = "\x1b\x65 5\x05", .len = 5, .utf8 = "€ 5é" },
	{ .dc = 1, .text = "a[b@c", .len = 5, .utf8 = "a[b@c" },
	{ .dc = 1, .text = "5\x1b\x65\x5b", .len = 4, .utf8 = "5€Ä" },
	{ .dc = 4, .text = "\1\2", .len = 2, .status = SMPP_RINVDCS },
	{ .dc = 0xF5, .text = "\1\2", .len = 2, .status = SMPP_RINVDCS },
	/* what would be lost is refused */
	{ .esm = SMPP_ESM_UDHI,
	  .text = "\6\5\4\x0b\x84\x23\xf0hi",
	  .len = 9,
	  .status = SMPP_RINVESMCLASS },
	{ .esm = SMPP_ESM_UDHI,
	  .text = "\x7fhi",
	  .len = 3,
	  .status = SMPP_RINVESMCLASS },
	{ .esm = SMPP_ESM_ACK, .status = SMPP_RINVESMCLASS },
	{ .esm = 3, .utf8 = "hello" }, /* store and forward */
	/* times */
	{ .schedule = "261231235900000+", .utf8 = "hello" },
	{ .schedule = "261331235900000+", .status = SMPP_RINVSCHED },
	{ .validity = "000001000000000R", .utf8 = "hello" },
	{ .validity = "000001000000000X", .status = SMPP_RINVEXPIRY },
};

static void submits(void **state UNUSED)
{
	begin_with("", ACCOUNT "country = 44 }");
	struct client *c = bound(0, TRX);
	for (size_t i = 0; i < ARRAY_LEN(submit_rows); i++) {
		const __typeof__(submit_rows[0]) *r = &submit_rows[i];
		struct smpp_sm sm = plain_sm;
		unsigned had = owner.n;

		if (r->source != NULL)
			sm.source = (struct smpp_addr){ r->source_ton, 0,
							str_of(r->source) };
		if (r->dest != NULL)
			sm.dest = (struct smpp_addr){ r->dest_ton, 1,
						      str_of(r->dest) };
		if (r->text != NULL)
			sm.text = str_bytes(r->text, r->len);
		sm.esm_class = r->esm;
		sm.data_coding = r->dc;
		sm.schedule = str_of(r->schedule);
		sm.validity = str_of(r->validity);
		uint32_t status = submit_status(c, &sm);
		if (status != r->status)
			fail_msg("row %zu: status %#x", i, status);
		assert_int_equal(owner.n - had, r->status == 0);
		if (r->status != 0)
			continue;
		const struct asked *a = &owner.asked[had];
		if (r->from != NULL)
			assert_string_equal(a->from, r->from);
		if (r->to != NULL)
			assert_string_equal(a->to, r->to);
		if (r->utf8 != NULL)
			assert_string_equal(a->text, r->utf8);
		assert_int_equal(a->send_at_ms != 0, r->schedule != NULL);
		assert_int_equal(a->valid_until_ms != 0, r->validity != NULL);
		assert_int_equal(a->registered, 1);
	}
	end();
}

static void odd_fields(void **state UNUSED)
{
	static const struct {
		uint8_t replace, default_id;
		size_t len;
		uint32_t status;
	} rows[] = {
		{ 1, 0, 5, SMPP_RINVSUBREP },
		{ 0, 7, 5, SMPP_RINVDFTMSGID },
		{ 0, 0, 0, SMPP_RINVMSGLEN },
		{ 0, 0, 2000, 0 }, /* as a message_payload */
	};
	static char text[2000];

	memset(text, 'x', sizeof(text));
	begin("");
	struct client *c = bound(0, TRX);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct smpp_sm sm = plain_sm;

		sm.replace_if_present = rows[i].replace;
		sm.default_msg_id = rows[i].default_id;
		sm.text = str_bytes(text, rows[i].len);
		assert_int_equal(submit_status(c, &sm), rows[i].status);
	}
	end();
}

static void any_sender_and_none(void **state UNUSED)
{
	static const struct {
		const char *senders, *source;
		uint32_t status;
		const char *from;
	} rows[] = {
		{ "{\"*\"}", "ANYBODY", 0, "ANYBODY" },
		{ "{\"*\"}", "", 0, "" },
		{ "{}", "ANYBODY", SMPP_RINVSRCADR, NULL },
		{ "{}", "", 0, "" },
		{ "{\"9*\", \"ME\"}", "", 0, "ME" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char file[256];
		struct smpp_sm sm = plain_sm;

		(void)snprintf(file, sizeof(file),
			       "esme demo { password = secret class = service "
			       "allow = {\"127.0.0.1\"} senders = %s }",
			       rows[i].senders);
		begin_with("", file);
		struct client *c = bound(0, TRX);
		sm.source = (struct smpp_addr){ 5, 0, str_of(rows[i].source) };
		assert_int_equal(submit_status(c, &sm), rows[i].status);
		if (rows[i].status == 0)
			assert_string_equal(owner.asked[0].from, rows[i].from);
		end();
	}
}

static void parts(void **state UNUSED)
{
	static const struct smpp_tlv sar[] = {
		{ SMPP_TLV_SAR_MSG_REF_NUM, { "\x12\x34", 2 } },
		{ SMPP_TLV_SAR_TOTAL_SEGMENTS, { "\3", 1 } },
		{ SMPP_TLV_SAR_SEGMENT_SEQNUM, { "\2", 1 } },
	};
	static const struct {
		uint8_t esm;
		const char *text;
		size_t len;
		const struct smpp_tlv *tlv;
		unsigned total, part, ref;
		const char *utf8;
	} rows[] = {
		{ SMPP_ESM_UDHI, "\5\0\3\x2a\2\1one", 9, NULL, 2, 1, 0x2a,
		  "one" },
		{ SMPP_ESM_UDHI, "\6\x08\4\1\2\4\4four", 11, NULL, 4, 4, 0x102,
		  "four" },
		{ 0, "sar", 3, sar, 3, 2, 0x1234, "sar" },
		{ 0, "whole", 5, NULL, 1, 1, 0, "whole" },
	};

	begin("");
	struct client *c = bound(0, TRX);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct smpp_sm sm = plain_sm;

		sm.esm_class = rows[i].esm;
		sm.text = str_bytes(rows[i].text, rows[i].len);
		sm.tlv = rows[i].tlv;
		sm.tlvs = rows[i].tlv == NULL ? 0 : 3;
		assert_int_equal(submit_status(c, &sm), 0);
		assert_int_equal(owner.asked[i].total, rows[i].total);
		assert_int_equal(owner.asked[i].part, rows[i].part);
		assert_int_equal(owner.asked[i].ref, rows[i].ref);
		assert_string_equal(owner.asked[i].text, rows[i].utf8);
	}
	end();
}

static void statuses_go_down(void **state UNUSED)
{
	static const uint32_t rows[] = { SMPP_RMSGQFUL, SMPP_RSUBMITFAIL, 0x431,
					 SMPP_ROK };

	begin("");
	struct client *c = bound(0, TRX);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		owner.status = rows[i];
		assert_int_equal(submit_status(c, &plain_sm), rows[i]);
		const struct smpp_pdu *p =
			heard(c, SMPP_SUBMIT_SM_RESP, (unsigned)i);
		assert_int_equal(p->message_id.len > 0, rows[i] == 0);
	}
	end();
}

/* ---- the other requests --------------------------------------------------- */

static void data_sm(void **state UNUSED)
{
	struct smpp_sm sm = plain_sm;
	struct buf b;

	begin("");
	struct client *c = bound(0, TX);
	buf_init(&b, BUF_NO_LIMIT);
	assert_int_equal(smpp_write_data_sm(&b, ++c->seq, &sm), 0);
	client_write(c, buf_str(&b));
	buf_done(&b);
	UNTIL(count(c, SMPP_DATA_SM_RESP) == 1);
	assert_true(str_eqz(heard(c, SMPP_DATA_SM_RESP, 0)->message_id, "m1"));
	assert_string_equal(owner.asked[0].text, "hello");
	end();
}

/* submit_multi by hand: nobody of ours writes one. */
static void put_multi(struct buf *b, uint32_t seq, unsigned dests, bool list)
{
	size_t at = b->len;

	buf_u32(b, 0);
	buf_u32(b, SMPP_SUBMIT_MULTI);
	buf_u32(b, 0);
	buf_u32(b, seq);
	buf_put(b, "\0\5\0DEMOCARE", 12);
	buf_u8(b, (uint8_t)(dests + (list ? 1 : 0)));
	for (unsigned i = 0; i < dests; i++) {
		buf_put(b, "\1\1\1", 3);
		buf_f(b, "4477009%05u", i);
		buf_u8(b, 0);
	}
	if (list)
		buf_put(b, "\2friends", 9);
	buf_put(b, "\0\0\0\0\0\1\0\0\0\2hi", 12);
	uint32_t len = (uint32_t)(b->len - at);
	for (unsigned i = 0; i < 4; i++)
		b->p[at + i] = (char)(len >> (24 - 8 * i));
}

static void submit_multi(void **state UNUSED)
{
	static const struct {
		unsigned dests;
		bool list;
		uint32_t status;
	} rows[] = {
		{ 2, false, 0 },
		{ 2, true, 0 },
		{ 254, false, 0 },
		{ 255, false, SMPP_RINVNUMDESTS },
		{ 0, false, SMPP_RINVNUMDESTS },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf b;

		begin("");
		struct client *c = bound(0, TRX);
		buf_init(&b, BUF_NO_LIMIT);
		put_multi(&b, 42, rows[i].dests, rows[i].list);
		client_write(c, buf_str(&b));
		buf_done(&b);
		UNTIL(count(c, SMPP_SUBMIT_MULTI_RESP) == 1);
		const struct smpp_pdu *p = heard(c, SMPP_SUBMIT_MULTI_RESP, 0);
		assert_int_equal(p->status, rows[i].status);
		assert_int_equal(p->seq, 42);
		if (rows[i].status == 0) {
			const struct asked *a = &owner.asked[0];
			struct smpp_dest d;
			size_t at = 0;

			assert_int_equal(a->ndests,
					 rows[i].dests + rows[i].list);
			assert_string_equal(a->to, "+447700900000");
			if (rows[i].list)
				assert_int_equal(a->dest_status[2],
						 SMPP_RCNTSUBDL);
			/* the owner of the bench refuses one */
			assert_int_equal(p->dests, 1);
			assert_true(smpp_dest_next(p, &at, &d));
			assert_int_equal(d.status, SMPP_RINVDSTADR);
		}
		end();
	}
}

static void query_cancel_replace(void **state UNUSED)
{
	struct smpp_sm sm = plain_sm;
	struct buf b;

	begin("");
	struct client *c = bound(0, TRX);
	buf_init(&b, BUF_NO_LIMIT);
	assert_int_equal(smpp_write_query_sm(&b, 10, STR("0abc-2"), &sm.source),
			 0);
	assert_int_equal(smpp_write_cancel_sm(&b, 11, STR("0abc"), &sm), 0);
	assert_int_equal(smpp_write_cancel_sm(&b, 12, STR_NONE, &sm), 0);
	assert_int_equal(smpp_write_replace_sm(&b, 13, STR("0abc"), &sm), 0);
	assert_int_equal(smpp_write_query_sm(&b, 14, STR_NONE, &sm.source), 0);
	client_write(c, buf_str(&b));
	buf_done(&b);
	UNTIL(c->n == 6); /* with the bind */
	const struct smpp_pdu *p = heard(c, SMPP_QUERY_SM_RESP, 0);
	assert_int_equal(p->seq, 10);
	assert_int_equal(p->message_state, RECEIPT_DELIVERED);
	assert_int_equal(p->final_date.len, 16);
	assert_int_equal(heard(c, SMPP_QUERY_SM_RESP, 1)->status,
			 SMPP_RINVMSGID);
	assert_int_equal(heard(c, SMPP_CANCEL_SM_RESP, 0)->status, 0);
	assert_int_equal(heard(c, SMPP_CANCEL_SM_RESP, 1)->seq, 12);
	assert_int_equal(heard(c, SMPP_REPLACE_SM_RESP, 0)->status,
			 SMPP_RREPLACEFAIL);
	assert_string_equal(owner.asked[0].text, "0abc-2");
	assert_string_equal(owner.asked[1].text, "0abc");
	assert_string_equal(owner.asked[2].text, "");
	assert_string_equal(owner.asked[2].from, "DEMOCARE");
	assert_string_equal(owner.asked[2].to, "+447700900001");
	assert_int_equal(owner.n, 3);
	end();
}

/* ---- noise ---------------------------------------------------------------- */

static uint32_t dice(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* One of the PDUs that an ESME may send, whole. */
static void put_some(struct buf *b, uint32_t which, uint32_t seq)
{
	static const struct smpp_bind bind = { { "demo", 4 },
					       { "secret", 6 },
					       { "", 0 },
					       0x34,
					       { 0, 0, { "", 0 } } };
	int rc = 0;

	switch (which % 8) {
	case 0:
		rc = smpp_write_bind(b, TRX, seq, &bind);
		break;
	case 1:
		rc = smpp_write_data_sm(b, seq, &plain_sm);
		break;
	case 2:
		put_multi(b, seq, which % 5, which % 3 == 0);
		break;
	case 3:
		rc = smpp_write_query_sm(b, seq, STR("0abc"), &plain_sm.source);
		break;
	case 4:
		rc = smpp_write_cancel_sm(b, seq, STR_NONE, &plain_sm);
		break;
	case 5:
		rc = smpp_write_resp(b, SMPP_DELIVER_SM_RESP, 0, seq, STR_NONE);
		break;
	default:
		rc = smpp_write_submit_sm(b, seq, &plain_sm);
		break;
	}
	assert_int_equal(rc, 0);
}

/* Damaged PDUs by the thousand: whoever sends them may lose its connection,
 * nobody else notices, and whatever we answer can be read. */
static void noise(void **state UNUSED)
{
	uint32_t seed = 42;
	struct buf b;

	begin("malformed = 20");
	struct client *good = bound(1, TRX), *c = bound(0, TRX);
	buf_init(&b, BUF_NO_LIMIT);
	for (unsigned i = 0; i < 20000; i++) {
		unsigned hits = dice(&seed) % 4;

		buf_reset(&b);
		put_some(&b, dice(&seed), i + 1);
		while (hits-- > 0)
			b.p[4 + dice(&seed) % (b.len - 4)] = (char)dice(&seed);
		client_write(c, buf_str(&b));
		if (i % 50 == 0)
			assert_int_equal(submit_status(good, &plain_sm), 0);
		owner.n = 0;
		if (!c->gone && c->n < HEARD - 64)
			continue;
		hang_up(c);
		for (unsigned k = 0; k < c->n; k++)
			mem_free(c->heard[k].bytes);
		c = bound(0, TRX);
	}
	assert_int_equal(submit_status(good, &plain_sm), 0);
	assert_false(good->gone);
	buf_done(&b);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(submits),
		cmocka_unit_test(odd_fields),
		cmocka_unit_test(any_sender_and_none),
		cmocka_unit_test(parts),
		cmocka_unit_test(statuses_go_down),
		cmocka_unit_test(data_sm),
		cmocka_unit_test(submit_multi),
		cmocka_unit_test(query_cancel_replace),
		cmocka_unit_test(noise),
	};
	return cmocka_run_group_tests(tests, bench_setup, NULL);
}
