/* Orders that nobody confirms in time, and the language of what is said. */
#include "tests/unit/order_room.h"

#define LATE "That code has ended, and nothing was ordered. Please order again."

static void r22_silence_is_no_order(void **state)
{
	char code[7];
	struct room r;

	open_room(&r, state);
	(void)hear(&r, SHI, "DG CL");
	code_to(&r, SHI, code);
	/* an hour before the end it still counts after a restart */
	later(&r, 23 * HOUR);
	room_again(&r);
	later(&r, HOUR);
	assert_string_not_equal(said_to(&r, SHI).text, LATE);
	/* the code of nobody, and of another number */
	assert_true(str_eqz(hear(&r, LIN, code), "inbox"));
	/* they are told once, also after a restart */
	room_again(&r);
	assert_true(str_eqz(hear(&r, SHI, code), CLAIM_ORDER));
	assert_string_equal(said_to(&r, SHI).text, LATE);
	assert_true(str_eqz(hear(&r, SHI, code), "inbox"));
	room_again(&r);
	assert_true(str_eqz(hear(&r, SHI, code), "inbox"));
	assert_false(heard(&r, "service."));
	room_stop(&r);
}

/* Another order waits by then: the old code is no guess at the new one's. */
static void r22_a_late_code_is_no_guess(void **state)
{
	const struct order *x;
	char old[7];
	struct room r;

	open_room(&r, state);
	(void)ask(&r, "ring");
	code_to(&r, SHI, old);
	later(&r, 24 * HOUR);
	x = ask(&r, "small");
	assert_true(str_eqz(hear(&r, SHI, old), CLAIM_ORDER));
	assert_string_equal(said_to(&r, SHI).text, LATE);
	assert_int_equal(x->now.tries, 0);
	assert_int_equal(x->now.state, ORDER_OFFERED);
	room_stop(&r);
}

/* A day later nobody remembers it. */
static void a_late_code_is_forgotten(void **state)
{
	char code[7];
	struct room r;

	open_room(&r, state);
	uint64_t id = ask(&r, "ring")->id;

	code_to(&r, SHI, code);
	later(&r, 24 * HOUR);
	assert_null(orders_find(orders_of(&r), TENANT, id));
	assert_int_equal(orders_end(orders_of(&r), TENANT, id, "by_staff"),
			 -ENOENT);
	later(&r, 24 * HOUR);
	assert_true(str_eqz(hear(&r, SHI, code), "inbox"));
	room_stop(&r);
}

/* Nobody knows them: by what is said when it is ordered, for as long as the
 * order lives; then by the country. */
static void in_the_language_that_was_asked_in(void **state)
{
	static const struct {
		const char *to, *lang, *word; /* lang: by the API */
		const char *said, *wrong;
	} rows[] = {
		{ "+8613800000001", "en", NULL, "You asked for",
		  "not the code" },
		{ "+8613800000002", "zh", NULL, "您订购", "确认码不正确" },
		{ "+8613800000003", "", NULL, "您订购", "确认码不正确" },
		{ "+447700900011", "zh", NULL, "您订购", "确认码不正确" },
		{ "+447700900012", "", NULL, "You asked for", "not the code" },
		{ "+447700900013", NULL, "订购彩铃", "您订购", "确认码不正确" },
		{ "+447700900014", NULL, "DG CL", "You asked for",
		  "not the code" },
		{ "+8613800000004", NULL, "DG CL", "您订购", "确认码不正确" },
	};
	struct room r;

	open_room(&r, state);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str to = str_of(rows[i].to);
		const struct order_ask a = {
			.tenant = TENANT,
			.address = to,
			.offer = STR("ring"),
			.actor = STR("test"),
			.lang = str_of(rows[i].lang == NULL ? ""
							    : rows[i].lang),
		};
		const struct order *x = NULL;
		struct err err = { "" };

		if (rows[i].word != NULL)
			assert_true(str_eqz(hear(&r, to, rows[i].word),
					    CLAIM_ORDER));
		else
			assert_int_equal(orders_ask(orders_of(&r), &a, &x,
						    &err),
					 0);
		commit(r.bed);
		if (strstr(said_to(&r, to).text, rows[i].said) == NULL)
			fail_msg("%s: %s", rows[i].to, said_to(&r, to).text);
	}
	/* it is kept: what comes later is in the same language */
	room_again(&r);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str to = str_of(rows[i].to);

		assert_true(str_eqz(hear(&r, to, "012345"), CLAIM_ORDER));
		if (strstr(said_to(&r, to).text, rows[i].wrong) == NULL)
			fail_msg("%s: %s", rows[i].to, said_to(&r, to).text);
	}
	room_stop(&r);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(r22_silence_is_no_order),
		TEST(r22_a_late_code_is_no_guess),
		TEST(a_late_code_is_forgotten),
		TEST(in_the_language_that_was_asked_in),
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
