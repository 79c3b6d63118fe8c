/* The MQTT channel inwards: sends, events, replies, receipts. */
#include "channels/mqtt/channel_impl.h"

#include <errno.h>

#include "base/log.h"
#include "channels/mqtt/payload.h"
#include "channels/mqtt/topics.h"

/* What nobody can use is acknowledged: it would only come again. */
static void inbox_malformed(struct channel *c, const struct mqtt_arrival *a,
			    const char *what)
{
	stat_add(c->malformed, 1);
	if (limit_take(&c->noise, 1, clock_mono_us(c->env.clock)))
		log_warn("mqtt.malformed", KV_S("link", c->name),
			 KV_S("what", what), KV_U("bytes", a->payload.len));
	mqtt_session_settle(c->session, a->ticket, 0);
}

static void inbox_reply(struct channel *c, const struct mqtt_arrival *a,
			struct str tenant)
{
	struct mqtt_payload keep;
	struct inbound in = { .channel = STR("mqtt"), .link = str_of(c->name) };

	if (mqtt_payload_reply(a->payload, tenant, &keep, &in) != 0) {
		inbox_malformed(c, a, "reply");
	} else {
		in.at_ms = clock_wall_ms(c->env.clock);
		/* Without an id only its content tells a second one. */
		if (a->again && in.peer_key.len == 0)
			in.flags = INBOUND_AGAIN;
		c->env.events->inbound(c->env.owner, &in, a->ticket);
	}
	mqtt_payload_done(&keep);
}

static void inbox_receipt(struct channel *c, const struct mqtt_arrival *a)
{
	struct mqtt_payload keep;
	struct receipt r;

	if (mqtt_payload_receipt(a->payload, &keep, &r) != 0)
		inbox_malformed(c, a, "receipt");
	else
		c->env.events->receipt(c->env.owner, &r, a->ticket);
	mqtt_payload_done(&keep);
}

static void inbox_send(struct channel *c, const struct mqtt_arrival *a,
		       struct str tenant)
{
	struct buf result;

	buf_init(&result, MQTT_TOPIC_MAX);
	mqtt_topic_result(&result, c->base, tenant, a->response_topic,
			  a->correlation);
	if (a->payload.len > c->max_payload) {
		mqtt_reply(c, buf_str(&result), a->correlation,
			   STR("{\"error\":{\"code\":\"too_large\",\"reason\":"
			       "\"the payload is above max_payload\"}}"));
		inbox_malformed(c, a, "too_large");
	} else if (c->intake == NULL) {
		mqtt_session_settle(c->session, a->ticket, -EAGAIN);
	} else {
		c->intake->send(c->intake_owner, tenant, a->payload,
				buf_str(&result), a->correlation, a->ticket);
	}
	buf_done(&result);
}

static void inbox_event(struct channel *c, const struct mqtt_arrival *a,
			const struct mqtt_topic_parts *t)
{
	if (a->payload.len > c->max_payload)
		inbox_malformed(c, a, "too_large");
	else if (c->intake == NULL)
		mqtt_session_settle(c->session, a->ticket, -EAGAIN);
	else
		c->intake->event(c->intake_owner, t->tenant, t->name,
				 a->payload, a->ticket);
}

void inbox_arrived(struct channel *c, const struct mqtt_arrival *a)
{
	struct mqtt_topic_parts t;

	stat_add(c->arrivals, 1);
	mqtt_topic_read(c->base, a->topic, &t);
	switch (t.kind) {
	case MQTT_TOPIC_SEND:
		inbox_send(c, a, t.tenant);
		break;
	case MQTT_TOPIC_EVENT:
		inbox_event(c, a, &t);
		break;
	case MQTT_TOPIC_REPLY:
		if (a->payload.len > c->max_payload)
			inbox_malformed(c, a, "too_large");
		else
			inbox_reply(c, a, t.tenant);
		break;
	case MQTT_TOPIC_RECEIPT:
		if (a->payload.len > c->max_payload)
			inbox_malformed(c, a, "too_large");
		else
			inbox_receipt(c, a);
		break;
	case MQTT_TOPIC_OTHER:
		inbox_malformed(c, a, "topic");
		break;
	}
}
