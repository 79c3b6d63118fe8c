/* The far sides of the channels, as the contract's suite plays them. One
 * struct far a channel: a new channel adds one here and a row in the test. */
#pragma once

#include "channels/fake/fake.h"
#include "channels/mqtt/channel.h"
#include "channels/smpp/channel.h"
#include "channels/webhook/out.h"
#include "tests/lib/broker.h"
#include "tests/lib/httpd.h"
#include "tests/lib/seat.h"
#include "tests/unit/channels_smpp_peer.h"

/* What is open in one test. */
static struct {
	struct loop *loop;
	struct seat seat;
	/* webhook */
	struct httpd *httpd;
	bool quiet;
	int port;
	/* mqtt */
	struct broker *broker;
	struct device *device;
	/* smpp */
	struct peer peer;
	unsigned answered; /* submits */
	uint32_t said;     /* the last deliver_sm */
	char text[64];
} bed;

struct far {
	const char *name;
	const struct channel_ops *ops;
	const char *to; /* somebody it reaches */
	bool dials;     /* a lost far side is seen at once */
	void (*start)(void);
	void (*stop)(void);
	void (*conf)(char *out, size_t size, unsigned window);
	/* Takes what is sent and does not answer; false: answers it all. */
	void (*quiet)(bool quiet);
	/* It dies; it is there again at the same place. */
	void (*kill)(void);
	void (*again)(void);
	/* Somebody says text; again after a while, until it is stored. NULL:
	 * nothing comes in. */
	void (*hear)(const char *text);
	void (*turn)(void); /* may be NULL */
};

/* ---- fake ------------------------------------------------------------------- */

static void fake_nothing(void)
{
}

static void fake_conf(char *out, size_t size, unsigned window)
{
	(void)snprintf(out, size, "fake f { window = %u  receipt = none }",
		       window);
}

static void fake_quiets(bool quiet)
{
	fake_quiet(bed.seat.c, quiet);
}

static void fake_kill(void)
{
	fake_far_side(bed.seat.c, false);
}

static void fake_again(void)
{
	fake_far_side(bed.seat.c, true);
}

static void fake_hears(const char *text)
{
	fake_hear(bed.seat.c, STR("+447700900001"), STR("80808"), str_of(text));
}

static const struct far far_fake = {
	.name = "fake",
	.ops = &fake_channel_ops,
	.to = "+447700900001",
	.dials = true,
	.start = fake_nothing,
	.stop = fake_nothing,
	.conf = fake_conf,
	.quiet = fake_quiets,
	.kill = fake_kill,
	.again = fake_again,
	.hear = fake_hears,
};

/* ---- webhook ---------------------------------------------------------------- */

static void web_serve(void *owner UNUSED, struct httpd_conn *c,
		      const struct httpd_request *r UNUSED)
{
	if (!bed.quiet)
		httpd_answer(c, 200, "", STR("{}"));
}

static void web_start(void)
{
	bed.httpd = httpd_open(bed.loop, web_serve, NULL);
	bed.port = httpd_port(bed.httpd);
}

static void web_stop(void)
{
	httpd_close(&bed.httpd);
}

static void web_conf(char *out, size_t size, unsigned window)
{
	(void)snprintf(out, size,
		       "webhook w { url = \"http://127.0.0.1:%d/\"  "
		       "secret = \"0123456789abcdef\"  window = %u  "
		       "allow = {\"127.0.0.0/8\"} }",
		       bed.port, window);
}

static void web_quiet(bool quiet)
{
	bed.quiet = quiet;
	if (!quiet)
		httpd_answer_rest(bed.httpd);
}

static void web_again(void)
{
	bed.httpd = httpd_open_at(bed.loop, bed.port, web_serve, NULL);
}

static const struct far far_webhook = {
	.name = "webhook",
	.ops = &webhook_channel_ops,
	.to = "wx:alice",
	.start = web_start,
	.stop = web_stop,
	.conf = web_conf,
	.quiet = web_quiet,
	.kill = web_stop,
	.again = web_again,
};

/* ---- mqtt ------------------------------------------------------------------- */

static void mqtt_device(void)
{
	static const char *const filters[] = { "carillon/+/to/+",
					       "carillon/+/out/+", NULL };

	bed.device = device_open(bed.broker, "dev-1", filters);
}

static void mqtt_start(void)
{
	bed.broker = broker_start(NULL);
	mqtt_device();
}

static void mqtt_stop(void)
{
	device_close(&bed.device);
	broker_stop(&bed.broker);
}

static void mqtt_conf(char *out, size_t size, unsigned window)
{
	(void)snprintf(out, size,
		       "mqtt m { url = \"mqtt://127.0.0.1:%d\"  client_id = c  "
		       "window = %u  reconnect_min = 20ms  "
		       "reconnect_max = 50ms }",
		       broker_port(bed.broker), window);
}

static void mqtt_quiet(bool quiet)
{
	broker_freeze(bed.broker, quiet);
}

static void mqtt_kill(void)
{
	device_close(&bed.device);
	broker_kill(bed.broker);
}

static void mqtt_again(void)
{
	broker_again(bed.broker);
	mqtt_device();
}

static void mqtt_hear(const char *text)
{
	char json[256];

	(void)snprintf(json, sizeof(json),
		       "{\"from\":\"dev-1\",\"text\":\"%s\"}", text);
	device_publish(bed.device, "carillon/acme/reply", json, NULL, NULL);
}

static void mqtt_turn(void)
{
	if (bed.device != NULL)
		device_turn(bed.device);
}

static const struct far far_mqtt = {
	.name = "mqtt",
	.ops = &mqtt_channel_ops,
	.to = "dev-1",
	.dials = true,
	.start = mqtt_start,
	.stop = mqtt_stop,
	.conf = mqtt_conf,
	.quiet = mqtt_quiet,
	.kill = mqtt_kill,
	.again = mqtt_again,
	.hear = mqtt_hear,
	.turn = mqtt_turn,
};

/* ---- smpp ------------------------------------------------------------------- */

static void sm_start(void)
{
	peer_open(&bed.peer, bed.loop);
	bed.port = listener_port(bed.peer.listener);
}

static void sm_stop(void)
{
	peer_close(&bed.peer);
}

static void sm_conf(char *out, size_t size, unsigned window)
{
	(void)snprintf(out, size,
		       "smpp s { host = \"127.0.0.1\"  port = %d  "
		       "system_id = s  password = p  source = DEMO  "
		       "window = %u  reconnect_min = 20ms  "
		       "reconnect_max = 50ms }",
		       bed.port, window);
}

static void sm_quiet(bool quiet)
{
	struct peer *p = &bed.peer;
	unsigned n = 0;

	p->answer = quiet ? PEER_IS_MUTE : PEER_TAKES;
	if (quiet) {
		bed.answered = peer_count(p, SMPP_SUBMIT_SM);
		return;
	}
	for (unsigned i = 0; i < p->nheard; i++) {
		if (p->heard[i].pdu.id == SMPP_SUBMIT_SM && n++ >= bed.answered)
			peer_submit(p, p->heard[i].conn, &p->heard[i].pdu);
	}
}

static void sm_kill(void)
{
	peer_close(&bed.peer);
	memset(&bed.peer, 0, sizeof(bed.peer));
}

static void sm_again(void)
{
	bed.peer = (struct peer){ .loop = bed.loop, .version = 0x34 };
	buf_init(&bed.peer.slow, BUF_NO_LIMIT);
	peer_listen(&bed.peer, bed.loop, bed.port);
}

static void sm_say(void)
{
	bed.said = peer_says(&bed.peer, bed.peer.conns - 1, 0, 0,
			     str_of(bed.text));
}

static void sm_hear(const char *text)
{
	(void)snprintf(bed.text, sizeof(bed.text), "%s", text);
	sm_say();
}

/* An SMSC tries again what was refused. */
static void sm_turn(void)
{
	if (bed.said != 0 && peer_answered(&bed.peer, bed.said) > 0)
		sm_say();
}

static const struct far far_smpp = {
	.name = "smpp",
	.ops = &smpp_channel_ops,
	.to = "+447700900001",
	.dials = true,
	.start = sm_start,
	.stop = sm_stop,
	.conf = sm_conf,
	.quiet = sm_quiet,
	.kill = sm_kill,
	.again = sm_again,
	.hear = sm_hear,
	.turn = sm_turn,
};
