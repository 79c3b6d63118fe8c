/* Two reminders that await a word of the same person: whose is it? */
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "tests/lib/eventdesk.h"

static const char gateway_config[] =
	"class survey { consent = none }\n"
	"class service { consent = none }\n"
	"class notice { consent = none quiet_hours = \"00:00-24:00\" }\n"
	"fake good { receipt_after = 1ms }\n"
	"route rest { pool = {\"good\"} }\n";

static const char care_config[] =
	"surveys {}\n"
	"events {}\n"
	"cases {}\n"
	"callbacks {}\n"
	"orders {}\n"
	"trigger visit { event = appointment.due class = notice\n"
	"  text_zh = \"预约{{date}},回复1确认 2改期 3取消\" answer_within = 2h\n"
	"  answers = {\"1 confirm 确认|ok\", \"2 change 改期\", \"3 cancel\"}\n"
	"  said_zh = {\"已确认。\", \"改期。\", \"已取消。\"} }\n"
	"trigger window { event = parcel.out_for_delivery class = notice\n"
	"  text_zh = \"包裹{{no}}将送达,回复1家里 4驿站\" answer_within = 2h\n"
	"  answers = {\"1 home 家里\", \"4 locker 驿站\"} }\n"
	"trigger read { event = read class = notice text_zh = \"请充值\"\n"
	"  answer_within = 2h }\n"
	"trigger read2 { event = read2 class = notice text_zh = \"请缴费\"\n"
	"  answer_within = 2h }\n";

#define WEDNESDAY "预约周三,回复1确认 2改期 3取消"
#define FRIDAY "预约周五,回复1确认 2改期 3取消"

struct two {
	struct eventdesk d;
	uint64_t message[2];
};

static uint64_t happen(struct eventdesk *d, const char *id, const char *type,
		       const char *data)
{
	struct taken t = eventdesk_happen(d, id, type, id, data);

	TURN_UNTIL(d->bed, !is_live(d->bed, t.message));
	return t.message;
}

/* Wednesday's and Friday's appointment. */
static void open_two(struct two *t, void **state)
{
	eventdesk_open(&t->d, state, gateway_config, care_config, 0);
	t->message[0] =
		happen(&t->d, "wed", "appointment.due", "{\"date\":\"周三\"}");
	t->message[1] =
		happen(&t->d, "fri", "appointment.due", "{\"date\":\"周五\"}");
}

static bool hear(struct two *t, const char *text, const char *claim)
{
	t->d.answer[0] = t->d.event[0] = '\0';
	return str_eqz(eventdesk_hear(&t->d, text), claim);
}

static void expect_answer(const struct two *t, const char *event,
			  const char *answer)
{
	assert_string_equal(t->d.event, event);
	assert_string_equal(t->d.answer, answer);
}

static void nobody_guesses(void **state)
{
	static const struct {
		const char *said, *then, *event, *answer;
	} rows[] = {
		{ "1", "A", "wed", "confirm" },
		{ "1", "b。", "fri", "confirm" },
		{ "取消", "B", "fri", "cancel" },
		{ "1", "A2", "wed", "change" },
		{ "cancel", "A 1", "wed", "confirm" },
		{ "OK", "Ｂ:取消", "fri", "cancel" },
		{ "不取消", "B 改期", "fri", "change" },
	};
	char text[BED_TEXT];

	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct two t;

		open_two(&t, state);
		if (!hear(&t, rows[i].said, CLAIM_REMINDER))
			fail_msg("%s is not asked", rows[i].said);
		expect_answer(&t, "", "");
		assert_string_equal(bed_said(t.d.bed, SHI, text),
				    "您有多条提醒等待回复,请把字母写在前面再"
				    "回复:\nA: " WEDNESDAY "\nB: " FRIDAY);
		/* the letters stand after a restart, and nobody asks twice */
		eventdesk_stop(&t.d);
		eventdesk_start(&t.d, false);
		assert_true(hear(&t, "1", "inbox"));
		if (!hear(&t, rows[i].then, CLAIM_REMINDER))
			fail_msg("%s, %s", rows[i].said, rows[i].then);
		expect_answer(&t, rows[i].event, rows[i].answer);
		/* the other one is alone now */
		assert_true(hear(&t, "2", CLAIM_REMINDER));
		assert_string_equal(t.d.answer, "change");
		assert_string_not_equal(t.d.event, rows[i].event);
		eventdesk_stop(&t.d);
		assert_int_equal(bed_close(state), 0);
		assert_int_equal(bed_open(state), 0);
	}
}

/* A third one gets the next letter; A and B stay what they are. */
static void letters_stay(void **state)
{
	struct two t;
	char text[BED_TEXT];

	open_two(&t, state);
	assert_true(hear(&t, "1", CLAIM_REMINDER));
	assert_true(hear(&t, "A", CLAIM_REMINDER));
	expect_answer(&t, "wed", "confirm");
	happen(&t.d, "sat", "appointment.due", "{\"date\":\"周六\"}");
	assert_true(hear(&t, "3", CLAIM_REMINDER));
	assert_non_null(strstr(bed_said(t.d.bed, SHI, text), "\nB: " FRIDAY));
	assert_non_null(strstr(text, "\nA: 预约周六"));
	assert_true(hear(&t, "B", CLAIM_REMINDER));
	expect_answer(&t, "fri", "cancel");
	eventdesk_stop(&t.d);
}

/* What only one of them takes is for that one. */
static void what_only_one_takes(void **state)
{
	struct two t;
	char text[BED_TEXT];

	eventdesk_open(&t.d, state, gateway_config, care_config, 0);
	happen(&t.d, "wed", "appointment.due", "{\"date\":\"周三\"}");
	happen(&t.d, "parcel", "parcel.out_for_delivery", "{\"no\":\"7\"}");
	assert_true(hear(&t, "1", CLAIM_REMINDER));
	expect_answer(&t, "", "");
	assert_non_null(strstr(bed_said(t.d.bed, SHI, text), "B: 包裹7"));
	assert_true(hear(&t, "3", CLAIM_REMINDER));
	expect_answer(&t, "wed", "cancel");
	assert_true(hear(&t, "4", CLAIM_REMINDER));
	expect_answer(&t, "parcel", "locker");
	eventdesk_stop(&t.d);
}

struct conversations {
	char thread[2][64]; /* newest first */
	unsigned n;
	bool done;
};

static bool on_message(void *owner, const struct row *row)
{
	struct conversations *c = owner;
	struct message m;

	assert_int_equal(message_decode(row_s(row, 5), (uint64_t)row_i(row, 0),
					&m),
			 0);
	assert_int_equal(str_copy(c->thread[c->n++], 64, m.thread), 0);
	return c->n < 2;
}

static void on_read(void *owner, int rc)
{
	assert_int_equal(rc, 0);
	((struct conversations *)owner)->done = true;
}

/* The channel knows: a message that is quoted ... */
static void a_message_is_quoted(void **state)
{
	struct two t;

	open_two(&t, state);
	struct inbound in = { .channel = STR("mqtt"),
			      .from = SHI,
			      .text = STR("1"),
			      .in_reply_to = t.message[0] };

	assert_true(str_eqz(eventdesk_hears(&t.d, &in), CLAIM_REMINDER));
	expect_answer(&t, "wed", "confirm");
	eventdesk_stop(&t.d);
}

/* ... or the number of a conversation: each reminder is one. */
static void a_number_of_its_own(void **state)
{
	struct cell cells[] = { CELL_N, CELL_N, CELL_N, CELL_T(SHI),
				CELL_N, CELL_N, CELL_N, CELL_I(2) };
	struct conversations c = { .n = 0 };
	struct two t;

	open_two(&t, state);
	struct store *s = t.d.bed->store;

	s->ops->get(s, STORE_MESSAGE_LIST, cells, ARRAY_LEN(cells), on_message,
		    on_read, &c);
	TURN_UNTIL(t.d.bed, c.done);
	assert_string_not_equal(c.thread[0], c.thread[1]);
	struct inbound in = { .channel = STR("sms"),
			      .from = SHI,
			      .text = STR("取消"),
			      .thread = str_of(c.thread[1]) };

	assert_true(str_eqz(eventdesk_hears(&t.d, &in), CLAIM_REMINDER));
	expect_answer(&t, "wed", "cancel");
	eventdesk_stop(&t.d);
}

static uint64_t contact(struct eventdesk *d, const char *ref,
			const struct contact_address *v, unsigned n)
{
	struct contact c = { .tenant = EVENTDESK_TENANT, .ref = str_of(ref) };
	struct err err = { "" };

	assert_int_equal(gateway_contact(d->bed->gateway, &c, v, n, &err), 0);
	commit(d->bed);
	return c.id;
}

static void says(struct eventdesk *d, struct str channel, struct str from,
		 const char *text, const char *claim)
{
	struct inbound in = { .tenant = EVENTDESK_TENANT,
			      .channel = channel,
			      .from = from,
			      .text = str_of(text) };

	d->answer[0] = '\0';
	if (!str_eqz(eventdesk_hears(d, &in), claim))
		fail_msg("%s from %.*s: %.*s", text, STR_ARGS(from),
			 STR_ARGS(in.claim));
}

/* An app answers what came by SMS: it is the same person. */
static void another_address_of_theirs(void **state)
{
	const struct contact_address shi[] = {
		{ STR("sms"), STR("+447700900001") },
		{ STR("mqtt"), STR("app-1") },
		{ STR("webhook"), STR("crm-1") },
	};
	const struct contact_address lin[] = {
		{ STR("mqtt"), STR("app-2") },
	};
	struct two t;
	char text[BED_TEXT];

	eventdesk_open(&t.d, state, gateway_config, care_config, 0);
	contact(&t.d, "shi", shi, ARRAY_LEN(shi));
	contact(&t.d, "lin", lin, ARRAY_LEN(lin));
	happen(&t.d, "wed", "appointment.due", "{\"date\":\"周三\"}");
	says(&t.d, STR("mqtt"), STR("app-2"), "1", "inbox");
	says(&t.d, STR("mqtt"), STR("app-9"), "1", "inbox");
	says(&t.d, STR("mqtt"), STR("app-1"), "不取消", CLAIM_REMINDER);
	assert_string_equal(t.d.answer, "");
	/* where they write, they are answered */
	assert_non_null(
		strstr(bed_said(t.d.bed, STR("app-1"), text), "1 确认"));
	says(&t.d, STR("mqtt"), STR("app-1"), "1", CLAIM_REMINDER);
	expect_answer(&t, "wed", "confirm");
	assert_string_equal(bed_said(t.d.bed, STR("app-1"), text), "已确认。");
	/* and after a restart */
	happen(&t.d, "fri", "appointment.due", "{\"date\":\"周五\"}");
	eventdesk_stop(&t.d);
	eventdesk_start(&t.d, false);
	says(&t.d, STR("webhook"), STR("crm-1"), "取消", CLAIM_REMINDER);
	expect_answer(&t, "fri", "cancel");
	says(&t.d, STR("sms"), SHI, "1", "inbox");
	eventdesk_stop(&t.d);
}

/* Where no more than a sign of life is awaited, one is enough for all; but an
 * "OK" may be meant for the appointment. */
static void a_sign_of_life(void **state)
{
	struct two t;

	eventdesk_open(&t.d, state, gateway_config, care_config, 0);
	happen(&t.d, "r1", "read", "{}");
	happen(&t.d, "r2", "read2", "{}");
	assert_true(hear(&t, "收到", CLAIM_REMINDER));
	assert_true(hear(&t, "收到", "inbox"));
	happen(&t.d, "r3", "read", "{}");
	happen(&t.d, "wed", "appointment.due", "{\"date\":\"周三\"}");
	assert_true(hear(&t, "OK", CLAIM_REMINDER));
	expect_answer(&t, "", "");
	assert_true(hear(&t, "B", CLAIM_REMINDER));
	expect_answer(&t, "wed", "confirm");
	eventdesk_stop(&t.d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)
		CASE(nobody_guesses),      CASE(letters_stay),
		CASE(what_only_one_takes), CASE(a_message_is_quoted),
		CASE(a_number_of_its_own), CASE(another_address_of_theirs),
		CASE(a_sign_of_life),
#undef CASE
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
