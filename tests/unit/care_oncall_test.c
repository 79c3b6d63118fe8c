/* Who is on call: one after the other, outside working hours, until somebody
 * has it. The clock begins on a Tuesday at ten, in London. */
#include "tests/unit/care_bed.h"

#define BO STR("+447700900003")

static const char gateway_config[] =
	"class survey { consent = none }\n"
	"fake good { receipt_after = 1ms }\n"
	"fake dead { receipt = undelivered receipt_after = 1ms }\n"
	"route dead { prefix = {\"+447700900003\"} pool = {\"dead\"} }\n"
	"route rest { pool = {\"good\"} }\n";

static const char care_config[] =
	"work_hours { zone = \"Europe/London\" }\n"
	"oncall keys { event = call.urgent\n"
	"  roster = {\"+447700900001\", \"+447700900002\"} rounds = 2\n"
	"  text = \"Urgent: {{account}}. Reply 1.\" }\n"
	"oncall broken { event = link.broken roster = {\"+447700900003\",\n"
	"  \"+447700900001\"} always = true text = \"{{nothing}}\" }\n";

static void open_night(struct room *r, void **state)
{
	room_open(r, state, gateway_config, care_config);
	clock_hand_jump(&r->clock, 9 * HOUR); /* 19:00 */
}

static struct oncall *oncall_of(struct room *r)
{
	return care_oncall(r->care);
}

static enum taken_state happen(struct room *r, const char *id, const char *type)
{
	const struct occurrence o = { .tenant = TENANT,
				      .id = str_of(id),
				      .type = str_of(type),
				      .account = STR("A-7") };
	struct taken t;
	const char *field;
	struct err err = { "" };

	if (events_take(care_events(r->care), &o, &t, &field, &err) != 0)
		fail_msg("%s", err.text);
	commit(r->bed);
	return t.state;
}

static void later(struct room *r, int64_t ms)
{
	clock_hand_jump(&r->clock, ms);
	oncall_tick(oncall_of(r));
	commit(r->bed);
}

static void expect(struct room *r, const char *types)
{
	assert_string_equal(r->heard, types);
	r->heard[0] = '\0';
}

/* The message at the place of the page that happened last. */
static void r51_next_on_the_roster_after_ten_minutes(void **state)
{
	char text[BED_TEXT];
	struct room r;

	open_night(&r, state);
	assert_int_equal(happen(&r, "e1", "call.urgent"), TAKEN_MATCHED);
	expect(&r, "oncall.paged ");
	assert_non_null(strstr(r.last, "\"place\":1"));
	later(&r, 9 * MINUTE);
	expect(&r, "");
	later(&r, MINUTE);
	expect(&r, "oncall.paged ");
	assert_non_null(strstr(r.last, "\"place\":2"));
	/* the first one wakes up: they have it, and nobody else is reached */
	assert_true(str_eqz(room_hear(&r, SHI, " 收到 "), CLAIM_ONCALL));
	expect(&r, "oncall.acked ");
	assert_string_equal(bed_said(r.bed, SHI, text),
			    "已由您接手。It is yours.");
	later(&r, 60 * MINUTE);
	expect(&r, "");
	assert_false(str_eqz(room_hear(&r, SHI, "1"), CLAIM_ONCALL));
	room_stop(&r);
}

static void r51_a_restart_forgets_nobody(void **state)
{
	struct room r;

	open_night(&r, state);
	assert_int_equal(happen(&r, "e1", "call.urgent"), TAKEN_MATCHED);
	room_again(&r);
	later(&r, 10 * MINUTE);
	expect(&r, "oncall.paged ");
	assert_true(str_eqz(room_hear(&r, LIN, "ok"), CLAIM_ONCALL));
	room_again(&r);
	later(&r, 60 * MINUTE);
	expect(&r, "");
	room_stop(&r);
}

static void r51_nobody_takes_it_and_it_is_an_alarm(void **state)
{
	struct room r;

	open_night(&r, state);
	assert_int_equal(happen(&r, "e1", "call.urgent"), TAKEN_MATCHED);
	for (unsigned i = 0; i < 3; i++)
		later(&r, 10 * MINUTE);
	expect(&r, "oncall.paged oncall.paged oncall.paged oncall.paged ");
	later(&r, 10 * MINUTE);
	expect(&r, "oncall.nobody ");
	room_stop(&r);
}

static void r51_in_working_hours_the_desk_has_it(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, care_config);
	assert_int_equal(happen(&r, "e1", "call.urgent"), TAKEN_NO_RULE);
	expect(&r, "");
	clock_hand_jump(&r.clock, 4 * DAY); /* a Saturday */
	assert_int_equal(happen(&r, "e2", "call.urgent"), TAKEN_MATCHED);
	expect(&r, "oncall.paged ");
	/* the same event twice is one page */
	assert_int_equal(happen(&r, "e2", "call.urgent"), TAKEN_MATCHED);
	expect(&r, "");
	room_stop(&r);
}

/* Who cannot be reached is not waited for; a text that cannot be made goes out
 * with what is known. */
static void r51_who_is_not_reached_is_passed_over(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, care_config);
	assert_int_equal(happen(&r, "e1", "link.broken"), TAKEN_MATCHED);
	TURN_UNTIL(r.bed,
		   strstr(r.heard, "oncall.paged oncall.paged ") != NULL);
	assert_true(str_eqz(room_hear(&r, SHI, "1"), CLAIM_ONCALL));
	room_stop(&r);
}

static void r51_by_the_desk_too(void **state)
{
	struct room r;
	char *at, id_word[ID_TEXT] = "";
	uint64_t id = 0;

	open_night(&r, state);
	assert_int_equal(happen(&r, "e1", "call.urgent"), TAKEN_MATCHED);
	at = strstr(r.last, "\"page\":\"");
	assert_non_null(at);
	memcpy(id_word, at + 8, ID_TEXT - 1);
	assert_int_equal(id_parse(str_of(id_word), &id), 0);
	assert_int_equal(oncall_ack(oncall_of(&r), STR("OTHER"), id), -ENOENT);
	assert_int_equal(oncall_ack(oncall_of(&r), TENANT, id), 0);
	commit(r.bed);
	assert_int_equal(oncall_ack(oncall_of(&r), TENANT, id), -ENOENT);
	room_stop(&r);
}

/* Whoever was paged last is erased: the next one has it at once. */
static void r51_the_erased_are_passed_over(void **state)
{
	struct room r;

	open_night(&r, state);
	assert_int_equal(happen(&r, "e1", "call.urgent"), TAKEN_MATCHED);
	expect(&r, "oncall.paged ");
	oncall_erase(oncall_of(&r), STR("OTHER"), SHI);
	oncall_erase(oncall_of(&r), TENANT, LIN);
	later(&r, 1);
	expect(&r, "");
	oncall_erase(oncall_of(&r), TENANT, SHI);
	later(&r, 1);
	expect(&r, "oncall.paged ");
	assert_non_null(strstr(r.last, "\"place\":2"));
	room_stop(&r);
}

static void what_a_roster_cannot_be(void **state)
{
	static const char *const rows[] = {
		"oncall a { event = x.y roster = {\"0770\"} }",
		"oncall a { event = x.y roster = {\"+447700900001\"}"
		" text = \"{{\" }",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct settings s = { 0 };
		struct faults f = { 0 };

		assert_int_equal(settings_parse(rows[i], "c", &oncall_section,
						1, &s, &f),
				 0);
		oncall_check(&s, &f);
		assert_int_equal(f.len, 1);
		faults_done(&f);
		settings_done(&s);
	}
}

/* One too many is told of at once: no alert is dropped unseen. */
static void r51_one_too_many_is_an_alarm(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config,
		  "oncall keys { event = call.urgent always = true max = 1\n"
		  "  roster = {\"+447700900001\"} }\n");
	assert_int_equal(happen(&r, "e1", "call.urgent"), TAKEN_MATCHED);
	expect(&r, "oncall.paged ");
	assert_int_equal(happen(&r, "e2", "call.urgent"), TAKEN_MATCHED);
	expect(&r, "oncall.nobody ");
	assert_non_null(strstr(r.last, "\"event\":\"e2\""));
	assert_non_null(strstr(r.last, "\"reason\":\"full\""));
	room_stop(&r);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)
	static const struct CMUnitTest tests[] = {
		CASE(r51_next_on_the_roster_after_ten_minutes),
		CASE(r51_a_restart_forgets_nobody),
		CASE(r51_nobody_takes_it_and_it_is_an_alarm),
		CASE(r51_in_working_hours_the_desk_has_it),
		CASE(r51_who_is_not_reached_is_passed_over),
		CASE(r51_by_the_desk_too),
		CASE(r51_the_erased_are_passed_over),
		CASE(r51_one_too_many_is_an_alarm),
		cmocka_unit_test(what_a_roster_cannot_be),
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
