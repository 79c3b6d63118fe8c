/* Triggers written by the API: checked as a file's, at work at once, kept; and
 * what events say of why nothing was sent. */
#include "tests/unit/console_bed.h"

#define RULE                                                                 \
	"{\"event\":\"coffee.ready\",\"class\":\"notice\",\"delay\":\"0s\"," \
	"\"when\":[\"cups >= 2\"],\"text_en\":\"{{cups}} cups\","            \
	"\"channels\":[\"sms\"],\"task\":true}"

static int event(struct bed *b, const char *id, const char *to,
		 const char *data)
{
	char body[256];

	snprintf(body, sizeof(body),
		 "{\"id\":\"%s\",\"type\":\"coffee.ready\",\"to\":\"%s\","
		 "\"data\":%s}",
		 id, to, data);
	return bed_post(b, "/v1/events", body);
}

static int put(struct bed *b, const char *name, const char *body)
{
	char path[128];

	snprintf(path, sizeof(path), "/v1/triggers/%s", name);
	return bed_ask(b, "PUT", path, body);
}

static void test_written_and_at_work(void **state)
{
	struct bed *b = *state;

	assert_int_equal(event(b, "c0", "+447700900101", "{\"cups\":3}"), 200);
	assert_string_equal(bed_word(b, "state"), "no_rule");
	assert_int_equal(put(b, "coffee", RULE), 201);
	assert_string_equal(bed_word(b, "made"), "true");
	/* what was kept is not sent: it is known */
	assert_int_equal(event(b, "c0", "+447700900101", "{\"cups\":3}"), 200);
	assert_string_equal(bed_word(b, "state"), "no_rule");
	assert_int_equal(event(b, "c1", "+447700900101", "{\"cups\":3}"), 200);
	assert_string_equal(bed_word(b, "state"), "matched");
	assert_int_equal(event(b, "c2", "+447700900101", "{\"cups\":1}"), 200);
	assert_string_equal(bed_word(b, "reason"), "CONDITION");
	/* it is there after a start */
	bed_stop(b);
	bed_start(b, false);
	assert_int_equal(bed_get(b, "/v1/triggers/coffee"), 200);
	assert_string_equal(bed_word(b, "from"), "api");
	assert_string_equal(bed_word(b, "rule.when.0"), "cups >= 2");
	assert_string_equal(bed_word(b, "rule.task"), "true");
	assert_string_equal(bed_word(b, "rule.text_en"), "{{cups}} cups");
	assert_int_equal(bed_count(b, "faults"), 0);
	assert_int_equal(event(b, "c3", "+447700900101", "{\"cups\":3}"), 200);
	assert_string_equal(bed_word(b, "state"), "matched");
	/* another in its place, and none */
	assert_int_equal(put(b, "coffee",
			     "{\"event\":\"tea.ready\",\"text_en\":\"Tea\"}"),
			 200);
	assert_int_equal(event(b, "c4", "+447700900101", "{\"cups\":3}"), 200);
	assert_string_equal(bed_word(b, "state"), "no_rule");
	assert_int_equal(bed_ask(b, "DELETE", "/v1/triggers/coffee", ""), 200);
	assert_int_equal(bed_get(b, "/v1/triggers/coffee"), 404);
	assert_int_equal(bed_ask(b, "DELETE", "/v1/triggers/coffee", ""), 404);
	assert_int_equal(bed_get(b, "/v1/audit?action=trigger.delete"), 200);
	assert_true(bed_says(b, "\"object\":\"coffee\""));
}

static void test_checked_as_a_file(void **state)
{
	static const struct {
		const char *name, *body;
		int status;
		const char *says;
	} rows[] = {
		{ "due", RULE, 409, "stands in the configuration, line" },
		{ "Bad", RULE, 400, "a name is made of" },
		{ "x", "{\"text_en\":\"hi\"}", 400, "'event' is missing" },
		{ "x", "{\"event\":\"a.b\"}", 400, "it needs a text" },
		{ "x", "{\"event\":\"a.b\",\"text_en\":\"{{\"}", 400, "" },
		{ "x", "{\"event\":\"a.b\",\"txt_en\":\"hi\"}", 400,
		  "no field 'txt_en'; did you mean 'text_en'?" },
		{ "x", "{\"event\":\"a.b\",\"text_en\":7}", 400,
		  "'text_en' must be a text" },
		{ "x", "{\"event\":\"a.b\",\"text_en\":\"a\",\"task\":1}", 400,
		  "'task' must be true or false" },
		{ "x", "{\"event\":\"a.b\",\"text_en\":\"a\",\"delay\":\"1x\"}",
		  400, "not a duration" },
		{ "x", "{\"event\":\"a.b\",\"text_en\":\"a\",\"when\":[1]}",
		  400, "'when' must be a list of texts" },
		{ "x", "{\"event\":\"a.b\",\"text_en\":\"a\",\"when\":[\"n\"]}",
		  400, "is no condition" },
		{ "x",
		  "{\"event\":\"a.b\",\"text_en\":\"a\",\"class\":\"notic\"}",
		  400, "no class 'notic'; did you mean 'notice'?" },
		{ "x",
		  "{\"event\":\"a.b\",\"text_en\":\"a\",\"channels\":[\"smz\"]}",
		  400, "no channel 'smz'; did you mean 'sms'?" },
		{ "x", "{\"event\":\"a.b\",\"survey\":\"nps\"}", 400,
		  "there is no survey 'nps'" },
		{ "x", "{\"event\":\"a.b\",\"template\":\"hello\"}", 400,
		  "template 'hello'" },
		{ "x", "{\"event\":\"a.b\",\"text_en\":\"a\",\"tenant\":\"b\"}",
		  400, "'tenant' is not the one" },
		{ "x", "{\"event\":\"a.b\",\"cancels\":[\"due\"]}", 201, "" },
	};
	struct bed *b = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (put(b, rows[i].name, rows[i].body) != rows[i].status)
			fail_msg("row %zu: %d %s", i, b->status, b->body.p);
		if (!bed_says(b, rows[i].says))
			fail_msg("row %zu: %s", i, b->body.p);
	}
	assert_int_equal(bed_ask(b, "DELETE", "/v1/triggers/due", ""), 409);
	/* nothing else was kept */
	assert_int_equal(bed_get(b, "/v1/triggers"), 200);
	assert_int_equal(bed_count(b, "triggers"), 3);
}

static void test_not_stored_not_at_work(void **state)
{
	struct bed *b = *state;

	b->fail.rc = -ENOSPC;
	failing_from(&b->fail, 1);
	assert_int_equal(put(b, "coffee", RULE), 507);
	failing_from(&b->fail, 0);
	TURN_UNTIL(b, put(b, "tea", RULE) / 100 == 2);
	assert_int_equal(bed_get(b, "/v1/triggers/coffee"), 404);
	/* nor is it gone before that is stored */
	failing_from(&b->fail, 1);
	assert_int_equal(bed_ask(b, "DELETE", "/v1/triggers/tea", ""), 507);
	failing_from(&b->fail, 0);
	assert_int_equal(bed_get(b, "/v1/triggers/tea"), 200);
}

static void test_why_nothing_was_sent(void **state)
{
	struct bed *b = *state;

	assert_int_equal(put(b, "coffee", RULE), 201);
	assert_int_equal(event(b, "c1", "12", "{\"cups\":3}"), 200);
	assert_string_equal(bed_word(b, "state"), "passed");
	assert_string_equal(bed_word(b, "reason"), "BAD_ADDRESS");
	assert_int_equal(bed_get(b, "/v1/events"), 200);
	assert_string_equal(bed_word(b, "events.0.reason"), "BAD_ADDRESS");
	/* an admin reads no texts, but what a rule can ask for */
	assert_string_equal(bed_word(b, "events.0.fields.0"), "cups");
	assert_false(bed_says(b, "\"data\""));
}

static void test_reminder_is_ended(void **state)
{
	struct bed *b = *state;
	char path[96];

	assert_int_equal(put(b, "coffee",
			     "{\"event\":\"coffee.ready\",\"class\":\"notice\","
			     "\"text_en\":\"Coffee\",\"delay\":\"1h\"}"),
			 201);
	assert_int_equal(event(b, "c1", "+447700900101", "{}"), 200);
	assert_int_equal(bed_get(b, "/v1/reminders"), 200);
	snprintf(path, sizeof(path), "/v1/reminders/%s/cancel",
		 bed_word(b, "reminders.0.id"));
	assert_int_equal(bed_post(b, path, "{}"), 400);
	assert_int_equal(bed_post(b, path, "{\"reason\":\"\"}"), 400);
	assert_int_equal(bed_post(b, path, "{\"reason\":\"moved away\"}"), 200);
	assert_string_equal(bed_word(b, "state"), "cancelled");
	assert_int_equal(bed_post(b, path, "{\"reason\":\"again\"}"), 404);
	assert_int_equal(bed_post(b, "/v1/reminders/0000000000001/cancel",
				  "{\"reason\":\"none\"}"),
			 404);
	assert_int_equal(bed_get(b, "/v1/audit?action=reminder.cancelled"),
			 200);
	assert_true(bed_says(b, "moved away"));
	assert_int_equal(bed_get(b, "/v1/messages"), 200);
	assert_string_equal(bed_word(b, "messages.0.state"), "cancelled");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_written_and_at_work,
						bed_open, bed_close),
		cmocka_unit_test_setup_teardown(test_checked_as_a_file,
						bed_open, bed_close),
		cmocka_unit_test_setup_teardown(test_not_stored_not_at_work,
						bed_open, bed_close),
		cmocka_unit_test_setup_teardown(test_why_nothing_was_sent,
						bed_open, bed_close),
		cmocka_unit_test_setup_teardown(test_reminder_is_ended,
						bed_open, bed_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
