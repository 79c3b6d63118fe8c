/* Where to dial next, and how long to wait before: every address of a name,
 * then a pause that doubles. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/loop.h"

#define SMPP_ADDRESSES_MAX 16

struct smpp_dialer {
	struct loop *loop;
	const char *host; /* borrowed */
	int port;
	uint64_t min_ms;
	uint64_t max_ms;
	/* The name was asked for: more addresses are there, or none. */
	void (*found)(void *owner);
	void *owner;

	struct loop_resolve *resolve;
	struct sockaddr_storage address[SMPP_ADDRESSES_MAX];
	unsigned addresses;
	unsigned at;
	unsigned tries; /* in a row without a good connection */
};

/* Asks for the addresses; `found` follows, never from inside. */
void smpp_dialer_start(struct smpp_dialer *d);
void smpp_dialer_cancel(struct smpp_dialer *d);
/* The next address; NULL when all were tried. */
const struct sockaddr_storage *smpp_dialer_next(struct smpp_dialer *d);
bool smpp_dialer_more(const struct smpp_dialer *d);
/* The pause before the next start; each one longer than the one before. */
uint64_t smpp_dialer_pause_ms(struct smpp_dialer *d, uint64_t least_ms);
/* The connection was a good one: the next pause is a short one. */
void smpp_dialer_good(struct smpp_dialer *d);
