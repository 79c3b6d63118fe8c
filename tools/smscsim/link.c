/* The SMSC's side of a session: bind, keep-alive, unbind, and the numbering
 * of what it sends. */
#include "tools/smscsim/link.h"

#include <errno.h>

#include "base/fsm.h"
#include "base/map.h"
#include "base/mem.h"
#include "proto/smpp_status.h"

#define LINK_DELIVERS_MAX 200 /* deliver_sm without an answer */
#define LINK_NACKS_MAX 10     /* PDUs nobody can read, then it is closed */

enum link_state { LINK_OPEN, LINK_TX, LINK_RX, LINK_TRX, LINK_GONE };

static const struct fsm_state link_states[] = {
	[LINK_OPEN] = { "open", 0,
			BIT(LINK_TX) | BIT(LINK_RX) | BIT(LINK_TRX) |
				BIT(LINK_GONE) },
	[LINK_TX] = { "tx", 0, BIT(LINK_GONE) },
	[LINK_RX] = { "rx", 0, BIT(LINK_GONE) },
	[LINK_TRX] = { "trx", 0, BIT(LINK_GONE) },
	[LINK_GONE] = { "gone", 0, 0 },
};

static const struct fsm link_fsm = { "link", link_states,
				     ARRAY_LEN(link_states) };

struct link {
	uint64_t id;
	struct fsm_run run;
	struct stream *stream;
	const struct link_events *ev;
	void *owner;
	uint32_t seq;
	struct map *delivers; /* seq -> ticket */
	unsigned unanswered;
	unsigned nacks;
	bool mute;
	bool reading; /* inside link_bytes: ending waits */
	bool dropped;
	bool leave; /* close when the answer is written */
	struct buf out;
};

static const struct stream_events link_stream_events;

struct link *link_new(struct stream *s, uint64_t id,
		      const struct link_events *ev, void *owner)
{
	must(s != NULL && ev != NULL);
	struct link *l = mem_new(struct link);

	l->id = id;
	l->stream = s;
	l->ev = ev;
	l->owner = owner;
	l->delivers = map_new();
	buf_init(&l->out, SMPP_PDU_MAX * 2);
	fsm_init(&l->run, &link_fsm, stream_peer(s), LINK_OPEN);
	stream_adopt(s, &link_stream_events, l);
	return l;
}

static void link_end(struct link *l)
{
	size_t at = 0;
	uint64_t seq, ticket;

	fsm_move(&l->run, LINK_GONE);
	while (map_next(l->delivers, &at, &seq, &ticket))
		l->ev->answered(l->owner, (void *)(uintptr_t)ticket, LINK_LOST);
	l->ev->gone(l->owner, l);
	map_free(&l->delivers);
	stream_close(&l->stream);
	buf_done(&l->out);
	mem_free(l);
}

void link_drop(struct link *l)
{
	must(l != NULL);
	l->dropped = true;
	if (!l->reading)
		link_end(l);
}

/* ---- what others ask ------------------------------------------------------ */

uint64_t link_id(const struct link *l)
{
	must(l != NULL);
	return l->id;
}

bool link_bound(const struct link *l)
{
	must(l != NULL);
	return l->run.state != LINK_OPEN && l->run.state != LINK_GONE;
}

bool link_receives(const struct link *l)
{
	must(l != NULL);
	return (l->run.state == LINK_RX || l->run.state == LINK_TRX) &&
	       !l->dropped && map_len(l->delivers) < LINK_DELIVERS_MAX &&
	       !stream_full(l->stream);
}

unsigned link_unanswered(const struct link *l)
{
	must(l != NULL);
	return l->unanswered;
}

void link_mute(struct link *l, bool mute)
{
	must(l != NULL);
	l->mute = mute;
}

/* ---- writing -------------------------------------------------------------- */

/* Sends what smpp_write put into l->out. A peer that is gone is told by the
 * stream's `down`. */
static void link_send(struct link *l, int rc)
{
	must(rc == 0);
	if (!l->mute)
		IGNORE(stream_write(l->stream, l->out.p, l->out.len));
	buf_reset(&l->out);
}

static void link_head(struct link *l, uint32_t command, uint32_t status,
		      uint32_t seq)
{
	link_send(l, smpp_write_head(&l->out, command, status, seq));
}

static uint32_t link_next_seq(struct link *l)
{
	l->seq = l->seq >= SMPP_SEQ_MAX ? 1 : l->seq + 1;
	return l->seq;
}

void link_swallow(struct link *l)
{
	must(l != NULL && l->unanswered > 0);
	l->unanswered--;
}

void link_respond(struct link *l, uint32_t command, uint32_t status,
		  uint32_t seq, struct str id)
{
	link_swallow(l);
	uint32_t resp = command | SMPP_RESP;

	if (status != 0)
		link_head(l, resp, status, seq);
	else if (command == SMPP_SUBMIT_MULTI)
		link_send(l, smpp_write_multi_resp(&l->out, seq, id, NULL, 0));
	else
		link_send(l, smpp_write_resp(&l->out, resp, 0, seq, id));
}

void link_respond_query(struct link *l, uint32_t seq, struct str id,
			uint8_t state)
{
	link_swallow(l);
	link_send(l,
		  smpp_write_query_resp(&l->out, seq, id, STR_NONE, state, 0));
}

int link_deliver(struct link *l, const struct smpp_sm *sm, bool data,
		 void *ticket)
{
	must(l != NULL && sm != NULL && ticket != NULL);
	uint32_t seq = link_next_seq(l);

	int rc = data ? smpp_write_data_sm(&l->out, seq, sm)
		      : smpp_write_deliver_sm(&l->out, seq, sm);
	if (rc < 0)
		return -EINVAL;
	map_set_ptr(l->delivers, seq, ticket);
	link_send(l, 0);
	return 0;
}

void link_enquire(struct link *l)
{
	must(l != NULL);
	link_head(l, SMPP_ENQUIRE_LINK, 0, link_next_seq(l));
}

/* ---- reading -------------------------------------------------------------- */

static void link_nack(struct link *l, uint32_t status, uint32_t seq)
{
	link_head(l, SMPP_GENERIC_NACK, status, seq);
	l->leave = ++l->nacks >= LINK_NACKS_MAX;
}

static void link_bind(struct link *l, const struct smpp_pdu *pdu)
{
	uint32_t status = SMPP_RALYBND;
	int version = pdu->interface_version >= SMPP_VERSION_34
			      ? SMPP_VERSION_34
			      : -1;

	if (!link_bound(l))
		status = l->ev->bind(l->owner, pdu);
	if (status == 0 && !l->mute)
		fsm_move(&l->run, pdu->id == SMPP_BIND_TRANSMITTER ? LINK_TX
				  : pdu->id == SMPP_BIND_RECEIVER  ? LINK_RX
								   : LINK_TRX);
	link_send(l, smpp_write_bind_resp(&l->out, pdu->id | SMPP_RESP, status,
					  pdu->seq, STR("SMSCSIM"), version));
}

static void link_answered(struct link *l, const struct smpp_pdu *pdu)
{
	uint64_t ticket;

	/* Late, or to nothing: that is the peer's affair. */
	if (map_del(l->delivers, pdu->seq, &ticket))
		l->ev->answered(l->owner, (void *)(uintptr_t)ticket,
				pdu->status);
}

/* Requests that need a bound link, and which way. */
static void link_request(struct link *l, const struct smpp_pdu *pdu)
{
	if (l->run.state != LINK_TX && l->run.state != LINK_TRX) {
		link_head(l, pdu->id | SMPP_RESP, SMPP_RINVBNDSTS, pdu->seq);
		return;
	}
	l->unanswered++;
	l->ev->request(l->owner, l, pdu);
}

static void link_pdu(struct link *l, const struct smpp_pdu *pdu)
{
	switch (pdu->id) {
	case SMPP_BIND_TRANSMITTER:
	case SMPP_BIND_RECEIVER:
	case SMPP_BIND_TRANSCEIVER:
		link_bind(l, pdu);
		return;
	case SMPP_UNBIND:
		link_head(l, SMPP_UNBIND_RESP, 0, pdu->seq);
		l->leave = true;
		return;
	case SMPP_ENQUIRE_LINK:
		link_head(l, SMPP_ENQUIRE_LINK_RESP, 0, pdu->seq);
		return;
	case SMPP_DELIVER_SM_RESP:
	case SMPP_DATA_SM_RESP:
	case SMPP_GENERIC_NACK:
		link_answered(l, pdu);
		return;
	case SMPP_SUBMIT_SM:
	case SMPP_DATA_SM:
	case SMPP_SUBMIT_MULTI:
	case SMPP_QUERY_SM:
	case SMPP_CANCEL_SM:
	case SMPP_REPLACE_SM:
		link_request(l, pdu);
		return;
	default: /* a number off the wire */
		if ((pdu->id & SMPP_RESP) == 0)
			link_nack(l, SMPP_RINVCMDID, pdu->seq);
	}
}

static void link_frame(struct link *l, struct str frame)
{
	struct smpp_pdu pdu;
	uint32_t why;

	if (smpp_read(frame, &pdu, &why) < 0)
		link_nack(l, why, smpp_peek_seq(frame));
	else
		link_pdu(l, &pdu);
}

static size_t link_frames(struct link *l, struct str data)
{
	struct str frame, rest = data;

	while (!l->dropped && !l->leave) {
		int rc = smpp_frame(rest, SMPP_PDU_MAX, &frame);
		if (rc == -EBADMSG) {
			link_nack(l, SMPP_RINVCMDLEN, smpp_peek_seq(rest));
			l->leave = true;
		}
		if (rc < 0)
			break;
		link_frame(l, frame);
		rest = str_from(rest, frame.len);
	}
	return data.len - rest.len;
}

static size_t link_bytes(void *owner, struct str data)
{
	struct link *l = owner;

	l->reading = true;
	size_t ate = link_frames(l, data);
	l->reading = false;
	if (!l->dropped && !l->leave)
		return ate;
	link_end(l);
	return data.len;
}

static void link_down(void *owner, int rc UNUSED)
{
	link_end(owner);
}

static const struct stream_events link_stream_events = {
	.bytes = link_bytes,
	.down = link_down,
};
