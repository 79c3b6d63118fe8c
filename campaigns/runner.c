/* Pages of recipients, claimed at the campaign's pace. */
#include "campaigns/runner.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/invite.h"
#include "campaigns/judge.h"
#include "campaigns/pace.h"
#include "campaigns/quota.h"
#include "campaigns/schedule.h"

#define DUE_MS 1000 /* how often deferred ones are looked for */

/* Handed to the gateway a short while ago: perhaps not gone yet. */
struct handed {
	uint64_t message;
	int64_t n;
	unsigned arm;
	uint64_t contact;
	char address[ADDRESS_MAX];
};

struct runner {
	struct campaigns *c;
	struct campaign *m;
	struct judge *judge;
	struct recipients page;
	unsigned at;                   /* of the page: begun with */
	unsigned first;                /* of those whose commit is awaited */
	char was[RECIPIENTS_PAGE][32]; /* reasons before */
	bool reading, committing;
	bool stopped, take_back; /* as soon as neither is awaited */
	bool due;                /* the page is of deferred ones */
	bool dry;                /* no READY row is left */
	int64_t claimed;         /* before the awaited commit */
	uint64_t looked_ms;      /* for deferred ones */
	struct limit pace;
	struct handed *handed; /* a ring */
	size_t nhanded, cap;
};

static void runner_go(struct runner *r);

void runner_free(struct runner **rp)
{
	must(rp != NULL);

	struct runner *r = TAKE(*rp);
	if (r == NULL)
		return;
	judge_free(&r->judge);
	people_done(&r->page.people);
	mem_free(r->handed);
	mem_free(r);
}

/* ---- one person ------------------------------------------------------------------- */

static void runner_note(struct runner *r, const struct recipient *x,
			const struct person_row *p)
{
	struct handed *h = &r->handed[r->nhanded++ % r->cap];

	h->message = x->message;
	h->n = x->n;
	h->arm = x->arm;
	h->contact = p->contact;
	IGNORE(str_copy(h->address, sizeof(h->address), p->address));
}

/* The door is full: the same person again, later. */
static bool come_back(int rc)
{
	return rc == -ENOSPC || rc == -EAGAIN;
}

/* What the door says, into the row. */
static void runner_said(struct recipient *x, const struct submitted *out)
{
	const struct decision *d = &out->decision;

	x->message = out->id;
	x->due_ms = 0;
	x->reason = d->reason;
	if (out->rc != 0) {
		x->state = RECIPIENT_SUPPRESSED;
		x->reason = str_of(judge_refused(out->code));
		return;
	}
	switch (d->verdict) {
	case VERDICT_ALLOW:
		x->state = RECIPIENT_CLAIMED;
		x->reason = STR_NONE;
		return;
	case VERDICT_DEFER:
		x->state = RECIPIENT_DEFERRED;
		x->due_ms = d->not_before_ms;
		return;
	case VERDICT_DENY:
		x->state = RECIPIENT_SUPPRESSED;
		return;
	}
}

/* false: not now. */
static bool runner_claim(struct runner *r, unsigned i)
{
	struct recipient *x = &r->page.v[i], was = *x;
	const struct person_row *p = &r->page.people.v[i];
	struct campaign *m = r->m;
	struct submission s;
	struct submitted out = { .rc = 0 };

	if (judge_submission(r->judge, p, x, &s)) {
		s.only_now = true;
		if (m->spec.survey != NULL)
			invite(r->c, m, p, &s, &out);
		else
			gateway_submit(r->c->gateway, &s, &out);
		if (out.rc != 0 && come_back(out.rc))
			return false;
		runner_said(x, &out);
	}
	recipient_put(r->c->store, m->id, m->life.run, x, p);
	recipient_tally_add(&m->tally, was.state, was.reason, -1);
	recipient_tally_add(&m->tally, x->state, x->reason, 1);
	/* Kept, should the commit fail. */
	IGNORE(str_copy(r->was[i], sizeof(r->was[i]), was.reason));
	IGNORE(str_copy(r->page.reasons[i], sizeof(r->page.reasons[i]),
			x->reason));
	x->reason = str_of(r->page.reasons[i]);
	if (x->state == RECIPIENT_CLAIMED) {
		runner_note(r, x, p);
		quota_take(r->c, str_of(m->tenant), 1);
	}
	if (!r->due)
		m->run.claimed = x->n;
	return true;
}

/* ---- batches ---------------------------------------------------------------------- */

/* The batch was not stored: nobody of it was claimed. The page is read
 * anew; counts go back. */
static void runner_undo(struct runner *r)
{
	struct campaign *m = r->m;

	for (unsigned i = r->first; i < r->at; i++) {
		const struct recipient *x = &r->page.v[i];

		recipient_tally_add(&m->tally, x->state, x->reason, -1);
		quota_take(r->c, str_of(m->tenant),
			   x->state == RECIPIENT_CLAIMED ? -1 : 0);
		recipient_tally_add(&m->tally,
				    r->due ? RECIPIENT_DEFERRED
					   : RECIPIENT_READY,
				    str_of(r->was[i]), 1);
	}
	m->run.claimed = r->claimed;
	r->nhanded = 0;
	r->page.n = r->at = 0;
	r->dry = false;
	r->looked_ms = 0;
}

/* Who has not left yet comes back. While the disk is full they go. */
static void runner_take_back(struct runner *r)
{
	struct campaign *m = r->m;
	size_t from = r->nhanded > r->cap ? r->nhanded - r->cap : 0;
	struct recipient x = { .state = RECIPIENT_DEFERRED,
			       .reason = STR(WHY_PAUSED),
			       .due_ms = 1 };

	if (r->c->store->ops->ready(r->c->store) != 0)
		return;
	for (size_t i = from; i < r->nhanded; i++) {
		const struct handed *h = &r->handed[i % r->cap];
		const struct person_row p = { .contact = h->contact,
					      .address = str_of(h->address) };

		if (gateway_cancel(r->c->gateway, str_of(m->tenant),
				   h->message) != 0)
			continue;
		x.n = h->n;
		x.arm = h->arm;
		recipient_put(r->c->store, m->id, m->life.run, &x, &p);
		recipient_tally_add(&m->tally, RECIPIENT_CLAIMED, STR_NONE, -1);
		quota_take(r->c, str_of(m->tenant), -1);
		recipient_tally_add(&m->tally, x.state, x.reason, 1);
	}
	progress_put(r->c, r->m);
	quota_put(r->c, str_of(m->tenant));
}

/* Stopped, and nothing is awaited any more. */
static void runner_settle(struct runner *r)
{
	if (r->reading || r->committing || r->c->stopping)
		return;
	if (r->take_back)
		runner_take_back(r);
	runner_free(&r->m->runner);
}

static void runner_committed(void *owner, int rc)
{
	struct runner *r = owner;

	r->committing = false;
	if (rc != 0)
		runner_undo(r); /* the next tick tries again */
	if (r->stopped)
		runner_settle(r);
	else if (rc == 0 && !r->c->stopping)
		runner_go(r);
}

/* How many may go now. */
static unsigned runner_may(struct runner *r)
{
	struct campaigns *c = r->c;
	const struct campaign *m = r->m;
	struct gateway_counts n;
	int64_t left = recipient_tally_of(&m->tally, RECIPIENT_READY) +
		       recipient_tally_of(&m->tally, RECIPIENT_DEFERRED);
	double rate = pace_rate(&m->spec, m->life.started_ms, campaigns_now(c),
				left, schedule_end(m));
	uint64_t now_us = clock_mono_us(c->clock);
	unsigned may = r->page.n - r->at;

	gateway_counts(c->gateway, &n);
	if ((int64_t)n.queued >= c->cfg->ahead ||
	    c->store->ops->ready(c->store) != 0)
		return 0;
	may = MIN(may, (unsigned)(c->cfg->ahead - (int64_t)n.queued));
	may = (unsigned)MIN((int64_t)may, quota_left(c, str_of(m->tenant)));
	if (rate <= 0)
		return may;
	limit_set_rate(&r->pace, rate, MAX(rate / 4, 1), now_us);
	for (unsigned i = 0; i < may; i++) {
		if (!limit_take(&r->pace, 1, now_us))
			return i;
	}
	return may;
}

static void runner_batch(struct runner *r)
{
	unsigned may = runner_may(r);

	r->first = r->at;
	r->claimed = r->m->run.claimed;
	while (may-- > 0 && runner_claim(r, r->at))
		r->at++;
	if (r->at == r->first)
		return;
	progress_put(r->c, r->m);
	quota_put(r->c, str_of(r->m->tenant));
	r->committing = true;
	store_then(r->c->store, runner_committed, r);
}

/* ---- pages ------------------------------------------------------------------------- */

/* On the reader's thread. */
static bool runner_show(void *owner, const struct row *row)
{
	struct runner *r = owner;

	return recipients_add(&r->page, row);
}

static void runner_came(void *owner, int rc)
{
	struct runner *r = owner;

	r->reading = false;
	r->c->reads--;
	if (r->stopped) {
		runner_settle(r);
		return;
	}
	if (r->c->stopping)
		return;
	people_settle(&r->page.people);
	r->at = 0;
	if (rc != 0) {
		r->page.n = 0; /* the next tick reads again */
		return;
	}
	if (!r->due && r->page.n == 0)
		r->dry = true;
	runner_go(r);
}

static void runner_read(struct runner *r, bool due)
{
	const struct campaign *m = r->m;
	const struct cell ready[] = {
		CELL_I(m->id),           CELL_I(m->life.run),
		CELL_I(m->run.claimed),  CELL_I(RECIPIENT_READY),
		CELL_I(RECIPIENTS_PAGE), CELL_Z(m->tenant)
	};
	const struct cell waits[] = { CELL_I(m->id), CELL_I(m->life.run),
				      CELL_I(campaigns_now(r->c)),
				      CELL_I(RECIPIENTS_PAGE),
				      CELL_Z(m->tenant) };

	people_clear(&r->page.people);
	r->page.n = r->at = 0;
	r->due = due;
	r->reading = true;
	r->c->reads++;
	r->c->store->ops->get(r->c->store,
			      due ? STORE_RECIPIENT_DUE : STORE_RECIPIENT_NEXT,
			      due ? waits : ready,
			      due ? ARRAY_LEN(waits) : ARRAY_LEN(ready),
			      runner_show, runner_came, r);
}

/* Which page comes next; false: none for now. */
static bool runner_choose(struct runner *r)
{
	uint64_t now_ms = clock_mono_ms(r->c->clock);
	bool look = recipient_tally_of(&r->m->tally, RECIPIENT_DEFERRED) > 0 &&
		    (r->looked_ms == 0 || now_ms - r->looked_ms >= DUE_MS ||
		     (r->due && r->page.n == RECIPIENTS_PAGE));

	if (look) {
		r->looked_ms = now_ms;
		runner_read(r, true);
		return true;
	}
	if (r->dry)
		return false;
	runner_read(r, false);
	return true;
}

static void runner_go(struct runner *r)
{
	if (r->reading || r->committing)
		return;
	if (r->at < r->page.n)
		runner_batch(r);
	else
		IGNORE(runner_choose(r));
}

void runner_tick(struct runner *r)
{
	must(r != NULL);
	if (!r->stopped)
		runner_go(r);
}

void runner_look(struct runner *r)
{
	must(r != NULL);
	r->dry = false;
	r->looked_ms = 0;
}

/* ---- begin and end -------------------------------------------------------------------- */

void runner_start(struct campaigns *c, struct campaign *m)
{
	struct err err = { "" };

	must(c != NULL && m != NULL);
	if (m->runner != NULL) { /* it was being stopped */
		m->runner->stopped = m->runner->take_back = false;
		return;
	}

	struct runner *r = mem_new(struct runner);
	r->c = c;
	r->m = m;
	r->cap = (size_t)c->cfg->ahead;
	r->handed = mem_array(r->cap, sizeof(*r->handed));
	people_init(&r->page.people);
	limit_init(&r->pace, 1, 1, clock_mono_us(c->clock));
	if (judge_new(&r->judge, c, m, &err) != 0) {
		runner_free(&r);
		c->step(c, m, STEP_FAIL, "text_unreadable", str_of(err.text));
		return;
	}
	m->runner = r;
	runner_go(r);
}

void runner_stop(struct campaign *m, bool take_back)
{
	must(m != NULL);
	if (m->runner == NULL)
		return;
	m->runner->stopped = true;
	m->runner->take_back = take_back;
	runner_settle(m->runner);
}

bool runner_empty(const struct runner *r)
{
	must(r != NULL);
	return r->dry && !r->reading && !r->committing && !r->stopped &&
	       r->at == r->page.n &&
	       recipient_tally_of(&r->m->tally, RECIPIENT_DEFERRED) == 0;
}
