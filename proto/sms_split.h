/* One text to SMS parts: encoding, limits, cuts, and the joining of parts. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "proto/text.h"

enum sms_charset { SMS_GSM7, SMS_LATIN1, SMS_UCS2, SMS_BINARY };

const char *sms_charset_name(enum sms_charset c);

enum sms_concat {
	SMS_CONCAT_UDH8,  /* 05 00 03 ref total part: 153 / 67 a part */
	SMS_CONCAT_UDH16, /* 06 08 04 ...: 152 / 66 */
	SMS_CONCAT_SAR,   /* sar_* TLVs: 153 / 67 (as the phone will see it) */
	SMS_CONCAT_PAYLOAD, /* one PDU with message_payload */
};

#define SMS_PARTS_MAX 32
#define SMS_UDH_MAX 10 /* longest that we write, with its length byte */

struct sms_plan {
	enum sms_charset charset;
	unsigned parts;
	unsigned units;      /* septets or 16-bit units in all */
	unsigned units_left; /* free in the last part */
	uint32_t odd; /* first character outside the GSM alphabet, 0 if none */
	/* National table of its escapes; every part needs a UDH that says so,
	 * see sms_plan_udh. */
	enum gsm_table shift;
	/* [i] .. [i+1]: bytes of the encoded text that part i carries */
	uint32_t cut[SMS_PARTS_MAX + 1];
};

/*
 * Chooses the cheapest charset, encodes the whole text into *encoded (GSM:
 * one septet a byte, unpacked) and plans the cuts: never inside an escape
 * pair, a surrogate pair or a grapheme cluster (unless one alone is longer
 * than a part). -ENOSPC above max_parts; -EBADMSG for bad UTF-8.
 */
MUST_USE int sms_plan(struct str utf8, enum sms_concat concat,
		      unsigned max_parts, struct buf *encoded,
		      struct sms_plan *out);
/*
 * The same where phones know national tables too: `shifts` has BIT(table) for
 * each. One is used only if that makes fewer parts than UCS-2 would, and never
 * for a message_payload. sms_plan_udh writes its UDHs.
 */
MUST_USE int sms_plan_shift(struct str utf8, enum sms_concat concat,
			    unsigned shifts, unsigned max_parts,
			    struct buf *encoded, struct sms_plan *out);
/* Only how many parts, fast: for intake and previews. */
MUST_USE int sms_count(struct str utf8, unsigned max_parts,
		       struct sms_plan *out);

/* UDH of part i (from 0); returns its length (0 when one part). */
unsigned sms_udh(enum sms_concat concat, uint16_t ref, unsigned parts,
		 unsigned i, uint8_t out[8]);
/* The same for a plan, with the element that names its national table. */
unsigned sms_plan_udh(const struct sms_plan *p, enum sms_concat concat,
		      uint16_t ref, unsigned i, uint8_t out[SMS_UDH_MAX]);

/* What a UDH says of concatenation and of national tables. */
struct sms_concat_ref {
	uint16_t ref;
	uint8_t total, part;         /* part from 1 */
	bool wide;                   /* 16-bit ref */
	size_t header;               /* bytes of UDH with its length byte */
	enum gsm_table lock, single; /* GSM_DEFAULT also for unknown ones */
};
/* 0 and out filled; -ENOENT: a UDH without concatenation (header and tables
 * are set); -EBADMSG: broken UDH. */
MUST_USE int sms_udh_read(struct str user_data, struct sms_concat_ref *out);
