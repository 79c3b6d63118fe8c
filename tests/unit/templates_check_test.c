/* What a check finds in a template of a class, and what it leaves alone. */
#include "templates/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "proto/text.h"

/* want: the codes in order with E, W or I before them; PARTS is left out */
static const struct {
	const char *class_name;
	const char *text;
	const char *want;
} cases[] = {
	/* nothing to say */
	{ "reminder", "【演示通信】您预约明天到店。", "" },
	{ "reminder", "[DemoTel] See you tomorrow.", "" },
	{ "reminder", "DemoTel: See you tomorrow.", "" },
	{ "reminder", "【{{brand}}】您预约明天到店。", "" },
	{ "marketing", "【演示通信】春季活动开始。拒收请回复R", "" },
	{ "marketing", "[DemoTel] Our spring event begins. TD to stop.", "" },
	{ "marketing", "[DemoTel] Our spring event begins. Reply STOP to end.",
	  "" },
	{ "survey", "【演示通信】是否满意?5为最满意。退订回T", "" },
	/* the sender */
	{ "reminder", "您预约明天到店。", "ENO_SENDER_NAME" },
	{ "reminder", "See you: tomorrow. [DemoTel]", "" },
	{ "reminder", "【】您预约明天到店。", "ENO_SENDER_NAME" },
	{ "reminder", "您好【演示通信】", "ENO_SENDER_NAME" },
	{ "reminder", "【演示通信】明天【到店】", "WMANY_SENDER_NAMES" },
	/* how to stop */
	{ "marketing", "【演示通信】春季活动开始。", "ENO_STOP_TEXT" },
	{ "news", "[DemoTel] Markets closed higher.", "ENO_STOP_TEXT" },
	{ "survey", "【演示通信】是否满意?", "WNO_STOP_TEXT" },
	{ "care", "【演示通信】天冷请添衣。", "WNO_STOP_TEXT" },
	{ "marketing", "[DemoTel] Spring begins. Please stop by.",
	  "ENO_STOP_TEXT" },
	{ "marketing", "【演示通信】春季活动开始，回复ＴＤ退訂", "" },
	/* promotion where none may be */
	{ "reminder", "【演示通信】您的套餐将到期，续订享8折优惠。",
	  "EPROMOTION_IN_CARE" },
	{ "reminder", "【演示通信】您的套餐將到期，續訂享優惠。",
	  "EPROMOTION_IN_CARE" },
	{ "care",
	  "[DemoTel] Happy birthday! A special offer: 20% off. "
	  "Unsubscribe: TD",
	  "EPROMOTION_IN_CARE" },
	{ "reminder", "[DemoTel] The dealer will call. Wholesale office.", "" },
	/* promises */
	{ "marketing", "【演示通信】全网最优惠，拒收请回复R", "WOVER_PROMISE" },
	{ "marketing", "【演示通信】保证满意，拒收请回复R", "WOVER_PROMISE" },
	{ "marketing", "【演示通信】100%到账，拒收请回复R", "WOVER_PROMISE" },
	{ "marketing", "【演示通信】１００％到账，拒收请回复R",
	  "WOVER_PROMISE" },
	{ "marketing", "【演示通信】永久有效，拒收请回复R", "WOVER_PROMISE" },
	{ "marketing", "【演示通信】最近上线，最后一天，拒收请回复R", "" },
	{ "marketing", "[DemoTel] The cheapest pack. TD to stop.",
	  "WOVER_PROMISE" },
	{ "marketing", "[DemoTel] Bestow a flower. TD to stop.", "" },
	{ "notice", "【演示通信】流量已用100%。", "IOVER_PROMISE" },
	/* money */
	{ "marketing", "【演示通信】流量包20元，拒收请回复R",
	  "WPERIOD_MISSING" },
	{ "marketing", "【演示通信】流量包20元/月，拒收请回复R", "" },
	{ "marketing", "[DemoTel] A pack for $20 per month. TD to stop.", "" },
	{ "notice", "【演示通信】已扣费3.00。", "IPRICE_WORDS" },
	/* braces of other systems */
	{ "reminder", "【演示通信】{name}您好。", "WSINGLE_BRACES" },
	{ "reminder", "【演示通信】{ 您好 }{1}。", "" },
	/* characters that cost */
	{ "reminder", "[DemoTel] It’s tomorrow.", "IENCODING_SURPRISE" },
	{ "reminder",
	  "[DemoTel] Your parcel is out for delivery today between nine and "
	  "eleven – reply GQ to change the time.",
	  "WENCODING_SURPRISE" },
	{ "reminder", "[DemoTel] Καλημέρα σας, καλώς ήρθατε", "" },
	/* the sample */
	{ "reminder", "", "EEMPTY ENO_SENDER_NAME" },
	{ "reminder", "[DemoTel] {{v|date|amount}}", "ESAMPLE_FAILS" },
	{ "reminder", "[DemoTel] {{a|date}} {{b|amount}} {{c|mask}}", "" },
};

static void findings_put(const struct template_findings *f, struct buf *out)
{
	static const char letters[] = "IWE";

	for (unsigned i = 0; i < f->n; i++) {
		assert_true(strlen(f->v[i].zh) > 3 && strlen(f->v[i].en) > 3);
		assert_true(text_utf8_ok(str_of(f->v[i].zh)));
		assert_true(text_utf8_ok(str_of(f->v[i].en)));
		assert_true(i == 0 || f->v[i].severity <= f->v[i - 1].severity);
		if (strcmp(f->v[i].code, "PARTS") == 0)
			continue;
		buf_f(out, "%s%c%s", out->len > 0 ? " " : "",
		      letters[f->v[i].severity], f->v[i].code);
	}
}

static void run(const struct template_rules *rules, const char *text,
		template_lookup *sample, struct template_findings *f)
{
	struct template *t;

	assert_int_equal(template_compile(&t, str_of(text), NULL), 0);
	template_check(t, rules, sample, NULL, f);
	template_free(&t);
}

static bool sorted_equal(const char *got, const char *want)
{
	/* the order of equals is not promised: compare as sets of two */
	if (strcmp(got, want) == 0)
		return true;
	const char *gap = strchr(want, ' ');

	if (gap == NULL || strlen(got) != strlen(want))
		return false;
	return strstr(got, gap + 1) == got &&
	       strncmp(got + strlen(gap), want, (size_t)(gap - want)) == 0;
}

static void faults_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct template_rules r =
			template_rules_of(str_of(cases[i].class_name));
		struct template_findings f;
		struct buf got;

		buf_init(&got, 4096);
		run(&r, cases[i].text, NULL, &f);
		findings_put(&f, &got);
		if (!sorted_equal(got.p, cases[i].want))
			fail_msg("row %zu: %s", i, got.p);
		buf_done(&got);
	}
	assert_int_equal(mem_live_blocks(), 0);
}

static const char *sentence(const struct template_findings *f, const char *code,
			    bool zh)
{
	for (unsigned i = 0; i < f->n; i++)
		if (strcmp(f->v[i].code, code) == 0)
			return zh ? f->v[i].zh : f->v[i].en;
	return "";
}

static void sentences_name_the_cause(void **state)
{
	struct template_rules r = template_rules_of(STR("reminder"));
	struct template_findings f;

	(void)state;
	run(&r, "[DemoTel] It’s tomorrow.", NULL, &f);
	assert_string_equal(sentence(&f, "ENCODING_SURPRISE", false),
			    "70 instead of 160 a part (place:character; "
			    "parts): 13:’ U+2019 -> \"'\"; 1 > 1");
	assert_string_equal(sentence(&f, "PARTS", false),
			    "charset, length, parts: ucs2 24, 1");
	run(&r, "【演示通信】享優惠", NULL, &f);
	assert_string_equal(
		sentence(&f, "PROMOTION_IN_CARE", true),
		"「优惠」是促销用语，此类消息不得促销；请改用营销类");
	assert_int_equal(template_worst(&f), TEMPLATE_ERROR);
	run(&r, "[DemoTel] Hello.", NULL, &f);
	assert_int_equal(template_worst(&f), TEMPLATE_INFO);
	assert_true(f.rendered);
	assert_int_equal(f.plan.parts, 1);
}

/* The link's tail opts out and counts; the registered name must stand. */
static void rules_of_the_link_count(void **state)
{
	struct template_rules r = template_rules_of(STR("marketing"));
	struct template_findings f;
	struct buf got;

	(void)state;
	buf_init(&got, 4096);
	r.tail = STR("拒收请回复R");
	run(&r, "【演示通信】春季活动开始。", NULL, &f);
	findings_put(&f, &got);
	assert_string_equal(got.p, "");
	assert_int_equal(f.plan.units, 19);
	r.sender = STR("演示速递");
	run(&r, "【演示通信】春季活动开始。", NULL, &f);
	findings_put(&f, &got);
	assert_string_equal(got.p, "EWRONG_SENDER_NAME");
	buf_reset(&got);
	run(&r, "【{{brand}}】春季活动开始。", NULL, &f);
	findings_put(&f, &got);
	assert_string_equal(got.p, "");
	buf_done(&got);
}

static void priced_ones_say_all(void **state)
{
	struct template_rules r = template_rules_of(STR("transaction"));
	struct template_findings f;
	struct buf got;

	(void)state;
	buf_init(&got, 4096);
	r.priced = true;
	run(&r, "[DemoTel] {{svc}}, {{price}}/{{period}}. Stop later: 0000.",
	    NULL, &f);
	findings_put(&f, &got);
	assert_string_equal(got.p, "");
	run(&r, "[DemoTel] You asked for {{svc}}.", NULL, &f);
	findings_put(&f, &got);
	assert_string_equal(got.p,
			    "ENO_STOP_TEXT EPRICE_MISSING EPERIOD_MISSING");
	buf_done(&got);
}

static bool has_a(void *owner, struct str name, struct str *value)
{
	(void)owner;
	*value = STR("石先生");
	return str_eqz(name, "a");
}

static void samples_are_used(void **state)
{
	struct template_rules r = template_rules_of(STR("reminder"));
	struct template_findings f;
	struct buf got;

	(void)state;
	buf_init(&got, 4096);
	/* a Chinese name in an English text doubles its cost */
	run(&r, "[DemoTel] {{a}}, your appointment is tomorrow at ten.", has_a,
	    &f);
	findings_put(&f, &got);
	assert_string_equal(got.p, "IENCODING_SURPRISE");
	buf_reset(&got);
	run(&r, "[DemoTel] {{b}} {{c|default:\"x\"}} {{#if d}}{{/if}}", has_a,
	    &f);
	findings_put(&f, &got);
	assert_string_equal(got.p, "WNO_VALUE");
	assert_string_equal(sentence(&f, "NO_VALUE", false),
			    "variable \"b\" has neither a value nor a default");
	buf_done(&got);
}

static void lengths_are_judged(void **state)
{
	struct template_rules r = template_rules_of(STR("reminder"));
	struct template_findings f;
	struct buf text, got;

	(void)state;
	buf_init(&text, 8192);
	buf_init(&got, 4096);
	buf_z(&text, "【演示】");
	for (int i = 0; i < 200; i++)
		buf_z(&text, "您");
	run(&r, text.p, NULL, &f);
	findings_put(&f, &got);
	assert_string_equal(got.p, "WTOO_MANY_PARTS");
	assert_string_equal(sentence(&f, "TOO_MANY_PARTS", false),
			    "too many SMS parts: 4 > 3");
	/* a word after the first window of folding is found too */
	buf_reset(&got);
	for (int i = 0; i < 300; i++)
		buf_z(&text, "您");
	buf_z(&text, "优惠");
	run(&r, text.p, NULL, &f);
	findings_put(&f, &got);
	assert_string_equal(got.p, "EPROMOTION_IN_CARE WTOO_MANY_PARTS");
	buf_reset(&got);
	for (int i = 0; i < 2000; i++)
		buf_z(&text, "xy");
	run(&r, text.p, NULL, &f);
	findings_put(&f, &got);
	assert_string_equal(got.p, "EPROMOTION_IN_CARE ESAMPLE_FAILS");
	buf_done(&text);
	buf_done(&got);
	assert_int_equal(mem_live_blocks(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_are_found),
		cmocka_unit_test(sentences_name_the_cause),
		cmocka_unit_test(rules_of_the_link_count),
		cmocka_unit_test(priced_ones_say_all),
		cmocka_unit_test(samples_are_used),
		cmocka_unit_test(lengths_are_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
