/* What a deliver_sm says: receipts of every style, charsets, addresses. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/mem.h"
#include "channels/smpp/decode.h"
#include "proto/smpp_write.h"
#include "proto/text.h"

/* 2026-11-22T10:40:00Z */
#define AT INT64_C(1795344000000)

static struct smpp_cfg cfg;
static struct smpp_decoder decoder;
static struct smpp_pdu pdu;
static struct buf bytes;

/* Packs and reads, as it would come off the wire. */
static void put(uint8_t esm, uint8_t dc, struct str text,
		const struct smpp_tlv *tlv, unsigned tlvs)
{
	const struct smpp_sm sm = { .esm_class = esm,
				    .data_coding = dc,
				    .text = text,
				    .tlv = tlv,
				    .tlvs = tlvs };
	uint32_t why;

	buf_reset(&bytes);
	assert_int_equal(smpp_write_deliver_sm(&bytes, 1, &sm), 0);
	assert_int_equal(smpp_read(buf_str(&bytes), &pdu, &why), 0);
}

#define ID(s)                                              \
	{                                                  \
		SMPP_TLV_RECEIPTED_MESSAGE_ID, STR(s "\0") \
	}
#define STATE(s)                               \
	{                                      \
		SMPP_TLV_MESSAGE_STATE, STR(s) \
	}
#define NET(s)                                      \
	{                                           \
		SMPP_TLV_NETWORK_ERROR_CODE, STR(s) \
	}

struct row {
	uint8_t esm;
	const char *text;
	struct smpp_tlv tlv[3];
	unsigned tlvs;
	int rc;
	const char *id;
	enum message_state state;
	const char *reason;
	uint32_t status;
	int64_t done_ms;
};

static const struct row rows[] = {
	{ 0x04,
	  "id:42 sub:001 dlvrd:001 submit date:2611221039 done date:261122104"
	  "0 stat:DELIVRD err:000 text:hi",
	  { { 0 } },
	  0,
	  0,
	  "42",
	  MESSAGE_DELIVERED,
	  "",
	  0,
	  AT },
	{ 0x04,
	  "id:42 stat:UNDELIV err:042",
	  { { 0 } },
	  0,
	  0,
	  "42",
	  MESSAGE_UNDELIVERED,
	  "err-042",
	  42,
	  0 },
	{ 0x04,
	  "id:42 stat:UNDELIV err:69B",
	  { { 0 } },
	  0,
	  0,
	  "42",
	  MESSAGE_UNDELIVERED,
	  "err-69B",
	  0,
	  0 },
	{ 0x04,
	  "id:42 stat:REJECTD err: 7",
	  { { 0 } },
	  0,
	  0,
	  "42",
	  MESSAGE_REJECTED,
	  "err-7",
	  7,
	  0 },
	{ 0x04,
	  "id:42 stat:EXPIRED",
	  { { 0 } },
	  0,
	  0,
	  "42",
	  MESSAGE_EXPIRED,
	  "",
	  0,
	  0 },
	{ 0x04,
	  "id:42 stat:DELETED",
	  { { 0 } },
	  0,
	  0,
	  "42",
	  MESSAGE_UNDELIVERED,
	  "",
	  0,
	  0 },
	{ 0x04,
	  "id:42 stat:ACCEPTD",
	  { { 0 } },
	  0,
	  0,
	  "42",
	  MESSAGE_SUBMITTED,
	  "",
	  0,
	  0 },
	{ 0x04,
	  "id:42 stat:ENROUTE",
	  { { 0 } },
	  0,
	  0,
	  "42",
	  MESSAGE_SUBMITTED,
	  "",
	  0,
	  0 },
	{ 0x04,
	  "id:42 stat:UNKNOWN",
	  { { 0 } },
	  0,
	  0,
	  "42",
	  MESSAGE_UNKNOWN,
	  "",
	  0,
	  0 },
	{ 0x04, "id:42", { { 0 } }, 0, 0, "42", MESSAGE_UNKNOWN, "", 0, 0 },
	/* TLVs win, the text fills in */
	{ 0x04,
	  "id:42 stat:UNDELIV err:001 done date:2611221040",
	  { ID("abc"), STATE("\2") },
	  2,
	  0,
	  "abc",
	  MESSAGE_DELIVERED,
	  "",
	  1,
	  AT },
	{ 0x04,
	  "",
	  { ID("abc"), STATE("\2") },
	  2,
	  0,
	  "abc",
	  MESSAGE_DELIVERED,
	  "",
	  0,
	  0 },
	{ 0x04,
	  "id:42 stat:EXPIRED",
	  { STATE("\2") },
	  1,
	  0,
	  "42",
	  MESSAGE_DELIVERED,
	  "",
	  0,
	  0 },
	{ 0x04,
	  "stat:EXPIRED",
	  { ID("abc") },
	  1,
	  0,
	  "abc",
	  MESSAGE_UNKNOWN,
	  "",
	  0,
	  0 },
	{ 0x04,
	  "",
	  { ID("abc"), STATE("\5"), NET("\3\0\6") },
	  3,
	  0,
	  "abc",
	  MESSAGE_UNDELIVERED,
	  "absent_subscriber",
	  6,
	  0 },
	{ 0x04,
	  "",
	  { ID("abc"), STATE("\5"), NET("\3\0\1") },
	  3,
	  0,
	  "abc",
	  MESSAGE_UNDELIVERED,
	  "unknown_subscriber",
	  1,
	  0 },
	{ 0x04,
	  "",
	  { ID("abc"), STATE("\5"), NET("\10\1\2") },
	  3,
	  0,
	  "abc",
	  MESSAGE_UNDELIVERED,
	  "net-8-258",
	  258,
	  0 },
	{ 0x04,
	  "id:1 err:005",
	  { ID("abc"), STATE("\5"), NET("\10\0\2") },
	  3,
	  0,
	  "abc",
	  MESSAGE_UNDELIVERED,
	  "err-005",
	  5,
	  0 },
	{ 0x04,
	  "",
	  { ID("abc"), STATE("\10") },
	  2,
	  0,
	  "abc",
	  MESSAGE_REJECTED,
	  "",
	  0,
	  0 },
	{ 0x04,
	  "",
	  { ID("abc"), STATE("\77") },
	  2,
	  0,
	  "abc",
	  MESSAGE_UNKNOWN,
	  "",
	  0,
	  0 },
	/* intermediate, acknowledgements, behind a UDH */
	{ 0x20,
	  "id:42 stat:UNDELIV err:001",
	  { { 0 } },
	  0,
	  0,
	  "42",
	  MESSAGE_SUBMITTED,
	  "err-001",
	  1,
	  0 },
	{ 0x08,
	  "id:42 stat:DELIVRD err:000",
	  { { 0 } },
	  0,
	  0,
	  "42",
	  MESSAGE_DELIVERED,
	  "",
	  0,
	  0 },
	{ 0x10,
	  "yes, I read it",
	  { ID("abc") },
	  1,
	  0,
	  "abc",
	  MESSAGE_UNKNOWN,
	  "",
	  0,
	  0 },
	/* no type in esm_class */
	{ 0x00,
	  "",
	  { ID("abc"), STATE("\2") },
	  2,
	  0,
	  "abc",
	  MESSAGE_DELIVERED,
	  "",
	  0,
	  0 },
	{ 0x00,
	  "id:42 stat:DELIVRD err:000",
	  { { 0 } },
	  0,
	  -ENOENT,
	  NULL,
	  0,
	  NULL,
	  0,
	  0 },
	/* states of SMPP 5: scheduled is no end, skipped is one */
	{ 0x04,
	  "",
	  { ID("abc"), STATE("\0") },
	  2,
	  0,
	  "abc",
	  MESSAGE_SUBMITTED,
	  "",
	  0,
	  0 },
	{ 0x04,
	  "",
	  { ID("abc"), STATE("\x9") },
	  2,
	  0,
	  "abc",
	  MESSAGE_UNDELIVERED,
	  "",
	  0,
	  0 },
	{ 0x00, "hello", { ID("mo-7") }, 1, -ENOENT, NULL, 0, NULL, 0, 0 },
	{ 0x10, "yes, I read it", { { 0 } }, 0, -ENOENT, NULL, 0, NULL, 0, 0 },
	{ 0x40, "hello", { { 0 } }, 0, -ENOENT, NULL, 0, NULL, 0, 0 },
	/* says it is one, but of what */
	{ 0x04, "hello", { { 0 } }, 0, -EBADMSG, NULL, 0, NULL, 0, 0 },
	{ 0x04, "", { STATE("\2") }, 1, -EBADMSG, NULL, 0, NULL, 0, 0 },
	{ 0x20, "", { { 0 } }, 0, -EBADMSG, NULL, 0, NULL, 0, 0 },
};

static void check_row(const struct row *r, struct str text, uint8_t dc)
{
	struct receipt out;

	put(r->esm, dc, text, r->tlv, r->tlvs);
	int rc = smpp_decode_receipt(&decoder, &pdu, &out);
	if (rc != r->rc)
		print_error("%s\n", r->text);
	assert_int_equal(rc, r->rc);
	if (rc != 0)
		return;
	if (!str_eqz(out.reason, r->reason) || out.state != r->state)
		print_error("%s\n", r->text);
	assert_true(str_eqz(out.peer_id, r->id));
	assert_int_equal(out.state, r->state);
	assert_true(str_eqz(out.reason, r->reason));
	assert_int_equal(out.peer_status, r->status);
	assert_int_equal(out.done_ms, r->done_ms);
}

static void receipts(void **state UNUSED)
{
	struct buf wide;

	buf_init(&wide, BUF_NO_LIMIT);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct row r = rows[i];
		check_row(&r, str_of(r.text), 0);
		check_row(&r, str_of(r.text), 3);
		/* UCS-2, and data_coding that says something else */
		buf_reset(&wide);
		text_to_utf16(str_of(r.text), &wide);
		check_row(&r, buf_str(&wide), 8);
		check_row(&r, buf_str(&wide), 0);
		check_row(&r, str_of(r.text), 8);
	}
	buf_done(&wide);
}

static void behind_a_udh(void **state UNUSED)
{
	struct receipt out;

	put(0x44, 0, STR("\5\0\3\7\1\1id:42 stat:DELIVRD"), NULL, 0);
	assert_int_equal(smpp_decode_receipt(&decoder, &pdu, &out), 0);
	assert_true(str_eqz(out.peer_id, "42"));
	assert_int_equal(out.state, MESSAGE_DELIVERED);
}

/* On links that the operator knows to forget esm_class. */
static void receipts_by_their_looks(void **state UNUSED)
{
	static const struct {
		const char *text;
		int rc;
	} looks[] = {
		{ "id:42 sub:001 dlvrd:001 stat:DELIVRD", 0 },
		{ " ID:42 stat:DELIVRD err:000", 0 },
		{ "id:42 stat:DELIVRD", -ENOENT },
		{ "id:42 err:000", -ENOENT },
		{ "see id:42 stat:DELIVRD err:000", -ENOENT },
		{ "STOP", -ENOENT },
	};
	struct receipt out;

	cfg.dlr_text = true;
	for (size_t i = 0; i < ARRAY_LEN(looks); i++) {
		put(0, 0, str_of(looks[i].text), NULL, 0);
		assert_int_equal(smpp_decode_receipt(&decoder, &pdu, &out),
				 looks[i].rc);
	}
	cfg.dlr_text = false;
}

/* ---- charsets ------------------------------------------------------------- */

static void charsets(void **state UNUSED)
{
	static const struct {
		int charset;
		uint8_t dc;
		struct str text;
		const char *utf8;
		enum sms_charset got;
	} texts[] = {
		{ SMPP_CHARSET_GSM7, 0, STR("\x00\x02\x1B\x65"), "@$€",
		  SMS_GSM7 },
		{ SMPP_CHARSET_GSM7, 0x10, STR("\x11"), "_", SMS_GSM7 },
		{ SMPP_CHARSET_GSM7, 0xF0, STR("\x11"), "_", SMS_GSM7 },
		{ SMPP_CHARSET_GSM7, 0xC8, STR("\x11"), "_", SMS_GSM7 },
		{ SMPP_CHARSET_LATIN1, 0, STR("\xE9@"), "é@", SMS_LATIN1 },
		{ SMPP_CHARSET_GSM7, 1, STR("@[]"), "@[]", SMS_LATIN1 },
		{ SMPP_CHARSET_GSM7, 3, STR("\xE9"), "é", SMS_LATIN1 },
		{ SMPP_CHARSET_GSM7, 8, STR("\x4F\x60\xD8\x3D\xDE\x00"), "你😀",
		  SMS_UCS2 },
		{ SMPP_CHARSET_GSM7, 0x18, STR("\x4F\x60"), "你", SMS_UCS2 },
		{ SMPP_CHARSET_GSM7, 0xE0, STR("\x4F\x60"), "你", SMS_UCS2 },
		{ SMPP_CHARSET_GSM7, 4, STR("\x01\xFF"), "01ff", SMS_BINARY },
		{ SMPP_CHARSET_GSM7, 2, STR("\x01\xFF"), "01ff", SMS_BINARY },
		{ SMPP_CHARSET_GSM7, 0xF5, STR("\x01\xFF"), "01ff",
		  SMS_BINARY },
		{ SMPP_CHARSET_GSM7, 0x14, STR("\x01"), "01", SMS_BINARY },
		/* to be deleted once read; compressed, which nobody unpacks */
		{ SMPP_CHARSET_GSM7, 0x44, STR("\x01"), "01", SMS_BINARY },
		{ SMPP_CHARSET_GSM7, 0x40, STR("\x11"), "_", SMS_GSM7 },
		{ SMPP_CHARSET_GSM7, 0x48, STR("\x4F\x60"), "你", SMS_UCS2 },
		{ SMPP_CHARSET_GSM7, 0x20, STR("\x11"), "11", SMS_BINARY },
		{ SMPP_CHARSET_GSM7, 0x68, STR("\x11"), "11", SMS_BINARY },
		{ SMPP_CHARSET_GSM7, 0x80, STR("\x11"), "11", SMS_BINARY },
		{ SMPP_CHARSET_GSM7, 9, STR("\xB0"), "b0", SMS_BINARY },
		/* charsets that go on as UCS-2 */
		{ SMPP_CHARSET_GSM7, 6, STR("\xB0\xD1"), "\u0410\u0431",
		  SMS_UCS2 },
		{ SMPP_CHARSET_GSM7, 7, STR("\xE9\xEC!"), "\u05D9\u05DC!",
		  SMS_UCS2 },
		{ SMPP_CHARSET_GSM7, 5, STR("\x93\xFA\x96\x7B"), "\u65E5\u672C",
		  SMS_UCS2 },
		{ SMPP_CHARSET_GSM7, 10, STR("\x1B$BF|K\\\x1B(B."),
		  "\u65E5\u672C.", SMS_UCS2 },
		{ SMPP_CHARSET_GSM7, 14, STR("\xC7\xD1"), "\uD55C", SMS_UCS2 },
		{ SMPP_CHARSET_ASCII, 0, STR("@[\xE9"), "@[\u00E9",
		  SMS_LATIN1 },
		{ SMPP_CHARSET_GSM7_PACKED, 0, STR("\xE8\x32\x9B\xFD\x06"),
		  "hello", SMS_GSM7 },
		{ SMPP_CHARSET_GSM7_PACKED, 0,
		  STR("\x31\xD9\x8C\x56\xB3\xDD\x00"), "1234567", SMS_GSM7 },
		{ SMPP_CHARSET_GSM7_PACKED, 8, STR("\x4F\x60"), "你",
		  SMS_UCS2 },
		{ SMPP_CHARSET_GSM7, 0, STR(""), "", SMS_GSM7 },
	};
	struct smpp_piece piece;
	struct buf out;

	buf_init(&out, BUF_NO_LIMIT);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		cfg.charset = texts[i].charset;
		put(0, texts[i].dc, texts[i].text, NULL, 0);
		smpp_decode_piece(&decoder, &pdu, &piece);
		assert_int_equal(piece.charset, texts[i].got);
		assert_int_equal(piece.total, 1);
		buf_reset(&out);
		smpp_decode_text(piece.charset, piece.bytes, &out);
		assert_string_equal(out.p, texts[i].utf8);
	}
	cfg.charset = SMPP_CHARSET_GSM7;
	buf_done(&out);
}

static void parts(void **state UNUSED)
{
	static const struct {
		uint8_t esm;
		struct str text;
		unsigned total, part, ref;
		bool wide;
		const char *rest;
	} udhs[] = {
		{ 0x40, STR("\5\0\3\7\3\2hi"), 3, 2, 7, false, "hi" },
		{ 0x40, STR("\6\10\4\1\7\3\2hi"), 3, 2, 263, true, "hi" },
		/* ports before it */
		{ 0x40, STR("\13\5\4\1\2\3\4\0\3\7\3\2hi"), 3, 2, 7, false,
		  "hi" },
		/* a UDH of something else; none; broken ones are text */
		{ 0x40, STR("\6\5\4\1\2\3\4hi"), 1, 1, 0, false, "hi" },
		{ 0x00, STR("\5\0\3\7\3\2hi"), 1, 1, 0, false,
		  "\5\0\3\7\3\2hi" },
		{ 0x40, STR("\177hi"), 1, 1, 0, false, "\177hi" },
		{ 0x40, STR(""), 1, 1, 0, false, "" },
		/* part 0, part above total */
		{ 0x40, STR("\5\0\3\7\3\0hi"), 1, 1, 0, false, "hi" },
		{ 0x40, STR("\5\0\3\7\3\4hi"), 1, 1, 0, false, "hi" },
	};
	struct smpp_piece piece;

	for (size_t i = 0; i < ARRAY_LEN(udhs); i++) {
		put(udhs[i].esm, 3, udhs[i].text, NULL, 0);
		smpp_decode_piece(&decoder, &pdu, &piece);
		assert_int_equal(piece.total, udhs[i].total);
		assert_int_equal(piece.part, udhs[i].part);
		assert_int_equal(piece.ref, udhs[i].ref);
		assert_int_equal(piece.wide, udhs[i].wide);
		assert_int_equal(piece.bytes.p[0], udhs[i].rest[0]);
	}

	/* national tables: Turkish escapes; its locking table, in a part */
	put(0x40, 0, STR("\3\x24\1\1\x1Bgu"), NULL, 0);
	smpp_decode_piece(&decoder, &pdu, &piece);
	assert_int_equal(piece.charset, SMS_UCS2);
	assert_memory_equal(piece.bytes.p, "\x01\x1F\0u", 4);
	put(0x40, 0, STR("\x8\0\3\7\3\2\x25\1\1\x1C"), NULL, 0);
	smpp_decode_piece(&decoder, &pdu, &piece);
	assert_int_equal(piece.part, 2);
	assert_memory_equal(piece.bytes.p, "\x01\x5E", 2);
	/* but not in a text that is no GSM text */
	put(0x40, 3, STR("\3\x24\1\1\x1Bg"), NULL, 0);
	smpp_decode_piece(&decoder, &pdu, &piece);
	assert_int_equal(piece.charset, SMS_LATIN1);

	/* packed text begins at the septet after the UDH */
	cfg.charset = SMPP_CHARSET_GSM7_PACKED;
	buf_reset(&decoder.other);
	buf_str_put(&decoder.other, STR("\5\0\3\7\3\2"));
	text_gsm_pack(STR("hello"), 1, &decoder.other);
	put(0x40, 0, buf_str(&decoder.other), NULL, 0);
	smpp_decode_piece(&decoder, &pdu, &piece);
	assert_true(str_eqz(piece.bytes, "hello"));
	cfg.charset = SMPP_CHARSET_GSM7;
}

static int setup(void **state UNUSED)
{
	smpp_decoder_init(&decoder, &cfg);
	buf_init(&bytes, BUF_NO_LIMIT);
	return 0;
}

static int teardown(void **state UNUSED)
{
	smpp_decoder_done(&decoder);
	buf_done(&bytes);
	return mem_live_blocks() == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(receipts),
		cmocka_unit_test(behind_a_udh),
		cmocka_unit_test(receipts_by_their_looks),
		cmocka_unit_test(charsets),
		cmocka_unit_test(parts),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
