/* One submit as it came: its fields, its text, its line of JSON. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "proto/smpp_read.h"

#define SUBMIT_ID_MAX 40

struct submit {
	uint64_t n; /* from 1, over the life of the process */
	int64_t at_ms;
	uint64_t link;
	uint32_t command;
	uint32_t status;        /* with which it was answered */
	bool answered;          /* false: swallowed */
	char id[SUBMIT_ID_MAX]; /* "" when refused */
	char to[24], from[24];
	uint8_t coding, esm_class, registered, priority, protocol;
	char validity[20];
	uint16_t ref;
	uint8_t part, parts; /* 0, 0: not a part */
	uint8_t header;      /* bytes of UDH in raw */
	struct str raw;      /* user data; owned by the ring */
};

/* Fills *out from a PDU; raw is still a view into its frame. */
void submit_read(const struct smpp_pdu *pdu, struct submit *out);
/* An address for people: '+' before international ones. */
void submit_address(const struct smpp_addr *a, char out[24]);
/* The text as UTF-8; binary as hex. */
void submit_text(const struct submit *s, struct buf *out);
/* One line of JSON, with its end. */
void submit_json(const struct submit *s, struct buf *out);
void json_text(struct str s, struct buf *out);
