/* What may be appended to the ledger, and what may not. Pure but for what is
 * known of the address. */
#pragma once

#include "gateway/core.h"

/* Does this type agree to something? */
bool consent_agrees(enum consent_type t);
/* -EINVAL with a sentence: the event is not well formed, or proves nothing
 * where the person is. -EPROTO: it does not follow from what was said. */
MUST_USE int ledger_check(const struct core *core,
			  const struct consent_event *e, struct err *err);
