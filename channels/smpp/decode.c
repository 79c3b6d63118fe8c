/* Receipts, charsets, parts and addresses of what a peer delivers. */
#include "channels/smpp/decode.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "proto/e164.h"
#include "proto/receipt.h"
#include "proto/text.h"

enum {
	DECODE_TEXT_MAX = 256 * 1024,
	DC_COMPRESSED = 0x20, /* of the groups below 0x80; nobody unpacks it */
};

void smpp_decoder_init(struct smpp_decoder *d, const struct smpp_cfg *cfg)
{
	must(d != NULL && cfg != NULL);
	*d = (struct smpp_decoder){ .cfg = cfg };
	buf_init(&d->text, DECODE_TEXT_MAX);
	buf_init(&d->other, DECODE_TEXT_MAX);
}

void smpp_decoder_done(struct smpp_decoder *d)
{
	must(d != NULL);
	buf_done(&d->text);
	buf_done(&d->other);
}

/* ---- charsets ------------------------------------------------------------- */

/* data_coding (5.2.19); from 0x10 on as 3GPP TS 23.038 has it. *packed may be
 * set for GSM only. */
static enum sms_charset charset_of(const struct smpp_cfg *cfg, uint8_t dc,
				   bool *packed)
{
	static const enum sms_charset general[] = { SMS_GSM7, SMS_BINARY,
						    SMS_UCS2, SMS_GSM7 };
	enum sms_charset c = SMS_BINARY;

	*packed = false;
	if (dc == SMPP_DC_ASCII || dc == SMPP_DC_LATIN1)
		c = SMS_LATIN1;
	else if (dc == SMPP_DC_UCS2)
		c = SMS_UCS2;
	else if (dc == SMPP_DC_DEFAULT)
		c = SMS_GSM7;
	else if (dc >= 0x10 && dc < 0x80 && (dc & DC_COMPRESSED) == 0)
		c = general[dc >> 2 & 3]; /* from 0x40 on: to be deleted */
	else if (dc >= 0xC0 && dc < 0xE0) /* message waiting */
		c = SMS_GSM7;
	else if (dc >= 0xE0 && dc < 0xF0)
		c = SMS_UCS2;
	else if (dc >= 0xF0) /* message class */
		c = (dc & 4) != 0 ? SMS_BINARY : SMS_GSM7;
	if (c == SMS_GSM7 && (cfg->charset == SMPP_CHARSET_LATIN1 ||
			      cfg->charset == SMPP_CHARSET_ASCII))
		c = SMS_LATIN1;
	*packed = c == SMS_GSM7 && cfg->charset == SMPP_CHARSET_GSM7_PACKED;
	return c;
}

/* Packed septets behind a UDH of `header` bytes. Eight septets end where
 * seven might: a last '@' there is filling. */
static struct str unpack(struct smpp_decoder *d, struct str s, size_t header)
{
	unsigned shift = (unsigned)((7 - header * 8 % 7) % 7);
	size_t bits = s.len * 8;
	size_t septets = bits < shift ? 0 : (bits - shift) / 7;

	buf_reset(&d->text);
	text_gsm_unpack(s, septets, shift, &d->text);
	struct str out = buf_str(&d->text);
	if (out.len > 0 && out.p[out.len - 1] == 0 && (bits - shift) % 7 == 0)
		out = str_first(out, out.len - 1);
	return out;
}

/* Charsets that only data_coding names. */
static bool legacy_of(uint8_t dc, enum text_legacy *out)
{
	static const struct {
		uint8_t dc;
		enum text_legacy charset;
	} rows[] = {
		{ SMPP_DC_JIS, TEXT_JAPANESE },
		{ SMPP_DC_CYRILLIC, TEXT_CYRILLIC },
		{ SMPP_DC_HEBREW, TEXT_HEBREW },
		{ SMPP_DC_ISO2022_JP, TEXT_JAPANESE },
		{ SMPP_DC_KOREAN, TEXT_KOREAN },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].dc == dc) {
			*out = rows[i].charset;
			return true;
		}
	}
	return false;
}

/* What has no charset of its own here goes on as UCS-2: d->other has it as
 * UTF-8. */
static void as_ucs2(struct smpp_decoder *d, struct smpp_piece *out)
{
	buf_reset(&d->text);
	text_to_utf16(buf_str(&d->other), &d->text);
	out->charset = SMS_UCS2;
	out->bytes = buf_str(&d->text);
}

void smpp_decode_text(enum sms_charset charset, struct str bytes,
		      struct buf *out)
{
	must(out != NULL);
	switch (charset) {
	case SMS_GSM7:
		text_from_gsm(bytes, out);
		break;
	case SMS_LATIN1:
		text_from_latin1(bytes, out);
		break;
	case SMS_UCS2:
		text_from_utf16(bytes, out);
		break;
	case SMS_BINARY:
		secret_hex((const uint8_t *)bytes.p, bytes.len, out);
		break;
	}
}

/* ---- parts ---------------------------------------------------------------- */

/* The UDH of the user data, if there is a good one: its length, and what it
 * says of parts. */
static size_t udh_of(const struct smpp_pdu *pdu, struct str text,
		     struct smpp_piece *out, struct sms_concat_ref *said)
{
	struct sms_concat_ref ref = { 0 };

	*said = ref;
	if ((pdu->esm_class & SMPP_ESM_UDHI) == 0 || text.len == 0)
		return 0;
	int rc = sms_udh_read(text, &ref);
	if (rc == -EBADMSG)
		return 0;
	if (rc == 0) {
		out->total = ref.total;
		out->part = ref.part;
		out->ref = ref.ref;
		out->wide = ref.wide;
	}
	*said = ref;
	return ref.header;
}

static void sar_of(const struct smpp_pdu *pdu, struct smpp_piece *out)
{
	uint32_t ref, total, part;

	if (!smpp_tlv_number(pdu, SMPP_TLV_SAR_MSG_REF_NUM, &ref) ||
	    !smpp_tlv_number(pdu, SMPP_TLV_SAR_TOTAL_SEGMENTS, &total) ||
	    !smpp_tlv_number(pdu, SMPP_TLV_SAR_SEGMENT_SEQNUM, &part) ||
	    total > 255 || part < 1 || part > total)
		return;
	out->total = total;
	out->part = part;
	out->ref = ref & 0xFFFF;
	out->wide = true;
}

void smpp_decode_piece(struct smpp_decoder *d, const struct smpp_pdu *pdu,
		       struct smpp_piece *out)
{
	must(d != NULL && pdu != NULL && out != NULL);
	struct str text = smpp_text(pdu);
	struct sms_concat_ref said;
	enum text_legacy legacy;
	bool packed;

	*out = (struct smpp_piece){ .total = 1, .part = 1 };
	size_t header = udh_of(pdu, text, out, &said);
	if (out->total == 1)
		sar_of(pdu, out);
	out->charset = charset_of(d->cfg, pdu->data_coding, &packed);
	out->bytes = str_from(text, header);
	if (packed)
		out->bytes = unpack(d, out->bytes, header);
	if (legacy_of(pdu->data_coding, &legacy)) {
		buf_reset(&d->other);
		if (text_from_legacy(legacy, out->bytes, &d->other) == 0)
			as_ucs2(d, out);
	} else if (out->charset == SMS_GSM7 &&
		   (said.lock != GSM_DEFAULT || said.single != GSM_DEFAULT)) {
		buf_reset(&d->other);
		text_from_shift(out->bytes, said.lock, said.single, &d->other);
		as_ucs2(d, out);
	}
}

/* ---- receipts ------------------------------------------------------------- */

enum message_state smpp_decode_state(uint32_t state)
{
	switch (state) {
	case RECEIPT_ENROUTE:
	case RECEIPT_ACCEPTED:
		return MESSAGE_SUBMITTED;
	case RECEIPT_DELIVERED:
		return MESSAGE_DELIVERED;
	case RECEIPT_EXPIRED:
		return MESSAGE_EXPIRED;
	case RECEIPT_DELETED:
	case RECEIPT_UNDELIVERABLE:
	case RECEIPT_SKIPPED:
		return MESSAGE_UNDELIVERED;
	case RECEIPT_REJECTED:
		return MESSAGE_REJECTED;
	default: /* a number off the wire */
		return MESSAGE_UNKNOWN;
	}
}

/* Errors of a GSM network (network type 3) that people can act on. */
static const struct {
	uint32_t code;
	const char *reason;
} gsm_errors[] = {
	{ 1, "unknown_subscriber" }, { 5, "unidentified_subscriber" },
	{ 6, "absent_subscriber" },  { 9, "illegal_subscriber" },
	{ 11, "no_sms_service" },    { 12, "illegal_equipment" },
	{ 13, "call_barred" },       { 21, "facility_not_supported" },
	{ 27, "absent_subscriber" }, { 31, "subscriber_busy" },
	{ 32, "delivery_failure" },  { 33, "message_list_full" },
	{ 34, "system_failure" },
};

/* "err-042" from the text; only what a code is made of. */
static bool reason_of_err(struct smpp_decoder *d, struct str err)
{
	char code[12];
	size_t n = 0;
	bool zero = true;

	for (size_t i = 0; i < err.len && n < sizeof(code) - 1; i++) {
		char c = err.p[i];
		bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!alpha && (c < '0' || c > '9'))
			continue;
		zero = zero && c == '0';
		code[n++] = c;
	}
	code[n] = '\0';
	if (n == 0 || zero)
		return false;
	(void)snprintf(d->reason, sizeof(d->reason), "err-%s", code);
	return true;
}

static void set_reason(struct smpp_decoder *d, const struct smpp_pdu *pdu,
		       struct str err, struct receipt *out)
{
	struct str network;
	uint64_t number;

	d->reason[0] = '\0';
	if (str_u64(err, UINT32_MAX, &number) == 0)
		out->peer_status = (uint32_t)number;
	bool said = reason_of_err(d, err);
	if (smpp_tlv_find(pdu, SMPP_TLV_NETWORK_ERROR_CODE, &network) &&
	    network.len >= 3) {
		const uint8_t *p = (const uint8_t *)network.p;
		uint32_t code = (uint32_t)p[1] << 8 | p[2];
		if (out->peer_status == 0)
			out->peer_status = code;
		if (!said && code != 0)
			(void)snprintf(d->reason, sizeof(d->reason),
				       "net-%u-%u", p[0], code);
		for (size_t i = 0; p[0] == 3 && i < ARRAY_LEN(gsm_errors); i++)
			if (gsm_errors[i].code == code)
				(void)snprintf(d->reason, sizeof(d->reason),
					       "%s", gsm_errors[i].reason);
	}
	out->reason =
		out->state == MESSAGE_DELIVERED ? STR_NONE : str_of(d->reason);
}

/* The text form; *from is the text it was found in. What data_coding says is
 * tried first, but links are seen that say one thing and send another. */
static bool parse_text(struct smpp_decoder *d, const struct smpp_pdu *pdu,
		       struct receipt_text *out, struct str *from)
{
	struct smpp_piece piece;

	smpp_decode_piece(d, pdu, &piece);
	*from = piece.bytes;
	if (piece.charset != SMS_UCS2 && receipt_parse(*from, out) == 0)
		return true;
	buf_reset(&d->other);
	text_from_utf16(piece.bytes, &d->other);
	*from = buf_str(&d->other);
	if (receipt_parse(*from, out) == 0)
		return true;
	*from = smpp_text(pdu);
	return receipt_parse(*from, out) == 0;
}

static bool looks_like_receipt(struct str s, const struct receipt_text *text)
{
	s = str_trim(s);
	return s.len > 3 && str_ieqz(str_first(s, 3), "id:") &&
	       text->state != 0 &&
	       (text->has_counts || text->done_ms != 0 || text->err.len > 0);
}

int smpp_decode_receipt(struct smpp_decoder *d, const struct smpp_pdu *pdu,
			struct receipt *out)
{
	must(d != NULL && pdu != NULL && out != NULL);
	uint8_t type = pdu->esm_class & SMPP_ESM_TYPE_MASK;
	struct str id = STR_NONE, from = STR_NONE;
	uint32_t state = 0;
	bool has_id = smpp_tlv_text(pdu, SMPP_TLV_RECEIPTED_MESSAGE_ID, &id) &&
		      id.len > 0;
	bool has_state = smpp_tlv_number(pdu, SMPP_TLV_MESSAGE_STATE, &state);
	bool says_so = type == SMPP_ESM_RECEIPT ||
		       type == SMPP_ESM_INTERMEDIATE || (has_id && has_state);
	if (type == 0 && !says_so && !d->cfg->dlr_text)
		return -ENOENT;

	struct receipt_text text = { .id = STR_NONE, .err = STR_NONE };
	bool has_text = parse_text(d, pdu, &text, &from);
	/* An acknowledgement by a phone or a person may be only words. */
	if (!says_so && !(has_text && looks_like_receipt(from, &text)) &&
	    (type == 0 || !has_id))
		return -ENOENT;
	if (!has_id && !has_text)
		return -EBADMSG;

	if (!has_state)
		state = (uint32_t)text.state;
	else if (state == 0) /* of SMPP 5: scheduled */
		state = RECEIPT_ENROUTE;
	*out = (struct receipt){
		.peer_id = has_id ? id : text.id,
		.state = smpp_decode_state(state),
		.done_ms = text.done_ms,
	};
	if (type == SMPP_ESM_INTERMEDIATE)
		out->state = MESSAGE_SUBMITTED;
	set_reason(d, pdu, text.err, out);
	return 0;
}

/* ---- addresses ------------------------------------------------------------ */

static bool all_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.len > 0;
}

/* Writes prefix and s as one number, if that is an E.164 number. */
static bool as_e164(const char *prefix, struct str s, const char *country,
		    char out[SMPP_PERSON_MAX])
{
	char whole[SMPP_PERSON_MAX];
	char number[E164_MAX];
	int n = snprintf(whole, sizeof(whole), "%s%.*s", prefix, STR_ARGS(s));

	if (n < 0 || (size_t)n >= sizeof(whole) ||
	    e164_parse(str_of(whole), country, number, NULL) != 0)
		return false;
	(void)snprintf(out, SMPP_PERSON_MAX, "%s", number);
	return true;
}

/* Reserved types are seen; what they mean nobody has written down. */
static bool is_vague(uint8_t ton)
{
	return ton == SMPP_TON_UNKNOWN || ton > SMPP_TON_ABBREVIATED;
}

void smpp_decode_address(const struct smpp_addr *a, const char *country,
			 bool person, char out[SMPP_PERSON_MAX])
{
	must(a != NULL && country != NULL && out != NULL);
	struct str s = str_trim(a->addr);
	struct str digits = str_starts(s, STR("+")) ? str_from(s, 1) : s;
	char prefix[16] = "+";

	out[0] = '\0';
	if (all_digits(digits)) {
		if (a->ton == SMPP_TON_INTERNATIONAL || digits.len < s.len) {
			if (str_starts(digits, STR("00")))
				prefix[0] = '\0';
			if (as_e164(prefix, digits, country, out))
				return;
		} else if (a->ton == SMPP_TON_NATIONAL && country[0] != '\0') {
			while (str_starts(digits, STR("0")))
				digits = str_from(digits, 1);
			(void)snprintf(prefix, sizeof(prefix), "+%s", country);
			if (as_e164(prefix, digits, country, out))
				return;
		} else if (person && is_vague(a->ton) &&
			   as_e164("", digits, country, out)) {
			return;
		}
	}
	if (str_copy(out, SMPP_PERSON_MAX, s) != 0)
		out[0] = '\0'; /* the reader holds addresses to 128 bytes */
}
