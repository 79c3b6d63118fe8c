/* The MQTT channel outwards: publishes, and what their PUBACK means. */
#include "channels/mqtt/channel_impl.h"

#include <errno.h>
#include <mqtt_protocol.h>

#include "base/id.h"
#include "base/mem.h"
#include "channels/mqtt/payload.h"
#include "channels/mqtt/topics.h"

enum { OUTBOX_OTHERS_MAX = 1000, OUTBOX_BODY_MAX = 1024 * 1024 };

/* ---- what an answer means -------------------------------------------------- */

static const struct {
	uint8_t reason;
	enum outcome_class class;
	const char *code;
} pubacks[] = {
	{ MQTT_RC_NO_MATCHING_SUBSCRIBERS, OUTCOME_REFUSED, "no_subscriber" },
	{ MQTT_RC_NOT_AUTHORIZED, OUTCOME_REFUSED, "not_authorized" },
	{ MQTT_RC_TOPIC_NAME_INVALID, OUTCOME_REFUSED, "topic_invalid" },
	{ MQTT_RC_QUOTA_EXCEEDED, OUTCOME_RETRY, "throttled" },
	{ MQTT_RC_PAYLOAD_FORMAT_INVALID, OUTCOME_BROKEN, "payload_invalid" },
};

static void outcome_taken(const struct channel *c, const struct mqtt_sent *t,
			  struct outcome *o)
{
	o->class = OUTCOME_DELIVERED;
	o->parts_done = BIT(0);
	if (t->kind == MQTT_SENT_MESSAGE && c->receipts) {
		o->class = OUTCOME_ACCEPTED;
		o->receipt = true;
	}
}

static void outcome_of(const struct channel *c, const struct mqtt_sent *t,
		       int reason, struct outcome *o)
{
	o->peer_status = (uint32_t)reason;
	/* Nobody hears a notice: that is no fault of the notice. */
	if (reason == 0 || (reason == MQTT_RC_NO_MATCHING_SUBSCRIBERS &&
			    t->kind == MQTT_SENT_NOTICE)) {
		outcome_taken(c, t, o);
		return;
	}
	o->class = OUTCOME_RETRY;
	o->reason = STR("broker_error");
	for (size_t i = 0; i < ARRAY_LEN(pubacks); i++) {
		if (pubacks[i].reason == reason) {
			o->class = pubacks[i].class;
			o->reason = str_of(pubacks[i].code);
		}
	}
}

/* ---- the end --------------------------------------------------------------- */

/* Takes t out, tells if anybody waits, frees it. */
static void sent_end(struct channel *c, struct mqtt_sent *t, struct outcome *o)
{
	char id[ID_TEXT];

	list_remove(&t->link);
	if (t->kind == MQTT_SENT_OTHER) {
		c->others--;
	} else {
		id_text(t->id, id);
		o->parts = 1;
		o->peer_id[0] = o->parts_done != 0 ? str_of(id) : STR_NONE;
		c->unanswered--;
		c->env.events->ended(c->env.owner, t->attempt, o);
	}
	mem_free(t);
	if (c->closing && c->unanswered == 0)
		loop_timer_set(c->turn, 0);
}

void outbox_acked(struct channel *c, int mid, int reason)
{
	struct mqtt_sent *t = map_ptr(c->by_mid, (uint64_t)mid);
	struct outcome o = { .sent = true };

	if (t == NULL)
		return;
	(void)map_del(c->by_mid, (uint64_t)mid, NULL);
	outcome_of(c, t, reason, &o);
	if (t->kind == MQTT_SENT_OTHER && reason >= 0x80)
		stat_add(c->replies_lost, 1);
	sent_end(c, t, &o);
}

void outbox_lost(struct channel *c, const char *why)
{
	uint64_t written = mqtt_session_written(c->session);

	map_free(&c->by_mid);
	c->by_mid = map_new();
	while (!list_empty(&c->sent)) {
		struct mqtt_sent *t =
			LIST_ITEM(c->sent.next, struct mqtt_sent, link);
		struct outcome o = { .class = OUTCOME_RETRY,
				     .reason = str_of(why) };
		o.sent = t->seq <= written;
		/* A notice has its id: a second one does no harm. */
		if (o.sent && t->kind == MQTT_SENT_MESSAGE)
			o.class = OUTCOME_UNKNOWN;
		if (t->kind == MQTT_SENT_OTHER)
			stat_add(c->replies_lost, 1);
		sent_end(c, t, &o);
	}
}

void outbox_tell(struct channel *c)
{
	while (!list_empty(&c->untold)) {
		struct mqtt_sent *t =
			LIST_ITEM(c->untold.next, struct mqtt_sent, link);
		struct outcome o = { .class = t->class,
				     .reason = str_of(t->reason) };
		sent_end(c, t, &o);
	}
}

bool outbox_stuck(const struct channel *c)
{
	if (list_empty(&c->sent))
		return false;
	const struct mqtt_sent *t =
		LIST_ITEM(c->sent.next, struct mqtt_sent, link);
	return clock_mono_ms(c->env.clock) >= t->since_ms + c->answer_ms;
}

/* ---- publishing ------------------------------------------------------------ */

static struct mqtt_sent *sent_new(struct channel *c, enum mqtt_sent_kind kind,
				  uint64_t attempt, uint64_t id)
{
	struct mqtt_sent *t = mem_new(struct mqtt_sent);

	list_init(&t->link);
	t->kind = kind;
	t->attempt = attempt;
	t->id = id;
	t->since_ms = clock_mono_ms(c->env.clock);
	return t;
}

/* Accepted, and at once ended: told in the next turn. */
static int sent_broken(struct channel *c, struct mqtt_sent *t,
		       const char *reason)
{
	t->class = OUTCOME_BROKEN;
	t->reason = reason;
	c->unanswered++;
	list_append(&c->untold, &t->link);
	loop_timer_set(c->turn, 0);
	return 0;
}

/* -EAGAIN: not taken. 0: t is in one of the lists. */
static int sent_publish(struct channel *c, struct mqtt_sent *t,
			struct str topic, struct str payload)
{
	int rc = mqtt_session_publish(c->session, topic, payload, false,
				      STR_NONE, &t->mid);

	if (rc == -EAGAIN) {
		mem_free(t);
		return rc;
	}
	if (rc != 0)
		return sent_broken(c, t,
				   rc == -ENOSPC ? "too_large" : "bad_topic");
	c->unanswered++;
	t->seq = mqtt_session_published(c->session);
	list_append(&c->sent, &t->link);
	map_set_ptr(c->by_mid, (uint64_t)t->mid, t);
	stat_add(c->publishes, 1);
	return 0;
}

static bool outbox_ready(const struct channel *c)
{
	return !c->closing && c->state == CHANNEL_UP &&
	       c->unanswered < c->window;
}

int outbox_send(struct channel *c, uint64_t attempt, const struct message *m)
{
	struct buf topic, payload;
	int rc;

	if (!outbox_ready(c))
		return -EAGAIN;
	buf_init(&topic, MQTT_TOPIC_MAX);
	buf_init(&payload, OUTBOX_BODY_MAX);
	struct mqtt_sent *t = sent_new(c, MQTT_SENT_MESSAGE, attempt, m->id);
	mqtt_payload_message(&payload, m, clock_wall_ms(c->env.clock));
	if (mqtt_topic_to(&topic, c->base, m->tenant, m->to, m->address) != 0)
		rc = sent_broken(c, t, "bad_address");
	else if (payload.full)
		rc = sent_broken(c, t, "too_large");
	else
		rc = sent_publish(c, t, buf_str(&topic), buf_str(&payload));
	buf_done(&topic);
	buf_done(&payload);
	return rc;
}

int outbox_notify(struct channel *c, uint64_t attempt, const struct notice *n)
{
	struct buf topic;
	int rc;

	if (!outbox_ready(c))
		return -EAGAIN;
	buf_init(&topic, MQTT_TOPIC_MAX);
	struct mqtt_sent *t = sent_new(c, MQTT_SENT_NOTICE, attempt, n->id);
	if (mqtt_topic_out(&topic, c->base, n->tenant, n->type) != 0)
		rc = sent_broken(c, t, "bad_topic");
	else
		rc = sent_publish(c, t, buf_str(&topic), n->body);
	buf_done(&topic);
	return rc;
}

/* ---- what others say on the broker ------------------------------------------ */

static int other_publish(struct channel *c, struct str topic,
			 struct str correlation, struct str payload,
			 bool retain)
{
	if (c->state != CHANNEL_UP || c->others >= OUTBOX_OTHERS_MAX)
		return -EAGAIN;
	struct mqtt_sent *t = sent_new(c, MQTT_SENT_OTHER, 0, 0);
	int rc = mqtt_session_publish(c->session, topic, payload, retain,
				      correlation, &t->mid);
	if (rc != 0) {
		mem_free(t);
		return rc;
	}
	t->seq = mqtt_session_published(c->session);
	list_append(&c->sent, &t->link);
	map_set_ptr(c->by_mid, (uint64_t)t->mid, t);
	c->others++;
	return 0;
}

void mqtt_reply(struct channel *p, struct str topic, struct str correlation,
		struct str payload)
{
	struct channel *c = mqtt_of(p);

	if (topic.len == 0)
		return;
	if (other_publish(c, topic, correlation, payload, false) != 0)
		stat_add(c->replies_lost, 1);
}

int mqtt_publish(struct channel *p, struct str topic, struct str payload,
		 bool retain)
{
	struct channel *c = mqtt_of(p);
	struct buf full;

	buf_init(&full, MQTT_TOPIC_MAX);
	buf_str_put(&full, c->base);
	buf_c(&full, '/');
	buf_str_put(&full, topic);
	int rc = full.full ? -EINVAL
			   : other_publish(c, buf_str(&full), STR_NONE, payload,
					   retain);
	buf_done(&full);
	return rc == -ENOSPC ? -EINVAL : rc;
}
