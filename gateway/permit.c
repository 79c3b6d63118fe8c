/* The rules of the gate in their fixed order: the first that objects wins. */
#include "gateway/question.h"

#include "proto/e164.h"

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
	return question_deny(q, PERMIT_DEMO, NULL);
}

static const struct {
	const char *name;
	gate_rule_fn *ask;
} rules[] = {
	{ "demo", rule_demo },
	{ "block", rule_block },
	{ "refusal", rule_refused },
	{ "consent", rule_consent },
	{ "sender", rule_sender },
	{ "stop_text", rule_stop_text },
	{ "signature", rule_signature },
	{ "registration", rule_registration },
	{ "confirmation", rule_confirm },
	{ "transaction", rule_transaction },
	{ "exclusion", rule_group },
	{ "fatigue", rule_fatigue },
	{ "cap", rule_cap },
	{ "hours", rule_hours },
};
_Static_assert(ARRAY_LEN(rules) <= PERMIT_RULES_MAX, "rows of an explanation");

/* A guess rules nothing out: it is one of the candidates, and where there are
 * no others nobody knows. */
static void add_guess(struct question *q)
{
	unsigned n = q->place->nzones;

	for (unsigned i = 0; i < n; i++) {
		if (q->place->zones[i] == q->zone)
			return;
		q->candidates[i] = q->place->zones[i];
	}
	if (n == 0)
		return;
	q->candidates[n] = q->zone;
	q->zones = q->candidates;
	q->nzones = n + 1;
}

/* Where the recipient may be: in its own zone, or in any of the number's. */
static void find_zones(struct question *q)
{
	bool known;

	q->zone = standing_zone(q->own);
	known = q->zone != NULL && !standing_zone_guessed(q->own);
	q->zones = known ? &q->zone : q->place->zones;
	q->nzones = known ? 1 : q->place->nzones;
	if (q->zone != NULL && !known)
		add_guess(q);
	if (q->nzones == 0)
		return;
	q->d->zone = str_of(tzone_name(q->zones[0]));
	q->d->zones = (uint8_t)q->nzones;
	q->d->zone_offset_s = tzone_offset_s(q->zones[0], q->now_ms);
}

/* False when there is no such class. */
static bool begin(struct question *q, const struct permit_cfg *cfg,
		  const struct message *m, int64_t now_ms, struct decision *out)
{
	must(cfg != NULL && m != NULL && out != NULL);
	*q = (struct question){
		.cfg = cfg, .m = m, .now_ms = now_ms, .d = out
	};
	*out = (struct decision){
		.verdict = VERDICT_ALLOW,
		.reason = STR_NONE,
		.rule_version = places_version(cfg->places),
		.packs = STR_NONE,
		.zone = STR_NONE,
		.at_ms = now_ms,
	};
	q->rules = classes_find(cfg->classes, m->class_name);
	if (q->rules == NULL)
		return false;
	q->place = places_of(cfg->places, m->to);
	q->local = &q->place->rules[q->rules->nature];
	q->own = facts_of(cfg->facts, m->tenant, m->to);
	q->global = facts_of(cfg->facts, STR("*"), m->to);
	q->person = facts_person(cfg->facts, m->tenant, q->own);
	out->packs = str_of(q->place->label);
	find_zones(q);
	return true;
}

void permit(const struct permit_cfg *cfg, const struct message *m,
	    int64_t now_ms, struct decision *out)
{
	struct question q;

	if (!begin(&q, cfg, m, now_ms, out)) {
		IGNORE(question_deny(&q, PERMIT_CLASS, NULL));
		return;
	}
	for (unsigned i = 0; i < ARRAY_LEN(rules); i++) {
		if (rules[i].ask(&q))
			return;
	}
}

unsigned permit_explain(const struct permit_cfg *cfg, const struct message *m,
			int64_t now_ms, struct decision *out,
			struct permit_row rows[PERMIT_RULES_MAX])
{
	struct decision own;
	struct question q;

	must(rows != NULL);
	permit(cfg, m, now_ms, out);
	if (!begin(&q, cfg, m, now_ms, &own))
		return 0;
	for (unsigned i = 0; i < ARRAY_LEN(rules); i++) {
		own.verdict = VERDICT_ALLOW;
		own.not_before_ms = 0;
		own.consent_seq = 0;
		rows[i] = (struct permit_row){ .rule = rules[i].name,
					       .by = "class",
					       .reason = "" };
		q.row = &rows[i];
		IGNORE(rules[i].ask(&q));
		rows[i].verdict = own.verdict;
		rows[i].not_before_ms = own.not_before_ms;
		rows[i].consent_seq = own.consent_seq;
	}
	return ARRAY_LEN(rules);
}

unsigned permit_keep(const struct permit_cfg *cfg, const struct message *m,
		     const struct class_rules *r, int64_t *horizon_ms)
{
	unsigned group;

	must(cfg != NULL && m != NULL && r != NULL && horizon_ms != NULL);
	*horizon_ms = r->horizon_ms;
	group = cfg->groups == NULL ? 0
				    : groups_find(cfg->groups, m->exclusion);
	if (group == 0)
		return r->keep;
	*horizon_ms = MAX(*horizon_ms, groups_window_ms(cfg->groups, group));
	return MAX(r->keep, 1);
}

bool permit_passes(const struct decision *d)
{
	static const char *const passing[] = { PERMIT_CAP, PERMIT_FATIGUE,
					       PERMIT_GROUP };

	must(d != NULL);
	for (unsigned i = 0; i < ARRAY_LEN(passing); i++) {
		if (str_eqz(d->reason, passing[i]))
			return true;
	}
	return false;
}
