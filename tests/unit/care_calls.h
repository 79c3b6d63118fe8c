/* A room with call-backs, for their tests. */
#pragma once

#include "tests/unit/care_bed.h"

static const char gateway_config[] =
	"class callback { consent = none quiet_hours = \"08:00-21:00\" }\n"
	"class care { consent = opt-out quiet_hours = \"08:00-21:00\" }\n"
	"class notice { consent = none }\n"
	"class survey { consent = none }\n"
	"fake good { receipt_after = 1ms }\n"
	"fake dead { receipt = undelivered receipt_after = 1ms }\n"
	"route none { channel = {\"dead\"} pool = {\"dead\"} }\n"
	"route rest { pool = {\"good\"} }\n";

static const char care_config[] =
	"queue complaints { skills = {\"complaint 2\"} }\n"
	"agent ann { skills = {\"complaint 2 until 2026-11-24\", \"bill 1\"} }\n"
	"agent bob {}\n"
	"trigger missed { event = call.missed callback = make }\n"
	"trigger slow { event = queue.breach callback = propose }\n"
	"trigger hard { event = billing.hard class = notice\n"
	"  channels = {\"dead\"} text_en = \"Pay\" protects = true\n"
	"  task = true }\n"
	"trigger paid { event = billing.paid cancels = {\"hard\"} }\n";

static inline void open_room(struct room *r, void **state)
{
	room_open(r, state, gateway_config, care_config);
}

static inline struct callbacks *calls_of(struct room *r)
{
	return care_callbacks(r->care);
}

static inline const struct callback *see(struct room *r, uint64_t id)
{
	return callbacks_find(calls_of(r), TENANT, id);
}

static inline enum callback_state state_of(struct room *r, uint64_t id)
{
	const struct callback *x = see(r, id);

	assert_non_null(x);
	return x->now.state;
}

/* Its contact has been looked for. */
static inline void settle(struct room *r, uint64_t id)
{
	commit(r->bed);
	TURN_UNTIL(r->bed, see(r, id) == NULL ||
				   see(r, id)->now.state != CALLBACK_OPEN ||
				   see(r, id)->now.due_ms != 0);
	commit(r->bed);
}

static inline struct callback_asked ask(struct room *r, struct callback_ask a)
{
	struct callback_asked out;
	struct err err = { "" };

	if (a.tenant.len == 0)
		a.tenant = TENANT;
	if (a.source == CALLBACK_BY_KEYWORD)
		a.source = CALLBACK_BY_CONSOLE;
	if (callbacks_ask(calls_of(r), &a, &out, &err) != 0)
		fail_msg("%s", err.text);
	settle(r, out.id);
	return out;
}

static inline uint64_t ask_for(struct room *r, struct str address)
{
	return ask(r, (struct callback_ask){ .address = address }).id;
}

/* Who the next one for this agent is for; "" nobody. */
static const char *next_for(struct room *r, const char *agent)
{
	const struct callback *x = NULL;
	int rc = callbacks_next(calls_of(r), TENANT, STR_NONE, str_of(agent),
				&x);

	commit(r->bed);
	assert_true(rc == 0 || rc == -ENOENT);
	return rc == 0 ? x->address : "";
}

static inline void came_of(struct room *r, uint64_t id,
			   enum callback_result what)
{
	assert_int_equal(callbacks_result(calls_of(r), TENANT, id, STR_NONE,
					  what),
			 0);
	commit(r->bed);
}

static inline void later(struct room *r, int64_t ms)
{
	clock_hand_turn(&r->clock, (uint64_t)ms);
	callbacks_tick(calls_of(r));
	commit(r->bed);
}

static inline unsigned hour_now(struct room *r)
{
	return (unsigned)(clock_wall_ms(&r->clock.ops) / HOUR % 24);
}
