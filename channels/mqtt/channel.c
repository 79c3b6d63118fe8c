/* The MQTT channel: the table that the gateway sees. */
#include "channels/mqtt/channel.h"

#include <errno.h>
#include <stdio.h>

#include "base/mem.h"
#include "channels/mqtt/channel_impl.h"
#include "channels/mqtt/topics.h"
#include "channels/mqtt/url.h"

enum { NOISE_RATE = 1, NOISE_BURST = 10, PACKET_ROOM = 65536 };

/* ---- from the session ------------------------------------------------------- */

static void channel_up(void *owner, unsigned send_max)
{
	struct channel *c = mqtt_of(owner);

	c->state = CHANNEL_UP;
	c->window = MIN(c->window_cfg, send_max);
	c->env.events->state(c->env.owner, c->state, c->window, "up");
}

/* First the state, so that nothing is sent into the hole. */
static void channel_down(void *owner, const char *why, bool stopped)
{
	struct channel *c = mqtt_of(owner);

	c->state = stopped ? CHANNEL_STOPPED : CHANNEL_DOWN;
	stat_add(c->downs, 1);
	c->env.events->state(c->env.owner, c->state, 0, why);
	outbox_lost(c, why);
	if (c->closing)
		loop_timer_set(c->turn, 0);
}

static void channel_acked(void *owner, int mid, int reason)
{
	outbox_acked(mqtt_of(owner), mid, reason);
}

static void channel_arrived(void *owner, const struct mqtt_arrival *a)
{
	inbox_arrived(mqtt_of(owner), a);
}

static const struct mqtt_session_events session_events = {
	.up = channel_up,
	.down = channel_down,
	.acked = channel_acked,
	.arrived = channel_arrived,
};

/* ---- timers ---------------------------------------------------------------- */

static void channel_free(struct channel *c)
{
	if (c->session != NULL) {
		outbox_tell(c);
		mqtt_session_leave(c->session);
		outbox_lost(c, "closed");
	}
	mqtt_session_close(&c->session);
	loop_timer_free(&c->turn);
	loop_timer_free(&c->late);
	map_free(&c->by_mid);
	mem_free((char *)(uintptr_t)c->base.p);
	mem_free(c->name);
	c->magic = 0;
	mem_free(c);
}

/* Nothing under way, nothing to acknowledge; or the time is up. */
static bool channel_drained(struct channel *c)
{
	if (c->over || c->state != CHANNEL_UP)
		return true;
	if (c->unanswered > 0)
		return false;
	/* Nothing more may come while the last arrivals are settled. */
	mqtt_session_hold(c->session, true);
	return mqtt_session_owed(c->session) == 0;
}

static void channel_turn(void *owner)
{
	struct channel *c = mqtt_of(owner);

	outbox_tell(c);
	if (!c->closing || !channel_drained(c))
		return;
	void (*done)(void *) = c->done;
	void *done_owner = c->done_owner;
	channel_free(c);
	done(done_owner);
}

/* A broker that takes and never answers is as good as gone. */
static void channel_late(void *owner)
{
	struct channel *c = mqtt_of(owner);

	if (c->closing) {
		c->over = true;
		loop_timer_set(c->turn, 0);
		return;
	}
	if (c->state == CHANNEL_UP && !c->held && outbox_stuck(c))
		mqtt_session_redial(c->session, "no_answer");
	loop_timer_set(c->late, MIN(c->answer_ms, 1000u));
}

/* ---- opening --------------------------------------------------------------- */

static void mqtt_check(const char *name, const void *p, struct faults *faults)
{
	const struct mqtt_cfg *cfg = p;
	struct mqtt_url u;
	struct err err;

	if (mqtt_url_parse(cfg->url, &u, &err) != 0)
		faults_add(faults, "mqtt %s: url: %s", name, err.text);
	if (cfg->client_id[0] == '\0')
		faults_add(faults, "mqtt %s: client_id: give one", name);
	if (!mqtt_level_ok(str_of(cfg->base)))
		faults_add(faults,
			   "mqtt %s: base: one level of a topic, without "
			   "+ # / and $",
			   name);
	if (cfg->node[0] != '\0' && !mqtt_level_ok(str_of(cfg->node)))
		faults_add(faults,
			   "mqtt %s: node: one level of a topic, without "
			   "+ # / and $",
			   name);
	if (cfg->reconnect_min_ms > cfg->reconnect_max_ms)
		faults_add(faults,
			   "mqtt %s: reconnect_min is above reconnect_max",
			   name);
	if (cfg->hold_ms >= cfg->keepalive_ms)
		faults_add(faults,
			   "mqtt %s: hold_timeout is not below "
			   "keepalive",
			   name);
	if ((cfg->cert_file[0] == '\0') != (cfg->key_file[0] == '\0'))
		faults_add(faults,
			   "mqtt %s: cert_file and key_file go together", name);
}

/* "carillon-n1" is node n1. */
static struct str node_of(const struct mqtt_cfg *cfg)
{
	struct str id = str_of(cfg->client_id), base = str_of(cfg->base);

	if (cfg->node != NULL && cfg->node[0] != '\0')
		return str_of(cfg->node);
	if (str_starts(id, base) && id.len > base.len + 1 &&
	    id.p[base.len] == '-')
		return str_from(id, base.len + 1);
	return id;
}

static int open_session(struct channel *c, const struct mqtt_cfg *cfg,
			const struct mqtt_url *u, struct err *err)
{
	char status[256], f[4][256];
	struct mqtt_session_cfg s = {
		.name = c->name,
		.host = u->host,
		.port = u->port,
		.tls = u->tls,
		.ca_file = cfg->ca_file,
		.cert_file = cfg->cert_file,
		.key_file = cfg->key_file,
		.client_id = cfg->client_id,
		.username = cfg->username,
		.password = cfg->password,
		.status_topic = status,
		.send_max = (unsigned)cfg->window,
		.receive_max = (unsigned)cfg->inbound_window,
		.packet_max = (uint32_t)cfg->max_payload * 4 + PACKET_ROOM,
		.keepalive_s = (unsigned)(cfg->keepalive_ms / 1000),
		.expiry_s = (uint32_t)(cfg->session_ms / 1000),
		.connect_ms = (uint64_t)cfg->connect_ms,
		.hold_ms = (uint64_t)cfg->hold_ms,
		.reconnect_min_ms = (uint64_t)cfg->reconnect_min_ms,
		.reconnect_max_ms = (uint64_t)cfg->reconnect_max_ms,
	};

	(void)snprintf(status, sizeof(status), "%s/status/%.*s", cfg->base,
		       STR_ARGS(node_of(cfg)));
	(void)snprintf(f[0], sizeof(f[0]), "%s/+/send", cfg->base);
	(void)snprintf(f[1], sizeof(f[1]), "%s/+/event/+", cfg->base);
	(void)snprintf(f[2], sizeof(f[2]), "%s/+/reply", cfg->base);
	(void)snprintf(f[3], sizeof(f[3]), "%s/+/to/+/receipt", cfg->base);
	s.nfilters = cfg->receipts ? 4 : 3;
	for (unsigned i = 0; i < s.nfilters; i++)
		s.filters[i] = f[i];
	return mqtt_session_open(&c->session, c->env.loop, &s, &session_events,
				 c, err);
}

static struct stat *counter(const char *name, const char *help,
			    const char *link)
{
	char label[96];

	(void)snprintf(label, sizeof(label), "link=\"%s\"", link);
	return stats_get(STAT_COUNTER, name, help, label);
}

static void open_stats(struct channel *c)
{
	c->publishes = counter("mqtt_publishes_total",
			       "Messages and notices published.", c->name);
	c->arrivals = counter("mqtt_arrivals_total",
			      "Payloads that came from the broker.", c->name);
	c->malformed = counter("mqtt_malformed_total",
			       "Payloads that could not be used.", c->name);
	c->replies_lost =
		counter("mqtt_replies_lost_total",
			"Results that could not be published.", c->name);
	c->downs = counter("mqtt_downs_total",
			   "Connections lost and dials that failed.", c->name);
}

static int mqtt_open(struct channel **out, const struct channel_env *env,
		     struct err *err)
{
	must(out != NULL && env != NULL && env->cfg != NULL);

	const struct mqtt_cfg *cfg = env->cfg;
	struct mqtt_url u;
	int rc = mqtt_url_parse(cfg->url, &u, err);
	if (rc != 0)
		return rc;
	struct channel *c = mem_new(struct channel);
	c->magic = MQTT_MAGIC;
	c->env = *env;
	c->env.name = NULL;
	c->env.cfg = NULL;
	c->name = str_dup(env->name);
	c->base = str_of(str_dup(cfg->base));
	c->receipts = cfg->receipts;
	c->max_payload = (size_t)cfg->max_payload;
	c->answer_ms = (uint64_t)cfg->answer_ms;
	c->window_cfg = (unsigned)cfg->window;
	c->by_mid = map_new();
	list_init(&c->sent);
	list_init(&c->untold);
	c->turn = loop_timer_new(env->loop, channel_turn, c);
	c->late = loop_timer_new(env->loop, channel_late, c);
	limit_init(&c->noise, NOISE_RATE, NOISE_BURST,
		   clock_mono_us(env->clock));
	open_stats(c);
	rc = open_session(c, cfg, &u, err);
	if (rc != 0) {
		channel_free(c);
		return rc;
	}
	loop_timer_set(c->late, MIN(c->answer_ms, 1000u));
	*out = c;
	return 0;
}

/* ---- the table ------------------------------------------------------------- */

static int mqtt_send(struct channel *c, uint64_t attempt,
		     const struct message *m, uint32_t parts_done UNUSED)
{
	must(m != NULL);
	return outbox_send(mqtt_of(c), attempt, m);
}

static int mqtt_notify(struct channel *c, uint64_t attempt,
		       const struct notice *n)
{
	must(n != NULL);
	return outbox_notify(mqtt_of(c), attempt, n);
}

static void mqtt_answer(struct channel *p, uint64_t ticket, int rc)
{
	struct channel *c = mqtt_of(p);

	mqtt_session_settle(c->session, ticket, rc);
	if (c->closing)
		loop_timer_set(c->turn, 0);
}

static void mqtt_hold(struct channel *p, bool held)
{
	struct channel *c = mqtt_of(p);

	c->held = held;
	mqtt_session_hold(c->session, held);
}

static void mqtt_rebind(struct channel *c)
{
	if (!mqtt_of(c)->closing)
		mqtt_session_redial(mqtt_of(c)->session, "rebind");
}

static void mqtt_close(struct channel **cp, uint64_t drain_ms,
		       void (*done)(void *owner), void *owner)
{
	must(cp != NULL && done != NULL);

	struct channel *c = mqtt_of(*cp);
	*cp = NULL;
	c->closing = true;
	c->done = done;
	c->done_owner = owner;
	loop_timer_set(c->turn, 0);
	loop_timer_set(c->late, drain_ms);
}

void mqtt_set_intake(struct channel *p, const struct mqtt_intake *in,
		     void *owner)
{
	struct channel *c = mqtt_of(p);

	c->intake = in;
	c->intake_owner = owner;
}

const struct channel_ops mqtt_channel_ops = {
	.name = "mqtt",
	.kind = "mqtt",
	.settings = &mqtt_settings,
	.check = mqtt_check,
	.open = mqtt_open,
	.send = mqtt_send,
	.notify = mqtt_notify,
	.answer = mqtt_answer,
	.hold = mqtt_hold,
	.rebind = mqtt_rebind,
	.close = mqtt_close,
};
