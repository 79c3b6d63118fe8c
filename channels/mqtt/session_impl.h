/* What session.c (states) and session_io.c (libmosquitto, below it) share. */
#pragma once

#include "base/fsm.h"
#include "base/map.h"
#include "channels/mqtt/client.h"
#include "channels/mqtt/session.h"

enum { SESSION_MAGIC = 0x6d716673 };

enum link {
	LINK_WAIT,
	LINK_LOOKUP,
	LINK_DIAL,
	LINK_SUBSCRIBE,
	LINK_UP,
	LINK_HELD,
	LINK_STOPPED,
	LINK_STATES
};

struct mqtt_session {
	uint32_t magic;
	struct loop *loop;
	struct mqtt_session_cfg cfg;
	const struct mqtt_session_events *ev;
	void *owner;
	struct fsm_run run;
	void (*after)(struct mqtt_session *s); /* libmosquitto was called */
	struct loop_timer *timer;              /* of the state */
	struct loop_timer *soon; /* what may not happen inside a callback */
	struct loop_timer *tick;
	struct loop_hook *hook;
	struct loop_resolve *lookup;
	/* A new one for each connection: nothing of an old one lives on. */
	struct mosquitto *m;
	struct loop_fd *fd;
	bool in_call; /* libmosquitto is on the stack */
	bool broken;  /* it has lost its connection */
	bool begun;   /* the socket is connected */
	bool full;    /* and takes no more for now */
	bool held;
	bool granted;       /* SUBACK came */
	const char *why;    /* it was lost */
	const char *redial; /* somebody asked: the reason */
	bool refused;       /* an arrival could not be kept */
	int connack;        /* -1 until it came */
	bool resumed;
	unsigned send_max;
	unsigned tries;
	uint64_t up_at;
	uint64_t published, written;
	struct map *owed; /* tickets */
	uint64_t tickets;
};

static inline struct mqtt_session *session_of(void *p)
{
	return MAGIC_CAST(struct mqtt_session, SESSION_MAGIC, p);
}

/* session_io.c: a client with our callbacks, dialling; -ECONNREFUSED, or
 * -EPROTO when TLS failed at once. */
MUST_USE int session_connect(struct mqtt_session *s, const char *addr);
/* Packets that may leave, leave; was there anything to do? */
bool session_write(struct mqtt_session *s);
/* May nothing be written or read, because an arrival is not settled? */
bool session_gated(const struct mqtt_session *s);
/* Packets that libmosquitto or TLS hold already are read. */
void session_resume(struct mqtt_session *s);
/* Sets what is watched for. */
void session_want(struct mqtt_session *s);
