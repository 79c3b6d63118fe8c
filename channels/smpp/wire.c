/* Frames out of a stream, and what SMPP wants answered in any state. */
#include "channels/smpp/wire.h"

#include <errno.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "proto/smpp_status.h"
#include "proto/smpp_write.h"

#define WIRE_MAGIC 0x77697265u

enum {
	WIRE_READ_MAX = 2 * SMPP_PDU_MAX,
	WIRE_HIGH_BYTES = 1024 * 1024,
	WIRE_LOW_BYTES = 256 * 1024,
	/* So many good PDUs make up for one that was not: a bind lasts for
	 * months, and a peer with one odd habit is no flood. */
	WIRE_FORGIVES = 100,
};

/* While `busy` the wire is being read: closing it then only clears `stream`,
 * and the reader frees it. */
struct smpp_wire {
	uint32_t magic;
	struct smpp_wire_cfg cfg;
	const struct smpp_wire_events *ev;
	void *owner;
	struct stream *stream; /* NULL: closed inside an event */
	bool busy;
	bool paused;
	bool heard;         /* anything, since the last enquire_link */
	bool asked;         /* an enquire_link was sent */
	unsigned silent;    /* intervals in a row */
	unsigned malformed; /* of those not forgiven yet */
	unsigned good;      /* PDUs since the last one was */
	uint32_t seq;       /* last one given */
	unsigned recorded;  /* its number in the recording; 0: none */
	struct buf out;
};

static struct smpp_wire *of(void *owner)
{
	return MAGIC_CAST(struct smpp_wire, WIRE_MAGIC, owner);
}

static void wire_free(struct smpp_wire *w)
{
	buf_done(&w->out);
	w->magic = 0;
	mem_free(w);
}

/* ---- writing -------------------------------------------------------------- */

uint32_t smpp_wire_next(struct smpp_wire *w)
{
	must(w != NULL);
	w->seq = smpp_seq_after(w->seq);
	return w->seq;
}

int smpp_wire_write(struct smpp_wire *w, struct str pdus, unsigned n)
{
	must(w != NULL && w->stream != NULL);
	int rc = stream_write(w->stream, pdus.p, pdus.len);
	if (rc == 0) {
		stat_add(w->cfg.meter->pdus_out, n);
		recorder_pdus(w->cfg.meter->recorder, w->recorded, RECORDER_OUT,
			      pdus);
	}
	return rc;
}

static void wire_flush(struct smpp_wire *w)
{
	/* A lost connection is told by the stream's `down`. */
	if (w->stream != NULL && w->out.len > 0 &&
	    smpp_wire_write(w, buf_str(&w->out), 1) != 0)
		log_debug("smpp.unwritten", KV_S("link", w->cfg.link));
	buf_reset(&w->out);
}

void smpp_wire_head(struct smpp_wire *w, uint32_t command, uint32_t status,
		    uint32_t seq)
{
	must(w != NULL);
	int rc = smpp_write_head(&w->out, command, status, seq);
	must(rc == 0);
	wire_flush(w);
}

void smpp_wire_respond(struct smpp_wire *w, uint32_t command, uint32_t status,
		       uint32_t seq)
{
	must(w != NULL);
	int rc = smpp_write_resp(&w->out, command | SMPP_RESP, status, seq,
				 STR_NONE);
	must(rc == 0);
	wire_flush(w);
}

unsigned smpp_wire_enquire(struct smpp_wire *w)
{
	must(w != NULL);
	w->silent = w->asked && !w->heard ? w->silent + 1 : 0;
	w->heard = false;
	w->asked = true;
	smpp_wire_head(w, SMPP_ENQUIRE_LINK, 0, smpp_wire_next(w));
	return w->silent;
}

void smpp_wire_pause(struct smpp_wire *w, bool paused)
{
	must(w != NULL && w->stream != NULL);
	w->paused = paused;
	stream_pause(w->stream, paused);
}

bool smpp_wire_full(const struct smpp_wire *w)
{
	must(w != NULL && w->stream != NULL);
	return stream_full(w->stream);
}

const char *smpp_wire_peer(const struct smpp_wire *w)
{
	must(w != NULL && w->stream != NULL);
	return stream_peer(w->stream);
}

const char *smpp_wire_secured(const struct smpp_wire *w)
{
	must(w != NULL && w->stream != NULL);
	return stream_secured(w->stream);
}

/* ---- reading -------------------------------------------------------------- */

/* By the command's own response where it has one. */
static void answer_bad(struct smpp_wire *w, const struct smpp_head *h,
		       uint32_t why)
{
	if (why == SMPP_RINVCMDID || why == SMPP_RINVCMDLEN)
		smpp_wire_head(w, SMPP_GENERIC_NACK, why, h->seq);
	else if (h->id != SMPP_ALERT_NOTIFICATION && h->id != SMPP_OUTBIND)
		smpp_wire_head(w, h->id | SMPP_RESP, why, h->seq);
}

/*
 * A request that was not understood is answered, so that the peer is not left
 * waiting. A response is not: our nack would carry its number, which may be
 * that of a request of the peer's own.
 */
static void nack(struct smpp_wire *w, const struct smpp_head *h, uint32_t why)
{
	stat_add(w->cfg.meter->malformed, 1);
	w->malformed++;
	w->good = 0;
	if (smpp_meter_may_log(w->cfg.meter))
		log_warn("smpp.malformed", KV_S("link", w->cfg.link),
			 KV_S("peer", smpp_wire_peer(w)),
			 KV_HEX("command", h->id),
			 KV_S("status", smpp_status_name(why)),
			 KV_U("seq", h->seq));
	if ((h->id & SMPP_RESP) == 0)
		answer_bad(w, h, why);
	if (w->malformed >= w->cfg.malformed_max)
		w->ev->down(w->owner, -EBADMSG, "malformed");
}

static void forgive(struct smpp_wire *w)
{
	if (w->malformed == 0 || ++w->good < WIRE_FORGIVES)
		return;
	w->good = 0;
	w->malformed--;
}

static void take(struct smpp_wire *w, struct str frame)
{
	struct smpp_pdu pdu;
	uint32_t why;

	stat_add(w->cfg.meter->pdus_in, 1);
	recorder_pdus(w->cfg.meter->recorder, w->recorded, RECORDER_IN, frame);
	if (smpp_read(frame, &pdu, &why) != 0) {
		struct smpp_head h;
		int rc = smpp_read_head(frame, &h);
		must(rc == 0);
		nack(w, &h, why);
		return;
	}
	forgive(w);
	log_debug("smpp.pdu", KV_S("link", w->cfg.link),
		  KV_S("command", smpp_command_name(pdu.id)),
		  KV_HEX("status", pdu.status), KV_U("seq", pdu.seq));
	if (pdu.id == SMPP_ENQUIRE_LINK)
		smpp_wire_head(w, SMPP_ENQUIRE_LINK_RESP, 0, pdu.seq);
	else if (pdu.id != SMPP_ENQUIRE_LINK_RESP)
		w->ev->pdu(w->owner, &pdu);
}

/* The stream cannot be read any further. */
static void bad_length(struct smpp_wire *w, struct str data)
{
	if (smpp_meter_may_log(w->cfg.meter))
		log_warn("smpp.bad_length", KV_S("link", w->cfg.link),
			 KV_S("peer", smpp_wire_peer(w)));
	stat_add(w->cfg.meter->malformed, 1);
	smpp_wire_head(w, SMPP_GENERIC_NACK, SMPP_RINVCMDLEN,
		       smpp_peek_seq(data));
	w->ev->down(w->owner, -EBADMSG, "bad_length");
}

static size_t wire_bytes(void *owner, struct str data)
{
	struct smpp_wire *w = of(owner);
	size_t eaten = 0;

	w->heard = true;
	w->busy = true;
	while (w->stream != NULL && !w->paused) {
		struct str frame, rest = str_from(data, eaten);
		int rc = smpp_frame(rest, SMPP_PDU_MAX, &frame);
		if (rc == -EAGAIN)
			break;
		if (rc != 0) {
			bad_length(w, rest);
			eaten = data.len;
			break;
		}
		eaten += frame.len;
		take(w, frame);
	}
	w->busy = false;
	if (w->stream == NULL)
		wire_free(w);
	return eaten;
}

static void wire_up(void *owner)
{
	struct smpp_wire *w = of(owner);
	w->recorded = recorder_begin(w->cfg.meter->recorder, smpp_wire_peer(w));
	w->ev->up(w->owner);
}

static void wire_room(void *owner)
{
	struct smpp_wire *w = of(owner);
	if (w->ev->room != NULL)
		w->ev->room(w->owner);
}

static void wire_record_end(struct smpp_wire *w, const char *why)
{
	recorder_end(w->cfg.meter->recorder, w->recorded, why);
	w->recorded = 0;
}

static void wire_down(void *owner, int rc)
{
	struct smpp_wire *w = of(owner);
	const char *tls = stream_why(w->stream);

	wire_record_end(w, rc == 0 ? "closed_by_peer" : "connection_lost");
	if (tls[0] != '\0') {
		log_warn("smpp.tls", KV_S("link", w->cfg.link),
			 KV_S("peer", smpp_wire_peer(w)), KV_S("error", tls));
		w->ev->down(w->owner, rc, "tls_failed");
		return;
	}
	w->ev->down(w->owner, rc,
		    rc == 0         ? "closed_by_peer"
		    : rc == -ENOSPC ? "overflow"
		    : w->seq == 0   ? "no_route"
				    : "connection_lost");
}

static const struct stream_events wire_events = { wire_up, wire_bytes,
						  wire_room, wire_down };

/* ---- opening and closing -------------------------------------------------- */

static struct smpp_wire *wire_new(const struct smpp_wire_cfg *cfg,
				  const struct smpp_wire_events *ev,
				  void *owner)
{
	must(cfg != NULL && cfg->meter != NULL && cfg->link != NULL);
	must(ev != NULL && ev->pdu != NULL && ev->down != NULL);
	struct smpp_wire *w = mem_new(struct smpp_wire);
	w->magic = WIRE_MAGIC;
	w->cfg = *cfg;
	w->cfg.tls = NULL; /* borrowed for the dial */
	w->ev = ev;
	w->owner = owner;
	buf_init(&w->out, 4096);
	return w;
}

int smpp_wire_dial(struct smpp_wire **out, struct loop *l,
		   const struct sockaddr_storage *to,
		   const struct smpp_wire_cfg *cfg,
		   const struct smpp_wire_events *ev, void *owner)
{
	must(out != NULL && l != NULL && to != NULL);
	must(ev != NULL && ev->up != NULL);
	struct smpp_wire *w = wire_new(cfg, ev, owner);
	const struct stream_cfg sc = { .max_read = WIRE_READ_MAX,
				       .high_bytes = WIRE_HIGH_BYTES,
				       .low_bytes = WIRE_LOW_BYTES,
				       .dial_timeout_ms = cfg->dial_timeout_ms,
				       .tls = cfg->tls };
	int rc = stream_dial(&w->stream, l, to, &sc, &wire_events, w);
	if (rc != 0) {
		wire_free(w);
		return rc;
	}
	*out = w;
	return 0;
}

void smpp_wire_adopt(struct smpp_wire **out, struct stream *s,
		     const struct smpp_wire_cfg *cfg,
		     const struct smpp_wire_events *ev, void *owner)
{
	must(out != NULL && s != NULL);
	struct smpp_wire *w = wire_new(cfg, ev, owner);
	w->stream = s;
	w->recorded = recorder_begin(w->cfg.meter->recorder, smpp_wire_peer(w));
	stream_adopt(s, &wire_events, w);
	*out = w;
}

void smpp_wire_hand_over(struct smpp_wire *w, const struct smpp_wire_events *ev,
			 void *owner)
{
	must(w != NULL && w->stream != NULL);
	must(ev != NULL && ev->pdu != NULL && ev->down != NULL);
	w->ev = ev;
	w->owner = owner;
}

void smpp_wire_close(struct smpp_wire **wp)
{
	must(wp != NULL);
	struct smpp_wire *w = TAKE(*wp);
	if (w == NULL)
		return;
	wire_record_end(w, "closed");
	stream_close(&w->stream);
	if (!w->busy)
		wire_free(w);
}
