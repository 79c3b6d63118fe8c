/* What is taken out of a PDU, and that nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "proto/smpp.h"
#include "proto/smpp_mask.h"
#include "proto/smpp_read.h"

/* A head, then bytes as a C string with its length. */
#define PDU(id, bytes)                       \
	{                                    \
		id, bytes, sizeof(bytes) - 1 \
	}
#define SM(source, dest, esm, coding, len, text, more) \
	"\0" source dest esm "\0\0\0\0\1\0" coding "\0" len text more

static const struct {
	struct {
		uint32_t id;
		const char *p;
		size_t len;
	} in;
	const char *out; /* of the same length; NULL: nothing changes */
} pdus[] = {
	/* binds: the password */
	{ PDU(SMPP_BIND_TRANSCEIVER, "demo\0secret\0VMA\0\x34\0\0\0"),
	  "demo\0******\0VMA\0\x34\0\0\0" },
	{ PDU(SMPP_OUTBIND, "smsc\0pw\0"), "smsc\0**\0" },
	{ PDU(SMPP_BIND_TRANSMITTER_RESP, "SIM\0\x02\x10\0\1\x34"), NULL },
	/* numbers: of people, not of firms */
	{ PDU(SMPP_SUBMIT_SM, SM("\5\0Shop\0",
				 "\1\1"
				 "447700900123\0",
				 "\0", "\0", "\5", "hello", "")),
	  SM("\5\0Shop\0",
	     "\1\1"
	     "447700000023\0",
	     "\0", "\0", "\5", "xxxxx", "") },
	{ PDU(SMPP_SUBMIT_SM,
	      SM("\3\0"
		 "12345\0",
		 "\1\1+447700900123\0", "\0", "\0", "\0", "", "")),
	  SM("\3\0"
	     "12345\0",
	     "\1\1+447700000023\0", "\0", "\0", "\0", "", "") },
	/* a UDH stays, and UCS-2 stays UCS-2 */
	{ PDU(SMPP_SUBMIT_SM, SM("\0\0\0", "\1\1123\0", "\x40", "\x08", "\x0a",
				 "\5\0\3\7\2\1\x62\xd2\x65\x36", "")),
	  SM("\0\0\0", "\1\1123\0", "\x40", "\x08", "\x0a",
	     "\5\0\3\7\2\1\0x\0x", "") },
	/* a receipt keeps what it says, but not the message */
	{ PDU(SMPP_DELIVER_SM, SM("\1\1"
				  "447700900123\0",
				  "\5\0Shop\0", "\4", "\0", "\x1e",
				  "id:7 stat:DELIVRD Text:my code",
				  "\0\x1e\0\2"
				  "7\0\4\x27\0\1\2")),
	  SM("\1\1"
	     "447700000023\0",
	     "\5\0Shop\0", "\4", "\0", "\x1e", "id:7 stat:DELIVRD Text:xxxxxxx",
	     "\0\x1e\0\2"
	     "7\0\4\x27\0\1\2") },
	/* a customer may write "text:" too */
	{ PDU(SMPP_DELIVER_SM, SM("\1\1"
				  "447700900123\0",
				  "\0\0"
				  "1\0",
				  "\0", "\0", "\x08", "text:abc", "")),
	  SM("\1\1"
	     "447700000023\0",
	     "\0\0"
	     "1\0",
	     "\0", "\0", "\x08", "xxxxxxxx", "") },
	/* TLVs: the text, and those that nobody knows */
	{ PDU(SMPP_SUBMIT_SM, SM("\0\0\0",
				 "\1\1"
				 "1\0",
				 "\0", "\0", "\0", "",
				 "\4\x24\0\3abc\2\x0c\0\2\0\1\x14\0\0\4+447")),
	  SM("\0\0\0",
	     "\1\1"
	     "1\0",
	     "\0", "\0", "\0", "",
	     "\4\x24\0\3xxx\2\x0c\0\2\0\1\x14\0\0\4\0\0\0\0") },
	{ PDU(SMPP_DATA_SM, "\0\1\1"
			    "447700900123\0\0\0"
			    "1\0\0\0\0\4\x24\0\2hi"),
	  "\0\1\1"
	  "447700000023\0\0\0"
	  "1\0\0\0\0\4\x24\0\2xx" },
	/* the rest */
	{ PDU(SMPP_QUERY_SM, "abc\0\1\1"
			     "447700900123\0"),
	  "abc\0\1\1"
	  "447700000023\0" },
	{ PDU(SMPP_CANCEL_SM, "\0abc\0\5\0Shop\0\1\1"
			      "447700900123\0"),
	  "\0abc\0\5\0Shop\0\1\1"
	  "447700000023\0" },
	{ PDU(SMPP_REPLACE_SM, "abc\0\5\0Shop\0\0\0\1\0\2hi"),
	  "abc\0\5\0Shop\0\0\0\1\0\2xx" },
	{ PDU(SMPP_SUBMIT_MULTI, "\0\5\0Shop\0\2\1\1\1"
				 "447700900123\0\2list\0"
				 "\0\0\0\0\0\1\0\0\0\2hi"),
	  "\0\5\0Shop\0\2\1\1\1"
	  "447700000023\0\2list\0"
	  "\0\0\0\0\0\1\0\0\0\2xx" },
	{ PDU(SMPP_SUBMIT_MULTI_RESP, "abc\0\1\1\1"
				      "447700900123\0\0\0\0\x0b"),
	  "abc\0\1\1\1"
	  "447700000023\0\0\0\0\x0b" },
	{ PDU(SMPP_ALERT_NOTIFICATION, "\1\1"
				       "447700900123\0\5\0Shop\0"),
	  "\1\1"
	  "447700000023\0\5\0Shop\0" },
	{ PDU(SMPP_SUBMIT_SM_RESP, "447700900123\0"), NULL },
	{ PDU(SMPP_SUBMIT_SM_RESP, ""), NULL },
	{ PDU(SMPP_QUERY_SM_RESP, "abc\0\0\2\0"), NULL },
	{ PDU(SMPP_ENQUIRE_LINK, ""), NULL },
	/* what cannot be read goes as a whole from where it cannot */
	{ PDU(0x77, "447700900123"), "\0\0\0\0\0\0\0\0\0\0\0\0" },
	{ PDU(SMPP_SUBMIT_SM, "\0\5\0Shop\0\1\1"
			      "447700900123"),
	  "\0\5\0Shop\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" },
	{ PDU(SMPP_SUBMIT_SM, SM("\0\0\0",
				 "\1\1"
				 "1\0",
				 "\0", "\0", "\x09", "abc", "")),
	  SM("\0\0\0",
	     "\1\1"
	     "1\0",
	     "\0", "\0", "\0", "\0\0\0", "") },
	{ PDU(SMPP_BIND_RECEIVER, "demo\0secret"), "demo\0\0\0\0\0\0\0" },
	{ PDU(SMPP_ENQUIRE_LINK, "\x14\0\0\7abc"), "\0\0\0\0\0\0\0" },
};

static size_t frame_of(unsigned i, const char *body, uint8_t *frame)
{
	size_t len = 16 + pdus[i].in.len;
	const uint32_t head[] = { (uint32_t)len, pdus[i].in.id, 0x58, 7 };

	for (unsigned k = 0; k < 16; k++)
		frame[k] = (uint8_t)(head[k / 4] >> (24 - k % 4 * 8));
	memcpy(frame + 16, body, pdus[i].in.len);
	return len;
}

static void masks_what_is_about_people(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(pdus); i++) {
		const char *out =
			pdus[i].out == NULL ? pdus[i].in.p : pdus[i].out;
		uint8_t frame[512], want[512];
		size_t len = frame_of(i, pdus[i].in.p, frame);

		frame_of(i, out, want);
		smpp_mask(frame, len, false);
		for (size_t k = 0; k < len; k++) {
			if (frame[k] != want[k])
				fail_msg("row %u, byte %zu: %02x, not %02x", i,
					 k - 16, frame[k], want[k]);
		}
	}
}

static void passwords_go_in_any_case(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(pdus); i++) {
		bool bind = pdus[i].in.id == SMPP_BIND_TRANSCEIVER ||
			    pdus[i].in.id == SMPP_BIND_RECEIVER ||
			    pdus[i].in.id == SMPP_OUTBIND;
		uint8_t frame[512], want[512];
		size_t len = frame_of(i, pdus[i].in.p, frame);

		frame_of(i, bind ? pdus[i].out : pdus[i].in.p, want);
		smpp_mask(frame, len, true);
		assert_memory_equal(frame, want, len);
	}
}

static void it_reads_as_before(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(pdus); i++) {
		uint8_t frame[512];
		size_t len = frame_of(i, pdus[i].in.p, frame);
		struct smpp_pdu before, after;
		uint32_t why;
		int rc = smpp_read(str_bytes(frame, len), &before, &why);

		if (rc != 0)
			continue;
		smpp_mask(frame, len, false);
		assert_int_equal(smpp_read(str_bytes(frame, len), &after, &why),
				 0);
		assert_int_equal(before.id, after.id);
		assert_int_equal(before.seq, after.seq);
		assert_int_equal(before.dest.addr.len, after.dest.addr.len);
		assert_int_equal(before.short_message.len,
				 after.short_message.len);
		assert_int_equal(before.tlvs, after.tlvs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masks_what_is_about_people),
		cmocka_unit_test(passwords_go_in_any_case),
		cmocka_unit_test(it_reads_as_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
