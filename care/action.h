/* What no word, order or template of ours sets in motion. */
#pragma once

#include <stdbool.h>

#define ACTION_FORBIDDEN "ACTION_FORBIDDEN"

/* Does a part of the name say that an account is transferred or closed? Parts
 * are parted by '.', '_', '-' or a blank: "account.close". */
bool action_forbidden(const char *name);
