/* K-08: what links were good for, by the minute. Their clock is turned by
 * hand. */
#include "gateway/uptime.h"

#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "gateway/gateway_impl.h"
#include "tests/lib/bed.h"
#include "tests/lib/measured.h"

#define OCTOBER 1792281600000 /* 2026-10-18 */

static struct clock_hand clock_of_links;

static void start(struct bed *b)
{
	clock_hand_init(&clock_of_links, OCTOBER);
	b->clock = &clock_of_links.ops;
	bed_start(b,
		  "fake a { receipt_after = 1ms }\n"
		  "fake b {}\n"
		  "route all { pool = {\"a\"} }\n",
		  true);
	TURN_UNTIL(b, b->gateway->lanes.v[0]->state == CHANNEL_UP &&
			      b->gateway->lanes.v[1]->state == CHANNEL_UP);
	uptime_tick(b->gateway->uptime); /* they count from here on */
}

static void pass(struct bed *b, uint64_t ms)
{
	clock_hand_turn(&clock_of_links, ms);
	uptime_tick(b->gateway->uptime);
	commit(b);
}

static void is(struct bed *b, const char *name, const char *detail, int64_t n,
	       int64_t sum)
{
	struct measured m = bed_measured(b, OCTOBER, name, detail);

	if (m.n != n || m.sum != sum)
		fail_msg("%s %s: %lld %lld", name, detail, (long long)m.n,
			 (long long)m.sum);
}

static void k08_seconds_up_of_those_that_passed(void **state)
{
	struct bed *b = *state;

	start(b);
	struct lane *l = b->gateway->lanes.v[0];

	pass(b, 59000); /* not a minute yet */
	is(b, "link.window", "a", 0, 0);
	pass(b, 1500);
	is(b, "link.window", "a", 60, 60);
	lane_state(l, CHANNEL_DOWN, 0, "test");
	pass(b, 30000);
	lane_state(l, CHANNEL_UP, 10, "test");
	pass(b, 30000);
	/* two halves of a second are one */
	is(b, "link.window", "a", 120, 90);
	is(b, "link.window", "b", 120, 120);
	lane_state(l, CHANNEL_DOWN, 0, "test");
	pass(b, 60000);
	is(b, "link.window", "a", 180, 90);
	assert_string_equal(bed_measured_by(b, OCTOBER, "link.window"),
			    "///sms//b");
	bed_stop(b);
}

static void k08_parts_sent_of_those_allowed(void **state)
{
	struct bed *b = *state;
	char text[200];

	start(b);
	struct submitted s = submit(b, "service", SHI, "one part");

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	TURN_UNTIL(b, !is_live(b, s.id));
	lane_rate(b->gateway->lanes.v[0], 2.5);
	s = submit(b, "service", SHI, text);
	assert_int_equal(s.parts, 2);
	TURN_UNTIL(b, !is_live(b, s.id));
	pass(b, 61000);
	is(b, "link.room", "a", 152, 3); /* of 152.5 */
	pass(b, 61000);
	is(b, "link.room", "a", 305, 3);
	is(b, "link.room", "b", 0, 0); /* no rate: no room to speak of */
	bed_stop(b);
}

static void k08_until_the_peer_took_it(void **state)
{
	struct bed *b = *state;

	start(b);
	for (unsigned i = 0; i < 3; i++) {
		struct submitted s = submit(b, "service", SHI, "hello");

		TURN_UNTIL(b, !is_live(b, s.id));
	}
	lane_took(b->gateway->lanes.v[0], 300000);
	lane_took(b->gateway->lanes.v[0], 900000);
	pass(b, 60000);
	is(b, "link.took", "a", 5, 1200);
	is(b, "link.answer", "50", 3, 0); /* nobody has turned the clock */
	is(b, "link.answer", "1000", 2, 1200);
	/* what came since is put at the end, too */
	lane_took(b->gateway->lanes.v[1], 100000);
	uptime_put(b->gateway->uptime);
	commit(b);
	is(b, "link.took", "b", 1, 100);
	is(b, "link.answer", "200", 1, 100);
	bed_stop(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			k08_seconds_up_of_those_that_passed, bed_open,
			bed_close),
		cmocka_unit_test_setup_teardown(k08_parts_sent_of_those_allowed,
						bed_open, bed_close),
		cmocka_unit_test_setup_teardown(k08_until_the_peer_took_it,
						bed_open, bed_close),
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
