/* The rows that any channel's section may have, by their names: what a lane
 * reads of its section without knowing the channel. */
#pragma once

#include "base/settings.h"

/* NULL: this channel has no such row. */
const struct setting *lane_row(const struct section *s, const char *name,
			       enum setting_type type);
/* INT and DURATION. */
int64_t lane_row_number(const struct section *s, const char *name,
			enum setting_type type, int64_t fallback);
/* ENUM; 0, the first of its names, without such a row. */
int lane_row_choice(const struct section *s, const char *name);
/* STR; "" without such a row. Borrowed from the section. */
const char *lane_row_text(const struct section *s, const char *name);
