/* Where to dial next, and how long to wait before: every address of every
 * host, then a pause that doubles. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/loop.h"
#include "base/str.h"

#define SMPP_ADDRESSES_MAX 16
#define SMPP_HOSTS_MAX 8
#define SMPP_HOST_MAX 255

/* One place where the SMSC may be. */
struct smpp_host {
	char name[SMPP_HOST_MAX + 1];
	int port;
};

/* "smsc.example.com", "smsc.example.com:2776", "::1", "[::1]:2776"; without a
 * port it is the one given. -EBADMSG. */
MUST_USE int smpp_host_parse(struct str s, int port, struct smpp_host *out);

struct smpp_dialer {
	struct loop *loop;
	const struct smpp_host *hosts; /* borrowed */
	unsigned nhosts;
	uint64_t min_ms;
	uint64_t max_ms;
	/* The name was asked for: more addresses are there, or none. */
	void (*found)(void *owner);
	void *owner;

	unsigned first; /* the host with which the next start begins */
	unsigned host;  /* the present one */
	unsigned left;  /* not tried since the start */
	struct loop_resolve *resolve;
	struct sockaddr_storage address[SMPP_ADDRESSES_MAX];
	unsigned addresses;
	unsigned at;
	unsigned tries; /* in a row without a good connection */
};

/* Asks for the addresses of a host; `found` follows, never from inside. */
void smpp_dialer_start(struct smpp_dialer *d);
/* Nobody answers at this host: the same for the next one. false: all were
 * tried since the start. */
bool smpp_dialer_another(struct smpp_dialer *d);
const struct smpp_host *smpp_dialer_host(const struct smpp_dialer *d);
void smpp_dialer_cancel(struct smpp_dialer *d);
/* The next address; NULL when all were tried. */
const struct sockaddr_storage *smpp_dialer_next(struct smpp_dialer *d);
bool smpp_dialer_more(const struct smpp_dialer *d);
/* The pause before the next start; each one longer than the one before. */
uint64_t smpp_dialer_pause_ms(struct smpp_dialer *d, uint64_t least_ms);
/* The connection was a good one: the next pause is a short one, and the first
 * host is preferred again. */
void smpp_dialer_good(struct smpp_dialer *d);
/* It was not: the next start begins with another host. */
void smpp_dialer_bad(struct smpp_dialer *d);
