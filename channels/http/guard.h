/* The address guard: which addresses a URL that a tenant gave us may lead to.
 * Pure. */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/settings.h"

struct guard;

/*
 * Refused are loopback, private, link-local, carrier-grade NAT, multicast,
 * unspecified, documentation and other reserved ranges, and IPv6 ranges that
 * carry IPv4 (64:ff9b::, 2002::), unless `allow` has a range that holds the
 * address: "127.0.0.0/8", "fd00::/8", "10.1.2.3". An IPv4-mapped address is
 * judged as its IPv4. -EINVAL names the bad range.
 */
MUST_USE int guard_open(struct guard **out, const struct setting_list *allow,
			struct err *err);
void guard_close(struct guard **gp);

/* Any family but IPv4 and IPv6 is refused. */
bool guard_allows(const struct guard *g, const struct sockaddr *sa);

/* Is this text an address range? For checks of settings. */
bool guard_range_ok(const char *text);
