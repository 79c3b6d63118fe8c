/* Voice mail has a case within ten seconds, or it is an alarm. */
#include "tests/unit/care_bed.h"

#define SECOND INT64_C(1000)

static const char gateway_config[] = "class service { consent = none }\n"
				     "fake good { receipt_after = 1ms }\n"
				     "route rest { pool = {\"good\"} }\n";
static const char by_us[] = "voicemail {}\n";
static const char by_others[] = "voicemail { open = false }\n";

static struct taken happen(struct room *r, const char *id, struct str to)
{
	json_t *data = json_pack("{s:s}", "recording", "rec-17.wav");
	const struct occurrence o = { .tenant = TENANT,
				      .id = str_of(id),
				      .type = STR("call.voicemail"),
				      .to = to,
				      .data = data };
	struct taken t;
	const char *field;
	struct err err = { "" };

	if (events_take(care_events(r->care), &o, &t, &field, &err) != 0)
		fail_msg("%s", err.text);
	json_decref(data);
	commit(r->bed);
	return t;
}

static void open_by_another(struct room *r, const char *ref)
{
	static const struct case_by by = { .name = { "crm", 3 } };
	const struct case_ask ask = { .tenant = TENANT,
				      .kind = CASE_QUESTION,
				      .to = SHI,
				      .source = STR("api"),
				      .ref = str_of(ref) };
	struct care_case *x = NULL;
	struct case_no no;
	bool joined;

	assert_int_equal(cases_add(care_cases(r->care), &ask, &by, &x, &joined,
				   &no),
			 0);
	commit(r->bed);
}

/* So much time passes; how many alarms there were. */
static unsigned alarms(struct room *r, int64_t ms)
{
	unsigned n = 0;

	clock_hand_jump(&r->clock, ms);
	voicemails_tick(care_voicemails(r->care));
	commit(r->bed);
	for (const char *at = r->heard;
	     (at = strstr(at, "voicemail.no_case ")) != NULL; at++)
		n++;
	return n;
}

static void r50_voice_mail_is_a_case(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, by_us);
	assert_int_equal(happen(&r, "v1", SHI).state, TAKEN_MATCHED);
	assert_non_null(strstr(r.heard, "case.opened "));
	assert_true(cases_from(care_cases(r.care), TENANT, STR("v1")));
	/* once more is the same one */
	assert_true(happen(&r, "v1", SHI).repeated);
	assert_int_equal(alarms(&r, 20 * SECOND), 0);
	room_stop(&r);
}

static void r50_without_a_case_it_is_an_alarm(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, by_others);
	IGNORE(happen(&r, "v1", SHI).seq == 0);
	IGNORE(happen(&r, "v2", SHI).seq == 0);
	assert_int_equal(alarms(&r, 9 * SECOND), 0);
	open_by_another(&r, "v2");
	assert_int_equal(alarms(&r, SECOND), 1);
	assert_non_null(strstr(r.last, "\"event\":\"v1\""));
	assert_int_equal(alarms(&r, 60 * SECOND), 1);
	room_stop(&r);
}

static void r50_nobody_to_open_one_for_is_an_alarm(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, by_us);
	IGNORE(happen(&r, "v1", STR_NONE).seq == 0);
	assert_int_equal(alarms(&r, 10 * SECOND), 1);
	room_stop(&r);
}

/* Beyond the limit the oldest is judged early; nobody's is dropped unseen. */
static void r50_a_flood_is_an_alarm(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config,
		  "voicemail { open = false max = 1 }\n");
	IGNORE(happen(&r, "v1", SHI).seq == 0);
	assert_int_equal(alarms(&r, 0), 0);
	IGNORE(happen(&r, "v2", SHI).seq == 0);
	assert_int_equal(alarms(&r, 0), 1);
	assert_non_null(strstr(r.last, "\"event\":\"v1\""));
	assert_int_equal(alarms(&r, 10 * SECOND), 2);
	room_stop(&r);
}

static void r50_a_restart_forgets_none(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, by_others);
	IGNORE(happen(&r, "v1", SHI).seq == 0);
	IGNORE(happen(&r, "v2", SHI).seq == 0);
	open_by_another(&r, "v2");
	room_again(&r);
	assert_int_equal(alarms(&r, 10 * SECOND), 1);
	room_stop(&r);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)
	static const struct CMUnitTest tests[] = {
		CASE(r50_voice_mail_is_a_case),
		CASE(r50_without_a_case_it_is_an_alarm),
		CASE(r50_nobody_to_open_one_for_is_an_alarm),
		CASE(r50_a_flood_is_an_alarm),
		CASE(r50_a_restart_forgets_none),
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
