/* What an SMPP server delivers: receipts and messages of customers, each as
 * the deliver_sm that carry it. Pure: no socket, no clock. */
#pragma once

#include "base/buf.h"
#include "base/list.h"
#include "channels/smpp/server.h"
#include "proto/smpp_write.h"

/* One deliver_sm of it. */
struct server_leaf {
	uint8_t esm_class;
	uint8_t data_coding;
	uint32_t text, text_len; /* in bytes */
	uint32_t id, id_len;     /* of a receipt: the message it is about */
};

/* Parts are where their bit is: in todo, done, or neither (under way). */
struct server_delivery {
	struct list link;
	uint64_t attempt;
	uint32_t session; /* that took the last part; 0: none yet */
	unsigned leaves;
	uint32_t todo, done;
	unsigned flying;
	bool failed;
	const char *reason; /* static */
	uint32_t status;
	uint8_t state;    /* receipts: message_state; 0: no receipt */
	uint8_t error[3]; /* receipts: network_error_code */
	bool has_error;
	uint8_t source_ton, source_npi, dest_ton, dest_npi;
	char source[SMPP_ADDRESS_MAX + 1];
	char dest[SMPP_ADDRESS_MAX + 1];
	struct buf bytes;
	struct server_leaf leaf[SMPP_SERVER_PARTS_MAX];
};

/* -EINVAL: an address fits no PDU. */
MUST_USE int server_delivery_receipt(struct server_delivery **out,
				     uint64_t attempt,
				     const struct smpp_server_receipt *r);
/* charset: enum smpp_charset of the account. */
MUST_USE int server_delivery_inbound(struct server_delivery **out,
				     uint64_t attempt, int charset,
				     struct str from, struct str to,
				     struct str text);
void server_delivery_free(struct server_delivery **dp);

/* Appends leaf i as a deliver_sm with that number. tlvs: the peer may be sent
 * some. As smpp_write_deliver_sm. */
MUST_USE int server_delivery_write(const struct server_delivery *d, unsigned i,
				   uint32_t seq, bool tlvs, struct buf *out);
