/* The store's contract, the same for every back end. */
#include "tests/contract/store_bed.h"

static int setup(void **state)
{
	struct bed *b = mem_new(struct bed);

	bed_init(b, "sqlite:t.db");
	bed_open(b);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	bed_done(*state);
	mem_free(*state);
	return 0;
}

static void appends_then_gets(void **state)
{
	struct bed *b = *state;

	bed_message(b, 7, "acme", "otp", "+441");
	assert_int_equal(bed_commit(b), 0);
	bed_event(b, 7, EVENT_ATTEMPT, MESSAGE_SUBMITTING, "carrier-a", "");
	bed_event(b, 7, EVENT_SUBMITTED, MESSAGE_SUBMITTED, "", "");
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_MESSAGE_GET, BED_CELLS(CELL_I(7))),
			    "7|4|72|carrier-a||#63|[submitting,submitted];");
	bed_reopen(b);
	assert_string_equal(bed_scan(b, STORE_LIVE_SCAN, BED_NONE),
			    "7|4|72|carrier-a||#63|[submitting,submitted];");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(appends_then_gets, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
