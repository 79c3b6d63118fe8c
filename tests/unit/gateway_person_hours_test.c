/* The gate and what is known of a person's day: a zone that was guessed, and
 * the hours that they wish for. */
#include "tests/unit/gateway_gate.h"

#include "tests/unit/console_bed.h"

#define GB "+447700900001"
#define US "+12025550123"
#define NOWHERE "+999123456789"
#define NOWHERE2 "+999123456780"

struct hour_row {
	const char *to, *zone, *source, *hours, *class_name, *when;
	enum verdict v;
	const char *reason, *until;
};

static void expect_hours(const struct hour_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct hour_row *r = &rows[i];
		struct contact c = { .tenant = TENANT,
				     .tz_source = str_of(r->source),
				     .hours = str_of(r->hours) };
		const struct consent_event grant = {
			.tenant = TENANT,
			.address = str_of(r->to),
			.purpose = STR("marketing"),
			.type = CONSENT_GRANT,
			.seq = 1,
			.at_ms = at("2026-01-01T00:00:00Z"),
		};
		struct decision d;
		struct gate g;

		gate_open(&g, "");
		assert_int_equal(facts_consent(g.facts, &grant,
					       classes_purpose(g.classes,
							       grant.purpose)),
				 0);
		facts_contact(g.facts, TENANT, str_of(r->to), &c,
			      tzone_get(str_of(r->zone)), NULL);
		d = ask(&g, r->class_name, str_of(r->to), r->when, 0);
		if (d.verdict != r->v || !str_eqz(d.reason, r->reason))
			fail_msg("row %zu: %d %.*s", i, (int)d.verdict,
				 STR_ARGS(d.reason));
		if (r->until != NULL && d.not_before_ms != at(r->until))
			fail_msg("row %zu: %lld", i,
				 (long long)d.not_before_ms);
		gate_close(&g);
	}
}

/* Where somebody may be as well counts, too, and nobody's guess is enough. */
static void a_guessed_zone_is_not_a_known_one(void **state)
{
	static const struct hour_row rows[] = {
		{ US, "America/New_York", "explicit", "", "reminder",
		  "2026-11-22T13:30:00Z", VERDICT_ALLOW, "", NULL },
		{ US, "America/New_York", "zip", "", "reminder",
		  "2026-11-22T13:30:00Z", VERDICT_ALLOW, "", NULL },
		{ US, "America/New_York", "area_code", "", "reminder",
		  "2026-11-22T13:30:00Z", VERDICT_DEFER, PERMIT_QUIET,
		  "2026-11-22T18:00:00Z" },
		{ US, "America/New_York", "country", "", "reminder",
		  "2026-11-22T18:30:00Z", VERDICT_ALLOW, "", NULL },
		/* not of the number's zones: it may be right all the same */
		{ GB, "Asia/Shanghai", "country", "", "reminder",
		  "2026-11-22T12:59:00Z", VERDICT_ALLOW, "", NULL },
		{ GB, "Asia/Shanghai", "country", "", "reminder",
		  "2026-11-22T13:00:00Z", VERDICT_DEFER, PERMIT_QUIET,
		  "2026-11-23T08:00:00Z" },
		{ GB, "Asia/Shanghai", "unknown", "", "reminder",
		  "2026-11-22T13:00:00Z", VERDICT_DEFER, PERMIT_QUIET,
		  "2026-11-23T08:00:00Z" },
		/* no candidates but the guess: held */
		{ NOWHERE, "Asia/Shanghai", "country", "", "reminder",
		  "2026-11-22T04:00:00Z", VERDICT_DEFER, PERMIT_NO_ZONE,
		  "2026-11-22T05:00:00Z" },
		{ NOWHERE, "Asia/Shanghai", "explicit", "", "reminder",
		  "2026-11-22T04:00:00Z", VERDICT_ALLOW, "", NULL },
		{ NOWHERE, "Asia/Shanghai", "country", "", "alert",
		  "2026-11-22T04:00:00Z", VERDICT_ALLOW, "", NULL },
	};

	(void)state;
	expect_hours(rows, ARRAY_LEN(rows));
}

static void wished_hours_hold_promotion_and_care(void **state)
{
	static const struct hour_row rows[] = {
		{ GB, "", "", "18:00-20:00", "marketing",
		  "2026-11-22T12:00:00Z", VERDICT_DEFER, PERMIT_PREFERRED,
		  "2026-11-22T18:00:00Z" },
		{ GB, "", "", "18:00-20:00", "care", "2026-11-22T12:00:00Z",
		  VERDICT_DEFER, PERMIT_PREFERRED, "2026-11-22T18:00:00Z" },
		{ GB, "", "", "18:00-20:00", "marketing",
		  "2026-11-22T19:59:00Z", VERDICT_ALLOW, "", NULL },
		{ GB, "", "", "18:00-20:00", "marketing",
		  "2026-11-22T20:00:00Z", VERDICT_DEFER, PERMIT_PREFERRED,
		  "2026-11-23T18:00:00Z" },
		/* at night the law is the reason, and their hours the end */
		{ GB, "", "", "18:00-20:00", "marketing",
		  "2026-11-22T23:00:00Z", VERDICT_DEFER, PERMIT_QUIET,
		  "2026-11-23T18:00:00Z" },
		/* theirs are hours of their own zone */
		{ GB, "Asia/Shanghai", "explicit", "18:00-20:00", "marketing",
		  "2026-11-22T10:30:00Z", VERDICT_ALLOW, "", NULL },
		/* what they did themselves is not put off, nor is an alert */
		{ GB, "", "", "18:00-20:00", "reminder", "2026-11-22T12:00:00Z",
		  VERDICT_ALLOW, "", NULL },
		{ GB, "", "", "18:00-20:00", "alert", "2026-11-22T12:00:00Z",
		  VERDICT_ALLOW, "", NULL },
		/* hours that the law leaves nothing of */
		{ GB, "", "", "22:00-23:00", "marketing",
		  "2026-11-22T22:30:00Z", VERDICT_DENY, PERMIT_NO_WINDOW,
		  NULL },
	};

	(void)state;
	expect_hours(rows, ARRAY_LEN(rows));
}

/* ---- from the store again ---------------------------------------------------------- */

/* Is it put off, and why? */
static const char *why(struct bed *b, const char *to, const char *class_name)
{
	char body[160];

	snprintf(body, sizeof(body),
		 "{\"to\":\"%s\",\"text\":\"x\",\"class\":\"%s\"}", to,
		 class_name);
	if (bed_post(b, "/v1/messages/check", body) != 200)
		fail_msg("%.*s", STR_ARGS(b->body));
	return bed_word(b, "reason");
}

static void both_are_known_after_a_restart(void **state)
{
	struct bed *b = *state;

	/* at any hour of the day that the test runs at */
	assert_int_equal(bed_post(b, "/v1/contacts",
				  "{\"ref\":\"W\",\"phone\":\"" GB "\","
				  "\"hours\":\"22:00-23:00\"}"),
			 201);
	assert_int_equal(bed_post(b, "/v1/contacts",
				  "{\"ref\":\"G\",\"phone\":\"" NOWHERE "\","
				  "\"tz\":\"Asia/Shanghai\","
				  "\"tz_source\":\"country\"}"),
			 201);
	/* what was said of a zone stays, if it was that nobody is sure */
	assert_int_equal(bed_post(b, "/v1/contacts",
				  "{\"ref\":\"U\",\"phone\":\"" NOWHERE2 "\","
				  "\"tz\":\"Asia/Shanghai\","
				  "\"tz_source\":\"unknown\"}"),
			 201);
	for (unsigned i = 0; i < 2; i++) {
		assert_string_equal(why(b, GB, "care"), PERMIT_NO_WINDOW);
		assert_string_equal(why(b, NOWHERE, "care"), PERMIT_NO_ZONE);
		assert_string_equal(why(b, NOWHERE2, "care"), PERMIT_NO_ZONE);
		assert_int_equal(bed_get(b, "/v1/contacts?ref=U"), 200);
		assert_string_equal(bed_word(b, "contacts.0.tz_source"),
				    "unknown");
		bed_stop(b);
		bed_start(b, false);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_guessed_zone_is_not_a_known_one),
		cmocka_unit_test(wished_hours_hold_promotion_and_care),
		cmocka_unit_test_setup_teardown(both_are_known_after_a_restart,
						bed_open, bed_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
