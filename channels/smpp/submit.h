/* One message as the PDUs that carry it. Pure: no socket, no clock. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "channels/smpp/channel.h"
#include "channels/smpp/extras.h"
#include "proto/sms_split.h"

/* A packed message: PDU i is bytes at[i] .. at[i+1], its sequence number
 * still to be written by smpp_submit_number. */
struct smpp_submit {
	struct buf bytes;
	unsigned parts;              /* of the message, in all */
	unsigned pdus;               /* to send */
	bool receipt;                /* one will come whatever happens */
	uint8_t part[SMS_PARTS_MAX]; /* which part PDU i carries */
	uint32_t at[SMS_PARTS_MAX + 1];
};

/* What a link knows while it packs; buffers are reused. */
struct smpp_packer {
	const struct smpp_cfg *cfg;
	unsigned shifts; /* BIT of the national tables that may be used */
	struct smpp_extras extras;
	struct buf text; /* encoded, whole */
	struct buf part; /* of one PDU, with its UDH */
	struct buf utf8;
};

void smpp_packer_init(struct smpp_packer *p, const struct smpp_cfg *cfg);
void smpp_packer_done(struct smpp_packer *p);

void smpp_submit_init(struct smpp_submit *s);
void smpp_submit_done(struct smpp_submit *s);

/* Why a message cannot be sent here. */
struct smpp_refusal {
	enum outcome_class class; /* BROKEN or REFUSED */
	const char *reason;
};

/*
 * Packs m without the parts in `skip`. tlvs: the peer understands TLVs; if
 * not, long messages are cut by UDH whatever the configuration says.
 * now_ms: wall clock, for a relative validity. The parts of a message carry
 * the same reference on every attempt, so that a phone joins parts of two
 * attempts. -EINVAL with *why.
 */
MUST_USE int smpp_submit_pack(struct smpp_packer *p, const struct message *m,
			      uint32_t skip, bool tlvs, int64_t now_ms,
			      struct smpp_submit *out,
			      struct smpp_refusal *why);
/* The sender as this link writes it; "" is the link's own. false: it cannot be
 * written. */
bool smpp_submit_source(const struct smpp_cfg *cfg, struct str from,
			struct smpp_addr *out);
/* The bytes of PDU i with this sequence number in them. */
struct str smpp_submit_number(struct smpp_submit *s, unsigned i, uint32_t seq);
