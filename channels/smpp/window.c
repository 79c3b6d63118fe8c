/* Sequence number -> submit: a map for the answers, a list for the clock. */
#include "channels/smpp/window.h"

#include "base/list.h"
#include "base/map.h"
#include "base/mem.h"

#define WINDOW_MAGIC 0x77696e64u

struct node {
	struct list link;
	struct smpp_slot slot;
};

/* Invariants: a node is in `order` and in `by_seq`, or in `spare`; all wait
 * equally long, so `order` is the order of deadlines. */
struct smpp_window {
	uint32_t magic;
	struct smpp_window_cfg cfg;
	unsigned used;
	struct map *by_seq;
	struct list order; /* oldest first */
	struct list spare; /* each was in use once */
	struct loop_timer *timer;
};

static struct node *oldest(const struct smpp_window *w)
{
	return list_empty(&w->order)
		       ? NULL
		       : LIST_ITEM(w->order.next, struct node, link);
}

static void take_out(struct smpp_window *w, struct node *n,
		     struct smpp_slot *out)
{
	bool there = map_del(w->by_seq, n->slot.seq, NULL);
	must(there);
	list_remove(&n->link);
	list_prepend(&w->spare, &n->link);
	w->used--;
	*out = n->slot;
}

/* Gives up what waits too long, and sleeps until the next one is due. */
static void answer_late(void *owner)
{
	struct smpp_window *w =
		MAGIC_CAST(struct smpp_window, WINDOW_MAGIC, owner);
	uint64_t now_us = clock_mono_us(w->cfg.clock);
	struct node *n;

	while ((n = oldest(w)) != NULL) {
		uint64_t due_us = n->slot.at_us + w->cfg.timeout_ms * 1000;
		if (due_us > now_us) {
			loop_timer_set(w->timer, (due_us - now_us) / 1000 + 1);
			return;
		}
		struct smpp_slot slot;
		take_out(w, n, &slot);
		w->cfg.lost(w->cfg.owner, &slot, true);
	}
}

struct smpp_window *smpp_window_new(const struct smpp_window_cfg *cfg)
{
	must(cfg != NULL && cfg->loop != NULL && cfg->clock != NULL);
	must(cfg->limit > 0 && cfg->lost != NULL);
	struct smpp_window *w = mem_new(struct smpp_window);
	w->magic = WINDOW_MAGIC;
	w->cfg = *cfg;
	w->by_seq = map_new();
	w->timer = loop_timer_new(cfg->loop, answer_late, w);
	list_init(&w->order);
	list_init(&w->spare);
	return w;
}

static void nodes_free(struct list *l)
{
	LIST_EACH_SAFE (it, l)
		mem_free(LIST_ITEM(it, struct node, link));
}

void smpp_window_free(struct smpp_window **wp)
{
	must(wp != NULL);
	struct smpp_window *w = TAKE(*wp);
	if (w == NULL)
		return;
	loop_timer_free(&w->timer);
	map_free(&w->by_seq);
	nodes_free(&w->order);
	nodes_free(&w->spare);
	w->magic = 0;
	mem_free(w);
}

unsigned smpp_window_used(const struct smpp_window *w)
{
	must(w != NULL);
	return w->used;
}

unsigned smpp_window_room(const struct smpp_window *w)
{
	must(w != NULL);
	return w->cfg.limit - MIN(w->used, w->cfg.limit);
}

void smpp_window_limit(struct smpp_window *w, unsigned limit)
{
	must(w != NULL && limit > 0);
	w->cfg.limit = limit;
}

bool smpp_window_has(const struct smpp_window *w, uint32_t seq)
{
	must(w != NULL);
	return map_ptr(w->by_seq, seq) != NULL;
}

void smpp_window_add(struct smpp_window *w, uint32_t request, uint32_t seq,
		     void *flight, unsigned part)
{
	must(w != NULL && flight != NULL);
	must(w->used < w->cfg.limit && !smpp_window_has(w, seq));

	struct node *n;
	if (list_empty(&w->spare)) {
		n = mem_new(struct node);
	} else {
		n = LIST_ITEM(w->spare.next, struct node, link);
		list_remove(&n->link);
	}
	n->slot = (struct smpp_slot){ seq, request | SMPP_RESP, part, flight,
				      clock_mono_us(w->cfg.clock) };
	list_append(&w->order, &n->link);
	map_set_ptr(w->by_seq, seq, n);
	w->used++;
	if (!loop_timer_running(w->timer))
		loop_timer_set(w->timer, w->cfg.timeout_ms);
}

bool smpp_window_take(struct smpp_window *w, const struct smpp_pdu *pdu,
		      struct smpp_slot *out)
{
	must(w != NULL && pdu != NULL && out != NULL);
	struct node *n = map_ptr(w->by_seq, pdu->seq);
	if (n == NULL && pdu->id == SMPP_GENERIC_NACK && pdu->seq == 0)
		n = oldest(w);
	if (n == NULL ||
	    (pdu->id != SMPP_GENERIC_NACK && pdu->id != n->slot.response))
		return false;
	take_out(w, n, out);
	return true;
}

void smpp_window_lose(struct smpp_window *w)
{
	must(w != NULL);
	struct node *n;
	loop_timer_stop(w->timer);
	while ((n = oldest(w)) != NULL) {
		struct smpp_slot slot;
		take_out(w, n, &slot);
		w->cfg.lost(w->cfg.owner, &slot, false);
	}
}
