/* Something happened to a person: campaigns that wait for it take them in. */
#include "base/mem.h"
#include "campaigns/core.h"
#include "campaigns/judge.h"
#include "campaigns/runner.h"

struct happening {
	struct campaigns *c;
	struct campaign *m;
	int64_t due_ms;
	struct people people;
	char address[ADDRESS_MAX];
};

static bool happening_show(void *owner, const struct row *row)
{
	struct happening *h = owner;

	IGNORE(people_add(&h->people, (uint64_t)row_i(row, 0), row, 1) == NULL);
	return false;
}

static void happening_put(struct happening *h)
{
	struct campaign *m = h->m;
	struct recipient r = { .n = m->run.people + 1 };
	struct judge *j = NULL;
	struct err err;

	if (judge_new(&j, h->c, m, &err) != 0)
		return;
	m->run.people++;
	judge_begin(j, m->run.hash);
	judge_person(j, &h->people.v[0], h->due_ms, &r);
	/* It waits even when its time is now: rows in order are claimed by
	 * number, and those of events come in any order of time. */
	if (r.state == RECIPIENT_READY) {
		r.state = RECIPIENT_DEFERRED;
		r.reason = STR(WHY_SCHEDULED);
		r.due_ms = MAX(h->due_ms, 1);
	}
	recipient_put(h->c->store, m->id, m->life.run, &r, &h->people.v[0]);
	recipient_tally_add(&m->tally, r.state, r.reason, 1);
	progress_put(h->c, m);
	judge_free(&j);
	if (m->runner != NULL)
		runner_look(m->runner);
}

static void happening_came(void *owner, int rc)
{
	struct happening *h = owner;

	h->c->reads--;
	if (rc == 0 && h->people.n == 0)
		IGNORE(people_add_address(&h->people, str_of(h->address)) ==
		       NULL);
	people_settle(&h->people);
	if (rc == 0 && !h->c->stopping && h->m->state == CAMPAIGN_RUNNING)
		happening_put(h);
	people_done(&h->people);
	mem_free(h);
}

static void happening_begin(struct campaigns *c, struct campaign *m,
			    struct str address, int64_t at_ms)
{
	struct happening *h = mem_new(struct happening);
	const char *channel = m->spec.channel == NULL ? "sms" : m->spec.channel;
	const struct cell cells[] = { CELL_Z(m->tenant), CELL_T(address),
				      CELL_Z(channel), CELL_I(1) };

	h->c = c;
	h->m = m;
	h->due_ms = at_ms + m->spec.after_ms;
	IGNORE(str_copy(h->address, sizeof(h->address), address));
	people_init(&h->people);
	c->reads++;
	c->store->ops->get(c->store, STORE_CAMPAIGN_PERSON, cells,
			   ARRAY_LEN(cells), happening_show, happening_came, h);
}

unsigned campaigns_event(struct campaigns *c, struct str tenant,
			 struct str event, struct str address, int64_t at_ms)
{
	unsigned n = 0;

	must(c != NULL);
	for (size_t i = 0; i < c->n && !c->stopping; i++) {
		struct campaign *m = c->v[i];

		if (m->state != CAMPAIGN_RUNNING ||
		    m->spec.schedule != SCHEDULE_EVENT ||
		    !str_eqz(tenant, m->tenant) ||
		    !str_eq(event, str_of(m->spec.event)))
			continue;
		happening_begin(c, m, address, at_ms);
		n++;
	}
	return n;
}
