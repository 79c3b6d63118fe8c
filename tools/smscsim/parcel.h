/* What goes to the ESME: a receipt, or a part of a customer's message. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/heap.h"
#include "proto/smpp_write.h"
#include "tools/smscsim/knobs.h"
#include "tools/smscsim/submit.h"

struct parcel {
	struct heap_node node; /* when it is due */
	uint64_t mo;           /* the customer's message; 0: a receipt */
	char from[24], to[24];
	uint8_t esm_class, coding;
	bool data_sm, payload;
	char id[SUBMIT_ID_MAX * 2]; /* receipted_message_id; "": none */
	uint8_t state;
	struct str text; /* owned */
};

/* The id of message n as the response writes it. */
void parcel_response_id(const struct knobs *k, uint64_t n,
			char out[SUBMIT_ID_MAX]);
/* A receipt for s in the state of that name. */
struct parcel *parcel_receipt(const struct knobs *k, const struct submit *s,
			      struct str state, int64_t done_ms);
/* message_state of "DELIVRD" ...; 0: no such. */
uint8_t parcel_state(struct str name);
struct parcel *parcel_mo(uint64_t mo, struct str from, struct str to,
			 uint8_t coding, uint8_t esm_class, struct str text);
void parcel_free(struct parcel **pp);
/* Views into p; tlv[2] is the caller's room. */
void parcel_sm(const struct parcel *p, struct smpp_tlv tlv[2], uint8_t *state,
	       struct smpp_sm *out);
