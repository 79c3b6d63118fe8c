/* The reader of SMPP: bounds-checked, allocation-free, tolerant. */
#include "proto/smpp_read.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "proto/smpp_status.h"

/* More than any standard gives: what carriers were seen to send, and room.
 * A longer value is a fault of the peer, not a truncation by us. */
enum {
	READ_ID_MAX = 255,
	READ_ADDRESS_MAX = 128,
	READ_WORD_MAX = 128,
};

/* A cursor that remembers the first fault as the status of the nack. */
struct reader {
	struct bufr r;
	uint32_t why; /* SMPP_ROK while all is well */
};

static uint32_t be32(const char *p)
{
	const uint8_t *b = (const uint8_t *)p;
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	       (uint32_t)b[2] << 8 | b[3];
}

int smpp_frame(struct str data, size_t max, struct str *frame)
{
	must(frame != NULL && max >= SMPP_HEAD_SIZE);
	if (data.len < 4)
		return -EAGAIN;
	uint32_t len = be32(data.p);
	if (len < SMPP_HEAD_SIZE || len > max)
		return -EBADMSG;
	if (data.len < len)
		return -EAGAIN;
	*frame = str_bytes(data.p, len);
	return 0;
}

uint32_t smpp_peek_seq(struct str data)
{
	return data.len < SMPP_HEAD_SIZE ? 0 : be32(data.p + 12);
}

int smpp_read_head(struct str frame, struct smpp_head *out)
{
	must(out != NULL);
	if (frame.len < SMPP_HEAD_SIZE)
		return -EBADMSG;
	*out = (struct smpp_head){
		.length = be32(frame.p),
		.id = be32(frame.p + 4),
		.status = be32(frame.p + 8),
		.seq = be32(frame.p + 12),
	};
	return 0;
}

static void fault(struct reader *in, uint32_t why)
{
	if (in->why == SMPP_ROK)
		in->why = why;
	in->r.bad = true;
}

static uint8_t get_u8(struct reader *in)
{
	uint8_t v = bufr_u8(&in->r);
	if (in->r.bad)
		fault(in, SMPP_RINVCMDLEN);
	return v;
}

/* A C-octet string; `why` is the status when it is too long. */
static struct str get_z(struct reader *in, size_t max, uint32_t why)
{
	if (in->r.bad)
		return STR_NONE;
	const char *p = (const char *)in->r.p + in->r.at;
	size_t left = bufr_left(&in->r);
	const char *end = left == 0 ? NULL : memchr(p, '\0', left);
	if (end == NULL) {
		fault(in, SMPP_RINVCMDLEN);
		return STR_NONE;
	}
	struct str s = str_bytes(p, (size_t)(end - p));
	if (s.len > max) {
		fault(in, why);
		return STR_NONE;
	}
	in->r.at += s.len + 1;
	return s;
}

/* The same in a response, where the NUL may be missing at the end. */
static struct str get_z_lax(struct reader *in)
{
	struct str rest =
		str_bytes((const char *)in->r.p + in->r.at, bufr_left(&in->r));
	struct str s = str_first(rest, str_find(rest, '\0'));
	in->r.at += MIN(s.len + 1, rest.len);
	return str_first(s, READ_ID_MAX);
}

static void get_addr(struct reader *in, struct smpp_addr *a, uint32_t why)
{
	a->ton = get_u8(in);
	a->npi = get_u8(in);
	a->addr = get_z(in, READ_ADDRESS_MAX, why);
}

static bool tag_known(uint16_t tag)
{
	switch ((enum smpp_tag)tag) {
	case SMPP_TLV_SOURCE_SUBADDRESS:
	case SMPP_TLV_ADDITIONAL_STATUS:
	case SMPP_TLV_RECEIPTED_MESSAGE_ID:
	case SMPP_TLV_USER_MESSAGE_REFERENCE:
	case SMPP_TLV_SOURCE_PORT:
	case SMPP_TLV_DESTINATION_PORT:
	case SMPP_TLV_SAR_MSG_REF_NUM:
	case SMPP_TLV_LANGUAGE_INDICATOR:
	case SMPP_TLV_SAR_TOTAL_SEGMENTS:
	case SMPP_TLV_SAR_SEGMENT_SEQNUM:
	case SMPP_TLV_SC_INTERFACE_VERSION:
	case SMPP_TLV_MS_AVAILABILITY_STATUS:
	case SMPP_TLV_NETWORK_ERROR_CODE:
	case SMPP_TLV_MESSAGE_PAYLOAD:
	case SMPP_TLV_DELIVERY_FAILURE_REASON:
	case SMPP_TLV_MORE_MESSAGES_TO_SEND:
	case SMPP_TLV_MESSAGE_STATE:
		return true;
	}
	return false;
}

/* Up to three zero bytes behind the last TLV are padding, not a TLV. */
static bool only_padding(struct reader *in)
{
	size_t left = bufr_left(&in->r);
	for (size_t i = 0; i < left; i++)
		if (left > 3 || in->r.p[in->r.at + i] != 0)
			return false;
	return true;
}

static void get_tlvs(struct reader *in, struct smpp_pdu *pdu)
{
	while (!in->r.bad && !only_padding(in)) {
		uint16_t tag = bufr_u16(&in->r);
		uint16_t len = bufr_u16(&in->r);
		struct str value = bufr_bytes(&in->r, len);
		if (in->r.bad)
			fault(in, SMPP_RINVOPTPARSTREAM);
		else if (!tag_known(tag) || pdu->tlvs == SMPP_TLVS_MAX)
			pdu->tlvs_other++;
		else
			pdu->tlv[pdu->tlvs++] = (struct smpp_tlv){ tag, value };
	}
}

static void get_short_message(struct reader *in, struct smpp_pdu *pdu)
{
	size_t len = get_u8(in);
	pdu->short_message = bufr_bytes(&in->r, len);
	if (in->r.bad)
		fault(in, SMPP_RINVMSGLEN);
}

/* One destination, for the first pass and for the walk. */
static void get_dest(struct reader *in, bool response, struct smpp_dest *d)
{
	*d = (struct smpp_dest){ .list = STR_NONE, .addr.addr = STR_NONE };
	unsigned flag = response ? 1 : get_u8(in);
	if (flag == 1)
		get_addr(in, &d->addr, SMPP_RINVDSTADR);
	else if (flag == 2)
		d->list = get_z(in, READ_ADDRESS_MAX, SMPP_RINVDLNAME);
	else
		fault(in, SMPP_RINVDESTFLAG);
	if (response)
		d->status = bufr_u32(&in->r);
}

static void get_dests(struct reader *in, bool response, struct smpp_pdu *pdu)
{
	pdu->dests = get_u8(in);
	size_t start = in->r.at;
	for (unsigned i = 0; i < pdu->dests && !in->r.bad; i++) {
		struct smpp_dest d;
		get_dest(in, response, &d);
	}
	if (in->r.bad) {
		fault(in, response ? SMPP_RINVCMDLEN : SMPP_RINVNUMDESTS);
		pdu->dests = 0;
		return;
	}
	pdu->dest_list =
		str_bytes((const char *)in->r.p + start, in->r.at - start);
}

bool smpp_dest_next(const struct smpp_pdu *pdu, size_t *at,
		    struct smpp_dest *out)
{
	must(pdu != NULL && at != NULL && out != NULL);
	if (*at >= pdu->dest_list.len)
		return false;
	struct reader in = { .r = bufr_of(pdu->dest_list.p,
					  pdu->dest_list.len) };
	in.r.at = *at;
	get_dest(&in, (pdu->id & SMPP_RESP) != 0, out);
	must(!in.r.bad);
	*at = in.r.at;
	return true;
}

static void read_bind(struct reader *in, struct smpp_pdu *pdu)
{
	pdu->system_id = get_z(in, READ_WORD_MAX, SMPP_RINVSYSID);
	pdu->password = get_z(in, READ_WORD_MAX, SMPP_RINVPASWD);
	pdu->system_type = get_z(in, READ_WORD_MAX, SMPP_RINVSYSTYP);
	pdu->interface_version = get_u8(in);
	get_addr(in, &pdu->range, SMPP_RBINDFAIL);
}

static void read_outbind(struct reader *in, struct smpp_pdu *pdu)
{
	pdu->system_id = get_z(in, READ_WORD_MAX, SMPP_RINVSYSID);
	pdu->password = get_z(in, READ_WORD_MAX, SMPP_RINVPASWD);
}

/* submit_sm, deliver_sm and submit_multi: one layout but for the dests. */
static void read_sm(struct reader *in, struct smpp_pdu *pdu)
{
	pdu->service_type = get_z(in, READ_WORD_MAX, SMPP_RINVSERTYP);
	get_addr(in, &pdu->source, SMPP_RINVSRCADR);
	if (pdu->id == SMPP_SUBMIT_MULTI)
		get_dests(in, false, pdu);
	else
		get_addr(in, &pdu->dest, SMPP_RINVDSTADR);
	pdu->esm_class = get_u8(in);
	pdu->protocol_id = get_u8(in);
	pdu->priority = get_u8(in);
	pdu->schedule = get_z(in, READ_WORD_MAX, SMPP_RINVSCHED);
	pdu->validity = get_z(in, READ_WORD_MAX, SMPP_RINVEXPIRY);
	pdu->registered_delivery = get_u8(in);
	pdu->replace_if_present = get_u8(in);
	pdu->data_coding = get_u8(in);
	pdu->default_msg_id = get_u8(in);
	get_short_message(in, pdu);
}

static void read_data_sm(struct reader *in, struct smpp_pdu *pdu)
{
	pdu->service_type = get_z(in, READ_WORD_MAX, SMPP_RINVSERTYP);
	get_addr(in, &pdu->source, SMPP_RINVSRCADR);
	get_addr(in, &pdu->dest, SMPP_RINVDSTADR);
	pdu->esm_class = get_u8(in);
	pdu->registered_delivery = get_u8(in);
	pdu->data_coding = get_u8(in);
}

static void read_query(struct reader *in, struct smpp_pdu *pdu)
{
	pdu->message_id = get_z(in, READ_ID_MAX, SMPP_RINVMSGID);
	get_addr(in, &pdu->source, SMPP_RINVSRCADR);
}

static void read_alert(struct reader *in, struct smpp_pdu *pdu)
{
	get_addr(in, &pdu->source, SMPP_RINVSRCADR);
	get_addr(in, &pdu->dest, SMPP_RINVDSTADR);
}

static void read_cancel(struct reader *in, struct smpp_pdu *pdu)
{
	pdu->service_type = get_z(in, READ_WORD_MAX, SMPP_RINVSERTYP);
	pdu->message_id = get_z(in, READ_ID_MAX, SMPP_RINVMSGID);
	get_addr(in, &pdu->source, SMPP_RINVSRCADR);
	get_addr(in, &pdu->dest, SMPP_RINVDSTADR);
}

static void read_replace(struct reader *in, struct smpp_pdu *pdu)
{
	pdu->message_id = get_z(in, READ_ID_MAX, SMPP_RINVMSGID);
	get_addr(in, &pdu->source, SMPP_RINVSRCADR);
	pdu->schedule = get_z(in, READ_WORD_MAX, SMPP_RINVSCHED);
	pdu->validity = get_z(in, READ_WORD_MAX, SMPP_RINVEXPIRY);
	pdu->registered_delivery = get_u8(in);
	pdu->default_msg_id = get_u8(in);
	get_short_message(in, pdu);
}

static void read_bind_resp(struct reader *in, struct smpp_pdu *pdu)
{
	pdu->system_id = get_z_lax(in);
}

static void read_id_resp(struct reader *in, struct smpp_pdu *pdu)
{
	pdu->message_id = get_z_lax(in);
}

static void read_multi_resp(struct reader *in, struct smpp_pdu *pdu)
{
	pdu->message_id = get_z_lax(in);
	if (bufr_left(&in->r) > 0)
		get_dests(in, true, pdu);
}

static void read_query_resp(struct reader *in, struct smpp_pdu *pdu)
{
	pdu->message_id = get_z_lax(in);
	pdu->final_date = get_z_lax(in);
	if (bufr_left(&in->r) > 0)
		pdu->message_state = get_u8(in);
	if (bufr_left(&in->r) > 0)
		pdu->error_code = get_u8(in);
}

/* Every command; the frequent ones first. Without `read` the header is all
 * there is, and whatever follows it is ignored. */
static const struct kind {
	uint32_t id;
	const char *name;
	void (*read)(struct reader *in, struct smpp_pdu *pdu);
} kinds[] = {
	{ SMPP_SUBMIT_SM_RESP, "submit_sm_resp", read_id_resp },
	{ SMPP_DELIVER_SM, "deliver_sm", read_sm },
	{ SMPP_SUBMIT_SM, "submit_sm", read_sm },
	{ SMPP_DELIVER_SM_RESP, "deliver_sm_resp", read_id_resp },
	{ SMPP_DATA_SM, "data_sm", read_data_sm },
	{ SMPP_DATA_SM_RESP, "data_sm_resp", read_id_resp },
	{ SMPP_ENQUIRE_LINK, "enquire_link", NULL },
	{ SMPP_ENQUIRE_LINK_RESP, "enquire_link_resp", NULL },
	{ SMPP_GENERIC_NACK, "generic_nack", NULL },
	{ SMPP_BIND_RECEIVER, "bind_receiver", read_bind },
	{ SMPP_BIND_RECEIVER_RESP, "bind_receiver_resp", read_bind_resp },
	{ SMPP_BIND_TRANSMITTER, "bind_transmitter", read_bind },
	{ SMPP_BIND_TRANSMITTER_RESP, "bind_transmitter_resp", read_bind_resp },
	{ SMPP_BIND_TRANSCEIVER, "bind_transceiver", read_bind },
	{ SMPP_BIND_TRANSCEIVER_RESP, "bind_transceiver_resp", read_bind_resp },
	{ SMPP_OUTBIND, "outbind", read_outbind },
	{ SMPP_UNBIND, "unbind", NULL },
	{ SMPP_UNBIND_RESP, "unbind_resp", NULL },
	{ SMPP_QUERY_SM, "query_sm", read_query },
	{ SMPP_QUERY_SM_RESP, "query_sm_resp", read_query_resp },
	{ SMPP_CANCEL_SM, "cancel_sm", read_cancel },
	{ SMPP_CANCEL_SM_RESP, "cancel_sm_resp", NULL },
	{ SMPP_REPLACE_SM, "replace_sm", read_replace },
	{ SMPP_REPLACE_SM_RESP, "replace_sm_resp", NULL },
	{ SMPP_SUBMIT_MULTI, "submit_multi", read_sm },
	{ SMPP_SUBMIT_MULTI_RESP, "submit_multi_resp", read_multi_resp },
	{ SMPP_ALERT_NOTIFICATION, "alert_notification", read_alert },
};

static const struct kind *kind_of(uint32_t id)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i].id == id)
			return &kinds[i];
	return NULL;
}

const char *smpp_command_name(uint32_t id)
{
	const struct kind *k = kind_of(id);
	return k == NULL ? "unknown" : k->name;
}

/* No view is ever a null pointer, whatever the kind of the PDU. */
static const struct smpp_pdu empty_pdu = {
	.system_id = { "", 0 },
	.password = { "", 0 },
	.system_type = { "", 0 },
	.range = { .addr = { "", 0 } },
	.service_type = { "", 0 },
	.source = { .addr = { "", 0 } },
	.dest = { .addr = { "", 0 } },
	.schedule = { "", 0 },
	.validity = { "", 0 },
	.short_message = { "", 0 },
	.message_id = { "", 0 },
	.final_date = { "", 0 },
	.dest_list = { "", 0 },
};

/*
 * Nothing in a response is worth losing its status for: what is broken there
 * is left out, and tail_bad says so. An empty body is how errors come.
 */
static void read_body(struct reader *in, const struct kind *k,
		      struct smpp_pdu *pdu)
{
	bool response = (pdu->id & SMPP_RESP) != 0;

	pdu->body = bufr_left(&in->r) > 0;
	if (k->read == NULL || (response && !pdu->body))
		return;
	k->read(in, pdu);
	get_tlvs(in, pdu);
	if (response && in->r.bad) {
		pdu->tail_bad = true;
		in->why = SMPP_ROK;
	}
}

int smpp_read(struct str frame, struct smpp_pdu *out, uint32_t *why)
{
	must(out != NULL && why != NULL);
	struct smpp_head head;
	int rc = smpp_read_head(frame, &head);
	if (rc != 0) {
		*why = SMPP_RINVCMDLEN;
		return rc;
	}
	const struct kind *k = kind_of(head.id);
	if (k == NULL) {
		*why = SMPP_RINVCMDID;
		return -EBADMSG;
	}

	struct smpp_pdu pdu;
	memcpy(&pdu, &empty_pdu, offsetof(struct smpp_pdu, tlv));
	pdu.id = head.id;
	pdu.status = head.status;
	pdu.seq = head.seq;
	struct reader in = { .r = bufr_of(frame.p, frame.len) };
	in.r.at = SMPP_HEAD_SIZE;
	read_body(&in, k, &pdu);
	if (in.why != SMPP_ROK) {
		*why = in.why;
		return -EBADMSG;
	}
	memcpy(out, &pdu,
	       offsetof(struct smpp_pdu, tlv) + pdu.tlvs * sizeof(pdu.tlv[0]));
	return 0;
}

struct str smpp_text(const struct smpp_pdu *pdu)
{
	must(pdu != NULL);
	struct str s = pdu->short_message;
	if (s.len == 0)
		(void)smpp_tlv_find(pdu, SMPP_TLV_MESSAGE_PAYLOAD, &s);
	return s;
}

bool smpp_tlv_find(const struct smpp_pdu *pdu, uint16_t tag, struct str *value)
{
	must(pdu != NULL && value != NULL);
	for (unsigned i = 0; i < pdu->tlvs; i++) {
		if (pdu->tlv[i].tag == tag) {
			*value = pdu->tlv[i].value;
			return true;
		}
	}
	return false;
}

bool smpp_tlv_number(const struct smpp_pdu *pdu, uint16_t tag, uint32_t *value)
{
	must(value != NULL);
	struct str s;
	if (!smpp_tlv_find(pdu, tag, &s) || s.len < 1 || s.len > 4)
		return false;
	uint32_t v = 0;
	for (size_t i = 0; i < s.len; i++)
		v = v << 8 | (uint8_t)s.p[i];
	*value = v;
	return true;
}

bool smpp_tlv_text(const struct smpp_pdu *pdu, uint16_t tag, struct str *value)
{
	must(value != NULL);
	struct str s;
	if (!smpp_tlv_find(pdu, tag, &s))
		return false;
	*value = str_first(s, str_find(s, '\0'));
	return true;
}
