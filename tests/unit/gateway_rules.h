/* People and questions for the tests of the rule packs. */
#pragma once

#include "tests/unit/gateway_gate.h"

#include <string.h>

#define FLORIDA "+13055550123"
#define TEXAS "+12145550123"
#define NEW_YORK "+12125550123"
#define PARIS "+33612345678"
#define SHANGHAI "+8613800138000"
#define DELHI "+919812345678"

/* One person, in one zone, who agreed to everything long ago. */
static inline void person(struct gate *g, const char *to, const char *zone)
{
	struct contact c = { .tenant = TENANT };

	facts_contact(g->facts, TENANT, str_of(to), &c,
		      zone[0] == '\0' ? NULL : tzone_get(str_of(zone)), NULL);
	for (unsigned i = 0; i < classes_len(g->classes); i++) {
		const struct consent_event e = {
			.tenant = TENANT,
			.address = str_of(to),
			.type = CONSENT_GRANT,
			.seq = 1,
			.at_ms = at("2025-01-01T00:00:00Z"),
			.source = STR("web"),
		};

		assert_int_equal(
			facts_consent(g->facts, &e,
				      classes_at(g->classes, i)->purpose),
			0);
	}
}

struct hours_row {
	const char *class_name, *to, *zone, *when;
	enum verdict v;
	const char *reason, *until;
};

static inline void expect_hours(const struct hours_row *rows, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct hours_row *r = &rows[i];
		struct decision d;
		struct gate g;
		/* content rules have tests of their own */
		struct message m = { .tenant = TENANT,
				     .class_name = str_of(r->class_name),
				     .to = str_of(r->to),
				     .from = STR("VM-DEMO-S"),
				     .metadata = STR("{\"dlt_entity\":\"1\","
						     "\"dlt_template\":2}") };

		if (str_starts(m.to, STR("+91")) && r->class_name[0] == 'm')
			m.from = STR("VM-DEMO-P");
		if (str_starts(m.to, STR("+86")))
			m.from = STR("10690001");
		gate_open(&g, "class marketing { consent = required }"
			      "class service { consent = none }");
		person(&g, r->to, r->zone);
		permit(&g.cfg, &m, at(r->when), &d);
		expect(d, r->v, r->reason);
		if (r->until != NULL)
			assert_int_equal(d.not_before_ms, at(r->until));
		gate_close(&g);
	}
}

/* What a class forgets to ask, the pack asks. */
static inline void expect_consent_needed(const char *to)
{
	struct gate g;
	struct message m = { .tenant = TENANT,
			     .class_name = STR("offers"),
			     .to = str_of(to),
			     .from = STR("10690001"),
			     .text = STR("【Demo】 Offer. STOP 退订"),
			     .metadata = STR("{\"dlt_entity\":\"1\","
					     "\"dlt_template\":\"2\"}") };
	struct decision d;

	gate_open(&g, "class offers { consent = opt-out nature = promotional"
		      " }");
	permit(&g.cfg, &m, at("2026-11-22T08:30:00Z"), &d);
	expect(d, VERDICT_DENY, PERMIT_NO_CONSENT);
	gate_close(&g);
}

static inline void expect_refused_source(const char *to, const char *source,
					 const char *pack)
{
	struct gate g;
	const struct pack *by;

	gate_open(&g, "");
	by = place_refuses_source(places_of(g.places, str_of(to)),
				  str_of(source));
	if (pack == NULL)
		assert_null(by);
	else
		assert_string_equal(by->name, pack);
	gate_close(&g);
}
