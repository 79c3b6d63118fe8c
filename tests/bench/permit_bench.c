/* Decisions of the gate a second, full rules, over a million addresses. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "gateway/permit.h"

enum { PEOPLE = 1000000, ASKED = 3000000 };

struct gate {
	struct classes *classes;
	struct packs *packs;
	struct places *places;
	struct facts *facts;
};

/* A third each in the United States, the United Kingdom and China. */
static struct str number_of(unsigned i, char out[24])
{
	static const char *const heads[] = { "+1305", "+4477", "+8613" };

	(void)snprintf(out, 24, "%s%07u", heads[i % 3], i);
	return str_of(out);
}

static void fill(struct gate *g)
{
	static const char *const zones[] = { "America/New_York",
					     "Europe/London", "Asia/Shanghai" };
	unsigned purpose =
		(unsigned)classes_purpose(g->classes, STR("marketing"));

	for (unsigned i = 0; i < PEOPLE; i++) {
		struct contact c = { .id = i + 1, .tenant = STR("bench") };
		struct consent_event e = { .tenant = c.tenant,
					   .type = CONSENT_GRANT,
					   .seq = i + 1,
					   .at_ms = 1700000000000 };
		char to[24];

		e.address = number_of(i, to);
		facts_contact(g->facts, c.tenant, e.address, &c,
			      tzone_get(str_of(zones[i % 3])), NULL);
		must(facts_consent(g->facts, &e, purpose) == 0);
	}
}

static void ask(struct gate *g)
{
	const struct permit_cfg cfg = { .classes = g->classes,
					.facts = g->facts,
					.places = g->places };
	unsigned verdicts[3] = { 0 };
	/* of this processor, whoever else runs */
	clock_t from = clock();
	double seconds;

	for (unsigned i = 0; i < ASKED; i++) {
		char to[24];
		/* a stride that meets everybody, far from who was before */
		struct message m = {
			.tenant = STR("bench"),
			.class_name = STR("marketing"),
			.to = number_of(i * 7919u % PEOPLE, to),
			.channel = STR("sms"),
			.from = STR("10690001"),
			.text = STR("【Demo】Offer of the week, 拒收请回复R"),
		};
		struct decision d;

		permit(&cfg, &m, 1795600000000 + i, &d);
		verdicts[d.verdict]++;
	}
	seconds = (double)(clock() - from) / CLOCKS_PER_SEC;
	printf("permit: %.0f decisions/s of one core (allow %u, defer %u, deny %u)\n",
	       ASKED / seconds, verdicts[0], verdicts[1], verdicts[2]);
}

int main(void)
{
	struct settings s = { 0 };
	struct faults f = { 0 };
	struct gate g = { .facts = facts_new() };

	must(classes_new(&g.classes, &s, &f) == 0);
	must(packs_new(&g.packs, &s, &f) == 0);
	must(places_new(&g.places, g.packs, g.classes, &f) == 0);
	packs_count(g.packs, g.classes);
	fill(&g);
	ask(&g);
	facts_free(&g.facts);
	places_free(&g.places);
	packs_free(&g.packs);
	classes_free(&g.classes);
	tzone_forget();
	return EXIT_SUCCESS;
}
