/* Notices for endpoints that are opened late: none is left in the store. */
#include "tests/lib/bed.h"

#include "gateway/publish.h"

static const char config[] = "fake a {}\nroute all { pool = {\"a\"} }\n";
static const char *const nothing[] = { "never" };

struct ear {
	struct gateway *gateway;
	unsigned told;
};

static int hear(void *owner, uint64_t attempt, const struct notice *n)
{
	struct ear *e = owner;

	(void)attempt;
	(void)n;
	e->told++;
	return 0;
}

/* Spilled to the store while that is read for the first time. */
static void what_comes_during_the_first_reading(void **state)
{
	struct bed *b = *state;
	struct ear ears[60] = { { NULL, 0 } };

	bed_start(b, config, true);
	for (unsigned i = 0; i < ARRAY_LEN(ears); i++) {
		char name[16];

		snprintf(name, sizeof(name), "late-%u", i);
		const struct publish_endpoint_cfg cfg = {
			.name = name,
			.events = nothing,
			.nevents = 1,
			.tenant = "",
			.notify = hear,
			.owner = &ears[i],
		};
		int e = gateway_endpoint(b->gateway, &cfg);

		assert_true(e >= 0);
		gateway_endpoint_window(b->gateway, e, 10);
		bed_turn(b);
		gateway_owe(b->gateway, e, STR("t"), "test.event", STR("{}"));
		TURN_UNTIL(b, ears[i].told == 1);
	}
	bed_stop(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_comes_during_the_first_reading, bed_open,
			bed_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
