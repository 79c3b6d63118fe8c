/* U-10, R-42: calls that ring in, call-backs that are stored and messages for
 * links wait in one router; agents with a phone are given them, agents at the
 * console take them, and none is done twice. */
#include "tests/unit/care_bed.h"

#include "acd/desk.h"
#include "acd/fake_trunk.h"

#define HOTLINE "+4420"

struct floor {
	struct bed *bed;
	struct clock_hand clock;
	struct router *router;
	struct fake_trunk *trunk;
	struct desk *desk;
	struct settings settings;
	struct callbacks *callbacks;
	int link;               /* pool of messages */
	struct route_item item; /* a message for a link */
	char told[512];
};

static void tell(struct floor *f, const char *what, const char *who)
{
	size_t len = strlen(f->told);

	snprintf(f->told + len, sizeof(f->told) - len, "%s>%s ", what, who);
}

static void on_offered(void *owner, const struct work_view *w)
{
	tell(owner, work_kind_name(w->kind), w->agent);
}

/* What the desk says of a call-back of ours is its result. */
static void on_ended(void *owner, const struct work_view *w, enum work_end e)
{
	static const enum callback_result results[] = {
		[WORK_SERVED] = CALLBACK_REACHED,
		[WORK_ABANDONED] = CALLBACK_BACK,
		[WORK_MISSED] = CALLBACK_NO_ANSWER,
		[WORK_CUT] = CALLBACK_BACK,
		[WORK_BACK] = CALLBACK_BACK,
	};
	struct floor *f = owner;

	tell(f, work_kind_name(w->kind), work_end_name(e));
	if (w->kind == WORK_CALLBACK)
		assert_int_equal(callbacks_result(f->callbacks, TENANT,
						  w->message, STR_NONE,
						  results[e]),
				 0);
}

static const struct desk_events events = { on_offered, on_ended };

static void open_desk(struct floor *f)
{
	const struct desk_cfg cfg = { .router = f->router,
				      .clock = &f->clock.ops,
				      .trunk = fake_trunk_trunk(f->trunk),
				      .agents = 4,
				      .queues = 2,
				      .works = 8,
				      .caller_id = HOTLINE,
				      .events = &events,
				      .owner = f };
	const struct desk_queue q = { .name = "hotline",
				      .number = HOTLINE,
				      .priority = { 5, 5, 5 } };
	const struct agent_cfg ann = { .name = "ann", .phone = "ann" };

	f->desk = desk_new(&cfg);
	fake_trunk_listen(f->trunk, &desk_calls, f->desk);
	assert_int_equal(desk_queue_add(f->desk, &q), 0);
	assert_int_equal(desk_queue_add(f->desk, &q), -EEXIST);
	assert_int_equal(desk_agent_add(f->desk, &ann), 0);
	assert_int_equal(desk_agent_serve(f->desk, "ann", 0, 0), 0);
	assert_int_equal(fake_trunk_script(f->trunk, "ann", FAKE_ANSWERS), 0);
}

static void open_callbacks(struct floor *f)
{
	static struct setting_section kinds[1];
	struct callbacks_env env = { .loop = f->bed->loop,
				     .clock = &f->clock.ops,
				     .gateway = f->bed->gateway,
				     .store = f->bed->store,
				     .router = f->router,
				     .settings = &f->settings,
				     .tenant = "DEMOTEL" };
	struct faults faults = { 0 };
	struct err err = { "" };

	kinds[0] = callbacks_section;
	assert_int_equal(settings_parse("callbacks {}\n", "t", kinds, 1,
					&f->settings, &faults),
			 0);
	env.cfg = settings_find(&f->settings, "callbacks", NULL)->value;
	assert_int_equal(callbacks_open(&f->callbacks, &env, &err), 0);
}

static void floor_open(struct floor *f, void **state)
{
	static const struct router_limits limits = { .targets = 32,
						     .pools = 8,
						     .rules = 1,
						     .skills = 8,
						     .age_boost_ms = 600000 };
	struct target_cfg link = { .name = "link", .cap = 1 };

	*f = (struct floor){ .bed = *state };
	clock_hand_init(&f->clock, TUESDAY_TEN);
	f->bed->clock = &f->clock.ops;
	bed_start(f->bed,
		  "class callback { consent = none }\n"
		  "fake good {}\nroute all { pool = {\"good\"} }\n",
		  true);
	f->router = router_new(&limits);
	f->trunk = fake_trunk_new(8);
	open_callbacks(f);
	f->link = router_pool_add(f->router, "links", STRATEGY_WEIGHTED, 0);
	int t = router_target_add(f->router, &link, 0);

	router_target_state(f->router, t, TARGET_UP, 0);
	assert_int_equal(router_pool_target(f->router, f->link, t, 1, 0), 0);
}

static void floor_close(struct floor *f)
{
	desk_free(&f->desk);
	fake_trunk_free(&f->trunk);
	callbacks_stop(f->callbacks);
	bed_stop(f->bed);
	callbacks_close(&f->callbacks);
	router_free(&f->router);
	settings_done(&f->settings);
}

/* What is joined: whose it is says who does it. */
static void hand_out(struct floor *f, const struct reservation *res)
{
	const struct callback *x;
	struct target_view t;

	assert_int_equal(router_target_view(f->router, res->target,
					    f->clock.mono_us, &t),
			 0);
	if (callbacks_take(f->callbacks, res, str_of(t.name), &x)) {
		if (x != NULL)
			assert_int_equal(desk_adopt(f->desk, res,
						    str_of(x->address), x->id),
					 0);
	} else if (!desk_take(f->desk, res)) {
		assert_ptr_equal(res->item, &f->item);
		tell(f, "message", t.name);
	}
}

static void turn(struct floor *f)
{
	struct reservation res;

	for (unsigned n = 1; n > 0;) {
		n = fake_trunk_step(f->trunk);
		desk_turn(f->desk);
		for (; router_next(f->router, f->clock.mono_us, &res); n++)
			hand_out(f, &res);
	}
	commit(f->bed);
}

static void later(struct floor *f, int64_t ms)
{
	clock_hand_turn(&f->clock, (uint64_t)ms);
	callbacks_tick(f->callbacks);
	turn(f);
}

static void told(struct floor *f, const char *want)
{
	assert_string_equal(f->told, want);
	f->told[0] = '\0';
}

static uint64_t ask(struct floor *f, struct str address)
{
	const struct callback_ask a = { .tenant = TENANT,
					.address = address,
					.source = CALLBACK_BY_CONSOLE };
	size_t before = callbacks_waiting(f->callbacks, TENANT, STR_NONE);
	struct callback_asked out;
	struct err err = { "" };

	assert_int_equal(callbacks_ask(f->callbacks, &a, &out, &err), 0);
	TURN_UNTIL(f->bed,
		   callbacks_waiting(f->callbacks, TENANT, STR_NONE) > before);
	commit(f->bed);
	return out.id;
}

static enum callback_state state_of(struct floor *f, uint64_t id)
{
	return callbacks_find(f->callbacks, TENANT, id)->now.state;
}

static void u10_call_callback_and_message(void **state)
{
	struct floor f;

	floor_open(&f, state);
	uint64_t id = ask(&f, SHI);

	open_desk(&f); /* shares the queue that was there first */
	assert_int_equal(fake_trunk_script(f.trunk, SHI.p, FAKE_ANSWERS), 0);
	later(&f, 1000);
	uint64_t leg = fake_trunk_ring_in(f.trunk, "+443", HOTLINE);

	f.item = (struct route_item){
		.only = -1, .avoid = -1, .priority = 5, .cost = 1
	};
	assert_int_equal(router_offer(f.router, f.link, &f.item, false), 0);
	turn(&f);
	told(&f, "message>link ");
	/* ann is there: the call-back waited longer than the call */
	assert_int_equal(desk_intent(f.desk, "ann", AGENT_READY), 0);
	turn(&f);
	told(&f, "callback>ann ");
	assert_int_equal(state_of(&f, id), CALLBACK_OFFERED);
	leg = fake_trunk_leg(f.trunk, SHI.p);
	assert_int_equal(fake_trunk_peer(f.trunk, leg),
			 fake_trunk_leg(f.trunk, "ann"));
	fake_trunk_far_end(f.trunk, leg, CALL_END_NORMAL);
	turn(&f);
	assert_null(callbacks_find(f.callbacks, TENANT, id));
	assert_int_equal(desk_finish(f.desk, "ann"), 0);
	turn(&f);
	told(&f, "callback>served call>ann ");
	floor_close(&f);
}

/* A phone that nobody picks up gives the call-back back, to its old place; a
 * customer who does not answer is tried at another hour. */
static void what_the_desk_gives_back(void **state)
{
	const struct callback *x;
	struct floor f;

	floor_open(&f, state);
	open_desk(&f);
	assert_int_equal(fake_trunk_script(f.trunk, "ann", FAKE_REJECTS), 0);
	assert_int_equal(desk_intent(f.desk, "ann", AGENT_READY), 0);
	uint64_t id = ask(&f, SHI);

	turn(&f);
	told(&f, "callback>ann callback>back ");
	assert_int_equal(state_of(&f, id), CALLBACK_QUEUED);
	/* at the console it is still the first */
	ask(&f, LIN);
	assert_int_equal(callbacks_next(f.callbacks, TENANT, STR_NONE,
					STR("bob"), &x),
			 0);
	assert_int_equal(x->id, id);
	assert_int_equal(callbacks_result(f.callbacks, TENANT, id, STR_NONE,
					  CALLBACK_REACHED),
			 0);
	assert_int_equal(fake_trunk_script(f.trunk, "ann", FAKE_ANSWERS), 0);
	assert_int_equal(fake_trunk_script(f.trunk, LIN.p, FAKE_BUSY), 0);
	later(&f, 10000);
	told(&f, "callback>ann callback>missed ");
	assert_int_equal(callbacks_waiting(f.callbacks, TENANT, STR_NONE), 0);
	floor_close(&f);
}

/* A call is not for who has no phone: it keeps its place. */
static void a_call_is_not_taken_at_the_console(void **state)
{
	const struct callback *x = NULL;
	struct floor f;

	floor_open(&f, state);
	uint64_t first = ask(&f, LIN); /* so that the pool is there */

	open_desk(&f);
	assert_int_equal(callbacks_cancel(f.callbacks, TENANT, first, true), 0);
	fake_trunk_ring_in(f.trunk, "+443", HOTLINE);
	turn(&f);
	assert_int_equal(callbacks_next(f.callbacks, TENANT, STR_NONE,
					STR("bob"), &x),
			 -ENOENT);
	assert_int_equal(desk_intent(f.desk, "ann", AGENT_READY), 0);
	turn(&f);
	told(&f, "call>ann ");
	floor_close(&f);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(u10_call_callback_and_message),
		TEST(what_the_desk_gives_back),
		TEST(a_call_is_not_taken_at_the_console),
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
