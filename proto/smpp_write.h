/* Writing SMPP: every PDU that we send, as ESME and as SMSC. The rich ones
 * are packed by libsmpp34; this is the only room that includes it. Loop
 * thread only: libsmpp34 keeps its log in globals. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "proto/smpp.h"
#include "proto/smpp_read.h"

/* What submit_sm, deliver_sm and data_sm have in common. */
struct smpp_sm {
	struct str service_type; /* <= 5 */
	struct smpp_addr source; /* <= 20 */
	struct smpp_addr dest;
	uint8_t esm_class;
	uint8_t protocol_id;
	uint8_t priority;
	uint8_t registered_delivery;
	uint8_t replace_if_present;
	uint8_t data_coding;
	uint8_t default_msg_id;
	struct str schedule; /* "" or 16 characters; not in deliver_sm */
	struct str validity; /* "" or 16 characters; not in deliver_sm */
	/* User data with its UDH. Up to 253 bytes are short_message; more, or
	 * `payload`, or any in data_sm, is a message_payload TLV. */
	struct str text;
	bool payload;
	/* Wire form, in this order; at most 15 beside message_payload. */
	const struct smpp_tlv *tlv;
	unsigned tlvs;
};

/*
 * All append one PDU to out. -EINVAL: a value does not fit the PDU;
 * -ENOSPC: out is full. Nothing is appended then.
 */
MUST_USE int smpp_write_submit_sm(struct buf *out, uint32_t seq,
				  const struct smpp_sm *m);
MUST_USE int smpp_write_deliver_sm(struct buf *out, uint32_t seq,
				   const struct smpp_sm *m);
MUST_USE int smpp_write_data_sm(struct buf *out, uint32_t seq,
				const struct smpp_sm *m);
MUST_USE int smpp_write_query_sm(struct buf *out, uint32_t seq,
				 struct str message_id,
				 const struct smpp_addr *source);
/* By id, or with message_id "" by the set of addresses and service type. */
MUST_USE int smpp_write_cancel_sm(struct buf *out, uint32_t seq,
				  struct str message_id,
				  const struct smpp_sm *m);
/* Of m: source, schedule, validity, registered_delivery, default_msg_id and
 * text (<= 253). */
MUST_USE int smpp_write_replace_sm(struct buf *out, uint32_t seq,
				   struct str message_id,
				   const struct smpp_sm *m);

/* bind_* and outbind (system_id and password only). */
struct smpp_bind {
	struct str system_id;   /* <= 15 */
	struct str password;    /* <= 16 */
	struct str system_type; /* <= 12 */
	uint8_t interface_version;
	struct smpp_addr range; /* <= 40 */
};
MUST_USE int smpp_write_bind(struct buf *out, uint32_t command, uint32_t seq,
			     const struct smpp_bind *b);
/* version < 0: no sc_interface_version TLV. An error is the header alone. */
MUST_USE int smpp_write_bind_resp(struct buf *out, uint32_t command,
				  uint32_t status, uint32_t seq,
				  struct str system_id, int version);

/* A PDU that is only a header: enquire_link, unbind, their responses,
 * generic_nack, and any response that refuses. */
MUST_USE int smpp_write_head(struct buf *out, uint32_t command, uint32_t status,
			     uint32_t seq);
/* A response with a message_id ("" for deliver_sm_resp): submit_sm_resp,
 * deliver_sm_resp, data_sm_resp. */
MUST_USE int smpp_write_resp(struct buf *out, uint32_t command, uint32_t status,
			     uint32_t seq, struct str message_id);
MUST_USE int smpp_write_query_resp(struct buf *out, uint32_t seq,
				   struct str message_id, struct str final_date,
				   uint8_t state, uint8_t error_code);
/* refused: those with a status other than 0. */
MUST_USE int smpp_write_multi_resp(struct buf *out, uint32_t seq,
				   struct str message_id,
				   const struct smpp_dest *refused, unsigned n);
