/* Call-backs: one for each person, at hours that gate and customer permit, by
 * agents who may; none is forgotten. */
#include "store/failing.h"
#include "tests/unit/care_calls.h"

static void r21_one_open_for_a_person(void **state)
{
	struct room r;

	open_room(&r, state);
	assert_true(str_eqz(room_hear(&r, SHI, "回电"), CLAIM_CALLBACK));
	TURN_UNTIL(r.bed,
		   callbacks_waiting(calls_of(&r), TENANT, STR_NONE) == 1);
	assert_true(str_eqz(room_hear(&r, SHI, "call me"), CLAIM_CALLBACK));
	assert_int_equal(callbacks_waiting(calls_of(&r), TENANT, STR_NONE), 1);
	struct callback_asked again =
		ask(&r, (struct callback_ask){ .address = SHI });

	assert_true(again.joined);
	/* another person, and the same one with another firm, are others */
	assert_false(ask(&r, (struct callback_ask){ .address = LIN }).joined);
	assert_false(ask(&r, (struct callback_ask){ .tenant = STR("OTHER"),
						    .address = SHI })
			     .joined);
	assert_string_equal(next_for(&r, "bob"), SHI.p);
	assert_int_equal(callbacks_cancel(calls_of(&r), TENANT, again.id,
					  false),
			 -EBUSY);
	came_of(&r, again.id, CALLBACK_REACHED);
	assert_null(see(&r, again.id));
	assert_false(ask(&r, (struct callback_ask){ .address = SHI }).joined);
	room_stop(&r);
}

static void r21_three_tries_in_different_hours(void **state)
{
	struct room r;
	unsigned hours = 0;

	open_room(&r, state);
	uint64_t id = ask_for(&r, SHI);

	for (unsigned i = 1; i <= 3; i++) {
		assert_string_equal(next_for(&r, "bob"), SHI.p);
		assert_int_equal(hours & BIT(hour_now(&r)), 0);
		hours |= BIT(hour_now(&r));
		assert_int_equal(callbacks_cancel(calls_of(&r), TENANT, id,
						  false),
				 -EBUSY);
		came_of(&r, id, CALLBACK_NO_ANSWER);
		if (i == 3)
			break;
		assert_int_equal(see(&r, id)->now.tries, i);
		assert_string_equal(next_for(&r, "bob"), "");
		later(&r,
		      see(&r, id)->now.due_ms - clock_wall_ms(&r.clock.ops));
		assert_int_equal(state_of(&r, id), CALLBACK_QUEUED);
	}
	assert_null(see(&r, id));
	assert_non_null(strstr(r.heard, "callback.unreachable "));
	room_stop(&r);
}

/* However short the wait is. */
static void r21_a_short_wait_is_still_another_hour(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config,
		  "callbacks { retry = 5m }\nagent bob {}\n");
	uint64_t id = ask_for(&r, SHI);

	assert_string_equal(next_for(&r, "bob"), SHI.p);
	unsigned first = hour_now(&r);

	came_of(&r, id, CALLBACK_NO_ANSWER);
	later(&r, see(&r, id)->now.due_ms - clock_wall_ms(&r.clock.ops));
	assert_int_equal(hour_now(&r), first + 1);
	assert_string_equal(next_for(&r, "bob"), SHI.p);
	room_stop(&r);
}

/* A second call in the same hour is no second try; busy comes back sooner. */
static void r21_the_same_hour_counts_once(void **state)
{
	struct room r;

	open_room(&r, state);
	uint64_t id = ask_for(&r, SHI);

	for (unsigned i = 0; i < 3; i++) {
		assert_string_equal(next_for(&r, "bob"), SHI.p);
		came_of(&r, id, CALLBACK_BUSY);
		later(&r, 15 * MINUTE);
		assert_int_equal(state_of(&r, id), CALLBACK_QUEUED);
	}
	assert_int_equal(see(&r, id)->now.calls, 3);
	assert_int_equal(see(&r, id)->now.tries, 1);
	/* the customer may end it at any time */
	assert_int_equal(callbacks_cancel(calls_of(&r), TENANT, id, true), 0);
	commit(r.bed);
	assert_non_null(strstr(r.heard, "callback.closed_by_customer "));
	assert_int_equal(callbacks_cancel(calls_of(&r), TENANT, id, true),
			 -ENOENT);
	room_stop(&r);
}

static void quiet_hours_are_kept(void **state)
{
	struct room r;

	open_room(&r, state);
	uint64_t id = ask_for(&r, SHI);

	/* queued by day, and still there when it is late */
	later(&r, 11 * HOUR);
	assert_string_equal(next_for(&r, "bob"), "");
	assert_int_equal(state_of(&r, id), CALLBACK_OPEN);
	assert_string_equal(see(&r, id)->now.reason, "");
	assert_int_equal(see(&r, id)->now.due_ms, TUESDAY_TEN + 22 * HOUR);
	uint64_t late = ask_for(&r, LIN);

	assert_int_equal(see(&r, late)->now.due_ms, TUESDAY_TEN + 22 * HOUR);
	later(&r, 11 * HOUR);
	assert_string_equal(next_for(&r, "bob"), SHI.p);
	assert_string_equal(next_for(&r, "ann"), LIN.p);
	room_stop(&r);
}

static void put_contact(struct room *r, struct str address, const char *tier,
			const char *hours)
{
	struct contact c = { .tenant = TENANT,
			     .ref = address,
			     .lang = STR("en"),
			     .tier = str_of(tier),
			     .hours = str_of(hours) };
	struct contact_address a = { STR("sms"), address };
	struct err err = { "" };

	assert_int_equal(gateway_contact(r->bed->gateway, &c, &a, 1, &err), 0);
	commit(r->bed);
}

static void preferred_hours_are_kept(void **state)
{
	struct room r;

	open_room(&r, state);
	put_contact(&r, SHI, "", "18:00-20:00");
	uint64_t id = ask_for(&r, SHI);

	assert_int_equal(see(&r, id)->now.due_ms, TUESDAY_TEN + 8 * HOUR);
	later(&r, 8 * HOUR);
	assert_string_equal(next_for(&r, "bob"), SHI.p);
	came_of(&r, id, CALLBACK_NO_ANSWER);
	/* the second hour of the two, then another day */
	assert_int_equal(see(&r, id)->now.due_ms,
			 TUESDAY_TEN + 9 * HOUR + 30 * MINUTE);
	later(&r, 90 * MINUTE);
	assert_string_equal(next_for(&r, "bob"), SHI.p);
	came_of(&r, id, CALLBACK_NO_ANSWER);
	assert_int_equal(see(&r, id)->now.due_ms, TUESDAY_TEN + DAY + 8 * HOUR);
	room_stop(&r);
}

/* Higher tiers first, and age puts nobody last for ever. */
static void r42_tiers_and_age(void **state)
{
	struct room r;

	open_room(&r, state);
	put_contact(&r, LIN, "vip", "");
	uint64_t old = ask_for(&r, SHI);
	uint64_t vip = ask_for(&r, LIN);

	assert_string_equal(see(&r, vip)->now.tier, "vip");
	assert_string_equal(next_for(&r, "bob"), LIN.p);
	came_of(&r, vip, CALLBACK_REACHED);
	/* three levels of ten minutes older */
	later(&r, 31 * MINUTE);
	vip = ask_for(&r, LIN);
	assert_string_equal(next_for(&r, "bob"), SHI.p);
	came_of(&r, old, CALLBACK_REACHED);
	assert_string_equal(next_for(&r, "bob"), LIN.p);
	came_of(&r, vip, CALLBACK_REACHED);
	room_stop(&r);
}

static void r43_no_work_without_a_certificate(void **state)
{
	struct callback_ask a = { .address = SHI, .queue = STR("complaints") };
	struct err err = { "" };
	struct callback_asked out;
	struct room r;

	open_room(&r, state);
	uint64_t id = ask(&r, a).id;

	assert_string_equal(next_for(&r, "bob"), "");
	assert_string_equal(next_for(&r, "ann"), SHI.p);
	came_of(&r, id, CALLBACK_BACK);
	/* her certificate's last day is today */
	later(&r, DAY);
	assert_string_equal(next_for(&r, "ann"), "");
	assert_int_equal(state_of(&r, id), CALLBACK_QUEUED);
	/* a skill of its own */
	a = (struct callback_ask){ .address = LIN, .skill = STR("bill") };
	ask(&r, a);
	assert_string_equal(next_for(&r, "bob"), "");
	assert_string_equal(next_for(&r, "ann"), LIN.p);
	a.address = STR("+447700900003");
	a.tenant = TENANT;
	a.queue = STR("nowhere");
	assert_int_equal(callbacks_ask(calls_of(&r), &a, &out, &err), -EINVAL);
	room_stop(&r);
}

static void one_at_a_time_and_not_for_others(void **state)
{
	const struct callback *x = NULL;
	struct room r;

	open_room(&r, state);
	uint64_t id = ask_for(&r, SHI);

	ask_for(&r, LIN);
	assert_string_equal(next_for(&r, "bob"), SHI.p);
	assert_string_equal(next_for(&r, "bob"), SHI.p); /* still */
	assert_int_equal(callbacks_next(calls_of(&r), STR("OTHER"), STR_NONE,
					STR("bob"), &x),
			 -ENOENT);
	assert_int_equal(callbacks_result(calls_of(&r), TENANT, id, STR("ann"),
					  CALLBACK_REACHED),
			 -EPERM);
	assert_int_equal(callbacks_result(calls_of(&r), STR("OTHER"), id,
					  STR_NONE, CALLBACK_REACHED),
			 -ENOENT);
	came_of(&r, id, CALLBACK_TALKING);
	assert_int_equal(callbacks_result(calls_of(&r), TENANT, id, STR("bob"),
					  CALLBACK_NO_ANSWER),
			 -EPROTO);
	came_of(&r, id, CALLBACK_REACHED);
	assert_string_equal(next_for(&r, "bob"), LIN.p);
	/* an agent who went away: it waits again, at its old place */
	later(&r, 30 * MINUTE);
	assert_string_equal(next_for(&r, "ann"), LIN.p);
	room_stop(&r);
}

static void survives_a_restart(void **state)
{
	struct room r;

	open_room(&r, state);
	uint64_t one = ask_for(&r, SHI);

	later(&r, MINUTE);
	uint64_t two = ask_for(&r, LIN);
	uint64_t three =
		ask(&r, (struct callback_ask){ .address = STR("+447700900003"),
					       .not_before_ms =
						       TUESDAY_TEN + 2 * HOUR })
			.id;

	assert_string_equal(next_for(&r, "bob"), SHI.p);
	room_again(&r);
	assert_int_equal(state_of(&r, one), CALLBACK_OFFERED);
	assert_int_equal(state_of(&r, two), CALLBACK_QUEUED);
	assert_int_equal(state_of(&r, three), CALLBACK_OPEN);
	assert_string_equal(next_for(&r, "bob"), SHI.p);
	came_of(&r, one, CALLBACK_BACK);
	/* the older one is first again */
	assert_string_equal(next_for(&r, "ann"), SHI.p);
	assert_string_equal(next_for(&r, "bob"), LIN.p);
	came_of(&r, one, CALLBACK_REACHED);
	room_again(&r);
	assert_null(see(&r, one));
	later(&r, 2 * HOUR);
	assert_int_equal(state_of(&r, three), CALLBACK_QUEUED);
	room_stop(&r);
}

/* ---- a full disk ------------------------------------------------------------------- */

static struct failing_cfg failing;
static unsigned steps;

static void on_refused(void *owner, int rc)
{
	assert_int_equal(rc, -ENOSPC);
	*(bool *)owner = true;
}

/* What follows is not stored, until back(). */
static void full(void)
{
	failing_from(&failing, __atomic_load_n(&steps, __ATOMIC_ACQUIRE) + 1);
}

static void back(struct room *r)
{
	struct store *s = r->bed->store;
	bool refused = false;

	store_then(s, on_refused, &refused);
	TURN_UNTIL(r->bed, refused);
	failing_from(&failing, 0);
	TURN_UNTIL(r->bed, s->ops->ready(s) == 0);
}

/* Nobody is told of what is not on disk, and nothing is lost of it. */
static void what_is_not_stored_is_put_back(void **state)
{
	struct bed *b = *state;
	struct backend *memory = NULL;
	const struct callback *x = NULL;
	struct room r;

	failing = (struct failing_cfg){ .rc = -ENOSPC };
	assert_int_equal(memory_open(&memory, "", BACKEND_MAKE_NEW, NULL), 0);
	failing_open(&b->backend, memory, &failing, &steps);
	open_room(&r, state);
	uint64_t id = ask_for(&r, SHI);

	full();
	assert_int_equal(callbacks_next(calls_of(&r), TENANT, STR_NONE,
					STR("bob"), &x),
			 0);
	back(&r);
	assert_int_equal(state_of(&r, id), CALLBACK_QUEUED);
	assert_string_equal(next_for(&r, "ann"), SHI.p);
	full();
	assert_int_equal(callbacks_result(calls_of(&r), TENANT, id, STR_NONE,
					  CALLBACK_REACHED),
			 0);
	back(&r);
	assert_int_equal(state_of(&r, id), CALLBACK_OFFERED);
	assert_string_equal(next_for(&r, "ann"), SHI.p); /* hers still */
	came_of(&r, id, CALLBACK_REACHED);
	assert_null(see(&r, id));
	room_stop(&r);
}

static void the_gate_denies(void **state)
{
	struct consent_event e = { .tenant = TENANT,
				   .address = SHI,
				   .purpose = STR("*"),
				   .type = CONSENT_BLOCK,
				   .source = STR("agent"),
				   .actor = STR("test") };
	struct err err = { "" };
	struct room r;

	open_room(&r, state);
	assert_int_equal(gateway_consent(r.bed->gateway, &e, &err), 0);
	commit(r.bed);
	struct callback_asked out =
		ask(&r, (struct callback_ask){ .address = SHI });

	assert_int_equal(out.state, CALLBACK_DENIED);
	assert_non_null(strstr(r.heard, "callback.denied "));
	/* who asks for one themselves is for a person to read */
	assert_true(str_eqz(room_hear(&r, SHI, "call me"), "inbox"));
	assert_null(see(&r, out.id));
	room_stop(&r);
}

static void settings_are_checked(void **state)
{
	static struct setting_section kinds[3];
	struct settings s = { 0 };
	struct faults f = { 0 };

	(void)state;
	kinds[0] = callbacks_section;
	kinds[1] = queue_section;
	kinds[2] = agent_section;
	assert_int_equal(
		settings_parse(
			"callbacks { tiers = {\"vip ten\"} }\n"
			"queue q { skills = {\"a until 2026-01-01\"} }\n"
			"agent x { skills = {\"a 1 until soon\"} }\n"
			"agent y { skills = {\"a 1 until 2026-01-01\"} }\n",
			"t", kinds, 3, &s, &f),
		0);
	callbacks_check(&s, &f);
	assert_int_equal(f.len, 3);
	faults_done(&f);
	settings_done(&s);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(r21_one_open_for_a_person),
		TEST(r21_three_tries_in_different_hours),
		TEST(r21_a_short_wait_is_still_another_hour),
		TEST(r21_the_same_hour_counts_once),
		TEST(quiet_hours_are_kept),
		TEST(preferred_hours_are_kept),
		TEST(r42_tiers_and_age),
		TEST(r43_no_work_without_a_certificate),
		TEST(one_at_a_time_and_not_for_others),
		TEST(survives_a_restart),
		TEST(what_is_not_stored_is_put_back),
		TEST(the_gate_denies),
		cmocka_unit_test(settings_are_checked),
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
