/* The gate: every rule in rows, with clocks turned by hand. */
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

struct gate {
	struct classes *classes;
	struct facts *facts;
	struct permit_cfg cfg;
};

static int64_t at(const char *text)
{
	int64_t ms;

	assert_int_equal(clock_parse_rfc3339(text, str_of(text).len, &ms), 0);
	return ms;
}

static void gate_open(struct gate *g, const char *config)
{
	struct settings s = { 0 };
	struct faults f = { 0 };

	assert_int_equal(settings_parse(config, "test", &class_section, 1, &s,
					&f),
			 0);
	assert_int_equal(classes_new(&g->classes, &s, &f), 0);
	settings_done(&s);
	faults_done(&f);
	g->facts = facts_new();
	g->cfg = (struct permit_cfg){ g->classes, g->facts, false };
}

static void gate_close(struct gate *g)
{
	facts_free(&g->facts);
	classes_free(&g->classes);
	tzone_forget();
}

static struct decision ask(struct gate *g, const char *class_name,
			   struct str to, const char *when, uint8_t flags)
{
	struct message m = { .tenant = TENANT,
			     .class_name = str_of(class_name),
			     .to = to,
			     .flags = flags };
	struct decision d;

	permit(&g->cfg, &m, at(when), &d);
	return d;
}

static void grant(struct gate *g, const char *purpose, enum consent_type type,
		  uint64_t seq, const char *when, const char *until)
{
	int n = classes_purpose(g->classes, str_of(purpose));

	assert_true(n >= 0);
	facts_consent(g->facts, TENANT, SHI, (unsigned)n, type, seq, at(when),
		      until == NULL ? 0 : at(until));
}

static void expect(struct decision d, enum verdict v, const char *reason)
{
	char text[64];

	assert_int_equal(str_copy(text, sizeof(text), d.reason), 0);
	assert_string_equal(text, reason);
	assert_int_equal(d.verdict, v);
	assert_int_equal(d.rule_version.len, 8);
}

#define NOON "2026-11-22T12:00:00Z"

/* marketing needs a grant that is in date; nothing else will do. */
static void test_consent(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "");
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_DENY,
	       PERMIT_NO_CONSENT);
	grant(&g, "marketing", CONSENT_REQUEST, 1, NOON, NULL);
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_DENY,
	       PERMIT_PENDING);
	grant(&g, "marketing", CONSENT_CONFIRM, 2, NOON,
	      "2026-11-22T18:00:00Z");
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_ALLOW, "");
	assert_int_equal(ask(&g, "marketing", SHI, NOON, 0).consent_seq, 2);
	/* C004: it ends between the schedule and the send */
	expect(ask(&g, "marketing", SHI, "2026-11-22T18:00:00Z", 0),
	       VERDICT_DENY, PERMIT_EXPIRED);
	grant(&g, "marketing", CONSENT_WITHDRAW, 3, NOON, NULL);
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_DENY,
	       PERMIT_WITHDRAWN);
	/* a reminder goes on: the refusal was about marketing */
	expect(ask(&g, "reminder", SHI, NOON, 0), VERDICT_ALLOW, "");
	grant(&g, "marketing", CONSENT_GRANT, 4, NOON, NULL);
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_ALLOW, "");
	gate_close(&g);
}

/* A grant whose commit comes after a later withdrawal changes nothing. */
static void test_late_grant(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "");
	grant(&g, "marketing", CONSENT_WITHDRAW, 8, NOON, NULL);
	grant(&g, "marketing", CONSENT_GRANT, 7, NOON, NULL);
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_DENY,
	       PERMIT_WITHDRAWN);
	gate_close(&g);
}

static void test_refused_for_all(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "");
	grant(&g, "marketing", CONSENT_GRANT, 1, NOON, NULL);
	facts_consent(g.facts, TENANT, SHI, PURPOSE_ALL, CONSENT_WITHDRAW, 2,
		      at(NOON), 0);
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_DENY,
	       PERMIT_WITHDRAWN);
	expect(ask(&g, "survey", SHI, NOON, 0), VERDICT_DENY, PERMIT_WITHDRAWN);
	expect(ask(&g, "reminder", SHI, NOON, 0), VERDICT_ALLOW, "");
	/* and one that was said to nobody in particular holds for everybody */
	facts_consent(g.facts, STR("*"), STR("+447700900009"), PURPOSE_ALL,
		      CONSENT_WITHDRAW, 3, at(NOON), 0);
	expect(ask(&g, "survey", STR("+447700900009"), NOON, 0), VERDICT_DENY,
	       PERMIT_WITHDRAWN);
	gate_close(&g);
}

static void test_block_and_suspicion(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "");
	facts_suspect(g.facts, TENANT, SHI, true);
	grant(&g, "marketing", CONSENT_GRANT, 1, NOON, NULL);
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_DENY,
	       PERMIT_SUSPECTED);
	facts_suspect(g.facts, TENANT, SHI, false);
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_ALLOW, "");
	grant(&g, "marketing", CONSENT_BLOCK, 2, NOON, NULL);
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_DENY,
	       PERMIT_BLOCKED);
	expect(ask(&g, "reminder", SHI, NOON, 0), VERDICT_DENY, PERMIT_BLOCKED);
	/* an alert passes */
	expect(ask(&g, "alert", SHI, NOON, 0), VERDICT_ALLOW, "");
	grant(&g, "marketing", CONSENT_UNBLOCK, 3, NOON, NULL);
	expect(ask(&g, "reminder", SHI, NOON, 0), VERDICT_ALLOW, "");
	gate_close(&g);
}

/* D-24: who left is not promoted to by an old consent. */
static void test_left(void **state)
{
	struct contact c = { .tenant = TENANT,
			     .state = CONTACT_LEFT,
			     .updated_ms = at("2026-06-01T00:00:00Z") };
	struct gate g;

	(void)state;
	gate_open(&g, "");
	grant(&g, "marketing", CONSENT_GRANT, 1, "2026-01-01T00:00:00Z", NULL);
	facts_contact(g.facts, TENANT, SHI, &c, NULL, STR_NONE);
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_DENY, PERMIT_LEFT);
	grant(&g, "marketing", CONSENT_GRANT, 2, "2026-07-01T00:00:00Z", NULL);
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_ALLOW, "");
	gate_close(&g);
}

/* Quiet hours are the recipient's; an unknown zone needs all candidates. */
static void test_hours(void **state)
{
	static const struct {
		const char *to, *zone, *when;
		enum verdict v;
		const char *reason, *until;
	} rows[] = {
		{ "+447700900001", "", "2026-11-22T07:59:59Z", VERDICT_DEFER,
		  PERMIT_QUIET, "2026-11-22T08:00:00Z" },
		{ "+447700900001", "", "2026-11-22T08:00:00Z", VERDICT_ALLOW,
		  "", NULL },
		{ "+447700900001", "", "2026-11-22T20:59:59Z", VERDICT_ALLOW,
		  "", NULL },
		{ "+447700900001", "", "2026-11-22T21:00:00Z", VERDICT_DEFER,
		  PERMIT_QUIET, "2026-11-23T08:00:00Z" },
		/* summer time: 08:00 in London is 07:00 UTC */
		{ "+447700900001", "", "2026-07-01T06:30:00Z", VERDICT_DEFER,
		  PERMIT_QUIET, "2026-07-01T07:00:00Z" },
		/* the person's own zone counts, not the number's */
		{ "+447700900001", "Asia/Shanghai", "2026-11-22T12:59:00Z",
		  VERDICT_ALLOW, "", NULL },
		{ "+447700900001", "Asia/Shanghai", "2026-11-22T13:00:00Z",
		  VERDICT_DEFER, PERMIT_QUIET, "2026-11-23T00:00:00Z" },
		/* +1: from Newfoundland to Honolulu; all must be open */
		{ "+12025550123", "", "2026-11-22T12:30:00Z", VERDICT_DEFER,
		  PERMIT_QUIET, "2026-11-22T18:00:00Z" },
		{ "+12025550123", "", "2026-11-22T18:30:00Z", VERDICT_ALLOW, "",
		  NULL },
		/* a country code nobody has: never certain */
		{ "+999123456789", "", NOON, VERDICT_DENY, PERMIT_NO_ZONE,
		  NULL },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct contact c = { .tenant = TENANT };
		struct str to = str_of(rows[i].to);
		struct decision d;
		struct gate g;

		gate_open(&g, "");
		if (rows[i].zone[0] != '\0')
			facts_contact(g.facts, TENANT, to, &c,
				      tzone_get(str_of(rows[i].zone)),
				      STR_NONE);
		d = ask(&g, "reminder", to, rows[i].when, 0);
		expect(d, rows[i].v, rows[i].reason);
		if (rows[i].until != NULL)
			assert_int_equal(d.not_before_ms, at(rows[i].until));
		gate_close(&g);
	}
}

/* An alert and an answer to the customer's own words do not wait. */
static void test_hours_bypass(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "");
	expect(ask(&g, "alert", SHI, "2026-11-22T03:00:00Z", 0), VERDICT_ALLOW,
	       "");
	expect(ask(&g, "callback", SHI, "2026-11-22T03:00:00Z", 0),
	       VERDICT_DEFER, PERMIT_QUIET);
	expect(ask(&g, "callback", SHI, "2026-11-22T03:00:00Z",
		   MESSAGE_FLAG_REPLY),
	       VERDICT_ALLOW, "");
	gate_close(&g);
}

static void test_cap(void **state)
{
	struct gate g;
	const struct class_rules *r;

	(void)state;
	gate_open(&g, "class marketing { consent = none cap = \"2/24h\" }");
	r = classes_find(g.classes, STR("marketing"));
	for (unsigned i = 0; i < 2; i++) {
		expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_ALLOW, "");
		facts_count(g.facts, TENANT, SHI, r->index, at(NOON), r->cap);
	}
	expect(ask(&g, "marketing", SHI, "2026-11-22T13:00:00Z", 0),
	       VERDICT_DENY, PERMIT_CAP);
	/* the window rolls on */
	expect(ask(&g, "marketing", SHI, "2026-11-23T12:00:00Z", 0),
	       VERDICT_ALLOW, "");
	facts_uncount(g.facts, TENANT, SHI, r->index, at(NOON));
	expect(ask(&g, "marketing", SHI, "2026-11-22T13:00:00Z", 0),
	       VERDICT_ALLOW, "");
	gate_close(&g);
}

static void test_demo(void **state)
{
	static const struct {
		const char *to;
		bool good;
	} rows[] = {
		{ "+447700900000", true },   { "+447700900999", true },
		{ "+999123456789", true },   { "+447700901000", false },
		{ "+447700800001", false },  { "+4477009000011", false },
		{ "+8613800000000", false }, { "kiosk-7", false },
	};
	struct gate g;

	(void)state;
	gate_open(&g, "");
	g.cfg.demo = true;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct decision d =
			ask(&g, "alert", str_of(rows[i].to), NOON, 0);

		assert_int_equal(d.verdict == VERDICT_ALLOW, rows[i].good);
	}
	gate_close(&g);
}

/* What is not known is denied, and a class that says nothing asks consent. */
static void test_fails_closed(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "class odd { }");
	expect(ask(&g, "nosuch", SHI, NOON, 0), VERDICT_DENY, PERMIT_CLASS);
	expect(ask(&g, "odd", SHI, NOON, 0), VERDICT_DENY, PERMIT_NO_CONSENT);
	gate_close(&g);
}

static void test_bad_classes(void **state)
{
	static const char *const rows[] = {
		"class a { quiet_hours = \"8-21\" }",
		"class a { quiet_hours = \"21:00-08:00\" }",
		"class a { quiet_hours = \"08:00-25:00\" }",
		"class a { cap = \"many\" }",
		"class a { cap = \"0/24h\" }",
		"class a { cap = \"10/soon\" }",
		"class a { retry_min = 1h retry_max = 1s }",
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct classes *c = NULL;
		struct settings s = { 0 };
		struct faults f = { 0 };

		assert_int_equal(settings_parse(rows[i], "test", &class_section,
						1, &s, &f),
				 0);
		assert_int_not_equal(classes_new(&c, &s, &f), 0);
		assert_int_equal(f.len, 1);
		assert_null(c);
		settings_done(&s);
		faults_done(&f);
	}
}

static int no_blocks(void **state)
{
	(void)state;
	return mem_live_blocks() == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_consent),
		cmocka_unit_test(test_late_grant),
		cmocka_unit_test(test_refused_for_all),
		cmocka_unit_test(test_block_and_suspicion),
		cmocka_unit_test(test_left),
		cmocka_unit_test(test_hours),
		cmocka_unit_test(test_hours_bypass),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_demo),
		cmocka_unit_test(test_fails_closed),
		cmocka_unit_test(test_bad_classes),
	};

	return cmocka_run_group_tests(tests, NULL, no_blocks);
}
