/* The section `mqtt name { ... }` of the configuration. */
#include "channels/mqtt/channel.h"

#define AT(field) offsetof(struct mqtt_cfg, field)

/* clang-format off */
static const struct setting rows[] = {
	{ "url", SETTING_STR, AT(url), NULL, 0, 0, NULL, NULL, false,
	  "The broker: mqtt://host:port, or mqtts://host:port for TLS." },
	{ "client_id", SETTING_STR, AT(client_id), NULL, 0, 0, NULL, NULL, false,
	  "Names our session on the broker: the same after each start, no one else's." },
	{ "node", SETTING_STR, AT(node), "", 0, 0, NULL, NULL, false,
	  "Node in <base>/status/<node>; empty: client_id without \"<base>-\"." },
	{ "username", SETTING_STR, AT(username), "", 0, 0, NULL, NULL, false,
	  "User on the broker; empty: none." },
	{ "password", SETTING_SECRET, AT(password), "", 0, 0, NULL, NULL, false,
	  "Password on the broker." },
	{ "base", SETTING_STR, AT(base), "carillon", 0, 0, NULL, NULL, false,
	  "First level of all our topics." },
	{ "window", SETTING_INT, AT(window), "100", 1, 1000, NULL, "messages", false,
	  "Messages and notices that the broker may not yet have acknowledged." },
	{ "inbound_window", SETTING_INT, AT(inbound_window), "64", 1, 1000, NULL, "messages",
	  false, "What the broker may hand us before it was stored and acknowledged." },
	{ "max_payload", SETTING_SIZE, AT(max_payload), "64KB", 1024, 1048576, NULL, NULL,
	  false, "Larger payloads that come in are refused." },
	{ "keepalive", SETTING_DURATION, AT(keepalive_ms), "30s", 5000, 3600000, NULL, NULL,
	  false, "A silent connection is probed so often." },
	{ "session_expiry", SETTING_DURATION, AT(session_ms), "24h", 1000, 2592000000, NULL, NULL,
	  false, "The broker keeps what comes for us so long while we are away." },
	{ "connect_timeout", SETTING_DURATION, AT(connect_ms), "10s", 100, 60000, NULL, NULL,
	  false, "For each step to the broker: name, connection, subscription." },
	{ "hold_timeout", SETTING_DURATION, AT(hold_ms), "4s", 10, 60000, NULL, NULL, false,
	  "While we cannot store, the connection is kept so long without reading." },
	{ "answer_timeout", SETTING_DURATION, AT(answer_ms), "30s", 100, 600000, NULL, NULL,
	  false, "A broker that acknowledges nothing so long is dialled again." },
	{ "reconnect_min", SETTING_DURATION, AT(reconnect_min_ms), "1s", 10, 60000, NULL, NULL,
	  false, "First wait before dialling again; it doubles, with chance." },
	{ "reconnect_max", SETTING_DURATION, AT(reconnect_max_ms), "60s", 10, 3600000, NULL, NULL,
	  false, "Longest wait before dialling again." },
	{ "receipts", SETTING_BOOL, AT(receipts), "false", 0, 0, NULL, NULL, false,
	  "Devices answer on .../to/<address>/receipt; without, PUBACK is delivery." },
	{ "events", SETTING_LIST, AT(events), "{\"*\"}", 0, 64, NULL, NULL, false,
	  "Types of notices wanted on <base>/<tenant>/out/: message.*, or *." },
	{ "see_numbers", SETTING_BOOL, AT(see_numbers), "false", 0, 0, NULL, NULL, false,
	  "Notices show whole phone numbers; otherwise they are masked." },
	{ "tenant", SETTING_STR, AT(tenant), "", 0, 0, NULL, NULL, false,
	  "Only notices of this tenant; empty: of all." },
	{ "ca_file", SETTING_STR, AT(ca_file), "", 0, 0, NULL, NULL, false,
	  "Certificates of the authorities to trust; empty: the system's." },
	{ "cert_file", SETTING_STR, AT(cert_file), "", 0, 0, NULL, NULL, false,
	  "Our certificate for the broker; empty: none." },
	{ "key_file", SETTING_STR, AT(key_file), "", 0, 0, NULL, NULL, false,
	  "Its private key." },
};
/* clang-format on */

const struct setting_section mqtt_settings = {
	"mqtt",
	true,
	sizeof(struct mqtt_cfg),
	rows,
	ARRAY_LEN(rows),
	"A broker: devices and apps, and systems behind it.",
};
