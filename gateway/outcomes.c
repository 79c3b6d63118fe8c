/* Outcomes of attempts and receipts of parts. */
#include "gateway/outcomes.h"

#include <errno.h>

#include "base/log.h"
#include "gateway/dispatch.h"
#include "gateway/journey.h"
#include "gateway/questions.h"
#include "gateway/receipts.h"
#include "gateway/threads.h"
#include "gateway/waiting.h"

static uint32_t all_parts(const struct live *l)
{
	return l->parts >= 32 ? UINT32_MAX : BIT(MAX(l->parts, 1)) - 1;
}

static void log_attempt(const struct core *core, const struct live *l,
			const struct lane *lane, const struct outcome *o,
			uint32_t answer_us)
{
	log_info("attempt.end", KV_ID("id", l->id),
		 KV_S("class", classes_at(core->classes, l->class_index)->name),
		 KV_S("link", lane->name), KV_U("attempt", l->attempts),
		 KV_S("outcome", outcome_name(o->class)),
		 KV_STR("reason", o->reason), KV_HEX("status", o->peer_status),
		 KV_U("parts", l->parts), KV_U("queue_us", l->queue_us),
		 KV_U("answer_us", answer_us));
}

static void finish(struct core *core, struct live *l, const struct lane *lane,
		   enum message_state s, struct str reason, uint32_t status)
{
	struct event e = { .kind = EVENT_STATE,
			   .state = s,
			   .link = str_of(lane->name),
			   .reason = reason,
			   .peer_status = status };

	journey_end(core, l, &e);
}

/* What is true of the message, when one part has said something. */
static enum message_state aggregate(const struct core *core, struct live *l,
				    unsigned part, enum message_state said)
{
	enum parts_rule rule = l->lane < 0
				       ? LANE_PARTS_ALL
				       : core->lanes->v[l->lane]->parts_rule;
	uint32_t all = all_parts(l), told;

	if (said == MESSAGE_DELIVERED)
		l->receipt.delivered |= BIT(part);
	else if (message_state_final(said))
		l->receipt.failed |= BIT(part);
	else
		return MESSAGE_SUBMITTED;
	if (rule == LANE_PARTS_LAST)
		return part + 1u >= l->parts ? said : MESSAGE_SUBMITTED;
	if (rule == LANE_PARTS_ANY && l->receipt.delivered != 0)
		return MESSAGE_DELIVERED;
	told = l->receipt.delivered | l->receipt.failed;
	if (told != all)
		return MESSAGE_SUBMITTED;
	if (l->receipt.delivered == all)
		return MESSAGE_DELIVERED;
	return said == MESSAGE_DELIVERED ? MESSAGE_UNDELIVERED : said;
}

/* What a peer says of one part: in a receipt, or when it is asked. */
struct word {
	enum event_kind kind;
	const char *link;
	unsigned part;
	struct str peer_id;
	enum message_state said;
	struct str reason;
	uint32_t status;
};

/* l is LIVE_RECEIPT; it may be gone afterwards. */
static void said_of(struct core *core, struct live *l, const struct word *w)
{
	enum message_state from = (enum message_state)l->state;
	enum message_state to = aggregate(core, l, w->part, w->said);
	struct event e = {
		.kind = w->kind,
		.state = to,
		.link = str_of(w->link),
		.reason = w->reason,
		.peer_status = w->status,
		.part = w->part,
		.peer_id = w->peer_id,
		.said = w->said,
	};

	/* a final state never falls back, and parts may still be awaited */
	if (to == from || !lifecycle_allows(from, to))
		e.state = from;
	e.due_ms = l->receipt.until_ms;
	if (!message_state_final(e.state) || e.state == from) {
		journey_step(core, l, &e);
		if (e.state == MESSAGE_SUBMITTED && w->part == 0 &&
		    w->kind == EVENT_RECEIPT && !message_state_final(w->said))
			journey_enroute(core, l, &e);
		return;
	}
	receipts_forget(core->receipts, l);
	journey_end(core, l, &e);
}

/* The peer's ids of the parts it has taken now. */
static struct live *note_parts(struct core *core, struct live *l,
			       const struct lane *lane, const struct outcome *o,
			       enum message_state state, uint32_t answer_us)
{
	const struct class_rules *r = classes_at(core->classes, l->class_index);

	for (unsigned i = 0; i < MAX(o->parts, 1) && i < OUTCOME_PARTS_MAX;
	     i++) {
		struct event e = {
			.kind = EVENT_SUBMITTED,
			.state = state,
			.link = str_of(lane->name),
			.peer_status = o->peer_status,
			.part = i,
			.peer_id = o->peer_id[i],
			.due_ms = core_wall_ms(core) + r->cfg.receipt_wait,
			.delay_us = { 0, l->queue_us, 0, answer_us },
		};

		if ((o->parts_done & BIT(i)) == 0 ||
		    (l->parts_done & BIT(i)) != 0)
			continue;
		l->parts_done |= BIT(i);
		journey_step(core, l, &e);
		if (state == MESSAGE_SUBMITTING)
			receipts_keep(core->receipts, l, i, o->peer_id[i]);
	}
	return l;
}

/* From now on its receipts are awaited; some may have come already. */
static void await_receipts(struct core *core, struct live *l,
			   const struct lane *lane, const struct outcome *o)
{
	const struct class_rules *r = classes_at(core->classes, l->class_index);
	uint64_t id = l->id;

	l = lives_strip(&core->lives, l);
	receipts_await(l, core_wall_ms(core) + r->cfg.receipt_wait);
	for (unsigned i = 0; i < MAX(l->parts, 1) && i < OUTCOME_PARTS_MAX;
	     i++) {
		struct early early;
		struct str peer_id = o->peer_id[i];
		char kept[RECEIPT_ID_MAX];

		if (peer_id.len == 0)
			peer_id = receipts_kept(core->receipts, l, i);
		if (!receipts_expect(core->receipts, lane, l, i, peer_id,
				     &early))
			continue;
		/* what is kept of it may end with l */
		IGNORE(str_copy(kept, sizeof(kept), peer_id));
		peer_id = str_of(kept);
		said_of(core, l,
			&(struct word){ EVENT_RECEIPT, lane->name, i, peer_id,
					early.state, str_of(early.reason),
					early.peer_status });
		l = lives_find(&core->lives, id);
		if (l == NULL)
			return;
	}
}

static void taken(struct core *core, struct live *l, struct lane *lane,
		  const struct outcome *o, uint32_t answer_us)
{
	struct message m;

	live_message(&core->lives, l, &m);
	threads_note(core->threads, &m,
		     classes_at(core->classes, l->class_index),
		     core_wall_ms(core));
	core_tell_sent(core, &m, false);
	lane_took(lane, answer_us);
	l->parts = (uint8_t)MIN(MAX(o->parts, 1), OUTCOME_PARTS_MAX);
	if (o->class == OUTCOME_DELIVERED) {
		finish(core, l, lane, MESSAGE_DELIVERED, o->reason,
		       o->peer_status);
		return;
	}
	if (!o->receipt) {
		struct event e = { .kind = EVENT_SUBMITTED,
				   .state = MESSAGE_SENT,
				   .link = str_of(lane->name),
				   .peer_id = o->peer_id[0],
				   .delay_us = { 0, l->queue_us, 0,
						 answer_us } };

		journey_end(core, l, &e);
		return;
	}
	l = note_parts(core, l, lane, o, MESSAGE_SUBMITTED, answer_us);
	await_receipts(core, l, lane, o);
}

void outcomes_doubt(struct core *core, struct live *l, struct str link,
		    struct str reason)
{
	const struct class_rules *r = classes_at(core->classes, l->class_index);
	struct event e = { .kind = EVENT_STATE,
			   .state = MESSAGE_UNKNOWN,
			   .link = link,
			   .reason = reason };

	must(l->place == LIVE_NOWHERE);
	if (r->cfg.resend == CLASS_RESEND_NEVER ||
	    (l->flags & MESSAGE_FLAG_RESENT) != 0 ||
	    core_wall_ms(core) >= l->valid_until_ms) {
		journey_end(core, l, &e);
		return;
	}
	/* said first, so that a double is never silent; then once more */
	journey_step(core, l, &e);
	l->flags |= MESSAGE_FLAG_RESENT;
	e.state = MESSAGE_QUEUED;
	e.reason = STR("resend");
	journey_step(core, l, &e);
	waiting_queue(core, l, false);
}

/* Once more, if the class allows it: what came of this attempt is told. */
static void again(struct core *core, struct live *l, const struct lane *lane,
		  const struct outcome *o, const char *otherwise,
		  uint64_t wait_ms, enum message_state last)
{
	const struct event why = {
		.link = str_of(lane->name),
		.reason = o->reason.len > 0 ? o->reason : str_of(otherwise),
		.peer_status = o->peer_status,
	};

	dispatch_again(core, l, &why, wait_ms, last);
}

static void refused(struct core *core, struct live *l, const struct lane *lane,
		    const struct outcome *o)
{
	/* by the lane it was to avoid: there is no other */
	if (l->item.avoid == (int16_t)lane->target || l->parts_done != 0) {
		finish(core, l, lane, MESSAGE_REJECTED, o->reason,
		       o->peer_status);
		return;
	}
	again(core, l, lane, o, "refused", 1, MESSAGE_REJECTED);
}

static void held(struct core *core, struct live *l)
{
	struct event e = { .kind = EVENT_STATE,
			   .state = MESSAGE_QUEUED,
			   .reason = STR("throttled") };

	l->attempts--; /* the link was asked to wait, not the message */
	journey_step(core, l, &e);
	waiting_queue(core, l, true);
}

void outcomes_ended(struct core *core, struct lane *lane, uint64_t attempt,
		    const struct outcome *o)
{
	uint64_t now_us = core_now_us(core);
	struct reservation res;
	uint32_t answer_us;
	struct live *l;

	must(core != NULL && lane != NULL && o != NULL);
	if (!router_reserved(core->router, attempt, &res))
		return; /* an answer to what is over */
	l = live_of(res.item);
	must(l->place == LIVE_FLIGHT && l->state == MESSAGE_SUBMITTING);
	IGNORE(router_release(core->router, attempt, now_us));
	l->place = LIVE_NOWHERE;
	answer_us = (uint32_t)MIN(now_us - l->stamp_us, UINT32_MAX);
	stat_observe_us(lane->s_answer, answer_us);
	lane_feedback(lane, o);
	log_attempt(core, l, lane, o, answer_us);
	loop_again(core->loop);
	if (o->class != OUTCOME_ACCEPTED && o->class != OUTCOME_DELIVERED)
		l = note_parts(core, l, lane, o, MESSAGE_SUBMITTING, answer_us);
	switch (o->class) {
	case OUTCOME_ACCEPTED:
	case OUTCOME_DELIVERED:
		taken(core, l, lane, o, answer_us);
		break;
	case OUTCOME_RETRY:
		again(core, l, lane, o, "retry", o->hold_ms, MESSAGE_FAILED);
		break;
	case OUTCOME_HOLD:
		held(core, l);
		break;
	case OUTCOME_REFUSED:
		refused(core, l, lane, o);
		break;
	case OUTCOME_BROKEN:
		finish(core, l, lane, MESSAGE_REJECTED, o->reason,
		       o->peer_status);
		break;
	case OUTCOME_UNKNOWN:
		outcomes_doubt(core, l, str_of(lane->name), o->reason);
		break;
	}
}

int outcomes_receipt(struct core *core, struct lane *lane,
		     const struct receipt *r)
{
	char id[RECEIPT_ID_MAX];
	struct live *l;
	unsigned part;

	must(core != NULL && lane != NULL && r != NULL);
	lane->receipts++;
	stat_add(lane->s_receipts, 1);
	l = receipts_match(core->receipts, lane, r->peer_id, &part);
	if (l == NULL) {
		log_debug("receipt.stray", KV_S("link", lane->name),
			  KV_STR("peer_id", r->peer_id));
		return receipts_stray(core->receipts, lane, r);
	}
	said_of(core, l,
		&(struct word){ EVENT_RECEIPT, lane->name, part,
				receipts_response_id(lane, r->peer_id, id),
				r->state, r->reason, r->peer_status });
	return 0;
}

static enum lane_answer answer_of(const struct receipt *r)
{
	if (r == NULL || r->state == MESSAGE_UNKNOWN)
		return LANE_ANSWER_NONE;
	return message_state_final(r->state) ? LANE_ANSWER_FINAL
					     : LANE_ANSWER_PENDING;
}

void outcomes_answered(struct core *core, struct lane *lane, uint64_t token,
		       const struct receipt *r)
{
	enum lane_answer answer = answer_of(r);
	struct live *l;
	unsigned part;
	uint64_t id;

	must(core != NULL && lane != NULL);
	if (!questions_take(core->questions, token, &id, &part))
		return;
	stat_add(lane->s_query[answer], 1);
	l = lives_find(&core->lives, id);
	/* what a receipt has told meanwhile stays */
	if (answer == LANE_ANSWER_NONE || l == NULL ||
	    l->place != LIVE_RECEIPT ||
	    ((l->receipt.delivered | l->receipt.failed) & BIT(part)) != 0)
		return;
	log_info("receipt.answered", KV_ID("id", id), KV_S("link", lane->name),
		 KV_U("part", part),
		 KV_S("state", message_state_name(r->state)));
	said_of(core, l,
		&(struct word){ EVENT_ANSWER, lane->name, part, r->peer_id,
				r->state, r->reason, r->peer_status });
}

void outcomes_overdue(struct core *core, struct live *l)
{
	struct event e = { .kind = EVENT_STATE,
			   .state = MESSAGE_UNKNOWN,
			   .reason = STR("no_receipt") };

	must(l->place == LIVE_RECEIPT);
	if (l->state == MESSAGE_UNKNOWN) {
		receipts_forget(core->receipts, l);
		lives_remove(&core->lives, l);
		return;
	}
	if (questions_ask(core->questions, l))
		return;
	/* it stays to be found for a while: a late receipt settles it */
	journey_step(core, l, &e);
	l->receipt.until_ms = core_wall_ms(core) + core->cfg->stray_ms;
}
