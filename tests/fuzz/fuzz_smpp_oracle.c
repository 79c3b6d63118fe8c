/*
 * Fuzzes our reader against libsmpp34's: of a PDU that the specification would
 * write, both see the same. What carriers send beyond it only we must read.
 *
 * Every command of SMPP 3.4 is here. Where libsmpp34 itself is wrong, the PDU
 * is kept from it, and tests/unit/proto_smpp_read_test.c alone decides:
 * - a command_status outside its list, a TON above 6, a text of 255 bytes, and
 *   times in a deliver_sm are refused, though the specification has them;
 * - a bind_*_resp, data_sm_resp, query_sm_resp or submit_multi_resp that is
 *   only a header is refused, though an error may come so;
 * - a deliver_sm_resp with anything in its (unused) message_id is refused, and
 *   so is a data_sm_resp with TLVs;
 * - what it logs overflows its buffer of 2,048 bytes with 29 TLVs or with 7
 *   destinations: so few of them;
 * - the TLVs and destinations that it had read when it refused a PDU leak.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <libsmpp34/smpp34.h>
#include <libsmpp34/smpp34_structs.h>
#include <libsmpp34/smpp34_params.h>

#include "proto/smpp_read.h"
#include "tests/fuzz/smpp_dice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

/* Theirs are a list, the last one first. */
static unsigned dests_of(const struct smpp_pdu *o,
			 struct smpp_dest out[DESTS_MAX])
{
	unsigned n = 0;
	size_t at = 0;

	while (n < DESTS_MAX && smpp_dest_next(o, &at, &out[n]))
		n++;
	must(n == o->dests && at == o->dest_list.len);
	return n;
}

static void same_multi(const struct smpp_pdu *o, void *theirs)
{
	submit_multi_t *t = theirs;
	struct smpp_dest ours[DESTS_MAX];
	unsigned n = dests_of(o, ours);

	same_text(o->service_type, t->service_type);
	same_addr(&o->source, t->source_addr_ton, t->source_addr_npi,
		  t->source_addr);
	must(o->dests == t->number_of_dests);
	for (dad_t *d = t->dest_addr_def; d != NULL; d = d->next) {
		const struct smpp_dest *have = &ours[--n];

		if (d->dest_flag == 2)
			same_text(have->list, d->value.dl_name);
		else
			same_addr(&have->addr, d->value.sme.dest_addr_ton,
				  d->value.sme.dest_addr_npi,
				  d->value.sme.destination_addr);
	}
	must(n == 0);
	must(o->esm_class == t->esm_class);
	must(o->registered_delivery == t->registered_delivery);
	must(o->data_coding == t->data_coding);
	SAME_REST_OF_SM(o, t);
	same_tlvs(o, t->tlv);
	destroy_dad(t->dest_addr_def);
	destroy_tlv(t->tlv);
}

static void same_multi_resp(const struct smpp_pdu *o, void *theirs)
{
	submit_multi_resp_t *t = theirs;
	struct smpp_dest ours[DESTS_MAX];
	unsigned n = dests_of(o, ours);

	same_text(o->message_id, t->message_id);
	must(o->dests == t->no_unsuccess);
	for (udad_t *d = t->unsuccess_smes; d != NULL; d = d->next) {
		const struct smpp_dest *have = &ours[--n];

		same_addr(&have->addr, d->dest_addr_ton, d->dest_addr_npi,
			  d->destination_addr);
		must(have->status == d->error_status_code);
	}
	must(n == 0);
	destroy_udad(t->unsuccess_smes);
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

static void same_data_resp(const struct smpp_pdu *o, void *theirs)
{
	same_text(o->message_id, ((data_sm_resp_t *)theirs)->message_id);
}

static void same_alert(const struct smpp_pdu *o, void *theirs)
{
	alert_notification_t *t = theirs;

	same_addr(&o->source, t->source_addr_ton, t->source_addr_npi,
		  t->source_addr);
	same_addr(&o->dest, t->esme_addr_ton, t->esme_addr_npi, t->esme_addr);
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
	{ SUBMIT_MULTI, put_multi, same_multi },
	{ SUBMIT_MULTI_RESP, put_multi_resp, same_multi_resp },
	{ DATA_SM_RESP, put_id, same_data_resp },
	{ DELIVER_SM_RESP, put_empty_id, same_nothing },
	{ ALERT_NOTIFICATION, put_alert, same_alert },
	/* one layout for the three kinds of bind */
	{ BIND_TRANSMITTER_RESP, put_bind_resp, same_bind_resp },
	{ BIND_RECEIVER_RESP, put_bind_resp, same_bind_resp },
	{ CANCEL_SM_RESP, put_nothing, same_nothing },
	{ REPLACE_SM_RESP, put_nothing, same_nothing },
	{ GENERIC_NACK, put_nothing, same_nothing },
};

/* Statuses that libsmpp34 knows, for kinds that may come as a header alone. */
static uint32_t status_of(struct dice *d, uint32_t id)
{
	static const uint8_t known[] = { 0x00, 0x01, 0x02, 0x03, 0x04, 0x08,
					 0x0B, 0x11, 0x13, 0x14, 0x45, 0x58,
					 0x64, 0x65, 0x66, 0xC0, 0xFE, 0xFF };

	if (id != GENERIC_NACK && id != CANCEL_SM_RESP && id != REPLACE_SM_RESP)
		return 0;
	return known[roll(d) % ARRAY_LEN(known)];
}

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
	put_u32(&b, status_of(&d, kinds[k].id));
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
