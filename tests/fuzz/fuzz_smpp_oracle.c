/* Fuzzes our reader against libsmpp34's: of a PDU that the specification would
 * write, both see the same. What carriers send beyond it only we must read. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <libsmpp34/smpp34.h>
#include <libsmpp34/smpp34_structs.h>
#include <libsmpp34/smpp34_params.h>

#include "base/buf.h"
#include "proto/smpp_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- a PDU of the specification, out of any bytes ------------------------- */

struct dice {
	const uint8_t *p;
	size_t left;
};

static uint8_t roll(struct dice *d)
{
	if (d->left == 0)
		return 0;
	d->left--;
	return *d->p++;
}

static void put_u8(struct buf *b, unsigned v)
{
	buf_u8(b, (uint8_t)v);
}

static void put_u16(struct buf *b, unsigned v)
{
	put_u8(b, v >> 8);
	put_u8(b, v & 0xff);
}

static void put_u32(struct buf *b, uint32_t v)
{
	put_u16(b, v >> 16);
	put_u16(b, v & 0xffff);
}

/* A C-octet string of up to max characters. */
static void put_text(struct buf *b, struct dice *d, unsigned max)
{
	unsigned n = roll(d) % (max + 1);

	for (unsigned i = 0; i < n; i++)
		put_u8(b, 1 + roll(d) % 127);
	put_u8(b, 0);
}

static void put_address(struct buf *b, struct dice *d, unsigned max)
{
	static const uint8_t npis[] = { 0, 1, 3, 4, 6, 8, 9, 10, 14, 18 };

	put_u8(b, roll(d) % 7);
	put_u8(b, npis[roll(d) % ARRAY_LEN(npis)]);
	put_text(b, d, max);
}

/* Empty, or 16 characters. */
static void put_time(struct buf *b, struct dice *d)
{
	static const char *const times[] = { "", "261122104000000+",
					     "000001000000000R" };

	buf_z(b, times[roll(d) % ARRAY_LEN(times)]);
	put_u8(b, 0);
}

static void put_short_message(struct buf *b, struct dice *d)
{
	unsigned n = roll(d) % 255;

	put_u8(b, n);
	for (unsigned i = 0; i < n; i++)
		put_u8(b, roll(d));
}

/* One of the kind's optional parameters, with the length it should have. */
static void put_tlv(struct buf *b, struct dice *d)
{
	static const struct {
		uint16_t tag;
		uint8_t len; /* 0: as it comes */
	} known[] = {
		{ 0x0204, 2 }, { 0x020C, 2 }, { 0x020E, 1 }, { 0x020F, 1 },
		{ 0x0424, 0 }, { 0x020A, 2 }, { 0x0426, 1 }, { 0x020D, 1 },
	};
	unsigned k = roll(d) % ARRAY_LEN(known);
	unsigned n = known[k].len != 0 ? known[k].len : roll(d);

	put_u16(b, known[k].tag);
	put_u16(b, n);
	for (unsigned i = 0; i < n; i++)
		put_u8(b, roll(d));
}

static void put_tlvs(struct buf *b, struct dice *d)
{
	for (unsigned n = roll(d) % 5; n > 0; n--)
		put_tlv(b, d);
}

/* submit_sm, and deliver_sm, whose times are empty. */
static void put_sm(struct buf *b, struct dice *d, bool times)
{
	put_text(b, d, 5);
	put_address(b, d, 20);
	put_address(b, d, 20);
	for (unsigned i = 0; i < 3; i++) /* esm_class ... priority_flag */
		put_u8(b, roll(d));
	for (unsigned i = 0; i < 2; i++) {
		if (times)
			put_time(b, d);
		else
			put_u8(b, 0);
	}
	for (unsigned i = 0; i < 4; i++) /* registered_delivery ... */
		put_u8(b, roll(d));
	put_short_message(b, d);
	put_tlvs(b, d);
}

static void put_submit(struct buf *b, struct dice *d)
{
	put_sm(b, d, true);
}

static void put_deliver(struct buf *b, struct dice *d)
{
	put_sm(b, d, false);
}

static void put_data_sm(struct buf *b, struct dice *d)
{
	put_text(b, d, 5);
	put_address(b, d, 20);
	put_address(b, d, 20);
	for (unsigned i = 0; i < 3; i++)
		put_u8(b, roll(d));
	put_tlvs(b, d);
}

static void put_id(struct buf *b, struct dice *d)
{
	put_text(b, d, 64);
}

static void put_query(struct buf *b, struct dice *d)
{
	put_id(b, d);
	put_address(b, d, 20);
}

static void put_query_resp(struct buf *b, struct dice *d)
{
	put_id(b, d);
	put_time(b, d);
	put_u8(b, roll(d));
	put_u8(b, roll(d));
}

static void put_cancel(struct buf *b, struct dice *d)
{
	put_text(b, d, 5);
	put_query(b, d);
	put_address(b, d, 20);
}

static void put_replace(struct buf *b, struct dice *d)
{
	put_query(b, d);
	put_time(b, d);
	put_time(b, d);
	put_u8(b, roll(d));
	put_u8(b, roll(d));
	put_short_message(b, d);
}

static void put_bind(struct buf *b, struct dice *d)
{
	put_text(b, d, 15);
	put_text(b, d, 8);
	put_text(b, d, 12);
	put_u8(b, 0x34);
	put_address(b, d, 40);
}

static void put_bind_resp(struct buf *b, struct dice *d)
{
	put_text(b, d, 15);
	if (roll(d) % 2 == 0)
		return;
	put_u16(b, 0x0210);
	put_u16(b, 1);
	put_u8(b, roll(d));
}

static void put_outbind(struct buf *b, struct dice *d)
{
	put_text(b, d, 15);
	put_text(b, d, 8);
}

static void put_nothing(struct buf *b, struct dice *d)
{
	(void)b;
	(void)d;
}

/* ---- what both saw -------------------------------------------------------- */

static void same_text(struct str ours, const uint8_t *theirs)
{
	must(str_eqz(ours, (const char *)theirs));
}

static void same_addr(const struct smpp_addr *ours, uint8_t ton, uint8_t npi,
		      const uint8_t *theirs)
{
	must(ours->ton == ton && ours->npi == npi);
	same_text(ours->addr, theirs);
}

static void same_message(const struct smpp_pdu *ours, const uint8_t *theirs,
			 unsigned len)
{
	must(ours->short_message.len == len);
	must(len == 0 || memcmp(ours->short_message.p, theirs, len) == 0);
}

static void same_tlv(const struct smpp_tlv *ours, const tlv_t *theirs)
{
	uint32_t number = 0;

	must(ours->tag == theirs->tag && ours->value.len == theirs->length);
	for (size_t i = 0; i < ours->value.len && i < 4; i++)
		number = number << 8 | (uint8_t)ours->value.p[i];
	if (ours->tag == SMPP_TLV_MESSAGE_PAYLOAD)
		must(memcmp(ours->value.p, theirs->value.octet,
			    ours->value.len) == 0);
	else if (ours->value.len == 1)
		must(number == theirs->value.val08);
	else
		must(number == theirs->value.val16);
}

/* Theirs are a list, the last one first. */
static void same_tlvs(const struct smpp_pdu *ours, const tlv_t *theirs)
{
	unsigned n = ours->tlvs;

	for (; theirs != NULL; theirs = theirs->next) {
		must(n > 0);
		same_tlv(&ours->tlv[--n], theirs);
	}
	must(n == 0 && ours->tlvs_other == 0);
}

#define SAME_SM(o, t)                                                         \
	do {                                                                  \
		same_text((o)->service_type, (t)->service_type);              \
		same_addr(&(o)->source, (t)->source_addr_ton,                 \
			  (t)->source_addr_npi, (t)->source_addr);            \
		same_addr(&(o)->dest, (t)->dest_addr_ton, (t)->dest_addr_npi, \
			  (t)->destination_addr);                             \
		must((o)->esm_class == (t)->esm_class);                       \
		must((o)->registered_delivery == (t)->registered_delivery);   \
		must((o)->data_coding == (t)->data_coding);                   \
		same_tlvs((o), (t)->tlv);                                     \
	} while (0)

#define SAME_REST_OF_SM(o, t)                                                  \
	do {                                                                   \
		must((o)->protocol_id == (t)->protocol_id);                    \
		must((o)->priority == (t)->priority_flag);                     \
		same_text((o)->schedule, (t)->schedule_delivery_time);         \
		same_text((o)->validity, (t)->validity_period);                \
		must((o)->replace_if_present == (t)->replace_if_present_flag); \
		must((o)->default_msg_id == (t)->sm_default_msg_id);           \
		same_message((o), (t)->short_message, (t)->sm_length);         \
	} while (0)

static void same_submit(const struct smpp_pdu *o, void *theirs)
{
	submit_sm_t *t = theirs;

	SAME_SM(o, t);
	SAME_REST_OF_SM(o, t);
	destroy_tlv(t->tlv);
}

static void same_deliver(const struct smpp_pdu *o, void *theirs)
{
	deliver_sm_t *t = theirs;

	SAME_SM(o, t);
	SAME_REST_OF_SM(o, t);
	destroy_tlv(t->tlv);
}

static void same_data(const struct smpp_pdu *o, void *theirs)
{
	data_sm_t *t = theirs;

	SAME_SM(o, t);
	destroy_tlv(t->tlv);
}

static void same_submit_resp(const struct smpp_pdu *o, void *theirs)
{
	same_text(o->message_id, ((submit_sm_resp_t *)theirs)->message_id);
}

static void same_query(const struct smpp_pdu *o, void *theirs)
{
	query_sm_t *t = theirs;

	same_text(o->message_id, t->message_id);
	same_addr(&o->source, t->source_addr_ton, t->source_addr_npi,
		  t->source_addr);
}

static void same_query_resp(const struct smpp_pdu *o, void *theirs)
{
	query_sm_resp_t *t = theirs;

	same_text(o->message_id, t->message_id);
	same_text(o->final_date, t->final_date);
	must(o->message_state == t->message_state);
	must(o->error_code == t->error_code);
}

static void same_cancel(const struct smpp_pdu *o, void *theirs)
{
	cancel_sm_t *t = theirs;

	same_text(o->service_type, t->service_type);
	same_text(o->message_id, t->message_id);
	same_addr(&o->source, t->source_addr_ton, t->source_addr_npi,
		  t->source_addr);
	same_addr(&o->dest, t->dest_addr_ton, t->dest_addr_npi,
		  t->destination_addr);
}

static void same_replace(const struct smpp_pdu *o, void *theirs)
{
	replace_sm_t *t = theirs;

	same_text(o->message_id, t->message_id);
	same_addr(&o->source, t->source_addr_ton, t->source_addr_npi,
		  t->source_addr);
	same_text(o->schedule, t->schedule_delivery_time);
	same_text(o->validity, t->validity_period);
	must(o->registered_delivery == t->registered_delivery);
	must(o->default_msg_id == t->sm_default_msg_id);
	same_message(o, t->short_message, t->sm_length);
}

static void same_bind(const struct smpp_pdu *o, void *theirs)
{
	bind_transceiver_t *t = theirs;

	same_text(o->system_id, t->system_id);
	same_text(o->password, t->password);
	same_text(o->system_type, t->system_type);
	must(o->interface_version == t->interface_version);
	same_addr(&o->range, t->addr_ton, t->addr_npi, t->address_range);
}

static void same_bind_resp(const struct smpp_pdu *o, void *theirs)
{
	bind_transceiver_resp_t *t = theirs;

	same_text(o->system_id, t->system_id);
	same_tlvs(o, t->tlv);
	destroy_tlv(t->tlv);
}

static void same_outbind(const struct smpp_pdu *o, void *theirs)
{
	outbind_t *t = theirs;

	same_text(o->system_id, t->system_id);
	same_text(o->password, t->password);
}

static void same_nothing(const struct smpp_pdu *o, void *theirs)
{
	(void)o;
	(void)theirs;
}

static const struct {
	uint32_t id;
	void (*put)(struct buf *b, struct dice *d);
	void (*same)(const struct smpp_pdu *ours, void *theirs);
} kinds[] = {
	{ SUBMIT_SM, put_submit, same_submit },
	{ DELIVER_SM, put_deliver, same_deliver },
	{ DATA_SM, put_data_sm, same_data },
	{ SUBMIT_SM_RESP, put_id, same_submit_resp },
	{ QUERY_SM, put_query, same_query },
	{ QUERY_SM_RESP, put_query_resp, same_query_resp },
	{ CANCEL_SM, put_cancel, same_cancel },
	{ REPLACE_SM, put_replace, same_replace },
	{ BIND_TRANSCEIVER, put_bind, same_bind },
	{ BIND_TRANSMITTER, put_bind, same_bind },
	{ BIND_RECEIVER, put_bind, same_bind },
	{ BIND_TRANSCEIVER_RESP, put_bind_resp, same_bind_resp },
	{ OUTBIND, put_outbind, same_outbind },
	{ ENQUIRE_LINK, put_nothing, same_nothing },
	{ ENQUIRE_LINK_RESP, put_nothing, same_nothing },
	{ UNBIND, put_nothing, same_nothing },
	{ UNBIND_RESP, put_nothing, same_nothing },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static _Alignas(16) char theirs[16384];
	static struct buf b;
	struct dice d = { data, size };
	unsigned k = roll(&d) % ARRAY_LEN(kinds);
	uint32_t seq = (uint32_t)roll(&d) << 16 | (uint32_t)(roll(&d) + 1);
	const uint32_t *head = (const uint32_t *)(const void *)theirs;
	struct smpp_pdu ours;
	uint32_t why;

	if (b.limit == 0)
		buf_init(&b, BUF_NO_LIMIT);
	buf_reset(&b);
	put_u32(&b, 0);
	put_u32(&b, kinds[k].id);
	put_u32(&b, 0);
	put_u32(&b, seq);
	kinds[k].put(&b, &d);
	b.p[2] = (char)(b.len >> 8);
	b.p[3] = (char)(b.len & 0xff);

	memset(theirs, 0, sizeof(theirs));
	must(smpp34_unpack2(theirs, (const uint8_t *)b.p, (int)b.len) == 0);
	must(smpp_read(buf_str(&b), &ours, &why) == 0);
	must(head[0] == b.len && head[1] == ours.id && head[2] == ours.status);
	must(head[3] == ours.seq && ours.seq == seq);
	kinds[k].same(&ours, theirs);
	return 0;
}
