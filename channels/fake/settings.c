/* The section `fake name { ... }` of the configuration. */
#include "base/mem.h"
#include "channels/fake/fake.h"

#define AT(field) offsetof(struct fake_cfg, field)

/* In the order of enum outcome_class. */
static const char *const outcomes[] = { "accepted", "delivered", "retry",
					"hold",     "refused",   "broken",
					"unknown",  NULL };
const char *const fake_receipts[] = { "none",    "delivered", "undelivered",
				      "expired", "rejected",  "unknown",
				      NULL };

static const struct setting rows[] = {
	{ "kind", SETTING_STR, AT(kind), "sms", 0, 0, NULL, NULL, false,
	  "Kind of address that inbound messages show." },
	{ "window", SETTING_INT, AT(window), "100", 1, 100000, NULL, "messages",
	  false, "Messages that may be unanswered at once." },
	{ "outcome", SETTING_ENUM, AT(outcome), "accepted", 0, 0, outcomes,
	  NULL, false, "How every message ends." },
	{ "delay", SETTING_DURATION, AT(delay_ms), "0ms", 0, 3600000, NULL,
	  NULL, false, "Time from a message to its answer." },
	{ "receipt", SETTING_ENUM, AT(receipt), "delivered", 0, 0,
	  fake_receipts, NULL, false,
	  "State in the receipt of every accepted part." },
	{ "receipt_after", SETTING_DURATION, AT(receipt_ms), "10ms", 0, 3600000,
	  NULL, NULL, false, "Time from the answer to the receipt." },
};

const struct setting_section fake_settings = {
	"fake",
	true,
	sizeof(struct fake_cfg),
	rows,
	ARRAY_LEN(rows),
	"A channel that reaches nobody, for tests and demos."
};
