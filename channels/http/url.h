/* The parts of a URL that a connection needs, as libcurl reads it. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

struct http_url {
	char *host; /* a number is normalised: "127.1" is 127.0.0.1 */
	int port;
	bool tls;
	bool is_number; /* an address, no name */
};

/* http and https, without user and password. -EINVAL. */
MUST_USE int http_url_parse(const char *url, struct http_url *out,
			    struct err *err);
void http_url_done(struct http_url *u);
