/* Rules of Europe, China and India, by pack and rule; and what packs are as
 * data. */
#include "tests/unit/gateway_rules.h"

/* ---- Europe ---------------------------------------------------------------- */

static void eu_prior_consent(void **state)
{
	(void)state;
	expect_consent_needed(PARIS);
}

/* A free way out in each message. */
static void eu_stop_text_in_each_message(void **state)
{
	static const struct {
		const char *text, *reason;
	} rows[] = { { "Soldes. STOP au 36000", "" },
		     { "Soldes.", PERMIT_NO_STOP_TEXT } };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m = { .tenant = TENANT,
				     .class_name = STR("marketing"),
				     .to = STR(PARIS),
				     .text = str_of(rows[i].text) };
		struct decision d;
		struct gate g;

		gate_open(&g, "");
		person(&g, PARIS, "Europe/Paris");
		permit(&g.cfg, &m, at(NOON), &d);
		expect(d,
		       rows[i].reason[0] == '\0' ? VERDICT_ALLOW : VERDICT_DENY,
		       rows[i].reason);
		gate_close(&g);
	}
}

static void eu_consent_proof(void **state)
{
	struct gate g;

	(void)state;
	expect_refused_source(PARIS, "pre_ticked", "EU");
	expect_refused_source(PARIS, "soft_opt_in", NULL);
	gate_open(&g, "");
	assert_string_equal(
		place_wants_wording(places_of(g.places, STR(PARIS)))->name,
		"EU");
	gate_close(&g);
}

static void uk_ico_unbundled_unticked(void **state)
{
	(void)state;
	expect_consent_needed("+447700900001");
	expect_refused_source("+447700900001", "pre_ticked", "UK");
	expect_refused_source("+447700900001", "tnc_bundled", "ALL");
}

/* Granular by channel: what was agreed for one is not for another. */
static void uk_ico_granular_by_channel(void **state)
{
	static const struct {
		const char *channel;
		enum verdict v;
	} rows[] = { { "sms", VERDICT_ALLOW }, { "mqtt", VERDICT_DENY } };
	const struct consent_event e = { .tenant = TENANT,
					 .address = SHI,
					 .channel = STR("sms"),
					 .type = CONSENT_GRANT,
					 .seq = 1 };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m = { .tenant = TENANT,
				     .class_name = STR("marketing"),
				     .to = SHI,
				     .channel = str_of(rows[i].channel) };
		struct decision d;
		struct gate g;

		gate_open(&g, "");
		assert_int_equal(facts_consent(g.facts, &e,
					       (unsigned)classes_purpose(
						       g.classes,
						       STR("marketing"))),
				 0);
		permit(&g.cfg, &m, at(NOON), &d);
		assert_int_equal(d.verdict, rows[i].v);
		gate_close(&g);
	}
}

/* ---- China ------------------------------------------------------------------ */

static void cn_31_consent_required(void **state)
{
	(void)state;
	expect_consent_needed(SHANGHAI);
}

/* One message of promotion, changed in one thing at a time. */
static void cn_31_content(void **state)
{
	static const struct {
		const char *text, *from, *reason;
	} rows[] = {
		{ "【移动】优惠活动,拒收请回复R", "10690001", "" },
		{ "优惠活动,回复TD退订【移动】", "", "" },
		/* the refusal is told in the message */
		{ "【移动】优惠活动", "10690001", PERMIT_NO_STOP_TEXT },
		/* carriers: signed, at one end */
		{ "优惠活动,拒收请回复R", "10690001", PERMIT_NO_SIGNATURE },
		{ "优惠【移动】活动,拒收请回复R", "1069", PERMIT_NO_SIGNATURE },
		{ "【】优惠活动,拒收请回复R", "1069", PERMIT_NO_SIGNATURE },
		/* the number or code is sent along, and a true one */
		{ "【移动】优惠活动,拒收请回复R", "MYBANK", PERMIT_SENDER },
		{ "【移动】优惠活动,拒收请回复R", "+8610690001", "" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m = { .tenant = TENANT,
				     .class_name = STR("marketing"),
				     .to = STR(SHANGHAI),
				     .from = str_of(rows[i].from),
				     .text = str_of(rows[i].text) };
		struct decision d;
		struct gate g;

		gate_open(&g, "");
		person(&g, SHANGHAI, "Asia/Shanghai");
		permit(&g.cfg, &m, at("2026-11-22T04:00:00Z"), &d);
		expect(d,
		       rows[i].reason[0] == '\0' ? VERDICT_ALLOW : VERDICT_DENY,
		       rows[i].reason);
		gate_close(&g);
	}
}

static void cn_31_records_5_months(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "");
	const struct place *p = places_of(g.places, STR(SHANGHAI));
	assert_true(p->content_keep_ms >= (int64_t)153 * 86400000);
	assert_true(p->ledger_keep_ms >= (int64_t)153 * 86400000);
	gate_close(&g);
}

static void cn_31_penalty_is_shown(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "");
	assert_non_null(strstr(packs_find(g.packs, STR("CN-31"))->cfg.penalty,
			       "30,000"));
	gate_close(&g);
}

/* Not in force, and yet: who was asked and says nothing has not agreed. */
static void cn_draft_2020_silence_is_refusal(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "");
	grant(&g, "marketing", CONSENT_REQUEST, 1, NOON,
	      "2026-12-22T12:00:00Z");
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_DENY,
	       PERMIT_PENDING);
	expect(ask(&g, "marketing", SHI, "2026-12-22T12:00:00Z", 0),
	       VERDICT_DENY, PERMIT_EXPIRED);
	gate_close(&g);
}

static void cn_operators_promo_window(void **state)
{
	static const struct hours_row rows[] = {
		{ "marketing", SHANGHAI, "Asia/Shanghai",
		  "2026-11-22T23:59:59Z", VERDICT_DEFER, PERMIT_QUIET,
		  "2026-11-23T00:00:00Z" },
		{ "marketing", SHANGHAI, "Asia/Shanghai",
		  "2026-11-23T00:00:00Z", VERDICT_ALLOW, "", NULL },
		{ "marketing", SHANGHAI, "Asia/Shanghai",
		  "2026-11-23T13:00:00Z", VERDICT_DEFER, PERMIT_QUIET,
		  "2026-11-24T00:00:00Z" },
	};

	(void)state;
	expect_hours(rows, ARRAY_LEN(rows));
}

static void cn_pipl_refuses_bundled_terms(void **state)
{
	(void)state;
	expect_refused_source(SHANGHAI, "tnc_bundled", "ALL");
	expect_refused_source(SHANGHAI, "soft_opt_in", "CN-31");
	expect_refused_source(SHANGHAI, "web", NULL);
}

/* ---- India ------------------------------------------------------------------ */

static void in_trai_promo_window(void **state)
{
	static const struct hours_row rows[] = {
		{ "marketing", DELHI, "Asia/Kolkata", "2026-11-23T04:29:59Z",
		  VERDICT_DEFER, PERMIT_QUIET, "2026-11-23T04:30:00Z" },
		{ "marketing", DELHI, "Asia/Kolkata", "2026-11-23T04:30:00Z",
		  VERDICT_ALLOW, "", NULL },
		/* service-explicit as well, since October 2025 */
		{ "care", DELHI, "Asia/Kolkata", "2026-11-23T04:29:59Z",
		  VERDICT_DEFER, PERMIT_QUIET, "2026-11-23T04:30:00Z" },
	};

	(void)state;
	expect_hours(rows, ARRAY_LEN(rows));
}

#define DLT "{\"dlt_entity\":\"110\",\"dlt_template\":\"42\"}"

static void in_trai_registration(void **state)
{
	static const struct {
		const char *class_name, *from, *metadata, *reason;
	} rows[] = {
		{ "marketing", "VM-DEMO-P", DLT, "" },
		{ "care", "VM-DEMO-S", DLT, "" },
		{ "service", "VM-DEMO-T", DLT, "" },
		{ "marketing", "VM-DEMO-S", DLT, PERMIT_SENDER },
		{ "marketing", "", DLT, PERMIT_SENDER },
		{ "marketing", "VM-DEMO-P", "{\"dlt_entity\":\"110\"}",
		  PERMIT_NOT_REGISTERED },
		{ "marketing", "VM-DEMO-P",
		  "{\"dlt_entity\":\"110\",\"dlt_template\":\"\"}",
		  PERMIT_NOT_REGISTERED },
		{ "marketing", "VM-DEMO-P", "{\"a\":\"dlt_entity\"}",
		  PERMIT_NOT_REGISTERED },
		{ "marketing", "VM-DEMO-P", "", PERMIT_NOT_REGISTERED },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m = { .tenant = TENANT,
				     .class_name = str_of(rows[i].class_name),
				     .to = STR(DELHI),
				     .from = str_of(rows[i].from),
				     .metadata = str_of(rows[i].metadata) };
		struct decision d;
		struct gate g;

		gate_open(&g, "");
		person(&g, DELHI, "Asia/Kolkata");
		permit(&g.cfg, &m, at("2026-11-23T06:00:00Z"), &d);
		expect(d,
		       rows[i].reason[0] == '\0' ? VERDICT_ALLOW : VERDICT_DENY,
		       rows[i].reason);
		gate_close(&g);
	}
}

static void in_trai_transaction_within_30_min(void **state)
{
	static const struct {
		int64_t late_ms;
		const char *reason;
	} rows[] = { { 1800000, "" }, { 1800001, PERMIT_TOO_LATE } };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m = { .tenant = TENANT,
				     .class_name = STR("transaction"),
				     .to = STR(DELHI),
				     .accepted_ms = at(NOON) };
		struct decision d;
		struct gate g;

		gate_open(&g, "");
		permit(&g.cfg, &m, at(NOON) + rows[i].late_ms, &d);
		expect(d,
		       rows[i].reason[0] == '\0' ? VERDICT_ALLOW : VERDICT_DENY,
		       rows[i].reason);
		gate_close(&g);
	}
}

/* ---- all ------------------------------------------------------------------ */

static void all_retention_is_the_longest(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "");
	for (unsigned i = 0; i < packs_len(g.packs); i++) {
		const struct pack_cfg *cfg = &packs_at(g.packs, i)->cfg;
		const struct place *p = places_of(g.places, SHI);

		assert_true(p->ledger_keep_ms >= cfg->ledger_keep);
		assert_true(p->content_keep_ms >= cfg->content_keep);
	}
	gate_close(&g);
}

/* A pack narrows: nothing that a class forbids goes because of one. */
static void all_packs_only_narrow(void **state)
{
	static const char *const to[] = { NEW_YORK,       FLORIDA,  TEXAS,
					  PARIS,          SHANGHAI, DELHI,
					  "+447700900001" };
	static const char *const names[] = { "marketing", "news",     "care",
					     "survey",    "reminder", "alert" };
	struct gate g, bare;

	(void)state;
	gate_open(&g, "");
	gate_open(&bare, "");
	places_free(&bare.places);
	packs_free(&bare.packs);
	/* a world without packs */
	struct settings s = { 0 };
	struct faults f = { 0 };
	assert_int_equal(
		settings_parse(
			"pack ALL { version = \"0\" countries = {\"0\"} }"
			"pack US-TCPA { version = \"0\" countries = {\"0\"} }"
			"pack US-FL { version = \"0\" countries = {\"0\"} }"
			"pack US-OTHER { version = \"0\" countries = {\"0\"} }"
			"pack EU { version = \"0\" countries = {\"0\"} }"
			"pack UK { version = \"0\" countries = {\"0\"} }"
			"pack CN-31 { version = \"0\" countries = {\"0\"} }"
			"pack IN-TRAI { version = \"0\" countries = {\"0\"} }",
			"test", &pack_section, 1, &s, &f),
		0);
	assert_int_equal(packs_new(&bare.packs, &s, &f), 0);
	assert_int_equal(places_new(&bare.places, bare.packs, bare.classes, &f),
			 0);
	bare.cfg.places = bare.places;
	for (unsigned i = 0; i < ARRAY_LEN(to) * ARRAY_LEN(names) * 48; i++) {
		struct message m = {
			.tenant = TENANT,
			.class_name = str_of(names[i % ARRAY_LEN(names)]),
			.to = str_of(to[i / ARRAY_LEN(names) % ARRAY_LEN(to)]),
			.text = STR("【Demo】 x STOP 退订"),
		};
		int64_t when = at(NOON) + (int64_t)(i / 42) * 1800000;
		struct decision with, without;

		permit(&g.cfg, &m, when, &with);
		permit(&bare.cfg, &m, when, &without);
		if (without.verdict != VERDICT_ALLOW)
			assert_int_not_equal(with.verdict, VERDICT_ALLOW);
	}
	settings_done(&s);
	faults_done(&f);
	places_free(&bare.places);
	packs_free(&bare.packs);
	facts_free(&bare.facts);
	groups_free(&bare.groups);
	classes_free(&bare.classes);
	gate_close(&g);
}

/* The decision says what it was made by; another rule is another version. */
static void all_decisions_are_versioned(void **state)
{
	struct gate a, b;
	struct decision d;

	(void)state;
	gate_open(&a, "");
	gate_open(&b,
		  "pack UK { version = \"2027-01-01\" countries = {\"44\"} }");
	d = ask(&a, "reminder", SHI, NOON, 0);
	assert_true(str_eqz(d.packs, "UK 2021-01-01"));
	assert_true(str_eqz(d.zone, "Europe/London"));
	assert_int_equal(d.zones, 1);
	assert_false(str_eq(d.rule_version,
			    ask(&b, "reminder", SHI, NOON, 0).rule_version));
	/* of candidates it says how many */
	assert_int_equal(ask(&a, "reminder", STR(NEW_YORK), NOON, 0).zones, 12);
	gate_close(&b);
	gate_close(&a);
}

static void all_bad_packs(void **state)
{
	static const char *const rows[] = {
		"pack a { version = \"1\" countries = {\"44\"} cap = \"x\" }",
		"pack a { version = \"1\" countries = {\"44\"} "
		"quiet_hours = \"21:00-08:00\" }",
		"pack a { version = \"1\" countries = {\"UK\"} }",
		"pack a { version = \"1\" countries = {\"1\"} "
		"areas = {\"305x\"} }",
		"pack a { version = \"1\" countries = {\"1\"} "
		"revoke_all_from = \"soon\" }",
		"pack a { version = \"\" countries = {\"1\"} }",
		"pack a-name-that-is-much-too-long { version = \"1\" "
		"countries = {\"1\"} }",
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct packs *p = NULL;
		struct settings s = { 0 };
		struct faults f = { 0 };

		assert_int_equal(settings_parse(rows[i], "test", &pack_section,
						1, &s, &f),
				 0);
		assert_int_not_equal(packs_new(&p, &s, &f), 0);
		assert_int_equal(f.len, 1);
		assert_null(p);
		settings_done(&s);
		faults_done(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eu_prior_consent),
		cmocka_unit_test(eu_stop_text_in_each_message),
		cmocka_unit_test(eu_consent_proof),
		cmocka_unit_test(uk_ico_unbundled_unticked),
		cmocka_unit_test(uk_ico_granular_by_channel),
		cmocka_unit_test(cn_31_consent_required),
		cmocka_unit_test(cn_31_content),
		cmocka_unit_test(cn_31_records_5_months),
		cmocka_unit_test(cn_31_penalty_is_shown),
		cmocka_unit_test(cn_draft_2020_silence_is_refusal),
		cmocka_unit_test(cn_operators_promo_window),
		cmocka_unit_test(cn_pipl_refuses_bundled_terms),
		cmocka_unit_test(in_trai_promo_window),
		cmocka_unit_test(in_trai_registration),
		cmocka_unit_test(in_trai_transaction_within_30_min),
		cmocka_unit_test(all_retention_is_the_longest),
		cmocka_unit_test(all_packs_only_narrow),
		cmocka_unit_test(all_decisions_are_versioned),
		cmocka_unit_test(all_bad_packs),
	};

	return cmocka_run_group_tests(tests, NULL, gate_no_blocks);
}
