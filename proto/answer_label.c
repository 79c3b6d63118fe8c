/* The labels of options, where a reply names them. */
#include "proto/answer_read.h"
#include "proto/text.h"

#define LABEL_MAX 256

/* May stand beside a label in its clause. */
static bool is_beside(enum answer_class c)
{
	return c == AC_FILL || c == AC_LEAD || c == AC_NUMBER ||
	       c == AC_TOKEN || c == AC_UNIT || c == AC_BUT || c == AC_YES ||
	       c == AC_PICTURE;
}

/* Whether tokens from .. to spell the label, spaces aside. */
static bool spelled(const struct answer_read *r, unsigned from, unsigned to,
		    struct str tight)
{
	size_t k = 0;

	for (unsigned i = from; i < to; i++) {
		const struct answer_token *t = &r->scan.v[i];

		for (size_t at = t->from; at < t->to; at++) {
			char c = r->folded.p[at];

			if (c == ' ' || c == '\'')
				continue;
			if (k >= tight.len || tight.p[k++] != c)
				return false;
		}
	}
	return k == tight.len && k > 0;
}

static void hit(struct answer_read *r, unsigned option, unsigned from,
		unsigned to)
{
	r->labels |= (uint32_t)1 << option;
	if (r->label_to == 0) {
		r->label_from = from;
		r->label_to = to;
	}
	for (unsigned i = from; i < to; i++)
		r->used[i] = true;
}

/* One clause, less what may stand beside: longest range first. */
static void match_clause(struct answer_read *r, unsigned option,
			 struct str tight, unsigned a, unsigned b)
{
	const struct answer_scan *s = &r->scan;

	for (unsigned from = a; from < b; from++) {
		for (unsigned to = b; to > from; to--) {
			if (spelled(r, from, to, tight)) {
				hit(r, option, from, to);
				return;
			}
			if (!is_beside((enum answer_class)s->v[to - 1].class))
				break;
		}
		if (!is_beside((enum answer_class)s->v[from].class))
			return;
	}
}

/* A label that is a picture may stand anywhere, and often. */
static bool is_picture(struct str label)
{
	size_t at = 0;
	uint32_t cp = text_next(label, &at);

	return cp >= 0x1F000 || (cp >= 0x2190 && cp < 0x2C00);
}

static void match_pictures(struct answer_read *r, unsigned option,
			   struct str tight)
{
	for (unsigned i = 0; i < r->scan.n; i++)
		if (spelled(r, i, i + 1, tight))
			hit(r, option, i, i + 1);
}

static void match_label(struct answer_read *r, unsigned option,
			struct str tight)
{
	const struct answer_scan *s = &r->scan;
	unsigned a = 0, b;

	if (is_picture(tight)) {
		match_pictures(r, option, tight);
		return;
	}
	while (a < s->n) {
		answer_clause(s, a, &a, &b);
		match_clause(r, option, tight, a, b);
		a = b + 1;
	}
}

static bool contains(struct str s, struct str part)
{
	for (size_t i = 0; i + part.len <= s.len; i++)
		if (str_eq(str_first(str_from(s, i), part.len), part))
			return true;
	return false;
}

void answer_labels(struct answer_read *r)
{
	must(r != NULL);
	for (unsigned i = 0; i < r->scale->n; i++) {
		struct str rest = r->scale->options[i].labels, label;

		while (rest.len > 0) {
			struct buf AUTO(buf_done) tight = { 0 };

			rest = str_cut(rest, '|', &label);
			buf_init(&tight, LABEL_MAX);
			if (text_fold(label, true, &tight) != 0 ||
			    tight.len == 0 || tight.full)
				continue;
			match_label(r, i, buf_str(&tight));
			r->label_inside |= contains(r->folded, buf_str(&tight));
		}
	}
}
