/* The walk that writes recipients. */
#include "campaigns/materialise.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/approval.h"
#include "campaigns/judge.h"
#include "campaigns/roster.h"
#include "campaigns/schedule.h"
#include "campaigns/walk.h"

#define RETRY_MS 1000

struct writing {
	struct campaigns *c;
	struct campaign *m;
	struct judge *judge;
	struct roster *roster; /* NULL: whoever is met */
	/* Before the page whose commit is awaited: it may be refused. */
	struct progress before;
	struct recipient_tally tally_before;
	struct loop_timer *retry;
	bool waiting; /* for the commit */
	bool stopped; /* the campaign was cancelled meanwhile */
};

static void writing_free(struct writing *w)
{
	judge_free(&w->judge);
	roster_free(&w->roster);
	loop_timer_free(&w->retry);
	mem_free(w);
}

static void on_retry(void *owner)
{
	struct writing *w = owner;
	struct campaigns *c = w->c;
	struct campaign *m = w->m;

	m->writing = NULL;
	writing_free(w);
	materialise(c, m);
}

/* The disk was full: from the last page that is there, a while later. */
static void writing_again(struct writing *w)
{
	struct campaign *m = w->m;

	m->run = w->before;
	m->tally = w->tally_before;
	for (unsigned i = 0; i < m->tally.n; i++)
		m->tally.v[i].dirty = true;
	walk_free(&m->walk);
	loop_timer_set(w->retry, RETRY_MS);
}

static void writing_committed(void *owner, int rc)
{
	struct writing *w = owner;

	w->waiting = false;
	if (w->stopped)
		writing_free(w);
	else if (w->c->stopping)
		return;
	else if (rc != 0)
		writing_again(w);
	else
		walk_go_on(w->m->walk);
}

void materialise_stop(struct campaign *m)
{
	must(m != NULL);

	struct writing *w = TAKE(m->writing);
	if (w == NULL)
		return;
	walk_free(&m->walk);
	w->stopped = true;
	if (!w->waiting)
		writing_free(w);
}

static bool writing_page(void *owner, const struct people *p)
{
	struct writing *w = owner;
	struct campaign *m = w->m;

	w->before = m->run;
	w->tally_before = m->tally;
	for (unsigned i = 0; i < p->n; i++) {
		struct recipient r = { .n = 0 };

		m->run.walked = p->v[i].contact;
		if (w->roster != NULL &&
		    !roster_has(w->roster, p->v[i].contact))
			continue; /* was not there at the approval */
		r.n = ++m->run.people;
		judge_person(w->judge, &p->v[i], m->life.started_ms, &r);
		recipient_put(w->c->store, m->id, m->life.run, &r, &p->v[i]);
		recipient_tally_add(&m->tally, r.state, r.reason, 1);
	}
	memcpy(m->run.hash, judge_hash(w->judge), 32);
	progress_put(w->c, m);
	w->waiting = true;
	store_then(w->c->store, writing_committed, w);
	return false;
}

static void writing_end(struct campaigns *c, struct campaign *m, bool same)
{
	char hash[65];

	if (!same) {
		c->step(c, m, STEP_CHANGED, "segment_changed", STR("segment"));
		return;
	}
	if (approval_of_audience(m) && !roster_wanted(m) &&
	    !approval_same_audience(m, m->run.hash, hash)) {
		c->step(c, m, STEP_CHANGED, "audience_changed",
			STR("audience"));
		return;
	}
	log_info("campaign.materialised", KV_ID("id", m->id),
		 KV_I("people", m->run.people),
		 KV_I("ready", recipient_tally_of(&m->tally, RECIPIENT_READY)));
	c->step(c, m, STEP_MATERIALISED, "", STR_NONE);
}

static void writing_over(void *owner, int rc, const struct err *why)
{
	struct writing *w = owner;
	struct campaigns *c = w->c;
	struct campaign *m = w->m;
	struct err said = *why;
	bool same;

	if (c->stopping)
		return;
	if (rc == -EAGAIN) {
		w->before = m->run;
		w->tally_before = m->tally;
		writing_again(w);
		return;
	}
	same = str_eq(walk_filter(m->walk), str_of(m->life.filter));
	walk_free(&m->walk);
	m->writing = NULL;
	writing_free(w);
	if (rc == 0)
		writing_end(c, m, same);
	else
		c->step(c, m, STEP_FAIL, "audience_unreadable",
			str_of(said.text));
}

/* Addresses of the spec are few, and repeats among them must be seen: from
 * the first one again, over the rows that are there. */
static void from_the_first(struct campaign *m)
{
	m->run = (struct progress){ 0 };
	for (unsigned i = 0; i < m->tally.n; i++) {
		m->tally.v[i].n = 0;
		m->tally.v[i].dirty = true;
	}
}

static void writing_walk(struct writing *w)
{
	static const struct walk_events events = { writing_page, writing_over };
	struct campaign *m = w->m;

	judge_begin(w->judge, m->run.hash);
	m->walk = walk_new(w->c, m, m->run.walked, &events, w);
}

/* Who was approved is known again; it is what was hashed, or nobody goes. */
static void writing_knows(void *owner, int rc)
{
	struct writing *w = owner;
	struct campaigns *c = w->c;
	struct campaign *m = w->m;
	char hash[65];

	if (c->stopping)
		return;
	if (rc != 0) {
		roster_free(&w->roster);
		w->before = m->run;
		w->tally_before = m->tally;
		writing_again(w);
		return;
	}
	if (approval_same_audience(m, roster_hash(w->roster), hash)) {
		writing_walk(w);
		return;
	}
	m->writing = NULL;
	writing_free(w);
	c->step(c, m, STEP_CHANGED, "audience_changed", STR("audience"));
}

void materialise(struct campaigns *c, struct campaign *m)
{
	struct writing *w = mem_new(struct writing);
	struct err err = { "" };

	must(c != NULL && m != NULL && m->walk == NULL && m->writing == NULL);
	w->c = c;
	w->m = m;
	w->retry = loop_timer_new(c->loop, on_retry, w);
	if (m->spec.audience == AUDIENCE_ADDRESSES)
		from_the_first(m);
	if (judge_new(&w->judge, c, m, &err) != 0) {
		writing_free(w);
		c->step(c, m, STEP_FAIL, "text_unreadable", str_of(err.text));
		return;
	}
	m->writing = w;
	if (roster_wanted(m))
		w->roster = roster_read(c, m, writing_knows, w);
	else
		writing_walk(w);
}
