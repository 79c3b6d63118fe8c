/* Webhooks out: each notice or message is one signed POST. Never retries:
 * the gateway does, with the same id. */
#include "channels/webhook/out.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "base/id.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/stats.h"
#include "channels/http/client.h"
#include "channels/http/guard.h"
#include "channels/webhook/sign.h"
#include "proto/json.h"

enum { WEBHOOK_MAGIC = 0x77686f6b, BODY_MAX = 256 * 1024 };

struct channel {
	uint32_t magic;
	struct channel_env env; /* but for name and cfg */
	char *name;
	char *url;
	struct buf key, key_old; /* key_old may be empty */
	unsigned window;
	enum channel_state state;
	const char *why;
	struct http_client *client;
	struct loop_timer *turn;
	bool closing;
	void (*done)(void *owner);
	void *done_owner;
	struct stat *requests, *failures, *refusals, *times;
};

/* One request under way. */
struct post {
	struct channel *c;
	uint64_t attempt;
	bool notice;
	uint64_t began_us;
};

static struct channel *webhook_of(void *p)
{
	return MAGIC_CAST(struct channel, WEBHOOK_MAGIC, p);
}

/* ---- what an answer means -------------------------------------------------- */

/* First row that fits. */
static const struct {
	int from, to; /* of status */
	enum outcome_class class;
	const char *reason;
} statuses[] = {
	{ 200, 299, OUTCOME_DELIVERED, "" },
	{ 300, 399, OUTCOME_REFUSED, "redirect" },
	{ 410, 410, OUTCOME_REFUSED, "gone" },
	{ 429, 429, OUTCOME_RETRY, "throttled" },
	{ 502, 504, OUTCOME_RETRY, "unavailable" },
	{ 400, 499, OUTCOME_RETRY, "client_error" },
	{ 100, 999, OUTCOME_RETRY, "server_error" },
};

/* A receiver of notices knows a second one by its webhook-id; a message that
 * may have arrived is for the gateway to decide about. */
static void outcome_lost(const struct http_answer *a, bool notice,
			 struct outcome *o)
{
	o->reason = str_of(a->why);
	if (a->rc == -EACCES)
		o->class = OUTCOME_REFUSED;
	else if (a->sent && !notice)
		o->class = OUTCOME_UNKNOWN;
	else
		o->class = OUTCOME_RETRY;
}

static void outcome_of(const struct http_answer *a, bool notice,
		       struct outcome *o)
{
	o->sent = a->sent;
	o->peer_status = (uint32_t)a->status;
	o->parts = 1;
	/* A status is an answer, even if its body never ended. */
	if (a->status < 100) {
		outcome_lost(a, notice, o);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		if (a->status < statuses[i].from || a->status > statuses[i].to)
			continue;
		o->class = statuses[i].class;
		o->reason = str_of(statuses[i].reason);
		break;
	}
	if (o->class == OUTCOME_DELIVERED)
		o->parts_done = BIT(0);
	if (o->class == OUTCOME_RETRY)
		o->hold_ms = a->retry_after_ms;
}

/* ---- upward, only from the loop -------------------------------------------- */

static void webhook_tell(struct channel *c, enum channel_state s,
			 const char *why)
{
	c->state = s;
	c->why = why;
	loop_timer_set(c->turn, 0);
}

static void post_ended(void *owner, const struct http_answer *a)
{
	struct post *p = owner;
	struct channel *c = webhook_of(p->c);
	struct outcome o = { .class = OUTCOME_RETRY };

	outcome_of(a, p->notice, &o);
	stat_add(c->requests, 1);
	stat_observe_us(c->times, clock_mono_us(c->env.clock) - p->began_us);
	if (o.class != OUTCOME_DELIVERED)
		stat_add(c->failures, 1);
	if (a->rc == -EACCES) {
		stat_add(c->refusals, 1);
		log_warn("webhook.address_refused", KV_S("link", c->name));
	}
	if (a->status == 410 && !c->closing && c->state == CHANNEL_UP)
		webhook_tell(c, CHANNEL_STOPPED, "gone");
	c->env.events->ended(c->env.owner, p->attempt, &o);
	mem_free(p);
	if (c->closing && http_client_busy(c->client) == 0)
		loop_timer_set(c->turn, 0);
}

static void webhook_free(struct channel *c)
{
	if (c->client != NULL)
		http_client_cancel(c->client);
	http_client_close(&c->client);
	loop_timer_free(&c->turn);
	secret_wipe(c->key.p, c->key.len);
	secret_wipe(c->key_old.p, c->key_old.len);
	buf_done(&c->key);
	buf_done(&c->key_old);
	mem_free(c->name);
	mem_free(c->url);
	c->magic = 0;
	mem_free(c);
}

static void webhook_turn(void *owner)
{
	struct channel *c = webhook_of(owner);

	if (c->closing) {
		void (*done)(void *) = c->done;
		void *done_owner = c->done_owner;
		webhook_free(c);
		done(done_owner);
		return;
	}
	c->env.events->state(c->env.owner, c->state, c->window, c->why);
}

/* ---- requests -------------------------------------------------------------- */

/* Standard Webhooks: three headers, the time is that of the attempt. */
static int post_send(struct channel *c, struct post *p, struct str id,
		     struct str body)
{
	int64_t now_s = clock_wall_ms(c->env.clock) / 1000;
	char id_line[64], time_line[64];
	struct buf sign_line;
	int rc;

	buf_init(&sign_line, 256);
	buf_z(&sign_line, "webhook-signature: ");
	webhook_sign(buf_str(&c->key), id, now_s, body, &sign_line);
	if (c->key_old.len > 0) {
		buf_c(&sign_line, ' ');
		webhook_sign(buf_str(&c->key_old), id, now_s, body, &sign_line);
	}
	(void)snprintf(id_line, sizeof(id_line), "webhook-id: %.*s",
		       STR_ARGS(id));
	(void)snprintf(time_line, sizeof(time_line),
		       "webhook-timestamp: %" PRId64, now_s);
	const char *headers[] = { "content-type: application/json", id_line,
				  time_line, sign_line.p };
	const struct http_request r = { .url = c->url,
					.headers = headers,
					.nheaders = ARRAY_LEN(headers),
					.body = body };
	rc = http_client_send(c->client, &r, post_ended, p);
	buf_done(&sign_line);
	return rc;
}

static int post_new(struct channel *c, uint64_t attempt, bool notice,
		    const char *prefix, uint64_t id, struct str body)
{
	char text[ID_TEXT], full[ID_TEXT + 8];

	id_text(id, text);
	(void)snprintf(full, sizeof(full), "%s%s", prefix, text);
	struct post *p = mem_new(struct post);
	p->c = c;
	p->attempt = attempt;
	p->notice = notice;
	p->began_us = clock_mono_us(c->env.clock);
	int rc = post_send(c, p, str_of(full), body);
	if (rc == 0)
		return 0;
	mem_free(p);
	return -EAGAIN;
}

static bool webhook_ready(const struct channel *c)
{
	return !c->closing && c->state == CHANNEL_UP &&
	       http_client_busy(c->client) < c->window;
}

/* The sender's metadata, unchanged, if it is what intake let in. */
static void put_metadata(struct buf *b, struct str metadata)
{
	json_t *j = json_loadb(metadata.p, metadata.len, JSON_REJECT_DUPLICATES,
			       NULL);

	json_key(b, "metadata");
	if (json_is_object(j))
		buf_str_put(b, metadata);
	else
		buf_z(b, "{}");
	json_decref(j);
}

static void put_message(struct buf *b, const struct message *m, int64_t now_ms)
{
	buf_c(b, '{');
	json_kz(b, "type", "message.send");
	json_kid(b, "id", m->id);
	json_kt(b, "time", now_ms);
	json_ks(b, "tenant", m->tenant);
	json_ks(b, "to", m->to);
	if (m->address.len > 0)
		json_ks(b, "address", m->address);
	if (m->from.len > 0)
		json_ks(b, "from", m->from);
	json_ks(b, "text", m->text);
	json_ks(b, "class", m->class_name);
	put_metadata(b, m->metadata);
	buf_c(b, '}');
}

static int webhook_send(struct channel *p, uint64_t attempt,
			const struct message *m, uint32_t parts_done UNUSED)
{
	struct channel *c = webhook_of(p);
	struct buf body;

	must(m != NULL);
	if (!webhook_ready(c))
		return -EAGAIN;
	buf_init(&body, BODY_MAX);
	put_message(&body, m, clock_wall_ms(c->env.clock));
	must(!body.full);
	int rc = post_new(c, attempt, false, "msg_", m->id, buf_str(&body));
	buf_done(&body);
	return rc;
}

static int webhook_notify(struct channel *p, uint64_t attempt,
			  const struct notice *n)
{
	struct channel *c = webhook_of(p);

	must(n != NULL);
	if (!webhook_ready(c))
		return -EAGAIN;
	return post_new(c, attempt, true, "evt_", n->id, n->body);
}

/* ---- the rest of the table ------------------------------------------------- */

static void webhook_check(const char *name, const void *p,
			  struct faults *faults)
{
	const struct webhook_cfg *cfg = p;
	const char *const secrets[] = { cfg->secret, cfg->secret_old };
	struct err err;
	struct buf key;

	if (http_url_check(cfg->url, &err) != 0)
		faults_add(faults, "webhook %s: url: %s", name, err.text);
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
		buf_init(&key, WEBHOOK_KEY_MAX);
		if (webhook_key(str_of(secrets[i]), &key) != 0 &&
		    (i == 0 || secrets[i][0] != '\0'))
			faults_add(faults,
				   "webhook %s: %s: give 24 to 64 random "
				   "bytes as whsec_ and base64, or text",
				   name, i == 0 ? "secret" : "secret_old");
		secret_wipe(key.p, key.len);
		buf_done(&key);
	}
	for (size_t i = 0; i < cfg->allow.len; i++) {
		if (!guard_range_ok(cfg->allow.v[i]))
			faults_add(faults,
				   "webhook %s: allow: '%s' is not an address "
				   "range such as 10.0.0.0/8",
				   name, cfg->allow.v[i]);
	}
}

static int open_client(struct channel *c, const struct webhook_cfg *cfg,
		       struct err *err)
{
	const struct http_client_cfg http = {
		.connections = (unsigned)cfg->window,
		.requests = (unsigned)cfg->window,
		.connect_ms = (uint64_t)cfg->connect_ms,
		.timeout_ms = (uint64_t)cfg->timeout_ms,
		.max_answer = (size_t)cfg->max_answer,
		.ca_file = cfg->ca_file,
		.allow = &cfg->allow,
	};
	int rc = http_url_check(cfg->url, err);

	if (rc != 0)
		return rc;
	rc = webhook_key(str_of(cfg->secret), &c->key);
	if (rc == 0 && cfg->secret_old != NULL && cfg->secret_old[0] != '\0')
		rc = webhook_key(str_of(cfg->secret_old), &c->key_old);
	if (rc != 0)
		return err_set(err, rc, "the secret cannot be read");
	return http_client_open(&c->client, c->env.loop, &http, err);
}

static void open_stats(struct channel *c)
{
	char label[96];

	(void)snprintf(label, sizeof(label), "link=\"%s\"", c->name);
	c->requests = stats_get(STAT_COUNTER, "webhook_requests_total",
				"Requests to webhooks that ended.", label);
	c->failures =
		stats_get(STAT_COUNTER, "webhook_failures_total",
			  "Requests to webhooks not answered by 2xx.", label);
	c->refusals = stats_get(STAT_COUNTER, "webhook_refused_total",
				"Requests the address guard refused.", label);
	c->times = stats_get(STAT_HISTOGRAM, "webhook_request_seconds",
			     "Time of a request to a webhook.", label);
}

static int webhook_open(struct channel **out, const struct channel_env *env,
			struct err *err)
{
	must(out != NULL && env != NULL && env->cfg != NULL);

	const struct webhook_cfg *cfg = env->cfg;
	struct channel *c = mem_new(struct channel);
	c->magic = WEBHOOK_MAGIC;
	c->env = *env;
	c->env.name = NULL;
	c->env.cfg = NULL;
	c->name = str_dup(env->name);
	c->url = str_dup(cfg->url);
	c->window = (unsigned)cfg->window;
	buf_init(&c->key, WEBHOOK_KEY_MAX);
	buf_init(&c->key_old, WEBHOOK_KEY_MAX);
	c->turn = loop_timer_new(env->loop, webhook_turn, c);
	int rc = open_client(c, cfg, err);
	if (rc != 0) {
		webhook_free(c);
		return rc;
	}
	open_stats(c);
	/* There is nothing to dial. */
	webhook_tell(c, CHANNEL_UP, "ready");
	*out = c;
	return 0;
}

/* Nothing comes in here: see in.h. */
static void webhook_answer(struct channel *c UNUSED, uint64_t ticket UNUSED,
			   int rc UNUSED)
{
}

static void webhook_hold(struct channel *c UNUSED, bool held UNUSED)
{
}

static void webhook_rebind(struct channel *p)
{
	struct channel *c = webhook_of(p);

	if (!c->closing)
		webhook_tell(c, CHANNEL_UP, "ready");
}

static void webhook_close(struct channel **cp, uint64_t drain_ms,
			  void (*done)(void *owner), void *owner)
{
	must(cp != NULL && done != NULL);

	struct channel *c = webhook_of(*cp);
	*cp = NULL;
	c->closing = true;
	c->done = done;
	c->done_owner = owner;
	loop_timer_set(c->turn,
		       http_client_busy(c->client) == 0 ? 0 : drain_ms);
}

const struct channel_ops webhook_channel_ops = {
	.name = "webhook",
	.kind = "webhook",
	.settings = &webhook_settings,
	.check = webhook_check,
	.open = webhook_open,
	.send = webhook_send,
	.notify = webhook_notify,
	.answer = webhook_answer,
	.hold = webhook_hold,
	.rebind = webhook_rebind,
	.close = webhook_close,
};
