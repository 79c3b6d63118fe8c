/* One part of a long message of an ESME, as it stands in the store: in the
 * body of a notice to nobody. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "proto/smpp_read.h"
#include "proto/sms_split.h"

#define PARTS_MAX 32 /* of one message */

/* What is the same in all parts of a message. Views. */
struct parts_head {
	struct str account; /* "main/demo" */
	struct str from;
	struct smpp_addr source;
	struct str to;
	uint8_t dest_ton, dest_npi;
	bool plus;
	unsigned total; /* 2 .. PARTS_MAX */
	unsigned ref;
	bool wide;
};

/* What is its own. */
struct part_record {
	uint64_t id; /* of the message that it is a part of */
	struct parts_head head;
	unsigned number; /* from 1 */
	enum sms_charset charset;
	uint8_t registered;
	int64_t send_at_ms, valid_until_ms;
	struct str bytes;
};

/* Stored: change nothing, add a layout. */
void part_record_put(const struct part_record *r, struct buf *out);
/* Views into body. -EBADMSG. */
MUST_USE int part_record_read(struct str body, struct part_record *out);
