/* The gate: every rule in rows, with clocks turned by hand. */
#include "tests/unit/gateway_gate.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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
	grant(&g, "*", CONSENT_WITHDRAW, 2, NOON, NULL);
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_DENY,
	       PERMIT_WITHDRAWN);
	expect(ask(&g, "survey", SHI, NOON, 0), VERDICT_DENY, PERMIT_WITHDRAWN);
	expect(ask(&g, "reminder", SHI, NOON, 0), VERDICT_ALLOW, "");
	/* and one that was said to nobody in particular holds for everybody */
	const struct consent_event to_nobody = {
		.tenant = STR("*"),
		.address = STR("+447700900009"),
		.type = CONSENT_WITHDRAW,
		.seq = 3,
	};
	assert_int_equal(facts_consent(g.facts, &to_nobody, PURPOSE_ALL), 0);
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
	facts_contact(g.facts, TENANT, SHI, &c, NULL, NULL);
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
		/* a country code nobody has: never certain, held */
		{ "+999123456789", "", NOON, VERDICT_DEFER, PERMIT_NO_ZONE,
		  "2026-11-22T13:00:00Z" },
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
				      tzone_get(str_of(rows[i].zone)), NULL);
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
		went(&g, "marketing", NOON, "", 0);
	}
	expect(ask(&g, "marketing", SHI, "2026-11-22T13:00:00Z", 0),
	       VERDICT_DENY, PERMIT_CAP);
	/* the window rolls on */
	expect(ask(&g, "marketing", SHI, "2026-11-23T12:00:00Z", 0),
	       VERDICT_ALLOW, "");
	assert_int_equal(facts_uncount(g.facts, TENANT, SHI, r->index),
			 at(NOON));
	expect(ask(&g, "marketing", SHI, "2026-11-22T13:00:00Z", 0),
	       VERDICT_ALLOW, "");
	gate_close(&g);
}

/* Calendar caps end at the person's midnight, rolling ones roll. */
static void test_calendar_caps(void **state)
{
	static const struct {
		const char *cap, *went, *now;
		enum verdict v;
	} rows[] = {
		{ "1/day", "2026-11-22T23:59:00Z", "2026-11-23T00:00:30Z",
		  VERDICT_ALLOW },
		{ "1/day", "2026-11-22T00:00:00Z", "2026-11-22T23:59:59Z",
		  VERDICT_DENY },
		/* summer time: the day began at 23:00 UTC */
		{ "1/day", "2026-07-01T22:59:00Z", "2026-07-01T23:00:30Z",
		  VERDICT_ALLOW },
		{ "1/24h", "2026-11-22T23:59:00Z", "2026-11-23T00:00:30Z",
		  VERDICT_DENY },
		/* Sunday to Monday */
		{ "1/week", "2026-11-22T12:00:00Z", "2026-11-23T12:00:00Z",
		  VERDICT_ALLOW },
		{ "1/week", "2026-11-23T12:00:00Z", "2026-11-29T12:00:00Z",
		  VERDICT_DENY },
		{ "1/month", "2026-11-30T12:00:00Z", "2026-12-01T12:00:00Z",
		  VERDICT_ALLOW },
		{ "1/month", "2026-11-01T12:00:00Z", "2026-11-30T12:00:00Z",
		  VERDICT_DENY },
		{ "5/24h, 1/day", "2026-11-22T10:00:00Z",
		  "2026-11-22T12:00:00Z", VERDICT_DENY },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		char config[96];
		struct gate g;

		snprintf(config, sizeof(config),
			 "class marketing { consent = none cap = \"%s\" }",
			 rows[i].cap);
		gate_open(&g, config);
		went(&g, "marketing", rows[i].went, "", 0);
		assert_int_equal(
			ask(&g, "marketing", SHI, rows[i].now, 0).verdict,
			rows[i].v);
		gate_close(&g);
	}
}

/* Where nobody knows the zone, a day is every day it may be. */
static void test_calendar_cap_without_zone(void **state)
{
	struct cap c[CAPS_MAX];
	unsigned n;

	(void)state;
	assert_int_equal(caps_parse(STR("1/day"), c, &n), 0);
	assert_true(cap_since(&c[0], NULL, 0, at(NOON)) <=
		    at(NOON) - 2 * (int64_t)86400000);
	assert_int_equal(caps_parse(STR(""), c, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(caps_parse(STR("1/day,"), c, &n), -EBADMSG);
	assert_int_equal(caps_parse(STR("1/year"), c, &n), -EBADMSG);
}

/* */
static void r25_exclusive_group(void **state)
{
	struct message m = { .tenant = TENANT,
			     .class_name = STR("care"),
			     .to = SHI,
			     .campaign = STR("b"),
			     .exclusion = STR("plans") };
	struct decision d;
	struct gate g;

	(void)state;
	gate_open(&g, "exclusion plans { window = 2d }"
		      "exclusion other { window = 2d }");
	went(&g, "care", "2026-11-21T12:00:00Z", "a",
	     groups_find(g.groups, STR("plans")));
	permit(&g.cfg, &m, at(NOON), &d);
	expect(d, VERDICT_DENY, PERMIT_GROUP);
	/* its own second message is no other campaign */
	m.campaign = STR("a");
	permit(&g.cfg, &m, at(NOON), &d);
	expect(d, VERDICT_ALLOW, "");
	m.campaign = STR("b");
	m.exclusion = STR("other");
	permit(&g.cfg, &m, at(NOON), &d);
	expect(d, VERDICT_ALLOW, "");
	m.exclusion = STR("plans");
	permit(&g.cfg, &m, at("2026-11-23T12:00:01Z"), &d);
	expect(d, VERDICT_ALLOW, "");
	gate_close(&g);
}

/* One survey in 30 days, one NPS in 90, none within a day of marketing. */
static void test_survey_fatigue(void **state)
{
	static const struct {
		const char *before, *when, *ask;
		const char *reason;
	} rows[] = {
		{ "survey", "2026-10-24T12:00:00Z", "survey", PERMIT_FATIGUE },
		{ "survey", "2026-10-23T11:59:59Z", "survey", "" },
		{ "survey", "2026-10-24T12:00:00Z", "nps", PERMIT_FATIGUE },
		{ "nps", "2026-10-23T11:59:59Z", "survey", "" },
		{ "nps", "2026-08-25T12:00:00Z", "nps", PERMIT_FATIGUE },
		{ "nps", "2026-08-24T11:59:59Z", "nps", "" },
		{ "marketing", "2026-11-21T12:00:01Z", "survey",
		  PERMIT_FATIGUE },
		{ "marketing", "2026-11-21T12:00:00Z", "survey", "" },
		{ "care", "2026-11-22T11:00:00Z", "survey", "" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct gate g;

		gate_open(&g, "");
		went(&g, rows[i].before, rows[i].when, "", 0);
		expect(ask(&g, rows[i].ask, SHI, NOON, 0),
		       rows[i].reason[0] == '\0' ? VERDICT_ALLOW : VERDICT_DENY,
		       rows[i].reason);
		gate_close(&g);
	}
}

/* A person with two numbers is one person. */
static void test_counts_per_person(void **state)
{
	struct contact c = { .id = 7, .tenant = TENANT };
	struct str other = STR("+447700900002");
	struct gate g;

	(void)state;
	gate_open(&g, "");
	facts_contact(g.facts, TENANT, SHI, &c, NULL, NULL);
	facts_contact(g.facts, TENANT, other, &c, NULL, NULL);
	went(&g, "survey", NOON, "", 0);
	expect(ask(&g, "survey", other, "2026-11-22T13:00:00Z", 0),
	       VERDICT_DENY, PERMIT_FATIGUE);
	gate_close(&g);
}

/* whatever else is said of the address. */
static void r28_alert_bypass(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "class alert { consent = none priority = 0 bypass = true"
		      " cap = \"1/24h\" quiet_hours = \"12:00-13:00\" }");
	grant(&g, "*", CONSENT_WITHDRAW, 1, NOON, NULL);
	grant(&g, "*", CONSENT_BLOCK, 2, NOON, NULL);
	facts_suspect(g.facts, TENANT, SHI, true);
	went(&g, "alert", NOON, "", 0);
	expect(ask(&g, "alert", SHI, "2026-11-22T03:00:00Z", 0), VERDICT_ALLOW,
	       "");
	gate_close(&g);
}

/* Brands: what one may, another may not; and refusing one stops what names
 * none. */
static void test_brands(void **state)
{
	static const struct {
		enum consent_type type;
		const char *brand;
	} said[] = { { CONSENT_GRANT, "gold" },
		     { CONSENT_GRANT, "" },
		     { CONSENT_WITHDRAW, "silver" },
		     { CONSENT_GRANT, "" } };
	static const struct {
		unsigned after;
		const char *line;
		const char *reason;
	} rows[] = {
		{ 1, "gold", "" },
		{ 1, "silver", PERMIT_NO_CONSENT },
		{ 1, "", PERMIT_NO_CONSENT },
		{ 2, "silver", "" },
		{ 2, "", "" },
		{ 3, "gold", "" },
		{ 3, "silver", PERMIT_WITHDRAWN },
		{ 3, "", PERMIT_WITHDRAWN },
		{ 4, "silver", "" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m = { .tenant = TENANT,
				     .class_name = STR("marketing"),
				     .to = SHI,
				     .business_line = str_of(rows[i].line) };
		struct decision d;
		struct gate g;

		gate_open(&g, "");
		for (unsigned k = 0; k < rows[i].after; k++) {
			const struct consent_event e = {
				.tenant = TENANT,
				.address = SHI,
				.brand = str_of(said[k].brand),
				.type = said[k].type,
				.seq = k + 1,
			};

			assert_int_equal(
				facts_consent(g.facts, &e,
					      classes_find(g.classes,
							   STR("marketing"))
						      ->purpose),
				0);
		}
		permit(&g.cfg, &m, at(NOON), &d);
		expect(d,
		       rows[i].reason[0] == '\0' ? VERDICT_ALLOW : VERDICT_DENY,
		       rows[i].reason);
		gate_close(&g);
	}
}

/* Lists: a registry stops promotion alone; each list is left by itself. */
static void test_lists(void **state)
{
	struct consent_event e = { .tenant = STR("*"),
				   .address = SHI,
				   .type = CONSENT_BLOCK,
				   .seq = 5,
				   .source = STR("registry:TPS") };
	struct gate g;

	(void)state;
	gate_open(&g, "");
	grant(&g, "marketing", CONSENT_GRANT, 1, NOON, NULL);
	assert_int_equal(facts_consent(g.facts, &e, PURPOSE_ALL), 0);
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_DENY,
	       PERMIT_REGISTRY);
	expect(ask(&g, "care", SHI, NOON, 0), VERDICT_ALLOW, "");
	e.source = STR("list:complainers");
	e.seq = 6;
	assert_int_equal(facts_consent(g.facts, &e, PURPOSE_ALL), 0);
	expect(ask(&g, "care", SHI, NOON, 0), VERDICT_DENY, PERMIT_BLOCKED);
	e.type = CONSENT_UNBLOCK;
	e.seq = 7;
	assert_int_equal(facts_consent(g.facts, &e, PURPOSE_ALL), 0);
	expect(ask(&g, "care", SHI, NOON, 0), VERDICT_ALLOW, "");
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_DENY,
	       PERMIT_REGISTRY);
	gate_close(&g);
}

/* Every rule says what it says, whatever came before it. */
static void test_explain(void **state)
{
	struct message m = { .tenant = TENANT,
			     .class_name = STR("marketing"),
			     .to = STR("+13055550123") };
	struct permit_row rows[PERMIT_RULES_MAX];
	unsigned n, consent = 0, hours = 0;
	struct decision d;
	struct gate g;

	(void)state;
	gate_open(&g, "");
	n = permit_explain(&g.cfg, &m, at("2026-11-22T03:00:00Z"), &d, rows);
	expect(d, VERDICT_DENY, PERMIT_NO_CONSENT);
	assert_int_equal(n, 14);
	for (unsigned i = 0; i < n; i++) {
		if (strcmp(rows[i].rule, "consent") == 0)
			consent = i;
		if (strcmp(rows[i].rule, "hours") == 0)
			hours = i;
	}
	assert_string_equal(rows[consent].reason, PERMIT_NO_CONSENT);
	assert_int_equal(rows[hours].verdict, VERDICT_DEFER);
	assert_string_equal(rows[hours].reason, PERMIT_QUIET);
	assert_string_equal(rows[hours].by, "US-FL 2023-05-25");
	assert_string_equal(rows[hours].detail, "08:00-20:00, 12 zones");
	m.class_name = STR("nosuch");
	assert_int_equal(permit_explain(&g.cfg, &m, at(NOON), &d, rows), 0);
	expect(d, VERDICT_DENY, PERMIT_CLASS);
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
		cmocka_unit_test(test_calendar_caps),
		cmocka_unit_test(test_calendar_cap_without_zone),
		cmocka_unit_test(r25_exclusive_group),
		cmocka_unit_test(test_survey_fatigue),
		cmocka_unit_test(test_counts_per_person),
		cmocka_unit_test(r28_alert_bypass),
		cmocka_unit_test(test_brands),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_explain),
		cmocka_unit_test(test_demo),
		cmocka_unit_test(test_fails_closed),
		cmocka_unit_test(test_bad_classes),
	};

	return cmocka_run_group_tests(tests, NULL, gate_no_blocks);
}
