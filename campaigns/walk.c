/* Pages in turn: one is used while the next is read. */
#include "campaigns/walk.h"

#include <errno.h>

#include "base/mem.h"
#include "campaigns/people.h"

struct walk {
	struct campaigns *c;
	const struct campaign *m;
	struct walk_events events;
	void *owner;
	struct people pages[2];
	unsigned next;       /* the page that is being read */
	bool reading, ready; /* the other one is read and not yet used */
	bool end, over, freed, busy;
	bool held;
	int rc;
	uint64_t after;
	size_t at; /* in the addresses of the spec */
	struct loop_timer *turn;
};

static void walk_read(struct walk *w);

static void walk_destroy(struct walk *w)
{
	people_done(&w->pages[0]);
	people_done(&w->pages[1]);
	loop_timer_free(&w->turn);
	mem_free(w);
}

/* The page that was read becomes the one to use; the next is read. */
static void walk_turn_page(struct walk *w)
{
	struct people *p = &w->pages[w->next];

	w->ready = true;
	if (p->n > 0)
		w->after = p->v[p->n - 1].contact;
	w->end = p->n < PEOPLE_PAGE;
}

static void walk_use(struct walk *w)
{
	static const struct err nothing;

	while (w->ready && !w->held && !w->freed) {
		const struct people *p = &w->pages[w->next];

		w->ready = false;
		w->next ^= 1;
		if (!w->end)
			walk_read(w);
		w->held = p->n > 0 && !w->events.page(w->owner, p);
		if (w->reading || w->freed)
			break;
		/* Addresses of the spec: a page a turn. */
		if (w->ready && !w->held) {
			loop_timer_set(w->turn, 0);
			return;
		}
	}
	if (!w->freed && !w->over && !w->held &&
	    (w->rc != 0 || (w->end && !w->ready && !w->reading))) {
		w->over = true;
		w->events.done(w->owner, w->rc, &nothing);
	}
}

static void walk_run(struct walk *w)
{
	if (w->busy)
		return;
	w->busy = true;
	walk_use(w);
	w->busy = false;
	if (w->freed && !w->reading)
		walk_destroy(w);
}

/* ---- contacts ----------------------------------------------------------------- */

/* On the reader's thread. */
static bool walk_show(void *owner, const struct row *row)
{
	struct walk *w = owner;
	struct people *p = &w->pages[w->next];

	IGNORE(people_add(p, (uint64_t)row_i(row, 0), row, 1) == NULL);
	return p->n < PEOPLE_PAGE;
}

static void walk_came(void *owner, int rc)
{
	struct walk *w = owner;

	w->reading = false;
	w->c->reads--;
	if (w->freed) {
		if (!w->busy)
			walk_destroy(w);
		return;
	}
	people_settle(&w->pages[w->next]);
	w->rc = w->c->stopping ? -EAGAIN : rc;
	if (w->rc == 0)
		walk_turn_page(w);
	walk_run(w);
}

static void walk_read_contacts(struct walk *w)
{
	const struct spec *s = &w->m->spec;
	const struct cell cells[] = {
		CELL_Z(w->m->tenant),
		CELL_I(w->after),
		CELL_Z(s->channel == NULL ? "sms" : s->channel),
		CELL_I(PEOPLE_PAGE),
	};

	w->reading = true;
	w->c->reads++;
	w->c->store->ops->get(w->c->store, STORE_CAMPAIGN_AUDIENCE, cells,
			      ARRAY_LEN(cells), walk_show, walk_came, w);
}

/* ---- addresses named in the spec ------------------------------------------------ */

static void walk_read_addresses(struct walk *w)
{
	struct str rest = str_from(str_of(w->m->spec.audience_text), w->at);
	struct people *p = &w->pages[w->next];
	struct str line;

	while (rest.len > 0 && p->n < PEOPLE_PAGE) {
		rest = str_cut(rest, '\n', &line);
		IGNORE(people_add_address(p, line) == NULL);
	}
	w->at = str_of(w->m->spec.audience_text).len - rest.len;
	people_settle(p);
	walk_turn_page(w);
}

static void walk_read(struct walk *w)
{
	people_clear(&w->pages[w->next]);
	if (w->m->spec.audience == AUDIENCE_ADDRESSES)
		walk_read_addresses(w);
	else
		walk_read_contacts(w);
}

static void walk_on_turn(void *owner)
{
	walk_run(owner);
}

struct walk *walk_new(struct campaigns *c, const struct campaign *m,
		      uint64_t after, const struct walk_events *events,
		      void *owner)
{
	must(c != NULL && m != NULL && events != NULL);

	struct walk *w = mem_new(struct walk);
	w->c = c;
	w->m = m;
	w->events = *events;
	w->owner = owner;
	w->after = after;
	people_init(&w->pages[0]);
	people_init(&w->pages[1]);
	w->turn = loop_timer_new(c->loop, walk_on_turn, w);
	walk_read(w);
	loop_timer_set(w->turn, 0);
	return w;
}

void walk_go_on(struct walk *w)
{
	must(w != NULL);
	w->held = false;
	walk_run(w);
}

void walk_abort(struct walk *w)
{
	static const struct err stopping = { "the node stops" };

	must(w != NULL && !w->reading);
	if (!w->over)
		w->events.done(w->owner, -EAGAIN, &stopping);
}

void walk_free(struct walk **wp)
{
	must(wp != NULL);

	struct walk *w = TAKE(*wp);
	if (w == NULL)
		return;
	w->freed = true;
	if (!w->reading && !w->busy)
		walk_destroy(w);
}
