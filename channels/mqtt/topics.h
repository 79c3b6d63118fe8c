/* The topics of the MQTT channel, built and taken apart. Pure. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

enum mqtt_topic {
	MQTT_TOPIC_OTHER,
	MQTT_TOPIC_SEND,    /* <base>/<tenant>/send */
	MQTT_TOPIC_EVENT,   /* <base>/<tenant>/event/<name> */
	MQTT_TOPIC_REPLY,   /* <base>/<tenant>/reply */
	MQTT_TOPIC_RECEIPT, /* <base>/<tenant>/to/<name>/receipt */
};

/* Views into the topic. */
struct mqtt_topic_parts {
	enum mqtt_topic kind;
	struct str tenant;
	struct str name; /* type of the event, or address */
};

/* OTHER: not one of ours, or its tenant cannot be one. */
void mqtt_topic_read(struct str base, struct str topic,
		     struct mqtt_topic_parts *out);

/* May this be one level of a topic: 1 to 128 bytes of UTF-8 without + # /,
 * control characters, and $ at the start? */
bool mqtt_level_ok(struct str s);

/* Where a message to `to` goes: its address, or a number without its '+'.
 * -EINVAL: it cannot be a level. */
MUST_USE int mqtt_topic_to(struct buf *out, struct str base, struct str tenant,
			   struct str to, struct str address);
/* <base>/<tenant>/out/<type>. -EINVAL. */
MUST_USE int mqtt_topic_out(struct buf *out, struct str base, struct str tenant,
			    struct str type);
/*
 * Where the result of a send goes: the response topic its sender named, or
 * <base>/<tenant>/send/result/<correlation>. Empty: nowhere. A topic of ours
 * that is not a result of this tenant's is refused, or one tenant could make
 * us speak to the people of another.
 */
void mqtt_topic_result(struct buf *out, struct str base, struct str tenant,
		       struct str response_topic, struct str correlation);
