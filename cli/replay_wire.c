/* Frames to and from a peer. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/stream.h"
#include "cli/replay.h"
#include "proto/smpp_write.h"

#define WIRE_MAGIC 0x72706c79u

/* While it is being read, closing it only takes the stream away. */
struct replay_wire {
	uint32_t magic;
	struct stream *stream;
	const struct replay_wire_events *ev;
	void *owner;
	bool busy;
};

static struct replay_wire *of(void *owner)
{
	return MAGIC_CAST(struct replay_wire, WIRE_MAGIC, owner);
}

static void wire_free(struct replay_wire *w)
{
	w->magic = 0;
	mem_free(w);
}

static void wire_up(void *owner)
{
	struct replay_wire *w = of(owner);

	w->ev->up(w->owner);
}

static size_t wire_bytes(void *owner, struct str data)
{
	struct replay_wire *w = of(owner);
	size_t eaten = 0;

	w->busy = true;
	while (w->stream != NULL) {
		struct str frame, rest = str_from(data, eaten);
		struct smpp_head head;
		int rc = smpp_frame(rest, SMPP_PDU_MAX, &frame);

		if (rc == -EAGAIN)
			break;
		if (rc != 0 || smpp_read_head(frame, &head) != 0) {
			w->ev->down(w->owner);
			eaten = data.len;
			break;
		}
		eaten += frame.len;
		w->ev->pdu(w->owner, &head, frame);
	}
	w->busy = false;
	if (w->stream == NULL)
		wire_free(w);
	return eaten;
}

static void wire_room(void *owner)
{
	(void)owner;
}

static void wire_down(void *owner, int rc)
{
	struct replay_wire *w = of(owner);

	(void)rc;
	w->ev->down(w->owner);
}

static const struct stream_events events = { wire_up, wire_bytes, wire_room,
					     wire_down };

static struct replay_wire *wire_new(const struct replay_wire_events *ev,
				    void *owner)
{
	struct replay_wire *w = mem_new(struct replay_wire);

	w->magic = WIRE_MAGIC;
	w->ev = ev;
	w->owner = owner;
	return w;
}

int replay_wire_dial(struct replay_wire **out, struct loop *l,
		     const struct sockaddr_storage *to,
		     const struct replay_wire_events *ev, void *owner)
{
	static const struct stream_cfg cfg = { .max_read = 2 * SMPP_PDU_MAX,
					       .high_bytes = 1 << 20,
					       .low_bytes = 1 << 18,
					       .dial_timeout_ms = 5000 };
	struct replay_wire *w = wire_new(ev, owner);
	int rc = stream_dial(&w->stream, l, to, &cfg, &events, w);

	if (rc != 0) {
		wire_free(w);
		return rc;
	}
	*out = w;
	return 0;
}

void replay_wire_adopt(struct replay_wire **out, struct stream *s,
		       const struct replay_wire_events *ev, void *owner)
{
	struct replay_wire *w = wire_new(ev, owner);

	w->stream = s;
	*out = w;
	stream_adopt(s, &events, w);
}

void replay_wire_close(struct replay_wire **wp)
{
	must(wp != NULL);
	struct replay_wire *w = TAKE(*wp);
	if (w == NULL)
		return;
	stream_close(&w->stream);
	if (!w->busy)
		wire_free(w);
}

/* A connection that is gone says so by `down`. */
static void put(struct replay_wire *w, const void *p, size_t len)
{
	if (w->stream != NULL)
		IGNORE(stream_write(w->stream, p, len));
}

void replay_wire_send(struct replay_wire *w, struct str frame, uint32_t seq)
{
	uint8_t head[16];

	must(w != NULL && frame.len >= sizeof(head));
	memcpy(head, frame.p, 12);
	for (unsigned i = 0; i < 4; i++)
		head[12 + i] = (uint8_t)(seq >> (24 - i * 8));
	put(w, head, sizeof(head));
	put(w, frame.p + sizeof(head), frame.len - sizeof(head));
}

void replay_wire_answer(struct replay_wire *w, const struct smpp_head *to,
			uint32_t status, struct str message_id)
{
	AUTO(buf_done) struct buf b = { 0 };
	bool body = to->id == SMPP_SUBMIT_SM || to->id == SMPP_DELIVER_SM ||
		    to->id == SMPP_DATA_SM;
	int rc;

	must(w != NULL);
	buf_init(&b, 4096);
	if (to->id == SMPP_BIND_TRANSCEIVER || to->id == SMPP_BIND_RECEIVER ||
	    to->id == SMPP_BIND_TRANSMITTER)
		rc = smpp_write_bind_resp(&b, to->id | SMPP_RESP, status,
					  to->seq, STR("replay"), 0x34);
	else if (body && status == 0)
		rc = smpp_write_resp(&b, to->id | SMPP_RESP, status, to->seq,
				     message_id);
	else
		rc = smpp_write_head(&b, to->id | SMPP_RESP, status, to->seq);
	must(rc == 0);
	put(w, b.p, b.len);
}
