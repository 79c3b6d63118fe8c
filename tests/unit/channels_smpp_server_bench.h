/* ESMEs in the test's own process, and an owner of the SMPP server that does
 * what it is told and writes down what it hears. For its tests alone. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/stats.h"
#include "base/stream.h"
#include "channels/smpp/server.h"
#include "proto/smpp_read.h"
#include "proto/smpp_status.h"
#include "proto/smpp_write.h"
#include "tests/lib/slower.h"

enum { CLIENTS = 24, HEARD = 2048, ASKED = 1024 };

/* ---- the owner ------------------------------------------------------------ */

/* One event; texts are copies. */
struct asked {
	char what; /* 's' submit, 'q' query, 'c' cancel */
	uint64_t ticket;
	unsigned account;
	char from[40], to[40], text[512];
	unsigned ndests;
	uint32_t dest_status[4];
	unsigned total, part, ref;
	uint8_t registered;
	int64_t send_at_ms, valid_until_ms;
};

struct owner {
	struct asked asked[ASKED];
	unsigned n;
	bool mute; /* do not answer by itself */
	uint32_t status;
	unsigned ids;
	unsigned window[16]; /* of accounts */
	unsigned windows;    /* times told */
	uint64_t attempt[HEARD];
	enum outcome_class class[HEARD];
	char reason[HEARD][32];
	unsigned ended;
	unsigned stopped;
};

static struct loop *loop;
static struct settings settings;
static struct smpp_server *server;
static struct owner owner;

static void put_text(char *dst, size_t size, struct str s)
{
	if (str_copy(dst, size, str_first(s, size - 1)) != 0)
		dst[0] = '\0';
}

static struct asked *asked_new(char what, uint64_t ticket, unsigned account)
{
	must(owner.n < ASKED);
	struct asked *a = &owner.asked[owner.n++];

	*a = (struct asked){ .what = what,
			     .ticket = ticket,
			     .account = account };
	return a;
}

static UNUSED void answer_as_told(const struct asked *a)
{
	const struct smpp_server_state st = { STR("m1"), MESSAGE_DELIVERED,
					      1795000000000 };
	const struct smpp_dest refused = { { 1, 1, STR("1") },
					   STR_NONE,
					   SMPP_RINVDSTADR };
	char id[16];

	(void)snprintf(id, sizeof(id), "m%u", ++owner.ids);
	if (a->what == 'q')
		smpp_server_answer_query(server, a->ticket, owner.status, &st);
	else if (a->ndests > 1)
		smpp_server_answer_multi(server, a->ticket, owner.status,
					 str_of(id), &refused, 1);
	else
		smpp_server_answer(server, a->ticket, owner.status, str_of(id));
}

static void on_submit(void *o UNUSED, const struct smpp_server_submit *m,
		      uint64_t ticket)
{
	struct asked *a = asked_new('s', ticket, m->account);

	put_text(a->from, sizeof(a->from), m->from);
	put_text(a->to, sizeof(a->to), str_of(m->dest[0].to));
	put_text(a->text, sizeof(a->text), m->text);
	a->ndests = m->ndests;
	for (unsigned i = 0; i < MIN(m->ndests, 4u); i++)
		a->dest_status[i] = m->dest[i].status;
	a->total = m->piece.total;
	a->part = m->piece.part;
	a->ref = m->piece.ref;
	a->registered = m->registered;
	a->send_at_ms = m->send_at_ms;
	a->valid_until_ms = m->valid_until_ms;
	if (!owner.mute)
		answer_as_told(a);
}

static void on_query(void *o UNUSED, unsigned account, struct str id,
		     uint64_t ticket)
{
	struct asked *a = asked_new('q', ticket, account);

	put_text(a->text, sizeof(a->text), id);
	if (!owner.mute)
		answer_as_told(a);
}

static void on_cancel(void *o UNUSED, const struct smpp_server_cancel *c,
		      uint64_t ticket)
{
	struct asked *a = asked_new('c', ticket, c->account);

	put_text(a->text, sizeof(a->text), c->message_id);
	put_text(a->from, sizeof(a->from), c->from);
	put_text(a->to, sizeof(a->to), c->to);
	if (!owner.mute)
		answer_as_told(a);
}

static void on_receivers(void *o UNUSED, unsigned account, unsigned window)
{
	owner.window[account] = window;
	owner.windows++;
}

static void on_delivered(void *o UNUSED, uint64_t attempt,
			 const struct outcome *out)
{
	unsigned i = owner.ended++;

	owner.attempt[i] = attempt;
	owner.class[i] = out->class;
	put_text(owner.reason[i], sizeof(owner.reason[i]), out->reason);
}

static UNUSED void on_stopped(void *o UNUSED)
{
	owner.stopped++;
}

static const struct smpp_server_events events = {
	on_submit, on_query, on_cancel, on_receivers, on_delivered,
};

/* ---- opening -------------------------------------------------------------- */

static UNUSED struct settings accounts_of(const char *text)
{
	struct settings s = { 0 };
	struct faults f = { 0 };

	if (settings_parse(text, "accounts", &smpp_account_settings, 1, &s,
			   &f) != 0)
		fail_msg("%s", f.v[0]);
	faults_done(&f);
	return s;
}

#define TRX SMPP_BIND_TRANSCEIVER
#define TX SMPP_BIND_TRANSMITTER
#define RX SMPP_BIND_RECEIVER

#define ACCOUNT                                                      \
	"esme demo { password = \"secret\" allow = {\"127.0.0.1\"} " \
	"class = service senders = {\"DEMOCARE\", \"9990*\"} binds = 8 "

/* A test that has to wait for minutes turns one of its own. */
static UNUSED const struct clock_ops *bench_clock = &clock_real;

/* more: rows of the section; accounts: a whole file, or NULL for one that may
 * do everything. */
static UNUSED void begin_with(const char *more, const char *accounts)
{
	char conf[1024];
	struct faults f = { 0 };
	struct settings acc =
		accounts_of(accounts == NULL ? ACCOUNT "}" : accounts);
	struct err err = { "" };

	owner = (struct owner){ 0 };
	(void)snprintf(conf, sizeof(conf),
		       "smpp_server main { listen = \"127.0.0.1:0\" "
		       "accounts = x unbind_timeout = 100ms %s }",
		       more);
	if (settings_parse(conf, "test", &smpp_server_settings, 1, &settings,
			   &f) != 0)
		fail_msg("%s", f.v[0]);
	faults_done(&f);
	assert_int_equal(loop_open(&loop, NULL), 0);
	const struct smpp_server_env env = {
		.loop = loop,
		.clock = bench_clock,
		.name = "main",
		.cfg = settings.v[0].value,
		.events = &events,
		.owner = &owner,
	};
	if (smpp_server_open(&server, &env, &acc, &err) != 0)
		fail_msg("%s", err.text);
}

static UNUSED void begin(const char *more)
{
	begin_with(more, NULL);
}

/* ---- clients -------------------------------------------------------------- */

struct heard {
	char *bytes;
	struct smpp_pdu pdu;
};

struct client {
	struct stream *stream;
	struct heard heard[HEARD];
	unsigned n;
	uint32_t seq;
	bool up, gone;
	bool mute;               /* does not answer deliver_sm */
	uint32_t deliver_status; /* else: with this */
};

static struct client clients[CLIENTS];

static void client_write(struct client *c, struct str bytes)
{
	if (c->stream != NULL)
		assert_int_equal(stream_write(c->stream, bytes.p, bytes.len),
				 0);
}

static UNUSED void client_head(struct client *c, uint32_t id, uint32_t status,
			       uint32_t seq)
{
	struct buf b;

	buf_init(&b, 64);
	assert_int_equal(smpp_write_head(&b, id, status, seq), 0);
	client_write(c, buf_str(&b));
	buf_done(&b);
}

static void client_up(void *o)
{
	((struct client *)o)->up = true;
}

static size_t client_bytes(void *o, struct str data)
{
	struct client *c = o;
	size_t at = 0;
	struct str frame;
	uint32_t why;

	while (smpp_frame(str_from(data, at), SMPP_PDU_MAX, &frame) == 0) {
		must(c->n < HEARD);
		struct heard *h = &c->heard[c->n++];

		h->bytes = mem_dup(frame.p, frame.len);
		assert_int_equal(smpp_read(str_bytes(h->bytes, frame.len),
					   &h->pdu, &why),
				 0);
		at += frame.len;
		if (h->pdu.id == SMPP_DELIVER_SM && !c->mute)
			client_head(c, SMPP_DELIVER_SM_RESP, c->deliver_status,
				    h->pdu.seq);
	}
	return at;
}

static void client_down(void *o, int rc UNUSED)
{
	struct client *c = o;

	stream_close(&c->stream);
	c->gone = true;
}

static const struct stream_events client_events = { client_up, client_bytes,
						    NULL, client_down };

static void nothing(void *o UNUSED)
{
}

static UNUSED void turn(void)
{
	struct loop_timer *t = loop_timer_new(loop, nothing, NULL);

	loop_timer_set(t, 2);
	loop_turn(loop, true);
	loop_timer_free(&t);
}

#define HOLDS(ms, condition)                                     \
	({                                                       \
		uint64_t u_ = clock_mono_ms(&clock_real) + (ms); \
		bool ok_;                                        \
		while (!(ok_ = (condition)) &&                   \
		       clock_mono_ms(&clock_real) < u_)          \
			turn();                                  \
		ok_;                                             \
	})
#define UNTIL(condition) assert_true(HOLDS(20000ul * slower(), condition))

static UNUSED void rest(uint64_t ms)
{
	assert_false(HOLDS(ms, false));
}

static UNUSED struct client *dial(unsigned i)
{
	struct client *c = &clients[i];
	const struct stream_cfg cfg = { .max_read = 1 << 20,
					.high_bytes = 1 << 20,
					.low_bytes = 1 << 16 };
	struct sockaddr_storage to = { 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)&to;

	*c = (struct client){ 0 };
	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)smpp_server_port(server));
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(stream_dial(&c->stream, loop, &to, &cfg,
				     &client_events, c),
			 0);
	UNTIL(c->up || c->gone);
	return c;
}

/* The n-th PDU of that kind, from 0; NULL: it has not come. */
static UNUSED const struct smpp_pdu *heard(const struct client *c, uint32_t id,
					   unsigned n)
{
	for (unsigned i = 0; i < c->n; i++)
		if (c->heard[i].pdu.id == id && n-- == 0)
			return &c->heard[i].pdu;
	return NULL;
}

static UNUSED unsigned count(const struct client *c, uint32_t id)
{
	unsigned n = 0;

	for (unsigned i = 0; i < c->n; i++)
		n += c->heard[i].pdu.id == id;
	return n;
}

static UNUSED void ask_bind(struct client *c, uint32_t command,
			    const char *system_id, const char *password)
{
	struct buf b;

	buf_init(&b, 512);
	assert_int_equal(smpp_write_bind(&b, command, ++c->seq,
					 &(struct smpp_bind){
						 str_of(system_id),
						 str_of(password),
						 STR_NONE,
						 0x34,
						 { 0, 0, STR_NONE } }),
			 0);
	client_write(c, buf_str(&b));
	buf_done(&b);
}

/* Binds, and gives the status of the response. */
static UNUSED uint32_t bind_as(struct client *c, uint32_t command,
			       const char *system_id, const char *password)
{
	unsigned had = count(c, command | SMPP_RESP);

	ask_bind(c, command, system_id, password);
	UNTIL(count(c, command | SMPP_RESP) > had);
	const struct smpp_pdu *p = heard(c, command | SMPP_RESP, had);
	must(p != NULL);
	assert_int_equal(p->seq, c->seq);
	return p->status;
}

static UNUSED struct client *bound(unsigned i, uint32_t command)
{
	struct client *c = dial(i);

	assert_int_equal(bind_as(c, command, "demo", "secret"), 0);
	return c;
}

static UNUSED const struct smpp_sm plain_sm = {
	.source = { 5, 0, { "DEMOCARE", 8 } },
	.dest = { 1, 1, { "447700900001", 12 } },
	.registered_delivery = 1,
	.text = { "hello", 5 },
	.service_type = { "", 0 },
	.schedule = { "", 0 },
	.validity = { "", 0 },
};

static UNUSED uint32_t send_sm(struct client *c, const struct smpp_sm *sm)
{
	struct buf b;

	buf_init(&b, BUF_NO_LIMIT);
	assert_int_equal(smpp_write_submit_sm(&b, ++c->seq, sm), 0);
	client_write(c, buf_str(&b));
	buf_done(&b);
	return c->seq;
}

/* Sends it and gives the status of its response. */
static UNUSED uint32_t submit_status(struct client *c, const struct smpp_sm *sm)
{
	unsigned had = count(c, SMPP_SUBMIT_SM_RESP);
	uint32_t seq = send_sm(c, sm);

	UNTIL(count(c, SMPP_SUBMIT_SM_RESP) > had);
	const struct smpp_pdu *p = heard(c, SMPP_SUBMIT_SM_RESP, had);
	assert_int_equal(p->seq, seq);
	return p->status;
}

static int64_t connected(void)
{
	int64_t n = 0;

	for (unsigned i = 0; i < CLIENTS; i++)
		n += clients[i].stream != NULL;
	return n;
}

/* Gone, and the server has seen it. */
static UNUSED void hang_up(struct client *c)
{
	const struct stat *n =
		stats_get(STAT_GAUGE, "smpp_server_connections",
			  "Connections of ESMEs.", "server=\"main\"");

	stream_close(&c->stream);
	c->gone = true;
	UNTIL(stat_value(n) <= connected());
}

static UNUSED void end(void)
{
	for (unsigned i = 0; i < CLIENTS; i++) {
		stream_close(&clients[i].stream);
		for (unsigned k = 0; k < clients[i].n; k++)
			mem_free(clients[i].heard[k].bytes);
		clients[i].n = 0;
	}
	smpp_server_close(&server);
	for (int i = 0; i < 3; i++)
		loop_turn(loop, false);
	loop_close(&loop);
	settings_done(&settings);
	stats_reset_all();
	assert_int_equal(mem_live_blocks(), 0);
}

static UNUSED int bench_setup(void **state UNUSED)
{
	secret_init();
	log_open(2, LOG_ERROR + 1);
	return 0;
}
