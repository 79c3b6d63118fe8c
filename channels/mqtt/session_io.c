/* One MQTT session: libmosquitto called, and calling back. */
#include "channels/mqtt/session_impl.h"

#include <errno.h>
#include <mqtt_protocol.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/mem.h"

enum {
	SESSION_BATCH = 64, /* packets read at one go */
	SESSION_AGAIN_MS = 10000
};

/* ---- libmosquitto calls back: notes only, or upward ------------------------ */

static void on_connect(struct mosquitto *m UNUSED, void *owner, int rc,
		       int flags, const mosquitto_property *v)
{
	struct mqtt_session *s = session_of(owner);
	uint16_t most = UINT16_MAX;

	s->connack = rc;
	s->resumed = (flags & 1) != 0;
	(void)mosquitto_property_read_int16(v, MQTT_PROP_RECEIVE_MAXIMUM, &most,
					    false);
	s->send_max = MIN(s->cfg.send_max, most);
}

static void on_disconnect(struct mosquitto *m UNUSED, void *owner, int rc,
			  const mosquitto_property *v UNUSED)
{
	struct mqtt_session *s = session_of(owner);

	/* Its descriptor is closed and the number free for others. */
	loop_fd_free(&s->fd);
	s->broken = true;
	if (s->connack > 0)
		s->why = "refused";
	else if (rc == MQTT_RC_SESSION_TAKEN_OVER)
		s->why = "taken_over";
	else if (rc == MOSQ_ERR_KEEPALIVE)
		s->why = "no_answer";
	else
		s->why = s->connack < 0 ? "no_connection" : "lost";
}

static void on_subscribe(struct mosquitto *m UNUSED, void *owner,
			 int mid UNUSED, int n, const int *granted,
			 const mosquitto_property *v UNUSED)
{
	struct mqtt_session *s = session_of(owner);

	s->granted = true;
	for (int i = 0; i < n && i < (int)s->cfg.nfilters; i++) {
		if (granted[i] >= 0x80)
			log_warn("mqtt.subscribe_refused",
				 KV_S("link", s->cfg.name),
				 KV_S("filter", s->cfg.filters[i]),
				 KV_HEX("reason", granted[i]));
	}
}

static void on_publish(struct mosquitto *m UNUSED, void *owner, int mid,
		       int reason, const mosquitto_property *v UNUSED)
{
	struct mqtt_session *s = session_of(owner);

	if (s->run.state == LINK_UP)
		s->ev->acked(s->owner, mid, reason);
}

static void on_message(struct mosquitto *m UNUSED, void *owner,
		       const struct mosquitto_message *msg,
		       const mosquitto_property *v)
{
	struct mqtt_session *s = session_of(owner);
	struct mqtt_arrival a = { .topic = str_of(msg->topic) };
	char *response = NULL;
	void *correlation = NULL;
	uint16_t len = 0;

	/* What was retained is old news: it came when it was new. */
	if (msg->retain)
		return;
	if (mosquitto_property_read_string(v, MQTT_PROP_RESPONSE_TOPIC,
					   &response, false) != NULL)
		a.response_topic = str_of(response);
	if (mosquitto_property_read_binary(v, MQTT_PROP_CORRELATION_DATA,
					   &correlation, &len, false) != NULL)
		a.correlation = str_bytes(correlation, len);
	a.payload = str_bytes(msg->payload, (size_t)msg->payloadlen);
	a.ticket = ++s->tickets;
	a.again = s->resumed && (s->run.state != LINK_UP ||
				 clock_mono_ms(loop_clock(s->loop)) <
					 s->up_at + SESSION_AGAIN_MS);
	if (msg->qos > 0)
		map_set(s->owed, a.ticket, 1);
	s->ev->arrived(s->owner, &a);
	/* libmosquitto's copies, by malloc. */
	free(response);
	free(correlation);
}

/* ---- reading and writing --------------------------------------------------- */

/*
 * Commit, then acknowledge. libmosquitto puts a PUBACK into its queue before
 * it shows the message, and its queue is in order: so while one arrival is
 * not settled, nothing is written, and nothing more is read.
 */
bool session_gated(const struct mqtt_session *s)
{
	return map_len(s->owed) > 0 || s->refused;
}

static bool session_more(const struct mqtt_session *s)
{
	int bytes = 0, fd = mosquitto_socket(s->m);

	if (fd < 0)
		return false;
	return mqtt_client_pending(s->m) ||
	       (ioctl(fd, FIONREAD, &bytes) == 0 && bytes > 0);
}

static void session_read(struct mqtt_session *s)
{
	s->in_call = true;
	for (int i = 0; i < SESSION_BATCH && !s->broken; i++) {
		/* libmosquitto looks at errno even when all was well. */
		errno = 0;
		if (mosquitto_loop_read(s->m, 1) != MOSQ_ERR_SUCCESS)
			s->broken = true;
		else if (s->held || s->refused || s->redial != NULL ||
			 !session_more(s))
			break;
	}
	s->in_call = false;
}

bool session_write(struct mqtt_session *s)
{
	if (s->broken || session_gated(s) || !s->begun ||
	    !mqtt_client_secured(s->m) || !mosquitto_want_write(s->m))
		return false;
	s->written = s->published;
	s->in_call = true;
	errno = 0;
	if (mosquitto_loop_write(s->m, 1) != MOSQ_ERR_SUCCESS)
		s->broken = true;
	s->in_call = false;
	s->full = !s->broken && mosquitto_want_write(s->m);
	return true;
}

void session_resume(struct mqtt_session *s)
{
	if (s->m != NULL && s->begun && !s->broken && !session_gated(s) &&
	    !s->held && mqtt_client_pending(s->m))
		session_read(s);
}

/* Was the dial refused? Under TLS libmosquitto does not see it, and would go
 * on with a handshake with nobody. What is ready and has no peer was. */
static bool session_refused(struct mqtt_session *s)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);

	return getpeername(mosquitto_socket(s->m), (struct sockaddr *)&peer,
			   &len) != 0 &&
	       errno == ENOTCONN;
}

static void session_ready(void *owner, int events)
{
	struct mqtt_session *s = session_of(owner);

	if (!s->begun && session_refused(s)) {
		s->broken = true;
		s->why = "no_connection";
		s->after(s);
		return;
	}
	s->begun = true;
	if ((events & LOOP_WRITE) != 0)
		s->full = false;
	if (!mqtt_client_secured(s->m) || (events & LOOP_READ) != 0)
		session_read(s);
	(void)session_write(s);
	s->after(s);
}

void session_want(struct mqtt_session *s)
{
	int want = 0;

	if (s->fd == NULL)
		return;
	if (!session_gated(s) && !s->held)
		want |= LOOP_READ;
	if (!s->begun || mqtt_client_wants_write(s->m) ||
	    (s->full && !session_gated(s)))
		want |= LOOP_WRITE;
	loop_fd_want(s->fd, want);
}

int session_connect(struct mqtt_session *s, const char *addr)
{
	struct err err = { "" };

	s->m = mqtt_client_new(&s->cfg, s, &err);
	if (s->m == NULL) {
		log_error("mqtt.settings", KV_S("link", s->cfg.name),
			  KV_S("what", err.text));
		return -EINVAL;
	}
	mosquitto_connect_v5_callback_set(s->m, on_connect);
	mosquitto_disconnect_v5_callback_set(s->m, on_disconnect);
	mosquitto_subscribe_v5_callback_set(s->m, on_subscribe);
	mosquitto_publish_v5_callback_set(s->m, on_publish);
	mosquitto_message_v5_callback_set(s->m, on_message);
	s->in_call = true;
	int rc = mosquitto_connect_async(s->m, addr, s->cfg.port,
					 (int)s->cfg.keepalive_s);
	s->in_call = false;
	/* The far side may be so near that the handshake is over. */
	if (rc == MOSQ_ERR_TLS)
		return -EPROTO;
	if (rc != MOSQ_ERR_SUCCESS || mosquitto_socket(s->m) < 0)
		return -ECONNREFUSED;
	s->fd = loop_fd_new(s->loop, mosquitto_socket(s->m), session_ready, s);
	session_want(s);
	return 0;
}
