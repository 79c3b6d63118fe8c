/* The SMPP reader: framing, every PDU, and what real carriers send. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "proto/smpp_read.h"
#include "proto/smpp_status.h"

/* A PDU under construction: "submit_sm body" written field by field. */
static struct buf pdu;

static void start(uint32_t id, uint32_t status, uint32_t seq)
{
	buf_done(&pdu);
	buf_init(&pdu, BUF_NO_LIMIT);
	buf_u32(&pdu, 0);
	buf_u32(&pdu, id);
	buf_u32(&pdu, status);
	buf_u32(&pdu, seq);
}

static struct str finish(void)
{
	for (unsigned i = 0; i < 4; i++)
		pdu.p[i] = (char)(pdu.len >> (24 - 8 * i));
	return buf_str(&pdu);
}

static void z(const char *s)
{
	buf_z(&pdu, s);
	buf_u8(&pdu, 0);
}

static void addr(unsigned ton, unsigned npi, const char *s)
{
	buf_u8(&pdu, (uint8_t)ton);
	buf_u8(&pdu, (uint8_t)npi);
	z(s);
}

static void tlv(unsigned tag, const char *value, size_t len)
{
	buf_u16(&pdu, (uint16_t)tag);
	buf_u16(&pdu, (uint16_t)len);
	buf_put(&pdu, value, len);
}

static void sm_body(const char *text, size_t len)
{
	z("CMT");
	addr(1, 1, "447700900001");
	addr(3, 0, "80808");
	buf_u8(&pdu, 0x04);
	buf_u8(&pdu, 2);
	buf_u8(&pdu, 3);
	z("");
	z("");
	buf_u8(&pdu, 1);
	buf_u8(&pdu, 0);
	buf_u8(&pdu, 8);
	buf_u8(&pdu, 7);
	buf_u8(&pdu, (uint8_t)len);
	buf_put(&pdu, text, len);
}

static int read_it(struct smpp_pdu *out, uint32_t *why)
{
	*why = 0xFFFF;
	return smpp_read(finish(), out, why);
}

#define ASSERT_STR(view, text)                               \
	do {                                                 \
		struct str got = (view);                     \
		assert_int_equal(got.len, sizeof(text) - 1); \
		assert_memory_equal(got.p, text, got.len);   \
	} while (0)

/* ---- framing -------------------------------------------------------------- */

static void frames(void **state UNUSED)
{
	static const struct {
		const char *bytes;
		size_t len;
		int rc;
		size_t frame;
	} rows[] = {
		{ "", 0, -EAGAIN, 0 },
		{ "\0\0\0", 3, -EAGAIN, 0 },
		{ "\0\0\0\x10", 4, -EAGAIN, 0 },
		{ "\0\0\0\x10\0\0\0\x15\0\0\0\0\0\0\0", 15, -EAGAIN, 0 },
		{ "\0\0\0\x10\0\0\0\x15\0\0\0\0\0\0\0\x01", 16, 0, 16 },
		{ "\0\0\0\x10\0\0\0\x15\0\0\0\0\0\0\0\x01XX", 18, 0, 16 },
		{ "\0\0\0\x0F", 4, -EBADMSG, 0 },
		{ "\0\0\0\0", 4, -EBADMSG, 0 },
		{ "\0\x01\0\0", 4, -EAGAIN, 0 },
		{ "\0\x01\0\x01", 4, -EBADMSG, 0 },
		{ "\xff\xff\xff\xff", 4, -EBADMSG, 0 },
		{ "GET / HTTP/1.1\r\n", 16, -EBADMSG, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str frame = STR("untouched");
		int rc = smpp_frame(str_bytes(rows[i].bytes, rows[i].len),
				    SMPP_PDU_MAX, &frame);
		assert_int_equal(rc, rows[i].rc);
		assert_int_equal(frame.len, rc == 0 ? rows[i].frame : 9);
	}
	assert_int_equal(smpp_peek_seq(STR_NONE), 0);
	start(SMPP_ENQUIRE_LINK, 0, 0x89ABCDEF);
	assert_int_equal(smpp_peek_seq(finish()), 0x89ABCDEF);
}

/* ---- responses ------------------------------------------------------------ */

static void responses_as_carriers_send_them(void **state UNUSED)
{
	static const struct {
		uint32_t id;
		uint32_t status;
		const char *body;
		size_t len;
		const char *message_id;
		bool tail_bad;
	} rows[] = {
		{ SMPP_SUBMIT_SM_RESP, 0, "4F2A\0", 5, "4F2A", false },
		{ SMPP_SUBMIT_SM_RESP, 0, "4F2A", 4, "4F2A", false },
		{ SMPP_SUBMIT_SM_RESP, 0, "", 0, "", false },
		{ SMPP_SUBMIT_SM_RESP, 0x58, "", 0, "", false },
		{ SMPP_SUBMIT_SM_RESP, 0x58, "\0", 1, "", false },
		{ SMPP_SUBMIT_SM_RESP, 0x45, "\0\0\0", 3, "", false },
		{ SMPP_SUBMIT_SM_RESP, 0x400, "\0", 1, "", false },
		{ SMPP_SUBMIT_SM_RESP, 0x104, "", 0, "", false },
		{ SMPP_SUBMIT_SM_RESP, 0xFFFFFFFF, "", 0, "", false },
		{ SMPP_SUBMIT_SM_RESP, 0, "id\0\x14\x00\0\x02zz", 9, "id",
		  false },
		{ SMPP_SUBMIT_SM_RESP, 0, "id\0\x14\x00\0\x09zz", 9, "id",
		  true },
		{ SMPP_SUBMIT_SM_RESP, 0, "id\0\x14", 4, "id", true },
		{ SMPP_DATA_SM_RESP, 0xFE, "", 0, "", false },
		{ SMPP_DATA_SM_RESP, 0xFE, "\0\x04\x25\0\x01\x02", 6, "",
		  false },
		{ SMPP_DELIVER_SM_RESP, 0, "", 0, "", false },
		{ SMPP_DELIVER_SM_RESP, 0, "xyz\0", 4, "xyz", false },
		{ SMPP_BIND_TRANSCEIVER_RESP, 0x0E, "", 0, "", false },
		{ SMPP_BIND_TRANSCEIVER_RESP, 0x0E, "\0", 1, "", false },
		{ SMPP_QUERY_SM_RESP, 0x67, "", 0, "", false },
		{ SMPP_SUBMIT_MULTI_RESP, 0x45, "", 0, "", false },
		{ SMPP_GENERIC_NACK, 0x03, "", 0, "", false },
		{ SMPP_GENERIC_NACK, 0x03, "junk", 4, "", false },
		{ SMPP_ENQUIRE_LINK_RESP, 0, "\0", 1, "", false },
		{ SMPP_UNBIND_RESP, 0, "", 0, "", false },
	};
	struct smpp_pdu out;
	uint32_t why;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		start(rows[i].id, rows[i].status, 0);
		buf_put(&pdu, rows[i].body, rows[i].len);
		assert_int_equal(read_it(&out, &why), 0);
		assert_int_equal(out.id, rows[i].id);
		assert_int_equal(out.status, rows[i].status);
		assert_int_equal(out.body, rows[i].len > 0);
		assert_int_equal(out.tail_bad, rows[i].tail_bad);
		assert_true(str_eqz(out.message_id, rows[i].message_id));
	}
}

static void ids_of_any_length(void **state UNUSED)
{
	static const size_t rows[] = { 0, 1, 64, 65, 255 };
	char id[256];
	struct smpp_pdu out;
	uint32_t why;

	memset(id, 'a', sizeof(id));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		start(SMPP_SUBMIT_SM_RESP, 0, 9);
		buf_put(&pdu, id, rows[i]);
		buf_u8(&pdu, 0);
		assert_int_equal(read_it(&out, &why), 0);
		assert_int_equal(out.message_id.len, rows[i]);
	}
}

static void bind_resp_with_version(void **state UNUSED)
{
	struct smpp_pdu out;
	uint32_t why, version;

	start(SMPP_BIND_RECEIVER_RESP, 0, 1);
	z("SMSC");
	tlv(SMPP_TLV_SC_INTERFACE_VERSION, "\x34", 1);
	assert_int_equal(read_it(&out, &why), 0);
	ASSERT_STR(out.system_id, "SMSC");
	assert_true(
		smpp_tlv_number(&out, SMPP_TLV_SC_INTERFACE_VERSION, &version));
	assert_int_equal(version, 0x34);
	assert_false(smpp_tlv_number(&out, SMPP_TLV_MESSAGE_STATE, &version));
}

/* ---- requests ------------------------------------------------------------- */

static void deliver_sm_whole(void **state UNUSED)
{
	struct smpp_pdu out;
	uint32_t why, number;
	struct str text;

	start(SMPP_DELIVER_SM, 0, 0xFFFFFFFF);
	sm_body("hello", 5);
	tlv(SMPP_TLV_RECEIPTED_MESSAGE_ID, "ABC\0", 4);
	tlv(SMPP_TLV_MESSAGE_STATE, "\0\x02", 2); /* two bytes: seen */
	tlv(SMPP_TLV_NETWORK_ERROR_CODE, "\x03\0\x06\0", 4);
	tlv(0x1401, "vendor", 6);
	assert_int_equal(read_it(&out, &why), 0);
	assert_int_equal(out.seq, 0xFFFFFFFF);
	ASSERT_STR(out.service_type, "CMT");
	assert_int_equal(out.source.ton, 1);
	ASSERT_STR(out.source.addr, "447700900001");
	assert_int_equal(out.dest.ton, 3);
	ASSERT_STR(out.dest.addr, "80808");
	assert_int_equal(out.esm_class, 4);
	assert_int_equal(out.protocol_id, 2);
	assert_int_equal(out.priority, 3);
	assert_int_equal(out.registered_delivery, 1);
	assert_int_equal(out.data_coding, 8);
	assert_int_equal(out.default_msg_id, 7);
	ASSERT_STR(smpp_text(&out), "hello");
	assert_int_equal(out.tlvs, 3);
	assert_int_equal(out.tlvs_other, 1);
	assert_true(smpp_tlv_text(&out, SMPP_TLV_RECEIPTED_MESSAGE_ID, &text));
	ASSERT_STR(text, "ABC");
	assert_true(smpp_tlv_number(&out, SMPP_TLV_MESSAGE_STATE, &number));
	assert_int_equal(number, 2);
}

static void odd_values_pass(void **state UNUSED)
{
	struct smpp_pdu out;
	uint32_t why;
	char *big = mem_zalloc(65000);

	/* TON 7, NPI 255, a validity in deliver_sm, 255 bytes of text */
	start(SMPP_DELIVER_SM, 0x12345678, 1);
	z("");
	addr(7, 255, "1");
	addr(255, 2, "");
	buf_put(&pdu, "\0\0\0", 3);
	z("000001000000000R");
	z("261122104000000+");
	buf_put(&pdu, "\0\0\0\0\xff", 5);
	memset(big, 'x', 255);
	buf_put(&pdu, big, 255);
	assert_int_equal(read_it(&out, &why), 0);
	assert_int_equal(out.source.npi, 255);
	ASSERT_STR(out.validity, "261122104000000+");
	assert_int_equal(out.short_message.len, 255);

	/* a payload of nearly 64 KiB, empty short_message, and padding */
	start(SMPP_DELIVER_SM, 0, 1);
	sm_body("", 0);
	tlv(SMPP_TLV_MESSAGE_PAYLOAD, big, 65000);
	buf_put(&pdu, "\0\0\0", 3);
	assert_int_equal(read_it(&out, &why), 0);
	assert_int_equal(smpp_text(&out).len, 65000);
	mem_free(big);
}

static void many_tlvs(void **state UNUSED)
{
	struct smpp_pdu out;
	uint32_t why;

	start(SMPP_DELIVER_SM, 0, 1);
	sm_body("x", 1);
	for (unsigned i = 0; i < 40; i++) {
		tlv(SMPP_TLV_USER_MESSAGE_REFERENCE, "ab", 2);
		tlv(0x0381, "dup", 3); /* callback_num */
	}
	assert_int_equal(read_it(&out, &why), 0);
	assert_int_equal(out.tlvs, SMPP_TLVS_MAX);
	assert_int_equal(out.tlvs_other, 80 - SMPP_TLVS_MAX);
}

static void other_requests(void **state UNUSED)
{
	struct smpp_pdu out;
	uint32_t why;

	start(SMPP_BIND_TRANSCEIVER, 0, 1);
	z("user");
	z("a-password-of-16");
	z("VMA");
	buf_u8(&pdu, 0x50);
	addr(1, 1, "^44.*");
	assert_int_equal(read_it(&out, &why), 0);
	ASSERT_STR(out.password, "a-password-of-16");
	assert_int_equal(out.interface_version, 0x50);
	ASSERT_STR(out.range.addr, "^44.*");

	start(SMPP_OUTBIND, 0, 1);
	z("smsc");
	z("pw");
	assert_int_equal(read_it(&out, &why), 0);
	ASSERT_STR(out.system_id, "smsc");

	start(SMPP_DATA_SM, 0, 1);
	z("");
	addr(1, 1, "447700900001");
	addr(1, 1, "447700900002");
	buf_put(&pdu, "\x40\x01\x08", 3);
	tlv(SMPP_TLV_MESSAGE_PAYLOAD, "pay", 3);
	assert_int_equal(read_it(&out, &why), 0);
	assert_int_equal(out.esm_class, 0x40);
	assert_int_equal(out.registered_delivery, 1);
	assert_int_equal(out.data_coding, 8);
	ASSERT_STR(smpp_text(&out), "pay");

	start(SMPP_QUERY_SM, 0, 1);
	z("42");
	addr(5, 0, "ACME");
	assert_int_equal(read_it(&out, &why), 0);
	ASSERT_STR(out.message_id, "42");
	ASSERT_STR(out.source.addr, "ACME");

	start(SMPP_CANCEL_SM, 0, 1);
	z("");
	z("43");
	addr(5, 0, "ACME");
	addr(1, 1, "447700900001");
	assert_int_equal(read_it(&out, &why), 0);
	ASSERT_STR(out.message_id, "43");
	ASSERT_STR(out.dest.addr, "447700900001");

	start(SMPP_REPLACE_SM, 0, 1);
	z("44");
	addr(5, 0, "ACME");
	z("");
	z("");
	buf_put(&pdu, "\x01\x00\x03new", 6);
	assert_int_equal(read_it(&out, &why), 0);
	ASSERT_STR(out.short_message, "new");

	start(SMPP_QUERY_SM_RESP, 0, 1);
	z("42");
	z("261122104000000+");
	buf_put(&pdu, "\x02\x05", 2);
	assert_int_equal(read_it(&out, &why), 0);
	assert_int_equal(out.message_state, 2);
	assert_int_equal(out.error_code, 5);

	start(SMPP_ALERT_NOTIFICATION, 0, 1);
	addr(1, 1, "447700900001");
	addr(1, 1, "447700900002");
	tlv(SMPP_TLV_MS_AVAILABILITY_STATUS, "\x01", 1);
	assert_int_equal(read_it(&out, &why), 0);
	ASSERT_STR(out.dest.addr, "447700900002");

	start(SMPP_UNBIND, 0, 7);
	assert_int_equal(read_it(&out, &why), 0);
	assert_false(out.body);
}

static void submit_multi(void **state UNUSED)
{
	struct smpp_pdu out;
	struct smpp_dest d;
	uint32_t why;
	size_t at = 0;

	start(SMPP_SUBMIT_MULTI, 0, 1);
	z("");
	addr(5, 0, "ACME");
	buf_u8(&pdu, 2);
	buf_u8(&pdu, 1);
	addr(1, 1, "447700900001");
	buf_u8(&pdu, 2);
	z("vips");
	buf_put(&pdu, "\0\0\0", 3);
	z("");
	z("");
	buf_put(&pdu, "\0\0\0\0\x02hi", 7);
	assert_int_equal(read_it(&out, &why), 0);
	assert_int_equal(out.dests, 2);
	assert_true(smpp_dest_next(&out, &at, &d));
	ASSERT_STR(d.addr.addr, "447700900001");
	assert_true(smpp_dest_next(&out, &at, &d));
	ASSERT_STR(d.list, "vips");
	assert_false(smpp_dest_next(&out, &at, &d));
	ASSERT_STR(out.short_message, "hi");

	start(SMPP_SUBMIT_MULTI_RESP, 0, 1);
	z("id");
	buf_u8(&pdu, 1);
	addr(1, 1, "447700900009");
	buf_u32(&pdu, 0x0B);
	assert_int_equal(read_it(&out, &why), 0);
	at = 0;
	assert_true(smpp_dest_next(&out, &at, &d));
	assert_int_equal(d.status, 0x0B);
	assert_false(smpp_dest_next(&out, &at, &d));
}

/* ---- refusals ------------------------------------------------------------- */

static void refusals(void **state UNUSED)
{
	struct smpp_pdu out = { .id = 77 };
	uint32_t why;
	char longest[200];

	memset(longest, '1', sizeof(longest));
	longest[199] = '\0';

	start(0x00000112, 0, 5); /* broadcast_sm of 5.0 */
	assert_int_equal(read_it(&out, &why), -EBADMSG);
	assert_int_equal(why, SMPP_RINVCMDID);
	start(0x80000FFF, 0, 5);
	assert_int_equal(read_it(&out, &why), -EBADMSG);
	assert_int_equal(why, SMPP_RINVCMDID);

	start(SMPP_DELIVER_SM, 0, 5); /* no body */
	assert_int_equal(read_it(&out, &why), -EBADMSG);
	assert_int_equal(why, SMPP_RINVCMDLEN);

	start(SMPP_DELIVER_SM, 0, 5);
	z("");
	addr(1, 1, longest);
	assert_int_equal(read_it(&out, &why), -EBADMSG);
	assert_int_equal(why, SMPP_RINVSRCADR);

	start(SMPP_DELIVER_SM, 0, 5);
	sm_body("hello", 5);
	pdu.len -= 2; /* sm_length says more than there is */
	assert_int_equal(read_it(&out, &why), -EBADMSG);
	assert_int_equal(why, SMPP_RINVMSGLEN);

	start(SMPP_DELIVER_SM, 0, 5);
	sm_body("hello", 5);
	buf_put(&pdu, "\x04\x24\x00\x09xx", 6);
	assert_int_equal(read_it(&out, &why), -EBADMSG);
	assert_int_equal(why, SMPP_RINVOPTPARSTREAM);

	start(SMPP_SUBMIT_MULTI, 0, 1);
	z("");
	addr(5, 0, "ACME");
	buf_u8(&pdu, 1);
	buf_u8(&pdu, 3);
	assert_int_equal(read_it(&out, &why), -EBADMSG);
	assert_int_equal(why, SMPP_RINVDESTFLAG);

	assert_int_equal(smpp_read(str_bytes("short", 5), &out, &why),
			 -EBADMSG);
	assert_int_equal(why, SMPP_RINVCMDLEN);
	assert_int_equal(out.id, 77); /* untouched all along */
}

/* Every prefix of a good PDU is refused or read, never overrun. */
static void every_prefix(void **state UNUSED)
{
	struct smpp_pdu out;
	uint32_t why;

	start(SMPP_DELIVER_SM, 0, 5);
	sm_body("hello", 5);
	tlv(SMPP_TLV_RECEIPTED_MESSAGE_ID, "ABC\0", 4);
	struct str whole = finish();
	unsigned good = 0;
	for (size_t n = 0; n <= whole.len; n++) {
		char *copy = mem_dup(whole.p, n); /* asan sees the end */
		good += smpp_read(str_bytes(copy, n), &out, &why) == 0;
		mem_free(copy);
	}
	/* the whole, without its TLV, and with zeros of it as padding */
	assert_int_equal(good, 3);
}

static void names(void **state UNUSED)
{
	assert_string_equal(smpp_command_name(SMPP_DATA_SM), "data_sm");
	assert_string_equal(smpp_command_name(0x80000015), "enquire_link_resp");
	assert_string_equal(smpp_command_name(12345), "unknown");
}

static int done(void **state UNUSED)
{
	buf_done(&pdu);
	return mem_live_blocks() == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames),
		cmocka_unit_test(responses_as_carriers_send_them),
		cmocka_unit_test(ids_of_any_length),
		cmocka_unit_test(bind_resp_with_version),
		cmocka_unit_test(deliver_sm_whole),
		cmocka_unit_test(odd_values_pass),
		cmocka_unit_test(many_tlvs),
		cmocka_unit_test(other_requests),
		cmocka_unit_test(submit_multi),
		cmocka_unit_test(refusals),
		cmocka_unit_test(every_prefix),
		cmocka_unit_test(names),
	};
	return cmocka_run_group_tests(tests, NULL, done);
}
