/* Pages in turn: one is used while the next is read. */
#include "campaigns/walk.h"

#include <errno.h>

#include "base/mem.h"
#include "campaigns/cohort.h"
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
	struct err why;
	struct cohort *cohort; /* of an audience that is a segment */
	uint64_t after;
	unsigned passed; /* rows of the page: of other branches */
	size_t at;       /* in the addresses of the spec */
	struct loop_timer *turn;
};

static void walk_read(struct walk *w);

static void walk_destroy(struct walk *w)
{
	people_done(&w->pages[0]);
	people_done(&w->pages[1]);
	cohort_free(&w->cohort);
	loop_timer_free(&w->turn);
	mem_free(w);
}

/* The page that was read becomes the one to use; the next is read. */
static void walk_turn_page(struct walk *w)
{
	struct people *p = &w->pages[w->next];

	w->ready = true;
	w->end = p->n + w->passed < PEOPLE_PAGE ||
		 (w->cohort != NULL && cohort_end(w->cohort));
}

static void walk_use(struct walk *w)
{
	while (w->ready && !w->held && !w->freed) {
		const struct people *p = &w->pages[w->next];

		w->ready = false;
		w->next ^= 1;
		if (!w->end)
			walk_read(w);
		w->held = p->n > 0 && !w->events.page(w->owner, p);
		if (w->reading || w->freed)
			break;
		/* What is in memory: a page a turn. */
		if (w->ready && !w->held) {
			loop_timer_set(w->turn, 0);
			return;
		}
	}
	if (!w->freed && !w->over && !w->held &&
	    (w->rc != 0 || (w->end && !w->ready && !w->reading))) {
		w->over = true;
		w->events.done(w->owner, w->rc, &w->why);
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

/* A read that was waited for has ended; its page is settled. */
static void walk_had(struct walk *w, int rc)
{
	w->reading = false;
	if (w->freed) {
		if (!w->busy)
			walk_destroy(w);
		return;
	}
	w->rc = w->c->stopping ? -EAGAIN : rc;
	if (w->rc == 0)
		walk_turn_page(w);
	walk_run(w);
}

/* ---- contacts ----------------------------------------------------------------- */

/* Of CAMPAIGN_AUDIENCE. */
#define COL_BRANCH 7

/* On the reader's thread. */
static bool walk_show(void *owner, const struct row *row)
{
	struct walk *w = owner;
	struct people *p = &w->pages[w->next];

	w->after = (uint64_t)row_i(row, 0);
	if (w->m->life.branch != NULL &&
	    !str_eqz(row_s(row, COL_BRANCH), w->m->life.branch))
		w->passed++;
	else
		IGNORE(people_add(p, w->after, row, 1) == NULL);
	return p->n + w->passed < PEOPLE_PAGE;
}

static void walk_came(void *owner, int rc)
{
	struct walk *w = owner;

	w->c->reads--;
	people_settle(&w->pages[w->next]);
	walk_had(w, rc);
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

/* ---- a segment ------------------------------------------------------------------ */

static void walk_cohort_came(void *owner, int rc, const struct err *why)
{
	struct walk *w = owner;

	w->why = *why;
	walk_had(w, rc);
}

static void walk_read_segment(struct walk *w)
{
	if (w->cohort == NULL)
		w->cohort =
			cohort_new(w->c, w->m, w->after, walk_cohort_came, w);
	if (cohort_read(w->cohort, &w->pages[w->next]))
		walk_turn_page(w);
	else
		w->reading = true;
}

/* ---- any of them ------------------------------------------------------------------ */

static void walk_read(struct walk *w)
{
	static void (*const reads[])(struct walk * w) = {
		[AUDIENCE_ADDRESSES] = walk_read_addresses,
		[AUDIENCE_CONTACTS] = walk_read_contacts,
		[AUDIENCE_SEGMENT] = walk_read_segment,
	};

	people_clear(&w->pages[w->next]);
	w->passed = 0;
	reads[w->m->spec.audience](w);
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

struct str walk_filter(const struct walk *w)
{
	must(w != NULL);
	return w->cohort == NULL ? STR_NONE : cohort_filter(w->cohort);
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
	if (w->cohort != NULL) { /* which then says nothing more */
		cohort_free(&w->cohort);
		w->reading = false;
	}
	if (!w->reading && !w->busy)
		walk_destroy(w);
}
