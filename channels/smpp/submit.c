/* From a message to submit_sm: addresses, charset, parts, validity. */
#include "channels/smpp/submit.h"

#include <errno.h>
#include <string.h>

#include "channels/smpp/settings.h"
#include "proto/smpp_time.h"
#include "proto/smpp_write.h"
#include "proto/text.h"

enum {
	SUBMIT_TEXT_MAX = 64 * 1024,
	SUBMIT_BYTES_MAX = 256 * 1024,
	ALPHANUMERIC_MAX = 11,
	SHORT_CODE_MAX = 8,
	E164_DIGITS_MAX = 15,
};

void smpp_packer_init(struct smpp_packer *p, const struct smpp_cfg *cfg)
{
	must(p != NULL && cfg != NULL);
	p->cfg = cfg;
	p->shifts = 0;
	if (cfg->charset == SMPP_CHARSET_GSM7 ||
	    cfg->charset == SMPP_CHARSET_GSM7_PACKED)
		for (size_t i = 0; i < cfg->shift_tables.len; i++)
			p->shifts |= BIT(
				text_gsm_table(str_of(cfg->shift_tables.v[i])));
	smpp_extras_init(&p->extras, &cfg->tlv);
	buf_init(&p->text, SUBMIT_TEXT_MAX);
	buf_init(&p->part, SUBMIT_TEXT_MAX);
	buf_init(&p->utf8, SUBMIT_TEXT_MAX);
}

void smpp_packer_done(struct smpp_packer *p)
{
	must(p != NULL);
	smpp_extras_done(&p->extras);
	buf_done(&p->text);
	buf_done(&p->part);
	buf_done(&p->utf8);
}

void smpp_submit_init(struct smpp_submit *s)
{
	must(s != NULL);
	*s = (struct smpp_submit){ 0 };
	buf_init(&s->bytes, SUBMIT_BYTES_MAX);
}

void smpp_submit_done(struct smpp_submit *s)
{
	must(s != NULL);
	buf_done(&s->bytes);
}

/* ---- addresses ------------------------------------------------------------ */

static bool all_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.len > 0;
}

static bool all_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return s.len > 0;
}

/* By how it looks. false: no address that SMPP could carry. */
static bool address_of(struct str s, struct smpp_addr *out)
{
	struct str digits = str_starts(s, STR("+")) ? str_from(s, 1) : s;

	if (s.len == 0)
		*out = (struct smpp_addr){ 0, 0, STR_NONE };
	else if (all_digits(digits) && digits.len < s.len)
		*out = (struct smpp_addr){ SMPP_TON_INTERNATIONAL,
					   SMPP_NPI_ISDN, digits };
	else if (all_digits(s) && s.len <= SHORT_CODE_MAX)
		*out = (struct smpp_addr){ SMPP_TON_NETWORK, SMPP_NPI_UNKNOWN,
					   s };
	else if (all_digits(s) && s.len <= E164_DIGITS_MAX)
		*out = (struct smpp_addr){ SMPP_TON_INTERNATIONAL,
					   SMPP_NPI_ISDN, s };
	else if (all_digits(s)) /* a code with its extension */
		*out = (struct smpp_addr){ SMPP_TON_UNKNOWN, SMPP_NPI_UNKNOWN,
					   s };
	else if (all_ascii(s) && s.len <= ALPHANUMERIC_MAX)
		*out = (struct smpp_addr){ SMPP_TON_ALPHANUMERIC,
					   SMPP_NPI_UNKNOWN, s };
	else
		return false;
	return out->addr.len <= SMPP_ADDRESS_MAX;
}

/* The link's short code with the digits of a thread behind it. */
static bool is_reply_number(const struct smpp_cfg *cfg, struct str s)
{
	struct str source = str_of(cfg->source);

	return cfg->reply_digits > 0 &&
	       s.len == source.len + (size_t)cfg->reply_digits &&
	       str_starts(s, source);
}

/* As address_of, but a code with digits behind it is what the code is. */
static bool source_of(const struct smpp_cfg *cfg, struct str s,
		      struct smpp_addr *out)
{
	if (!is_reply_number(cfg, s))
		return address_of(s, out);
	if (!address_of(str_of(cfg->source), out))
		return false;
	out->addr = str_starts(s, STR("+")) ? str_from(s, 1) : s;
	return out->addr.len <= SMPP_ADDRESS_MAX;
}

bool smpp_submit_source(const struct smpp_cfg *cfg, struct str from,
			struct smpp_addr *out)
{
	must(cfg != NULL && out != NULL);
	struct str s = from.len > 0 ? from : str_of(cfg->source);
	int ton = smpp_cfg_ton(cfg), npi = smpp_cfg_npi(cfg);

	if (!source_of(cfg, s, out)) {
		/* An operator who fixes the TON knows what may be sent. */
		if (ton < 0 || !all_ascii(s) || s.len > SMPP_ADDRESS_MAX)
			return false;
		*out = (struct smpp_addr){ 0, 0, s };
	}
	if (ton >= 0)
		out->ton = (uint8_t)ton;
	if (npi >= 0)
		out->npi = (uint8_t)npi;
	return true;
}

static bool dest_of(const struct message *m, struct smpp_addr *out)
{
	return address_of(m->address.len > 0 ? m->address : m->to, out) &&
	       out->addr.len > 0 && out->ton != SMPP_TON_ALPHANUMERIC;
}

/* ---- text ----------------------------------------------------------------- */

/* The concatenation for this peer: without TLVs only a UDH is left. */
static enum sms_concat concat_of(const struct smpp_cfg *cfg, bool tlvs)
{
	enum sms_concat c = (enum sms_concat)cfg->concat;
	if (!tlvs && (c == SMS_CONCAT_SAR || c == SMS_CONCAT_PAYLOAD))
		return SMS_CONCAT_UDH8;
	return c;
}

/*
 * For a link whose data_coding 0 is Latin-1 or ASCII: a text of the GSM
 * alphabet that has characters outside (Greek capitals, the euro; accents)
 * goes as UCS-2. They are all of one 16-bit unit, so any unit is a place to cut.
 */
static int plan_as_ucs2(struct smpp_packer *p, const struct message *m,
			enum sms_concat concat, struct sms_plan *plan)
{
	unsigned most = concat == SMS_CONCAT_UDH16 ? 66 : 67;

	buf_reset(&p->text);
	text_to_utf16(m->text, &p->text);
	unsigned units = (unsigned)(p->text.len / 2);
	if (units <= 70 || concat == SMS_CONCAT_PAYLOAD)
		most = MAX(units, 1u);
	unsigned parts = MAX((units + most - 1) / most, 1u);
	if (p->text.full || parts > (unsigned)p->cfg->max_parts)
		return -ENOSPC;
	plan->charset = SMS_UCS2;
	plan->parts = parts;
	plan->units = units;
	for (unsigned i = 0; i <= parts; i++)
		plan->cut[i] = MIN(i * most, units) * 2;
	return 0;
}

/* Whether the link's charset has all of a text of the GSM alphabet. */
static bool fits(struct smpp_packer *p, struct str utf8)
{
	switch ((enum smpp_charset)p->cfg->charset) {
	case SMPP_CHARSET_GSM7:
	case SMPP_CHARSET_GSM7_PACKED:
		return true;
	case SMPP_CHARSET_LATIN1:
		buf_reset(&p->utf8);
		return text_to_latin1(utf8, &p->utf8) == 0;
	case SMPP_CHARSET_ASCII:
		for (size_t i = 0; i < utf8.len; i++)
			if ((uint8_t)utf8.p[i] >= 0x80)
				return false;
		return true;
	}
	return false;
}

static int plan_text(struct smpp_packer *p, const struct message *m,
		     enum sms_concat concat, struct sms_plan *plan)
{
	buf_reset(&p->text);
	int rc = sms_plan_shift(m->text, concat, p->shifts,
				(unsigned)p->cfg->max_parts, &p->text, plan);
	if (rc == 0 && plan->charset == SMS_GSM7 && !fits(p, m->text))
		rc = plan_as_ucs2(p, m, concat, plan);
	return rc;
}

/* Puts the bytes of one part behind its UDH into p->part. */
static void put_text(struct smpp_packer *p, enum sms_charset charset,
		     struct str bytes, unsigned udh)
{
	if (charset != SMS_GSM7 || p->cfg->charset == SMPP_CHARSET_GSM7) {
		buf_str_put(&p->part, bytes);
	} else if (p->cfg->charset == SMPP_CHARSET_GSM7_PACKED) {
		/* Fill bits up to the next septet behind the UDH. */
		text_gsm_pack(bytes, (7 - udh * 8 % 7) % 7, &p->part);
	} else {
		buf_reset(&p->utf8);
		text_from_gsm(bytes, &p->utf8);
		int rc = text_to_latin1(buf_str(&p->utf8), &p->part);
		must(rc == 0); /* `fits` has seen the whole */
	}
}

/* ---- the PDU -------------------------------------------------------------- */

/* SME acknowledgements that are asked for (5.2.17). */
static uint8_t acks_of(const struct smpp_cfg *cfg)
{
	switch ((enum smpp_sme_ack)cfg->sme_ack) {
	case SMPP_SME_ACK_NONE:
		return 0;
	case SMPP_SME_ACK_DELIVERY:
		return SMPP_REG_SME_DELIVERY;
	case SMPP_SME_ACK_USER:
		return SMPP_REG_SME_USER;
	case SMPP_SME_ACK_BOTH:
		return SMPP_REG_SME_DELIVERY | SMPP_REG_SME_USER;
	}
	return 0;
}

static uint8_t receipts_of(const struct smpp_cfg *cfg, const struct message *m)
{
	if ((m->flags & MESSAGE_FLAG_RECEIPT) == 0)
		return SMPP_REG_NONE;
	switch ((enum smpp_dlr)cfg->dlr) {
	case SMPP_DLR_NONE:
		return SMPP_REG_NONE;
	case SMPP_DLR_FINAL:
		return SMPP_REG_FINAL;
	case SMPP_DLR_FAILURE:
		return SMPP_REG_FAILURE;
	case SMPP_DLR_INTERMEDIATE:
		return SMPP_REG_FINAL | SMPP_REG_INTERMEDIATE;
	}
	return SMPP_REG_NONE;
}

static struct str validity_of(const struct smpp_cfg *cfg,
			      const struct message *m, int64_t now_ms,
			      char out[SMPP_TIME_SIZE])
{
	out[0] = '\0';
	if (m->valid_until_ms > 0 && cfg->validity == SMPP_VALIDITY_ABSOLUTE)
		smpp_time_absolute(m->valid_until_ms, out);
	else if (m->valid_until_ms > 0 &&
		 cfg->validity == SMPP_VALIDITY_RELATIVE)
		smpp_time_relative(m->valid_until_ms - now_ms, out);
	return str_of(out);
}

/* 16 bits that differ between messages near each other in time and are the
 * same for one message on every attempt. */
static uint16_t ref_of(uint64_t id)
{
	uint64_t x = id * UINT64_C(0x9E3779B97F4A7C15);
	return (uint16_t)(x >> 48);
}

/* The three sar_* TLVs of one part; `bytes` keeps their values. */
static void put_sar(struct smpp_tlv tlv[3], char bytes[4], uint16_t ref,
		    unsigned parts, unsigned part)
{
	bytes[0] = (char)(ref >> 8);
	bytes[1] = (char)ref;
	bytes[2] = (char)parts;
	bytes[3] = (char)(part + 1);
	tlv[0] = (struct smpp_tlv){ SMPP_TLV_SAR_MSG_REF_NUM,
				    str_bytes(bytes, 2) };
	tlv[1] = (struct smpp_tlv){ SMPP_TLV_SAR_TOTAL_SEGMENTS,
				    str_bytes(bytes + 2, 1) };
	tlv[2] = (struct smpp_tlv){ SMPP_TLV_SAR_SEGMENT_SEQNUM,
				    str_bytes(bytes + 3, 1) };
}

/* tlvs: the peer understands them. */
static int pack_part(struct smpp_packer *p, const struct sms_plan *plan,
		     enum sms_concat concat, uint16_t ref, unsigned i,
		     bool tlvs, struct smpp_sm *sm, struct buf *out)
{
	uint8_t udh[SMS_UDH_MAX];
	unsigned n = sms_plan_udh(plan, concat, ref, i, udh);
	struct smpp_extras *x = &p->extras;
	char sar_bytes[4];

	buf_reset(&p->part);
	buf_put(&p->part, udh, n);
	put_text(p, plan->charset,
		 str_bytes(p->text.p + plan->cut[i],
			   plan->cut[i + 1] - plan->cut[i]),
		 n);
	sm->esm_class =
		(uint8_t)((n > 0 ? SMPP_ESM_UDHI : 0) |
			  (p->cfg->mode & SMPP_ESM_MODE_MASK) |
			  (p->cfg->reply_path ? SMPP_ESM_REPLY_PATH : 0));
	sm->data_coding = plan->charset == SMS_UCS2
				  ? SMPP_DC_UCS2
				  : (uint8_t)p->cfg->data_coding;
	sm->text = buf_str(&p->part);
	sm->payload = concat == SMS_CONCAT_PAYLOAD;
	sm->tlv = x->tlv;
	sm->tlvs = tlvs ? x->n : 0;
	if (concat == SMS_CONCAT_SAR && plan->parts > 1) {
		put_sar(&x->tlv[sm->tlvs], sar_bytes, ref, plan->parts, i);
		sm->tlvs += 3;
	}
	int rc = p->part.full ? -ENOSPC : smpp_write_submit_sm(out, 1, sm);
	sm->tlv = NULL;
	sm->tlvs = 0;
	return rc;
}

static int refuse(struct smpp_refusal *why, enum outcome_class class,
		  const char *reason)
{
	*why = (struct smpp_refusal){ class, reason };
	return -EINVAL;
}

int smpp_submit_pack(struct smpp_packer *p, const struct message *m,
		     uint32_t skip, bool tlvs, int64_t now_ms,
		     struct smpp_submit *out, struct smpp_refusal *why)
{
	must(p != NULL && m != NULL && out != NULL && why != NULL);
	enum sms_concat concat = concat_of(p->cfg, tlvs);
	char validity[SMPP_TIME_SIZE];
	struct sms_plan plan;
	struct smpp_sm sm = {
		.service_type = str_of(p->cfg->service_type),
		.protocol_id = (uint8_t)p->cfg->protocol_id,
		.priority = (uint8_t)p->cfg->priority,
		.registered_delivery =
			(uint8_t)(receipts_of(p->cfg, m) | acks_of(p->cfg)),
		.replace_if_present = p->cfg->replace_if_present,
		.default_msg_id = (uint8_t)p->cfg->default_msg_id,
		.schedule = STR_NONE,
		.validity = validity_of(p->cfg, m, now_ms, validity),
	};
	if (!dest_of(m, &sm.dest))
		return refuse(why, OUTCOME_BROKEN, "bad_destination");
	if (!smpp_submit_source(p->cfg, m->from, &sm.source))
		return refuse(why, OUTCOME_REFUSED, "bad_source");
	int rc = plan_text(p, m, concat, &plan);
	if (rc != 0)
		return refuse(why, OUTCOME_BROKEN,
			      rc == -ENOSPC ? "too_long" : "bad_text");

	buf_reset(&out->bytes);
	out->parts = plan.parts;
	out->pdus = 0;
	out->receipt = (sm.registered_delivery & SMPP_REG_FINAL) != 0;
	for (unsigned i = 0; i < plan.parts; i++) {
		if ((skip & BIT(i)) != 0)
			continue;
		out->at[out->pdus] = (uint32_t)out->bytes.len;
		out->part[out->pdus++] = (uint8_t)i;
		if (pack_part(p, &plan, concat, ref_of(m->id), i, tlvs, &sm,
			      &out->bytes) != 0)
			return refuse(why, OUTCOME_BROKEN, "not_encodable");
	}
	out->at[out->pdus] = (uint32_t)out->bytes.len;
	return 0;
}

struct str smpp_submit_number(struct smpp_submit *s, unsigned i, uint32_t seq)
{
	must(s != NULL && i < s->pdus);
	char *pdu = s->bytes.p + s->at[i];
	for (unsigned k = 0; k < 4; k++)
		pdu[12 + k] = (char)(seq >> (24 - 8 * k));
	return str_bytes(pdu, s->at[i + 1] - s->at[i]);
}
