/* Rows of the packs' table that need more than the gate alone: words of a
 * place, retention, days to honour, the second question at dispatch. */
#include "tests/unit/gateway_rules.h"

#include "gateway/rules.h"

/* ---- words ------------------------------------------------------------------- */

#define WORDS                                                              \
	"pack UK { version = \"1\" countries = {\"44\"}"                   \
	" stop_words = {\"BASTA\", \"不要了\", \"Leave me\", \"MORE\"}" \
	" help_words = {\"AIDE\", \"MORE\"} }"

static void all_words_of_a_place(void **state)
{
	static const struct {
		const char *to, *text;
		enum pack_word w;
	} rows[] = {
		{ "+447700900001", "basta", PACK_WORD_STOP },
		{ "+447700900001", " ＢＡＳＴＡ！ ", PACK_WORD_STOP },
		{ "+447700900001", "不 要 了。", PACK_WORD_STOP },
		{ "+447700900001", "leave me", PACK_WORD_STOP },
		{ "+447700900001", "aide", PACK_WORD_HELP },
		/* in both lists: it ends it */
		{ "+447700900001", "more", PACK_WORD_STOP },
		/* all of the reply, or nothing */
		{ "+447700900001", "basta cosi", PACK_WORD_NONE },
		{ "+447700900001", "", PACK_WORD_NONE },
		{ "+447700900001", "\xff", PACK_WORD_NONE },
		/* elsewhere it is no word; what is of everywhere is */
		{ PARIS, "basta", PACK_WORD_NONE },
		{ PARIS, "arret", PACK_WORD_STOP },
	};
	struct gate g;

	(void)state;
	gate_open(&g, WORDS);
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(place_word(places_of(g.places,
						      str_of(rows[i].to)),
					    str_of(rows[i].text)),
				 rows[i].w);
	gate_close(&g);
}

static void all_bad_words(void **state)
{
	static const char *const rows[] = {
		"stop_words = {\"\"}",
		"stop_words = {\"...\"}",
		"help_words = {\"0123456789012345678901234567890123456789"
		"0123456789012345678901234\"}",
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct settings s = { 0 };
		struct faults f = { 0 };
		struct packs *p = NULL;
		char text[256];

		snprintf(text, sizeof(text),
			 "pack a { version = \"1\" countries = {\"44\"} %s }",
			 rows[i]);
		assert_int_equal(settings_parse(text, "test", &pack_section, 1,
						&s, &f),
				 0);
		assert_int_not_equal(packs_new(&p, &s, &f), 0);
		assert_int_equal(f.len, 1);
		settings_done(&s);
		faults_done(&f);
	}
}

/* ---- retention ------------------------------------------------------------------ */

/* A class that would let go of texts sooner than a pack allows is refused. */
static void all_content_is_kept(void **state)
{
	static const struct {
		const char *config;
		size_t faults;
	} rows[] = {
		{ "class marketing { consent = required }", 0 },
		{ "class marketing { consent = required body_retention = 155d }",
		  0 },
		/* what nobody solicits with may go sooner */
		{ "class code { consent = none bypass = true "
		  "body_retention = 0s }",
		  0 },
		{ "class marketing { consent = required body_retention = 154d }",
		  1 },
		{ "class marketing { consent = required body_retention = 7d }"
		  "pack ALL { version = \"1\" countries = {\"*\"} }",
		  1 }, /* China's still */
		{ "class marketing { consent = required body_retention = 7d }"
		  "pack ALL { version = \"1\" countries = {\"*\"} }"
		  "pack CN-31 { version = \"1\" countries = {\"86\"} }",
		  0 },
	};
	const struct setting_section kinds[] = { class_section, pack_section,
						 group_section };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct settings s = { 0 };
		struct faults f = { 0 };

		assert_int_equal(settings_parse(rows[i].config, "test", kinds,
						3, &s, &f),
				 0);
		rules_check(&s, &f);
		assert_int_equal(f.len, rows[i].faults);
		if (f.len > 0)
			assert_non_null(strstr(f.v[0], "content_keep"));
		settings_done(&s);
		faults_done(&f);
		tzone_forget();
	}
}

/* ---- China: what platforms allow -------------------------------------------------- */

static void cn_operators_cap(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "");
	const struct pack *cn = packs_find(g.packs, STR("CN-31"));
	assert_int_equal(cn->ncaps, 1);
	assert_int_equal(cn->caps[0].n, 10);
	assert_int_equal(cn->caps[0].window_ms, 86400000);
	assert_int_equal(places_of(g.places, STR(SHANGHAI))
				 ->rules[CLASS_PROMOTIONAL]
				 .ncaps,
			 1);
	gate_close(&g);
}

/* The tail that platforms ask for is one of the texts, and its reply works. */
static void cn_operators_tail(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "");
	const struct pack *cn = packs_find(g.packs, STR("CN-31"));
	assert_true(setting_list_has(&cn->cfg.stop_text, STR("拒收请回复")));
	assert_true(cn->cfg.signature);
	assert_int_equal(place_word(places_of(g.places, STR(SHANGHAI)),
				    STR("ｒ")),
			 PACK_WORD_STOP);
	gate_close(&g);
}

/* A purpose that changes needs a consent of its own. */
static void cn_pipl_purpose_change_needs_consent(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "class marketing { consent = required }"
		      "class partners { consent = required }");
	grant(&g, "marketing", CONSENT_GRANT, 1, NOON, NULL);
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_ALLOW, "");
	expect(ask(&g, "partners", SHI, NOON, 0), VERDICT_DENY,
	       PERMIT_NO_CONSENT);
	gate_close(&g);
}

/* ---- Europe ------------------------------------------------------------------------ */

/* As easy to withdraw as to give: one word of the place, or of everybody. */
static void eu_withdrawal_is_easy(void **state)
{
	static const char *const words[] = { "STOP", "arret!", "退订" };
	struct gate g;

	(void)state;
	gate_open(&g, "");
	for (unsigned i = 0; i < ARRAY_LEN(words); i++)
		assert_int_equal(place_word(places_of(g.places, STR(PARIS)),
					    str_of(words[i])),
				 PACK_WORD_STOP);
	gate_close(&g);
}

/* ---- the United States: opt-in of what comes again --------------------------------- */

/* Asked is not agreed: nothing goes before the confirmation. */
static void us_ctia_opt_in_confirmation(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "class marketing { consent = required }");
	grant(&g, "marketing", CONSENT_REQUEST, 1, NOON,
	      "2026-12-22T12:00:00Z");
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_DENY,
	       PERMIT_PENDING);
	grant(&g, "marketing", CONSENT_CONFIRM, 2, NOON, NULL);
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_ALLOW, "");
	gate_close(&g);
}

/* Asked again at dispatch: what was allowed is denied once it was refused. */
static void all_asked_again_at_submit(void **state)
{
	struct gate g;

	(void)state;
	gate_open(&g, "class marketing { consent = required }");
	grant(&g, "marketing", CONSENT_GRANT, 1, NOON, NULL);
	expect(ask(&g, "marketing", SHI, NOON, 0), VERDICT_ALLOW, "");
	grant(&g, "marketing", CONSENT_WITHDRAW, 2, NOON, NULL);
	struct decision d = ask(&g, "marketing", SHI, NOON, 0);
	expect(d, VERDICT_DENY, PERMIT_WITHDRAWN);
	assert_int_equal(d.consent_seq, 2); /* the decision names the event */
	gate_close(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_words_of_a_place),
		cmocka_unit_test(all_bad_words),
		cmocka_unit_test(all_content_is_kept),
		cmocka_unit_test(cn_operators_cap),
		cmocka_unit_test(cn_operators_tail),
		cmocka_unit_test(cn_pipl_purpose_change_needs_consent),
		cmocka_unit_test(eu_withdrawal_is_easy),
		cmocka_unit_test(us_ctia_opt_in_confirmation),
		cmocka_unit_test(all_asked_again_at_submit),
	};

	return cmocka_run_group_tests(tests, NULL, gate_no_blocks);
}
