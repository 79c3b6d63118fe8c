/* Business events through the whole gateway: triggers, reminders, and whether
 * service may be stopped. Their clock is turned by hand. */
#include "campaigns/events.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "tests/lib/eventdesk.h"

#define TENANT EVENTDESK_TENANT

static const char gateway_config[] =
	"class survey { consent = none }\n"
	"class service { consent = none }\n"
	"class notice { consent = none }\n"
	"fake good { receipt_after = 1ms }\n"
	"fake dead { receipt = undelivered receipt_after = 1ms }\n"
	"route first { channel = {\"one\"} pool = {\"dead\"} }\n"
	"route second { channel = {\"two\"} pool = {\"dead\"} }\n"
	"route third { channel = {\"three\"} pool = {\"good\"} }\n"
	"route rest { pool = {\"good\"} }\n";

static const char care_config[] =
	"surveys {}\n"
	"events {}\n"
	"cases {}\n"
	"callbacks {}\n"
	"orders {}\n"
	"trigger charged { event = billing.charged class = notice\n"
	"  text_zh = \"您的{{svc}}扣费{{amt}}元\" }\n"
	"trigger arrears { event = billing.arrears when = {\"days >= 1\"}\n"
	"  text_zh = \"请充值\" protects = true }\n"
	"trigger hard { event = billing.hard channels = {\"one\", \"two\"}\n"
	"  text_zh = \"请充值\" protects = true task = true }\n"
	"trigger softer { event = billing.softer channels = {\"one\", \"three\"}\n"
	"  text_zh = \"请充值\" answer_within = 2h }\n"
	"trigger later { event = billing.later delay = 5h\n"
	"  text_zh = \"请充值\" }\n"
	"trigger paid { event = recharge.ok cancels = {\"later\", \"hard\"} }\n"
	"trigger sampled { event = call.sampled one_in = 3 class = notice\n"
	"  text_zh = \"满意吗?\" }\n"
	"trigger welcome { event = account.opened once = account\n"
	"  text_zh = \"欢迎\" }\n"
	"trigger usage { event = usage.threshold threshold = pct\n"
	"  text_zh = \"流量已用{{pct}}%\" }\n"
	"trigger due { event = bill.due before = {\"168h\", \"24h\"}\n"
	"  text_zh = \"账单将于{{due|date}}到期\" }\n"
	"trigger visit { event = appointment.due survey = visit\n"
	"  class = reminder }\n";

static void open_desk(struct eventdesk *d, void **state)
{
	eventdesk_open(d, state, gateway_config, care_config, 0);
}

static bool may_stop(struct eventdesk *d, const char *id, const char *account)
{
	struct taken t = eventdesk_happen(d, id, "service.suspend_requested",
					  account, "{\"cycle\":\"2026-11\"}");

	assert_int_equal(t.state, TAKEN_DECIDED);
	assert_string_equal(t.reason, t.allow ? "" : "REMIND_FIRST");
	return t.allow;
}

static void r15_one_message_for_each_charge(void **state)
{
	static const char data[] = "{\"svc\":\"彩铃\",\"amt\":5}";
	struct eventdesk d;

	open_desk(&d, state);
	struct taken first =
		eventdesk_happen(&d, "c1", "billing.charged", "a1", data);

	assert_int_equal(first.state, TAKEN_MATCHED);
	assert_int_equal(first.messages, 1);
	for (unsigned i = 0; i < 2; i++) {
		struct taken again =
			eventdesk_happen(&d, "c1", "billing.charged", "a1",
					 data);

		assert_true(again.repeated);
		assert_int_equal(again.message, first.message);
	}
	TURN_UNTIL(d.bed, !is_live(d.bed, first.message));
	assert_int_equal(look(d.bed, first.message).state, MESSAGE_DELIVERED);
	eventdesk_stop(&d);
	/* an id outlives the process */
	eventdesk_start(&d, false);
	struct taken later =
		eventdesk_happen(&d, "c1", "billing.charged", "a1", data);

	assert_true(later.repeated);
	assert_int_equal(later.message, first.message);
	assert_int_equal(later.state, TAKEN_MATCHED);
	assert_false(eventdesk_happen(&d, "c2", "billing.charged", "a1", data)
			     .repeated);
	eventdesk_stop(&d);
}

static void r26_once_only(void **state)
{
	struct eventdesk d;

	open_desk(&d, state);
	assert_int_equal(eventdesk_happen(&d, "o1", "account.opened", "a1",
					  "{}")
				 .messages,
			 1);
	struct taken t =
		eventdesk_happen(&d, "o2", "account.opened", "a1", "{}");

	assert_int_equal(t.messages, 0);
	assert_string_equal(t.reason, "ONCE_ONLY");
	eventdesk_stop(&d);
	eventdesk_start(&d, false);
	assert_int_equal(eventdesk_happen(&d, "o3", "account.opened", "a1",
					  "{}")
				 .messages,
			 0);
	assert_int_equal(eventdesk_happen(&d, "o4", "account.opened", "a2",
					  "{}")
				 .messages,
			 1);
	eventdesk_stop(&d);
}

/* Sheets have blanks: around an account they are nothing, and a blank one is
 * nobody's, for else one welcome would do for all. */
static void r26_blanks_name_no_account(void **state)
{
	static const struct {
		const char *account, *data;
		unsigned messages;
	} rows[] = {
		{ "A1", "{}", 1 },
		{ " A1 ", "{}", 0 },
		{ "", "{\"account\":\"A1\\t\"}", 0 },
		{ "", "{\"account\":\"\"}", 1 },
		{ " ", "{\"account\":\" \"}", 0 }, /* the same number */
	};
	struct eventdesk d;
	char id[8];

	open_desk(&d, state);
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		snprintf(id, sizeof(id), "b%u", i);
		struct taken t =
			eventdesk_happen(&d, id, "account.opened",
					 rows[i].account, rows[i].data);

		if (t.messages != rows[i].messages)
			fail_msg("row %u: %s", i, t.reason);
	}
	eventdesk_stop(&d);
}

static void r27_threshold_once_a_cycle(void **state)
{
	static const struct {
		const char *data;
		unsigned messages;
	} rows[] = {
		{ "{\"pct\":80,\"cycle\":\"11\"}", 1 },
		{ "{\"pct\":50,\"cycle\":\"11\"}", 0 }, /* late */
		{ "{\"pct\":80,\"cycle\":\"11\"}", 0 },
		{ "{\"pct\":\"100\",\"cycle\":\"11\"}", 1 },
		{ "{\"pct\":50,\"cycle\":\"12\"}", 1 },
		{ "{\"cycle\":\"12\"}", 0 }, /* of what? */
	};
	struct eventdesk d;
	char id[8];

	open_desk(&d, state);
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		snprintf(id, sizeof(id), "u%u", i);
		struct taken t = eventdesk_happen(&d, id, "usage.threshold",
						  "a1", rows[i].data);

		if (t.messages != rows[i].messages)
			fail_msg("%s: %s", rows[i].data, t.reason);
	}
	eventdesk_stop(&d);
}

static void r14_remind_first(void **state)
{
	static const char data[] = "{\"days\":3,\"cycle\":\"2026-11\"}";
	struct eventdesk d;

	open_desk(&d, state);
	assert_false(may_stop(&d, "s1", "a1"));
	/* not long enough in debt: no reminder, no stop */
	assert_string_equal(eventdesk_happen(&d, "b0", "billing.arrears", "a1",
					     "{\"days\":0}")
				    .reason,
			    "CONDITION");
	struct taken t =
		eventdesk_happen(&d, "b1", "billing.arrears", "a1", data);

	TURN_UNTIL(d.bed, !is_live(d.bed, t.message));
	assert_false(may_stop(&d, "s2", "a1"));
	eventdesk_turn(&d, 23 * HOUR);
	assert_false(may_stop(&d, "s3", "a1"));
	eventdesk_turn(&d, 2 * HOUR);
	assert_true(may_stop(&d, "s4", "a1"));
	assert_false(may_stop(&d, "s5", "a2"));
	/* the first answer to a question is the answer */
	assert_false(may_stop(&d, "s3", "a1"));
	eventdesk_stop(&d);
	eventdesk_start(&d, false);
	assert_true(may_stop(&d, "s6", "a1"));
	eventdesk_stop(&d);
}

static void r14_refused_until_a_person_has_called(void **state)
{
	struct eventdesk d;

	open_desk(&d, state);
	IGNORE(eventdesk_happen(&d, "h1", "billing.hard", "a1",
				"{\"cycle\":\"2026-11\"}")
		       .seq == 0);
	TURN_UNTIL(d.bed, strstr(d.heard, "callback.requested") != NULL);
	assert_non_null(strstr(d.heard, "reminder.escalated"));
	eventdesk_turn(&d, 48 * HOUR);
	assert_false(may_stop(&d, "s1", "a1"));
	eventdesk_stop(&d);
	eventdesk_start(&d, false);
	assert_false(may_stop(&d, "s2", "a1"));
	struct reminders *r = care_reminders(d.care);

	assert_int_equal(reminders_called(r, STR("OTHER"), d.reminder),
			 -ENOENT);
	assert_int_equal(reminders_called(r, TENANT, d.reminder), 0);
	commit(d.bed);
	assert_true(may_stop(&d, "s3", "a1"));
	eventdesk_stop(&d);
}

static void escalates_and_hears_a_word(void **state)
{
	struct eventdesk d;

	open_desk(&d, state);
	IGNORE(eventdesk_happen(&d, "w1", "billing.softer", "a1", "{}").seq ==
	       0);
	TURN_UNTIL(d.bed, strstr(d.heard, "reminder.escalated") != NULL);
	TURN_UNTIL(d.bed, reminders_find(care_reminders(d.care), d.reminder)
					  ->now.state == REMINDER_DELIVERED);
	assert_true(
		str_eqz(eventdesk_hear(&d, "收到,明天去交"), CLAIM_REMINDER));
	assert_non_null(strstr(d.heard, "reminder.answered"));
	eventdesk_stop(&d);
}

static void cancelled_by_a_later_event(void **state)
{
	struct eventdesk d;

	open_desk(&d, state);
	struct taken t =
		eventdesk_happen(&d, "l1", "billing.later", "a1", "{}");

	assert_true(is_live(d.bed, t.message));
	IGNORE(eventdesk_happen(&d, "p0", "recharge.ok", "a2", "{}").seq == 0);
	assert_true(is_live(d.bed, t.message));
	assert_int_equal(
		eventdesk_happen(&d, "p1", "recharge.ok", "a1", "{}").state,
		TAKEN_MATCHED);
	assert_false(is_live(d.bed, t.message));
	assert_int_equal(look(d.bed, t.message).state, MESSAGE_CANCELLED);
	eventdesk_stop(&d);
}

static void a_series_before_it_is_due(void **state)
{
	char data[64], due[32];
	struct eventdesk d;

	open_desk(&d, state);
	clock_rfc3339(clock_wall_ms(&clock_real) + 200 * HOUR, due);
	snprintf(data, sizeof(data), "{\"due\":\"%s\"}", due);
	struct taken t = eventdesk_happen(&d, "d1", "bill.due", "a1", data);

	assert_int_equal(t.messages, 2);
	clock_rfc3339(clock_wall_ms(&clock_real) + 48 * HOUR, due);
	snprintf(data, sizeof(data), "{\"due\":\"%s\"}", due);
	assert_int_equal(
		eventdesk_happen(&d, "d2", "bill.due", "a1", data).messages, 1);
	clock_rfc3339(clock_wall_ms(&clock_real) + HOUR, due);
	snprintf(data, sizeof(data), "{\"due\":\"%s\"}", due);
	assert_string_equal(
		eventdesk_happen(&d, "d3", "bill.due", "a1", data).reason,
		"TOO_LATE");
	eventdesk_stop(&d);
}

static void an_appointment_is_confirmed(void **state)
{
	static const char visit[] =
		"{\"id\":\"visit\",\"questions\":[{\"id\":\"q\",\"kind\":"
		"\"choice\",\"text\":\"您预约{{date}}到店。回复1确认 2改期 3取消\","
		"\"scale\":[{\"token\":\"1\",\"zh\":\"确认\"},{\"token\":\"2\","
		"\"zh\":\"改期\"},{\"token\":\"3\",\"zh\":\"取消\"}]}]}";
	json_t *body = json_loads(visit, 0, NULL);
	const struct survey *v = NULL;
	struct err err = { "" };
	struct eventdesk d;

	open_desk(&d, state);
	assert_int_equal(surveys_put(care_surveys(d.care), TENANT, body,
				     STR("test"), &v, &err),
			 0);
	json_decref(body);
	struct taken t = eventdesk_happen(&d, "v1", "appointment.due", "a1",
					  "{\"date\":\"12月1日\"}");

	assert_int_equal(t.messages, 1);
	TURN_UNTIL(d.bed, !is_live(d.bed, t.message));
	assert_true(str_eqz(eventdesk_hear(&d, "2"), CLAIM_SURVEY));
	assert_non_null(strstr(d.heard, "survey.answered"));
	assert_string_equal(d.token, "2");
	eventdesk_stop(&d);
}

struct found {
	bool there;
	uint64_t seen, without_rule;
	bool known;
};

static void on_type(void *owner, const struct event_type *t)
{
	struct found *f = owner;

	if (!str_eqz(t->type, "coffee.ready"))
		return;
	*f = (struct found){ true, t->seen, t->without_rule, t->known };
}

static void an_unknown_type_is_kept(void **state)
{
	struct found f = { false };
	struct eventdesk d;

	open_desk(&d, state);
	for (unsigned i = 0; i < 3; i++) {
		char id[8];

		snprintf(id, sizeof(id), "k%u", i);
		assert_int_equal(eventdesk_happen(&d, id, "coffee.ready", "a1",
						  "{}")
					 .state,
				 TAKEN_NO_RULE);
	}
	eventdesk_stop(&d);
	eventdesk_start(&d, false);
	events_types(care_events(d.care), on_type, &f);
	assert_true(f.there);
	assert_int_equal(f.seen, 3);
	assert_int_equal(f.without_rule, 3);
	assert_false(f.known);
	eventdesk_stop(&d);
}

/* What was wrong: with the words, or with whom they are for. */
static void what_was_not_sent_says_why(void **state)
{
	struct eventdesk d;

	open_desk(&d, state);
	assert_string_equal(eventdesk_happen(&d, "x1", "usage.threshold", "a1",
					     "{\"pct\":1}")
				    .reason,
			    "");
	assert_string_equal(eventdesk_happen(&d, "x2", "billing.charged", "a1",
					     "{}")
				    .reason,
			    "NOT_RENDERED");
	const struct occurrence o = { .tenant = TENANT,
				      .id = STR("x3"),
				      .type = STR("billing.arrears"),
				      .to = STR("07700900001"),
				      .data = json_pack("{s:i}", "days", 3) };
	const char *field = NULL;
	struct err err = { "" };
	struct taken t;

	assert_int_equal(events_take(care_events(d.care), &o, &t, &field, &err),
			 0);
	json_decref((json_t *)(uintptr_t)o.data);
	assert_string_equal(t.reason, "BAD_ADDRESS");
	commit(d.bed);
	eventdesk_stop(&d);
}

/* CP-04: one call in three is asked about, whoever repeats it. */
static void f06_a_sample_is_asked(void **state)
{
	struct eventdesk d;
	unsigned n = 0;
	char id[8];

	open_desk(&d, state);
	for (unsigned i = 0; i < 90; i++) {
		snprintf(id, sizeof(id), "s%u", i);
		struct taken t =
			eventdesk_happen(&d, id, "call.sampled", "a1", "{}");

		n += t.messages;
		assert_string_equal(t.reason,
				    t.messages == 1 ? "" : "NOT_SAMPLED");
	}
	assert_in_range(n, 18, 42);
	eventdesk_stop(&d);
}

static void what_cannot_be_taken(void **state)
{
	static const struct {
		const char *id, *type, *field;
	} rows[] = {
		{ "", "a.b", "id" },
		{ "1", "", "type" },
		{ "1", "A B", "type" },
		{ "1", "service.suspend_requested", "account" },
		{ " ", "service.suspend_requested", "account" },
	};
	struct eventdesk d;

	open_desk(&d, state);
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct occurrence o = { .tenant = TENANT,
					.id = str_of(rows[i].id),
					.type = str_of(rows[i].type) };
		const char *field = NULL;
		struct err err = { "" };
		struct taken t;

		assert_int_equal(events_take(care_events(d.care), &o, &t,
					     &field, &err),
				 -EINVAL);
		assert_string_equal(field, rows[i].field);
		assert_true(err.text[0] != '\0');
	}
	eventdesk_stop(&d);
}

static void conditions(void **state)
{
	static const struct {
		const char *when, *data;
		bool holds;
	} rows[] = {
		{ "pct >= 80", "{\"pct\":80}", true },
		{ "pct >= 80", "{\"pct\":\"79.9\"}", false },
		{ "pct>=80", "{\"pct\":100}", true },
		{ "pct < 80", "{}", false },
		{ "kind == prepaid", "{\"kind\":\"prepaid\"}", true },
		{ "kind != prepaid", "{\"kind\":\"postpaid\"}", true },
		{ "kind != prepaid", "{}", false },
		{ "vip == true", "{\"vip\":true}", true },
		{ "n <= 3", "{\"n\":3.5}", false },
		{ "n > 3", "{\"n\":3.5}", true },
		{ "px >= {{lim}}", "{\"px\":10,\"lim\":9.5}", true },
		{ "px >= {{ lim }}", "{\"px\":\"9\",\"lim\":\"9.5\"}", false },
		{ "px >= {{lim}}", "{\"px\":10}", false },
		{ "px == {{}}", "{\"px\":\"{{}}\"}", true },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		char *when = (char *)(uintptr_t)rows[i].when;
		struct trigger_cfg t = { .when = { &when, 1 } };
		json_t *data = json_loads(rows[i].data, 0, NULL);

		if (trigger_holds(&t, data) != rows[i].holds)
			fail_msg("%s at %s", rows[i].when, rows[i].data);
		json_decref(data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)
		CASE(r15_one_message_for_each_charge),
		CASE(r26_once_only),
		CASE(r26_blanks_name_no_account),
		CASE(r27_threshold_once_a_cycle),
		CASE(r14_remind_first),
		CASE(r14_refused_until_a_person_has_called),
		CASE(escalates_and_hears_a_word),
		CASE(cancelled_by_a_later_event),
		CASE(a_series_before_it_is_due),
		CASE(an_appointment_is_confirmed),
		CASE(an_unknown_type_is_kept),
		CASE(what_was_not_sent_says_why),
		CASE(f06_a_sample_is_asked),
		CASE(what_cannot_be_taken),
		cmocka_unit_test(conditions),
#undef CASE
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
