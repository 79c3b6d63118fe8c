/* The desk: a call from ringing in to the notes, what goes wrong on the way,
 * and one router for links and agents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>

#include "acd/desk.h"
#include "acd/fake_trunk.h"
#include "base/buf.h"
#include "base/mem.h"

#define WALL 1790000000000
#define HOTLINE "+4420"

struct room {
	struct clock_hand clock;
	struct router *r;
	struct fake_trunk *t;
	struct desk *d;
	struct buf told; /* what the desk and the links said, in short */
};

static void room_offered(void *owner, const struct work_view *w)
{
	struct room *m = owner;

	buf_f(&m->told, "%s%u>%s ", work_kind_name(w->kind), (unsigned)w->id,
	      w->agent);
}

static void room_ended(void *owner, const struct work_view *w, enum work_end e)
{
	struct room *m = owner;

	buf_f(&m->told, "%s%u=%s ", work_kind_name(w->kind), (unsigned)w->id,
	      work_end_name(e));
}

static const struct desk_events room_events = { room_offered, room_ended };

static void room_open(struct room *m, unsigned works)
{
	static const struct router_limits limits = { .targets = 16,
						     .pools = 4,
						     .rules = 4,
						     .skills = 8,
						     .age_boost_ms = 60000 };

	clock_hand_init(&m->clock, WALL);
	buf_init(&m->told, 4096);
	m->r = router_new(&limits);
	m->t = fake_trunk_new(16);
	struct desk_cfg cfg = { .router = m->r,
				.clock = &m->clock.ops,
				.trunk = fake_trunk_trunk(m->t),
				.agents = 8,
				.queues = 2,
				.works = works,
				.caller_id = HOTLINE,
				.events = &room_events,
				.owner = m };
	m->d = desk_new(&cfg);
	fake_trunk_listen(m->t, &desk_calls, m->d);
	struct desk_queue q = { .name = "hotline",
				.number = HOTLINE,
				.max_len = 3,
				.priority = { 3, 3, 5 } };
	assert_int_equal(desk_queue_add(m->d, &q), 0);
}

static void room_close(struct room *m)
{
	desk_free(&m->d);
	fake_trunk_free(&m->t);
	router_free(&m->r);
	buf_done(&m->told);
	assert_int_equal(mem_live_blocks(), 0);
}

/* Messages that wait in the same router as the calls do. */
static const char *const sms[] = { "sms1", "sms2", "alarm", "sms3" };
static struct route_item it[ARRAY_LEN(sms)];

/* The owner's turn, until nothing happens any more. */
static void turn(struct room *m)
{
	for (int i = 0; i < 10; i++) {
		struct reservation res;
		unsigned n = fake_trunk_step(m->t);

		desk_turn(m->d);
		while (router_next(m->r, m->clock.mono_us, &res)) {
			n++;
			if (!desk_take(m->d, &res))
				buf_f(&m->told, "%s>%s ", sms[res.item - it],
				      (const char *)res.target_owner);
		}
		if (n == 0)
			return;
	}
	fail_msg("it goes round in circles");
}

static void later(struct room *m, uint64_t ms)
{
	clock_hand_turn(&m->clock, ms);
	turn(m);
}

/* Says what was told since the last time. */
static void told(struct room *m, const char *want)
{
	if (m->told.len > 0 && m->told.p[m->told.len - 1] == ' ')
		m->told.p[--m->told.len] = '\0';
	assert_string_equal(m->told.p, want);
	buf_reset(&m->told);
}

static void agent(struct room *m, const char *name, enum fake_far far)
{
	struct agent_cfg cfg = { .name = name, .phone = name };

	assert_int_equal(desk_agent_add(m->d, &cfg), 0);
	assert_int_equal(desk_agent_serve(m->d, name, 0, 0), 0);
	assert_int_equal(desk_intent(m->d, name, AGENT_READY), 0);
	assert_int_equal(fake_trunk_script(m->t, name, far), 0);
}

#define STATE(m, name, s) assert_int_equal(desk_agent_state((m)->d, name), s)

static void test_a_call(void **state)
{
	(void)state;
	struct room m;

	room_open(&m, 8);
	uint64_t leg = fake_trunk_ring_in(m.t, "+441", HOTLINE);
	turn(&m);
	told(&m, ""); /* nobody is there: it waits with music */
	assert_string_equal(fake_trunk_prompt(m.t, leg), "waiting");
	agent(&m, "ann", FAKE_RINGS);
	later(&m, 7000);
	told(&m, "call1>ann");
	STATE(&m, "ann", AGENT_RINGING);
	fake_trunk_far_answer(m.t, fake_trunk_leg(m.t, "ann"));
	turn(&m);
	STATE(&m, "ann", AGENT_TALK);
	assert_int_equal(fake_trunk_peer(m.t, leg), fake_trunk_leg(m.t, "ann"));
	assert_string_equal(fake_trunk_prompt(m.t, leg), "");
	assert_int_equal(desk_accept(m.d, "ann"), -EPROTO);
	fake_trunk_far_end(m.t, leg, CALL_END_NORMAL);
	turn(&m);
	told(&m, "call1=served");
	STATE(&m, "ann", AGENT_WRAP);
	assert_int_equal(fake_trunk_live(m.t), 0);
	/* notes: the next call waits for their end, not longer */
	fake_trunk_ring_in(m.t, "+442", HOTLINE);
	later(&m, 29999);
	told(&m, "");
	assert_int_equal(desk_wake_us(m.d), m.clock.mono_us + 1000);
	later(&m, 1);
	told(&m, "call2>ann");
	room_close(&m);
}

/* What the agent's phone does, and what becomes of both sides. */
static void test_refusals(void **state)
{
	(void)state;
	static const struct {
		enum fake_far far;
		uint32_t gone_ms;    /* until the work is back */
		uint32_t penalty_ms; /* from then on */
	} rows[] = {
		{ FAKE_REJECTS, 0, 10000 },
		{ FAKE_BUSY, 0, 60000 },
		{ FAKE_RINGS, 20000, 30000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct room m;

		room_open(&m, 8);
		agent(&m, "ann", rows[i].far);
		fake_trunk_ring_in(m.t, "+441", HOTLINE);
		turn(&m);
		later(&m, 1);
		fake_trunk_ring_in(m.t, "+442", HOTLINE);
		later(&m, rows[i].gone_ms);
		told(&m, "call1>ann");
		STATE(&m, "ann", AGENT_PENALTY);
		later(&m, rows[i].penalty_ms - 2);
		STATE(&m, "ann", AGENT_PENALTY);
		/* the first keeps its place before the second */
		agent(&m, "bob", FAKE_ANSWERS);
		turn(&m);
		told(&m, "call1>bob");
		later(&m, 2);
		told(&m, "call2>ann");
		room_close(&m);
	}
}

static void test_three_misses(void **state)
{
	(void)state;
	struct room m;

	room_open(&m, 8);
	agent(&m, "ann", FAKE_REJECTS);
	fake_trunk_ring_in(m.t, "+441", HOTLINE);
	turn(&m);
	later(&m, 10000);
	later(&m, 10000);
	/* avoided, but there is nobody else */
	told(&m, "call1>ann call1>ann call1>ann");
	later(&m, 10000);
	told(&m, ""); /* it is a break now */
	STATE(&m, "ann", AGENT_IDLE);
	assert_int_equal(desk_intent(m.d, "ann", AGENT_READY), 0);
	turn(&m);
	told(&m, "call1>ann");
	room_close(&m);
}

/* Both are free at the same moment: it goes to the one who did not refuse. */
static void test_not_again_to_the_same(void **state)
{
	(void)state;
	struct room m;

	room_open(&m, 8);
	agent(&m, "ann", FAKE_REJECTS);
	agent(&m, "bob", FAKE_ANSWERS);
	assert_int_equal(desk_intent(m.d, "bob", AGENT_OUT), 0);
	fake_trunk_ring_in(m.t, "+441", HOTLINE);
	turn(&m);
	clock_hand_turn(&m.clock, 10000);
	assert_int_equal(desk_intent(m.d, "bob", AGENT_READY), 0);
	turn(&m);
	told(&m, "call1>ann call1>bob");
	room_close(&m);
}

static void test_abandoned(void **state)
{
	(void)state;
	struct room m;

	room_open(&m, 8);
	uint64_t leg = fake_trunk_ring_in(m.t, "+441", HOTLINE);
	turn(&m);
	fake_trunk_far_end(m.t, leg, CALL_END_NORMAL);
	turn(&m);
	told(&m, "call1=abandoned");
	agent(&m, "ann", FAKE_RINGS);
	leg = fake_trunk_ring_in(m.t, "+441", HOTLINE);
	turn(&m);
	STATE(&m, "ann", AGENT_RINGING);
	fake_trunk_far_end(m.t, leg, CALL_END_NORMAL);
	turn(&m);
	told(&m, "call2>ann call2=abandoned");
	STATE(&m, "ann", AGENT_IDLE); /* no fault of hers, no notes */
	assert_int_equal(fake_trunk_live(m.t), 0);
	room_close(&m);
}

static void test_intents(void **state)
{
	(void)state;
	struct room m;

	room_open(&m, 8);
	assert_int_equal(desk_intent(m.d, "ann", AGENT_READY), -ENOENT);
	assert_int_equal(desk_agent_serve(m.d, "ann", 0, 0), -ENOENT);
	assert_int_equal(desk_finish(m.d, "ann"), -ENOENT);
	agent(&m, "ann", FAKE_ANSWERS);
	assert_int_equal(desk_finish(m.d, "ann"), -EPROTO);
	assert_int_equal(desk_intent(m.d, "ann", AGENT_BREAK), 0);
	fake_trunk_ring_in(m.t, "+441", HOTLINE);
	turn(&m);
	told(&m, "");
	assert_int_equal(desk_intent(m.d, "ann", AGENT_READY), 0);
	turn(&m);
	told(&m, "call1>ann");
	/* asked for in a call: begins after the notes */
	fake_trunk_ring_in(m.t, "+442", HOTLINE);
	turn(&m);
	assert_int_equal(desk_intent(m.d, "ann", AGENT_BREAK), 0);
	STATE(&m, "ann", AGENT_TALK);
	assert_int_equal(desk_finish(m.d, "ann"), 0);
	STATE(&m, "ann", AGENT_WRAP);
	turn(&m);
	assert_int_equal(desk_finish(m.d, "ann"), 0);
	turn(&m);
	STATE(&m, "ann", AGENT_IDLE);
	told(&m, "call1=served");
	/* and going home in a call the same */
	assert_int_equal(desk_intent(m.d, "ann", AGENT_READY), 0);
	turn(&m);
	assert_int_equal(desk_intent(m.d, "ann", AGENT_OUT), 0);
	STATE(&m, "ann", AGENT_TALK);
	later(&m, 7200000); /* the longest call */
	told(&m, "call2>ann call2=cut");
	later(&m, 30000);
	STATE(&m, "ann", AGENT_OFFLINE);
	assert_int_equal(desk_wake_us(m.d), UINT64_MAX);
	room_close(&m);
}

static void test_call_back(void **state)
{
	(void)state;
	static const struct {
		enum fake_far far; /* the customer */
		bool agent_goes;   /* before the customer answers */
		const char *told;
		enum agent_state after;
	} rows[] = {
		{ FAKE_ANSWERS, false, "callback1>ann", AGENT_TALK },
		{ FAKE_BUSY, false, "callback1>ann callback1=missed",
		  AGENT_WRAP },
		{ FAKE_RINGS, false, "callback1>ann", AGENT_TALK },
		{ FAKE_RINGS, true, "callback1>ann callback1>bob", AGENT_WRAP },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct room m;

		room_open(&m, 8);
		agent(&m, "ann", FAKE_ANSWERS);
		assert_int_equal(fake_trunk_script(m.t, "+441", rows[i].far),
				 0);
		assert_int_equal(desk_callback(m.d, 0, STR("+441"), 0), 0);
		turn(&m);
		if (rows[i].agent_goes) {
			assert_string_equal(
				fake_trunk_prompt(m.t,
						  fake_trunk_leg(m.t, "ann")),
				"ringback");
			agent(&m, "bob", FAKE_RINGS);
			fake_trunk_far_end(m.t, fake_trunk_leg(m.t, "ann"),
					   CALL_END_NORMAL);
			turn(&m);
		}
		told(&m, rows[i].told);
		STATE(&m, "ann", rows[i].after);
		assert_int_equal(fake_trunk_peer(m.t,
						 fake_trunk_leg(m.t, "+441")) !=
					 0,
				 rows[i].far == FAKE_ANSWERS);
		room_close(&m);
	}
}

/* The wish was uttered before the call came: it is served before. */
static void test_call_back_keeps_its_time(void **state)
{
	(void)state;
	struct room m;

	room_open(&m, 8);
	clock_hand_turn(&m.clock, 5000);
	fake_trunk_ring_in(m.t, "+441", HOTLINE);
	turn(&m);
	assert_int_equal(desk_callback(m.d, 0, STR("+442"),
				       m.clock.mono_us - 1000),
			 0);
	agent(&m, "ann", FAKE_ANSWERS);
	turn(&m);
	told(&m, "callback2>ann");
	room_close(&m);
}

static void test_limits(void **state)
{
	(void)state;
	struct room m;

	room_open(&m, 4);
	for (int i = 0; i < 4; i++)
		fake_trunk_ring_in(m.t, "+441", HOTLINE);
	turn(&m);
	assert_int_equal(fake_trunk_live(m.t), 3); /* the queue is full */
	assert_int_equal(desk_reply(m.d, 0, STR("+441"), 9, 0), -ENOSPC);
	fake_trunk_ring_in(m.t, "+441", "+49"); /* nobody's number */
	turn(&m);
	assert_int_equal(fake_trunk_live(m.t), 3);
	/* one is reserved, so one more waits; a fifth finds no room at all */
	agent(&m, "ann", FAKE_ANSWERS);
	turn(&m);
	assert_int_equal(desk_reply(m.d, 0, STR("+441"), 9, 0), 0);
	assert_int_equal(desk_callback(m.d, 0, STR("+441"), 0), -ENOSPC);
	/* the agent comes free: the room is used again */
	fake_trunk_far_end(m.t, fake_trunk_leg(m.t, "ann"), CALL_END_NORMAL);
	turn(&m);
	told(&m, "call1>ann call1=served");
	const char *longest = "+1234567890123456789012345678901234567890";
	later(&m, 30000);
	assert_int_equal(desk_reply(m.d, 0, str_of(longest), 9, 0), -EINVAL);
	assert_int_equal(desk_reply(m.d, 0, STR("+441"), 9, 0), 0);
	m.told.len = 0;
	room_close(&m);

	/* no bearer for the agent's leg: back in line, and no mad loop */
	room_open(&m, 8);
	struct fake_trunk *all = m.t;
	for (int i = 0; i < 16; i++)
		assert_int_not_equal(fake_trunk_ring_in(all, "+1", "+49"), 0);
	agent(&m, "ann", FAKE_ANSWERS);
	assert_int_equal(desk_callback(m.d, 0, STR("+441"), 0), 0);
	struct reservation res;
	assert_true(router_next(m.r, m.clock.mono_us, &res));
	assert_true(desk_take(m.d, &res));
	STATE(&m, "ann", AGENT_PENALTY);
	assert_false(router_next(m.r, m.clock.mono_us, &res));
	while (fake_trunk_step(all) > 0)
		;
	room_close(&m);
}

/* No state in which somebody could be forgotten. */
static void test_every_state_ends(void **state)
{
	(void)state;
	for (unsigned s = 0; s < agent_fsm.count; s++) {
		bool rests = s == AGENT_OFFLINE || s == AGENT_IDLE;

		assert_int_equal(agent_fsm.states[s].timeout_ms == 0, rests);
		assert_int_not_equal(agent_fsm.states[s].next, 0);
	}
	assert_string_equal(agent_intent_name(AGENT_BREAK), "break");
	assert_string_equal(call_end_name(CALL_END_NO_ANSWER), "no-answer");
}

static const struct route_need complaint[] = { { "complaint", 2 },
					       { NULL, 0 } };

/* no work in a skill whose certificate ran out. */
static void test_certificate(void **state)
{
	(void)state;
	struct room m;
	struct agent_skill skill = { "complaint", 2, WALL + 60000 };
	struct agent_cfg cfg = { "ann", "ann", &skill, 1 };
	struct desk_queue q = { .name = "complaints",
				.number = "+4421",
				.needs = complaint,
				.priority = { 1, 1, 1 } };

	room_open(&m, 8);
	assert_int_equal(desk_queue_add(m.d, &q), 1);
	assert_int_equal(desk_agent_add(m.d, &cfg), 0);
	assert_int_equal(desk_agent_add(m.d, &cfg), -EEXIST);
	assert_int_equal(desk_agent_serve(m.d, "ann", 0, 0), 0);
	assert_int_equal(desk_agent_serve(m.d, "ann", 1, 0), 0);
	assert_int_equal(desk_intent(m.d, "ann", AGENT_READY), 0);
	assert_int_equal(desk_wake_us(m.d), m.clock.mono_us + 60000000);
	assert_int_equal(desk_reply(m.d, 1, STR("+441"), 1, 0), 0);
	later(&m, 59999);
	told(&m, "reply1>ann"); /* one millisecond before */
	assert_int_equal(desk_accept(m.d, "ann"), 0);
	later(&m, 1);
	STATE(&m, "ann", AGENT_TALK); /* begun is begun */
	assert_int_equal(desk_finish(m.d, "ann"), 0);
	later(&m, 30000);
	told(&m, "reply1=served");
	assert_int_equal(desk_reply(m.d, 1, STR("+441"), 2, 0), 0);
	turn(&m);
	told(&m, "");
	/* other work goes on */
	assert_int_equal(desk_reply(m.d, 0, STR("+442"), 3, 0), 0);
	turn(&m);
	told(&m, "reply3>ann");
	m.told.len = 0;
	room_close(&m);
}

static int link_add(struct room *m, int pool, const char *name)
{
	struct target_cfg cfg = { .name = name,
				  .owner = (void *)(uintptr_t)name,
				  .cap = 1 };
	int t = router_target_add(m->r, &cfg, m->clock.mono_us);

	assert_true(t >= 0);
	router_target_state(m->r, t, TARGET_UP, m->clock.mono_us);
	assert_int_equal(router_pool_target(m->r, pool, t, 1, 0), 0);
	return t;
}

/*
 * U-10: carrier links with messages, and agents with a call, a call-back and
 * a message that wants an answer: one router, one loop, one order.
 */
static void test_one_router_serves_both(void **state)
{
	(void)state;
	struct agent_skill expert = { "complaint", 3, 0 };
	struct agent_skill novice = { "complaint", 1, 0 };
	struct agent_cfg ann = { "ann", "ann", &expert, 1 };
	struct agent_cfg bob = { "bob", "bob", &novice, 1 };
	struct room m;

	room_open(&m, 8);
	int pool = router_pool_add(m.r, "carriers", STRATEGY_WEIGHTED, 0);
	link_add(&m, pool, "link-a");
	struct desk_queue q = { .name = "complaints",
				.number = "+4421",
				.needs = complaint,
				.priority = { 3, 3, 5 } };
	int queue = desk_queue_add(m.d, &q);
	const struct agent_cfg *const staff[] = { &ann, &bob };
	for (size_t i = 0; i < ARRAY_LEN(staff); i++) {
		const char *name = staff[i]->name;

		assert_int_equal(desk_agent_add(m.d, staff[i]), 0);
		assert_int_equal(desk_agent_serve(m.d, name, 0, 0), 0);
		assert_int_equal(desk_agent_serve(m.d, name, queue, 0), 0);
		assert_int_equal(fake_trunk_script(m.t, name, FAKE_ANSWERS), 0);
	}
	assert_int_equal(fake_trunk_script(m.t, "+442", FAKE_ANSWERS), 0);

	/* all of it waits before anybody is there */
	uint64_t t0 = m.clock.mono_us;
	assert_int_equal(desk_reply(m.d, queue, STR("+441"), 77, t0), 0);
	clock_hand_turn(&m.clock, 1000);
	assert_int_equal(desk_callback(m.d, queue, STR("+442"),
				       m.clock.mono_us),
			 0);
	clock_hand_turn(&m.clock, 1000);
	fake_trunk_ring_in(m.t, "+443", "+4421");
	for (int i = 0; i < 4; i++) {
		it[i] = (struct route_item){ .enq_us = t0 + (unsigned)i,
					     .only = -1,
					     .avoid = -1,
					     .priority = i == 2 ? 0 : 7,
					     .cost = 1 };
		assert_int_equal(router_offer(m.r, pool, &it[i], false), 0);
	}
	turn(&m);
	told(&m, "alarm>link-a"); /* the alert first; one place on the link */

	/* bob's level is too low for anything here */
	assert_int_equal(desk_intent(m.d, "bob", AGENT_READY), 0);
	turn(&m);
	told(&m, "");
	/* ann gets by priority, then time: the call-back, not the older reply */
	assert_int_equal(desk_intent(m.d, "ann", AGENT_READY), 0);
	turn(&m);
	told(&m, "callback2>ann");
	assert_int_equal(fake_trunk_peer(m.t, fake_trunk_leg(m.t, "+442")),
			 fake_trunk_leg(m.t, "ann"));
	/* work without that skill is for bob, past all that waits for ann */
	assert_int_equal(desk_reply(m.d, 0, STR("+444"), 78, m.clock.mono_us),
			 0);
	turn(&m);
	told(&m, "reply4>bob");
	assert_int_equal(desk_accept(m.d, "bob"), 0);

	/* four minutes of waiting have made the reply as urgent as the call
	 * can be, and it came first */
	later(&m, 238000);
	assert_int_equal(desk_finish(m.d, "ann"), 0);
	assert_int_equal(desk_finish(m.d, "ann"), 0);
	turn(&m);
	told(&m, "callback2=served reply1>ann");
	assert_int_equal(desk_accept(m.d, "ann"), 0);
	assert_int_equal(desk_finish(m.d, "ann"), 0);
	assert_int_equal(desk_finish(m.d, "ann"), 0);
	turn(&m);
	told(&m, "reply1=served call3>ann");

	/* meanwhile the links go their own way */
	for (int i = 0; i < 4; i++)
		router_withdraw(m.r, &it[i]);
	room_close(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_call),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_three_misses),
		cmocka_unit_test(test_not_again_to_the_same),
		cmocka_unit_test(test_abandoned),
		cmocka_unit_test(test_intents),
		cmocka_unit_test(test_call_back),
		cmocka_unit_test(test_call_back_keeps_its_time),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_every_state_ends),
		cmocka_unit_test(test_certificate),
		cmocka_unit_test(test_one_router_serves_both),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
