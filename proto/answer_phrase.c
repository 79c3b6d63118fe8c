/* Opinions: a word such as "satisfied" and all that stands before it. */
#include "proto/answer_read.h"

struct stem {
	bool is, negative;
	enum answer_domain domain;
};

static const struct stem stems[AC_CLASSES] = {
	[AC_SAT] = { true, false, DOMAIN_SAT },
	[AC_UNSAT] = { true, true, DOMAIN_SAT },
	[AC_EASY] = { true, false, DOMAIN_EASY },
	[AC_HARD] = { true, true, DOMAIN_EASY },
	[AC_GOOD] = { true, false, DOMAIN_GOOD },
	[AC_BAD] = { true, true, DOMAIN_GOOD },
	[AC_MID] = { true, false, DOMAIN_MID },
};

static bool is_modifier(const struct answer_scan *s, unsigned i)
{
	switch ((enum answer_class)s->v[i].class) {
	case AC_NEG:
	case AC_NO:
	case AC_VERY:
	case AC_TEN:
	case AC_QUITE:
	case AC_VAGUE:
	case AC_ATALL:
		return true;
	case AC_FILL: /* 非常的满意 */
		return s->v[i].to - s->v[i].from == 3 && i > 0 &&
		       s->v[i - 1].class == AC_VERY;
	default: /* nothing else modifies */
		return false;
	}
}

/* What the words before a stem, from outside to inside, make of it. */
struct degree {
	unsigned negs;
	bool outer; /* a "very", not behind a "not" */
	bool quite, vague, atall;
};

static void degree_add(struct degree *d, enum answer_class c)
{
	if (c == AC_NEG || c == AC_NO)
		d->negs++;
	else if (c == AC_VERY || c == AC_TEN)
		d->outer |= d->negs == 0;
	d->quite |= c == AC_QUITE;
	d->vague |= c == AC_VAGUE;
	d->atall |= c == AC_ATALL;
}

/* Without a "not": very or plain. With one: "very not" is strong, "not very"
 * is plain. With two nobody can say. */
static void settle(struct answer_phrase *p, struct degree d, bool negative)
{
	unsigned negs = d.negs + negative;

	p->quite = d.quite;
	p->vague = d.vague || negs > 1;
	if (negs == 0)
		p->level = d.outer ? 2 : 1;
	else if (negs == 1)
		p->level = d.atall || d.outer ? -2 : -1;
	else
		p->level = 0;
	if (p->domain == DOMAIN_MID) {
		p->vague |= negs > 0 || d.outer || d.quite;
		p->level = 0;
	}
}

static void phrase_at(const struct answer_scan *s, unsigned i,
		      const struct stem *stem, struct answer_phrase *out)
{
	struct degree d = { 0 };
	unsigned from = i, to = i + 1;

	while (from > 0 && is_modifier(s, from - 1))
		from--;
	if (to < s->n && s->v[to].class == AC_ATALL)
		to++;
	for (unsigned k = from; k < i; k++)
		degree_add(&d, (enum answer_class)s->v[k].class);
	d.atall |= to > i + 1;
	*out = (struct answer_phrase){ .domain = stem->domain,
				       .from = from,
				       .to = to };
	settle(out, d, stem->negative);
}

unsigned answer_phrases(const struct answer_scan *s,
			struct answer_phrase out[ANSWER_PHRASES_MAX])
{
	unsigned n = 0;

	must(s != NULL && out != NULL);
	for (unsigned i = 0; i < s->n && n < ANSWER_PHRASES_MAX; i++)
		if (stems[s->v[i].class].is)
			phrase_at(s, i, &stems[s->v[i].class], &out[n++]);
	return n;
}
