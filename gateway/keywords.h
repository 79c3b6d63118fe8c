/* Words a customer may always say: stop, start, help. First of the claimants
 * of an inbound message. */
#pragma once

#include "gateway/core.h"
#include "model/inbound.h"
#include "proto/reply.h"

/* What took the message: constants, stored with it. */
#define CLAIM_OPT_OUT "opt_out"
#define CLAIM_OPT_IN "opt_in"
#define CLAIM_HELP "help"
#define CLAIM_LIST_SENT "list_sent"
#define CLAIM_SUSPECTED "suspected_opt_out"
#define CLAIM_INBOX "inbox"

/* What the words mean where the person is: those that everybody knows, and the
 * words of the rule packs there. */
enum reply_word keywords_word(const struct core *core,
			      const struct inbound *in);
/* in->tenant is set ("*": nobody knows which, a refusal then holds for all);
 * offered: the last text that can be refused offered a bare R, T or N.
 * Ledger, facts and cancels happen here, in the open batch; the answer to
 * the customer goes through intake. NULL: not one of these words. */
const char *keywords_claim(struct core *core, const struct inbound *in,
			   bool offered);
