/* The rules of the gate in their fixed order: the first that objects wins. */
#include "gateway/permit.h"

#include "proto/e164.h"

/* One question as the rules see it. */
struct question {
	const struct permit_cfg *cfg;
	const struct message *m;
	const struct class_rules *rules;
	const struct standing *own;    /* under the message's tenant */
	const struct standing *global; /* under tenant "*" */
	int64_t now_ms;
	struct decision *d;
};

static void deny(struct question *q, const char *reason, uint64_t seq)
{
	q->d->verdict = VERDICT_DENY;
	q->d->reason = str_of(reason);
	q->d->consent_seq = seq;
}

static void defer(struct question *q, const char *reason, int64_t until_ms)
{
	q->d->verdict = VERDICT_DEFER;
	q->d->reason = str_of(reason);
	q->d->not_before_ms = until_ms;
}

/* Numbers that no person has: Ofcom's drama block, and +999. */
static bool demo_number(struct str to)
{
	return (to.len == 13 && str_starts(to, STR("+447700900"))) ||
	       str_starts(to, STR("+999"));
}

static bool rule_demo(struct question *q)
{
	bool phone = q->m->to.len > 0 && q->m->to.p[0] == '+';

	if (!q->cfg->demo || (phone && demo_number(q->m->to)))
		return false;
	deny(q, PERMIT_DEMO, 0);
	return true;
}

static bool rule_block(struct question *q)
{
	uint64_t seq;

	if (q->rules->cfg.bypass)
		return false;
	if (!standing_blocked(q->own, &seq) &&
	    !standing_blocked(q->global, &seq))
		return false;
	deny(q, PERMIT_BLOCKED, seq);
	return true;
}

static bool withdrawn_of(const struct standing *s, unsigned purpose,
			 int64_t now_ms, uint64_t *seq)
{
	int64_t at_ms;

	return standing_grant(s, purpose, now_ms, seq, &at_ms) ==
	       GRANT_WITHDRAWN;
}

/* Refusals: they hold for whatever can be refused. */
static bool rule_refused(struct question *q)
{
	unsigned purpose = q->rules->purpose;
	uint64_t seq = 0;

	if (q->rules->cfg.consent == CLASS_CONSENT_NONE)
		return false;
	if (withdrawn_of(q->own, purpose, q->now_ms, &seq) ||
	    withdrawn_of(q->global, purpose, q->now_ms, &seq)) {
		deny(q, PERMIT_WITHDRAWN, seq);
		return true;
	}
	if (standing_suspected(q->own)) {
		deny(q, PERMIT_SUSPECTED, 0);
		return true;
	}
	return false;
}

static bool rule_consent(struct question *q)
{
	uint64_t seq = 0;
	int64_t at_ms = 0, left_ms;

	if (q->rules->cfg.consent != CLASS_CONSENT_REQUIRED)
		return false;
	switch (standing_grant(q->own, q->rules->purpose, q->now_ms, &seq,
			       &at_ms)) {
	case GRANT_GIVEN:
		break;
	case GRANT_PENDING:
		deny(q, PERMIT_PENDING, seq);
		return true;
	case GRANT_EXPIRED:
		deny(q, PERMIT_EXPIRED, seq);
		return true;
	case GRANT_WITHDRAWN:
		deny(q, PERMIT_WITHDRAWN, seq);
		return true;
	case GRANT_UNKNOWN:
		deny(q, PERMIT_NO_CONSENT, 0);
		return true;
	}
	if (standing_left(q->own, &left_ms) && at_ms <= left_ms) {
		deny(q, PERMIT_LEFT, seq);
		return true;
	}
	q->d->consent_seq = seq;
	return false;
}

/* The zones in which the recipient may be: its own, or all candidates of the
 * number's country. */
static unsigned zones_of(const struct question *q,
			 const struct tzone *zones[12])
{
	const struct tzone *own = standing_zone(q->own);
	const char *names[12];
	unsigned n, found = 0;

	if (own != NULL) {
		zones[0] = own;
		return 1;
	}
	n = tzone_of_country(e164_country(q->m->to), names);
	for (unsigned i = 0; i < n; i++) {
		zones[found] = tzone_get(str_of(names[i]));
		if (zones[found] == NULL)
			return 0; /* not all are known: none is certain */
		found++;
	}
	return found;
}

static bool zone_open(const struct class_rules *r, const struct tzone *z,
		      int64_t wall_ms)
{
	int minute = tzone_minute_of_day(tzone_offset_s(z, wall_ms), wall_ms);

	return minute >= r->open_minute && minute < r->close_minute;
}

static bool all_open(const struct class_rules *r,
		     const struct tzone *const zones[], unsigned n,
		     int64_t wall_ms)
{
	for (unsigned i = 0; i < n; i++) {
		if (!zone_open(r, zones[i], wall_ms))
			return false;
	}
	return true;
}

/* The first opening, in any zone, at which all are open; within two days, or
 * 0 when the windows never meet. */
static int64_t next_open(const struct class_rules *r,
			 const struct tzone *const zones[], unsigned n,
			 int64_t now_ms)
{
	int64_t best = 0;

	for (unsigned i = 0; i < n; i++) {
		int64_t t = now_ms;

		for (unsigned day = 0; day < 2; day++) {
			t = tzone_next(zones[i], t, r->open_minute);
			if (all_open(r, zones, n, t) && (best == 0 || t < best))
				best = t;
		}
	}
	return best;
}

static bool rule_hours(struct question *q)
{
	const struct class_rules *r = q->rules;
	const struct tzone *zones[12];
	unsigned n;
	int64_t at_ms;

	if (r->cfg.bypass || r->open_minute == r->close_minute ||
	    (q->m->flags & MESSAGE_FLAG_REPLY) != 0)
		return false;
	n = zones_of(q, zones);
	if (n == 0) {
		deny(q, PERMIT_NO_ZONE, q->d->consent_seq);
		return true;
	}
	q->d->zone_offset_s = tzone_offset_s(zones[0], q->now_ms);
	if (all_open(r, zones, n, q->now_ms))
		return false;
	at_ms = next_open(r, zones, n, q->now_ms);
	if (at_ms == 0)
		deny(q, PERMIT_NO_ZONE, q->d->consent_seq);
	else
		defer(q, PERMIT_QUIET, at_ms);
	return true;
}

static bool rule_cap(struct question *q)
{
	const struct class_rules *r = q->rules;
	int64_t first_ms = 0;

	if (r->cfg.bypass || r->cap == 0)
		return false;
	if (standing_count(q->own, r->index, q->now_ms - r->cap_window_ms,
			   &first_ms) < r->cap)
		return false;
	deny(q, PERMIT_CAP, q->d->consent_seq);
	return true;
}

static bool (*const rules[])(struct question *q) = {
	rule_demo, rule_block, rule_refused, rule_consent, rule_cap, rule_hours,
};

void permit(const struct permit_cfg *cfg, const struct message *m,
	    int64_t now_ms, struct decision *out)
{
	struct question q = { .cfg = cfg, .m = m, .now_ms = now_ms, .d = out };

	must(cfg != NULL && m != NULL && out != NULL);
	*out = (struct decision){
		.verdict = VERDICT_ALLOW,
		.reason = STR_NONE,
		.rule_version = classes_version(cfg->classes),
		.at_ms = now_ms,
	};
	q.rules = classes_find(cfg->classes, m->class_name);
	if (q.rules == NULL) {
		deny(&q, PERMIT_CLASS, 0);
		return;
	}
	q.own = facts_of(cfg->facts, m->tenant, m->to);
	q.global = facts_of(cfg->facts, STR("*"), m->to);
	for (unsigned i = 0; i < ARRAY_LEN(rules); i++) {
		if (rules[i](&q))
			return;
	}
}
