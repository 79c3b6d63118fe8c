/* Two tables, one after the other. */
#include "channels/smpp/verdict.h"

#include "base/mem.h"
#include "channels/smpp/settings.h"
#include "proto/smpp_status.h"

void smpp_verdicts_init(struct smpp_verdicts *t, const struct smpp_cfg *cfg,
			const struct setting_list *from)
{
	must(t != NULL && cfg != NULL && from != NULL);
	static const enum outcome_class unknowns[] = { OUTCOME_RETRY,
						       OUTCOME_REFUSED,
						       OUTCOME_BROKEN };
	int unknown = cfg->unknown_status;

	must(unknown >= 0 && (size_t)unknown < ARRAY_LEN(unknowns));
	t->unknown = unknowns[unknown];
	t->v = mem_array(MAX(from->len, 1u), sizeof(t->v[0]));
	t->n = 0;
	for (size_t i = 0; i < from->len; i++)
		if (smpp_override_parse(str_of(from->v[i]), &t->v[t->n]) == 0)
			t->n++;
}

void smpp_verdicts_done(struct smpp_verdicts *t)
{
	must(t != NULL);
	mem_free(t->v);
	t->v = NULL;
	t->n = 0;
}

enum outcome_class smpp_verdict_of(const struct smpp_verdicts *t,
				   uint32_t status)
{
	must(t != NULL);
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].status == status)
			return t->v[i].class;
	switch (smpp_status_verdict(status)) {
	case SMPP_VERDICT_RETRY_HEAD:
		return OUTCOME_HOLD;
	case SMPP_VERDICT_RETRY_TAIL:
		return OUTCOME_RETRY;
	case SMPP_VERDICT_RETRY_ELSEWHERE:
		return OUTCOME_REFUSED;
	case SMPP_VERDICT_PERMANENT:
		return OUTCOME_BROKEN;
	case SMPP_VERDICT_OK: /* a nack that says "no error" */
	case SMPP_VERDICT_UNKNOWN_CODE:
		break;
	}
	return t->unknown;
}
