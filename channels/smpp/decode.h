/* What a deliver_sm or data_sm says: a receipt, or a message or part of one.
 * Pure: no socket, no clock. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "channels/smpp/channel.h"
#include "proto/smpp_read.h"
#include "proto/sms_split.h"

#define SMPP_REASON_MAX 32
#define SMPP_PERSON_MAX 132 /* an address as the gateway sees it, and NUL */

/* Buffers that are reused from PDU to PDU. */
struct smpp_decoder {
	const struct smpp_cfg *cfg; /* borrowed */
	struct buf text;
	struct buf other;
	char reason[SMPP_REASON_MAX];
};

void smpp_decoder_init(struct smpp_decoder *d, const struct smpp_cfg *cfg);
void smpp_decoder_done(struct smpp_decoder *d);

/*
 * -ENOENT: no receipt but a message. -EBADMSG: it claims to be a receipt but
 * no id can be found. *out views into the decoder and the PDU.
 *
 * A receipt is what esm_class says is one, or has both receipt TLVs, or (as
 * the setting dlr_text wants) looks like one. TLVs win over the text.
 */
MUST_USE int smpp_decode_receipt(struct smpp_decoder *d,
				 const struct smpp_pdu *pdu,
				 struct receipt *out);

/* message_state, of a TLV or of query_sm_resp. */
enum message_state smpp_decode_state(uint32_t state);

/* A message, or one part. GSM text is septets, one a byte. */
struct smpp_piece {
	enum sms_charset charset;
	struct str bytes; /* views into the decoder or the PDU */
	unsigned total;   /* 1: a message of its own */
	unsigned part;    /* from 1 */
	unsigned ref;
	bool wide; /* ref of 16 bits */
};

void smpp_decode_piece(struct smpp_decoder *d, const struct smpp_pdu *pdu,
		       struct smpp_piece *out);
/* Appends the text as UTF-8; binary as hex. */
void smpp_decode_text(enum sms_charset charset, struct str bytes,
		      struct buf *out);
/* "+447700900001" where the number allows it, else as written. person: the
 * number of a customer, which may be written the national way. */
void smpp_decode_address(const struct smpp_addr *a, const char *country,
			 bool person, char out[SMPP_PERSON_MAX]);
