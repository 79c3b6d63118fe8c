/* The SMPP writer: its limits, and that the reader reads what libsmpp34
 * packed and what we wrote by hand. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "proto/smpp_read.h"
#include "proto/smpp_status.h"
#include "proto/smpp_write.h"

static struct buf out;

static int setup(void **state UNUSED)
{
	buf_init(&out, BUF_NO_LIMIT);
	return 0;
}

static int teardown(void **state UNUSED)
{
	buf_done(&out);
	return mem_live_blocks() == 0 ? 0 : -1;
}

/* Reads the only PDU of `out` and empties it for the next one. */
static void read_back(struct smpp_pdu *pdu)
{
	static struct buf kept;
	struct str frame;
	uint32_t why = 0;

	buf_done(&kept);
	kept = out;
	buf_init(&out, BUF_NO_LIMIT);
	assert_int_equal(smpp_frame(buf_str(&kept), SMPP_PDU_MAX, &frame), 0);
	assert_int_equal(frame.len, kept.len);
	assert_int_equal(smpp_read(frame, pdu, &why), 0);
	if (pdu->seq == 0) /* the last one of a test says so */
		buf_done(&kept);
}

static void forget(void)
{
	struct smpp_pdu pdu;

	assert_int_equal(smpp_write_head(&out, SMPP_UNBIND, 0, 0), 0);
	read_back(&pdu);
}

static void same(struct str a, struct str b)
{
	assert_int_equal(a.len, b.len);
	if (a.len > 0)
		assert_memory_equal(a.p, b.p, a.len);
}

/* ---- the rich ones, against libsmpp34 ------------------------------------- */

static unsigned seed = 12345;

static unsigned pick(unsigned n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 8) % n;
}

static struct str digits(char *p, unsigned max)
{
	unsigned n = pick(max + 1);
	for (unsigned i = 0; i < n; i++)
		p[i] = (char)('0' + pick(10));
	return str_bytes(p, n);
}

struct sample {
	struct smpp_sm sm;
	char bytes[2][32];
	char text[2000];
	struct smpp_tlv tlv[4];
};

static void random_sample(struct sample *s, bool times)
{
	static const uint8_t npis[] = { 0, 1, 3, 4, 6, 8, 9, 10, 14, 18 };
	static const unsigned lens[] = { 0, 1, 140, 252, 253, 254, 255, 2000 };

	s->sm = (struct smpp_sm){
		.service_type = pick(2) ? STR("CMT") : STR_NONE,
		.source = { (uint8_t)pick(7), npis[pick(10)],
			    digits(s->bytes[0], 20) },
		.dest = { (uint8_t)pick(7), npis[pick(10)],
			  digits(s->bytes[1], 20) },
		.esm_class = (uint8_t)pick(256),
		.protocol_id = (uint8_t)pick(256),
		.priority = (uint8_t)pick(4),
		.registered_delivery = (uint8_t)pick(32),
		.replace_if_present = (uint8_t)pick(2),
		.data_coding = (uint8_t)pick(256),
		.default_msg_id = (uint8_t)pick(256),
		.validity =
			times && pick(2) ? STR("261122104000000+") : STR_NONE,
		.schedule =
			times && pick(2) ? STR("000001000000000R") : STR_NONE,
	};
	s->sm.text = str_bytes(s->text, lens[pick(ARRAY_LEN(lens))]);
	for (size_t i = 0; i < s->sm.text.len; i++)
		s->text[i] = (char)pick(256);
	s->tlv[0] = (struct smpp_tlv){ SMPP_TLV_SAR_MSG_REF_NUM,
				       str_bytes("\xAB\xCD", 2) };
	s->tlv[1] = (struct smpp_tlv){ SMPP_TLV_SAR_TOTAL_SEGMENTS,
				       str_bytes("\x03", 1) };
	s->tlv[2] = (struct smpp_tlv){ SMPP_TLV_SAR_SEGMENT_SEQNUM,
				       str_bytes("\x02", 1) };
	s->tlv[3] = (struct smpp_tlv){ SMPP_TLV_RECEIPTED_MESSAGE_ID,
				       str_bytes("id-7\0", 5) };
	s->sm.tlv = s->tlv;
	s->sm.tlvs = pick(5);
}

static void compare(const struct smpp_pdu *pdu, const struct smpp_sm *sm)
{
	bool payload = sm->text.len > SMPP_SHORT_MESSAGE_MAX;

	same(pdu->service_type, sm->service_type);
	assert_int_equal(pdu->source.ton, sm->source.ton);
	assert_int_equal(pdu->source.npi, sm->source.npi);
	same(pdu->source.addr, sm->source.addr);
	assert_int_equal(pdu->dest.ton, sm->dest.ton);
	assert_int_equal(pdu->dest.npi, sm->dest.npi);
	same(pdu->dest.addr, sm->dest.addr);
	assert_int_equal(pdu->esm_class, sm->esm_class);
	assert_int_equal(pdu->registered_delivery, sm->registered_delivery);
	assert_int_equal(pdu->data_coding, sm->data_coding);
	same(smpp_text(pdu), sm->text);
	if (pdu->id != SMPP_DATA_SM) {
		assert_int_equal(pdu->protocol_id, sm->protocol_id);
		assert_int_equal(pdu->priority, sm->priority);
		assert_int_equal(pdu->replace_if_present,
				 sm->replace_if_present);
		assert_int_equal(pdu->default_msg_id, sm->default_msg_id);
		same(pdu->schedule, sm->schedule);
		same(pdu->validity, sm->validity);
		assert_int_equal(pdu->short_message.len,
				 payload ? 0 : sm->text.len);
	}
	for (unsigned i = 0; i < sm->tlvs; i++) { /* in their order */
		assert_int_equal(pdu->tlv[i].tag, sm->tlv[i].tag);
		same(pdu->tlv[i].value, sm->tlv[i].value);
	}
	if (pdu->id == SMPP_DATA_SM)
		payload = sm->text.len > 0;
	assert_int_equal(pdu->tlvs, sm->tlvs + (payload ? 1 : 0));
}

static void packed_is_read(void **state UNUSED)
{
	static struct sample s;
	struct smpp_pdu pdu;

	for (unsigned i = 1; i <= 3000; i++) {
		random_sample(&s, true);
		assert_int_equal(smpp_write_submit_sm(&out, i, &s.sm), 0);
		read_back(&pdu);
		assert_int_equal(pdu.id, SMPP_SUBMIT_SM);
		assert_int_equal(pdu.seq, i);
		compare(&pdu, &s.sm);

		assert_int_equal(smpp_write_data_sm(&out, i, &s.sm), 0);
		read_back(&pdu);
		assert_int_equal(pdu.id, SMPP_DATA_SM);
		compare(&pdu, &s.sm);

		random_sample(&s, false);
		assert_int_equal(smpp_write_deliver_sm(&out, i, &s.sm), 0);
		read_back(&pdu);
		assert_int_equal(pdu.id, SMPP_DELIVER_SM);
		compare(&pdu, &s.sm);
	}
	forget();
}

static void query_cancel_replace(void **state UNUSED)
{
	struct smpp_sm sm = { .service_type = STR("CMT"),
			      .source = { 5, 0, STR("ACME") },
			      .dest = { 1, 1, STR("447700900001") },
			      .text = STR("other words") };
	struct smpp_pdu pdu;
	char id[65];

	memset(id, 'f', 64);
	struct str longest = str_bytes(id, 64);
	assert_int_equal(smpp_write_query_sm(&out, 5, longest, &sm.source), 0);
	read_back(&pdu);
	same(pdu.message_id, longest);
	assert_int_equal(smpp_write_cancel_sm(&out, 6, STR("42"), &sm), 0);
	read_back(&pdu);
	same(pdu.message_id, STR("42"));
	same(pdu.dest.addr, sm.dest.addr);
	assert_int_equal(smpp_write_replace_sm(&out, 7, STR("42"), &sm), 0);
	read_back(&pdu);
	same(pdu.short_message, sm.text);
	same(pdu.source.addr, sm.source.addr);
	memset(id, 'f', 65);
	assert_int_equal(smpp_write_query_sm(&out, 5, str_bytes(id, 65),
					     &sm.source),
			 -EINVAL);
	assert_int_equal(out.len, 0);
	forget();
}

static void limits(void **state UNUSED)
{
	static char big[70000];
	static const struct {
		struct smpp_sm sm;
		const struct smpp_tlv tlv;
		int rc;
	} rows[] = {
		{ { .service_type = STR("sixsix") }, { 0 }, -EINVAL },
		{ { .source = { 7, 0, STR("1") } }, { 0 }, -EINVAL },
		{ { .source = { 0, 2, STR("1") } }, { 0 }, -EINVAL },
		{ { .dest = { 0, 0, STR("123456789012345678901") } },
		  { 0 },
		  -EINVAL },
		{ { .dest = { 0,
			      0,
			      { "12\0"
				"34",
				5 } } },
		  { 0 },
		  -EINVAL },
		{ { .validity = STR("2611221040") }, { 0 }, -EINVAL },
		{ { .text = { big, 65000 } }, { 0 }, 0 },
		{ { .text = { big, 65536 } }, { 0 }, -EINVAL },
		{ { .tlvs = 1 },
		  { SMPP_TLV_MESSAGE_STATE, { big, 2 } },
		  -EINVAL },
		{ { .tlvs = 1 },
		  { SMPP_TLV_SOURCE_PORT, { big, 1 } },
		  -EINVAL },
		{ { .tlvs = 1 }, { SMPP_TLV_SOURCE_PORT, { big, 2 } }, 0 },
		{ { .tlvs = 1 },
		  { SMPP_TLV_MESSAGE_PAYLOAD, { big, 2 } },
		  -EINVAL },
		{ { .tlvs = 1 }, { 0x1401, { big, 1024 } }, 0 },
		{ { .tlvs = 1 }, { 0x1401, { big, 1025 } }, -EINVAL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct smpp_sm sm = rows[i].sm;
		sm.tlv = &rows[i].tlv;
		buf_reset(&out);
		assert_int_equal(smpp_write_submit_sm(&out, 1, &sm),
				 rows[i].rc);
		assert_int_equal(out.len > 0, rows[i].rc == 0);
	}

	struct smpp_tlv tlvs[16];
	struct smpp_sm sm = { .tlv = tlvs, .tlvs = 15 };
	for (unsigned i = 0; i < 16; i++)
		tlvs[i] = (struct smpp_tlv){ 0x1401, STR("v") };
	assert_int_equal(smpp_write_submit_sm(&out, 1, &sm), 0);
	sm.tlvs = 16;
	assert_int_equal(smpp_write_submit_sm(&out, 1, &sm), -EINVAL);
	sm = (struct smpp_sm){ .validity = STR("261122104000000+") };
	assert_int_equal(smpp_write_deliver_sm(&out, 1, &sm), -EINVAL);
}

static void a_full_buffer_stays_as_it_was(void **state UNUSED)
{
	struct smpp_sm sm = { .text = STR("hello") };
	struct buf small;

	buf_init(&small, 20);
	assert_int_equal(smpp_write_submit_sm(&small, 1, &sm), -ENOSPC);
	assert_int_equal(smpp_write_head(&small, SMPP_UNBIND, 0, 1), 0);
	assert_int_equal(smpp_write_head(&small, SMPP_UNBIND, 0, 2), -ENOSPC);
	assert_int_equal(small.len, 16);
	assert_false(small.full);
	buf_done(&small);
}

/* ---- the bare ones -------------------------------------------------------- */

static void binds(void **state UNUSED)
{
	struct smpp_bind b = { .system_id = STR("fifteen-letters"),
			       .password = STR("sixteen--letters"),
			       .system_type = STR("twelve-chars"),
			       .interface_version = 0x34,
			       .range = { 1, 1, STR("^44") } };
	struct smpp_pdu pdu;
	uint32_t version;

	assert_int_equal(smpp_write_bind(&out, SMPP_BIND_RECEIVER, 3, &b), 0);
	read_back(&pdu);
	assert_int_equal(pdu.id, SMPP_BIND_RECEIVER);
	same(pdu.system_id, b.system_id);
	same(pdu.password, b.password);
	same(pdu.system_type, b.system_type);
	assert_int_equal(pdu.interface_version, 0x34);
	same(pdu.range.addr, b.range.addr);

	assert_int_equal(smpp_write_bind(&out, SMPP_OUTBIND, 3, &b), 0);
	read_back(&pdu);
	same(pdu.password, b.password);

	b.password = STR("seventeen-letters");
	assert_int_equal(smpp_write_bind(&out, SMPP_BIND_RECEIVER, 3, &b),
			 -EINVAL);
	b.password = STR("");
	b.system_id = STR("sixteen--letters");
	assert_int_equal(smpp_write_bind(&out, SMPP_BIND_RECEIVER, 3, &b),
			 -EINVAL);
	assert_int_equal(out.len, 0);

	assert_int_equal(smpp_write_bind_resp(&out, SMPP_BIND_RECEIVER_RESP, 0,
					      4, STR("SMSC"), 0x34),
			 0);
	read_back(&pdu);
	same(pdu.system_id, STR("SMSC"));
	assert_true(
		smpp_tlv_number(&pdu, SMPP_TLV_SC_INTERFACE_VERSION, &version));
	assert_int_equal(version, 0x34);
	assert_int_equal(smpp_write_bind_resp(&out, SMPP_BIND_RECEIVER_RESP,
					      0x400, 4, STR("SMSC"), 0x34),
			 0);
	read_back(&pdu);
	assert_int_equal(pdu.status, 0x400);
	assert_false(pdu.body);
	forget();
}

static void responses(void **state UNUSED)
{
	struct smpp_dest refused[2] = {
		{ .addr = { 1, 1, STR("447700900001") }, .status = 0x0B },
		{ .addr = { 1, 1, STR("447700900002") }, .status = 0x0A },
	};
	struct smpp_pdu pdu;
	struct smpp_dest d;
	size_t at = 0;

	assert_int_equal(smpp_write_resp(&out, SMPP_SUBMIT_SM_RESP, 0x4FF, 9,
					 STR("4F2A")),
			 0);
	read_back(&pdu);
	assert_int_equal(pdu.status, 0x4FF);
	assert_int_equal(pdu.seq, 9);
	same(pdu.message_id, STR("4F2A"));

	assert_int_equal(smpp_write_query_resp(&out, 9, STR("42"),
					       STR("261122104000000+"), 2, 5),
			 0);
	read_back(&pdu);
	assert_int_equal(pdu.message_state, 2);
	assert_int_equal(pdu.error_code, 5);

	assert_int_equal(smpp_write_multi_resp(&out, 9, STR("42"), refused, 2),
			 0);
	read_back(&pdu);
	assert_int_equal(pdu.dests, 2);
	assert_true(smpp_dest_next(&pdu, &at, &d));
	assert_true(smpp_dest_next(&pdu, &at, &d));
	assert_int_equal(d.status, 0x0A);
	same(d.addr.addr, refused[1].addr.addr);

	/* a nack may have number 0 */
	assert_int_equal(smpp_write_head(&out, SMPP_GENERIC_NACK,
					 SMPP_RINVCMDLEN, 0),
			 0);
	read_back(&pdu);
	assert_int_equal(pdu.id, SMPP_GENERIC_NACK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(packed_is_read, setup,
						teardown),
		cmocka_unit_test_setup_teardown(query_cancel_replace, setup,
						teardown),
		cmocka_unit_test_setup_teardown(limits, setup, teardown),
		cmocka_unit_test_setup_teardown(a_full_buffer_stays_as_it_was,
						setup, teardown),
		cmocka_unit_test_setup_teardown(binds, setup, teardown),
		cmocka_unit_test_setup_teardown(responses, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
