/* The broker's URL. Pure. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

struct mqtt_url {
	char host[256];
	int port; /* 1883, or 8883 for TLS, when the URL has none */
	bool tls;
};

/* mqtt://host:port or mqtts://host:port; an IPv6 address in brackets; no user,
 * password or path. -EINVAL. */
MUST_USE int mqtt_url_parse(const char *url, struct mqtt_url *out,
			    struct err *err);
