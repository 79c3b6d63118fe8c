/* A gate alone, with what it knows: for the tests of its rules. */
#pragma once

#include "gateway/permit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"

#define TENANT STR("DEMOTEL")
#define SHI STR("+447700900001")
#define NOON "2026-11-22T12:00:00Z"

struct gate {
	struct classes *classes;
	struct packs *packs;
	struct places *places;
	struct groups *groups;
	struct facts *facts;
	struct permit_cfg cfg;
};

static inline int64_t at(const char *text)
{
	int64_t ms;

	assert_int_equal(clock_parse_rfc3339(text, str_of(text).len, &ms), 0);
	return ms;
}

static inline void gate_open(struct gate *g, const char *config)
{
	const struct setting_section kinds[] = { class_section, pack_section,
						 group_section };
	struct settings s = { 0 };
	struct faults f = { 0 };

	assert_int_equal(settings_parse(config, "test", kinds, 3, &s, &f), 0);
	assert_int_equal(classes_new(&g->classes, &s, &f), 0);
	assert_int_equal(packs_new(&g->packs, &s, &f), 0);
	assert_int_equal(places_new(&g->places, g->packs, g->classes, &f), 0);
	assert_int_equal(groups_new(&g->groups, &s, &f), 0);
	packs_count(g->packs, g->classes);
	settings_done(&s);
	faults_done(&f);
	g->facts = facts_new();
	g->cfg = (struct permit_cfg){ .classes = g->classes,
				      .facts = g->facts,
				      .places = g->places,
				      .groups = g->groups };
}

static inline void gate_close(struct gate *g)
{
	facts_free(&g->facts);
	groups_free(&g->groups);
	places_free(&g->places);
	packs_free(&g->packs);
	classes_free(&g->classes);
	tzone_forget();
}

static inline struct decision ask(struct gate *g, const char *class_name,
				  struct str to, const char *when,
				  uint8_t flags)
{
	struct message m = { .tenant = TENANT,
			     .class_name = str_of(class_name),
			     .to = to,
			     .flags = flags };
	struct decision d;

	permit(&g->cfg, &m, at(when), &d);
	return d;
}

static inline void grant(struct gate *g, const char *purpose,
			 enum consent_type type, uint64_t seq, const char *when,
			 const char *until)
{
	const struct consent_event e = {
		.tenant = TENANT,
		.address = SHI,
		.type = type,
		.seq = seq,
		.at_ms = at(when),
		.expires_ms = until == NULL ? 0 : at(until),
		.source = STR("web"),
	};
	int n = classes_purpose(g->classes, str_of(purpose));

	assert_true(n >= 0);
	assert_int_equal(facts_consent(g->facts, &e, (unsigned)n), 0);
}

static inline void expect(struct decision d, enum verdict v, const char *reason)
{
	char text[64];

	assert_int_equal(str_copy(text, sizeof(text), d.reason), 0);
	assert_string_equal(text, reason);
	assert_int_equal(d.verdict, v);
	assert_int_equal(d.rule_version.len, 8);
}

static inline void went(struct gate *g, const char *class_name,
			const char *when, const char *campaign, unsigned group)
{
	const struct class_rules *r =
		classes_find(g->classes, str_of(class_name));
	const struct touch t = { .at_ms = at(when),
				 .class_index = r->index,
				 .group = group,
				 .campaign = str_of(campaign) };

	facts_count(g->facts, TENANT, SHI, &t, MAX(r->keep, 1),
		    MAX(r->horizon_ms, 86400000));
}

static inline int gate_no_blocks(void **state)
{
	(void)state;
	return mem_live_blocks() == 0 ? 0 : -1;
}
