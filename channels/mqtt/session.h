/*
 * One MQTT 5 session on the loop: dials, dials again, subscribes, publishes
 * with QoS 1, and acknowledges only what was settled. Knows no message.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/str.h"

struct mqtt_session;

enum { MQTT_FILTERS_MAX = 8 };

/* Borrowed for the call of open. */
struct mqtt_session_cfg {
	const char *name; /* of the link, for the log */
	const char *host;
	int port;
	bool tls;
	const char *ca_file, *cert_file, *key_file; /* "" where none */
	const char *client_id;
	const char *username, *password; /* "" where none */
	const char *filters[MQTT_FILTERS_MAX];
	unsigned nfilters;
	const char *status_topic; /* "online", and the will: "offline" */
	unsigned send_max;        /* unanswered publishes */
	unsigned receive_max;     /* unacknowledged arrivals */
	uint32_t packet_max;      /* bytes of one arrival */
	unsigned keepalive_s;     /* 5 or more */
	uint32_t expiry_s;        /* the broker keeps the session so long */
	uint64_t connect_ms;
	uint64_t hold_ms; /* less than keepalive_s */
	uint64_t reconnect_min_ms, reconnect_max_ms;
};

/* Borrowed for the call of arrived. */
struct mqtt_arrival {
	struct str topic;
	struct str payload;
	struct str response_topic; /* "" if none */
	struct str correlation;    /* bytes; "" if none */
	bool again;                /* may be a re-delivery after a gap */
	uint64_t ticket;           /* for mqtt_session_settle */
};

/* From the loop. All may call any function here but leave and close. */
struct mqtt_session_events {
	/* send_max: ours, or the broker's if that is lower. */
	void (*up)(void *owner, unsigned send_max);
	/* A dial failed or the connection is gone: what was published and
	 * not acknowledged is in doubt, tickets are dead. stopped: it will
	 * not dial again by itself. */
	void (*down)(void *owner, const char *why, bool stopped);
	/* The broker has it, or refused it (reason 0x80 and above). */
	void (*acked)(void *owner, int mid, int reason);
	void (*arrived)(void *owner, const struct mqtt_arrival *a);
};

MUST_USE int mqtt_session_open(struct mqtt_session **out, struct loop *l,
			       const struct mqtt_session_cfg *cfg,
			       const struct mqtt_session_events *ev,
			       void *owner, struct err *err);
/* Says DISCONNECT where it can (the will is published). Only
 * mqtt_session_written and mqtt_session_close may follow. */
void mqtt_session_leave(struct mqtt_session *s);
/* Leaves, and frees. */
void mqtt_session_close(struct mqtt_session **sp);

/*
 * QoS 1; copies. 0: *mid comes back in acked or never. -EAGAIN: not up;
 * -EINVAL: bad topic; -ENOSPC: larger than the broker takes. correlation may
 * be empty.
 */
MUST_USE int mqtt_session_publish(struct mqtt_session *s, struct str topic,
				  struct str payload, bool retain,
				  struct str correlation, int *mid);
/* How many publishes there were, and how many of them may have left. */
uint64_t mqtt_session_published(const struct mqtt_session *s);
uint64_t mqtt_session_written(const struct mqtt_session *s);

/* rc 0: acknowledge it. Else: the connection is dropped, so that the broker
 * sends it again after a while. Dead tickets are ignored. */
void mqtt_session_settle(struct mqtt_session *s, uint64_t ticket, int rc);
/* Arrivals not settled. */
size_t mqtt_session_owed(const struct mqtt_session *s);
/* held: nothing more is read; after hold_ms the session leaves the broker,
 * which keeps what comes. false: goes on. */
void mqtt_session_hold(struct mqtt_session *s, bool held);
/* Drops the connection; `down` says why; dials again at once. */
void mqtt_session_redial(struct mqtt_session *s, const char *why);
