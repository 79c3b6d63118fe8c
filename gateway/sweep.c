/* Two walks over the table of live messages. */
#include "gateway/sweep.h"

#include "base/mem.h"
#include "gateway/dispatch.h"
#include "gateway/journey.h"
#include "gateway/outcomes.h"
#include "gateway/waiting.h"
#include "model/address.h"

enum {
	TURN_SLICE = 20000,
	TICK_SHARE = 60,
	FOUND_MAX = 512,
	REFUSERS_MAX = 64
};

struct sweep {
	struct core *core;
	bool on; /* for refusals */
	size_t pos, old_pos;
	unsigned n; /* above REFUSERS_MAX: everybody is looked at */
	uint32_t refusers[REFUSERS_MAX];
};

struct sweep *sweep_new(struct core *core)
{
	struct sweep *s = mem_new(struct sweep);

	must(core != NULL);
	s->core = core;
	return s;
}

void sweep_free(struct sweep **sp)
{
	mem_free(*sp);
	*sp = NULL;
}

void sweep_refused(struct sweep *s, struct str address)
{
	must(s != NULL);
	s->on = true;
	s->pos = 0;
	if (s->n < REFUSERS_MAX)
		s->refusers[s->n] = (uint32_t)address_key(STR_NONE, address);
	s->n = MIN(s->n + 1, REFUSERS_MAX + 1);
	loop_again(s->core->loop);
}

static bool is_refuser(const struct sweep *s, const struct live *l)
{
	for (unsigned i = 0; i < MIN(s->n, REFUSERS_MAX); i++) {
		if (s->refusers[i] == l->to_hash)
			return true;
	}
	return s->n > REFUSERS_MAX;
}

/* It waits, and the gate would deny it for good. */
static bool refused_now(const struct sweep *s, const struct live *l,
			struct decision *d)
{
	struct core *core = s->core;
	struct message m;

	if (!is_refuser(s, l) ||
	    (l->place != LIVE_QUEUE && l->place != LIVE_WHEEL))
		return false;
	live_message(&core->lives, l, &m);
	permit(&core->permit, &m, core_wall_ms(core), d);
	return d->verdict == VERDICT_DENY && !permit_passes(d);
}

static void cancel(struct core *core, struct live *l, const struct decision *d)
{
	struct event e = { .kind = EVENT_STATE,
			   .state = MESSAGE_CANCELLED,
			   .reason = d->reason };

	waiting_leave(core, l);
	journey_end(core, l, &e);
}

void sweep_turn(struct sweep *s)
{
	struct live *found[FOUND_MAX];
	struct decision d[FOUND_MAX];
	unsigned n = 0;
	uint64_t id, value;

	if (!s->on)
		return;
	for (unsigned i = 0; i < TURN_SLICE && n < FOUND_MAX; i++) {
		if (!map_next(s->core->lives.map, &s->pos, &id, &value)) {
			s->on = false;
			s->n = 0;
			break;
		}
		found[n] = (struct live *)(uintptr_t)value;
		if (refused_now(s, found[n], &d[n]))
			n++;
	}
	for (unsigned i = 0; i < n; i++)
		cancel(s->core, found[i], &d[i]);
	if (s->on)
		loop_again(s->core->loop);
}

static bool too_old(const struct core *core, const struct live *l)
{
	int64_t now_ms = core_wall_ms(core);

	switch ((enum live_place)l->place) {
	case LIVE_QUEUE:
	case LIVE_WHEEL:
		return now_ms >= l->valid_until_ms;
	case LIVE_RECEIPT:
		return now_ms >= l->receipt.until_ms;
	case LIVE_FLIGHT:
	case LIVE_NOWHERE:
		return false;
	}
	return false;
}

void sweep_tick(struct sweep *s)
{
	size_t slice = map_len(s->core->lives.map) / TICK_SHARE + FOUND_MAX;
	struct live *found[FOUND_MAX];
	unsigned n = 0;
	uint64_t id, value;

	for (size_t i = 0; i < slice && n < FOUND_MAX; i++) {
		if (!map_next(s->core->lives.map, &s->old_pos, &id, &value)) {
			s->old_pos = 0;
			break;
		}
		found[n] = (struct live *)(uintptr_t)value;
		if (too_old(s->core, found[n]))
			n++;
	}
	for (unsigned i = 0; i < n; i++) {
		if (found[i]->place == LIVE_RECEIPT)
			outcomes_overdue(s->core, found[i]);
		else
			IGNORE(dispatch_expire(s->core, found[i]));
	}
}
