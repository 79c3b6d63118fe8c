/* Names of outcome classes. */
#include "model/outcome.h"

static const char *const names[OUTCOME_COUNT] = {
	[OUTCOME_ACCEPTED] = "accepted", [OUTCOME_DELIVERED] = "delivered",
	[OUTCOME_RETRY] = "retry",       [OUTCOME_HOLD] = "hold",
	[OUTCOME_REFUSED] = "refused",   [OUTCOME_BROKEN] = "broken",
	[OUTCOME_UNKNOWN] = "unknown",
};

const char *outcome_name(enum outcome_class c)
{
	must((unsigned)c < OUTCOME_COUNT);
	return names[c];
}
