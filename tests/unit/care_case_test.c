/* Words that open a case, the table of states, and too much at once: pure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "base/buf.h"
#include "care/burst.h"
#include "care/complaint.h"

#define HOUR (int64_t)3600000
#define DAY (24 * HOUR)

/* kind CASE_KINDS: none. */
static const struct {
	const char *text;
	enum case_kind kind;
	const char *topic;
} replies[] = {
	/* complaints */
	{ "投诉", CASE_COMPLAINT, "" },
	{ "我要投诉你们!", CASE_COMPLAINT, "" },
	{ "我要投訴", CASE_COMPLAINT, "" },
	{ "2 投诉 等了三个小时", CASE_COMPLAINT, "" },
	{ "再发就去工信部", CASE_COMPLAINT, "" },
	{ "客服态度太差", CASE_COMPLAINT, "staff" },
	{ "打12315", CASE_COMPLAINT, "" },
	{ "TOUSU", CASE_COMPLAINT, "" },
	{ "I want to complain", CASE_COMPLAINT, "" },
	{ "This is a formal COMPLAINT.", CASE_COMPLAINT, "" },
	{ "complaining again", CASE_COMPLAINT, "" },
	{ "let me speak to a manager", CASE_COMPLAINT, "" },
	/* reports: before anything else */
	{ "举报", CASE_REPORT, "" },
	{ "舉報 这是诈骗", CASE_REPORT, "" },
	{ "举报并投诉", CASE_REPORT, "" },
	{ "JB", CASE_REPORT, "" },
	{ "jb", CASE_REPORT, "" },
	{ "JB", CASE_REPORT, "" },
	{ "JB 13800", CASE_REPORT, "" },
	{ "骗子", CASE_REPORT, "fraud" },
	{ "垃圾短信!", CASE_REPORT, "spam" },
	{ "this is a scam", CASE_REPORT, "fraud" },
	{ "I report this", CASE_REPORT, "" },
	/* charges */
	{ "我没订购过,退钱", CASE_DISPUTE, "vas_charge" },
	{ "乱扣费", CASE_DISPUTE, "" },
	{ "这个月多扣了我20元", CASE_DISPUTE, "" },
	{ "请退费", CASE_DISPUTE, "" },
	{ "不退费就投诉", CASE_DISPUTE, "" },
	{ "I never subscribed to this", CASE_DISPUTE, "vas_charge" },
	{ "You charged twice", CASE_DISPUTE, "" },
	{ "I want a refund", CASE_DISPUTE, "" },
	{ "overcharged!!", CASE_DISPUTE, "" },
	/* suggestions */
	{ "建议增加网点", CASE_SUGGESTION, "" },
	{ "a suggestion: open earlier", CASE_SUGGESTION, "" },
	/* none of them, or the contrary */
	{ "不投诉,谢谢", CASE_KINDS, "" },
	{ "我不是投诉,只想问问", CASE_KINDS, "" },
	{ "没有投诉", CASE_KINDS, "" },
	{ "没有建议", CASE_KINDS, "" },
	{ "No complaints, all good", CASE_KINDS, "" },
	{ "can't complain", CASE_KINDS, "" },
	{ "no refund needed, thanks", CASE_KINDS, "" },
	{ "不投诉了,但建议改进", CASE_SUGGESTION, "" },
	{ "不是投诉。我要举报", CASE_REPORT, "" },
	{ "不投诉怎么行,我要投诉", CASE_COMPLAINT, "" },
	{ "1", CASE_KINDS, "" },
	{ "满意", CASE_KINDS, "" },
	{ "非常不满意", CASE_KINDS, "" },
	{ "谢谢", CASE_KINDS, "" },
	{ "refundable?", CASE_KINDS, "" },
	{ "Suggestive", CASE_KINDS, "" },
	{ "scampi for lunch", CASE_KINDS, "" },
	{ "jbl speaker", CASE_KINDS, "" },
	{ "什么jb东西", CASE_KINDS, "" },
	{ "", CASE_KINDS, "" },
	{ "   ", CASE_KINDS, "" },
	{ "\xff\xfe投诉", CASE_KINDS, "" },
};

static void test_r19_r20_words_that_open_a_case(void **state)
{
	struct complaints *w = complaints_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(replies); i++) {
		struct complaint c = { CASE_KINDS, "", STR_NONE };
		bool found = complaint_find(w, str_of(replies[i].text), &c);

		if (found != (replies[i].kind != CASE_KINDS) ||
		    c.kind != replies[i].kind ||
		    !str_eqz(str_of(c.topic), replies[i].topic))
			fail_msg("\"%s\": %d %s, by \"%.*s\"", replies[i].text,
				 (int)c.kind, c.topic, STR_ARGS(c.word));
	}
	complaints_free(&w);
}

/* What may be done in which state; every name goes there and back. */
static void test_states_are_a_table(void **state)
{
	static const char *const may[CASE_STATES] = {
		"assign reply note escalate refund investigate verdict close ",
		"assign reply note escalate refund verdict close ",
		"note reopen ",
	};

	(void)state;
	for (unsigned s = 0; s < CASE_STATES; s++) {
		enum case_state back;
		struct buf b = { 0 };

		buf_init(&b, BUF_NO_LIMIT);
		for (unsigned a = 0; a < CASE_ACTS; a++) {
			enum case_act act;

			assert_int_equal(
				case_act_parse(str_of(case_act_name(
						       (enum case_act)a)),
					       &act),
				0);
			assert_int_equal(act, a);
			if (case_may((enum case_state)s, act))
				buf_f(&b, "%s ", case_act_name(act));
		}
		assert_true(str_eqz(buf_str(&b), may[s]));
		buf_done(&b);
		assert_int_equal(case_state_parse(str_of(case_state_name(
							  (enum case_state)s)),
						  &back),
				 0);
		assert_int_equal(back, s);
	}
	enum case_kind kind;
	enum case_verdict verdict;

	assert_int_equal(case_kind_parse(STR("gossip"), &kind), -EBADMSG);
	assert_int_equal(case_verdict_parse(STR("perhaps"), &verdict),
			 -EBADMSG);
}

static void test_r38_a_batch_within_the_window(void **state)
{
	const struct burst_cfg cfg = { .count = 3, .window_ms = 60000 };
	struct burst *b = burst_new(&cfg);
	int64_t t = 1000 * DAY;

	(void)state;
	assert_int_equal(burst_note(b, 7, t), BURST_NONE);
	assert_int_equal(burst_note(b, 7, t + 40000), BURST_NONE);
	assert_int_equal(burst_note(b, 8, t + 41000), BURST_NONE);
	/* the first is too old */
	assert_int_equal(burst_note(b, 7, t + 60001), BURST_NONE);
	assert_int_equal(burst_note(b, 7, t + 60002), BURST_BATCH);
	/* counted anew */
	assert_int_equal(burst_note(b, 7, t + 60003), BURST_NONE);
	burst_free(&b);
}

static void test_r38_a_surge_beside_what_is_usual(void **state)
{
	const struct burst_cfg cfg = { .factor = 4, .least = 5 };
	struct burst *b = burst_new(&cfg);
	int64_t now = 1000 * DAY, t = now - 3 * DAY;
	unsigned alarms = 0;

	(void)state;
	/* two an hour are usual here */
	for (; t < now; t += HOUR / 2)
		burst_before(b, t, now);
	for (unsigned i = 1; i <= 8; i++)
		assert_int_equal(burst_note(b, 0, now), BURST_NONE);
	for (unsigned i = 0; i < 5; i++)
		alarms += burst_note(b, 0, now) == BURST_SURGE;
	assert_int_equal(alarms, 1); /* one an hour */
	for (unsigned i = 0; i < 40; i++)
		alarms += burst_note(b, 0, now + HOUR) == BURST_SURGE;
	assert_int_equal(alarms, 2);
	burst_free(&b);
	/* what is usual is not known yet: no alarm */
	b = burst_new(&cfg);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(burst_note(b, 0, now), BURST_NONE);
	burst_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_r19_r20_words_that_open_a_case),
		cmocka_unit_test(test_states_are_a_table),
		cmocka_unit_test(test_r38_a_batch_within_the_window),
		cmocka_unit_test(test_r38_a_surge_beside_what_is_usual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
