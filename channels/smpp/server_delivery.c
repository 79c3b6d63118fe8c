/* Receipts and messages of customers as deliver_sm. */
#include "channels/smpp/server_delivery.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "channels/smpp/channel.h"
#include "proto/receipt.h"
#include "proto/smpp_time.h"
#include "proto/sms_split.h"
#include "proto/text.h"

enum {
	DELIVERY_BYTES_MAX = 64 * 1024,
	NETWORK_GSM = 3,
	SHORT_CODE_MAX = 8,
};

/* ---- states --------------------------------------------------------------- */

/* SMPP has fewer states than we; what it cannot say is the nearest of them. */
static const struct {
	uint8_t state;
	const char *word;
} states[MESSAGE_STATES] = {
	[MESSAGE_ACCEPTED] = { RECEIPT_ENROUTE, "ENROUTE" },
	[MESSAGE_HELD] = { RECEIPT_ENROUTE, "ENROUTE" },
	[MESSAGE_QUEUED] = { RECEIPT_ENROUTE, "ENROUTE" },
	[MESSAGE_SUBMITTING] = { RECEIPT_ENROUTE, "ENROUTE" },
	[MESSAGE_SUBMITTED] = { RECEIPT_ENROUTE, "ENROUTE" },
	[MESSAGE_DELIVERED] = { RECEIPT_DELIVERED, "DELIVRD" },
	[MESSAGE_UNDELIVERED] = { RECEIPT_UNDELIVERABLE, "UNDELIV" },
	[MESSAGE_EXPIRED] = { RECEIPT_EXPIRED, "EXPIRED" },
	[MESSAGE_REJECTED] = { RECEIPT_REJECTED, "REJECTD" },
	[MESSAGE_UNKNOWN] = { RECEIPT_UNKNOWN, "UNKNOWN" },
	[MESSAGE_FAILED] = { RECEIPT_UNDELIVERABLE, "UNDELIV" },
	[MESSAGE_CANCELLED] = { RECEIPT_DELETED, "DELETED" },
	[MESSAGE_SUPPRESSED] = { RECEIPT_REJECTED, "REJECTD" },
	[MESSAGE_SENT] = { RECEIPT_ACCEPTED, "ACCEPTD" },
};

uint8_t smpp_server_state_of(enum message_state s)
{
	must((unsigned)s < MESSAGE_STATES && states[s].word != NULL);
	return states[s].state;
}

const char *smpp_server_state_word(enum message_state s)
{
	must((unsigned)s < MESSAGE_STATES && states[s].word != NULL);
	return states[s].word;
}

/* Codes of a GSM network for the reasons that decode.c makes of them. */
static const struct {
	const char *reason;
	uint16_t code;
} gsm_errors[] = {
	{ "unknown_subscriber", 1 }, { "unidentified_subscriber", 5 },
	{ "absent_subscriber", 27 }, { "illegal_subscriber", 9 },
	{ "no_sms_service", 11 },    { "illegal_equipment", 12 },
	{ "call_barred", 13 },       { "facility_not_supported", 21 },
	{ "subscriber_busy", 31 },   { "delivery_failure", 32 },
	{ "message_list_full", 33 }, { "system_failure", 34 },
};

/* "err-042", "net-3-27", or a word of the table. */
static bool error_of(struct str reason, uint8_t *network, uint16_t *code)
{
	uint64_t number, type = NETWORK_GSM;
	struct str head, rest = str_cut(reason, '-', &head);

	for (size_t i = 0; i < ARRAY_LEN(gsm_errors); i++) {
		if (!str_eqz(reason, gsm_errors[i].reason))
			continue;
		*network = NETWORK_GSM;
		*code = gsm_errors[i].code;
		return true;
	}
	if (str_eqz(head, "net")) {
		struct str kind;

		rest = str_cut(rest, '-', &kind);
		if (str_u64(kind, 0xFF, &type) != 0)
			return false;
	} else if (!str_eqz(head, "err")) {
		return false;
	}
	if (str_u64(rest, 0xFFFF, &number) != 0)
		return false;
	*network = (uint8_t)type;
	*code = (uint16_t)number;
	return true;
}

/* ---- addresses ------------------------------------------------------------ */

static bool all_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.len > 0;
}

/* By how it looks; "+" is not for the wire. */
static struct smpp_addr address_of(struct str s)
{
	struct str digits = str_starts(s, STR("+")) ? str_from(s, 1) : s;

	if (all_digits(digits) && digits.len < s.len)
		return (struct smpp_addr){ SMPP_TON_INTERNATIONAL,
					   SMPP_NPI_ISDN, digits };
	if (all_digits(s))
		return (struct smpp_addr){ s.len <= SHORT_CODE_MAX
						   ? SMPP_TON_NETWORK
						   : SMPP_TON_UNKNOWN,
					   SMPP_NPI_UNKNOWN, s };
	return (struct smpp_addr){ SMPP_TON_ALPHANUMERIC, SMPP_NPI_UNKNOWN, s };
}

static int put_addresses(struct server_delivery *d,
			 const struct smpp_addr *source,
			 const struct smpp_addr *dest)
{
	if (str_copy(d->source, sizeof(d->source), source->addr) != 0 ||
	    str_copy(d->dest, sizeof(d->dest), dest->addr) != 0)
		return -EINVAL;
	d->source_ton = source->ton;
	d->source_npi = source->npi;
	d->dest_ton = dest->ton;
	d->dest_npi = dest->npi;
	return 0;
}

/* ---- making --------------------------------------------------------------- */

static struct server_delivery *delivery_new(uint64_t attempt)
{
	struct server_delivery *d = mem_new(struct server_delivery);

	d->attempt = attempt;
	list_init(&d->link);
	buf_init(&d->bytes, DELIVERY_BYTES_MAX);
	return d;
}

void server_delivery_free(struct server_delivery **dp)
{
	must(dp != NULL);
	struct server_delivery *d = TAKE(*dp);
	if (d == NULL)
		return;
	list_remove(&d->link);
	buf_done(&d->bytes);
	mem_free(d);
}

static uint32_t all_of(unsigned leaves)
{
	return leaves >= 32 ? UINT32_MAX : BIT(leaves) - 1;
}

static int finish(struct server_delivery **out, struct server_delivery **d)
{
	if ((*d)->bytes.full)
		return -EINVAL;
	(*d)->todo = all_of((*d)->leaves);
	*out = TAKE(*d);
	return 0;
}

/* Appendix B: ten digits of a date, to the minute, in UTC. */
static void put_date(struct buf *out, int64_t wall_ms)
{
	char whole[SMPP_TIME_SIZE];

	smpp_time_absolute(wall_ms, whole);
	buf_put(out, whole, 10);
}

static void put_receipt_text(struct buf *out, struct str id,
			     const struct smpp_server_receipt *r, unsigned code)
{
	bool delivered = r->state == MESSAGE_DELIVERED;

	buf_f(out, "id:%.*s sub:001 dlvrd:%s submit date:", STR_ARGS(id),
	      delivered ? "001" : "000");
	put_date(out, r->submitted_ms);
	buf_z(out, " done date:");
	put_date(out, r->done_ms);
	buf_f(out, " stat:%s err:%03u text:", smpp_server_state_word(r->state),
	      MIN(code, 999u));
}

int server_delivery_receipt(struct server_delivery **out, uint64_t attempt,
			    const struct smpp_server_receipt *r)
{
	must(out != NULL && r != NULL && r->message_id != NULL);
	must(r->n >= 1 && r->n <= SMPP_SERVER_PARTS_MAX);
	AUTO(server_delivery_free)
	struct server_delivery *d = delivery_new(attempt);
	uint16_t code = 0;

	if (put_addresses(d, &r->source, &r->dest) != 0)
		return -EINVAL;
	d->state = smpp_server_state_of(r->state);
	d->has_error = r->state != MESSAGE_DELIVERED &&
		       error_of(r->reason, &d->error[0], &code);
	d->error[1] = (uint8_t)(code >> 8);
	d->error[2] = (uint8_t)code;
	for (unsigned i = 0; i < r->n; i++) {
		struct server_leaf *leaf = &d->leaf[d->leaves++];
		struct str id = r->message_id[i];

		if (id.len > SMPP_MESSAGE_ID_MAX)
			return -EINVAL;
		*leaf = (struct server_leaf){ .esm_class = SMPP_ESM_RECEIPT };
		leaf->id = (uint32_t)d->bytes.len;
		buf_str_put(&d->bytes, id);
		buf_c(&d->bytes, '\0'); /* as its TLV wants it */
		leaf->id_len = (uint32_t)id.len + 1;
		leaf->text = (uint32_t)d->bytes.len;
		put_receipt_text(&d->bytes, id, r, code);
		leaf->text_len = (uint32_t)d->bytes.len - leaf->text;
	}
	return finish(out, &d);
}

/* ---- messages of customers ------------------------------------------------ */

/* The bytes of one part as the account reads data_coding 0. -EBADMSG: it has
 * a character that is not in Latin-1. */
static int put_gsm(struct buf *out, int charset, struct str septets,
		   unsigned udh)
{
	struct buf utf8;

	if (charset == SMPP_CHARSET_GSM7) {
		buf_str_put(out, septets);
		return 0;
	}
	if (charset == SMPP_CHARSET_GSM7_PACKED) {
		text_gsm_pack(septets, (7 - udh * 8 % 7) % 7, out);
		return 0;
	}
	buf_init(&utf8, BUF_NO_LIMIT);
	text_from_gsm(septets, &utf8);
	int rc = text_to_latin1(buf_str(&utf8), out);
	buf_done(&utf8);
	return rc;
}

static int put_part(struct server_delivery *d, const struct sms_plan *plan,
		    int charset, struct str encoded, unsigned i)
{
	struct server_leaf *leaf = &d->leaf[d->leaves++];
	uint8_t udh[8];
	unsigned n = sms_udh(SMS_CONCAT_UDH8, (uint16_t)d->attempt, plan->parts,
			     i, udh);
	struct str bytes = str_bytes(encoded.p + plan->cut[i],
				     plan->cut[i + 1] - plan->cut[i]);
	int rc = 0;

	leaf->esm_class = n > 0 ? SMPP_ESM_UDHI : 0;
	leaf->data_coding =
		plan->charset == SMS_UCS2 ? SMPP_DC_UCS2 : SMPP_DC_DEFAULT;
	leaf->text = (uint32_t)d->bytes.len;
	buf_put(&d->bytes, udh, n);
	if (plan->charset == SMS_GSM7)
		rc = put_gsm(&d->bytes, charset, bytes, n);
	else
		buf_str_put(&d->bytes, bytes);
	leaf->text_len = (uint32_t)d->bytes.len - leaf->text;
	return rc;
}

/* One deliver_sm, UCS-2, in a message_payload if that is long. */
static void put_whole(struct server_delivery *d, struct str text)
{
	buf_reset(&d->bytes);
	text_to_utf16(text, &d->bytes);
	d->leaves = 1;
	d->leaf[0] = (struct server_leaf){ .data_coding = SMPP_DC_UCS2,
					   .text_len = (uint32_t)d->bytes.len };
}

int server_delivery_inbound(struct server_delivery **out, uint64_t attempt,
			    int charset, struct str from, struct str to,
			    struct str text)
{
	must(out != NULL);
	AUTO(server_delivery_free)
	struct server_delivery *d = delivery_new(attempt);
	struct smpp_addr source = address_of(from), dest = address_of(to);
	struct sms_plan plan;
	struct buf encoded;

	if (put_addresses(d, &source, &dest) != 0)
		return -EINVAL;
	buf_init(&encoded, DELIVERY_BYTES_MAX);
	int rc = sms_plan(text, SMS_CONCAT_UDH8, SMPP_SERVER_PARTS_MAX,
			  &encoded, &plan);
	for (unsigned i = 0; rc == 0 && i < plan.parts; i++)
		rc = put_part(d, &plan, charset, buf_str(&encoded), i);
	buf_done(&encoded);
	if (rc != 0)
		put_whole(d, text);
	return finish(out, &d);
}

/* ---- writing -------------------------------------------------------------- */

int server_delivery_write(const struct server_delivery *d, unsigned i,
			  uint32_t seq, bool tlvs, struct buf *out)
{
	must(d != NULL && i < d->leaves && out != NULL);
	const struct server_leaf *leaf = &d->leaf[i];
	const struct smpp_tlv tlv[] = {
		{ SMPP_TLV_RECEIPTED_MESSAGE_ID,
		  str_bytes(d->bytes.p + leaf->id, leaf->id_len) },
		{ SMPP_TLV_MESSAGE_STATE, str_bytes(&d->state, 1) },
		{ SMPP_TLV_NETWORK_ERROR_CODE, str_bytes(d->error, 3) },
	};
	struct smpp_sm sm = {
		.service_type = STR_NONE,
		.source = { d->source_ton, d->source_npi, str_of(d->source) },
		.dest = { d->dest_ton, d->dest_npi, str_of(d->dest) },
		.esm_class = leaf->esm_class,
		.data_coding = leaf->data_coding,
		.schedule = STR_NONE,
		.validity = STR_NONE,
		.text = str_bytes(d->bytes.p + leaf->text, leaf->text_len),
	};

	if (d->state != 0 && tlvs) {
		sm.tlv = tlv;
		sm.tlvs = d->has_error ? 3 : 2;
	}
	return smpp_write_deliver_sm(out, seq, &sm);
}
