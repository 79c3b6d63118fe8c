/* The consent ledger: append-only, hash-chained events per (tenant, address,
 * brand, channel, purpose). */
#pragma once

#include <stdint.h>

#include "base/str.h"
#include "model/row.h"

/* Numbers are stored. */
enum consent_type {
	CONSENT_REQUEST = 1,
	CONSENT_GRANT = 2,
	CONSENT_CONFIRM = 3,
	CONSENT_WITHDRAW = 4,
	CONSENT_BLOCK = 5,
	CONSENT_UNBLOCK = 6,
	CONSENT_EXPIRE = 7,
	CONSENT_CORRECT = 8,
	CONSENT_IMPORT = 9 /* a grant that was given elsewhere */
};

const char *consent_type_name(enum consent_type t);
MUST_USE int consent_type_parse(struct str s, enum consent_type *out);

/* Views. Purpose: "marketing", "survey", "news:<topic>", "*" (all that need
 * or can be refused). Brand "" = the tenant. Channel "" or "*" = all. */
struct consent_event {
	uint64_t seq; /* from 1, without holes */
	struct str tenant;
	struct str address;
	struct str brand;
	struct str channel;
	struct str purpose;
	enum consent_type type;
	int64_t at_ms;
	int64_t expires_ms; /* 0: none */
	struct str source;  /* sms_mo, web, agent, paper, import, api, ivr */
	struct str actor;
	struct str wording;        /* id and version of the words shown */
	struct str wording_sha256; /* hex, "" if none */
	struct str evidence;
	uint64_t inbound_id;
	uint8_t prev_hash[32];
	uint8_t hash[32];
};

/* A copy in one piece, its texts behind it: for mem_free. */
struct consent_event *consent_keep(const struct consent_event *e);

/* The code that confirms a request: 6 digits that follow from its hash, the
 * first no 0: 0000 asks for something else. */
#define CONSENT_CODE 6
void consent_code(const struct consent_event *e, char out[CONSENT_CODE + 1]);

#define CONSENT_CELLS 17

/* hash = SHA-256 of prev_hash and every field before it, each with its
 * length: the order of the struct. */
void consent_hash(const struct consent_event *e, uint8_t out[32]);
void consent_cells(const struct consent_event *e,
		   struct cell cells[CONSENT_CELLS]);
/* -EBADMSG when a hash has not 32 bytes. */
MUST_USE int consent_from_row(const struct row *r, struct consent_event *e);
