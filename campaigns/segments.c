/* Walks over the contacts of a segment. */
#include "campaigns/segments.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

/* The reader's thread and the loop take turns with it: a read is asked for,
 * its rows are shown, it is done. */
struct segment_walk {
	struct segment_walk_cfg cfg;
	char tenant[TENANT_MAX + 1];
	char branch[CONTACT_BRANCH_MAX + 1];
	struct segment *segment;
	struct segment_world world; /* of the reader: without consent */
	struct person_reader reader;
	struct segment_page page;
	struct person **v;
	bool *unsure; /* which of them the loop has to ask again */
	size_t cap;
	uint64_t kept; /* in pages before */
	bool reading;
	bool stopped; /* by its owner, while reading */
};

struct segment_walk *segment_each(const struct segment_walk_cfg *cfg)
{
	must(cfg != NULL && cfg->gateway != NULL && cfg->clock != NULL &&
	     cfg->segment != NULL && cfg->page != NULL);
	struct segment_walk *w = mem_new(struct segment_walk);
	w->cfg = *cfg;
	must(str_copy(w->tenant, sizeof(w->tenant), cfg->tenant) == 0);
	w->cfg.tenant = str_of(w->tenant);
	must(str_copy(w->branch, sizeof(w->branch), cfg->branch) == 0);
	w->cfg.branch = str_of(w->branch);
	w->segment = segment_dup(cfg->segment);
	w->page.last_id = cfg->after_id;
	return w;
}

static void page_empty(struct segment_walk *w)
{
	for (size_t i = 0; i < w->page.n; i++)
		mem_free(w->v[i]);
	w->page = (struct segment_page){ .last_id = w->page.last_id };
}

static void walk_free(struct segment_walk *w)
{
	page_empty(w);
	person_reader_done(&w->reader);
	segment_free(&w->segment);
	mem_free(w->v);
	mem_free(w->unsure);
	mem_free(w);
}

void segment_stop(struct segment_walk **wp)
{
	must(wp != NULL);
	struct segment_walk *w = TAKE(*wp);
	if (w == NULL)
		return;
	w->stopped = true;
	if (!w->reading)
		walk_free(w);
}

/* ---- on the reader's thread ----------------------------------------------------- */

static void person_keep(struct segment_walk *w, bool unsure)
{
	if (w->page.n == w->cap) {
		w->cap = MAX(64, w->cap * 2);
		w->v = mem_resize(w->v, w->cap * sizeof(w->v[0]));
		w->unsure = mem_resize(w->unsure, w->cap * sizeof(bool));
	}
	w->v[w->page.n] = person_dup(&w->reader.person);
	w->unsure[w->page.n++] = unsure;
}

/* All rows of a person have been seen. */
static void person_whole(struct segment_walk *w)
{
	const struct contact *c = &w->reader.person.contact;

	w->page.seen++;
	w->page.last_id = c->id;
	w->reader.open = false;
	if (w->branch[0] != '\0' && !str_eqz(c->branch, w->branch)) {
		w->page.others++;
		return;
	}
	enum segment_answer answer =
		segment_holds(w->segment, &w->reader.person, &w->world);
	if (answer == SEGMENT_UNSURE ||
	    (answer == SEGMENT_YES && w->kept + w->page.n < w->cfg.keep))
		person_keep(w, answer == SEGMENT_UNSURE);
	else if (answer == SEGMENT_YES)
		w->page.matched++;
}

static bool on_row(void *owner, const struct row *row)
{
	struct segment_walk *w = owner;

	if (person_reader_turns(&w->reader, row)) {
		person_whole(w);
		if (w->page.seen == SEGMENT_PAGE) {
			w->page.last = false;
			return false;
		}
	}
	person_reader_row(&w->reader, row);
	return true;
}

/* ---- on the loop ------------------------------------------------------------------ */

static const char *consent_of(void *owner, struct str tenant,
			      struct str address, struct str purpose)
{
	return gateway_grant(owner, tenant, address, purpose);
}

/* Asks again where consent decides; those that stay move up. */
static void page_settle(struct segment_walk *w)
{
	const struct segment_world world = { w->world.now_ms, consent_of,
					     w->cfg.gateway };
	size_t n = 0;

	for (size_t i = 0; i < w->page.n; i++) {
		bool yes = !w->unsure[i] ||
			   segment_holds(w->segment, w->v[i], &world) ==
				   SEGMENT_YES;

		w->page.matched += yes;
		if (yes && w->kept + n < w->cfg.keep)
			w->v[n++] = w->v[i];
		else
			mem_free(w->v[i]);
	}
	w->page.n = n;
	w->kept += n;
}

static void on_done(void *owner, int rc)
{
	struct segment_walk *w = owner;

	w->reading = false;
	if (w->stopped) {
		walk_free(w);
		return;
	}
	if (rc == 0 && w->cfg.stopping != NULL && *w->cfg.stopping)
		rc = -EAGAIN;
	if (rc != 0) {
		w->cfg.page(w->cfg.owner, rc, NULL);
		return;
	}
	if (w->reader.open)
		person_whole(w);
	page_settle(w);
	w->page.v = w->v;
	w->cfg.page(w->cfg.owner, 0, &w->page);
}

void segment_more(struct segment_walk *w)
{
	must(w != NULL && !w->reading && !w->page.last);
	struct store *store = gateway_store(w->cfg.gateway);
	struct cell cells[4];
	unsigned n = 0;

	page_empty(w);
	w->page.last = true; /* unless a page's worth is there */
	w->world.now_ms = clock_wall_ms(w->cfg.clock);
	w->reading = true;
	cells[n++] = CELL_T(w->cfg.tenant);
	if (w->cfg.list != 0)
		cells[n++] = CELL_I(w->cfg.list);
	cells[n++] = CELL_I(w->page.last_id);
	cells[n++] = CELL_I(segment_asks(w->segment));
	store->ops->get(store,
			w->cfg.list != 0 ? STORE_MEMBER_PAGE
					 : STORE_PERSON_PAGE,
			cells, n, on_row, on_done, w);
}
