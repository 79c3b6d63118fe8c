/* Paths to routes. */
#pragma once

#include "console/request.h"

/* The route, with its parameters; NULL: *methods tells which methods the
 * path has (bits of method_name), 0 when there is no such path. */
const struct route *route_match(const struct route *v, size_t n,
				const char *method, struct str path,
				struct str params[ROUTE_PARAMS],
				uint32_t *methods);
const char *method_name(unsigned bit); /* NULL at the end */
