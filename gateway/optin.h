/* Double opt-in: the question that asks for a confirmation, and what confirms
 * it - a YES, the code of the request, or who took the code elsewhere. */
#pragma once

#include "gateway/core.h"
#include "model/inbound.h"

/*
 * Appends the request e and sends the question, both in the open batch. Its
 * evidence names the message. -EPROTO: the person has refused, or was asked
 * already; -EINVAL. out: what came of the message.
 */
MUST_USE int optin_ask(struct core *core, struct consent_event *e,
		       struct submitted *out, struct err *err);
/* The same request is confirmed by its code, given on another way.
 * -EACCES: it is not the code; else as ledger_append. */
MUST_USE int optin_confirm_code(struct core *core, struct consent_event *e,
				struct str code, struct err *err);
/* Is anything asked of that address that a yes would confirm? */
bool optin_open(const struct core *core, struct str tenant, struct str address);
/* A customer's yes confirms all that was asked, a code what it belongs to.
 * How many were; marketing (may be NULL): that was among them. */
unsigned optin_yes(struct core *core, const struct inbound *in,
		   bool *marketing);
unsigned optin_code(struct core *core, const struct inbound *in);
