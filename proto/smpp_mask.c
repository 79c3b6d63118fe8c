/* Walks the fields of a PDU by its layout, a letter a field. */
#include "proto/smpp_mask.h"

#include <stdint.h>
#include <string.h>

#include "base/must.h"
#include "base/str.h"
#include "proto/smpp.h"

enum { HEAD = 16, KEPT_DIGITS = 6, KEPT_FIRST = 4, KEPT_LAST = 2 };

/*
 * c text and NUL; p the same, secret; b byte; e esm_class; k data_coding;
 * a address: TON, NPI, text; m counted message; M destinations of
 * submit_multi; U refused ones.
 */
static const struct {
	uint32_t id;
	const char *layout;
} layouts[] = {
	{ SMPP_BIND_RECEIVER, "cpcbbbc" },
	{ SMPP_BIND_TRANSMITTER, "cpcbbbc" },
	{ SMPP_BIND_TRANSCEIVER, "cpcbbbc" },
	{ SMPP_BIND_RECEIVER_RESP, "c" },
	{ SMPP_BIND_TRANSMITTER_RESP, "c" },
	{ SMPP_BIND_TRANSCEIVER_RESP, "c" },
	{ SMPP_OUTBIND, "cp" },
	{ SMPP_SUBMIT_SM, "caaebbccbbkbm" },
	{ SMPP_DELIVER_SM, "caaebbccbbkbm" },
	{ SMPP_DATA_SM, "caaebk" },
	{ SMPP_SUBMIT_MULTI, "caMebbccbbkbm" },
	{ SMPP_SUBMIT_SM_RESP, "c" },
	{ SMPP_DELIVER_SM_RESP, "c" },
	{ SMPP_DATA_SM_RESP, "c" },
	{ SMPP_SUBMIT_MULTI_RESP, "cU" },
	{ SMPP_QUERY_SM, "ca" },
	{ SMPP_QUERY_SM_RESP, "ccbb" },
	{ SMPP_CANCEL_SM, "ccaa" },
	{ SMPP_CANCEL_SM_RESP, "" },
	{ SMPP_REPLACE_SM, "caccbbm" },
	{ SMPP_REPLACE_SM_RESP, "" },
	{ SMPP_ALERT_NOTIFICATION, "aa" },
	{ SMPP_UNBIND, "" },
	{ SMPP_UNBIND_RESP, "" },
	{ SMPP_ENQUIRE_LINK, "" },
	{ SMPP_ENQUIRE_LINK_RESP, "" },
	{ SMPP_GENERIC_NACK, "" },
};

/* TLVs that tell nothing about a person. */
static const uint16_t harmless[] = {
	SMPP_TLV_ADDITIONAL_STATUS,       SMPP_TLV_RECEIPTED_MESSAGE_ID,
	SMPP_TLV_USER_MESSAGE_REFERENCE,  SMPP_TLV_SOURCE_PORT,
	SMPP_TLV_DESTINATION_PORT,        SMPP_TLV_SAR_MSG_REF_NUM,
	SMPP_TLV_LANGUAGE_INDICATOR,      SMPP_TLV_SAR_TOTAL_SEGMENTS,
	SMPP_TLV_SAR_SEGMENT_SEQNUM,      SMPP_TLV_SC_INTERFACE_VERSION,
	SMPP_TLV_MS_AVAILABILITY_STATUS,  SMPP_TLV_NETWORK_ERROR_CODE,
	SMPP_TLV_DELIVERY_FAILURE_REASON, SMPP_TLV_MORE_MESSAGES_TO_SEND,
	SMPP_TLV_MESSAGE_STATE,
};

struct walk {
	uint8_t *p;
	size_t len, at;
	bool bad;
	bool secrets_only;
	uint32_t id;
	uint8_t esm_class, data_coding;
};

static uint8_t take_byte(struct walk *w)
{
	if (w->at >= w->len) {
		w->bad = true;
		return 0;
	}
	return w->p[w->at++];
}

/* A text without its NUL. */
static uint8_t *take_text(struct walk *w, size_t *len)
{
	uint8_t *from = w->p + w->at;
	const uint8_t *end =
		w->at < w->len ? memchr(from, 0, w->len - w->at) : NULL;

	*len = 0;
	if (end == NULL) {
		w->bad = true;
		return from;
	}
	*len = (size_t)(end - from);
	w->at += *len + 1;
	return from;
}

/* ---- what is taken out ---------------------------------------------------- */

static void mask_number(uint8_t *p, size_t len)
{
	size_t digits = 0, seen = 0;

	for (size_t i = 0; i < len; i++)
		digits += p[i] >= '0' && p[i] <= '9';
	if (digits <= KEPT_DIGITS)
		return;
	for (size_t i = 0; i < len; i++) {
		if (p[i] < '0' || p[i] > '9')
			continue;
		if (seen >= KEPT_FIRST && seen + KEPT_LAST < digits)
			p[i] = '0';
		seen++;
	}
}

static void mask_address(struct walk *w)
{
	uint8_t ton = take_byte(w);
	size_t len;

	(void)take_byte(w);
	uint8_t *p = take_text(w, &len);
	/* a name is that of a firm */
	if (!w->bad && !w->secrets_only && ton != SMPP_TON_ALPHANUMERIC)
		mask_number(p, len);
}

static bool same_letters(const uint8_t *p, const char *word, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if ((p[i] | 0x20) != (uint8_t)word[i])
			return false;
	}
	return true;
}

/* What a receipt says of the message, and not the message itself. */
static size_t receipt_head(const struct walk *w, const uint8_t *p, size_t len)
{
	static const char word[] = "text:";
	size_t n = sizeof(word) - 1;

	if (w->id == SMPP_SUBMIT_SM || (w->esm_class & SMPP_ESM_TYPE_MASK) == 0)
		return 0;
	for (size_t i = 0; i + n <= len; i++) {
		if (same_letters(p + i, word, n - 1) && p[i + n - 1] == ':')
			return i + n;
	}
	return 0;
}

static void mask_message(const struct walk *w, uint8_t *p, size_t len)
{
	size_t keep = receipt_head(w, p, len);
	bool wide = w->data_coding == SMPP_DC_UCS2;

	if ((w->esm_class & SMPP_ESM_UDHI) != 0 && len > 0)
		keep = MIN((size_t)p[0] + 1, len);
	for (size_t i = keep; i < len; i++)
		p[i] = wide && (i - keep) % 2 == 0 ? 0 : 'x';
}

static void mask_counted(struct walk *w)
{
	size_t len = take_byte(w);

	if (w->bad || len > w->len - w->at) {
		w->bad = true;
		return;
	}
	if (!w->secrets_only)
		mask_message(w, w->p + w->at, len);
	w->at += len;
}

static void mask_dests(struct walk *w, bool refused)
{
	size_t n = take_byte(w), len;

	for (; n > 0 && !w->bad; n--) {
		if (refused || take_byte(w) == 1)
			mask_address(w);
		else
			(void)take_text(w, &len); /* a list has a name */
		for (unsigned i = 0; refused && i < 4; i++)
			(void)take_byte(w);
	}
}

static void mask_tlv(const struct walk *w, uint16_t tag, uint8_t *p, size_t len)
{
	if (tag == SMPP_TLV_MESSAGE_PAYLOAD) {
		mask_message(w, p, len);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(harmless); i++) {
		if (harmless[i] == tag)
			return;
	}
	memset(p, 0, len);
}

static void mask_tlvs(struct walk *w)
{
	while (!w->bad && w->at < w->len) {
		uint16_t tag = (uint16_t)(take_byte(w) << 8);
		size_t len;

		tag |= take_byte(w);
		len = (size_t)take_byte(w) << 8;
		len |= take_byte(w);
		if (w->bad || len > w->len - w->at) {
			w->bad = true;
			return;
		}
		if (!w->secrets_only)
			mask_tlv(w, tag, w->p + w->at, len);
		w->at += len;
	}
}

/* ---- walking -------------------------------------------------------------- */

static void mask_field(struct walk *w, char field)
{
	size_t len;

	switch (field) {
	case 'a':
		mask_address(w);
		break;
	case 'b':
		(void)take_byte(w);
		break;
	case 'c':
		(void)take_text(w, &len);
		break;
	case 'e':
		w->esm_class = take_byte(w);
		break;
	case 'k':
		w->data_coding = take_byte(w);
		break;
	case 'm':
		mask_counted(w);
		break;
	case 'M':
	case 'U':
		mask_dests(w, field == 'U');
		break;
	case 'p': {
		uint8_t *p = take_text(w, &len);

		memset(p, '*', len);
		break;
	}
	}
}

static const char *layout_of(uint32_t id)
{
	for (size_t i = 0; i < ARRAY_LEN(layouts); i++) {
		if (layouts[i].id == id)
			return layouts[i].layout;
	}
	return NULL;
}

static uint32_t number_at(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

void smpp_mask(void *frame, size_t len, bool secrets_only)
{
	struct walk w = {
		.p = frame, .len = len, .at = HEAD, .secrets_only = secrets_only
	};
	const char *layout, *whole;
	size_t from = HEAD;

	must(frame != NULL);
	if (len <= HEAD)
		return;
	w.id = number_at(w.p + 4);
	layout = whole = layout_of(w.id);
	w.bad = layout == NULL;
	for (; !w.bad && *layout != '\0' && w.at < w.len; layout++) {
		from = w.at;
		mask_field(&w, *layout);
	}
	if (!w.bad) {
		from = w.at;
		mask_tlvs(&w);
	}
	/* not even what was seen of it, for it may be anything */
	if (w.bad && (!secrets_only || (whole != NULL && strchr(whole, 'p'))))
		memset(w.p + from, 0, w.len - from);
}
