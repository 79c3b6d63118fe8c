/* From a message to its PDUs: addresses, charsets, parts, validity; and what
 * the section of the configuration refuses. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/mem.h"
#include "channels/smpp/settings.h"
#include "channels/smpp/submit.h"
#include "proto/smpp_read.h"
#include "proto/text.h"

static struct smpp_cfg cfg;
static struct smpp_packer packer;
static struct smpp_submit out;
static struct smpp_refusal why;

static int pack(const struct message *m, bool tlvs)
{
	return smpp_submit_pack(&packer, m, 0, tlvs, INT64_C(1795344000000),
				&out, &why);
}

static void read_pdu(unsigned i, struct smpp_pdu *pdu)
{
	uint32_t status;
	assert_int_equal(smpp_read(smpp_submit_number(&out, i, 500 + i), pdu,
				   &status),
			 0);
	assert_int_equal(pdu->seq, 500 + i);
}

static struct message message_of(const char *to, const char *from,
				 const char *text)
{
	struct message m = { .id = 42, .parts = 1 };
	m.to = str_of(to);
	m.from = str_of(from);
	m.text = str_of(text);
	return m;
}

/* ---- addresses ------------------------------------------------------------ */

static void senders(void **state UNUSED)
{
	static const struct {
		const char *from;
		const char *source; /* of the link */
		int ton, npi;       /* of the link: settings' numbers */
		int rc;
		int got_ton, got_npi;
		const char *got;
	} rows[] = {
		{ "DEMOCARE", "", 0, 0, 0, 5, 0, "DEMOCARE" },
		{ "Eleven char", "", 0, 0, 0, 5, 0, "Eleven char" },
		{ "Twelve chars", "", 0, 0, -EINVAL, 0, 0, NULL },
		{ "+447700900001", "", 0, 0, 0, 1, 1, "447700900001" },
		{ "447700900001", "", 0, 0, 0, 1, 1, "447700900001" },
		{ "80808", "", 0, 0, 0, 3, 0, "80808" },
		{ "12345678", "", 0, 0, 0, 3, 0, "12345678" },
		{ "1065888800112233", "", 0, 0, 0, 0, 0, "1065888800112233" },
		{ "", "LINK", 0, 0, 0, 5, 0, "LINK" },
		{ "MSG", "LINK", 0, 0, 0, 5, 0, "MSG" },
		{ "", "", 0, 0, 0, 0, 0, "" },
		{ "80808", "", 1, 2, 0, 0, 1, "80808" },
		{ "Twelve chars", "", 6, 1, 0, 5, 0, "Twelve chars" },
		{ "123456789012345678901", "", 0, 0, -EINVAL, 0, 0, NULL },
		{ "Caf\xc3\xa9", "", 0, 0, -EINVAL, 0, 0, NULL },
	};
	struct smpp_pdu pdu;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m =
			message_of("+447700900009", rows[i].from, "x");
		char source[32];
		assert_int_equal(str_copy(source, sizeof(source),
					  str_of(rows[i].source)),
				 0);
		cfg.source = source;
		cfg.source_ton = rows[i].ton;
		cfg.source_npi = rows[i].npi;
		assert_int_equal(pack(&m, true), rows[i].rc);
		if (rows[i].rc != 0) {
			assert_string_equal(why.reason, "bad_source");
			assert_int_equal(why.class, OUTCOME_REFUSED);
			continue;
		}
		read_pdu(0, &pdu);
		assert_int_equal(pdu.source.ton, rows[i].got_ton);
		assert_int_equal(pdu.source.npi, rows[i].got_npi);
		assert_true(str_eqz(pdu.source.addr, rows[i].got));
	}
	cfg.source = NULL;
	cfg.source_ton = cfg.source_npi = 0;
}

static void receivers(void **state UNUSED)
{
	static const struct {
		const char *to, *address;
		int rc;
		int ton, npi;
		const char *got;
	} rows[] = {
		{ "+447700900001", "", 0, 1, 1, "447700900001" },
		{ "447700900001", "", 0, 1, 1, "447700900001" },
		{ "80808", "", 0, 3, 0, "80808" },
		{ "+447700900001", "+8613800138000", 0, 1, 1, "8613800138000" },
		{ "", "", -EINVAL, 0, 0, NULL },
		{ "+", "", -EINVAL, 0, 0, NULL },
		{ "ACME", "", -EINVAL, 0, 0, NULL },
		{ "+44 7700", "", -EINVAL, 0, 0, NULL },
	};
	struct smpp_pdu pdu;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m = message_of(rows[i].to, "", "x");
		m.address = str_of(rows[i].address);
		assert_int_equal(pack(&m, true), rows[i].rc);
		if (rows[i].rc != 0) {
			assert_string_equal(why.reason, "bad_destination");
			continue;
		}
		read_pdu(0, &pdu);
		assert_int_equal(pdu.dest.ton, rows[i].ton);
		assert_int_equal(pdu.dest.npi, rows[i].npi);
		assert_true(str_eqz(pdu.dest.addr, rows[i].got));
	}
}

/* ---- text ----------------------------------------------------------------- */

static void charsets(void **state UNUSED)
{
	static const struct {
		int charset;
		const char *text;
		uint8_t dc;
		struct str bytes;
	} rows[] = {
		{ SMPP_CHARSET_GSM7, "@$€", 0, STR("\x00\x02\x1B\x65") },
		{ SMPP_CHARSET_GSM7_PACKED, "hello", 0,
		  STR("\xE8\x32\x9B\xFD\x06") },
		{ SMPP_CHARSET_LATIN1, "é@[", 0, STR("\xE9@[") },
		{ SMPP_CHARSET_LATIN1, "10€", 8,
		  STR("\0"
		      "1\0"
		      "0\x20\xAC") },
		{ SMPP_CHARSET_LATIN1, "Ω", 8, STR("\x03\xA9") },
		{ SMPP_CHARSET_GSM7, "Ω", 0, STR("\x15") },
		{ SMPP_CHARSET_GSM7, "你😀", 8,
		  STR("\x4F\x60\xD8\x3D\xDE\x00") },
		{ SMPP_CHARSET_GSM7, "ê", 8, STR("\x00\xEA") },
		{ SMPP_CHARSET_GSM7, "", 0, STR("") },
		{ SMPP_CHARSET_ASCII, "[@]", 0, STR("[@]") },
		{ SMPP_CHARSET_ASCII, "\u00E9", 8, STR("\x00\xE9") },
	};
	struct smpp_pdu pdu;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m =
			message_of("+447700900001", "", rows[i].text);
		cfg.charset = rows[i].charset;
		assert_int_equal(pack(&m, true), 0);
		assert_int_equal(out.pdus, 1);
		read_pdu(0, &pdu);
		assert_int_equal(pdu.data_coding, rows[i].dc);
		assert_int_equal(pdu.short_message.len, rows[i].bytes.len);
		assert_true(str_eq(pdu.short_message, rows[i].bytes));
	}
	cfg.charset = SMPP_CHARSET_GSM7;
}

static const char *many(const char *unit, unsigned n)
{
	static struct buf b;

	if (b.p == NULL)
		buf_init(&b, BUF_NO_LIMIT);
	buf_reset(&b);
	for (unsigned i = 0; i < n; i++)
		buf_z(&b, unit);
	if (n == 0)
		buf_done(&b);
	return b.p;
}

static void concatenation(void **state UNUSED)
{
	static const struct {
		int concat;
		bool tlvs;
		int charset;
		const char *unit;
		unsigned n;
		unsigned pdus;
		size_t first; /* bytes of user data in the first PDU */
		uint8_t esm;
		unsigned tlv_count;
	} rows[] = {
		{ SMS_CONCAT_UDH8, true, 0, "x", 160, 1, 160, 0, 0 },
		{ SMS_CONCAT_UDH8, true, 0, "x", 161, 2, 6 + 153, 0x40, 0 },
		{ SMS_CONCAT_UDH16, true, 0, "x", 161, 2, 7 + 152, 0x40, 0 },
		{ SMS_CONCAT_SAR, true, 0, "x", 161, 2, 153, 0, 3 },
		{ SMS_CONCAT_SAR, true, 0, "x", 160, 1, 160, 0, 0 },
		{ SMS_CONCAT_PAYLOAD, true, 0, "x", 161, 1, 161, 0, 1 },
		{ SMS_CONCAT_PAYLOAD, true, 0, "x", 1500, 1, 1500, 0, 1 },
		/* a peer of 3.3 gets no TLVs */
		{ SMS_CONCAT_SAR, false, 0, "x", 161, 2, 6 + 153, 0x40, 0 },
		{ SMS_CONCAT_PAYLOAD, false, 0, "x", 161, 2, 6 + 153, 0x40, 0 },
		{ SMS_CONCAT_UDH8, true, 0, "你", 71, 2, 6 + 134, 0x40, 0 },
		/* packed: 153 septets and a fill bit behind 6 bytes of UDH */
		{ SMS_CONCAT_UDH8, true, SMPP_CHARSET_GSM7_PACKED, "x", 161, 2,
		  6 + 134, 0x40, 0 },
		{ SMS_CONCAT_UDH8, true, SMPP_CHARSET_LATIN1, "é", 161, 2,
		  6 + 153, 0x40, 0 },
		/* Latin-1 has no Greek: UCS-2 in parts of 67 */
		{ SMS_CONCAT_UDH8, true, SMPP_CHARSET_LATIN1, "Ω", 70, 1, 140,
		  0, 0 },
		{ SMS_CONCAT_UDH8, true, SMPP_CHARSET_LATIN1, "Ω", 71, 2,
		  6 + 134, 0x40, 0 },
		{ SMS_CONCAT_UDH16, true, SMPP_CHARSET_LATIN1, "Ω", 71, 2,
		  7 + 132, 0x40, 0 },
	};
	struct smpp_pdu pdu;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m = message_of("+447700900001", "",
					      many(rows[i].unit, rows[i].n));
		cfg.concat = rows[i].concat;
		cfg.charset = rows[i].charset;
		assert_int_equal(pack(&m, rows[i].tlvs), 0);
		assert_int_equal(out.pdus, rows[i].pdus);
		assert_int_equal(out.parts, rows[i].pdus);
		read_pdu(0, &pdu);
		assert_int_equal(smpp_text(&pdu).len, rows[i].first);
		assert_int_equal(pdu.esm_class, rows[i].esm);
		assert_int_equal(pdu.tlvs, rows[i].tlv_count);
	}
	(void)many("", 0);
	cfg.concat = SMS_CONCAT_UDH8;
	cfg.charset = SMPP_CHARSET_GSM7;
}

/* National tables, where they save parts and the link has them. */
static void shift_tables(void **state UNUSED)
{
	char *names[] = { (char *)(uintptr_t) "turkish" };
	struct smpp_cfg with = cfg;
	struct smpp_packer own;
	struct smpp_submit made;
	struct smpp_refusal no;
	struct smpp_pdu pdu;
	uint32_t bad;

	with.shift_tables = (struct setting_list){ names, 1 };
	smpp_packer_init(&own, &with);
	smpp_submit_init(&made);
	/* 72 characters: two parts of UCS-2, or one of 144 septets */
	struct message m = message_of("+447700900001", "", many("\u011F", 72));
	assert_int_equal(pack(&m, true), 0);
	assert_int_equal(out.pdus, 2);
	assert_int_equal(smpp_submit_pack(&own, &m, 0, true, 0, &made, &no), 0);
	assert_int_equal(made.pdus, 1);
	assert_int_equal(smpp_read(smpp_submit_number(&made, 0, 1), &pdu, &bad),
			 0);
	assert_int_equal(pdu.esm_class, SMPP_ESM_UDHI);
	assert_int_equal(pdu.data_coding, 0);
	assert_int_equal(pdu.short_message.len, 4 + 144);
	assert_memory_equal(pdu.short_message.p, "\3\x24\1\1\x1Bg\x1Bg", 8);
	(void)many("", 0);
	smpp_submit_done(&made);
	smpp_packer_done(&own);
}

/* ---- the other fields ----------------------------------------------------- */

static void receipts_asked_for(void **state UNUSED)
{
	static const struct {
		int dlr;
		uint8_t flags;
		uint8_t registered;
		bool receipt;
	} rows[] = {
		{ SMPP_DLR_NONE, MESSAGE_FLAG_RECEIPT, 0, false },
		{ SMPP_DLR_FINAL, MESSAGE_FLAG_RECEIPT, 1, true },
		{ SMPP_DLR_FINAL, 0, 0, false },
		{ SMPP_DLR_FAILURE, MESSAGE_FLAG_RECEIPT, 2, false },
		{ SMPP_DLR_INTERMEDIATE, MESSAGE_FLAG_RECEIPT, 0x11, true },
	};
	struct smpp_pdu pdu;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m = message_of("+447700900001", "", "x");
		m.flags = rows[i].flags;
		cfg.dlr = rows[i].dlr;
		assert_int_equal(pack(&m, true), 0);
		read_pdu(0, &pdu);
		assert_int_equal(pdu.registered_delivery, rows[i].registered);
		assert_int_equal(out.receipt, rows[i].receipt);
	}
}

/* What the section says is in every PDU. */
static void fields_of_the_link(void **state UNUSED)
{
	char *rows[] = { (char *)(uintptr_t) "0x1400:hex:0a1B",
			 (char *)(uintptr_t) "5121:text:a:b",
			 (char *)(uintptr_t) "0x1402:cstring:abc",
			 (char *)(uintptr_t) "0x1403:u32:258" };
	/* whole and in order; the reader does not keep what it does not know */
	static const struct str tail = STR("\x14\0\0\2\x0A\x1B"
					   "\x14\1\0\3a:b"
					   "\x14\2\0\4abc\0"
					   "\x14\3\0\4\0\0\1\2");
	struct smpp_cfg with = cfg;
	struct smpp_packer own;
	struct smpp_submit made;
	struct smpp_refusal no;
	struct smpp_pdu pdu;
	uint32_t bad;

	with.concat = SMS_CONCAT_SAR;
	with.tlv = (struct setting_list){ rows, ARRAY_LEN(rows) };
	with.mode = 2;
	with.reply_path = with.replace_if_present = true;
	with.default_msg_id = 7;
	with.sme_ack = SMPP_SME_ACK_BOTH;
	with.data_coding = 0xF1;
	with.priority = 3;
	with.protocol_id = 0x7F;
	smpp_packer_init(&own, &with);
	smpp_submit_init(&made);
	struct message m = message_of("+447700900001", "", many("x", 200));
	assert_int_equal(smpp_submit_pack(&own, &m, 0, true, 0, &made, &no), 0);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(smpp_read(smpp_submit_number(&made, i, 1),
					   &pdu, &bad),
				 0);
		assert_int_equal(pdu.esm_class, 0x82);
		assert_int_equal(pdu.replace_if_present, 1);
		assert_int_equal(pdu.default_msg_id, 7);
		assert_int_equal(pdu.registered_delivery, 0x0C);
		assert_int_equal(pdu.data_coding, 0xF1);
		assert_int_equal(pdu.priority, 3);
		assert_int_equal(pdu.protocol_id, 0x7F);
		assert_int_equal(pdu.tlvs, 3);
		assert_int_equal(pdu.tlvs_other, 4);
		struct str bytes = smpp_submit_number(&made, i, 1);
		assert_non_null(memmem(bytes.p, bytes.len, tail.p, tail.len));
	}
	/* a peer of 3.3 gets no TLVs */
	assert_int_equal(smpp_submit_pack(&own, &m, 0, false, 0, &made, &no),
			 0);
	assert_int_equal(smpp_read(smpp_submit_number(&made, 0, 1), &pdu, &bad),
			 0);
	assert_int_equal(pdu.tlvs + pdu.tlvs_other, 0);
	(void)many("", 0);
	smpp_submit_done(&made);
	smpp_packer_done(&own);
}

static void validities(void **state UNUSED)
{
	static const struct {
		int validity;
		int64_t until;
		const char *got;
	} rows[] = {
		{ SMPP_VALIDITY_ABSOLUTE, INT64_C(1795344000000),
		  "261122104000000+" },
		{ SMPP_VALIDITY_ABSOLUTE, 0, "" },
		{ SMPP_VALIDITY_RELATIVE, INT64_C(1795347600000),
		  "000000010000000R" },
		{ SMPP_VALIDITY_OFF, INT64_C(1795344000000), "" },
	};
	struct smpp_pdu pdu;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m = message_of("+447700900001", "", "x");
		m.valid_until_ms = rows[i].until;
		cfg.validity = rows[i].validity;
		assert_int_equal(pack(&m, true), 0);
		read_pdu(0, &pdu);
		assert_true(str_eqz(pdu.validity, rows[i].got));
	}
	cfg.validity = SMPP_VALIDITY_OFF;
}

static void references_differ(void **state UNUSED)
{
	unsigned same = 0;
	uint16_t last = 0;

	for (uint64_t i = 0; i < 256; i++) {
		struct message m = message_of("+447700900001", "", "");
		struct smpp_pdu pdu;
		m.id = (UINT64_C(217000000000) + i) << 20;
		m.text = str_of(many("x", 200));
		cfg.concat = SMS_CONCAT_UDH16;
		assert_int_equal(pack(&m, true), 0);
		read_pdu(0, &pdu);
		const uint8_t *p = (const uint8_t *)pdu.short_message.p;
		uint16_t ref = (uint16_t)(p[3] << 8 | p[4]);
		same += i > 0 && (ref & 0xFF) == (last & 0xFF);
		last = ref;
	}
	(void)many("", 0);
	cfg.concat = SMS_CONCAT_UDH8;
	assert_in_range(same, 0, 8);
}

/* ---- the section ---------------------------------------------------------- */

static void section_faults(void **state UNUSED)
{
	static const struct {
		const char *more;
		const char *says; /* NULL: fine */
	} rows[] = {
		{ "", NULL },
		{ "status = {\"0x405=hold\", \"RSYSERR=refused\"}", NULL },
		{ "status = {\"0x405\"}", "0x405" },
		{ "status = {\"ROK=hold\"}", "ROK=hold" },
		{ "status = {\"0x405=later\"}", "0x405=later" },
		{ "tls = on", NULL },
		{ "tls = on verify = false", NULL },
		{ "tls = on ca_file = \"/nowhere\"", "ca_file '/nowhere'" },
		{ "tls = on cert_file = \"/nowhere\"", "go together" },
		{ "ca_file = \"/nowhere\"", "need tls = on" },
		{ "alternates = {\"b.example\", \"[::1]:2776\"}", NULL },
		{ "alternates = {\"b.example:\"}", "b.example:" },
		{ "alternates = {\"[::1\"}", "[::1" },
		{ "outbind_listen = \"127.0.0.1:1\" bind = receiver", "needs" },
		{ "outbind_listen = \"127.0.0.1:1\" outbind_password = \"x\"",
		  NULL },
		{ "outbind_listen = \"127.0.0.1:1\" outbind_password = \"x\" "
		  "bind = transmitter",
		  "transmitter" },
		{ "tlv = {\"0x1400:hex:01\", \"5121:text:a:b\"}", NULL },
		{ "tlv = {\"0x1400:hex:1\"}", "tlv \"0x1400:hex:1\"" },
		{ "tlv = {\"0x20C:u8:1\"}", "does not fit" },
		{ "shift_tables = {turkish, Spanish, portuguese}", NULL },
		{ "shift_tables = {latin}", "latin" },
		{ "password = \"seventeen-letters\"", "17 characters" },
		{ "system_type = \"thirteen-char\"", "system_type" },
		{ "service_type = \"sixsix\"", "service_type" },
		{ "country = \"GB\"", "country" },
		{ "reconnect_min = 2m", "reconnect_min" },
		{ "mo_parts_hold = 3m", "mo_parts_hold" },
		{ "interface_version = \"3.3\" concat = sar", "concat = sar" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct settings s;
		struct faults f = { 0 };
		char text[512];

		(void)snprintf(text, sizeof(text),
			       "smpp a { host = \"h\" system_id = \"u\" %s }",
			       rows[i].more);
		assert_int_equal(settings_parse(text, "t", &smpp_settings, 1,
						&s, &f),
				 0);
		smpp_channel_ops.check("a", s.v[0].value, &f);
		assert_int_equal(f.len, rows[i].says == NULL ? 0 : 1);
		if (rows[i].says != NULL)
			assert_non_null(strstr(f.v[0], rows[i].says));
		faults_done(&f);
		settings_done(&s);
	}
}

static int setup(void **state UNUSED)
{
	cfg.max_parts = SMS_PARTS_MAX;
	smpp_packer_init(&packer, &cfg);
	smpp_submit_init(&out);
	return 0;
}

static int teardown(void **state UNUSED)
{
	smpp_packer_done(&packer);
	smpp_submit_done(&out);
	return mem_live_blocks() == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(senders),
		cmocka_unit_test(receivers),
		cmocka_unit_test(charsets),
		cmocka_unit_test(concatenation),
		cmocka_unit_test(shift_tables),
		cmocka_unit_test(fields_of_the_link),
		cmocka_unit_test(receipts_asked_for),
		cmocka_unit_test(validities),
		cmocka_unit_test(references_differ),
		cmocka_unit_test(section_faults),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
