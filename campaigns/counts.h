/* What became of a campaign's messages, as the fold keeps it. */
#pragma once

#include "campaigns/core.h"

/* All of them, with a scan: at the start. */
MUST_USE int counts_scan(struct campaigns *c, struct err *err);
/* Of one that is under way, or whose pilot is; by the store's reader. */
void counts_read(struct campaigns *c, struct campaign *m);
/* "0k3...-pilot": the name of its pilot messages. */
#define PILOT_LABEL_MAX (ID_TEXT + 8)
void counts_pilot_label(const struct campaign *m, char out[PILOT_LABEL_MAX]);
