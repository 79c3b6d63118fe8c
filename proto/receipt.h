/* Delivery receipts of SMPP: the text form (SMPP 3.4 appendix B) and ids. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* SMPP message_state values (5.2.28). */
enum receipt_state {
	RECEIPT_ENROUTE = 1,
	RECEIPT_DELIVERED = 2,
	RECEIPT_EXPIRED = 3,
	RECEIPT_DELETED = 4,
	RECEIPT_UNDELIVERABLE = 5,
	RECEIPT_ACCEPTED = 6,
	RECEIPT_UNKNOWN = 7,
	RECEIPT_REJECTED = 8,
	RECEIPT_SKIPPED = 9 /* of SMPP 5, whose 0 is SCHEDULED */
};

struct receipt_text {
	struct str id;
	int state;       /* enum receipt_state; 0: no or unknown stat */
	struct str stat; /* as written */
	struct str err;  /* as written, "" if none */
	int64_t done_ms; /* "done date", taken as UTC; 0: none */
	unsigned sub, dlvrd;
	bool has_counts;
};

/* Any order, any case, extra spaces, missing fields, 10- or 12-digit dates,
 * "err: 042". Needs an id to be good: -EBADMSG. Views into s. */
MUST_USE int receipt_parse(struct str s, struct receipt_text *out);

/*
 * Ids are compared in a canonical form: lower case, leading zeros dropped.
 * The same number may come hexadecimal in the response and decimal in the
 * receipt, or the other way round.
 */
#define RECEIPT_ID_MAX 132
enum receipt_id_form {
	RECEIPT_ID_SAME,
	RECEIPT_ID_HEX_TO_DEC,
	RECEIPT_ID_DEC_TO_HEX
};

/* Canonical form of an id as it stands; -EBADMSG when empty or over
 * SMPP_PEER_ID_MAX. */
MUST_USE int receipt_id_canon(struct str id, char out[RECEIPT_ID_MAX]);
/* The canonical id with which the response must have come, if receipt ids of
 * this link relate to response ids by `form`: SAME: canon; HEX_TO_DEC: the
 * response was hex and the receipt is decimal, so id is converted to hex;
 * DEC_TO_HEX: the other way. -EBADMSG when id is not such a number. Any
 * length up to 64 digits. */
MUST_USE int receipt_id_as(struct str id, enum receipt_id_form form,
			   char out[RECEIPT_ID_MAX]);
