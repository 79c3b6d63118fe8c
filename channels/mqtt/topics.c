/* The topics of the MQTT channel. */
#include "channels/mqtt/topics.h"

#include <errno.h>
#include <mosquitto.h>

#include "model/address.h"

enum { LEVEL_MAX = 128, RESULT_MAX = 512 };

/* Takes the first level off. */
static struct str level(struct str *rest)
{
	struct str head;

	*rest = str_cut(*rest, '/', &head);
	return head;
}

void mqtt_topic_read(struct str base, struct str topic,
		     struct mqtt_topic_parts *out)
{
	must(out != NULL);
	*out = (struct mqtt_topic_parts){ .kind = MQTT_TOPIC_OTHER };
	if (!str_starts(topic, base) || topic.len <= base.len ||
	    topic.p[base.len] != '/')
		return;
	struct str rest = str_from(topic, base.len + 1);
	bool last = str_find(rest, '/') == rest.len;
	out->tenant = level(&rest);
	if (last || tenant_check(out->tenant) != 0)
		return;
	struct str what = level(&rest);
	bool alone = what.p + what.len == topic.p + topic.len;
	if (alone && str_eqz(what, "send")) {
		out->kind = MQTT_TOPIC_SEND;
	} else if (alone && str_eqz(what, "reply")) {
		out->kind = MQTT_TOPIC_REPLY;
	} else if (str_eqz(what, "event") && mqtt_level_ok(rest)) {
		out->kind = MQTT_TOPIC_EVENT;
		out->name = rest;
	} else if (str_eqz(what, "to")) {
		out->name = level(&rest);
		if (mqtt_level_ok(out->name) && str_eqz(rest, "receipt"))
			out->kind = MQTT_TOPIC_RECEIPT;
	}
}

bool mqtt_level_ok(struct str s)
{
	if (s.len == 0 || s.len > LEVEL_MAX || s.p[0] == '$')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < 0x20 || c == 0x7f || c == '+' || c == '#' || c == '/')
			return false;
	}
	return mosquitto_validate_utf8(s.p, (int)s.len) == MOSQ_ERR_SUCCESS;
}

static int topic_build(struct buf *out, struct str base, struct str tenant,
		       const char *what, struct str name)
{
	if (tenant_check(tenant) != 0 || !mqtt_level_ok(name))
		return -EINVAL;
	buf_str_put(out, base);
	buf_c(out, '/');
	buf_str_put(out, tenant);
	buf_z(out, what);
	buf_str_put(out, name);
	return out->full ? -EINVAL : 0;
}

int mqtt_topic_to(struct buf *out, struct str base, struct str tenant,
		  struct str to, struct str address)
{
	must(out != NULL);
	if (address.len == 0)
		address = str_from(to, to.len > 0 && to.p[0] == '+' ? 1 : 0);
	return topic_build(out, base, tenant, "/to/", address);
}

int mqtt_topic_out(struct buf *out, struct str base, struct str tenant,
		   struct str type)
{
	must(out != NULL);
	return topic_build(out, base, tenant, "/out/", type);
}

static bool result_ok(struct str base, struct str tenant, struct str topic)
{
	if (topic.len == 0 || topic.len > RESULT_MAX || topic.p[0] == '$' ||
	    memchr(topic.p, '\0', topic.len) != NULL)
		return false;
	if (mosquitto_pub_topic_check2(topic.p, topic.len) !=
		    MOSQ_ERR_SUCCESS ||
	    mosquitto_validate_utf8(topic.p, (int)topic.len) !=
		    MOSQ_ERR_SUCCESS)
		return false;
	if (!str_starts(topic, base) ||
	    (topic.len > base.len && topic.p[base.len] != '/'))
		return true;
	struct str rest = str_from(topic, base.len + 1);
	return str_eq(level(&rest), tenant) && str_eqz(level(&rest), "send") &&
	       str_eqz(level(&rest), "result") && rest.len > 0;
}

void mqtt_topic_result(struct buf *out, struct str base, struct str tenant,
		       struct str response_topic, struct str correlation)
{
	must(out != NULL);
	if (response_topic.len > 0) {
		if (result_ok(base, tenant, response_topic))
			buf_str_put(out, response_topic);
		return;
	}
	if (topic_build(out, base, tenant, "/send/result/", correlation) != 0)
		buf_reset(out);
}
