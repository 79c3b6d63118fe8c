/* Reminders that are held, answered, or never proved to be there: what their
 * people hear, and who hears of them. */
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "care/callbacks.h"
#include "tests/lib/eventdesk.h"

static const char gateway_config[] =
	"class survey { consent = none }\n"
	"class service { consent = none }\n"
	"class callback { consent = none quiet_hours = \"00:00-24:00\" }\n"
	"class notice { consent = none }\n"
	"class advert { consent = required quiet_hours = \"00:00-24:00\" }\n"
	"class night { consent = none quiet_hours = \"08:00-09:00\" }\n"
	"fake good { receipt_after = 1ms }\n"
	"fake mute { receipt = none }\n"
	"fake slow { receipt_after = 1h }\n"
	"fake lost { receipt = unknown receipt_after = 1ms }\n"
	"route lost { channel = {\"lost\"} pool = {\"lost\"} }\n"
	"route mute { channel = {\"mute\"} pool = {\"mute\"} }\n"
	"route slow { channel = {\"slow\"} pool = {\"slow\"} }\n"
	"route rest { pool = {\"good\"} }\n";

static const char care_config[] =
	"surveys {}\n"
	"events {}\n"
	"cases {}\n"
	"callbacks {}\n"
	"orders {}\n"
	"trigger night { event = night class = night channels = {\"sms\", \"good\"}\n"
	"  text_zh = \"请充值\" escalate = 1h task = true }\n"
	"trigger visit { event = appointment.due class = notice\n"
	"  text_zh = \"预约{{date}},回复1确认 2改期 3取消\" answer_within = 2h\n"
	"  answers = {\"1 confirm 确认|ok\", \"2 change 改期\", \"3 cancel\"}\n"
	"  said_zh = {\"已确认。\", \"稍后致电为您改期。\", \"已取消。\"}\n"
	"  said_en = {\"Confirmed.\", \"We will call you.\", \"Cancelled.\"}\n"
	"  call_on = {\"change\"} }\n"
	"trigger slow { event = slow channels = {\"slow\"} class = notice\n"
	"  text_zh = \"请充值\" answer_within = 2h protects = true }\n"
	"trigger mute { event = mute channels = {\"mute\"} class = notice\n"
	"  text_zh = \"请充值\" }\n"
	"trigger lost { event = lost channels = {\"lost\", \"good\"} class = notice\n"
	"  text_zh = \"请充值\" }\n"
	"trigger read { event = read class = notice text_zh = \"请充值\"\n"
	"  answer_within = 2h }\n";

/* Ten in the evening of a Tuesday in London. */
#define NIGHT INT64_C(1773180000000)

static void open_desk(struct eventdesk *d, void **state)
{
	eventdesk_open(d, state, gateway_config, care_config, NIGHT);
}

static enum reminder_state state_of(const struct eventdesk *d, uint64_t id)
{
	const struct reminder *x = reminders_find(care_reminders(d->care), id);

	return x == NULL ? REMINDER_STATES : x->now.state;
}

/* Who may not be told at night is told in the morning, not called. */
static void the_night_is_no_failure(void **state)
{
	struct eventdesk d;

	open_desk(&d, state);
	struct taken t = eventdesk_happen(&d, "n1", "night", "a1", "{}");

	for (unsigned i = 0; i < 9; i++) {
		eventdesk_turn(&d, HOUR);
		commit(d.bed);
	}
	assert_true(is_live(d.bed, t.message));
	assert_null(strstr(d.heard, "reminder.escalated"));
	assert_null(strstr(d.heard, "callback."));
	/* from eight on it could be there: the next channel at nine */
	eventdesk_turn(&d, 3 * HOUR);
	commit(d.bed);
	assert_non_null(strstr(d.heard, "reminder.escalated"));
	eventdesk_stop(&d);
}

/* 1 confirms, 2 changes, 3 cancels: which of them is told, and answered. */
static void u21_an_appointment_is_changed(void **state)
{
	static const struct {
		const char *said, *answer, *back;
		bool called;
	} rows[] = {
		{ "1", "confirm", "已确认。", false },
		{ "OK", "confirm", "已确认。", false },
		{ "２", "change", "稍后致电为您改期。", true },
		{ "改期", "change", "稍后致电为您改期。", true },
		{ "3️⃣", "cancel", "已取消。", false },
		{ "取消", "cancel", "已取消。", false },
		{ "cancel", "cancel", "已取消。", false },
		{ "我要取消预约", "cancel", "已取消。", false },
		{ "不好意思,来不了了", "cancel", "已取消。", false },
		{ "can't come", "cancel", "已取消。", false },
		{ "OK, please cancel", "cancel", "已取消。", false },
		{ "确认", "confirm", "已确认。", false },
		{ "ok 会去", "confirm", "已确认。", false },
		{ "I'll be there", "confirm", "已确认。", false },
		{ "換個時間", "change", "稍后致电为您改期。", true },
		{ "reschedule please", "change", "稍后致电为您改期。", true },
	};
	char text[BED_TEXT];

	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct eventdesk d;

		open_desk(&d, state);
		struct taken t = eventdesk_happen(&d, "v1", "appointment.due",
						  "a1", "{\"date\":\"周三\"}");

		TURN_UNTIL(d.bed, !is_live(d.bed, t.message));
		if (!str_eqz(eventdesk_hear(&d, rows[i].said), CLAIM_REMINDER))
			fail_msg("%s is no answer", rows[i].said);
		assert_string_equal(d.answer, rows[i].answer);
		assert_non_null(strstr(d.heard, "reminder.answered"));
		assert_int_equal(strstr(d.heard, "callback.open") != NULL,
				 rows[i].called);
		assert_string_equal(bed_said(d.bed, SHI, text), rows[i].back);
		eventdesk_stop(&d);
		assert_int_equal(bed_close(state), 0);
		assert_int_equal(bed_open(state), 0);
	}
}

/* What may mean two things, or the contrary, is asked again, once. */
static void what_is_unclear_is_asked_again_once(void **state)
{
	static const char *const rows[] = {
		"不取消", "可以改期吗?", "don't cancel",
		"1 or 2", "改到周五",    "好的不去行吗",
	};
	char text[BED_TEXT];

	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct eventdesk d;

		open_desk(&d, state);
		struct taken t = eventdesk_happen(&d, "v1", "appointment.due",
						  "a1", "{\"date\":\"周三\"}");

		TURN_UNTIL(d.bed, !is_live(d.bed, t.message));
		if (!str_eqz(eventdesk_hear(&d, rows[i]), CLAIM_REMINDER))
			fail_msg("%s is not asked again", rows[i]);
		assert_null(strstr(d.heard, "reminder.answered"));
		assert_string_equal(bed_said(d.bed, SHI, text),
				    "抱歉,没有看懂您的回复。请回复:"
				    "1 确认, 2 改期, 3 取消");
		eventdesk_stop(&d);
		eventdesk_start(&d, false);
		assert_true(str_eqz(eventdesk_hear(&d, rows[i]), "inbox"));
		assert_true(str_eqz(eventdesk_hear(&d, "3"), CLAIM_REMINDER));
		assert_string_equal(d.answer, "cancel");
		eventdesk_stop(&d);
		assert_int_equal(bed_close(state), 0);
		assert_int_equal(bed_open(state), 0);
	}
}

static bool is_suspected(struct eventdesk *d)
{
	const struct submission s = { .tenant = EVENTDESK_TENANT,
				      .to = SHI,
				      .text = STR("x"),
				      .class_name = STR("advert"),
				      .priority = -1 };
	struct submitted out;

	gateway_judge(d->bed->gateway, &s, &out);
	assert_int_equal(out.rc, 0);
	return str_eqz(out.decision.reason, PERMIT_SUSPECTED);
}

/* Who refuses messages refuses them, whatever is awaited; "cancel" may be
 * that, too: a person reads it, and what needs a consent waits. */
static void stop_words_win(void **state)
{
	static const struct {
		const char *said, *claim;
		bool suspected;
	} rows[] = {
		{ "STOP", "opt_out", false },
		{ "退订", "opt_out", false },
		{ "取消订阅", "opt_out", false },
		{ "cancel all messages", "opt_out", false },
		{ "stop, can't come", "suspected_opt_out", true },
		{ "cancel", CLAIM_REMINDER, true },
		{ "取消", CLAIM_REMINDER, false },
	};

	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct eventdesk d;

		open_desk(&d, state);
		struct taken t = eventdesk_happen(&d, "v1", "appointment.due",
						  "a1", "{\"date\":\"周三\"}");

		TURN_UNTIL(d.bed, !is_live(d.bed, t.message));
		if (!str_eqz(eventdesk_hear(&d, rows[i].said), rows[i].claim))
			fail_msg("%s is not %s", rows[i].said, rows[i].claim);
		assert_int_equal(is_suspected(&d), rows[i].suspected);
		eventdesk_stop(&d);
		assert_int_equal(bed_close(state), 0);
		assert_int_equal(bed_open(state), 0);
	}
	/* without a reminder that offers it, the word is what it always was */
	struct eventdesk d;

	open_desk(&d, state);
	assert_true(str_eqz(eventdesk_hear(&d, "cancel"), "opt_out"));
	assert_true(str_eqz(eventdesk_hear(&d, "取消"), "suspected_opt_out"));
	eventdesk_stop(&d);
}

/* What is none of the answers is for others: the inbox, a call-back. */
static void what_is_no_answer_is_not_taken(void **state)
{
	struct eventdesk d;

	open_desk(&d, state);
	struct taken t = eventdesk_happen(&d, "v1", "appointment.due", "a1",
					  "{\"date\":\"周三\"}");

	TURN_UNTIL(d.bed, !is_live(d.bed, t.message));
	assert_true(str_eqz(eventdesk_hear(&d, "几点开门?"), "inbox"));
	assert_true(str_eqz(eventdesk_hear(&d, "call me"), CLAIM_CALLBACK));
	assert_true(str_eqz(eventdesk_hear(&d, "我要投诉"), "complaint"));
	assert_null(strstr(d.heard, "reminder.answered"));
	assert_true(str_eqz(eventdesk_hear(&d, "1"), CLAIM_REMINDER));
	eventdesk_stop(&d);
}

static void a_question_is_no_acknowledgement(void **state)
{
	static const struct {
		const char *said, *claim;
	} rows[] = {
		{ "收到,明天去交", CLAIM_REMINDER },
		{ "OK thanks", CLAIM_REMINDER },
		{ "好", CLAIM_REMINDER },
		{ "好烦", "inbox" },
		{ "okra", "inbox" },
		{ "收到,在哪里交?", "inbox" },
		{ "我已经搬家了", "inbox" },
	};

	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct eventdesk d;

		open_desk(&d, state);
		struct taken t = eventdesk_happen(&d, "r", "read", "a1", "{}");

		TURN_UNTIL(d.bed, !is_live(d.bed, t.message));
		if (!str_eqz(eventdesk_hear(&d, rows[i].said), rows[i].claim))
			fail_msg("%s is not %s", rows[i].said, rows[i].claim);
		/* they have read it all the same: nobody is told twice */
		assert_non_null(strstr(d.heard, "reminder.answered"));
		eventdesk_stop(&d);
		assert_int_equal(bed_close(state), 0);
		assert_int_equal(bed_open(state), 0);
	}
}

/* Receipts may be slow. Who answers has it: service may be stopped later. */
static void an_answer_before_the_receipt(void **state)
{
	struct eventdesk d;
	struct live_view v;

	open_desk(&d, state);
	struct taken t = eventdesk_happen(&d, "s1", "slow", "a1", "{}");

	TURN_UNTIL(d.bed,
		   gateway_live(d.bed->gateway, STR_NONE, t.message, &v) == 0 &&
			   v.state == MESSAGE_SUBMITTED);
	assert_true(str_eqz(eventdesk_hear(&d, "收到"), CLAIM_REMINDER));
	assert_non_null(strstr(d.heard, "reminder.answered"));
	eventdesk_turn(&d, 25 * HOUR);
	assert_true(eventdesk_happen(&d, "s2", "service.suspend_requested",
				     "a1", "{}")
			    .allow);
	eventdesk_stop(&d);
}

/* No reminder is under way for ever. */
static void what_is_never_proved_comes_to_an_end(void **state)
{
	struct eventdesk d;

	open_desk(&d, state);
	struct taken t = eventdesk_happen(&d, "m1", "mute", "a1", "{}");
	uint64_t mute = t.message;

	TURN_UNTIL(d.bed, !is_live(d.bed, mute));
	commit(d.bed);
	assert_int_equal(look(d.bed, mute).state, MESSAGE_SENT);
	assert_int_equal(state_of(&d, mute), REMINDER_STATES);
	/* nobody knows whether it came: over the next channel */
	t = eventdesk_happen(&d, "l1", "lost", "a2", "{}");
	TURN_UNTIL(d.bed, strstr(d.heard, "reminder.escalated") != NULL);
	TURN_UNTIL(d.bed, state_of(&d, t.message) == REMINDER_STATES);
	eventdesk_stop(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)
		CASE(the_night_is_no_failure),
		CASE(u21_an_appointment_is_changed),
		CASE(what_is_unclear_is_asked_again_once),
		CASE(stop_words_win),
		CASE(what_is_no_answer_is_not_taken),
		CASE(a_question_is_no_acknowledgement),
		CASE(an_answer_before_the_receipt),
		CASE(what_is_never_proved_comes_to_an_end),
#undef CASE
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
