/* Rules about time: how late, how often, at which hour. */
#include "gateway/question.h"

/* The pack that has the limit of the place. */
static const struct pack *by_confirm(const struct place *p)
{
	for (unsigned i = 0; i < p->npacks; i++) {
		if (p->packs[i]->cfg.confirm_within == p->confirm_within_ms)
			return p->packs[i];
	}
	return NULL;
}

/* An opt-out is confirmed once, and soon or not. Of a message that waits no
 * time of acceptance is known any more: its validity ends with the limit. */
bool rule_confirm(struct question *q)
{
	int64_t within_ms = q->place->confirm_within_ms;

	if ((q->m->flags & MESSAGE_FLAG_CONFIRM) == 0 || within_ms == 0 ||
	    q->m->accepted_ms == 0 ||
	    q->now_ms - q->m->accepted_ms <= within_ms)
		return false;
	return question_deny(q, PERMIT_CONFIRM_LATE, by_confirm(q->place));
}

static const struct pack *by_transaction(const struct place *p)
{
	for (unsigned i = 0; i < p->npacks; i++) {
		if (p->packs[i]->cfg.transaction_within ==
		    p->transaction_within_ms)
			return p->packs[i];
	}
	return NULL;
}

/* It was accepted, or asked for, when the thing happened that it tells of. */
bool rule_transaction(struct question *q)
{
	int64_t within_ms = q->place->transaction_within_ms;

	if (q->rules->nature != CLASS_TRANSACTIONAL || within_ms == 0 ||
	    q->m->accepted_ms == 0 ||
	    q->now_ms - MAX(q->m->accepted_ms, q->m->send_at_ms) <= within_ms)
		return false;
	return question_deny(q, PERMIT_TOO_LATE, by_transaction(q->place));
}

/* another campaign of the group was first. */
bool rule_group(struct question *q)
{
	const struct groups *all = q->cfg->groups;
	unsigned group = all == NULL ? 0 : groups_find(all, q->m->exclusion);
	int64_t since_ms;

	if (group == 0 || q->rules->cfg.bypass)
		return false;
	since_ms = q->now_ms - groups_window_ms(all, group);
	if (!standing_reached(q->own, group, q->m->campaign, since_ms) &&
	    !standing_reached(q->person, group, q->m->campaign, since_ms))
		return false;
	return question_deny(q, PERMIT_GROUP, NULL);
}

static unsigned count(const struct question *q, uint32_t classes,
		      int64_t since_ms)
{
	return standing_count(q->own, classes, since_ms) +
	       standing_count(q->person, classes, since_ms);
}

/* True when it is used up. */
static bool full(struct question *q, const struct cap *c, uint32_t classes,
		 const struct pack *by)
{
	unsigned n =
		count(q, classes, cap_since(c, q->zones, q->nzones, q->now_ms));
	char text[24];

	if (q->row != NULL) {
		cap_text(c, text);
		question_note(q, by, "%s: %u", text, n);
	}
	return n >= c->n;
}

/* Who was asked, or promoted to, of late is left alone. */
bool rule_fatigue(struct question *q)
{
	const struct class_rules *r = q->rules;

	if (r->cfg.bypass)
		return false;
	if (r->apart_mask != 0 &&
	    count(q, r->apart_mask, q->now_ms - r->apart_ms) > 0) {
		question_note(q, NULL, "after %s", r->apart);
		return question_deny(q, PERMIT_FATIGUE, NULL);
	}
	for (unsigned i = 0; i < r->npurpose_caps; i++) {
		if (full(q, &r->purpose_caps[i], r->purpose_mask, NULL))
			return question_deny(q, PERMIT_FATIGUE, NULL);
	}
	return false;
}

bool rule_cap(struct question *q)
{
	const struct class_rules *r = q->rules;

	if (r->cfg.bypass)
		return false;
	for (unsigned i = 0; i < r->ncaps; i++) {
		if (full(q, &r->caps[i], BIT(r->index), NULL))
			return question_deny(q,
					     r->npurpose_caps > 0
						     ? PERMIT_FATIGUE
						     : PERMIT_CAP,
					     NULL);
	}
	for (unsigned i = 0; i < q->local->ncaps; i++) {
		const struct place_cap *c = &q->local->caps[i];

		if (full(q, &c->cap, c->mask, c->by))
			return question_deny(q, PERMIT_CAP, c->by);
	}
	return false;
}

/* The class's hours, narrowed by the packs; by: the last that did. */
static struct hours hours_of(const struct question *q, const struct pack **by)
{
	struct hours h = HOURS_ALL_DAY;

	hours_narrow(&h, q->rules->open_minute, q->rules->close_minute);
	*by = q->local->hours.open_minute > h.open_minute ||
			      q->local->hours.close_minute < h.close_minute
		      ? q->local->hours_by
		      : NULL;
	hours_narrow(&h, q->local->hours.open_minute,
		     q->local->hours.close_minute);
	return h;
}

/* What the person wishes for is about what they could do without. */
static bool wished(const struct question *q, struct hours *h)
{
	struct hours before = *h;

	if (q->rules->nature != CLASS_TRANSACTIONAL)
		standing_hours(q->own, h);
	return h->open_minute != before.open_minute ||
	       h->close_minute != before.close_minute;
}

bool rule_hours(struct question *q)
{
	const struct pack *by;
	struct hours h, law;
	const char *reason = PERMIT_PREFERRED;
	int64_t at_ms;

	if (q->rules->cfg.bypass || (q->m->flags & MESSAGE_FLAG_REPLY) != 0)
		return false;
	h = law = hours_of(q, &by);
	if (wished(q, &h))
		by = NULL;
	question_note(q, by, "%02d:%02d-%02d:%02d, %u zones",
		      h.open_minute / 60, h.open_minute % 60,
		      h.close_minute / 60, h.close_minute % 60, q->nzones);
	if (h.open_minute == 0 && h.close_minute == 1440)
		return false;
	if (h.open_minute >= h.close_minute)
		return question_deny(q, PERMIT_NO_WINDOW, by);
	if (hours_open(&h, q->zones, q->nzones, q->now_ms))
		return false;
	if (!hours_open(&law, q->zones, q->nzones, q->now_ms))
		reason = PERMIT_QUIET;
	at_ms = hours_next(&h, q->zones, q->nzones, q->now_ms);
	if (at_ms == 0)
		return question_defer(q, PERMIT_NO_ZONE,
				      q->now_ms + PERMIT_HOLD_MS, by);
	return question_defer(q, reason, at_ms, by);
}
