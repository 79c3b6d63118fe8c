/* Orders: nothing begins without a code from the same number, nothing goes on
 * by default, and what ends, ends at once. */
#include "tests/unit/order_room.h"

/* ---- R-07, R-22 --------------------------------------------------------------------- */

static void r07_r22_two_messages_and_no_less(void **state)
{
	char code[7], wide[64] = "";
	struct room r;

	open_room(&r, state);
	assert_true(str_eqz(hear(&r, SHI, "dg cl"), CLAIM_ORDER));
	struct text t = said_to(&r, SHI);

	/* the price to the fen, and the way out */
	assert_non_null(strstr(t.text, "Ring tone, 5.01/month"));
	assert_non_null(strstr(t.text, "0000"));
	code_to(&r, SHI, code);
	assert_false(heard(&r, "service."));
	/* what is no confirmation, whatever it means elsewhere */
	static const char *const no[] = { "1",  "yes",   "Y",
					  "是", "确认",  "好",
					  "0",  "12345", "1234567" };

	for (size_t i = 0; i < ARRAY_LEN(no); i++) {
		(void)hear(&r, SHI, no[i]);
		if (heard(&r, "service."))
			fail_msg("\"%s\" activates", no[i]);
	}
	/* the right code from another number */
	assert_true(str_eqz(hear(&r, LIN, code), "inbox"));
	assert_false(heard(&r, "service."));
	/* full-width digits are digits */
	for (size_t i = 0; code[i] != '\0'; i++)
		snprintf(wide + 3 * i, sizeof(wide) - 3 * i, "\xef\xbc%c",
			 0x90 + (code[i] - '0'));
	assert_true(str_eqz(hear(&r, SHI, wide), CLAIM_ORDER));
	assert_true(heard(&r, "service.activate "));
	assert_non_null(strstr(r.last, "\"price_fen\":501"));
	assert_non_null(strstr(r.last, "\"confirmation\":{\"message\":"));
	assert_null(strstr(r.last, code)); /* its hash alone */
	/* once: the same code is no second order */
	r.heard[0] = '\0';
	assert_true(str_eqz(hear(&r, SHI, code), "inbox"));
	assert_false(heard(&r, "service."));
	room_stop(&r);
}

static void r22_a_code_of_before_the_restart(void **state)
{
	char code[7];
	struct room r;

	open_room(&r, state);
	(void)hear(&r, SHI, "订购彩铃");
	code_to(&r, SHI, code);
	later(&r, 24 * HOUR - 1);
	room_again(&r);
	assert_true(str_eqz(hear(&r, SHI, code), CLAIM_ORDER));
	assert_true(heard(&r, "service.activate "));
	room_stop(&r);
}

/* People write what they copy; what says no, or more, is no confirmation. */
static void r22_a_word_may_stand_before_the_code(void **state)
{
	static const struct {
		const char *before, *behind;
		bool yes;
	} rows[] = {
		{ "Code: ", "", true },     { "确认", "。", true },
		{ "验证码:", "", true },    { "yes ", "!", true },
		{ "不要 ", "", false },     { "no ", "", false },
		{ "not code ", "", false }, { "", " no", false },
		{ "1", "", false },
	};
	char code[7], text[64];
	struct room r;

	open_room(&r, state);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		(void)hear(&r, SHI, "订购彩铃");
		code_to(&r, SHI, code);
		r.heard[0] = '\0';
		snprintf(text, sizeof(text), "%s%s%s", rows[i].before, code,
			 rows[i].behind);
		(void)hear(&r, SHI, text);
		if (heard(&r, "service.activate ") != rows[i].yes)
			fail_msg("%s", text);
		(void)hear(&r, SHI, "0000 00");
	}
	room_stop(&r);
}

/* A code is bound to its offer; two orders wait side by side. */
static void r22_bound_to_the_offer(void **state)
{
	char ring[7], small[7];
	const struct order *x;
	struct room r;

	open_room(&r, state);
	x = ask(&r, "ring");
	code_to(&r, SHI, ring);
	uint64_t first = x->id;

	x = ask(&r, "small");
	code_to(&r, SHI, small);
	assert_true(str_eqz(hear(&r, SHI, ring), CLAIM_ORDER));
	assert_int_equal(orders_find(orders_of(&r), TENANT, first)->now.state,
			 ORDER_ACTIVE);
	assert_int_equal(x->now.state, ORDER_OFFERED);
	assert_int_equal(x->now.tries, 0);
	/* asked once more: the older code is void */
	x = ask(&r, "small");
	assert_true(str_eqz(hear(&r, SHI, small), CLAIM_ORDER));
	assert_int_equal(x->now.state, ORDER_OFFERED);
	room_stop(&r);
}

static void r22_guesses_end_it(void **state)
{
	char code[7];
	struct room r;

	open_room(&r, state);
	uint64_t id = ask(&r, "ring")->id;

	code_to(&r, SHI, code);
	for (unsigned i = 0; i < 5; i++) {
		char bad[8];

		snprintf(bad, sizeof(bad), "%06u",
			 (unsigned)(strtoul(code, NULL, 10) + 1 + i) % 1000000);
		assert_true(str_eqz(hear(&r, SHI, bad), CLAIM_ORDER));
	}
	assert_null(orders_find(orders_of(&r), TENANT, id));
	assert_true(str_eqz(hear(&r, SHI, code), "inbox"));
	assert_false(heard(&r, "service."));
	room_stop(&r);
}

/* An offer of the same service takes the place: one change, no double. */
static void r07_a_change_is_confirmed_too(void **state)
{
	char code[7];
	struct room r;

	open_room(&r, state);
	uint64_t small = ask(&r, "small")->id;

	code_to(&r, SHI, code);
	(void)hear(&r, SHI, code);
	assert_true(heard(&r, "service.activate "));
	r.heard[0] = '\0';
	uint64_t big = ask(&r, "big")->id;

	assert_false(heard(&r, "service."));
	code_to(&r, SHI, code);
	(void)hear(&r, SHI, code);
	assert_true(heard(&r, "service.change "));
	assert_false(heard(&r, "service.activate "));
	assert_false(heard(&r, "service.end "));
	assert_null(orders_find(orders_of(&r), TENANT, small));
	assert_int_equal(orders_find(orders_of(&r), TENANT, big)->now.state,
			 ORDER_ACTIVE);
	room_stop(&r);
}

/* ---- R-08 --------------------------------------------------------------------------- */

static uint64_t trial(struct room *r, int64_t until_ms)
{
	const struct order_ask a = { .tenant = TENANT,
				     .address = SHI,
				     .offer = STR("ring"),
				     .actor = STR("billing"),
				     .trial_until_ms = until_ms };
	const struct order *x = NULL;
	struct err err = { "" };

	if (orders_ask(orders_of(r), &a, &x, &err) != 0)
		fail_msg("%s", err.text);
	commit(r->bed);
	return x->id;
}

static void r08_a_trial_never_goes_on(void **state)
{
	struct room r;

	open_room(&r, state);
	uint64_t id = trial(&r, TUESDAY_TEN + 30 * DAY);

	later(&r, 27 * DAY - 1);
	assert_string_equal(said_to(&r, SHI).text, "");
	later(&r, 1); /* three days before */
	assert_non_null(strstr(said_to(&r, SHI).text, "ends soon"));
	room_again(&r);
	later(&r, 3 * DAY);
	assert_null(orders_find(orders_of(&r), TENANT, id));
	assert_true(heard(&r, "service.end "));
	assert_non_null(strstr(r.last, "NO_DEFAULT_RENEW"));
	assert_false(heard(&r, "service.activate "));
	room_stop(&r);
}

static void r08_but_for_a_code(void **state)
{
	char code[7];
	struct room r;

	open_room(&r, state);
	uint64_t id = trial(&r, TUESDAY_TEN + 30 * DAY);

	later(&r, 27 * DAY);
	code_to(&r, SHI, code);
	assert_true(str_eqz(hear(&r, SHI, code), CLAIM_ORDER));
	assert_true(heard(&r, "service.activate "));
	later(&r, 10 * DAY);
	assert_int_equal(orders_find(orders_of(&r), TENANT, id)->now.state,
			 ORDER_ACTIVE);
	assert_false(heard(&r, "service.end "));
	room_stop(&r);
}

/* ---- the rest ----------------------------------------------------------------------- */

static void r11_it_ends_at_once(void **state)
{
	char code[7];
	struct room r;

	open_room(&r, state);
	uint64_t id = ask(&r, "ring")->id;

	code_to(&r, SHI, code);
	(void)hear(&r, SHI, code);
	room_again(&r);
	assert_int_equal(orders_end(orders_of(&r), STR("OTHER"), id, "x"),
			 -ENOENT);
	assert_int_equal(orders_end(orders_of(&r), TENANT, id, "by_staff"), 0);
	assert_true(heard(&r, "service.end "));
	assert_null(orders_find(orders_of(&r), TENANT, id));
	commit(r.bed);
	room_again(&r);
	assert_null(orders_find(orders_of(&r), TENANT, id));
	room_stop(&r);
}

/* 0000 has them, of every tenant; a number behind it ends one, at once. */
static void r12_r13_in_the_list(void **state)
{
	const struct order_ask other = { .tenant = STR("OTHER"),
					 .address = SHI,
					 .offer = STR("other"),
					 .actor = STR("test") };
	const struct order *x = NULL;
	struct err err = { "" };
	char code[7];
	struct room r;

	open_room(&r, state);
	uint64_t id = ask(&r, "ring")->id;

	code_to(&r, SHI, code);
	(void)hear(&r, SHI, code);
	assert_int_equal(orders_ask(orders_of(&r), &other, &x, &err), 0);
	commit(r.bed);
	uint64_t second = x->id;

	code_to(&r, SHI, code);
	assert_int_equal(x->now.state, ORDER_OFFERED);
	struct inbound in = { .tenant = STR("OTHER"),
			      .channel = STR("sms"),
			      .from = SHI,
			      .to = STR("99900"),
			      .text = str_of(code),
			      .at_ms = 1 };

	gateway_hear(r.bed->gateway, &in, on_room_heard, NULL);
	commit(r.bed);
	assert_int_equal(x->now.state, ORDER_ACTIVE);
	(void)hear(&r, SHI, "0000");
	struct text t = said_to(&r, SHI);

	assert_non_null(strstr(t.text, "Ring tone 5.01/month"));
	assert_non_null(strstr(t.text, "Other 0.01/month"));
	/* the newest stands first */
	(void)hear(&r, SHI, "0000 2");
	assert_null(orders_find(orders_of(&r), TENANT, id));
	assert_true(heard(&r, "service.end "));
	assert_non_null(orders_find(orders_of(&r), STR("OTHER"), second));
	(void)hear(&r, SHI, "0000 00");
	assert_null(orders_find(orders_of(&r), STR("OTHER"), second));
	room_stop(&r);
}

static void what_cannot_be_ordered(void **state)
{
	static const struct {
		struct str tenant, offer;
		int64_t trial_until_ms;
		int rc;
	} rows[] = {
		{ { "DEMOTEL", 7 }, { "nothing", 7 }, 0, -ENOENT },
		{ { "DEMOTEL", 7 }, { "other", 5 }, 0, -ENOENT },
		{ { "OTHER", 5 }, { "ring", 4 }, 0, -ENOENT },
		{ { "DEMOTEL", 7 }, { "ring", 4 }, 1, -EINVAL },
	};
	struct room r;

	open_room(&r, state);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct order_ask a = {
			.tenant = rows[i].tenant,
			.address = SHI,
			.offer = rows[i].offer,
			.trial_until_ms = rows[i].trial_until_ms,
		};
		const struct order *x = NULL;
		struct err err = { "" };

		assert_int_equal(orders_ask(orders_of(&r), &a, &x, &err),
				 rows[i].rc);
	}
	/* digits that nobody waits for are for a person */
	assert_true(str_eqz(hear(&r, SHI, "123456"), "inbox"));
	room_stop(&r);
}

static void settings_are_checked(void **state)
{
	static struct setting_section kinds[2];
	struct settings s = { 0 };
	struct faults f = { 0 };

	(void)state;
	kinds[0] = orders_section;
	kinds[1] = offer_section;
	assert_int_equal(
		settings_parse("orders { active_en = \"{{broken\" }\n"
			       "offer a { price = 1 words = {\"Go\"} }\n"
			       "offer b { title_en = \"b\" price = 1\n"
			       "  words = {\"ｇｏ\"} }\n",
			       "t", kinds, 2, &s, &f),
		0);
	orders_check(&s, &f);
	assert_int_equal(f.len, 3);
	faults_done(&f);
	settings_done(&s);
}

/* Of three offers two are confirmed, and one of those is given up in time to
 * be counted against the month in which it began. */
static void k53_k54_k56_what_orders_come_to(void **state)
{
	char ring[7], data[7];
	const struct order *x;
	struct room r;

	open_room(&r, state);
	x = ask(&r, "ring");
	code_to(&r, SHI, ring);
	assert_true(str_eqz(hear(&r, SHI, ring), CLAIM_ORDER));
	ask(&r, "small");
	ask(&r, "small"); /* asked for again */
	code_to(&r, SHI, data);
	assert_true(str_eqz(hear(&r, SHI, data), CLAIM_ORDER));
	/* changed, not given up; and never confirmed */
	ask(&r, "big");
	assert_int_equal(bed_counted(r.bed, TUESDAY_TEN, "order.asked"), 3);
	assert_int_equal(bed_counted(r.bed, TUESDAY_TEN, "order.won"), 2);
	assert_int_equal(bed_counted(r.bed, TUESDAY_TEN, "order.active"), 2);
	assert_int_equal(bed_counted(r.bed, TUESDAY_TEN, "order.transparent"),
			 2);
	assert_int_equal(bed_counted(r.bed, TUESDAY_TEN, "order.lasting"), 2);
	later(&r, 29 * DAY);
	assert_int_equal(orders_end(orders_of(&r), TENANT, x->id, "by_staff"),
			 0);
	commit(r.bed);
	assert_int_equal(bed_counted(r.bed, TUESDAY_TEN, "order.left_early"),
			 1);
	room_again(&r);
	later(&r, 2 * DAY);
	(void)hear(&r, SHI, "0000 00");
	commit(r.bed);
	assert_true(heard(&r, "service.end "));
	assert_int_equal(bed_counted(r.bed, TUESDAY_TEN, "order.left_early"),
			 1);
	room_stop(&r);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(r07_r22_two_messages_and_no_less),
		TEST(r22_a_code_of_before_the_restart),
		TEST(r22_a_word_may_stand_before_the_code),
		TEST(r22_bound_to_the_offer),
		TEST(r22_guesses_end_it),
		TEST(r07_a_change_is_confirmed_too),
		TEST(r08_a_trial_never_goes_on),
		TEST(r08_but_for_a_code),
		TEST(r11_it_ends_at_once),
		TEST(r12_r13_in_the_list),
		TEST(what_cannot_be_ordered),
		TEST(k53_k54_k56_what_orders_come_to),
		cmocka_unit_test(settings_are_checked),
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
