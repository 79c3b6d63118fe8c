/* Rules about what the person said: blocked, refused, agreed. */
#include "gateway/question.h"

bool rule_block(struct question *q)
{
	bool promotional = q->rules->nature == CLASS_PROMOTIONAL;
	enum block b;
	uint64_t seq = 0;

	if (q->rules->cfg.bypass)
		return false;
	b = standing_blocked(q->own, promotional, &seq);
	if (b == BLOCK_NONE)
		b = standing_blocked(q->global, promotional, &seq);
	if (b == BLOCK_NONE)
		return false;
	q->d->consent_seq = seq;
	return question_deny(q,
			     b == BLOCK_LIST ? PERMIT_BLOCKED : PERMIT_REGISTRY,
			     NULL);
}

static struct grant_scope scope_of(const struct question *q)
{
	return (struct grant_scope){
		.purpose = q->rules->purpose,
		.brand = facts_name(q->cfg->facts, q->m->business_line),
		.channel = facts_name(q->cfg->facts, q->m->channel),
	};
}

/* The least it needs: the class's, or more where the place wants more. */
static enum class_consent needed(const struct question *q,
				 const struct pack **by)
{
	enum class_consent own = (enum class_consent)q->rules->cfg.consent;

	*by = NULL;
	if (q->rules->cfg.bypass || q->local->consent <= own)
		return own;
	*by = q->local->consent_by;
	return q->local->consent;
}

static bool withdrawn(struct question *q, const struct standing *s,
		      const struct grant_scope *scope)
{
	struct grant_found g = standing_grant(s, scope, q->now_ms);

	if (g.grant != GRANT_WITHDRAWN)
		return false;
	q->d->consent_seq = g.seq;
	return question_deny(q, PERMIT_WITHDRAWN, NULL);
}

/* Refusals: they hold for whatever can be refused. */
bool rule_refused(struct question *q)
{
	struct grant_scope scope = scope_of(q);
	const struct pack *by;

	if (needed(q, &by) == CLASS_CONSENT_NONE)
		return false;
	if (withdrawn(q, q->own, &scope) || withdrawn(q, q->global, &scope))
		return true;
	if (standing_suspected(q->own) || standing_suspected(q->global))
		return question_deny(q, PERMIT_SUSPECTED, NULL);
	return false;
}

bool rule_consent(struct question *q)
{
	static const char *const reasons[] = {
		[GRANT_UNKNOWN] = PERMIT_NO_CONSENT,
		[GRANT_PENDING] = PERMIT_PENDING,
		[GRANT_GIVEN] = NULL,
		[GRANT_EXPIRED] = PERMIT_EXPIRED,
		[GRANT_WITHDRAWN] = PERMIT_WITHDRAWN,
	};
	struct grant_scope scope = scope_of(q);
	struct grant_found g;
	const struct pack *by;
	int64_t left_ms;

	if (needed(q, &by) != CLASS_CONSENT_REQUIRED) {
		question_note(q, NULL, "not required");
		return false;
	}
	g = standing_grant(q->own, &scope, q->now_ms);
	q->d->consent_seq = g.seq;
	question_note(q, by, "event %llu", (unsigned long long)g.seq);
	if (reasons[g.grant] != NULL)
		return question_deny(q, reasons[g.grant], by);
	if (standing_left(q->own, &left_ms) && g.at_ms <= left_ms)
		return question_deny(q, PERMIT_LEFT, by);
	return false;
}
