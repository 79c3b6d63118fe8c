/* The JSON of the MQTT channel's payloads, built and read. Pure. */
#pragma once

#include "base/buf.h"
#include "model/inbound.h"
#include "model/message.h"
#include "model/receipt.h"

enum { MQTT_KEY_MAX = 320 };

/* {"id","to","text","class","from"?,"metadata","at"} */
void mqtt_payload_message(struct buf *out, const struct message *m,
			  int64_t now_ms);

/* What a read payload owns, until done. */
struct mqtt_payload {
	struct json_t *json;
	char key[MQTT_KEY_MAX];
};

/*
 * {"from","to"?,"text","id"?,"in_reply_to"?}: from, to, text and peer_key are
 * filled in, and in_reply_to, if it is an id.
 * peer_key is tenant/from/id: an id is unique for its sender only. -EBADMSG.
 */
MUST_USE int mqtt_payload_reply(struct str json, struct str tenant,
				struct mqtt_payload *keep, struct inbound *out);
/* {"id","state","reason"?}. -EBADMSG. */
MUST_USE int mqtt_payload_receipt(struct str json, struct mqtt_payload *keep,
				  struct receipt *out);
void mqtt_payload_done(struct mqtt_payload *keep);
