/* What the gateway and ESMEs say to each other: statuses, ids, notes, stored
 * parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "daemon/esme_record.h"
#include "daemon/esme_words.h"
#include "gateway/permit.h"
#include "proto/smpp_status.h"

static void statuses(void **state UNUSED)
{
	static const struct {
		int rc;
		const char *code, *field;
		enum verdict verdict;
		const char *reason;
		int denied;
		uint32_t status;
	} rows[] = {
		{ 0, NULL, NULL, VERDICT_ALLOW, "", 0, SMPP_ROK },
		{ 0, NULL, NULL, VERDICT_DEFER, "quiet_hours", 0, SMPP_ROK },
		{ 0, NULL, NULL, VERDICT_DENY, "no_consent", 0, 0x431 },
		{ 0, NULL, NULL, VERDICT_DENY, "withdrawn", 0, 0x432 },
		{ 0, NULL, NULL, VERDICT_DENY, "freq_cap", 0, 0x43A },
		{ 0, NULL, NULL, VERDICT_DENY, "demo_only", 0, 0x43B },
		{ 0, NULL, NULL, VERDICT_DENY, "a new reason", 0, 0x430 },
		{ 0, NULL, NULL, VERDICT_DENY, "withdrawn", 1,
		  SMPP_RSUBMITFAIL },
		{ -EINVAL, "bad_number", "to", 0, "", 0, SMPP_RINVDSTADR },
		{ -EINVAL, "too_long", "text", 0, "", 0, SMPP_RINVMSGLEN },
		{ -EINVAL, "too_many_parts", "text", 0, "", 0,
		  SMPP_RINVMSGLEN },
		{ -EINVAL, "bad_text", "text", 0, "", 0, SMPP_RINVDCS },
		{ -EINVAL, "bad_sender", "from", 0, "", 0, SMPP_RINVSRCADR },
		{ -EINVAL, "bad_time", "send_at", 0, "", 0, SMPP_RINVSCHED },
		{ -EINVAL, "bad_time", "valid_until", 0, "", 0,
		  SMPP_RINVEXPIRY },
		{ -EINVAL, "unknown_class", "class", 0, "", 0, SMPP_RSYSERR },
		{ -ENOSPC, "full", NULL, 0, "", 0, SMPP_RMSGQFUL },
		{ -ENOSPC, "disk_full", NULL, 0, "", 0, SMPP_RMSGQFUL },
		{ -EAGAIN, "busy", NULL, 0, "", 0, SMPP_RTHROTTLED },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct submitted s = {
			.rc = rows[i].rc,
			.code = rows[i].code,
			.field = rows[i].field,
			.decision = { .verdict = rows[i].verdict,
				      .reason = str_of(rows[i].reason) },
		};

		assert_int_equal(
			esme_status_of(&s,
				       (enum smpp_server_denied)rows[i].denied),
			rows[i].status);
	}
	assert_int_equal(esme_status_stored(0), SMPP_ROK);
	assert_int_equal(esme_status_stored(-ENOSPC), SMPP_RMSGQFUL);
	assert_int_equal(esme_status_stored(-EIO), SMPP_RSYSERR);
}

static void ids(void **state UNUSED)
{
	static const struct {
		const char *text;
		int rc;
		unsigned part;
	} rows[] = {
		{ "06ajdpj8h0000", 0, 0 },
		{ "06ajdpj8h0000-1", 0, 1 },
		{ "06ajdpj8h0000-255", 0, 255 },
		{ "06ajdpj8h0000-0", -EBADMSG, 0 },
		{ "06ajdpj8h0000-256", -EBADMSG, 0 },
		{ "06ajdpj8h0000-", -EBADMSG, 0 },
		{ "06ajdpj8h0000-x", -EBADMSG, 0 },
		{ "", -EBADMSG, 0 },
		{ "-1", -EBADMSG, 0 },
		{ "not an id", -EBADMSG, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char back[ESME_ID_MAX];
		uint64_t id = 0;
		unsigned part = 99;

		assert_int_equal(esme_id_parse(str_of(rows[i].text), &id,
					       &part),
				 rows[i].rc);
		if (rows[i].rc != 0)
			continue;
		assert_int_equal(part, rows[i].part);
		esme_id_text(id, part, back);
		assert_string_equal(back, rows[i].text);
	}
}

static void notes(void **state UNUSED)
{
	static const struct esme_note rows[] = {
		{ .account = "main/demo", .source = { .addr = { "", 0 } } },
		{ .account = "main/demo",
		  .dlr = 1,
		  .source = { 5, 0, { "DEMO.CARE", 9 } },
		  .dest_ton = 1,
		  .dest_npi = 1 },
		{ .account = "main/a-b_c.d",
		  .dlr = 2,
		  .source = { 1, 1, { "447700900001", 12 } },
		  .dest_ton = 2,
		  .dest_npi = 8,
		  .plus = true,
		  .parts = 32,
		  .asked = 0xFFFFFFFF },
		{ .account = "x/y",
		  .dlr = 3,
		  .source = { 0, 0, { "", 0 } },
		  .id = "06ajdpj8h0000" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct esme_note *want = &rows[i];
		struct esme_note got;
		struct buf b;

		buf_init(&b, 1024);
		esme_note_write(want, &b);
		/* nobody's number is in it */
		assert_true(b.len <= MESSAGE_METADATA_MAX);
		json_t *o = json_loadb(b.p, b.len, 0, NULL);
		assert_non_null(o);
		assert_int_equal(esme_note_read(o, &got), 0);
		assert_string_equal(got.account, want->account);
		assert_int_equal(got.dlr, want->dlr);
		assert_int_equal(got.source.ton, want->source.ton);
		assert_int_equal(got.source.npi, want->source.npi);
		assert_true(str_eq(got.source.addr, want->source.addr));
		assert_int_equal(got.dest_ton, want->dest_ton);
		assert_int_equal(got.dest_npi, want->dest_npi);
		assert_int_equal(got.plus, want->plus);
		assert_int_equal(got.parts, want->parts);
		assert_int_equal(got.asked, want->asked);
		if (want->id == NULL)
			assert_null(got.id);
		else
			assert_string_equal(got.id, want->id);
		json_decref(o);
		buf_done(&b);
	}
}

/* Metadata of others: what anybody may have sent by HTTP. */
static void notes_of_others(void **state UNUSED)
{
	static const char *const rows[] = {
		"{}",
		"{\"esme\":1}",
		"{\"esme\":{}}",
		"{\"esme\":{\"account\":7}}",
		"[]",
	};
	struct esme_note note;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		json_t *o = json_loads(rows[i], 0, NULL);

		assert_int_equal(esme_note_read(o, &note), -ENOENT);
		json_decref(o);
	}
	assert_int_equal(esme_note_read(NULL, &note), -ENOENT);
	json_t *o = json_loads("{\"esme\":{\"account\":\"a\",\"dlr\":-1,"
			       "\"parts\":99999999999,\"src\":\"x\"}}",
			       0, NULL);
	assert_int_equal(esme_note_read(o, &note), 0);
	assert_int_equal(note.dlr, 0);
	assert_int_equal(note.parts, 0);
	json_decref(o);
}

static void wishes(void **state UNUSED)
{
	static const struct {
		unsigned dlr;
		enum message_state state;
		bool wanted;
	} rows[] = {
		{ 0, MESSAGE_DELIVERED, false }, { 0, MESSAGE_EXPIRED, false },
		{ 1, MESSAGE_DELIVERED, true },  { 1, MESSAGE_FAILED, true },
		{ 2, MESSAGE_DELIVERED, false }, { 2, MESSAGE_SENT, false },
		{ 2, MESSAGE_UNKNOWN, true },    { 3, MESSAGE_DELIVERED, true },
		{ 3, MESSAGE_REJECTED, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(esme_wants(rows[i].dlr, rows[i].state),
				 rows[i].wanted);
}

static const struct part_record a_part = {
	.id = 12345678901234567,
	.head = { .account = { "main/demo", 9 },
		  .from = { "DEMOCARE", 8 },
		  .source = { 5, 0, { "DEMOCARE", 8 } },
		  .to = { "+447700900001", 13 },
		  .dest_ton = 1,
		  .dest_npi = 1,
		  .plus = true,
		  .total = 3,
		  .ref = 65535,
		  .wide = true },
	.number = 2,
	.charset = SMS_UCS2,
	.registered = 1,
	.send_at_ms = 1795000000000,
	.valid_until_ms = 1795000060000,
	.bytes = { "\x4f\x60\0\1", 4 },
};

static void stored_parts(void **state UNUSED)
{
	struct part_record got;
	struct buf b;

	buf_init(&b, BUF_NO_LIMIT);
	part_record_put(&a_part, &b);
	assert_int_equal(part_record_read(buf_str(&b), &got), 0);
	assert_int_equal(got.id, a_part.id);
	assert_true(str_eq(got.head.account, a_part.head.account));
	assert_true(str_eq(got.head.from, a_part.head.from));
	assert_true(str_eq(got.head.to, a_part.head.to));
	assert_true(str_eq(got.head.source.addr, a_part.head.source.addr));
	assert_int_equal(got.head.total, 3);
	assert_int_equal(got.head.ref, 65535);
	assert_true(got.head.wide && got.head.plus);
	assert_int_equal(got.number, 2);
	assert_int_equal(got.charset, SMS_UCS2);
	assert_int_equal(got.send_at_ms, a_part.send_at_ms);
	assert_int_equal(got.valid_until_ms, a_part.valid_until_ms);
	assert_true(str_eq(got.bytes, a_part.bytes));
	/* a record that is cut short at any byte is not read */
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(part_record_read(str_bytes(b.p, n), &got),
				 -EBADMSG);
	buf_done(&b);
}

static void damaged_parts(void **state UNUSED)
{
	struct part_record r, got;

	for (unsigned i = 0; i < 5; i++) {
		struct buf b;

		r = a_part;
		if (i == 0)
			r.head.total = 1;
		if (i == 1)
			r.head.total = PARTS_MAX + 1;
		if (i == 2)
			r.number = 0;
		if (i == 3)
			r.number = 4;
		if (i == 4)
			r.charset = SMS_BINARY;
		buf_init(&b, BUF_NO_LIMIT);
		part_record_put(&r, &b);
		assert_int_equal(part_record_read(buf_str(&b), &got), -EBADMSG);
		buf_done(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statuses),
		cmocka_unit_test(ids),
		cmocka_unit_test(notes),
		cmocka_unit_test(notes_of_others),
		cmocka_unit_test(wishes),
		cmocka_unit_test(stored_parts),
		cmocka_unit_test(damaged_parts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
