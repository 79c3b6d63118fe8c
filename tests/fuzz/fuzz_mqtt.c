/* Whatever a device or a publisher puts on the broker: its topic, its JSON,
 * its response topic; and the operator's URL. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "channels/mqtt/payload.h"
#include "channels/mqtt/topics.h"
#include "channels/mqtt/url.h"
#include "model/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static const struct str base = STR("carillon");

/* What is taken apart can be put together again. */
static void topic(struct str s)
{
	struct mqtt_topic_parts t;
	struct buf b;

	mqtt_topic_read(base, s, &t);
	if (t.kind == MQTT_TOPIC_OTHER)
		return;
	must(tenant_check(t.tenant) == 0);
	if (t.kind != MQTT_TOPIC_RECEIPT)
		return;
	buf_init(&b, 1024);
	must(mqtt_topic_to(&b, base, t.tenant, STR(""), t.name) == 0);
	buf_z(&b, "/receipt");
	must(str_eq(buf_str(&b), s));
	buf_done(&b);
}

/* A result never goes to a topic of ours that is not this tenant's. */
static void result(struct str s)
{
	struct str correlation = str_from(s, s.len / 2);
	struct buf b;

	buf_init(&b, 1024);
	mqtt_topic_result(&b, base, STR("acme"), s, correlation);
	must(memchr(b.p, '+', b.len) == NULL &&
	     memchr(b.p, '#', b.len) == NULL);
	if (str_starts(buf_str(&b), STR("carillon/")))
		must(str_starts(buf_str(&b),
				STR("carillon/acme/send/result/")));
	buf_done(&b);
}

static void payload(struct str s)
{
	struct mqtt_payload keep;
	struct inbound in = { .id = 0 };
	struct receipt r;

	if (mqtt_payload_reply(s, STR("acme"), &keep, &in) == 0) {
		must(in.from.len > 0 && in.from.len < ADDRESS_MAX);
		must(in.text.len > 0 && in.text.len <= MESSAGE_TEXT_MAX);
		must(in.peer_key.len < MQTT_KEY_MAX);
	}
	mqtt_payload_done(&keep);
	if (mqtt_payload_receipt(s, &keep, &r) == 0)
		must(r.peer_id.len == 13);
	mqtt_payload_done(&keep);
}

static void url(struct str s)
{
	AUTO(mem_clear) char *z = str_z(s);
	struct mqtt_url u;

	if (mqtt_url_parse(z, &u, NULL) == 0)
		must(u.host[0] != '\0' && u.port > 0 && u.port <= 65535);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct str s;

	if (len == 0)
		return 0;
	s = str_bytes(p + 1, len - 1);
	switch (p[0] % 4) {
	case 0:
		topic(s);
		break;
	case 1:
		result(s);
		break;
	case 2:
		payload(s);
		break;
	default:
		url(s);
		break;
	}
	return 0;
}
