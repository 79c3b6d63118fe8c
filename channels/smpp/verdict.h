/* What a command_status means on this link: the link's own table first, then
 * the protocol's. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/settings.h"
#include "channels/smpp/channel.h"
#include "model/outcome.h"

struct smpp_verdicts {
	struct smpp_override *v;
	size_t n;
	enum outcome_class unknown; /* of a status that no table has */
};

/* from: the row `status`, which has been checked. */
void smpp_verdicts_init(struct smpp_verdicts *t, const struct smpp_cfg *cfg,
			const struct setting_list *from);
void smpp_verdicts_done(struct smpp_verdicts *t);
/* status: of a response that is no success, or of a nack. */
enum outcome_class smpp_verdict_of(const struct smpp_verdicts *t,
				   uint32_t status);
