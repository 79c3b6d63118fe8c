/* Every path the console answers: one table. */
#pragma once

#include "console/request.h"

extern const struct route routes_all[];
extern const size_t routes_len;
