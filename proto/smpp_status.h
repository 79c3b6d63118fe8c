/* command_status: names, short reasons, and what each means for a message. */
#pragma once

#include <stdint.h>

#include "base/str.h"

enum smpp_status {
#define SMPP_STATUS(code, name, reason, verdict, text) SMPP_##name = (code),
#include "proto/smpp_status.def"
#undef SMPP_STATUS
};

/* What to do with the message that was answered so. */
enum smpp_verdict {
	SMPP_VERDICT_OK,
	SMPP_VERDICT_RETRY_HEAD, /* silence on the link, then first again */
	SMPP_VERDICT_RETRY_TAIL, /* the same link again, later */
	SMPP_VERDICT_RETRY_ELSEWHERE, /* this link will not; another may */
	SMPP_VERDICT_PERMANENT,       /* no link will */
	SMPP_VERDICT_UNKNOWN_CODE,    /* not in the table: vendor or reserved */
};

enum smpp_verdict smpp_status_verdict(uint32_t status);
/* "ESME_RTHROTTLED"; NULL when it is not in the table. */
const char *smpp_status_name(uint32_t status);
/* "throttled"; "vendor_error" for 0x400-0x4FF, else "other_error". */
const char *smpp_status_reason(uint32_t status);
/* One sentence for people; "not in the table" else. */
const char *smpp_status_text(uint32_t status);
/* "ESME_RTHROTTLED", "RTHROTTLED", "throttled", "88" or "0x58". -EBADMSG. */
MUST_USE int smpp_status_parse(struct str s, uint32_t *status);
