/* Hosts of URLs to addresses, looked up off the loop, kept for a minute. */
#pragma once

#include "base/list.h"
#include "base/loop.h"

struct sites;

/* Somebody who waits for a host. */
struct site_wait {
	struct list link;
	/* rc 0: line is what CURLOPT_RESOLVE wants, borrowed; else -ENOENT. */
	void (*fn)(struct site_wait *w, int rc, const char *line);
};

/* timeout_ms: for one look-up; most: hosts remembered at once. */
struct sites *sites_new(struct loop *l, uint64_t timeout_ms, unsigned most);
/* Nobody may wait any more. */
void sites_free(struct sites **sp);
/*
 * 0: *line at once. -EINPROGRESS: fn follows, from the loop; list_remove of
 * the link cancels it. -EAGAIN: too many hosts at once.
 */
MUST_USE int sites_find(struct sites *s, const char *host, int port,
			struct site_wait *w, const char **line);
