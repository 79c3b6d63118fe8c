/* The section `webhook name { ... }` of the configuration. */
#include "channels/webhook/out.h"

#define AT(field) offsetof(struct webhook_cfg, field)

/* clang-format off */
static const struct setting rows[] = {
	{ "url", SETTING_STR, AT(url), NULL, 0, 0, NULL, NULL, false,
	  "Where notices and messages are posted: http or https." },
	{ "secret", SETTING_SECRET, AT(secret), NULL, 0, 0, NULL, NULL, false,
	  "Signs every request: whsec_ and base64 of 24 to 64 bytes, or text." },
	{ "secret_old", SETTING_SECRET, AT(secret_old), "", 0, 0, NULL, NULL, false,
	  "The former secret: signs as well, while receivers change over." },
	{ "events", SETTING_LIST, AT(events), "{}", 0, 64, NULL, NULL, false,
	  "Types of notices wanted: message.delivered, message.*, or *." },
	{ "allow", SETTING_LIST, AT(allow), "{}", 0, 64, NULL, NULL, false,
	  "Private or local address ranges that the URL may lead to." },
	{ "window", SETTING_INT, AT(window), "8", 1, 256, NULL, "connections", false,
	  "Requests under way at once, each on a connection of its own." },
	{ "connect_timeout", SETTING_DURATION, AT(connect_ms), "10s", 100, 60000, NULL, NULL,
	  false, "For finding the host and connecting to it." },
	{ "timeout", SETTING_DURATION, AT(timeout_ms), "20s", 100, 120000, NULL, NULL, false,
	  "For a whole request." },
	{ "max_answer", SETTING_SIZE, AT(max_answer), "64KB", 1024, 16777216, NULL, NULL,
	  false, "Bytes of an answer that are read." },
	{ "ca_file", SETTING_STR, AT(ca_file), "", 0, 0, NULL, NULL, false,
	  "Certificates of the authorities to trust; empty: the system's." },
	{ "see_numbers", SETTING_BOOL, AT(see_numbers), "false", 0, 0, NULL, NULL, false,
	  "Notices show whole phone numbers; otherwise they are masked." },
	{ "tenant", SETTING_STR, AT(tenant), "", 0, 0, NULL, NULL, false,
	  "Only notices of this tenant; empty: of all." },
};
/* clang-format on */

const struct setting_section webhook_settings = {
	"webhook",
	true,
	sizeof(struct webhook_cfg),
	rows,
	ARRAY_LEN(rows),
	"Another system that is told what happens, by HTTP.",
};
