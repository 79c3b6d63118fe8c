/* From a join to bytes on a link. */
#include "gateway/dispatch.h"

#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "gateway/codes.h"
#include "gateway/counts.h"
#include "gateway/journey.h"
#include "gateway/lane.h"
#include "gateway/waiting.h"

/* Most joins in one turn: the peers are served in between. */
#define TURN_MAX 1000

/* The attempts whose marks are in one batch. */
struct marks {
	struct core *core;
	uint64_t refusals; /* of the facts, when the gate was asked */
	unsigned n;
	struct {
		struct live *live;
		uint64_t reservation;
	} v[TURN_MAX];
};

static void end_as(struct core *core, struct live *l, enum message_state s,
		   struct str reason)
{
	struct event e = { .kind = EVENT_STATE, .state = s, .reason = reason };

	journey_end(core, l, &e);
}

static void count_cap(struct core *core, struct live *l,
		      const struct message *m, bool up)
{
	const struct class_rules *r = classes_at(core->classes, l->class_index);

	if (l->counted == up)
		return;
	l->counted = up;
	if (up)
		l->counted = counts_add(core, m, r, core_wall_ms(core));
	else
		counts_take_back(core, m, r);
}

bool dispatch_expire(struct core *core, struct live *l)
{
	if (core_wall_ms(core) < l->valid_until_ms)
		return false;
	waiting_leave(core, l);
	end_as(core, l, MESSAGE_EXPIRED, STR("validity"));
	return true;
}

/* The gate said no, or not now. */
static void turned_away(struct core *core, struct live *l,
			const struct decision *d)
{
	struct event e = { .kind = EVENT_STATE,
			   .state = MESSAGE_HELD,
			   .reason = d->reason,
			   .due_ms = d->not_before_ms };

	if (d->verdict == VERDICT_DENY) {
		end_as(core, l, MESSAGE_SUPPRESSED, d->reason);
		return;
	}
	journey_step(core, l, &e);
	waiting_until(core, l, d->not_before_ms);
}

/* Where it has to be proved later that it might go, the proof goes along. */
static void put_proof(const struct core *core, const struct live *l,
		      const struct decision *d, struct event *e)
{
	const struct class_rules *r = classes_at(core->classes, l->class_index);

	if (r->nature == CLASS_TRANSACTIONAL)
		return;
	e->rule_version = d->rule_version;
	e->zone_offset_s = d->zone_offset_s;
	e->consent_seq = d->consent_seq;
}

static void mark(struct core *core, struct live *l, const struct lane *lane,
		 const struct decision *d)
{
	struct event e = { .kind = EVENT_ATTEMPT,
			   .state = MESSAGE_SUBMITTING,
			   .link = str_of(lane->name) };
	uint64_t now_us = core_now_us(core);

	put_proof(core, l, d, &e);
	l->attempts++;
	l->lane = (int16_t)lane->index;
	l->queue_us = (uint32_t)MIN(now_us - l->stamp_us, UINT32_MAX);
	l->stamp_us = now_us;
	l->place = LIVE_FLIGHT;
	journey_step(core, l, &e);
}

/* It did not leave, and no attempt was made. */
static void unjoin(struct core *core, struct live *l, uint64_t reservation)
{
	struct message m;

	IGNORE(router_undo(core->router, reservation, core_now_us(core)));
	l->place = LIVE_NOWHERE;
	if (l->lost)
		return;
	l->attempts--;
	live_message(&core->lives, l, &m);
	count_cap(core, l, &m, false);
}

/* Back to the head of its queue. */
static void unmark(struct core *core, struct live *l, uint64_t reservation,
		   const char *reason)
{
	struct event e = { .kind = EVENT_STATE,
			   .state = MESSAGE_QUEUED,
			   .reason = str_of(reason) };

	unjoin(core, l, reservation);
	if (l->lost) {
		lives_remove(&core->lives, l);
		return;
	}
	journey_step(core, l, &e);
	waiting_queue(core, l, true);
}

static void send_one(struct core *core, struct live *l, uint64_t reservation,
		     bool refusals)
{
	struct lane *lane = core->lanes->v[l->lane];
	char sender[ADDRESS_MAX];
	struct message m;

	live_message(&core->lives, l, &m);
	if (refusals) {
		struct decision d;

		permit(&core->permit, &m, core_wall_ms(core), &d);
		if (d.verdict == VERDICT_DENY && !permit_passes(&d)) {
			unjoin(core, l, reservation);
			end_as(core, l, MESSAGE_SUPPRESSED, d.reason);
			return;
		}
	}
	m.from = codes_sender(core->codes, lane, &m, sender);
	if (core->stopping || lane->channel == NULL ||
	    lane->ops->send(lane->channel, reservation, &m, l->parts_done) !=
		    0) {
		unmark(core, l, reservation, "not_sent");
		return;
	}
	lane_handed(lane, MAX(l->parts, 1u) -
				  (unsigned)__builtin_popcount(l->parts_done));
}

/* The marks are durable: the bytes may leave. */
static void on_marked(void *owner, int rc)
{
	struct marks *b = owner;
	struct core *core = b->core;
	bool refusals = b->refusals != facts_refusals(core->facts);

	for (unsigned i = 0; i < b->n; i++) {
		if (rc != 0)
			unmark(core, b->v[i].live, b->v[i].reservation,
			       "not_stored");
		else
			send_one(core, b->v[i].live, b->v[i].reservation,
				 refusals);
	}
	mem_free(b);
}

static void join(struct core *core, struct marks *b,
		 const struct reservation *res)
{
	struct live *l = live_of(res->item);
	int64_t now_ms = core_wall_ms(core);
	struct message m;
	struct decision d;

	must(l->place == LIVE_QUEUE);
	l->place = LIVE_NOWHERE;
	if (now_ms >= l->valid_until_ms) {
		IGNORE(router_undo(core->router, res->id, core_now_us(core)));
		end_as(core, l, MESSAGE_EXPIRED, STR("validity"));
		return;
	}
	live_message(&core->lives, l, &m);
	permit(&core->permit, &m, now_ms, &d);
	if (d.verdict != VERDICT_ALLOW) {
		IGNORE(router_undo(core->router, res->id, core_now_us(core)));
		turned_away(core, l, &d);
		return;
	}
	count_cap(core, l, &m, true);
	mark(core, l, res->target_owner, &d);
	b->v[b->n].live = l;
	b->v[b->n++].reservation = res->id;
}

void dispatch_turn(struct core *core)
{
	struct marks *b = NULL;
	struct reservation res;

	must(core != NULL);
	if (core->stopping || core->store->ops->ready(core->store) == -ENOSPC)
		return;
	while ((b == NULL || b->n < TURN_MAX) &&
	       router_next(core->router, core_now_us(core), &res)) {
		if (b == NULL) {
			b = mem_alloc(sizeof(*b));
			b->core = core;
			b->n = 0;
			b->refusals = facts_refusals(core->facts);
		}
		join(core, b, &res);
	}
	if (b == NULL)
		return;
	loop_again(core->loop);
	if (b->n == 0) {
		mem_free(b);
		return;
	}
	store_then(core->store, on_marked, b);
}

static uint64_t backoff_ms(const struct class_rules *r, unsigned attempts)
{
	uint64_t ms = (uint64_t)r->cfg.retry_min << MIN(attempts - 1, 20u);

	ms = MIN(ms, (uint64_t)r->cfg.retry_max);
	return ms - secret_random_below((uint32_t)(ms / 10 + 1));
}

bool dispatch_again(struct core *core, struct live *l, const struct event *why,
		    uint64_t wait_ms, enum message_state last)
{
	const struct class_rules *r = classes_at(core->classes, l->class_index);
	struct event e = { .kind = EVENT_STATE,
			   .state = MESSAGE_HELD,
			   .link = why->link,
			   .reason = why->reason,
			   .peer_status = why->peer_status };
	struct message m;

	must(l->place == LIVE_NOWHERE);
	live_message(&core->lives, l, &m);
	count_cap(core, l, &m, false);
	e.due_ms = core_wall_ms(core) +
		   (int64_t)MAX(wait_ms, backoff_ms(r, MAX(l->attempts, 1)));
	if (l->attempts >= r->cfg.attempts || e.due_ms >= l->valid_until_ms) {
		e.state = last;
		e.due_ms = 0;
		journey_end(core, l, &e);
		return false;
	}
	journey_step(core, l, &e);
	waiting_until(core, l, e.due_ms);
	return true;
}
