/* What channel.c (the table), outbox.c and inbox.c share. */
#pragma once

#include "base/limit.h"
#include "base/list.h"
#include "base/map.h"
#include "base/stats.h"
#include "channels/mqtt/channel.h"
#include "channels/mqtt/session.h"

enum { MQTT_MAGIC = 0x6d717474, MQTT_TOPIC_MAX = 1024 };
enum mqtt_sent_kind { MQTT_SENT_MESSAGE, MQTT_SENT_NOTICE, MQTT_SENT_OTHER };

/* A publish that is not acknowledged, or an end that is not told. */
struct mqtt_sent {
	struct list link;
	enum mqtt_sent_kind kind;
	uint64_t attempt;
	uint64_t id;
	uint64_t seq; /* of the session's publishes */
	uint64_t since_ms;
	int mid;
	enum outcome_class class; /* of an end not told */
	const char *reason;
};

struct channel {
	uint32_t magic;
	struct channel_env env; /* but for name and cfg */
	char *name;
	struct str base; /* a copy of ours */
	bool receipts;
	size_t max_payload;
	uint64_t answer_ms;
	unsigned window_cfg;
	struct mqtt_session *session;
	enum channel_state state;
	unsigned window;
	struct list sent;    /* oldest first */
	struct list untold;  /* ended inside send: told in the next turn */
	struct map *by_mid;  /* mid -> sent */
	unsigned unanswered; /* messages and notices in both lists */
	unsigned others;     /* replies and states in sent */
	struct loop_timer *turn;
	struct loop_timer *late; /* for answers that do not come */
	bool held;
	bool closing;
	bool over; /* the drain time is */
	void (*done)(void *owner);
	void *done_owner;
	const struct mqtt_intake *intake;
	void *intake_owner;
	struct limit noise; /* of the log */
	struct stat *publishes, *arrivals, *malformed, *replies_lost, *downs;
};

static inline struct channel *mqtt_of(void *p)
{
	return MAGIC_CAST(struct channel, MQTT_MAGIC, p);
}

/* outbox.c */
int outbox_send(struct channel *c, uint64_t attempt, const struct message *m);
int outbox_notify(struct channel *c, uint64_t attempt, const struct notice *n);
void outbox_acked(struct channel *c, int mid, int reason);
/* The connection is gone: what was under way ends. */
void outbox_lost(struct channel *c, const char *why);
/* Tells what ended inside send. */
void outbox_tell(struct channel *c);
/* Is the oldest publish without an answer for too long? */
bool outbox_stuck(const struct channel *c);

/* inbox.c */
void inbox_arrived(struct channel *c, const struct mqtt_arrival *a);
