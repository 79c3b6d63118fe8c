/* Sends by MQTT: the same body, checks and answers as POST /v1/messages. */
#include "daemon/bus.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/stats.h"
#include "channels/mqtt/channel.h"
#include "console/json_in.h"
#include "console/occurrence.h"
#include "console/submission.h"
#include "console/view.h"
#include "proto/json.h"

#define BUS_LINKS_MAX 16
/* Deeper JSON than any message needs. */
#define BUS_DEPTH 16

struct bus_link {
	struct bus *bus;
	unsigned link; /* of the gateway */
	bool used;
};

struct bus {
	struct gateway *gateway;
	const struct library *library;
	struct bus_link links[BUS_LINKS_MAX];
	bool stopped;
	struct events *taker; /* of business events; NULL: none */
	struct stat *sends, *refused, *events;
};

/* A send whose commit is awaited. */
struct sending {
	struct bus_link *link;
	uint64_t ticket;
	char *topic;
	char *correlation;
	size_t correlation_len;
	struct buf answer;
	int rc; /* of the submission */
};

/* NULL while the link is closed. */
static struct channel *channel_of(const struct bus_link *l)
{
	const struct channel_ops *ops;

	if (l->bus->stopped)
		return NULL;
	return gateway_link_channel(l->bus->gateway, l->link, &ops);
}

static void sending_end(struct sending *s, int rc)
{
	struct channel *c = channel_of(s->link);

	if (c != NULL && rc == 0 && s->topic[0] != '\0')
		mqtt_reply(c, str_of(s->topic),
			   str_bytes(s->correlation, s->correlation_len),
			   buf_str(&s->answer));
	/* what will never be taken is taken off the broker all the same */
	if (c != NULL)
		mqtt_channel_ops.answer(c, s->ticket, rc);
	buf_done(&s->answer);
	mem_free(s->correlation);
	mem_free(s->topic);
	mem_free(s);
}

static void on_stored(void *owner, int rc)
{
	sending_end(owner, rc);
}

static void put_error(struct buf *out, const char *code, const char *field,
		      const char *detail)
{
	buf_c(out, '{');
	json_key(out, "error");
	buf_c(out, '{');
	json_kz(out, "code", code);
	if (field != NULL && field[0] != '\0')
		json_kz(out, "field", field);
	json_kz(out, "detail", detail);
	buf_z(out, "}}");
}

/* What came of it, for the sender; rc as gateway_submit gave it. */
static int submit(struct bus *b, struct str tenant, struct str payload,
		  struct buf *answer)
{
	struct message_body body = { 0 };
	char by[sizeof("mqtt:") + TENANT_MAX];
	struct submission s = { 0 };
	struct submitted got = { 0 };
	struct refusal why = { 0 };
	struct err err = { "" };
	json_t *object = NULL;
	int rc = json_read(payload, BUS_DEPTH, &object, &err);

	if (rc != 0) {
		put_error(answer, "invalid_json", NULL, err.text);
		return rc;
	}
	rc = message_body_read(object, payload, &body, &s, &why);
	s.tenant = tenant;
	(void)snprintf(by, sizeof(by), "mqtt:%.*s", STR_ARGS(tenant));
	s.by = str_of(by);
	if (rc == 0)
		rc = message_body_render(b->library, b->gateway, &body, &s,
					 &why);
	if (rc != 0) {
		put_error(answer, why.code, why.field, why.err.text);
	} else {
		gateway_submit(b->gateway, &s, &got);
		rc = got.rc;
		if (rc != 0) {
			put_error(answer, got.code, got.field, got.err.text);
		} else {
			buf_c(answer, '{');
			view_submitted(answer, &got);
			buf_c(answer, '}');
		}
	}
	message_body_done(&body);
	json_decref(object);
	return rc;
}

static void on_send(void *owner, struct str tenant, struct str payload,
		    struct str response_topic, struct str correlation,
		    uint64_t ticket)
{
	struct bus_link *l = owner;
	struct bus *b = l->bus;
	struct sending *s = mem_new(struct sending);

	s->link = l;
	s->ticket = ticket;
	s->topic = str_z(response_topic);
	s->correlation = mem_dup(correlation.p, correlation.len);
	s->correlation_len = correlation.len;
	buf_init(&s->answer, 65536);
	s->rc = submit(b, tenant, payload, &s->answer);
	if (s->rc == -EAGAIN || s->rc == -ENOSPC) {
		sending_end(s, s->rc); /* the broker keeps it for later */
		return;
	}
	stat_add(s->rc == 0 ? b->sends : b->refused, 1);
	if (s->rc != 0)
		log_info("bus.refused", KV_STR("tenant", tenant),
			 KV_STR("why", buf_str(&s->answer)));
	store_then(gateway_store(b->gateway), on_stored, s);
}

/* An event whose commit is awaited. */
struct happening {
	struct bus_link *link;
	uint64_t ticket;
};

static void on_happened(void *owner, int rc)
{
	struct happening *h = owner;
	struct channel *c = channel_of(h->link);

	if (c != NULL)
		mqtt_channel_ops.answer(c, h->ticket, rc);
	mem_free(h);
}

/* The body of POST /v1/events; its type stands in the topic. */
static int take_event(struct bus *b, struct str tenant, struct str type,
		      json_t *object, struct refusal *why)
{
	struct occurrence_body body = { .time = 0 };
	struct occurrence o;
	struct taken t;
	const char *field = NULL;

	if (json_object_get(object, "type") == NULL)
		json_object_set_new(object, "type",
				    json_stringn(type.p, type.len));
	int rc = fields_read(&occurrence_fields, object, &body, why);

	if (rc == 0)
		rc = occurrence_of(&body, gateway_country(b->gateway), tenant,
				   &o);
	if (rc == 0)
		rc = events_take(b->taker, &o, &t, &field, &why->err);
	return rc;
}

/* What can never be taken is taken off the broker, and said. */
static void on_event(void *owner, struct str tenant, struct str type,
		     struct str payload, uint64_t ticket)
{
	struct bus_link *l = owner;
	struct bus *b = l->bus;
	struct refusal why = { 0 };
	json_t *object = NULL;
	int rc = b->taker == NULL
			 ? -EINVAL
			 : json_read(payload, BUS_DEPTH, &object, &why.err);

	if (rc == 0)
		rc = take_event(b, tenant, type, object, &why);
	json_decref(object);
	stat_add(b->events, 1);
	if (rc == -EAGAIN || rc == -ENOSPC) {
		mqtt_channel_ops.answer(channel_of(l), ticket, rc);
		return;
	}
	if (rc != 0)
		log_warn("bus.event_refused", KV_STR("tenant", tenant),
			 KV_STR("type", type), KV_S("why", why.err.text));
	struct happening *h = mem_new(struct happening);

	*h = (struct happening){ l, ticket };
	store_then(gateway_store(b->gateway), on_happened, h);
}

void bus_events(struct bus *b, struct events *e)
{
	must(b != NULL);
	b->taker = e;
}

static const struct mqtt_intake intake = { .send = on_send, .event = on_event };

/* A link opened, at the start or by a reload. */
static void on_link(void *owner, unsigned link)
{
	struct bus *b = owner;
	const struct channel_ops *ops;
	struct channel *c = gateway_link_channel(b->gateway, link, &ops);

	if (ops != &mqtt_channel_ops)
		return;
	for (unsigned i = 0; i < BUS_LINKS_MAX; i++) {
		struct bus_link *l = &b->links[i];

		if (l->used && l->link != link)
			continue;
		*l = (struct bus_link){ b, link, true };
		mqtt_set_intake(c, &intake, l);
		return;
	}
	log_error("bus.full", KV_U("links", BUS_LINKS_MAX));
}

struct bus *bus_new(struct gateway *g, const struct library *l)
{
	struct bus *b = mem_new(struct bus);

	must(g != NULL);
	b->gateway = g;
	b->library = l;
	b->sends = stats_get(STAT_COUNTER, "bus_sends_total",
			     "Messages taken from MQTT.", NULL);
	b->refused = stats_get(STAT_COUNTER, "bus_refused_total",
			       "Sends by MQTT that were refused.", NULL);
	b->events = stats_get(STAT_COUNTER, "bus_events_total",
			      "Business events by MQTT.", NULL);
	gateway_on_link(g, on_link, b);
	return b;
}

void bus_stop(struct bus *b)
{
	must(b != NULL);
	for (unsigned i = 0; i < BUS_LINKS_MAX; i++) {
		struct channel *c =
			b->links[i].used ? channel_of(&b->links[i]) : NULL;

		if (c != NULL)
			mqtt_set_intake(c, NULL, NULL);
	}
	b->stopped = true;
}

void bus_free(struct bus **bp)
{
	mem_free(*bp);
	*bp = NULL;
}
