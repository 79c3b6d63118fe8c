/* The rule packs of a file and the places made of them, in the gateway. */
#pragma once

#include "gateway/core.h"

/* Packs and places of this file take the place of those there are; classes and
 * groups are in place already. -EINVAL with faults changes nothing. */
MUST_USE int rules_load(struct core *core, const struct settings *s,
			struct faults *faults);
void rules_unload(struct core *core);
/* Appends the faults of classes, packs and groups. */
void rules_check(const struct settings *s, struct faults *faults);
