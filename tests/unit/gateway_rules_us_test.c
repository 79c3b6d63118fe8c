/* Rules of the United States, by pack and rule. What concerns the ledger and
 * replies: gateway_consent_test.c. */
#include "tests/unit/gateway_rules.h"

#include "proto/reply.h"

#define NY "America/New_York"

/* ---- United States -------------------------------------------------------- */

static void us_tcpa_quiet_hours(void **state)
{
	static const struct hours_row rows[] = {
		{ "marketing", NEW_YORK, NY, "2026-11-23T12:59:59Z",
		  VERDICT_DEFER, PERMIT_QUIET, "2026-11-23T13:00:00Z" },
		{ "marketing", NEW_YORK, NY, "2026-11-23T13:00:00Z",
		  VERDICT_ALLOW, "", NULL },
		{ "marketing", NEW_YORK, NY, "2026-11-24T01:59:59Z",
		  VERDICT_ALLOW, "", NULL },
		{ "marketing", NEW_YORK, NY, "2026-11-24T02:00:00Z",
		  VERDICT_DEFER, PERMIT_QUIET, "2026-11-24T13:00:00Z" },
		/* at the called party's location, not the number's */
		{ "marketing", NEW_YORK, "Pacific/Honolulu",
		  "2026-11-23T13:00:00Z", VERDICT_DEFER, PERMIT_QUIET,
		  "2026-11-23T18:00:00Z" },
		/* solicitations only */
		{ "service", NEW_YORK, NY, "2026-11-23T08:00:00Z",
		  VERDICT_ALLOW, "", NULL },
	};

	(void)state;
	expect_hours(rows, ARRAY_LEN(rows));
}

static void us_fl_quiet_hours(void **state)
{
	static const struct hours_row rows[] = {
		{ "marketing", FLORIDA, NY, "2026-11-24T00:59:59Z",
		  VERDICT_ALLOW, "", NULL },
		/* 20:00, an hour before the federation's */
		{ "marketing", FLORIDA, NY, "2026-11-24T01:00:00Z",
		  VERDICT_DEFER, PERMIT_QUIET, "2026-11-24T13:00:00Z" },
	};

	(void)state;
	expect_hours(rows, ARRAY_LEN(rows));
}

static void us_fl_cap_3_in_24h(void **state)
{
	struct gate g;
	struct message m = { .tenant = TENANT,
			     .class_name = STR("marketing"),
			     .to = SHI };
	struct decision d;

	(void)state;
	/* the same packs, but for the number whose sendings are counted */
	gate_open(&g, "class marketing { consent = none nature = promotional }"
		      "class news { consent = none nature = promotional }"
		      "pack FL { version = \"1\" countries = {\"44\"}"
		      " areas = {\"7700\"} cap = \"3/24h\" }"
		      "pack UK { version = \"1\" countries = {\"44\"} }");
	went(&g, "marketing", "2026-11-22T09:00:00Z", "spring", 0);
	went(&g, "news", "2026-11-22T10:00:00Z", "stocks", 0);
	permit(&g.cfg, &m, at(NOON), &d);
	expect(d, VERDICT_ALLOW, "");
	went(&g, "marketing", "2026-11-22T11:00:00Z", "summer", 0);
	permit(&g.cfg, &m, at(NOON), &d);
	/* whatever the subject, whatever the class */
	expect(d, VERDICT_DENY, PERMIT_CAP);
	permit(&g.cfg, &m, at("2026-11-23T09:00:01Z"), &d);
	expect(d, VERDICT_ALLOW, "");
	gate_close(&g);
	/* and it is Florida's */
	gate_open(&g, "");
	const struct pack *fl = packs_find(g.packs, STR("US-FL"));
	assert_int_equal(fl->ncaps, 1);
	assert_int_equal(fl->caps[0].n, 3);
	assert_int_equal(fl->caps[0].window_ms, 86400000);
	gate_close(&g);
}

/* An area code of the state is presumed to be in it; others are not. */
static void us_fl_area_codes(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "");
	assert_non_null(
		strstr(places_of(g.places, STR(FLORIDA))->label, "US-FL"));
	assert_null(strstr(places_of(g.places, STR(NEW_YORK))->label, "US-FL"));
	assert_non_null(
		strstr(places_of(g.places, STR(NEW_YORK))->label, "US-TCPA"));
	/* too short for an area code */
	assert_null(strstr(places_of(g.places, STR("+13"))->label, "US-FL"));
	gate_close(&g);
}

static void us_other_strictest_hours(void **state)
{
	static const struct hours_row rows[] = {
		{ "marketing", TEXAS, "America/Chicago", "2026-11-23T14:59:59Z",
		  VERDICT_DEFER, PERMIT_QUIET, "2026-11-23T15:00:00Z" },
		{ "marketing", TEXAS, "America/Chicago", "2026-11-23T15:00:00Z",
		  VERDICT_ALLOW, "", NULL },
		{ "marketing", TEXAS, "America/Chicago", "2026-11-24T02:00:00Z",
		  VERDICT_DEFER, PERMIT_QUIET, "2026-11-24T15:00:00Z" },
	};

	(void)state;
	expect_hours(rows, ARRAY_LEN(rows));
}

/* Each word that a pack names ends it, alone and however it is written. */
static void all_packs_stop_words(void **state)
{
	struct gate g;
	unsigned words = 0;

	(void)state;
	gate_open(&g, "");
	for (unsigned i = 0; i < packs_len(g.packs); i++) {
		const struct setting_list *l =
			&packs_at(g.packs, i)->cfg.stop_words;

		for (size_t k = 0; k < l->len; k++, words++) {
			enum reply_word w = reply_word(str_of(l->v[k]), NULL);

			if (w != REPLY_OPT_OUT && w != REPLY_OPT_OUT_SHORT)
				fail_msg("%s of %s is %s", l->v[k],
					 packs_at(g.packs, i)->name,
					 reply_word_name(w));
		}
	}
	assert_true(words >= 33);
	gate_close(&g);
}

static void us_tcpa_revocation_words(void **state)
{
	static const char *const words[] = { "stop",       "quit",    "end",
					     "revoke",     "opt out", "cancel",
					     "unsubscribe" };
	struct gate g;

	(void)state;
	gate_open(&g, "");
	const struct pack *p = packs_find(g.packs, STR("US-TCPA"));
	for (unsigned i = 0; i < ARRAY_LEN(words); i++)
		assert_true(
			setting_list_has(&p->cfg.stop_words, str_of(words[i])));
	/* what a reasonable person reads as a revocation */
	assert_int_equal(reply_word(STR("please do not text me any more"),
				    NULL),
			 REPLY_OPT_OUT);
	gate_close(&g);
}

static void us_carriers_stop_set(void **state)
{
	static const char *const words[] = {
		"STOP",   "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL",
		"END",    "QUIT",    "REVOKE",   "OPTOUT",      "OPT-OUT",
		"REMOVE", "ARRET",   "TD"
	};
	static const struct {
		const char *text;
		enum reply_word w;
	} others[] = { { "START", REPLY_OPT_IN },
		       { "UNSTOP", REPLY_OPT_IN },
		       { "YES", REPLY_YES },
		       { "HELP", REPLY_HELP },
		       { "INFO", REPLY_HELP } };
	struct gate g;

	(void)state;
	gate_open(&g, "");
	const struct pack *all = packs_find(g.packs, STR("ALL"));
	for (unsigned i = 0; i < ARRAY_LEN(words); i++)
		assert_true(setting_list_has(&all->cfg.stop_words,
					     str_of(words[i])));
	for (unsigned i = 0; i < ARRAY_LEN(others); i++)
		assert_int_equal(reply_word(str_of(others[i].text), NULL),
				 others[i].w);
	gate_close(&g);
}

static void us_ctia_help_words(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "");
	const struct pack *p = packs_find(g.packs, STR("US-TCPA"));
	assert_true(setting_list_has(&p->cfg.help_words, STR("HELP")));
	assert_true(setting_list_has(&p->cfg.help_words, STR("INFO")));
	for (size_t i = 0; i < p->cfg.help_words.len; i++)
		assert_int_equal(reply_word(str_of(p->cfg.help_words.v[i]),
					    NULL),
				 REPLY_HELP);
	gate_close(&g);
}

static void us_tcpa_honour_by(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "");
	assert_int_equal(places_of(g.places, STR(NEW_YORK))->honour_days, 10);
	gate_close(&g);
}

/* One confirmation, within five minutes or not at all. */
static void us_tcpa_confirmation_within_5_min(void **state)
{
	static const struct {
		const char *to;
		int64_t late_ms;
		enum verdict v;
		const char *reason;
	} rows[] = {
		{ NEW_YORK, 300000, VERDICT_ALLOW, "" },
		{ NEW_YORK, 300001, VERDICT_DENY, PERMIT_CONFIRM_LATE },
		{ "+447700900001", 900000, VERDICT_ALLOW, "" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m = { .tenant = TENANT,
				     .class_name = STR("transaction"),
				     .to = str_of(rows[i].to),
				     .accepted_ms = at(NOON),
				     .flags = MESSAGE_FLAG_CONFIRM |
					      MESSAGE_FLAG_REPLY };
		struct decision d;
		struct gate g;

		gate_open(&g, "");
		permit(&g.cfg, &m, at(NOON) + rows[i].late_ms, &d);
		expect(d, rows[i].v, rows[i].reason);
		gate_close(&g);
	}
}

static void us_tcpa_revoke_all_from_2027_01_31(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "");
	assert_int_equal(places_of(g.places, STR(NEW_YORK))->revoke_all_ms,
			 at("2027-01-31T00:00:00Z"));
	assert_int_equal(places_of(g.places, SHI)->revoke_all_ms, INT64_MAX);
	gate_close(&g);
}

static void us_tcpa_prior_express_consent(void **state)
{
	struct gate g;

	(void)state;
	expect_consent_needed(NEW_YORK);
	gate_open(&g, "");
	assert_string_equal(
		place_wants_wording(places_of(g.places, STR(NEW_YORK)))->name,
		"US-TCPA");
	gate_close(&g);
}

static void us_tcpa_damages_are_shown(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "");
	assert_non_null(strstr(packs_find(g.packs, STR("US-TCPA"))->cfg.penalty,
			       "1,500"));
	gate_close(&g);
}

static void us_ftc_tsr_records_5_years(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "");
	assert_true(places_of(g.places, STR(NEW_YORK))->ledger_keep_ms >=
		    (int64_t)5 * 365 * 86400000);
	gate_close(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(us_tcpa_quiet_hours),
		cmocka_unit_test(us_fl_quiet_hours),
		cmocka_unit_test(us_fl_cap_3_in_24h),
		cmocka_unit_test(us_fl_area_codes),
		cmocka_unit_test(us_other_strictest_hours),
		cmocka_unit_test(all_packs_stop_words),
		cmocka_unit_test(us_tcpa_revocation_words),
		cmocka_unit_test(us_carriers_stop_set),
		cmocka_unit_test(us_ctia_help_words),
		cmocka_unit_test(us_tcpa_honour_by),
		cmocka_unit_test(us_tcpa_confirmation_within_5_min),
		cmocka_unit_test(us_tcpa_revoke_all_from_2027_01_31),
		cmocka_unit_test(us_tcpa_prior_express_consent),
		cmocka_unit_test(us_tcpa_damages_are_shown),
		cmocka_unit_test(us_ftc_tsr_records_5_years),
	};

	return cmocka_run_group_tests(tests, NULL, gate_no_blocks);
}
