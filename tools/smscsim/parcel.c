/* Receipts in every style that SMSCs have been seen to write. */
#include "tools/smscsim/parcel.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/mem.h"
#include "proto/receipt.h"
#include "proto/text.h"

#define PARCEL_QUOTE 20 /* characters of the message that a receipt repeats */

static const struct {
	const char *name;
	uint8_t state;
} states[] = {
	{ "ENROUTE", RECEIPT_ENROUTE },       { "DELIVRD", RECEIPT_DELIVERED },
	{ "EXPIRED", RECEIPT_EXPIRED },       { "DELETED", RECEIPT_DELETED },
	{ "UNDELIV", RECEIPT_UNDELIVERABLE }, { "ACCEPTD", RECEIPT_ACCEPTED },
	{ "UNKNOWN", RECEIPT_UNKNOWN },       { "REJECTD", RECEIPT_REJECTED },
};

uint8_t parcel_state(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		if (str_ieqz(name, states[i].name))
			return states[i].state;
	}
	return 0;
}

/* ---- ids ------------------------------------------------------------------ */

static void id_write(enum id_form form, uint64_t n, char out[SUBMIT_ID_MAX])
{
	switch (form) {
	case ID_HEX:
		(void)snprintf(out, SUBMIT_ID_MAX, "%" PRIx64, n);
		return;
	case ID_UPPER_HEX:
		(void)snprintf(out, SUBMIT_ID_MAX, "%" PRIX64, n);
		return;
	case ID_DEC:
		(void)snprintf(out, SUBMIT_ID_MAX, "%" PRIu64, n);
		return;
	case ID_PADDED:
		(void)snprintf(out, SUBMIT_ID_MAX, "%020" PRIu64, n);
		return;
	case ID_UUID:
		(void)snprintf(out, SUBMIT_ID_MAX,
			       "5e5c51e0-0000-4000-%04x-%012" PRIx64,
			       (unsigned)(0x8000 | (n >> 48 & 0xfff)),
			       n & 0xffffffffffff);
		return;
	}
}

static enum id_form id_form_of(const struct knobs *k)
{
	switch ((enum dlr_style)k->dlr_style) {
	case STYLE_HEX_DEC:
	case STYLE_UPPER:
		return ID_HEX;
	case STYLE_DEC_HEX:
		return ID_DEC;
	case STYLE_LOWER:
		return ID_UPPER_HEX;
	case STYLE_EXACT:
	case STYLE_PADDED:
		break;
	}
	return (enum id_form)k->id;
}

void parcel_response_id(const struct knobs *k, uint64_t n,
			char out[SUBMIT_ID_MAX])
{
	must(k != NULL && out != NULL);
	id_write(id_form_of(k), n, out);
}

static void id_case(struct str id, bool upper, char *out)
{
	for (size_t i = 0; i < id.len; i++) {
		char c = id.p[i];
		if (upper && c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		else if (!upper && c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		out[i] = c;
	}
	out[id.len] = '\0';
}

static void id_of_receipt(enum dlr_style style, const char *id,
			  char out[SUBMIT_ID_MAX * 2])
{
	size_t size = SUBMIT_ID_MAX * 2;

	switch (style) {
	case STYLE_HEX_DEC:
		(void)snprintf(out, size, "%llu", strtoull(id, NULL, 16));
		return;
	case STYLE_DEC_HEX:
		(void)snprintf(out, size, "%llx", strtoull(id, NULL, 10));
		return;
	case STYLE_PADDED:
		(void)snprintf(out, size, "0000%s", id);
		return;
	case STYLE_UPPER:
	case STYLE_LOWER:
		id_case(str_of(id), style == STYLE_UPPER, out);
		return;
	case STYLE_EXACT:
		(void)snprintf(out, size, "%s", id);
		return;
	}
}

/* ---- the text of a receipt ------------------------------------------------ */

/* "YYMMDDhhmm", UTC. */
static void stamp(int64_t wall_ms, char out[16])
{
	char t[32];

	clock_rfc3339(wall_ms, t);
	(void)snprintf(out, 16, "%.2s%.2s%.2s%.2s%.2s", t + 2, t + 5, t + 8,
		       t + 11, t + 14);
}

static void quote(const struct submit *s, struct buf *out)
{
	struct buf text;
	size_t at = 0;

	buf_init(&text, SMPP_PDU_MAX * 4);
	submit_text(s, &text);
	for (unsigned n = 0; n < PARCEL_QUOTE && at < text.len; n++) {
		uint32_t cp = text_next(buf_str(&text), &at);
		buf_c(out, cp >= ' ' && cp < 127 ? (char)cp : '?');
	}
	buf_done(&text);
}

static void receipt_text(const struct knobs *k, const struct submit *s,
			 const char *id, struct str state, int64_t done_ms,
			 struct buf *out)
{
	char from[16], done[16];
	unsigned got = parcel_state(state) == RECEIPT_DELIVERED;
	struct str err = got ? STR("000") : str_of(k->dlr_err);

	stamp(s->at_ms, from);
	stamp(done_ms, done);
	switch ((enum dlr_form)k->dlr_form) {
	case FORM_TERSE:
		buf_f(out, "id:%s stat:%.*s", id, STR_ARGS(state));
		return;
	case FORM_SPACED:
		buf_f(out, "ID: %s  SUB: 001  DLVRD: %03u  Submit Date: %s00 ",
		      id, got, from);
		buf_f(out,
		      " Done Date: %s00  STAT: %.*s  ERR: %.*s  TEXT: ", done,
		      STR_ARGS(state), STR_ARGS(err));
		break;
	case FORM_SWAPPED:
		buf_f(out, "stat:%.*s err:%.*s id:%s sub:001 dlvrd:%03u ",
		      STR_ARGS(state), STR_ARGS(err), id, got);
		buf_f(out, "submit date:%s done date:%s text:", from, done);
		break;
	case FORM_PLAIN:
	case FORM_UCS2:
	case FORM_PAYLOAD:
	case FORM_DATA_SM:
		buf_f(out, "id:%s sub:001 dlvrd:%03u submit date:%s ", id, got,
		      from);
		buf_f(out, "done date:%s stat:%.*s err:%.*s text:", done,
		      STR_ARGS(state), STR_ARGS(err));
		break;
	}
	quote(s, out);
}

static struct str take_text(struct buf *b, bool ucs2)
{
	struct buf wide;

	if (ucs2) {
		buf_init(&wide, SMPP_PDU_MAX);
		text_to_utf16(buf_str(b), &wide);
		buf_done(b);
		*b = wide;
	}
	size_t len = b->len;
	struct str text = str_bytes(buf_take(b), len);
	buf_done(b);
	return text;
}

struct parcel *parcel_receipt(const struct knobs *k, const struct submit *s,
			      struct str state, int64_t done_ms)
{
	struct buf text;
	char id[SUBMIT_ID_MAX * 2];

	must(k != NULL && s != NULL);
	struct parcel *p = mem_new(struct parcel);
	heap_node_init(&p->node);
	must(str_copy(p->from, sizeof(p->from), str_of(s->to)) == 0);
	must(str_copy(p->to, sizeof(p->to), str_of(s->from)) == 0);
	p->esm_class = SMPP_ESM_RECEIPT;
	p->data_sm = k->dlr_form == FORM_DATA_SM;
	p->payload = k->dlr_form == FORM_PAYLOAD;
	p->coding = k->dlr_form == FORM_UCS2 ? SMPP_DC_UCS2 : SMPP_DC_DEFAULT;
	id_of_receipt((enum dlr_style)k->dlr_style, s->id, id);
	if (k->dlr == DLR_TLV || k->dlr == DLR_BOTH) {
		must(str_copy(p->id, sizeof(p->id), str_of(id)) == 0);
		p->state = parcel_state(state);
	}
	buf_init(&text, SMPP_PDU_MAX);
	if (k->dlr != DLR_TLV)
		receipt_text(k, s, id, state, done_ms, &text);
	p->text = take_text(&text, k->dlr_form == FORM_UCS2);
	return p;
}

/* ---- the rest ------------------------------------------------------------- */

struct parcel *parcel_mo(uint64_t mo, struct str from, struct str to,
			 uint8_t coding, uint8_t esm_class, struct str text)
{
	struct parcel *p = mem_new(struct parcel);

	heap_node_init(&p->node);
	p->mo = mo;
	p->coding = coding;
	p->esm_class = esm_class;
	IGNORE(str_copy(p->from, sizeof(p->from), from));
	IGNORE(str_copy(p->to, sizeof(p->to), to));
	p->text = str_bytes(mem_dup(text.p, text.len), text.len);
	return p;
}

void parcel_free(struct parcel **pp)
{
	must(pp != NULL);
	struct parcel *p = TAKE(*pp);

	if (p == NULL)
		return;
	char *text = (char *)(uintptr_t)p->text.p;
	mem_free(text);
	mem_free(p);
}

/* '+' international, letters alphanumeric, else unknown. */
static struct smpp_addr parcel_address(const char *z)
{
	struct str s = str_of(z);
	size_t digits = 0;

	if (str_starts(s, STR("+")))
		return (struct smpp_addr){ SMPP_TON_INTERNATIONAL,
					   SMPP_NPI_ISDN, str_from(s, 1) };
	while (digits < s.len && s.p[digits] >= '0' && s.p[digits] <= '9')
		digits++;
	if (digits < s.len)
		return (struct smpp_addr){ SMPP_TON_ALPHANUMERIC,
					   SMPP_NPI_UNKNOWN, s };
	return (struct smpp_addr){ SMPP_TON_UNKNOWN, SMPP_NPI_ISDN, s };
}

void parcel_sm(const struct parcel *p, struct smpp_tlv tlv[2], uint8_t *state,
	       struct smpp_sm *out)
{
	must(p != NULL && tlv != NULL && state != NULL && out != NULL);
	*out = (struct smpp_sm){
		.source = parcel_address(p->from),
		.dest = parcel_address(p->to),
		.esm_class = p->esm_class,
		.data_coding = p->coding,
		.text = p->text,
		.payload = p->payload,
	};
	if (p->id[0] == '\0')
		return;
	*state = p->state;
	tlv[0].tag = SMPP_TLV_RECEIPTED_MESSAGE_ID;
	/* a C string: with its NUL */
	tlv[0].value = str_bytes(p->id, strlen(p->id) + 1);
	tlv[1].tag = SMPP_TLV_MESSAGE_STATE;
	tlv[1].value = str_bytes(state, 1);
	out->tlv = tlv;
	out->tlvs = 2;
}
