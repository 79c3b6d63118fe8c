/* Reading a submit, and writing it down for people. */
#include "tools/smscsim/submit.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/secret.h"
#include "proto/sms_split.h"
#include "proto/text.h"

/* ---- reading -------------------------------------------------------------- */

void submit_address(const struct smpp_addr *a, char out[24])
{
	must(a != NULL && out != NULL);
	bool plus = a->ton == SMPP_TON_INTERNATIONAL && a->addr.len > 0 &&
		    a->addr.p[0] != '+';

	out[0] = '+';
	IGNORE(str_copy(out + plus, 24 - plus, str_first(a->addr, 22)));
}

static void submit_read_part(const struct smpp_pdu *pdu, struct submit *s)
{
	struct sms_concat_ref c = { 0 };
	uint32_t ref, total, part;

	if ((s->esm_class & SMPP_ESM_UDHI) != 0) {
		if (sms_udh_read(s->raw, &c) == 0) {
			s->ref = c.ref;
			s->parts = c.total;
			s->part = c.part;
		}
		s->header = (uint8_t)MIN(c.header, (size_t)255);
		return;
	}
	if (smpp_tlv_number(pdu, SMPP_TLV_SAR_MSG_REF_NUM, &ref) &&
	    smpp_tlv_number(pdu, SMPP_TLV_SAR_TOTAL_SEGMENTS, &total) &&
	    smpp_tlv_number(pdu, SMPP_TLV_SAR_SEGMENT_SEQNUM, &part)) {
		s->ref = (uint16_t)ref;
		s->parts = (uint8_t)total;
		s->part = (uint8_t)part;
	}
}

void submit_read(const struct smpp_pdu *pdu, struct submit *out)
{
	must(pdu != NULL && out != NULL);
	*out = (struct submit){
		.command = pdu->id,
		.coding = pdu->data_coding,
		.esm_class = pdu->esm_class,
		.registered = pdu->registered_delivery,
		.priority = pdu->priority,
		.protocol = pdu->protocol_id,
		.raw = smpp_text(pdu),
	};
	submit_address(&pdu->dest, out->to);
	submit_address(&pdu->source, out->from);
	IGNORE(str_copy(out->validity, sizeof(out->validity), pdu->validity));
	submit_read_part(pdu, out);
}

void submit_text(const struct submit *s, struct buf *out)
{
	must(s != NULL && out != NULL);
	struct str body = str_from(s->raw, s->header);

	switch (s->coding) {
	case SMPP_DC_DEFAULT:
	case SMPP_DC_ASCII:
		text_from_gsm(body, out);
		return;
	case SMPP_DC_LATIN1:
		text_from_latin1(body, out);
		return;
	case SMPP_DC_UCS2:
		text_from_utf16(body, out);
		return;
	default: /* a number off the wire */
		secret_hex((const uint8_t *)body.p, body.len, out);
	}
}

/* ---- JSON ----------------------------------------------------------------- */

void json_text(struct str s, struct buf *out)
{
	must(out != NULL);
	buf_c(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '"' || c == '\\')
			buf_f(out, "\\%c", c);
		else if (c < 0x20)
			buf_f(out, "\\u%04x", c);
		else
			buf_c(out, (char)c);
	}
	buf_c(out, '"');
}

static void json_member(const char *name, struct str value, struct buf *out)
{
	buf_f(out, "\"%s\":", name);
	json_text(value, out);
	buf_c(out, ',');
}

static void submit_text_member(const struct submit *s, struct buf *out)
{
	struct buf text;

	buf_init(&text, SMPP_PDU_MAX * 4);
	submit_text(s, &text);
	json_member("text", buf_str(&text), out);
	buf_done(&text);
}

void submit_json(const struct submit *s, struct buf *out)
{
	char at[32];

	must(s != NULL && out != NULL);
	clock_rfc3339(s->at_ms, at);
	buf_f(out, "{\"n\":%" PRIu64 ",\"at\":\"%s\",\"at_ms\":%" PRIi64 ",",
	      s->n, at, s->at_ms);
	json_member("to", str_of(s->to), out);
	json_member("from", str_of(s->from), out);
	submit_text_member(s, out);
	buf_f(out,
	      "\"part\":%u,\"parts\":%u,\"ref\":%u,\"coding\":%u,"
	      "\"esm_class\":%u,\"registered\":%u,\"priority\":%u,",
	      s->parts > 0 ? s->part : 1u, s->parts > 0 ? s->parts : 1u, s->ref,
	      s->coding, s->esm_class, s->registered, s->priority);
	json_member("validity", str_of(s->validity), out);
	json_member("command", str_of(smpp_command_name(s->command)), out);
	json_member("id", str_of(s->id), out);
	buf_f(out, "\"status\":%u,\"answered\":%s,\"link\":%" PRIu64 "}\n",
	      s->status, s->answered ? "true" : "false", s->link);
}
