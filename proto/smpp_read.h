/* Reading SMPP: frames out of a stream, and every PDU a peer may send. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "proto/smpp.h"

#define SMPP_TLVS_MAX 16

/* A TLV as it stands on the wire: numbers are big endian bytes. */
struct smpp_tlv {
	uint16_t tag;
	struct str value;
};

struct smpp_addr {
	uint8_t ton;
	uint8_t npi;
	struct str addr;
};

struct smpp_head {
	uint32_t length; /* as the peer wrote it */
	uint32_t id;     /* enum smpp_command, or whatever the peer wrote */
	uint32_t status;
	uint32_t seq;
};

/*
 * One PDU. Fields that its kind does not have are 0 or empty. All text is a
 * view into the frame, without the NUL.
 */
struct smpp_pdu {
	uint32_t id;
	uint32_t status; /* any value */
	uint32_t seq;

	/* bind_*, their responses, outbind */
	struct str system_id;
	struct str password;
	struct str system_type;
	uint8_t interface_version;
	struct smpp_addr range; /* addr_ton, addr_npi, address_range */

	/* submit_sm, submit_multi, deliver_sm, data_sm, query, cancel, replace;
	 * alert_notification: dest is the ESME */
	struct str service_type;
	struct smpp_addr source;
	struct smpp_addr dest;
	uint8_t esm_class;
	uint8_t protocol_id;
	uint8_t priority;
	uint8_t registered_delivery;
	uint8_t replace_if_present;
	uint8_t data_coding;
	uint8_t default_msg_id;
	struct str schedule;
	struct str validity;
	struct str short_message; /* as in the PDU; see smpp_text */

	/* responses, query, cancel, replace */
	struct str message_id;

	/* query_sm_resp */
	struct str final_date;
	uint8_t message_state;
	uint8_t error_code;

	/* submit_multi: destinations; submit_multi_resp: refused ones */
	unsigned dests;
	struct str dest_list; /* for smpp_dest_next */

	bool body;           /* false: header only, as error responses are */
	bool tail_bad;       /* a response whose optional part was broken */
	unsigned tlvs_other; /* TLVs not kept: unknown, or above 16 */
	unsigned tlvs;
	struct smpp_tlv tlv[SMPP_TLVS_MAX]; /* only [0] .. [tlvs - 1] are set */
};

/*
 * The first frame of data. 0: *frame is one whole PDU (data goes on behind
 * it). -EAGAIN: more bytes are needed. -EBADMSG: command_length is below 16
 * or above max; the stream cannot be read any further: nack RINVCMDLEN with
 * smpp_peek_seq and close.
 */
MUST_USE int smpp_frame(struct str data, size_t max, struct str *frame);
/* Sequence number of a header; 0 while it is not there. */
uint32_t smpp_peek_seq(struct str data);
/* The header alone. -EBADMSG below 16 bytes. */
MUST_USE int smpp_read_head(struct str frame, struct smpp_head *out);

/*
 * Reads one frame as smpp_frame gave it. -EBADMSG with *why = the status for
 * the nack: RINVCMDID (nobody knows this command), RINVCMDLEN (fields are
 * missing), RINVMSGLEN, RINVOPTPARSTREAM and the like; *out is untouched.
 *
 * Taken as peers send it: any status, TON, NPI, version and sequence number;
 * responses with only a header, or with a broken tail; TLVs that nobody
 * knows or of an odd length; payloads as long as the frame.
 */
MUST_USE int smpp_read(struct str frame, struct smpp_pdu *out, uint32_t *why);

/* The user data: message_payload where short_message is empty. */
struct str smpp_text(const struct smpp_pdu *pdu);
/* First TLV of that tag. */
bool smpp_tlv_find(const struct smpp_pdu *pdu, uint16_t tag, struct str *value);
/* As a number, of whatever length from 1 to 4 bytes. */
bool smpp_tlv_number(const struct smpp_pdu *pdu, uint16_t tag, uint32_t *value);
/* As text: up to the first NUL. */
bool smpp_tlv_text(const struct smpp_pdu *pdu, uint16_t tag, struct str *value);

/* One destination of submit_multi, or one refused of submit_multi_resp. */
struct smpp_dest {
	struct smpp_addr addr;
	struct str list; /* name of a distribution list; addr is empty then */
	uint32_t status; /* submit_multi_resp */
};
/* Walk: *at = 0 at first; false at the end. */
bool smpp_dest_next(const struct smpp_pdu *pdu, size_t *at,
		    struct smpp_dest *out);

/* "submit_sm"; "unknown" for what is not in enum smpp_command. */
const char *smpp_command_name(uint32_t id);
