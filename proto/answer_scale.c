/* What the order and the labels of a scale say. */
#include "proto/answer_read.h"
#include "proto/text.h"

bool answer_scale_ordered(const struct answer_scale *s)
{
	return s->kind == ANSWER_CSAT || s->kind == ANSWER_NPS ||
	       s->kind == ANSWER_CES;
}

/* How many options score less. */
static unsigned rank_of(const struct answer_scale *s, unsigned option)
{
	unsigned below = 0;

	for (unsigned i = 0; i < s->n; i++)
		below += s->options[i].score < s->options[option].score;
	return below;
}

unsigned answer_scale_at(const struct answer_scale *s, unsigned rank)
{
	for (unsigned i = 0; i < s->n; i++)
		if (rank_of(s, i) == rank)
			return i;
	return 0;
}

bool answer_scale_reversed(const struct answer_scale *s)
{
	if (!answer_scale_ordered(s) || s->n < 2)
		return false;
	int32_t best = answer_token_value(
		s->options[answer_scale_at(s, s->n - 1)].token);
	int32_t worst =
		answer_token_value(s->options[answer_scale_at(s, 0)].token);

	return best < worst;
}

int answer_scale_sign(const struct answer_scale *s, unsigned option)
{
	if (s->kind == ANSWER_YES_NO && s->n == 2)
		return rank_of(s, option) == 1 ? 1 : -1;
	if (!answer_scale_ordered(s) || s->n < 3)
		return 0;
	/* in tenths of half the scale: 6 of 0-10 is still in the middle */
	int place = (2 * (int)rank_of(s, option) - (int)(s->n - 1)) * 10 /
		    (int)(s->n - 1);

	return place > 2 ? 1 : place < -2 ? -1 : 0;
}

int answer_scale_number(const struct answer_scale *s, int32_t value)
{
	for (unsigned i = 0; i < s->n; i++)
		if (answer_token_value(s->options[i].token) == value)
			return (int)i;
	return -1;
}

/* Does a label of this option say the same as p, in its own words? */
static bool label_says(const struct answer_scale *s, unsigned option,
		       const struct answer_phrase *p)
{
	struct str rest = s->options[option].labels, label;

	while (rest.len > 0) {
		struct answer_phrase own[ANSWER_PHRASES_MAX];
		struct answer_scan scan;
		struct buf AUTO(buf_done) folded = { 0 };

		rest = str_cut(rest, '|', &label);
		buf_init(&folded, 1024);
		if (text_fold(label, false, &folded) != 0)
			continue;
		answer_scan(buf_str(&folded), s, &scan);
		if (answer_phrases(&scan, own) == 1 &&
		    own[0].domain == p->domain && own[0].level == p->level &&
		    own[0].quite == p->quite && !own[0].vague)
			return true;
	}
	return false;
}

static int by_label(const struct answer_scale *s, const struct answer_phrase *p)
{
	int found = -1;

	for (unsigned i = 0; i < s->n; i++) {
		if (!label_says(s, i, p))
			continue;
		if (found >= 0)
			return -1;
		found = (int)i;
	}
	return found;
}

/* The domain whose words a question asks in. */
static bool speaks(const struct answer_scale *s, const struct answer_phrase *p)
{
	if (p->domain == DOMAIN_MID)
		return s->kind == ANSWER_CSAT || s->kind == ANSWER_CES;
	return (s->kind == ANSWER_CSAT && p->domain == DOMAIN_SAT) ||
	       (s->kind == ANSWER_CES && p->domain == DOMAIN_EASY);
}

int answer_scale_phrase(const struct answer_scale *s,
			const struct answer_phrase *p)
{
	must(s != NULL && p != NULL);
	if (p->vague)
		return -1;
	int option = by_label(s, p);

	if (option >= 0 || !speaks(s, p))
		return option;
	if (s->n == 5)
		return (int)answer_scale_at(s, (unsigned)(p->level + 2));
	if (s->n == 3)
		return (int)answer_scale_at(s, p->level > 0   ? 2
					       : p->level < 0 ? 0
							      : 1);
	return -1;
}
