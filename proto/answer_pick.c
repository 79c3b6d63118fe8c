/* Which number of a reply is the score, if that is certain. */
#include "proto/answer_read.h"

/* A number that may be a score, with all that belongs to it. */
struct candidate {
	unsigned from, to; /* tokens */
	int option;        /* -1: the scale has no such number */
	bool unit;         /* points, stars, "of 5" */
	bool lead;         /* "I choose" before it */
	bool odd;          /* it is no score of this scale */
};

static enum answer_class class_at(const struct answer_scan *s, unsigned i)
{
	return i < s->n ? (enum answer_class)s->v[i].class : AC_BREAK;
}

static struct str text_at(const struct answer_read *r, unsigned i)
{
	const struct answer_token *t = &r->scan.v[i];

	return str_first(str_from(r->folded, t->from),
			 (size_t)(t->to - t->from));
}

/* 第3个: in a choice, the third option; elsewhere the third of something. */
static bool is_ordinal(const struct answer_read *r, unsigned i)
{
	const struct answer_scan *s = &r->scan;

	return i > 0 && s->v[i - 1].class == AC_NTH;
}

static bool counts_options(const struct answer_read *r, unsigned unit)
{
	struct str t = unit < r->scan.n ? text_at(r, unit) : STR_NONE;

	return str_eqz(t, "个") || str_eqz(t, "项") || str_eqz(t, "种") ||
	       str_eqz(t, "号") || str_eqz(t, "条");
}

/* A numeral inside a word that we do not know: 张三修的. */
static bool is_in_word(const struct answer_scan *s, unsigned i)
{
	const struct answer_token *t = &s->v[i];

	if (!t->dense || class_at(s, i + 1) == AC_UNIT ||
	    class_at(s, i + 1) == AC_STAR)
		return false;
	return (i > 0 && s->v[i - 1].class == AC_UNKNOWN && !t->gap) ||
	       (class_at(s, i + 1) == AC_UNKNOWN && !s->v[i + 1].gap);
}

/* The biggest number that the scale offers. */
static int32_t top(const struct answer_scale *s)
{
	int32_t max = -1;

	for (unsigned i = 0; i < s->n; i++) {
		int32_t v = answer_token_value(s->options[i].token);

		max = v > max ? v : max;
	}
	return max;
}

/* Points count upwards: they are no measure of a scale that goes down. */
static void settle_unit(const struct answer_read *r, struct candidate *c)
{
	if (c->unit && (!answer_scale_ordered(r->scale) ||
			answer_scale_reversed(r->scale)))
		c->odd = true;
}

/* False: the number at i counts something else. */
static bool number_at(const struct answer_read *r, unsigned i,
		      struct candidate *c)
{
	const struct answer_scan *s = &r->scan;
	bool choice = r->scale->kind == ANSWER_CHOICE;
	bool ordinal = is_ordinal(r, i);
	enum answer_class next = class_at(s, i + 1);
	int32_t of = s->v[i].of;

	*c = (struct candidate){ .from = i, .to = i + 1 };
	c->lead = i > ordinal && s->v[i - 1 - ordinal].class == AC_LEAD;
	if (choice && (ordinal || c->lead) && counts_options(r, i + 1))
		c->to = i + 2;
	else if (next == AC_OTHER || ordinal || is_in_word(s, i))
		return false;
	else if (next == AC_DATE)
		c->odd = true;
	if (choice && ordinal)
		c->lead = true;
	if (next == AC_OF && class_at(s, i + 2) == AC_NUMBER) {
		of = s->v[i + 2].value;
		c->to = i + 3;
	}
	if (class_at(s, c->to) == AC_UNIT || class_at(s, c->to) == AC_STAR) {
		c->unit = true;
		/* 三星手机 */
		c->odd |= class_at(s, c->to) == AC_STAR &&
			  class_at(s, c->to + 1) == AC_UNKNOWN &&
			  !s->v[c->to + 1].gap;
		c->to++;
	}
	c->odd |= of != 0 && of != top(r->scale);
	c->unit |= of != 0;
	c->option = answer_scale_number(r->scale, s->v[i].value);
	settle_unit(r, c);
	return true;
}

/* "Very", or ten points: by what follows. */
static bool is_ten(const struct answer_scan *s, unsigned i)
{
	enum answer_class next = class_at(s, i + 1);

	if (next == AC_FILL)
		return s->v[i + 1].to - s->v[i + 1].from <= 3;
	return next == AC_BREAK || next == AC_QUEST || next == AC_PICTURE;
}

static bool candidate_at(const struct answer_read *r, unsigned i,
			 struct candidate *c)
{
	const struct answer_scan *s = &r->scan;

	*c = (struct candidate){ .from = i, .to = i + 1 };
	switch ((enum answer_class)s->v[i].class) {
	case AC_NUMBER:
		return number_at(r, i, c);
	case AC_TOKEN:
		c->option = s->v[i].value;
		c->lead = i > 0 && s->v[i - 1].class == AC_LEAD;
		return true;
	case AC_TEN:
		c->option = answer_scale_number(r->scale, 10);
		c->unit = true;
		settle_unit(r, c);
		return is_ten(s, i);
	case AC_FULL:
		c->unit = true;
		if (r->scale->n > 0)
			c->option =
				(int)answer_scale_at(r->scale, r->scale->n - 1);
		settle_unit(r, c);
		return true;
	case AC_ODD:
		c->odd = true;
		return class_at(s, i + 1) != AC_OTHER;
	default: /* no number */
		return false;
	}
}

/* Words that change nothing about a score beside them. */
static bool is_harmless(const struct answer_read *r, unsigned i)
{
	switch ((enum answer_class)r->scan.v[i].class) {
	case AC_FILL:
	case AC_BUT:
	case AC_LEAD:
	case AC_YES:
	case AC_PICTURE:
	case AC_UP:
	case AC_DOWN:
	case AC_NUMBER:
	case AC_TOKEN:
	case AC_UNIT:
	case AC_STAR:
	case AC_STARS:
	case AC_FULL:
	case AC_TEN:
	case AC_NTH:
	case AC_VERY:
		return true;
	default: /* a phrase or a label is judged by itself */
		return r->used[i];
	}
}

static bool all_harmless(const struct answer_read *r, unsigned from,
			 unsigned to)
{
	for (unsigned i = from; i < to; i++)
		if (!is_harmless(r, i))
			return false;
	return true;
}

static bool unsettles(const struct answer_read *r, unsigned i)
{
	enum answer_class c = (enum answer_class)r->scan.v[i].class;

	return !r->used[i] && (c == AC_NEG || c == AC_NO || c == AC_DOUBT ||
			       c == AC_QUEST || c == AC_ODD);
}

/* Something before the score, right behind it, or a question in its clause. */
static bool is_unsettled(const struct answer_read *r, const struct candidate *c,
			 unsigned a, unsigned b)
{
	const struct answer_scan *s = &r->scan;

	for (unsigned i = a; i < c->from; i++)
		if (unsettles(r, i))
			return true;
	for (unsigned i = c->to; i < b; i++)
		if (s->v[i].class == AC_QUEST)
			return true;
	if (c->to >= b)
		return false;
	if (s->v[c->to].class == AC_DOUBT || s->v[c->to].class == AC_ODD)
		return true;
	return !s->v[c->to].gap && unsettles(r, c->to);
}

/* A word of its own follows, that can be no unit: Chinese after a space, an
 * opinion, "but". */
static bool is_comment(const struct answer_read *r, unsigned i)
{
	const struct answer_token *t = &r->scan.v[i];
	enum answer_class c = (enum answer_class)t->class;

	if (i >= r->scan.n || !t->gap)
		return false;
	return c == AC_BUT || r->used[i] ||
	       (unsigned char)r->folded.p[t->from] >= 0xE2;
}

/* NULL: not certain. */
static const char *judge(const struct answer_read *r, const struct candidate *c)
{
	unsigned a, b, next = c->to;

	answer_clause(&r->scan, c->from, &a, &b);
	while (next < b && r->scan.v[next].class == AC_FILL &&
	       !r->scan.v[next].gap)
		next++; /* 3吧 等太久了 */
	if (c->odd || c->option < 0 || is_unsettled(r, c, a, b))
		return NULL;
	if (all_harmless(r, a, c->from) && all_harmless(r, c->to, b))
		return "a number and nothing against it";
	if (c->unit)
		return "a number of points";
	if (c->lead &&
	    (c->to >= b || is_harmless(r, c->to) || is_comment(r, next)))
		return "a number that is said to be the answer";
	if (all_harmless(r, a, c->from) && is_comment(r, next))
		return "a number, then a comment";
	return NULL;
}

void answer_pick(const struct answer_read *r, struct answer_pick *out)
{
	const struct answer_scan *s = &r->scan;
	struct candidate c, first = { .option = -1 };
	bool clash = false;

	must(r != NULL && out != NULL);
	*out = (struct answer_pick){ 0 };
	for (unsigned i = 0; i < s->n; i++) {
		if (r->used[i] && s->v[i].class != AC_NUMBER &&
		    s->v[i].class != AC_TOKEN)
			continue;
		if (!candidate_at(r, i, &c))
			continue;
		if (!out->any) {
			first = c;
			out->any = true;
		} else if (c.odd && first.option >= 0 && !first.odd) {
			/* a time, a date or so in a later clause is a comment */
			unsigned a, b;

			answer_clause(s, first.from, &a, &b);
			clash |= c.from < b;
		} else {
			clash |= c.odd || first.odd || c.option != first.option;
		}
		i = c.to - 1;
	}
	if (!out->any || clash)
		return;
	out->rule = judge(r, &first);
	out->certain = out->rule != NULL;
	out->option = first.option < 0 ? 0 : (unsigned)first.option;
	out->from = first.from;
	out->to = first.to;
}
