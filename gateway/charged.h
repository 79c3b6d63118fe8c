/* Senders that cost whoever answers them: a campaign from one takes two
 * persons, a single message a right to it. */
#pragma once

#include "gateway/core.h"

/* However it is written: "+99001", "99001"; "Shop", "SHOP". */
bool charged_is(const struct core *core, struct str from);
/* Denies m if who asks for it may not. At intake alone: who asks is not kept.
 * What is denied already stays as it is. */
void charged_refuse(const struct core *core, const struct submission *s,
		    struct message *m);
