/* The listening socket of the console. */
#pragma once

#include <sys/socket.h>

#include "base/err.h"
#include "base/str.h"

/* "127.0.0.1:8080", "[::1]:0"; names are not looked up. -EINVAL. */
MUST_USE int listen_address(struct str s, struct sockaddr_storage *out,
			    struct err *err);
/* A listening, non-blocking socket; its port in *port. Closed by MHD. */
MUST_USE int listen_open(struct str address, int *fd, int *port,
			 struct err *err);
