/* The JSON of the MQTT channel's payloads. */
#include "channels/mqtt/payload.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#include "base/id.h"
#include "model/address.h"
#include "proto/json.h"

enum { PEER_ID_MAX = 64 };

/* The sender's metadata, unchanged, if it is what intake let in. */
static void put_metadata(struct buf *out, struct str metadata)
{
	json_t *j = json_loadb(metadata.p, metadata.len, JSON_REJECT_DUPLICATES,
			       NULL);

	json_key(out, "metadata");
	if (json_is_object(j))
		buf_str_put(out, metadata);
	else
		buf_z(out, "{}");
	json_decref(j);
}

void mqtt_payload_message(struct buf *out, const struct message *m,
			  int64_t now_ms)
{
	must(out != NULL && m != NULL);
	buf_c(out, '{');
	json_kid(out, "id", m->id);
	json_ks(out, "to", m->to);
	json_ks(out, "text", m->text);
	json_ks(out, "class", m->class_name);
	if (m->from.len > 0)
		json_ks(out, "from", m->from);
	put_metadata(out, m->metadata);
	json_kt(out, "at", now_ms);
	buf_c(out, '}');
}

/* false: there, but not a text of min to max bytes, or required and absent. */
static bool field(const json_t *j, const char *name, bool required, size_t max,
		  struct str *out)
{
	const json_t *v = json_object_get(j, name);

	if (v == NULL || json_is_null(v))
		return !required;
	if (!json_is_string(v))
		return false;
	*out = str_bytes(json_string_value(v), json_string_length(v));
	return out->len <= max && (out->len > 0 || !required);
}

static int payload_load(struct str json, struct mqtt_payload *keep)
{
	*keep = (struct mqtt_payload){ 0 };
	keep->json = json_loadb(json.p, json.len, JSON_REJECT_DUPLICATES, NULL);
	return json_is_object(keep->json) ? 0 : -EBADMSG;
}

int mqtt_payload_reply(struct str json, struct str tenant,
		       struct mqtt_payload *keep, struct inbound *out)
{
	struct str from = STR_NONE, to = STR_NONE, text = STR_NONE,
		   id = STR_NONE, reply_to = STR_NONE;

	must(keep != NULL && out != NULL);
	if (payload_load(json, keep) != 0 ||
	    !field(keep->json, "from", true, ADDRESS_MAX - 1, &from) ||
	    !field(keep->json, "to", false, ADDRESS_MAX - 1, &to) ||
	    !field(keep->json, "text", true, MESSAGE_TEXT_MAX, &text) ||
	    !field(keep->json, "id", false, PEER_ID_MAX, &id))
		return -EBADMSG;
	if (id.len > 0)
		(void)snprintf(keep->key, sizeof(keep->key), "%.*s/%.*s/%.*s",
			       STR_ARGS(tenant), STR_ARGS(from), STR_ARGS(id));
	out->tenant = tenant;
	out->from = from;
	out->to = to;
	out->text = text;
	out->peer_key = str_of(keep->key);
	/* an id of somebody else's is none of ours */
	if (field(keep->json, "in_reply_to", true, PEER_ID_MAX, &reply_to))
		IGNORE(id_parse(reply_to, &out->in_reply_to));
	return 0;
}

/* What a device may say of a message. */
static bool receipt_state_ok(enum message_state s)
{
	return s == MESSAGE_DELIVERED || s == MESSAGE_UNDELIVERED ||
	       s == MESSAGE_EXPIRED || s == MESSAGE_REJECTED ||
	       s == MESSAGE_UNKNOWN || s == MESSAGE_SUBMITTED;
}

int mqtt_payload_receipt(struct str json, struct mqtt_payload *keep,
			 struct receipt *out)
{
	struct str id = STR_NONE, state = STR_NONE, reason = STR_NONE;
	enum message_state s;
	uint64_t number;

	must(keep != NULL && out != NULL);
	if (payload_load(json, keep) != 0 ||
	    !field(keep->json, "id", true, PEER_ID_MAX, &id) ||
	    !field(keep->json, "state", true, PEER_ID_MAX, &state) ||
	    !field(keep->json, "reason", false, PEER_ID_MAX, &reason))
		return -EBADMSG;
	if (id_parse(id, &number) != 0 || message_state_parse(state, &s) != 0 ||
	    !receipt_state_ok(s))
		return -EBADMSG;
	*out = (struct receipt){ .peer_id = id, .state = s, .reason = reason };
	return 0;
}

void mqtt_payload_done(struct mqtt_payload *keep)
{
	must(keep != NULL);
	json_decref(keep->json);
	keep->json = NULL;
}
