/* Writing SMPP: rich PDUs through libsmpp34, the small ones by hand. */
#include "proto/smpp_write.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <libsmpp34/smpp34.h>
#include <libsmpp34/smpp34_structs.h>

/*
 * What libsmpp34 1.14.1 does with values outside its limits is to cut them,
 * to overflow its own log or to write past a buffer; so every value is
 * checked here first. It wants more room than the PDU takes, a message of at
 * most 253 bytes, and at most 16 TLVs (its log of 2,048 bytes overflows at
 * 29). TLV nodes are our own, on the stack: nothing to destroy on any path.
 */
enum {
	WRITE_SLACK = 64,
	WRITE_TLVS_MAX = 15,
	WRITE_FIXED_MAX = 512, /* header and mandatory fields of any PDU */
	WRITE_PACK_MAX = WRITE_FIXED_MAX + WRITE_TLVS_MAX * (MAX_TLV_SIZE + 4),
	WRITE_TIME_LEN = 16,
};

/* Copies into a C-octet array of the library; false when it does not fit or
 * holds a NUL. */
#define PUT_Z(array, s) put_z((array), sizeof(array), (s))

static bool put_z(uint8_t *dst, size_t size, struct str s)
{
	if (s.len >= size)
		return false;
	if (s.len > 0) {
		if (str_find(s, '\0') != s.len)
			return false;
		memcpy(dst, s.p, s.len);
	}
	dst[s.len] = 0;
	return true;
}

/* The arrays hold 254 bytes; callers give at most 253. p may be NULL. */
static void put_text(uint8_t *dst, const char *p, size_t len)
{
	must(len <= SMPP_SHORT_MESSAGE_MAX);
	if (len > 0)
		memcpy(dst, p, len);
}

static bool ton_ok(const struct smpp_addr *a)
{
	return a->ton <= TON_Abbreviated;
}

static bool npi_ok(const struct smpp_addr *a)
{
	switch (a->npi) {
	case NPI_Unknown:
	case NPI_ISDN_E163_E164:
	case NPI_Data_X121:
	case NPI_Telex_F69:
	case NPI_Land_Mobile_E212:
	case NPI_National:
	case NPI_Private:
	case NPI_ERMES:
	case NPI_Internet_IP:
	case NPI_WAP_Client_Id:
		return true;
	default:
		return false;
	}
}

static bool time_ok(struct str s)
{
	return s.len == 0 || s.len == WRITE_TIME_LEN;
}

/* How the library keeps this TLV: 0 as bytes, else a number of so many bytes
 * in host order. -1: it differs from PDU to PDU; we do not write it. */
static int tlv_width(uint16_t tag)
{
	switch (tag) {
	case TLVID_user_message_reference:
	case TLVID_source_port:
	case TLVID_destination_port:
	case TLVID_sar_msg_ref_num:
	case TLVID_its_session_info:
		return 2;
	case TLVID_sms_signal:
	case TLVID_dest_telematics_id:
	case TLVID_qos_time_to_live:
		return -1;
	default:
		return 0; /* a number of one byte is a byte */
	}
}

/* Tags that the library writes as one byte, whatever the length says. */
static bool tlv_one_byte(uint16_t tag)
{
	switch (tag) {
	case TLVID_dest_addr_subunit:
	case TLVID_dest_network_type:
	case TLVID_dest_bearer_type:
	case TLVID_source_addr_subunit:
	case TLVID_source_network_type:
	case TLVID_source_bearer_type:
	case TLVID_source_telematics_id:
	case TLVID_payload_type:
	case TLVID_ms_msg_wait_facilities:
	case TLVID_privacy_indicator:
	case TLVID_user_response_code:
	case TLVID_language_indicator:
	case TLVID_sar_total_segments:
	case TLVID_sar_segment_seqnum:
	case TLVID_callback_num_pres_ind:
	case TLVID_number_of_messages:
	case TLVID_set_dpf:
	case TLVID_more_messages_to_send:
	case TLVID_message_state:
	case TLVID_display_time:
	case TLVID_ms_validity:
	case TLVID_its_reply_type:
		return true;
	default:
		return false;
	}
}

static bool tlv_fill(tlv_t *t, const struct smpp_tlv *from)
{
	int width = tlv_width(from->tag);
	struct str v = from->value;
	if (width < 0 || v.len > MAX_TLV_SIZE ||
	    (width > 0 && v.len != (size_t)width) ||
	    (tlv_one_byte(from->tag) && v.len != 1) ||
	    from->tag == TLVID_message_payload)
		return false;
	t->tag = from->tag;
	t->length = (uint16_t)v.len;
	if (width == 2)
		t->value.val16 =
			(uint16_t)((uint8_t)v.p[0] << 8 | (uint8_t)v.p[1]);
	else if (v.len > 0)
		memcpy(t->value.octet, v.p, v.len);
	return true;
}

/* Links the TLVs of m in their order; false when one cannot be written. */
static bool tlv_chain(tlv_t *nodes, const struct smpp_sm *m, tlv_t **head)
{
	*head = NULL;
	if (m->tlvs > WRITE_TLVS_MAX)
		return false;
	tlv_t **link = head;
	for (unsigned i = 0; i < m->tlvs; i++) {
		if (!tlv_fill(&nodes[i], &m->tlv[i]))
			return false;
		nodes[i].next = NULL;
		*link = &nodes[i];
		link = &nodes[i].next;
	}
	return true;
}

/* Room for n bytes and the library's slack, without marking out as full. */
static uint8_t *room(struct buf *out, size_t n)
{
	size_t want = n + WRITE_SLACK;
	if (out->full || out->limit - out->len < want)
		return NULL;
	return buf_room(out, want);
}

/* Packs any struct of the library; its first fields are the header. */
static int pack(struct buf *out, size_t most, void *pdu)
{
	uint8_t *at = room(out, most);
	if (at == NULL)
		return -ENOSPC;
	int len = 0;
	if (smpp34_pack2(at, (int)(most + WRITE_SLACK), &len, pdu) != 0 ||
	    len < SMPP_HEAD_SIZE)
		return -EINVAL;
	out->len += (size_t)len;
	out->p[out->len] = '\0';
	return 0;
}

/* Adds message_payload behind a PDU that starts at `start`. The library
 * stops at 1,024 bytes; carriers take 64 KiB. */
static void add_payload(struct buf *out, size_t start, struct str text)
{
	buf_u16(out, SMPP_TLV_MESSAGE_PAYLOAD);
	buf_u16(out, (uint16_t)text.len);
	buf_str_put(out, text);
	uint32_t len = (uint32_t)(out->len - start);
	for (unsigned i = 0; i < 4; i++)
		out->p[start + i] = (char)(len >> (24 - 8 * i));
}

static bool wants_payload(const struct smpp_sm *m)
{
	return m->text.len > 0 &&
	       (m->payload || m->text.len > SMPP_SHORT_MESSAGE_MAX);
}

/* Packs a struct whose TLVs are m's, with the text behind it if `payload`. */
static int pack_sm(struct buf *out, void *pdu, const struct smpp_sm *m,
		   bool payload)
{
	size_t most = WRITE_FIXED_MAX;
	for (unsigned i = 0; i < m->tlvs; i++)
		most += m->tlv[i].value.len + 4;
	size_t behind = payload ? m->text.len + 4 : 0;
	if (most + behind > SMPP_PDU_MAX)
		return -EINVAL;
	if (room(out, most + behind) == NULL)
		return -ENOSPC;
	size_t start = out->len;
	int rc = pack(out, most, pdu);
	if (rc == 0 && payload)
		add_payload(out, start, m->text);
	return rc;
}

/* Fields that the structs of submit_sm and deliver_sm share by name. */
#define FILL_SM(pdu, m)                                                        \
	(ton_ok(&(m)->source) && npi_ok(&(m)->source) && ton_ok(&(m)->dest) && \
	 npi_ok(&(m)->dest) && PUT_Z((pdu).service_type, (m)->service_type) && \
	 PUT_Z((pdu).source_addr, (m)->source.addr) &&                         \
	 PUT_Z((pdu).destination_addr, (m)->dest.addr) &&                      \
	 ((pdu).source_addr_ton = (m)->source.ton,                             \
	  (pdu).source_addr_npi = (m)->source.npi,                             \
	  (pdu).dest_addr_ton = (m)->dest.ton,                                 \
	  (pdu).dest_addr_npi = (m)->dest.npi,                                 \
	  (pdu).esm_class = (m)->esm_class,                                    \
	  (pdu).registered_delivery = (m)->registered_delivery,                \
	  (pdu).data_coding = (m)->data_coding, true))

#define FILL_SHORT(pdu, m)                                                \
	((pdu).protocol_id = (m)->protocol_id,                            \
	 (pdu).priority_flag = (m)->priority,                             \
	 (pdu).replace_if_present_flag = (m)->replace_if_present,         \
	 (pdu).sm_default_msg_id = (m)->default_msg_id,                   \
	 (pdu).sm_length = wants_payload(m) ? 0 : (uint8_t)(m)->text.len, \
	 put_text((pdu).short_message, (m)->text.p, (pdu).sm_length))

int smpp_write_submit_sm(struct buf *out, uint32_t seq, const struct smpp_sm *m)
{
	must(out != NULL && m != NULL && seq != 0);
	submit_sm_t pdu;
	tlv_t nodes[WRITE_TLVS_MAX];
	memset(&pdu, 0, sizeof(pdu));
	pdu.command_id = SUBMIT_SM;
	pdu.sequence_number = seq;
	if (!FILL_SM(pdu, m) || !time_ok(m->schedule) ||
	    !time_ok(m->validity) ||
	    !PUT_Z(pdu.schedule_delivery_time, m->schedule) ||
	    !PUT_Z(pdu.validity_period, m->validity) ||
	    !tlv_chain(nodes, m, &pdu.tlv))
		return -EINVAL;
	FILL_SHORT(pdu, m);
	return pack_sm(out, &pdu, m, wants_payload(m));
}

int smpp_write_deliver_sm(struct buf *out, uint32_t seq,
			  const struct smpp_sm *m)
{
	must(out != NULL && m != NULL && seq != 0);
	deliver_sm_t pdu;
	tlv_t nodes[WRITE_TLVS_MAX];
	memset(&pdu, 0, sizeof(pdu));
	pdu.command_id = DELIVER_SM;
	pdu.sequence_number = seq;
	if (!FILL_SM(pdu, m) || m->schedule.len != 0 || m->validity.len != 0 ||
	    !tlv_chain(nodes, m, &pdu.tlv))
		return -EINVAL;
	FILL_SHORT(pdu, m);
	return pack_sm(out, &pdu, m, wants_payload(m));
}

int smpp_write_data_sm(struct buf *out, uint32_t seq, const struct smpp_sm *m)
{
	must(out != NULL && m != NULL && seq != 0);
	data_sm_t pdu;
	tlv_t nodes[WRITE_TLVS_MAX];
	memset(&pdu, 0, sizeof(pdu));
	pdu.command_id = DATA_SM;
	pdu.sequence_number = seq;
	if (!FILL_SM(pdu, m) || !tlv_chain(nodes, m, &pdu.tlv))
		return -EINVAL;
	return pack_sm(out, &pdu, m, m->text.len > 0);
}

int smpp_write_query_sm(struct buf *out, uint32_t seq, struct str message_id,
			const struct smpp_addr *source)
{
	must(out != NULL && source != NULL && seq != 0);
	query_sm_t pdu;
	memset(&pdu, 0, sizeof(pdu));
	pdu.command_id = QUERY_SM;
	pdu.sequence_number = seq;
	if (!ton_ok(source) || !npi_ok(source) ||
	    !PUT_Z(pdu.message_id, message_id) ||
	    !PUT_Z(pdu.source_addr, source->addr))
		return -EINVAL;
	pdu.source_addr_ton = source->ton;
	pdu.source_addr_npi = source->npi;
	return pack(out, WRITE_FIXED_MAX, &pdu);
}

int smpp_write_cancel_sm(struct buf *out, uint32_t seq, struct str message_id,
			 const struct smpp_sm *m)
{
	must(out != NULL && m != NULL && seq != 0);
	cancel_sm_t pdu;
	memset(&pdu, 0, sizeof(pdu));
	pdu.command_id = CANCEL_SM;
	pdu.sequence_number = seq;
	if (!ton_ok(&m->source) || !npi_ok(&m->source) || !ton_ok(&m->dest) ||
	    !npi_ok(&m->dest) || !PUT_Z(pdu.message_id, message_id) ||
	    !PUT_Z(pdu.service_type, m->service_type) ||
	    !PUT_Z(pdu.source_addr, m->source.addr) ||
	    !PUT_Z(pdu.destination_addr, m->dest.addr))
		return -EINVAL;
	pdu.source_addr_ton = m->source.ton;
	pdu.source_addr_npi = m->source.npi;
	pdu.dest_addr_ton = m->dest.ton;
	pdu.dest_addr_npi = m->dest.npi;
	return pack(out, WRITE_FIXED_MAX, &pdu);
}

int smpp_write_replace_sm(struct buf *out, uint32_t seq, struct str message_id,
			  const struct smpp_sm *m)
{
	must(out != NULL && m != NULL && seq != 0);
	replace_sm_t pdu;
	memset(&pdu, 0, sizeof(pdu));
	pdu.command_id = REPLACE_SM;
	pdu.sequence_number = seq;
	if (!ton_ok(&m->source) || !npi_ok(&m->source) ||
	    m->text.len > SMPP_SHORT_MESSAGE_MAX || !time_ok(m->schedule) ||
	    !time_ok(m->validity) || !PUT_Z(pdu.message_id, message_id) ||
	    !PUT_Z(pdu.source_addr, m->source.addr) ||
	    !PUT_Z(pdu.schedule_delivery_time, m->schedule) ||
	    !PUT_Z(pdu.validity_period, m->validity))
		return -EINVAL;
	pdu.source_addr_ton = m->source.ton;
	pdu.source_addr_npi = m->source.npi;
	pdu.registered_delivery = m->registered_delivery;
	pdu.sm_default_msg_id = m->default_msg_id;
	pdu.sm_length = (uint8_t)m->text.len;
	put_text(pdu.short_message, m->text.p, m->text.len);
	return pack(out, WRITE_FIXED_MAX, &pdu);
}
