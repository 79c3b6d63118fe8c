/* One MQTT session: its states, and what its owner asks. */
#include "channels/mqtt/session.h"

#include <arpa/inet.h>
#include <errno.h>
#include <mqtt_protocol.h>
#include <netinet/in.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "channels/mqtt/session_impl.h"

enum {
	SESSION_TICK_MS = 1000,
	SESSION_GOOD_MS = 10000,
	SESSION_TOPIC_MAX = 1024
};

#define LINK_ENDS (BIT(LINK_WAIT) | BIT(LINK_STOPPED) | BIT(LINK_LOOKUP))

/* Times are in the settings: reconnect_min and _max, connect_timeout,
 * hold_timeout while up. */
static const struct fsm_state link_states[LINK_STATES] = {
	[LINK_WAIT] = { "wait", 0, BIT(LINK_LOOKUP) | BIT(LINK_HELD), 0 },
	[LINK_LOOKUP] = { "lookup", 0, BIT(LINK_DIAL) | LINK_ENDS, 0 },
	[LINK_DIAL] = { "dial", 0, BIT(LINK_SUBSCRIBE) | LINK_ENDS, 0 },
	[LINK_SUBSCRIBE] = { "subscribe", 0, BIT(LINK_UP) | LINK_ENDS, 0 },
	[LINK_UP] = { "up", 0, BIT(LINK_HELD) | LINK_ENDS, 0 },
	[LINK_HELD] = { "held", 0, BIT(LINK_LOOKUP), 0 },
	[LINK_STOPPED] = { "stopped", 0, BIT(LINK_LOOKUP), 0 },
};

static const struct fsm link_fsm = { "mqtt", link_states, LINK_STATES };

/* ---- the end of a connection ----------------------------------------------- */

/* CONNACK reasons that more dialling does not mend. */
static bool connack_final(int reason)
{
	static const uint8_t final[] = {
		MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION,
		MQTT_RC_CLIENTID_NOT_VALID,
		MQTT_RC_BAD_USERNAME_OR_PASSWORD,
		MQTT_RC_NOT_AUTHORIZED,
		MQTT_RC_BANNED,
		MQTT_RC_BAD_AUTHENTICATION_METHOD,
	};

	return reason > 0 && memchr(final, reason, sizeof(final)) != NULL;
}

/* Forgets the client: unsent bytes, tickets, all. */
static void session_drop(struct mqtt_session *s)
{
	must(!s->in_call);
	loop_timer_stop(s->timer);
	loop_timer_stop(s->tick);
	loop_resolve_cancel(&s->lookup);
	/* Before libmosquitto closes the descriptor. */
	loop_fd_free(&s->fd);
	if (s->m != NULL)
		mosquitto_destroy(TAKE(s->m));
	s->begun = s->full = s->granted = s->broken = s->refused = false;
	s->why = s->redial = NULL;
	s->connack = -1;
	map_free(&s->owed);
	s->owed = map_new();
}

/* 1 s, 2 s, 4 s ... less a random part of up to a half. */
static uint64_t session_backoff(struct mqtt_session *s)
{
	uint64_t ms = s->cfg.reconnect_min_ms;

	for (unsigned i = 0; i < s->tries && ms < s->cfg.reconnect_max_ms; i++)
		ms *= 2;
	ms = MIN(ms, s->cfg.reconnect_max_ms);
	s->tries++;
	return ms - secret_random_below((uint32_t)(ms / 2) + 1);
}

static void session_lost(struct mqtt_session *s, const char *why)
{
	bool stopped = connack_final(s->connack);

	/* One that comes up only to fall again is dialled ever less often. */
	if (s->run.state == LINK_UP &&
	    clock_mono_ms(loop_clock(s->loop)) > s->up_at + SESSION_GOOD_MS)
		s->tries = 0;
	session_drop(s);
	fsm_move(&s->run, stopped ? LINK_STOPPED : LINK_WAIT);
	if (!stopped)
		loop_timer_set(s->timer, session_backoff(s));
	log_warn("mqtt.down", KV_S("link", s->cfg.name), KV_S("why", why),
		 KV_U("stopped", stopped));
	s->ev->down(s->owner, why, stopped);
	loop_again(s->loop);
}

/* DISCONNECT "with will": the broker publishes the will and keeps the rest.
 * What does not fit into the socket now is not waited for. */
static void session_leave(struct mqtt_session *s)
{
	if (s->run.state == LINK_UP && !s->broken && !session_gated(s)) {
		(void)mosquitto_disconnect_v5(s->m,
					      MQTT_RC_DISCONNECT_WITH_WILL_MSG,
					      NULL);
		(void)session_write(s);
	}
	session_drop(s);
}

/* ---- dialling -------------------------------------------------------------- */

static void session_dial(struct mqtt_session *s,
			 const struct sockaddr_storage *to)
{
	char addr[INET6_ADDRSTRLEN] = "";
	const struct sockaddr_in6 *v6 = (const void *)to;
	const struct sockaddr_in *v4 = (const void *)to;

	if (to->ss_family == AF_INET6)
		(void)inet_ntop(AF_INET6, &v6->sin6_addr, addr, sizeof(addr));
	else
		(void)inet_ntop(AF_INET, &v4->sin_addr, addr, sizeof(addr));
	fsm_move(&s->run, LINK_DIAL);
	loop_timer_set(s->timer, s->cfg.connect_ms);
	loop_timer_set(s->tick, SESSION_TICK_MS);
	int rc = session_connect(s, addr);
	if (rc != 0)
		session_lost(s, rc == -EPROTO ? "tls" : "no_connection");
}

/* Each try takes the next address. */
static void session_found(void *owner, int rc, const struct sockaddr_storage *v,
			  unsigned n)
{
	struct mqtt_session *s = session_of(owner);

	s->lookup = NULL;
	if (rc != 0 || n == 0)
		session_lost(s, "no_such_host");
	else
		session_dial(s, &v[s->tries % n]);
}

static void session_lookup(struct mqtt_session *s)
{
	fsm_move(&s->run, LINK_LOOKUP);
	loop_timer_set(s->timer, s->cfg.connect_ms);
	s->lookup = loop_resolve(s->loop, s->cfg.host, s->cfg.port,
				 session_found, s);
}

static void session_up(struct mqtt_session *s)
{
	int mid;

	loop_timer_stop(s->timer);
	fsm_move(&s->run, LINK_UP);
	s->up_at = clock_mono_ms(loop_clock(s->loop));
	log_info("mqtt.up", KV_S("link", s->cfg.name),
		 KV_U("send_max", s->send_max), KV_U("resumed", s->resumed));
	IGNORE(mqtt_session_publish(s, str_of(s->cfg.status_topic),
				    STR("online"), true, STR_NONE, &mid));
	s->ev->up(s->owner, s->send_max);
	if (s->held)
		mqtt_session_hold(s, true);
}

static void session_subscribe(struct mqtt_session *s)
{
	fsm_move(&s->run, LINK_SUBSCRIBE);
	loop_timer_set(s->timer, s->cfg.connect_ms);
	s->granted = s->cfg.nfilters == 0;
	if (!s->granted && mqtt_client_subscribe(s->m, &s->cfg) != 0)
		session_lost(s, "subscribe");
}

/* After libmosquitto was called: what it has noted takes effect. */
static void session_after(struct mqtt_session *s)
{
	if (s->m == NULL)
		return;
	if (mosquitto_socket(s->m) < 0) {
		loop_fd_free(&s->fd);
		s->broken = true;
	}
	if (s->broken) {
		/* A failed handshake closes without calling back. */
		session_lost(s, s->why != NULL ? s->why : "tls");
		return;
	}
	if (s->run.state == LINK_DIAL && s->connack == 0)
		session_subscribe(s);
	if (s->run.state == LINK_SUBSCRIBE && s->granted)
		session_up(s);
	session_want(s);
}

/* ---- timers and the end of a turn ------------------------------------------ */

static void session_timeout(void *owner)
{
	struct mqtt_session *s = session_of(owner);

	switch ((enum link)s->run.state) {
	case LINK_WAIT:
		if (s->held)
			fsm_move(&s->run, LINK_HELD);
		else
			session_lookup(s);
		break;
	case LINK_LOOKUP:
	case LINK_DIAL:
	case LINK_SUBSCRIBE:
		session_lost(s, "timeout");
		break;
	case LINK_UP: /* held too long */
		session_leave(s);
		fsm_move(&s->run, LINK_HELD);
		log_info("mqtt.held", KV_S("link", s->cfg.name));
		s->ev->down(s->owner, "held", false);
		break;
	case LINK_HELD:
	case LINK_STOPPED:
	case LINK_STATES:
		break;
	}
}

static void session_soon(void *owner)
{
	struct mqtt_session *s = session_of(owner);

	if (s->redial != NULL) {
		const char *why = s->redial;
		session_leave(s);
		session_lookup(s);
		log_info("mqtt.redial", KV_S("link", s->cfg.name),
			 KV_S("why", why));
		s->ev->down(s->owner, why, false);
	} else if (s->refused) {
		session_lost(s, "not_stored");
	} else {
		session_resume(s);
		session_after(s);
	}
}

/* Keep-alives: libmosquitto sends them, and finds that none is answered. */
static void session_tick(void *owner)
{
	struct mqtt_session *s = session_of(owner);

	loop_timer_set(s->tick, SESSION_TICK_MS);
	if (s->m == NULL || s->connack != 0)
		return;
	s->in_call = true;
	if (mosquitto_loop_misc(s->m) != MOSQ_ERR_SUCCESS)
		s->broken = true;
	s->in_call = false;
	session_after(s);
}

/* What was published and settled in this turn leaves in one go. */
static void session_end_of_turn(void *owner)
{
	struct mqtt_session *s = session_of(owner);

	if (s->m != NULL && !s->full && session_write(s))
		session_after(s);
}

/* ---- for the owner --------------------------------------------------------- */

int mqtt_session_open(struct mqtt_session **out, struct loop *l,
		      const struct mqtt_session_cfg *cfg,
		      const struct mqtt_session_events *ev, void *owner,
		      struct err *err)
{
	must(out != NULL && l != NULL && cfg != NULL && ev != NULL);

	struct mqtt_session *s = mem_new(struct mqtt_session);
	mqtt_session_cfg_copy(&s->cfg, cfg);
	s->magic = SESSION_MAGIC;
	s->loop = l;
	s->ev = ev;
	s->owner = owner;
	s->connack = -1;
	s->after = session_after;
	s->owed = map_new();
	s->timer = loop_timer_new(l, session_timeout, s);
	s->soon = loop_timer_new(l, session_soon, s);
	s->tick = loop_timer_new(l, session_tick, s);
	s->hook = loop_at_end_of_turn(l, session_end_of_turn, s);
	fsm_init(&s->run, &link_fsm, s->cfg.name, LINK_WAIT);
	/* A fault in the files shows now, not at the first dial. */
	s->m = mqtt_client_new(&s->cfg, s, err);
	if (s->m == NULL) {
		mqtt_session_close(&s);
		return -EINVAL;
	}
	mosquitto_destroy(TAKE(s->m));
	loop_timer_set(s->timer, 0);
	*out = s;
	return 0;
}

void mqtt_session_leave(struct mqtt_session *s)
{
	must(s != NULL && s->magic == SESSION_MAGIC && !s->in_call);
	session_leave(s);
}

void mqtt_session_close(struct mqtt_session **sp)
{
	must(sp != NULL);

	struct mqtt_session *s = TAKE(*sp);
	if (s == NULL)
		return;
	mqtt_session_leave(s);
	loop_hook_close(&s->hook);
	loop_timer_free(&s->timer);
	loop_timer_free(&s->soon);
	loop_timer_free(&s->tick);
	map_free(&s->owed);
	mqtt_session_cfg_done(&s->cfg);
	s->magic = 0;
	mem_free(s);
}

int mqtt_session_publish(struct mqtt_session *s, struct str topic,
			 struct str payload, bool retain,
			 struct str correlation, int *mid)
{
	mosquitto_property *v = NULL;
	char z[SESSION_TOPIC_MAX];

	must(s != NULL && s->magic == SESSION_MAGIC && mid != NULL);
	if (s->run.state != LINK_UP || s->broken)
		return -EAGAIN;
	if (memchr(topic.p, '\0', topic.len) != NULL ||
	    str_copy(z, sizeof(z), topic) != 0 || payload.len > INT32_MAX)
		return -EINVAL;
	if (correlation.len > 0 && correlation.len <= UINT16_MAX)
		must(mosquitto_property_add_binary(
			     &v, MQTT_PROP_CORRELATION_DATA, correlation.p,
			     (uint16_t)correlation.len) == MOSQ_ERR_SUCCESS);
	int rc = mosquitto_publish_v5(s->m, mid, z, (int)payload.len, payload.p,
				      1, retain, v);
	mosquitto_property_free_all(&v);
	if (rc == MOSQ_ERR_OVERSIZE_PACKET || rc == MOSQ_ERR_PAYLOAD_SIZE)
		return -ENOSPC;
	if (rc == MOSQ_ERR_NO_CONN)
		return -EAGAIN;
	if (rc != MOSQ_ERR_SUCCESS)
		return -EINVAL;
	s->published++;
	loop_again(s->loop);
	return 0;
}

uint64_t mqtt_session_published(const struct mqtt_session *s)
{
	must(s != NULL);
	return s->published;
}

uint64_t mqtt_session_written(const struct mqtt_session *s)
{
	must(s != NULL);
	return s->written;
}

void mqtt_session_settle(struct mqtt_session *s, uint64_t ticket, int rc)
{
	must(s != NULL && s->magic == SESSION_MAGIC);
	if (!map_del(s->owed, ticket, NULL))
		return;
	if (rc != 0)
		s->refused = true;
	if (rc != 0 || map_len(s->owed) == 0)
		loop_timer_set(s->soon, 0);
}

size_t mqtt_session_owed(const struct mqtt_session *s)
{
	must(s != NULL);
	return map_len(s->owed);
}

void mqtt_session_hold(struct mqtt_session *s, bool held)
{
	must(s != NULL && s->magic == SESSION_MAGIC);
	s->held = held;
	switch ((enum link)s->run.state) {
	case LINK_UP:
		if (held)
			loop_timer_set(s->timer, s->cfg.hold_ms);
		else
			loop_timer_stop(s->timer);
		break;
	case LINK_HELD:
		if (!held)
			session_lookup(s);
		break;
	case LINK_WAIT:
	case LINK_LOOKUP:
	case LINK_DIAL:
	case LINK_SUBSCRIBE:
	case LINK_STOPPED:
	case LINK_STATES:
		break;
	}
	loop_timer_set(s->soon, 0);
}

void mqtt_session_redial(struct mqtt_session *s, const char *why)
{
	must(s != NULL && s->magic == SESSION_MAGIC && why != NULL);
	s->redial = why;
	s->tries = 0;
	loop_timer_set(s->soon, 0);
}
