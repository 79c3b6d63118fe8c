/* A message from a customer, the same whatever channel it came by. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum inbound_flag {
	INBOUND_INCOMPLETE = 1, /* parts are missing: what came, after a wait */
	INBOUND_BINARY = 2,     /* text holds hex of the bytes */
	INBOUND_AGAIN = 4,      /* may be a re-delivery: dedupe by content */
};

struct inbound {
	uint64_t id;         /* given by the gateway */
	struct str tenant;   /* "" = the default tenant of the link */
	struct str channel;  /* kind: "sms" */
	struct str link;     /* "carrier-a" */
	struct str from;     /* E.164 or the channel's address */
	struct str to;       /* our number or code */
	struct str text;     /* UTF-8 */
	struct str peer_key; /* the peer's own unique id; "" = none */
	int64_t at_ms;
	uint8_t flags;
	bool purged;          /* its text was kept long enough */
	struct str thread;    /* what it answers, if its number says so; "" */
	uint64_t in_reply_to; /* the message it answers, if its channel says
				 so; 0. Not stored */
	struct str claim;     /* what took it: "opt_out", "inbox" ... */
};

void inbound_encode(const struct inbound *in, struct buf *out);
MUST_USE int inbound_decode(struct str bytes, uint64_t id, struct inbound *in);
/* As message_purge: takes the text out. */
void inbound_purge(char *bytes, const struct inbound *in);
/* 64-bit fingerprint of (channel, from, to, text): stable across restarts. */
uint64_t inbound_fingerprint(const struct inbound *in);
