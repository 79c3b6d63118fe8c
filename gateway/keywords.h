/* Words a customer may always say: stop, start, help. First of the claimants
 * of an inbound message. */
#pragma once

#include "gateway/core.h"
#include "model/inbound.h"

/* What took the message: constants, stored with it. */
#define CLAIM_OPT_OUT "opt_out"
#define CLAIM_OPT_IN "opt_in"
#define CLAIM_HELP "help"
#define CLAIM_SUSPECTED "suspected_opt_out"
#define CLAIM_INBOX "inbox"

/* in->tenant is set ("*": nobody knows which, a refusal then holds for all);
 * offered: the last text that can be refused offered a bare R, T or N.
 * Ledger, facts and cancels happen here, in the open batch; the answer to
 * the customer goes through intake. NULL: not one of these words. */
const char *keywords_claim(struct core *core, const struct inbound *in,
			   bool offered);
