/* Whose customer has written, and in which language they are answered. */
#pragma once

#include "gateway/gateway.h"

/* Nobody knows whose they are: the default tenant's. */
struct str heard_tenant(const struct gateway *g, const struct inbound *in);
/* The language that is known of them, else that of their words. */
bool heard_chinese(const struct gateway *g, struct str tenant,
		   const struct inbound *in);
