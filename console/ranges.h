/* Ranges of addresses that somebody may come from. Pure. */
#pragma once

#include <stdbool.h>

#include "base/settings.h"

/* "10.0.0.0/8", "fd00::/8", "10.1.2.3". */
bool range_ok(const char *range);
/* Does one of them hold this address? An IPv4-mapped one is its IPv4. What
 * cannot be read holds nothing. */
bool ranges_hold(const struct setting_list *ranges, const char *address);
