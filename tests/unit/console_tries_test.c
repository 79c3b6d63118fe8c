/* Wrong passwords: waits that double and end, in a table with a limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "console/tries.h"

static void waits_double_and_end(void **state)
{
	struct tries_cfg cfg = { .wait_ms = 1000,
				 .wait_max_ms = 8000,
				 .tracked = 100 };
	struct tries *t = tries_new(&cfg);
	static const uint64_t waits[] = { 0, 0, 1000, 2000, 4000, 8000, 8000 };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(waits); i++) {
		assert_int_equal(tries_wrong(t, 7, 5000), i + 1);
		assert_int_equal(tries_wait_ms(t, 7, 3, 5000), waits[i]);
		assert_int_equal(tries_wait_ms(t, 8, 3, 5000), 0);
	}
	assert_int_equal(tries_wait_ms(t, 7, 3, 12999), 1);
	assert_int_equal(tries_wait_ms(t, 7, 3, 13000), 0);
	/* One more in time waits again; forgotten after a longest wait. */
	tries_wrong(t, 7, 13000);
	assert_int_equal(tries_wait_ms(t, 7, 3, 13000), 8000);
	assert_int_equal(tries_wait_ms(t, 7, 3, 29000), 0);
	assert_int_equal(tries_wrong(t, 7, 29000), 1);
	tries_free(&t);
}

static void waits_do_not_grow_without_limit(void **state)
{
	struct tries_cfg cfg = { .wait_ms = 1000,
				 .wait_max_ms = 8000,
				 .tracked = 10 };
	struct tries *t = tries_new(&cfg);

	(void)state;
	tries_wrong(t, 1000, 1);
	for (unsigned i = 0; i < 30; i++)
		tries_wrong(t, i, 1);
	assert_int_equal(tries_wrong(t, 1000, 1), 1);
	tries_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_double_and_end),
		cmocka_unit_test(waits_do_not_grow_without_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
