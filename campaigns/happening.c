/* Something happened to a person: campaigns that wait for it write them down,
 * in the event's own batch. The gate is asked when their time has come. */
#include "base/mem.h"
#include "campaigns/core.h"
#include "campaigns/judge.h"
#include "campaigns/runner.h"
#include "campaigns/schedule.h"
#include "proto/e164.h"

/* Written down, and not yet stored. */
struct happening {
	struct campaign *m;
	enum recipient_state state;
	char reason[32];
};

/* The event is not stored either, and comes again. Its n stays unused. */
static void happening_stored(void *owner, int rc)
{
	struct happening *h = owner;

	if (rc != 0)
		recipient_tally_add(&h->m->tally, h->state, str_of(h->reason),
				    -1);
	mem_free(h);
}

static void happening_put(struct campaigns *c, struct campaign *m,
			  const struct person_row *p, int64_t due_ms)
{
	struct recipient r = { .n = ++m->run.people };
	struct happening *h = mem_new(struct happening);
	int64_t end_ms = schedule_end(m);

	/* It waits even when its time is now: rows in order are claimed by
	 * number, and those of events come in any order of time. */
	if (judge_lots(m, p->address, &r)) {
		r.state = RECIPIENT_DEFERRED;
		r.reason = STR(WHY_SCHEDULED);
		r.due_ms = MAX(due_ms, 1);
	}
	if (r.state == RECIPIENT_DEFERRED && end_ms != 0 && due_ms >= end_ms) {
		r.state = RECIPIENT_SUPPRESSED;
		r.reason = STR(WHY_MISSED);
		r.due_ms = 0;
	}
	recipient_put(c->store, m->id, m->life.run, &r, p);
	recipient_tally_add(&m->tally, r.state, r.reason, 1);
	progress_put(c, m);
	h->m = m;
	h->state = r.state;
	IGNORE(str_copy(h->reason, sizeof(h->reason), r.reason));
	store_then(c->store, happening_stored, h);
	if (m->runner != NULL)
		runner_look(m->runner);
}

/* Is it of the audience? Of the addresses, if it names some; of its branch. */
static bool is_meant(const struct campaigns *c, const struct campaign *m,
		     struct str address)
{
	struct str rest = str_of(m->spec.audience_text), line, branch;

	if (m->life.branch != NULL &&
	    (!gateway_branch(c->gateway, str_of(m->tenant), address, &branch) ||
	     !str_eqz(branch, m->life.branch)))
		return false;
	if (m->spec.audience != AUDIENCE_ADDRESSES)
		return true;
	while (rest.len > 0) {
		rest = str_cut(rest, '\n', &line);
		if (str_eq(line, address))
			return true;
	}
	return false;
}

static bool waits_for(const struct campaign *m, struct str tenant,
		      struct str event)
{
	return (m->state == CAMPAIGN_RUNNING || m->state == CAMPAIGN_PAUSED) &&
	       m->spec.schedule == SCHEDULE_EVENT &&
	       str_eqz(tenant, m->tenant) &&
	       str_eq(event, str_of(m->spec.event));
}

unsigned campaigns_event(struct campaigns *c, struct str tenant,
			 struct str event, struct str address, int64_t at_ms)
{
	struct person_view known;
	char number[E164_MAX];
	unsigned n = 0;

	must(c != NULL);
	for (size_t i = 0; i < c->n && !c->stopping; i++) {
		struct campaign *m = c->v[i];
		struct person_row p = { .address = address };

		if (!waits_for(m, tenant, event))
			continue;
		if (m->spec.channel == NULL &&
		    e164_parse(address, gateway_country(c->gateway), number,
			       NULL) == 0)
			p.address = str_of(number);
		if (!is_meant(c, m, p.address))
			continue;
		gateway_person(c->gateway, tenant, p.address, &known);
		p.contact = known.contact;
		happening_put(c, m, &p, at_ms + m->spec.after_ms);
		n++;
	}
	return n;
}
