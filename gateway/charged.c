/* Who may send from a sender that is charged. */
#include "gateway/charged.h"

#include "gateway/permit.h"

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static struct str bare(struct str from)
{
	from = str_trim(from);
	return from.len > 0 && from.p[0] == '+' ? str_from(from, 1) : from;
}

static bool same(struct str a, struct str b)
{
	for (size_t i = 0; a.len == b.len && i < a.len; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return a.len == b.len;
}

bool charged_is(const struct core *core, struct str from)
{
	must(core != NULL);
	const struct setting_list *l = &core->cfg->charged;

	from = bare(from);
	for (size_t i = 0; from.len > 0 && i < l->len; i++)
		if (same(from, bare(str_of(l->v[i]))))
			return true;
	return false;
}

void charged_refuse(const struct core *core, const struct submission *s,
		    struct message *m)
{
	must(core != NULL && s != NULL && m != NULL);
	if (m->decision.verdict == VERDICT_DENY || s->approved ||
	    !charged_is(core, m->from) ||
	    (s->by.len > 0 && setting_list_has(&core->cfg->charged_by, s->by)))
		return;
	m->decision.verdict = VERDICT_DENY;
	m->decision.reason = STR(PERMIT_CHARGED);
	m->decision.not_before_ms = 0;
}
