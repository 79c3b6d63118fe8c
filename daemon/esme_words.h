/* What the gateway and an ESME say to each other, word for word: statuses,
 * ids of parts, and the note that travels with a message. Pure. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/id.h"
#include "channels/smpp/server.h"
#include "gateway/gateway.h"

/* command_status of a submission that was refused or denied; ROK. */
uint32_t esme_status_of(const struct submitted *s,
			enum smpp_server_denied denied);
/* Of the vendor range: 0x430 + n for each reason of the gate, 0x430 for one
 * that is not in the table. */
uint32_t esme_status_denied(struct str reason);
/* Of a commit that failed. */
uint32_t esme_status_stored(int rc);

/* An id as an ESME has it: "0f9t2k7bw3m1c", and "...-2" for the second part
 * of a message. */
#define ESME_ID_MAX (ID_TEXT + 4)
void esme_id_text(uint64_t id, unsigned part, char out[ESME_ID_MAX]);
/* -EBADMSG. part: 0 when none is named. */
MUST_USE int esme_id_parse(struct str s, uint64_t *id, unsigned *part);

/*
 * What a message carries in its metadata, as {"esme":{...}}: whose it is, and
 * what its receipts need. The number of the receiver is not in it: events
 * show it only to those who may see it.
 */
struct esme_note {
	const char *account; /* "main/demo" */
	unsigned dlr;        /* registered_delivery, its two lowest bits */
	struct smpp_addr source;
	uint8_t dest_ton, dest_npi;
	bool plus;      /* the receiver was written with + */
	unsigned parts; /* 0: it came whole */
	uint32_t asked; /* BIT(part - 1): this part asked for a receipt */
	const char *id; /* under which its ESME knows it; NULL: its own */
};

void esme_note_write(const struct esme_note *n, struct buf *out);
/* Views into `metadata`, which must live on. -ENOENT: it is none of ours. */
MUST_USE int esme_note_read(const json_t *metadata, struct esme_note *out);

/* Does an ESME that asked like this want to hear of that end? */
bool esme_wants(unsigned dlr, enum message_state s);
