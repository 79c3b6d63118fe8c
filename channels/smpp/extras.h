/* TLVs of one SMSC's own, as the setting `tlv` has them. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/settings.h"
#include "proto/smpp_read.h"

#define SMPP_EXTRAS_MAX 12 /* a PDU has room for 15, and sar_* take three */

struct smpp_extras {
	struct smpp_tlv tlv[SMPP_EXTRAS_MAX + 3]; /* the rest for the caller */
	unsigned n;
	struct buf bytes; /* the values */
};

/* Reads the setting; a row that smpp_extra_check would refuse is left out. */
void smpp_extras_init(struct smpp_extras *e, const struct setting_list *rows);
void smpp_extras_done(struct smpp_extras *e);
/*
 * One row: "0x1400:hex:0a1b", "0x1401:text:abc", "0x1402:cstring:abc" (with
 * its NUL), "5122:u8:1", "0x1403:u16:1", "0x1404:u32:1". -EINVAL with a
 * sentence when it is not read, or cannot be written into a submit_sm.
 */
MUST_USE int smpp_extra_check(struct str row, struct err *err);
