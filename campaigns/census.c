/* The walk of a simulation. */
#include "campaigns/census.h"

#include "base/mem.h"
#include "campaigns/judge.h"
#include "campaigns/roster.h"
#include "campaigns/schedule.h"
#include "campaigns/walk.h"

struct census {
	struct campaigns *c;
	struct campaign *m;
	struct judge *judge;
	struct roster *roster; /* NULL: none is kept */
	struct funnel funnel;
	int64_t start_ms;
	census_done *done;
	void *owner;
};

static bool census_page(void *owner, const struct people *p)
{
	struct census *s = owner;

	for (unsigned i = 0; i < p->n; i++) {
		struct recipient r;
		unsigned parts =
			judge_person(s->judge, &p->v[i], s->start_ms, &r);

		funnel_add(&s->funnel, &r, parts);
	}
	if (s->roster != NULL)
		roster_page(s->roster, p);
	return true;
}

static void census_over(void *owner, int rc, const struct err *why)
{
	struct census *s = owner;
	struct walk *w = TAKE(s->m->walk); /* has `why` and the filter */
	struct census_found found = { .funnel = &s->funnel,
				      .hash = s->roster != NULL
						      ? roster_hash(s->roster)
						      : judge_hash(s->judge),
				      .filter = walk_filter(w) };

	if (rc == 0)
		funnel_time(&s->funnel, s->c, s->m, s->start_ms, &found.time);
	s->done(s->owner, s->m, rc, why, rc == 0 ? &found : NULL);
	walk_free(&w);
	judge_free(&s->judge);
	roster_free(&s->roster);
	mem_free(s);
}

int census_begin(struct campaigns *c, struct campaign *m, bool keep,
		 census_done *done, void *owner, struct err *err)
{
	static const struct walk_events events = { census_page, census_over };
	static const uint8_t begin[32];
	struct judge *judge = NULL;
	int rc;

	must(c != NULL && m != NULL && m->walk == NULL && done != NULL);
	rc = judge_new(&judge, c, m, err);
	if (rc != 0)
		return rc;

	struct census *s = mem_new(struct census);
	*s = (struct census){
		.c = c, .m = m, .judge = judge, .done = done, .owner = owner
	};
	s->start_ms = MAX(schedule_next(&m->spec, campaigns_now(c)),
			  campaigns_now(c));
	if (keep && roster_wanted(m))
		s->roster = roster_begin(c, m);
	judge_begin(judge, begin);
	m->walk = walk_new(c, m, 0, &events, s);
	return 0;
}
