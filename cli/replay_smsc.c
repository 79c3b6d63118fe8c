/* The side that was bound to: recorded answers in their order, and its own
 * requests at their time after the bind. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/stream.h"
#include "cli/replay.h"

struct house;

/* One connection of an ESME; number: the recorded one it is given. */
struct guest {
	struct list node;
	struct house *house;
	struct replay_wire *wire;
	unsigned number;
	size_t next_ask;    /* item: the next request of ours */
	size_t next_answer; /* item: the next answer of ours */
	uint64_t bound_ms;  /* 0: not yet */
	uint64_t bind_due_ms;
	uint32_t seq;
	uint32_t made; /* message ids of our own */
	unsigned open;
	struct loop_timer *tick;
};

struct house {
	struct replay *r;
	struct listener *listener;
	enum recording_kind way; /* of the SMSC */
	unsigned guests;         /* ever */
	struct list list;
	struct loop_signal *stop[2];
};

/* ---- its own requests ----------------------------------------------------- */

static bool find_ask(struct guest *g)
{
	const struct recording *rec = g->house->r->recording;

	for (; g->next_ask < rec->n; g->next_ask++) {
		const struct recording_item *it = &rec->v[g->next_ask];
		uint32_t id = replay_head(it).id;

		if (it->connection == g->number && it->kind == g->house->way &&
		    replay_is_request(id) && id != SMPP_UNBIND)
			return true;
	}
	return false;
}

/* From the recorded bind to the item, at this speed. */
static uint64_t after_bind_ms(const struct guest *g)
{
	uint64_t due = replay_due_ms(g->house->r, g->next_ask);

	return due > g->bind_due_ms ? due - g->bind_due_ms : 0;
}

static void guest_play(void *owner)
{
	struct guest *g = owner;
	struct replay *r = g->house->r;
	uint64_t now_ms = clock_mono_ms(loop_clock(r->loop));

	while (g->bound_ms != 0 && g->open < r->cfg.window && find_ask(g)) {
		uint64_t due = g->bound_ms + after_bind_ms(g);
		const struct recording_item *it = &r->recording->v[g->next_ask];

		if (due > now_ms) {
			loop_timer_set(g->tick, due - now_ms);
			return;
		}
		g->next_ask++;
		g->open++;
		replay_count_of(r, replay_head(it).id)->sent++;
		replay_wire_send(g->wire, it->pdu, ++g->seq);
	}
}

/* ---- answers -------------------------------------------------------------- */

/* The next recorded answer to such a request; its status goes with it. */
static bool answer_recorded(struct guest *g, const struct smpp_head *h)
{
	const struct recording *rec = g->house->r->recording;

	for (size_t i = g->next_answer; i < rec->n; i++) {
		const struct recording_item *it = &rec->v[i];

		if (it->connection != g->number || it->kind != g->house->way ||
		    replay_head(it).id != (h->id | SMPP_RESP))
			continue;
		if (h->id == SMPP_SUBMIT_SM)
			g->next_answer = i + 1;
		replay_wire_send(g->wire, it->pdu, h->seq);
		return true;
	}
	return false;
}

static void note_bind(struct guest *g)
{
	const struct replay *r = g->house->r;

	g->bound_ms = MAX(clock_mono_ms(loop_clock(r->loop)), 1u);
	for (size_t i = 0; i < r->recording->n; i++) {
		const struct recording_item *it = &r->recording->v[i];

		if (it->connection != g->number || it->pdu.len == 0)
			continue;
		g->bind_due_ms = replay_due_ms(r, i);
		break;
	}
	loop_timer_set(g->tick, 0);
}

static void on_request(struct guest *g, const struct smpp_head *h)
{
	bool bind = replay_is_bind(h->id);
	char id[24];

	g->house->r->received += h->id != SMPP_ENQUIRE_LINK;
	(void)snprintf(id, sizeof(id), "r%u-%u", g->number, ++g->made);
	if (h->id == SMPP_ENQUIRE_LINK || h->id == SMPP_UNBIND ||
	    !answer_recorded(g, h))
		replay_wire_answer(g->wire, h, 0, str_of(id));
	if (bind)
		note_bind(g);
}

static void on_pdu(void *owner, const struct smpp_head *h, struct str frame)
{
	struct guest *g = owner;

	(void)frame;
	if ((h->id & SMPP_RESP) == 0) {
		on_request(g, h);
		return;
	}
	if (g->open > 0)
		g->open--;
	struct replay_count *c =
		replay_count_of(g->house->r, h->id & ~SMPP_RESP);
	c->answered++;
	c->same += h->status == 0;
	loop_timer_set(g->tick, 0);
}

/* ---- coming and going ----------------------------------------------------- */

static void guest_free(struct guest *g)
{
	list_remove(&g->node);
	replay_wire_close(&g->wire);
	loop_timer_free(&g->tick);
	mem_free(g);
}

/* When as many have come and gone as were recorded, it is over. */
static void on_down(void *owner)
{
	struct guest *g = owner;
	struct house *h = g->house;

	guest_free(g);
	if (h->guests >= h->r->recording->connections && list_empty(&h->list))
		replay_end(h->r, NULL);
}

static void on_up(void *owner)
{
	(void)owner;
}

static const struct replay_wire_events events = { on_up, on_pdu, on_down };

static void on_accept(void *owner, struct stream *s)
{
	struct house *h = owner;
	struct guest *g = mem_new(struct guest);
	unsigned n = MAX(h->r->recording->connections, 1u);

	g->house = h;
	g->number = h->guests++ % n;
	g->tick = loop_timer_new(h->r->loop, guest_play, g);
	list_append(&h->list, &g->node);
	replay_wire_adopt(&g->wire, s, &events, g);
}

static void on_signal(void *owner, int signo)
{
	struct house *h = owner;

	(void)signo;
	replay_end(h->r, NULL);
}

int replay_smsc(struct replay *r, const char *listen, struct err *err)
{
	static const struct stream_cfg cfg = { .max_read = 2 * SMPP_PDU_MAX,
					       .high_bytes = 1 << 20,
					       .low_bytes = 1 << 18 };
	static const int signals[2] = { 15, 2 }; /* TERM, INT */
	struct house h = { .r = r };
	int rc;

	must(r != NULL && listen != NULL);
	list_init(&h.list);
	h.way = replay_esme_way(r->recording) == RECORDING_OUT ? RECORDING_IN
							       : RECORDING_OUT;
	rc = listener_open(&h.listener, r->loop, listen, &cfg, on_accept, &h,
			   err);
	if (rc != 0)
		return rc;
	for (unsigned i = 0; i < 2; i++)
		h.stop[i] = loop_signal_new(r->loop, signals[i], on_signal, &h);
	printf("carillon: replay listens on port %d\n",
	       listener_port(h.listener));
	fflush(stdout);
	loop_run(r->loop);
	listener_close(&h.listener);
	LIST_EACH_SAFE (it, &h.list)
		guest_free(LIST_ITEM(it, struct guest, node));
	for (unsigned i = 0; i < 2; i++)
		loop_signal_free(&h.stop[i]);
	return 0;
}
