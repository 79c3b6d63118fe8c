/* A store that cannot keep what it is given: nothing acknowledged is lost,
 * nothing refused stays behind. */
#include "tests/lib/bed.h"

#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "channels/fake/fake.h"
#include "store/failing.h"

static struct failing_cfg failing;
static unsigned steps;

static void start_failing(struct bed *b, const char *config)
{
	struct backend *memory = NULL;

	failing = (struct failing_cfg){ 0 };
	steps = 0;
	assert_int_equal(memory_open(&memory, "", BACKEND_MAKE_NEW, NULL), 0);
	failing_open(&b->backend, memory, &failing, &steps);
	bed_start(b, config, true);
}

/* The writer's thread reads `at` last. */
static void fail_from_now(int rc, unsigned times)
{
	failing.rc = rc;
	failing.times = times;
	__atomic_store_n(&failing.at,
			 __atomic_load_n(&steps, __ATOMIC_RELAXED) + 1,
			 __ATOMIC_RELEASE);
}

static void fail_no_more(void)
{
	__atomic_store_n(&failing.at, 0, __ATOMIC_RELEASE);
}

static int answered;

static void on_answer(void *owner, int rc)
{
	(void)owner;
	answered = rc;
}

/* The batch meets a full disk: its sender hears so, and the message never
 * was, though its attempt was in the same batch. */
static void test_full_disk(void **state)
{
	struct bed *b = *state;
	struct submitted s;
	struct gateway_counts c;

	start_failing(b, "fake a { receipt_after = 5ms }");
	for (unsigned i = 0; i < 5; i++)
		bed_turn(b);
	fail_from_now(-ENOSPC, 0);
	s = submit(b, "alert", SHI, "one");
	assert_int_equal(s.rc, 0);
	answered = 1;
	store_then(b->store, on_answer, NULL);
	TURN_UNTIL(b, answered != 1);
	assert_int_equal(answered, -ENOSPC);
	TURN_UNTIL(b, !is_live(b, s.id));
	gateway_counts(b->gateway, &c);
	assert_int_equal(c.live, 0);
	/* and until there is room nothing is taken */
	TURN_UNTIL(b, gateway_ready(b->gateway) == -ENOSPC);
	assert_int_equal(submit(b, "alert", SHI, "two").rc, -ENOSPC);
	fail_no_more();
	TURN_UNTIL(b, gateway_ready(b->gateway) == 0);
	s = submit(b, "alert", SHI, "three");
	assert_int_equal(s.rc, 0);
	TURN_UNTIL(b, !is_live(b, s.id));
	assert_int_equal(look(b, s.id).state, MESSAGE_DELIVERED);
	bed_stop(b);
}

struct count {
	bool done;
	unsigned withdrawals;
};

static bool on_consent(void *owner, const struct row *row)
{
	struct count *c = owner;

	c->withdrawals += str_eqz(row_s(row, 6), "withdraw");
	return true;
}

static void on_counted(void *owner, int rc)
{
	struct count *c = owner;

	assert_int_equal(rc, 0);
	c->done = true;
}

static unsigned withdrawals(struct bed *b)
{
	/* nobody wrote there yet: the refusal holds for all tenants */
	struct cell cells[] = { CELL_Z("*"), CELL_T(SHI) };
	struct count c = { 0 };

	b->store->ops->get(b->store, STORE_CONSENT_LIST, cells, 2, on_consent,
			   on_counted, &c);
	TURN_UNTIL(b, c.done);
	return c.withdrawals;
}

/* What a customer says while the disk is full is said again and kept then. */
static void test_full_disk_hears(void **state)
{
	struct bed *b = *state;

	start_failing(b, "fake a { }");
	grant_marketing(b, SHI);
	fail_from_now(-ENOSPC, 0);
	fake_hear(link_of(b, "a"), SHI, STR("99900"), STR("TD"));
	/* the refusal works already, and is written when there is room */
	TURN_UNTIL(b, gateway_ready(b->gateway) == -ENOSPC);
	fail_no_more();
	TURN_UNTIL(b, gateway_ready(b->gateway) == 0);
	assert_int_equal(submit(b, "marketing", SHI, "x").decision.verdict,
			 VERDICT_DENY);
	TURN_UNTIL(b, withdrawals(b) > 0);
	bed_stop(b);
}

#define FULL(test) cmocka_unit_test_setup_teardown(test, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FULL(test_full_disk),
		FULL(test_full_disk_hears),
	};

	secret_init();
	log_threshold = LOG_ERROR;
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
