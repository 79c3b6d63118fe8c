/* The MQTT channel: messages to devices and apps, notices, and what comes
 * back; and the door through which other systems send by a broker. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/channel.h"

/* What a section `mqtt name { ... }` fills; the table is in settings.c. */
struct mqtt_cfg {
	char *url;
	char *client_id;
	char *node; /* "" = the client_id without "<base>-" */
	char *username;
	char *password;
	char *base;
	int64_t window;
	int64_t inbound_window;
	int64_t max_payload;
	int64_t keepalive_ms;
	int64_t session_ms;
	int64_t connect_ms;
	int64_t hold_ms;
	int64_t answer_ms;
	int64_t reconnect_min_ms;
	int64_t reconnect_max_ms;
	bool receipts;
	struct setting_list events; /* notices: the gateway's to match */
	bool see_numbers;           /* the gateway's to mask by */
	char *tenant;               /* notices of: the gateway's to match */
	char *ca_file;
	char *cert_file;
	char *key_file;
};

extern const struct setting_section mqtt_settings;
extern const struct channel_ops mqtt_channel_ops;

/*
 * Where sends and business events that come by the broker go. Called from the
 * loop; everything is borrowed for the call. Each ticket is answered exactly
 * once by mqtt_channel_ops.answer, as in channel_events: 0 after the commit,
 * or for what will never be taken (say so by mqtt_reply); -ENOSPC or -EAGAIN:
 * the broker sends it again later.
 */
struct mqtt_intake {
	/* payload: JSON as POST /v1/messages takes it. response_topic: where
	 * the result goes, "" if nowhere; correlation goes with it. */
	void (*send)(void *owner, struct str tenant, struct str payload,
		     struct str response_topic, struct str correlation,
		     uint64_t ticket);
	void (*event)(void *owner, struct str tenant, struct str type,
		      struct str payload, uint64_t ticket);
};

/* c: a channel of mqtt_channel_ops. Without an intake what comes is refused,
 * and stays at the broker. in outlives the channel; NULL takes it away. */
void mqtt_set_intake(struct channel *c, const struct mqtt_intake *in,
		     void *owner);
/* The result of a send: QoS 1, after the commit. Lost, and counted, when the
 * link is down just then: its sender sends again, with the same key. */
void mqtt_reply(struct channel *c, struct str topic, struct str correlation,
		struct str payload);
/* For states others show on the broker: topic is below base, "acd/queue/q".
 * QoS 1. -EAGAIN: down or too much under way; -EINVAL. */
MUST_USE int mqtt_publish(struct channel *c, struct str topic,
			  struct str payload, bool retain);
