/* The life of a message: one row a state, with all that may follow it. */
#include "model/lifecycle.h"

#include <errno.h>

#define TO(s) BIT(MESSAGE_##s)
/* What a receipt may say of a message that a peer has. */
#define RECEIPTS                                                        \
	(TO(DELIVERED) | TO(UNDELIVERED) | TO(EXPIRED) | TO(REJECTED) | \
	 TO(UNKNOWN))
/* What may end a message that no peer has. */
#define ENDS (TO(EXPIRED) | TO(FAILED) | TO(CANCELLED) | TO(SUPPRESSED))

static const struct {
	const char *name;
	uint32_t next;
} states[MESSAGE_STATES] = {
	[MESSAGE_ACCEPTED] = { "accepted",
			       TO(HELD) | TO(QUEUED) | TO(SUBMITTING) | ENDS },
	[MESSAGE_HELD] = { "held", TO(HELD) | TO(QUEUED) | ENDS },
	[MESSAGE_QUEUED] = { "queued", TO(HELD) | TO(SUBMITTING) | ENDS },
	[MESSAGE_SUBMITTING] = { "submitting", TO(SUBMITTED) | TO(SENT) |
						       TO(QUEUED) | TO(HELD) |
						       TO(SUPPRESSED) |
						       TO(FAILED) | RECEIPTS },
	[MESSAGE_SUBMITTED] = { "submitted",
				TO(SUBMITTED) | TO(SENT) | RECEIPTS },
	[MESSAGE_SENT] = { "sent", RECEIPTS },
	[MESSAGE_DELIVERED] = { "delivered", 0 },
	[MESSAGE_UNDELIVERED] = { "undelivered", 0 },
	[MESSAGE_EXPIRED] = { "expired",
			      TO(DELIVERED) | TO(UNDELIVERED) | TO(REJECTED) },
	[MESSAGE_REJECTED] = { "rejected", 0 },
	[MESSAGE_UNKNOWN] = { "unknown", TO(QUEUED) | TO(HELD) | TO(DELIVERED) |
						 TO(UNDELIVERED) |
						 TO(REJECTED) },
	[MESSAGE_FAILED] = { "failed", 0 },
	[MESSAGE_CANCELLED] = { "cancelled", 0 },
	[MESSAGE_SUPPRESSED] = { "suppressed", 0 },
};

const char *message_state_name(enum message_state s)
{
	must((unsigned)s < MESSAGE_STATES);
	return states[s].name;
}

int message_state_parse(struct str s, enum message_state *out)
{
	must(out != NULL);
	for (unsigned i = 0; i < MESSAGE_STATES; i++) {
		if (states[i].name != NULL && str_eqz(s, states[i].name)) {
			*out = (enum message_state)i;
			return 0;
		}
	}
	return -EBADMSG;
}

bool message_state_final(enum message_state s)
{
	return s >= MESSAGE_DELIVERED;
}

bool lifecycle_allows(enum message_state from, enum message_state to)
{
	must((unsigned)from < MESSAGE_STATES && (unsigned)to < MESSAGE_STATES);
	return (states[from].next & BIT(to)) != 0;
}
