/* What customers write, and what it must be taken for. */
#include "proto/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define OUT REPLY_OPT_OUT
#define SHORT REPLY_OPT_OUT_SHORT
#define SUSPECT REPLY_SUSPECTED
#define IN REPLY_OPT_IN
#define YES REPLY_YES
#define HELP REPLY_HELP
#define NONE REPLY_NONE

static const struct {
	const char *in;
	enum reply_word want;
} cases[] = {
	/* the set, as it stands */
	{ "STOP", OUT },
	{ "STOPALL", OUT },
	{ "STOP ALL", OUT },
	{ "UNSUBSCRIBE", OUT },
	{ "CANCEL", OUT },
	{ "END", OUT },
	{ "QUIT", OUT },
	{ "REVOKE", OUT },
	{ "OPTOUT", OUT },
	{ "OPT-OUT", OUT },
	{ "REMOVE", OUT },
	{ "ARRET", OUT },
	{ "TD", OUT },
	{ "退订", OUT },
	{ "拒收", OUT },
	{ "取消订阅", OUT },
	{ "不要再发", OUT },
	{ "别发了", OUT },
	{ "QX", OUT },
	{ "回复TD退订", OUT },
	{ "退订回T", OUT },
	{ "拒收请回复R", OUT },
	{ "TD退订", OUT },
	{ "退订TD", OUT },
	{ "回TD", OUT },
	{ "回复退订", OUT },
	/* case, width, space, punctuation, script */
	{ "stop", OUT },
	{ "Stop.", OUT },
	{ " stop \r\n", OUT },
	{ "ＳＴＯＰ", OUT },
	{ "Ｔｄ", OUT },
	{ "S T O P", OUT },
	{ "s.t.o.p", OUT },
	{ "\"STOP\"", OUT },
	{ "“STOP”", OUT },
	{ "STOP!!!!", OUT },
	{ "STOP?", OUT },
	{ "stop~", OUT },
	{ "退订～", OUT },
	{ "stop 🛑", OUT },
	{ "🛑🛑 STOP", OUT },
	{ "opt out", OUT },
	{ "Opt Out", OUT },
	{ "opt_out", OUT },
	{ "arrêt", OUT },
	{ "退訂", OUT },
	{ "取消訂閱", OUT },
	{ "不要再發", OUT },
	{ "別發了", OUT },
	{ "退 订", OUT },
	{ "　退订　", OUT },
	{ "【退订】", OUT },
	{ "退订。", OUT },
	{ "退订！！！", OUT },
	{ "\xEF\xBB\xBFSTOP", OUT },
	{ "ST\xE2\x80\x8BOP", OUT },
	{ "stop\nstop\nstop", OUT },
	{ "退订退订退订", OUT },
	{ "𝐒𝐓𝐎𝐏", OUT },
	{ "ⓢⓣⓞⓟ", OUT },
	/* with nothing but courtesy around */
	{ "please stop", OUT },
	{ "Stop please", OUT },
	{ "STOP now, thanks", OUT },
	{ "I want to stop", OUT },
	{ "I would like to unsubscribe", OUT },
	{ "i wish to opt out please", OUT },
	{ "stop it", OUT },
	{ "请退订", OUT },
	{ "请帮我退订", OUT },
	{ "我要退订", OUT },
	{ "我想退订", OUT },
	{ "退订一下", OUT },
	{ "退订吧", OUT },
	{ "退订，谢谢", OUT },
	{ "麻烦给我退订了，谢谢", OUT },
	{ "全部退订", OUT },
	{ "我要取消订阅", OUT },
	{ "你好，退订", OUT },
	{ "不要了，退订", OUT },
	{ "不要了退订", OUT },
	{ "停止", OUT },
	/* phrases */
	{ "please stop texting me", OUT },
	{ "Stop texting me", OUT },
	{ "stop sending", OUT },
	{ "Stop sending me these messages!", OUT },
	{ "stop messaging me", OUT },
	{ "stop contacting me immediately", OUT },
	{ "can you please stop texting me", OUT },
	{ "Don't text me", OUT },
	{ "don’t text me again", OUT },
	{ "do not contact me", OUT },
	{ "DO NOT TEXT ME ANYMORE", OUT },
	{ "please do not send me any more messages", OUT },
	{ "no more texts", OUT },
	{ "no more messages please", OUT },
	{ "unsubscribe me", OUT },
	{ "Please unsubscribe me from this list", OUT },
	{ "remove me", OUT },
	{ "remove me from your list", OUT },
	{ "take me off your list", OUT },
	{ "take me off this list please", OUT },
	{ "opt me out", OUT },
	{ "leave me alone", OUT },
	{ "cancel my subscription", OUT },
	{ "cancel all messages", OUT },
	{ "I revoke my consent", OUT },
	{ "quit texting me", OUT },
	{ "never text me again", OUT },
	{ "I don't want to receive these messages", OUT },
	{ "I no longer wish to receive texts", OUT },
	{ "I don't want this, stop", OUT },
	{ "不要再给我发短信了", OUT },
	{ "不要再給我發短信了", OUT },
	{ "不要给我发短信", OUT },
	{ "别再给我发短信了", OUT },
	{ "请不要再发送短信", OUT },
	{ "请勿再发", OUT },
	{ "不要发了", OUT },
	{ "别给我发信息了", OUT },
	{ "别再发了", OUT },
	{ "不要再发了！", OUT },
	{ "以后不要给我发短信了", OUT },
	{ "停止发送", OUT },
	{ "请停止发送短信", OUT },
	{ "不想再收到你们的短信", OUT },
	{ "我不想收到短信了", OUT },
	{ "不要再打扰我", OUT },
	{ "别再骚扰我了", OUT },
	{ "不要联系我了", OUT },
	{ "别烦我", OUT },
	{ "取消短信", OUT },
	{ "取消推送", OUT },
	{ "拒绝接收", OUT },
	{ "拒收短信", OUT },
	{ "不再接收短信", OUT },
	{ "Stop spamming me", OUT },
	{ "pls remove my number from ur list", OUT },
	{ "Please take my number off your list", OUT },
	{ "Don't ever contact me again", OUT },
	{ "do not send anything else", OUT },
	{ "No more marketing texts please", OUT },
	{ "我不需要了，请不要再发", OUT },
	{ "帮我把短信退订了", OUT },
	{ "麻烦不要再给我发信息，谢谢", OUT },
	{ "請停止發送短訊", OUT },
	{ "唔好再發短訊俾我", OUT },
	{ "不要再傳簡訊給我", OUT },
	{ "R退订", OUT },
	{ "不需要这些信息", OUT },
	{ "不要推送", OUT },
	{ "stop promotional messages", OUT },
	/* short ones */
	{ "R", SHORT },
	{ "r", SHORT },
	{ "T", SHORT },
	{ "N", SHORT },
	{ "Ｒ", SHORT },
	{ "R.", SHORT },
	{ "回复R", SHORT },
	{ "回T", SHORT },
	{ "R 谢谢", SHORT },
	/* a person decides */
	{ "我想退订怎么弄啊但是...", SUSPECT },
	{ "can you stop the 5pm reminders?", SUSPECT },
	{ "怎么退订", SUSPECT },
	{ "如何退订？", SUSPECT },
	{ "可以退订吗", SUSPECT },
	{ "how do I unsubscribe?", SUSPECT },
	{ "无法退订", SUSPECT },
	{ "为什么不能退订", SUSPECT },
	{ "退订不了啊", SUSPECT },
	{ "为什么还不退订", SUSPECT },
	{ "I cannot unsubscribe", SUSPECT },
	{ "if you don't stop texting me I will complain", SUSPECT },
	{ "why don't you stop", SUSPECT },
	{ "I asked you to stop last week", SUSPECT },
	{ "STOP. I asked three times already today", SUSPECT },
	{ "where is the bus stop near your shop", SUSPECT },
	{ "2 退订", SUSPECT },
	{ "退订酒店房间", SUSPECT },
	{ "垃圾短信", SUSPECT },
	{ "no more", SUSPECT },
	{ "取消", SUSPECT },
	{ "不订阅了", SUSPECT },
	{ "stop start", SUSPECT },
	{ "please don't call me", SUSPECT },
	{ "don't text me now, call the office", SUSPECT },
	{ "你们能不能不要老是发短信", SUSPECT },
	{ "你们再不退订我就投诉", SUSPECT },
	{ "I already unsubscribed from this", SUSPECT },
	{ "别发", SUSPECT },
	{ "TD1", SUSPECT },
	{ "lose my number", SUSPECT },
	{ "I didn't sign up for this", SUSPECT },
	{ "请删除我的号码", SUSPECT },
	{ "I don't want these anymore", SUSPECT },
	{ "拒绝", SUSPECT },
	{ "退订了怎么还发", SUSPECT },
	{ "已经退订了还发", SUSPECT },
	{ "who is this? stop", SUSPECT },
	{ "取消短信提醒", SUSPECT },
	{ "退订服务", SUSPECT },
	{ "不要订阅", SUSPECT },
	/* negated, or about something else */
	{ "不要退订", NONE },
	{ "不要退訂", NONE },
	{ "请不要退订", NONE },
	{ "别退订", NONE },
	{ "我不退订", NONE },
	{ "不想退订", NONE },
	{ "先不退订了", NONE },
	{ "我没有退订", NONE },
	{ "不是退订", NONE },
	{ "不要给我退订", NONE },
	{ "不用取消订阅", NONE },
	{ "取消退订", NONE },
	{ "don't stop", NONE },
	{ "don’t stop", NONE },
	{ "dont stop", NONE },
	{ "Please don't stop texting me", NONE },
	{ "do not unsubscribe", NONE },
	{ "do not unsubscribe me", NONE },
	{ "I do not want to unsubscribe", NONE },
	{ "never stop", NONE },
	{ "I don't want to stop receiving these", NONE },
	{ "不要停止发送", NONE },
	{ "cancel my appointment", NONE },
	{ "please cancel the order", NONE },
	{ "取消预约", NONE },
	{ "不要发货", NONE },
	{ "don't send the parcel today", NONE },
	{ "see you at the end of the week", NONE },
	{ "没收到短信", NONE },
	{ "不要取消", NONE },
	{ "不取消", NONE },
	{ "别取消，我会来", NONE },
	{ "停止服务", NONE },
	{ "我要停机", NONE },
	{ "别忘了发短信给我", NONE },
	{ "don't forget to text me", NONE },
	{ "please don't hesitate to contact me", NONE },
	{ "Please keep sending, don't stop", NONE },
	{ "I did not receive the text", NONE },
	{ "i don't get your texts", NONE },
	{ "T恤多少钱", NONE },
	{ "r u there", NONE },
	{ "text me later", NONE },
	{ "no thanks", NONE },
	{ "not interested", NONE },
	{ "stopwatch", NONE },
	{ "nonstop", NONE },
	{ "1", NONE },
	{ "5分 非常满意", NONE },
	{ "不满意", NONE },
	{ "😊", NONE },
	{ "", NONE },
	{ "   ", NONE },
	{ "...", NONE },
	{ "LTD", NONE },
	{ "0000 2", NONE },
	{ "收到，谢谢", NONE },
	{ "no", NONE },
	{ "\xFFSTOP", NONE },
	{ "S\xC3", NONE },
	/* back in */
	{ "START", IN },
	{ "start", IN },
	{ "UNSTOP", IN },
	{ "Start please", IN },
	{ "subscribe", IN },
	{ "恢复", IN },
	{ "恢復", IN },
	{ "恢复订阅", IN },
	{ "重新订阅", IN },
	{ "我要恢复订阅", IN },
	{ "订阅", IN },
	{ "恢复接收短信", IN },
	{ "when do you start", NONE },
	{ "恢复得不错", NONE },
	/* yes, help */
	{ "YES", YES },
	{ "yes!", YES },
	{ "Ｙｅｓ", YES },
	{ "是", YES },
	{ "同意", YES },
	{ "yes please", YES },
	{ "yes but later", NONE },
	{ "HELP", HELP },
	{ "info", HELP },
	{ "Help me please", HELP },
	{ "帮助", HELP },
	{ "幫助", HELP },
	{ "?", HELP },
	{ "？", HELP },
	{ "??", HELP },
	{ "help stop", OUT },
	{ "thanks for your help yesterday", NONE },
};

static void words_are_judged(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf trace;

		buf_init(&trace, 512);
		enum reply_word got = reply_word(str_of(cases[i].in), &trace);

		if (got != cases[i].want) {
			print_error("row %zu \"%s\": %s, not %s (%s)\n", i,
				    cases[i].in, reply_word_name(got),
				    reply_word_name(cases[i].want), trace.p);
			wrong++;
		}
		assert_true(trace.len > 0);
		assert_null(strchr(trace.p, '\n'));
		assert_int_equal(got, reply_word(str_of(cases[i].in), NULL));
		buf_done(&trace);
	}
	assert_int_equal(wrong, 0);
}

/* Long texts are judged by their first 1,024 bytes, and in bounded time. */
static void long_texts_are_bounded(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	for (int i = 0; i < 80; i++)
		buf_z(&b, "退订 stop ");
	assert_int_equal(reply_word(buf_str(&b), NULL), OUT);
	for (int i = 0; i < 10000; i++)
		buf_z(&b, "退订 stop ");
	/* the cut falls into a word, which then is not known */
	assert_int_equal(reply_word(buf_str(&b), NULL), SUSPECT);
	buf_reset(&b);
	for (int i = 0; i < 10000; i++)
		buf_z(&b, "word ");
	buf_z(&b, "stop");
	assert_int_equal(reply_word(buf_str(&b), NULL), NONE);
	buf_done(&b);
}

static void names_are_given(void **state)
{
	(void)state;
	for (int w = REPLY_NONE; w < REPLY_WORDS; w++)
		assert_true(strlen(reply_word_name((enum reply_word)w)) > 1);
}

/* What ends anything, and is no more than that. */
static void words_that_end_anything(void **state)
{
	static const struct {
		const char *in;
		bool ends;
	} rows[] = {
		{ "cancel", true },
		{ "取消", true },
		{ "我要取消", true },
		{ "stop", false },
		{ "退订", false },
		{ "cancel, stop", false },
		{ "cancel all messages", false },
		{ "don't cancel", false },
		{ "取消,举报你们", false },
		{ "好的", false },
		{ "\xff", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (reply_ends(str_of(rows[i].in)) != rows[i].ends)
			fail_msg("\"%s\"", rows[i].in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_judged),
		cmocka_unit_test(long_texts_are_bounded),
		cmocka_unit_test(words_that_end_anything),
		cmocka_unit_test(names_are_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
