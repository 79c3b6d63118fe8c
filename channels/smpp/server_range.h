/* Addresses and ranges of them: who may bind to an account. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* IPv4 is kept as its IPv4-mapped IPv6 address. */
struct smpp_range {
	uint8_t net[16];
	unsigned bits;
};

/* "192.0.2.7", "192.0.2.0/24", "2001:db8::/32". -EBADMSG. */
MUST_USE int smpp_range_parse(struct str s, struct smpp_range *out);
bool smpp_range_has(const struct smpp_range *r, const uint8_t addr[16]);
/* The address of "192.0.2.7:2775" or "[2001:db8::1]:2775", as a stream gives
 * its peer. -EBADMSG. */
MUST_USE int smpp_range_peer(struct str peer, uint8_t addr[16]);
