/* A heap of times; the event behind one is read when it is due, so that a
 * million grants with an end cost little memory. */
#include "gateway/terms.h"

#include "base/heap.h"
#include "base/log.h"
#include "base/mem.h"
#include "model/address.h"

struct term {
	struct heap_node node; /* by seconds */
	uint64_t seq, key;     /* of the event, and of its address */
};

/* One event being read. */
struct term_read {
	struct terms *home; /* NULL: closed meanwhile */
	struct consent_event *event;
	struct term *term;
};

struct terms {
	struct core *core;
	struct heap heap;
	struct term_read *read; /* NULL: none */
	void (*ended)(void *owner, const struct consent_event *e);
	void *owner;
};

struct terms *terms_new(struct core *core,
			void (*ended)(void *owner,
				      const struct consent_event *e),
			void *owner)
{
	struct terms *t = mem_new(struct terms);

	must(core != NULL && ended != NULL);
	t->core = core;
	t->ended = ended;
	t->owner = owner;
	heap_init(&t->heap);
	return t;
}

void terms_free(struct terms **tp)
{
	struct terms *t = *tp;
	struct heap_node *n;

	if (t == NULL)
		return;
	if (t->read != NULL)
		t->read->home = NULL;
	while ((n = heap_first(&t->heap)) != NULL) {
		heap_remove(&t->heap, n);
		mem_free(CONTAINER_OF(n, struct term, node));
	}
	heap_done(&t->heap);
	mem_free(t);
	*tp = NULL;
}

void terms_add(struct terms *t, const struct consent_event *e)
{
	struct term *x;

	must(t != NULL && e != NULL);
	if (e->expires_ms <= 0)
		return;
	x = mem_new(struct term);
	heap_node_init(&x->node);
	x->seq = e->seq;
	x->key = address_key(e->tenant, e->address);
	heap_put(&t->heap, &x->node, (uint64_t)(e->expires_ms + 999) / 1000);
}

static bool show_event(void *owner, const struct row *row)
{
	struct term_read *r = owner;
	struct consent_event e;

	if (consent_from_row(row, &e) == 0)
		r->event = consent_keep(&e);
	return false;
}

static void next(struct terms *t);

static void on_event(void *owner, int rc)
{
	struct term_read *r = owner;
	struct terms *t = r->home;

	if (t != NULL) {
		t->read = NULL;
		if (rc != 0 || r->event == NULL)
			log_error("terms.unread", KV_U("seq", r->term->seq));
		else if (!t->core->stopping &&
			 facts_runs(t->core->facts, r->term->key, r->term->seq))
			t->ended(t->owner, r->event);
		if (!t->core->stopping)
			next(t);
	}
	mem_free(r->event);
	mem_free(r->term);
	mem_free(r);
}

static void read_event(struct terms *t, struct term *x)
{
	struct store *s = t->core->store;
	struct cell cells[] = { CELL_I(x->seq - 1), CELL_I(1) };
	struct term_read *r = mem_new(struct term_read);

	r->home = t;
	r->term = x;
	t->read = r;
	s->ops->get(s, STORE_CONSENT_SCAN, cells, ARRAY_LEN(cells), show_event,
		    on_event, r);
}

/* The next that is due and was not followed by another word. */
static void next(struct terms *t)
{
	uint64_t now_s = (uint64_t)core_wall_ms(t->core) / 1000;
	struct heap_node *n;

	while ((n = heap_first(&t->heap)) != NULL && n->key <= now_s) {
		struct term *x = CONTAINER_OF(n, struct term, node);

		heap_remove(&t->heap, n);
		if (facts_runs(t->core->facts, x->key, x->seq)) {
			read_event(t, x);
			return;
		}
		mem_free(x);
	}
}

void terms_tick(struct terms *t)
{
	must(t != NULL);
	if (t->read == NULL && !t->core->stopping)
		next(t);
}
