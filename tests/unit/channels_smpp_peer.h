/* An SMSC in the test's own process: does what it is told, and writes down
 * what it hears. For the tests of channels/smpp alone. */
#pragma once

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/stats.h"
#include "base/stream.h"
#include "channels/smpp/channel.h"
#include "proto/smpp_read.h"
#include "proto/smpp_status.h"
#include "proto/smpp_write.h"
#include "tests/lib/seat.h"

enum { PEER_CONNS = 16, PEER_HEARD = 4096 };

enum peer_answer {
	PEER_TAKES,   /* submit_sm_resp with an id, at once */
	PEER_REFUSES, /* with peer.status */
	PEER_NACKS,   /* generic_nack with peer.status */
	PEER_IS_MUTE,
};

struct peer_pdu {
	unsigned conn;
	char *bytes;
	struct smpp_pdu pdu;
};

struct peer_conn {
	struct peer *peer;
	struct stream *stream;
	bool bound;
	bool gone;
};

struct peer {
	struct loop *loop;
	struct listener *listener;
	struct peer_conn conn[PEER_CONNS];
	unsigned conns;
	struct peer_pdu heard[PEER_HEARD];
	unsigned nheard;
	unsigned nacks;
	uint32_t seq;
	unsigned ids;

	enum peer_answer answer;
	uint32_t status;      /* of REFUSES and NACKS */
	uint32_t bind_status; /* != 0: binds are refused */
	int version;          /* sc_interface_version; -1: none */
	bool mute_binds, mute_links, mute_unbinds;
	bool drops_submits; /* closes at the first one */
	bool bytewise;      /* writes one byte a turn */
	struct buf slow;
	unsigned slow_conn;
	unsigned open_now, open_most; /* submits without an answer */
};

/* Of the listener that peer_listen makes next; NULL: plain. */
static UNUSED const struct tls_cfg *peer_tls;

static UNUSED void peer_write(struct peer *p, unsigned conn, struct str bytes)
{
	struct stream *s = p->conn[conn].stream;

	if (s == NULL)
		return;
	if (p->bytewise) {
		buf_str_put(&p->slow, bytes);
		p->slow_conn = conn;
		return;
	}
	assert_int_equal(stream_write(s, bytes.p, bytes.len), 0);
}

/* One byte, if there is one: call it once a turn. */
static UNUSED void peer_drip(struct peer *p)
{
	struct stream *s = p->conn[p->slow_conn].stream;

	if (p->slow.len == 0 || s == NULL)
		return;
	assert_int_equal(stream_write(s, p->slow.p, 1), 0);
	buf_eat(&p->slow, 1);
}

static UNUSED void peer_head(struct peer *p, unsigned conn, uint32_t command,
			     uint32_t status, uint32_t seq)
{
	struct buf b;

	buf_init(&b, 64);
	assert_int_equal(smpp_write_head(&b, command, status, seq), 0);
	peer_write(p, conn, buf_str(&b));
	buf_done(&b);
}

static UNUSED void peer_resp(struct peer *p, unsigned conn, uint32_t status,
			     uint32_t seq, const char *id)
{
	struct buf b;

	buf_init(&b, 256);
	assert_int_equal(smpp_write_resp(&b, SMPP_SUBMIT_SM_RESP, status, seq,
					 str_of(id)),
			 0);
	peer_write(p, conn, buf_str(&b));
	buf_done(&b);
	p->open_now--;
}

static UNUSED void peer_drop(struct peer *p, unsigned conn)
{
	stream_close(&p->conn[conn].stream);
	p->conn[conn].gone = true;
	p->open_now = 0;
}

static void peer_submit(struct peer *p, unsigned conn,
			const struct smpp_pdu *pdu)
{
	char id[16];

	p->open_now++;
	p->open_most = MAX(p->open_most, p->open_now);
	if (p->drops_submits) {
		peer_drop(p, conn);
		return;
	}
	switch (p->answer) {
	case PEER_TAKES:
		(void)snprintf(id, sizeof(id), "ID%u", ++p->ids);
		peer_resp(p, conn, 0, pdu->seq, id);
		break;
	case PEER_REFUSES:
		peer_resp(p, conn, p->status, pdu->seq, "");
		break;
	case PEER_NACKS:
		peer_head(p, conn, SMPP_GENERIC_NACK, p->status, pdu->seq);
		p->open_now--;
		break;
	case PEER_IS_MUTE:
		break;
	}
}

static void peer_bind(struct peer *p, unsigned conn, const struct smpp_pdu *pdu)
{
	struct buf b;

	if (p->mute_binds)
		return;
	buf_init(&b, 256);
	assert_int_equal(smpp_write_bind_resp(&b, pdu->id | SMPP_RESP,
					      p->bind_status, pdu->seq,
					      STR("peer"), p->version),
			 0);
	peer_write(p, conn, buf_str(&b));
	buf_done(&b);
	p->conn[conn].bound = p->bind_status == 0;
}

static void peer_take(struct peer *p, unsigned conn, const struct smpp_pdu *pdu)
{
	switch ((enum smpp_command)pdu->id) {
	case SMPP_BIND_TRANSCEIVER:
	case SMPP_BIND_TRANSMITTER:
	case SMPP_BIND_RECEIVER:
		peer_bind(p, conn, pdu);
		break;
	case SMPP_SUBMIT_SM:
		peer_submit(p, conn, pdu);
		break;
	case SMPP_ENQUIRE_LINK:
		if (!p->mute_links)
			peer_head(p, conn, SMPP_ENQUIRE_LINK_RESP, 0, pdu->seq);
		break;
	case SMPP_UNBIND:
		if (!p->mute_unbinds)
			peer_head(p, conn, SMPP_UNBIND_RESP, 0, pdu->seq);
		break;
	case SMPP_GENERIC_NACK:
		p->nacks++;
		break;
	default: /* the rest of the protocol is only written down */
		break;
	}
}

static size_t peer_bytes(void *owner, struct str data)
{
	struct peer_conn *c = owner;
	struct peer *p = c->peer;
	size_t at = 0;
	struct str frame;
	uint32_t why;

	while (c->stream != NULL &&
	       smpp_frame(str_from(data, at), SMPP_PDU_MAX, &frame) == 0) {
		must(p->nheard < PEER_HEARD);
		struct peer_pdu *h = &p->heard[p->nheard++];
		h->conn = (unsigned)(c - p->conn);
		h->bytes = mem_dup(frame.p, frame.len);
		assert_int_equal(smpp_read(str_bytes(h->bytes, frame.len),
					   &h->pdu, &why),
				 0);
		at += frame.len;
		peer_take(p, h->conn, &h->pdu);
	}
	return c->stream == NULL ? 0 : at;
}

static void peer_down(void *owner, int rc UNUSED)
{
	struct peer_conn *c = owner;

	stream_close(&c->stream);
	c->gone = true;
	c->peer->open_now = 0;
}

static const struct stream_events peer_stream_events = { NULL, peer_bytes, NULL,
							 peer_down };

static void peer_accept(void *owner, struct stream *s)
{
	struct peer *p = owner;
	must(p->conns < PEER_CONNS);
	struct peer_conn *c = &p->conn[p->conns++];

	c->peer = p;
	c->stream = s;
	stream_adopt(s, &peer_stream_events, c);
}

static UNUSED void peer_listen(struct peer *p, struct loop *l, int port)
{
	const struct stream_cfg sc = { .max_read = 1 << 20,
				       .high_bytes = 1 << 20,
				       .low_bytes = 1 << 16,
				       .tls = peer_tls };
	char address[32];
	struct err err;

	(void)snprintf(address, sizeof(address), "127.0.0.1:%d", port);
	assert_int_equal(listener_open(&p->listener, l, address, &sc,
				       peer_accept, p, &err),
			 0);
}

/* Dials, as an SMSC that has something for us. */
static UNUSED unsigned peer_dial(struct peer *p, int port)
{
	const struct stream_cfg sc = { .max_read = 1 << 20,
				       .high_bytes = 1 << 20,
				       .low_bytes = 1 << 16,
				       .dial_timeout_ms = 1000 };
	struct sockaddr_storage to = { 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)&to;

	must(p->conns < PEER_CONNS);
	struct peer_conn *c = &p->conn[p->conns++];
	c->peer = p;
	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)port);
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(stream_dial(&c->stream, p->loop, &to, &sc,
				     &peer_stream_events, c),
			 0);
	return p->conns - 1;
}

static UNUSED void peer_open(struct peer *p, struct loop *l)
{
	*p = (struct peer){ .loop = l, .version = 0x34 };
	buf_init(&p->slow, BUF_NO_LIMIT);
	peer_listen(p, l, 0);
}

static UNUSED void peer_close(struct peer *p)
{
	listener_close(&p->listener);
	for (unsigned i = 0; i < p->conns; i++)
		stream_close(&p->conn[i].stream);
	for (unsigned i = 0; i < p->nheard; i++)
		mem_free(p->heard[i].bytes);
	buf_done(&p->slow);
}

/* The n-th PDU of that kind, from 0; it must have been heard. */
static UNUSED const struct peer_pdu *peer_heard(const struct peer *p,
						uint32_t id, unsigned n)
{
	unsigned i = 0;

	while (i < p->nheard && (p->heard[i].pdu.id != id || n-- > 0))
		i++;
	must(i < p->nheard);
	return &p->heard[i];
}

static UNUSED unsigned peer_count(const struct peer *p, uint32_t id)
{
	unsigned n = 0;
	for (unsigned i = 0; i < p->nheard; i++)
		n += p->heard[i].pdu.id == id;
	return n;
}

/* What was answered to our deliver_sm with that number; -1: nothing yet. */
static UNUSED int64_t peer_answered(const struct peer *p, uint32_t seq)
{
	for (unsigned i = 0; i < p->nheard; i++)
		if ((p->heard[i].pdu.id == SMPP_DELIVER_SM_RESP ||
		     p->heard[i].pdu.id == SMPP_DATA_SM_RESP) &&
		    p->heard[i].pdu.seq == seq)
			return p->heard[i].pdu.status;
	return -1;
}

/* Sends a deliver_sm and gives its number. */
static UNUSED uint32_t peer_deliver(struct peer *p, unsigned conn,
				    const struct smpp_sm *sm)
{
	struct buf b;

	buf_init(&b, BUF_NO_LIMIT);
	assert_int_equal(smpp_write_deliver_sm(&b, ++p->seq, sm), 0);
	peer_write(p, conn, buf_str(&b));
	buf_done(&b);
	return p->seq;
}

/* A message or part from +447700900001 to 80808. */
static UNUSED uint32_t peer_says(struct peer *p, unsigned conn, uint8_t esm,
				 uint8_t dc, struct str text)
{
	return peer_deliver(p, conn,
			    &(struct smpp_sm){
				    .source = { 1, 1, STR("447700900001") },
				    .dest = { 3, 0, STR("80808") },
				    .esm_class = esm,
				    .data_coding = dc,
				    .text = text });
}
