/* Waiting work of one pool: ten lists by priority, each by time of entry. */
#include "routing/queue.h"

static struct route_item *item_of(struct list *node)
{
	return LIST_ITEM(node, struct route_item, node);
}

void queue_init(struct queue *q)
{
	must(q != NULL);
	*q = (struct queue){ 0 };
	for (unsigned i = 0; i < QUEUE_PRIORITIES; i++)
		list_init(&q->lists[i]);
}

/*
 * After the last that is not younger. From both ends at once: new work goes
 * to the tail, and work that comes back is older than most that wait.
 */
static struct list *queue_place(struct list *head, uint64_t enq_us)
{
	struct list *front = head->next;
	struct list *back = head->prev;

	for (;;) {
		if (back == head || item_of(back)->enq_us <= enq_us)
			return back;
		if (item_of(front)->enq_us > enq_us)
			return front->prev;
		front = front->next;
		back = back->prev;
	}
}

void queue_put(struct queue *q, struct route_item *item, bool head)
{
	must(q != NULL && item != NULL && item->priority < QUEUE_PRIORITIES);
	struct list *l = &q->lists[item->priority];

	list_insert_after(head ? l : queue_place(l, item->enq_us), &item->node);
	q->busy |= (uint16_t)BIT(item->priority);
	q->len++;
}

void queue_remove(struct queue *q, struct route_item *item)
{
	must(q != NULL && q->len > 0 && queue_holds(item));
	list_remove(&item->node);
	q->len--;
	if (list_empty(&q->lists[item->priority]))
		q->busy &= (uint16_t)~BIT(item->priority);
}

bool queue_holds(const struct route_item *item)
{
	must(item != NULL);
	return item->node.next != NULL && item->node.next != &item->node;
}

/* Only heads are asked; one that was put back may hide an older by a little. */
uint64_t queue_age_us(const struct queue *q, uint64_t now_us)
{
	must(q != NULL);
	uint64_t oldest = now_us;

	for (unsigned i = 0; i < QUEUE_PRIORITIES; i++) {
		if (!list_empty(&q->lists[i]))
			oldest = MIN(oldest, item_of(q->lists[i].next)->enq_us);
	}
	return now_us - oldest;
}

struct urgency urgency_of(const struct route_item *item, uint64_t now_us,
			  uint64_t boost_us)
{
	must(item != NULL);
	struct urgency u = { item->priority, item->enq_us };

	if (boost_us == 0 || u.level <= 1 || now_us < u.enq_us + boost_us)
		return u;
	uint64_t boosts = (now_us - u.enq_us) / boost_us;
	u.level = boosts < u.level ? u.level - (unsigned)boosts : 1;
	return u;
}

uint64_t urgency_next_us(const struct route_item *item, uint64_t now_us,
			 uint64_t boost_us)
{
	must(item != NULL);
	if (boost_us == 0 || urgency_of(item, now_us, boost_us).level <= 1)
		return UINT64_MAX;
	uint64_t waited = now_us > item->enq_us ? now_us - item->enq_us : 0;
	return item->enq_us + (waited / boost_us + 1) * boost_us;
}

bool urgency_before(struct urgency a, struct urgency b)
{
	return a.level != b.level ? a.level < b.level : a.enq_us < b.enq_us;
}

void queue_walk(const struct queue *q, struct queue_walk *w, uint64_t now_us,
		uint64_t boost_us)
{
	must(q != NULL && w != NULL);
	w->open = q->busy;
	w->now_us = now_us;
	w->boost_us = boost_us;
	for (unsigned i = 0; i < QUEUE_PRIORITIES; i++)
		w->at[i] = q->lists[i].next;
}

struct route_item *queue_walk_next(const struct queue *q, struct queue_walk *w)
{
	must(q != NULL && w != NULL);
	struct route_item *best = NULL;
	struct urgency most = { 0 };

	for (uint16_t left = w->open; left != 0; left &= left - 1) {
		struct route_item *item = item_of(w->at[__builtin_ctz(left)]);
		struct urgency u = urgency_of(item, w->now_us, w->boost_us);

		if (best == NULL || urgency_before(u, most)) {
			best = item;
			most = u;
		}
	}
	if (best == NULL)
		return NULL;
	unsigned p = best->priority;
	w->at[p] = best->node.next;
	if (w->at[p] == &q->lists[p])
		queue_walk_close(w, p);
	return best;
}

void queue_walk_close(struct queue_walk *w, unsigned priority)
{
	must(w != NULL && priority < QUEUE_PRIORITIES);
	w->open &= (uint16_t)~BIT(priority);
}
