/* The words of an answer, found in a table by the longest that fits. */
#include "proto/answer_scan.h"

#include <string.h>
#include <utf8proc.h>

#include "proto/text.h"

#define ANSWER_WORD(text, name) { text, sizeof(text) - 1, AC_##name, 0 },
#define ANSWER_NUMBER(text, value) { text, sizeof(text) - 1, AC_NUMBER, value },
static const struct {
	const char *z;
	uint8_t len;
	uint8_t class;
	uint8_t value;
} words[] = {
#include "proto/answer_words.def"
};
#undef ANSWER_WORD
#undef ANSWER_NUMBER

static const char *const class_names[AC_CLASSES] = {
	[AC_UNKNOWN] = "?",   [AC_BREAK] = "|",      [AC_QUEST] = "question",
	[AC_NUMBER] = "#",    [AC_ODD] = "odd",      [AC_TOKEN] = "token",
	[AC_STARS] = "stars", [AC_PICTURE] = "pic",  [AC_FILL] = ".",
	[AC_BUT] = "but",     [AC_LEAD] = "lead",    [AC_UNIT] = "points",
	[AC_STAR] = "star",   [AC_OTHER] = "unit",   [AC_DATE] = "date",
	[AC_NTH] = "nth",     [AC_OF] = "of",        [AC_DOUBT] = "doubt",
	[AC_NEG] = "not",     [AC_VERY] = "very",    [AC_QUITE] = "quite",
	[AC_VAGUE] = "vague", [AC_ATALL] = "at-all", [AC_SAT] = "sat",
	[AC_UNSAT] = "unsat", [AC_EASY] = "easy",    [AC_HARD] = "hard",
	[AC_GOOD] = "good",   [AC_BAD] = "bad",      [AC_MID] = "mid",
	[AC_YES] = "yes",     [AC_NO] = "no",        [AC_UP] = "up",
	[AC_DOWN] = "down",   [AC_FULL] = "full",    [AC_TEN] = "ten",
};

const char *answer_class_name(enum answer_class c)
{
	must((unsigned)c < AC_CLASSES);
	return class_names[c];
}

static bool is_digit(uint32_t cp)
{
	return cp >= '0' && cp <= '9';
}

static bool is_apostrophe(uint32_t cp)
{
	return cp == '\'' || cp == 0x2018 || cp == 0x2019;
}

static bool is_full_star(uint32_t cp)
{
	return cp == 0x2B50 || cp == 0x2605 || cp == 0x1F31F;
}

static bool is_empty_star(uint32_t cp)
{
	return cp == 0x2606;
}

static bool is_skin(uint32_t cp)
{
	return (cp >= 0x1F3FB && cp <= 0x1F3FF) || cp == 0x200D;
}

/* Where the scan stands. */
struct cursor {
	struct str s;
	size_t at;
	bool gap;
	struct answer_scan *out;
};

static uint32_t peek(const struct cursor *c, size_t at)
{
	return at < c->s.len ? text_next(c->s, &at) : 0;
}

static void push(struct cursor *c, enum answer_class class, size_t to,
		 int32_t value)
{
	struct answer_scan *o = c->out;

	if (o->n < ANSWER_TOKENS_MAX)
		o->v[o->n++] = (struct answer_token){
			.class = (uint8_t) class,
			.gap = c->gap,
			.from = (uint16_t)c->at,
			.to = (uint16_t)to,
			.value = value,
		};
	c->at = to;
	c->gap = false;
}

/* Bytes of s that spell the word, apostrophes aside and any run of spaces for
 * one; 0: they do not. */
static size_t spells(struct str s, const char *z, size_t len)
{
	size_t at = 0, i = 0;

	while (i < len) {
		size_t next = at;
		uint32_t cp = at < s.len ? text_next(s, &next) : 0;

		if (cp == 0)
			return 0;
		if (is_apostrophe(cp) && i > 0) {
			at = next;
			continue;
		}
		if (next - at > len - i || memcmp(s.p + at, z + i, next - at))
			return 0;
		i += next - at;
		at = next;
	}
	return at;
}

/* Whether a Latin word may end at `at`. */
static bool ends_at(struct str s, size_t at)
{
	if (at >= s.len)
		return true;
	uint32_t cp = text_next(s, &at);

	if (is_apostrophe(cp)) /* dogs' */
		return true;
	return text_is_dense(cp) || (!text_is_letter(cp) && !is_digit(cp));
}

static bool take_word(struct cursor *c)
{
	struct str s = str_from(c->s, c->at);
	size_t best = 0, found = 0;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (words[i].z[0] != s.p[0] || words[i].len <= best)
			continue;
		size_t len = spells(s, words[i].z, words[i].len);

		if (len <= best || ((unsigned char)words[i].z[0] < 0xE2 &&
				    words[i].z[0] != '?' && !ends_at(s, len)))
			continue;
		best = len;
		found = i;
	}
	if (best == 0)
		return false;
	push(c, (enum answer_class)words[found].class, c->at + best,
	     words[found].value);
	return true;
}

/* ---- numbers ---------------------------------------------------------------- */

/* What stands between two numbers, and what both make of it. */
static size_t take_tail(struct cursor *c, size_t at, enum answer_class *class,
			int32_t *of)
{
	enum answer_class second = AC_ODD;
	int32_t value = 0;
	bool dense;
	size_t to = at, len;
	uint32_t mark;

	while (peek(c, to) == ' ')
		to++;
	mark = peek(c, to);
	if (mark == '%' || (mark == '+' && to == at)) {
		*class = AC_ODD;
		return to + 1;
	}
	if (to != at && mark != '/')
		return at;
	if (mark == 0 || strchr(".:/-~", (int)mark) == NULL || mark > 0x7F)
		return at;
	size_t next = to + 1;
	while (mark == '/' && peek(c, next) == ' ')
		next++;
	len = is_digit(peek(c, next)) ? answer_number(str_from(c->s, next),
						      &second, &value, &dense)
				      : 0;
	if (len == 0) {
		/* "5-" at the end may mean a little less */
		if (mark == '-' && next >= c->s.len)
			*class = AC_ODD;
		return mark == '-' && next >= c->s.len ? next : at;
	}
	if (mark == '/' && second == AC_NUMBER)
		*of = value;
	else if (mark != '.' || value != 0 || second != AC_NUMBER)
		*class = AC_ODD;
	next += len;
	/* 2024-05-03, 10:30:15, 1.2.3 */
	while (next < c->s.len && strchr(".:/-~", c->s.p[next]) != NULL &&
	       is_digit(peek(c, next + 1))) {
		*class = AC_ODD;
		next++;
		while (is_digit(peek(c, next)))
			next++;
	}
	return next;
}

/* A sign stands directly before: "-5", ">4". */
static bool signed_before(const struct cursor *c)
{
	return c->at > 0 && strchr("-+<>", c->s.p[c->at - 1]) != NULL;
}

static bool take_number(struct cursor *c)
{
	enum answer_class class;
	int32_t value, of = 0;
	bool dense;
	size_t from = c->at;
	size_t len =
		answer_number(str_from(c->s, from), &class, &value, &dense);

	if (len == 0)
		return false;
	size_t to = from + len;

	if (!dense && class != AC_UNKNOWN)
		to = take_tail(c, to, &class, &of);
	/* 100% is a way to say very */
	if (class == AC_ODD && value == 100 && c->s.p[to - 1] == '%')
		class = AC_VERY;
	else if (class == AC_NUMBER && signed_before(c))
		class = AC_ODD;
	unsigned n = c->out->n;

	push(c, class, to, value);
	if (c->out->n > n) {
		c->out->v[n].dense = dense;
		c->out->v[n].of = of;
	}
	return true;
}

/* ---- the rest ---------------------------------------------------------------- */

static bool take_stars(struct cursor *c)
{
	int32_t full = 0, all = 0;
	size_t at = c->at, to = at;

	while (at < c->s.len) {
		uint32_t cp = text_next(c->s, &at);

		if (!is_full_star(cp) && !is_empty_star(cp))
			break;
		full += is_full_star(cp);
		all++;
		to = at;
	}
	if (all == 0)
		return false;
	push(c, full > 0 ? AC_STARS : AC_ODD, to, full);
	return true;
}

/* Letters that are all tokens of the scale: one is a token, more are odd. */
static bool take_letters(struct cursor *c, const struct answer_scale *scale)
{
	size_t len = 0;
	int32_t which = -1;
	bool letters = false;

	for (unsigned i = 0; i < scale->n; i++)
		letters |= answer_token_value(scale->options[i].token) < 0;
	while (c->at + len < c->s.len && c->s.p[c->at + len] >= 'a' &&
	       c->s.p[c->at + len] <= 'z')
		len++;
	if (!letters || len == 0 || len > 3 || !ends_at(c->s, c->at + len))
		return false;
	for (unsigned i = 0; i < scale->n; i++) {
		struct str t = scale->options[i].token;

		if (t.len == 1 && (t.p[0] | 0x20) == c->s.p[c->at])
			which = (int32_t)i;
	}
	if (len == 1 && which < 0 && c->s.p[c->at] == 'i')
		return false;
	if (len == 1) {
		push(c, which >= 0 ? AC_TOKEN : AC_ODD, c->at + 1, which);
		return true;
	}
	for (size_t k = 0; k < len; k++)
		if (c->s.p[c->at + k] - 'a' >= (int)scale->n)
			return false;
	push(c, AC_ODD, c->at + len, 0);
	return true;
}

/* An unknown word: a Latin one to its end, or one dense character. */
static void take_unknown(struct cursor *c)
{
	size_t at = c->at;
	uint32_t cp = text_next(c->s, &at);
	struct answer_scan *o = c->out;
	bool joins = o->n > 0 && o->v[o->n - 1].class == AC_UNKNOWN &&
		     o->v[o->n - 1].to == c->at && text_is_dense(cp);

	while (!text_is_dense(cp) && at < c->s.len) {
		size_t next = at;
		uint32_t more = text_next(c->s, &next);

		if (text_is_dense(more) ||
		    (!text_is_letter(more) && !is_digit(more) &&
		     !is_apostrophe(more)))
			break;
		at = next;
	}
	if (!joins) {
		push(c, AC_UNKNOWN, at, 0);
		return;
	}
	o->v[o->n - 1].to = (uint16_t)at;
	c->at = at;
}

static bool is_break(const struct cursor *c, uint32_t cp)
{
	if (cp < 0x80 && cp != 0 && strchr(".,!;:\n\r()=", (int)cp) != NULL)
		return true;
	if (cp == 0x3001 || cp == 0x3002 || cp == 0xFF61)
		return true;
	/* a dash or tilde that joins no two numbers */
	return (cp == '-' || cp == '~' || cp == 0x2014 || cp == 0x2013) &&
	       c->at > 0 && c->out->n > 0;
}

static void take_mark(struct cursor *c, uint32_t cp, size_t next)
{
	if (is_break(c, cp)) {
		push(c, AC_BREAK, next, 0);
		return;
	}
	if (utf8proc_category((utf8proc_int32_t)cp) == UTF8PROC_CATEGORY_SO &&
	    !is_skin(cp)) {
		push(c, AC_PICTURE, next, 0);
		return;
	}
	c->gap = c->gap || !is_skin(cp);
	c->at = next;
}

/* Units that follow no number are words like others. */
static void settle_units(struct answer_scan *o)
{
	for (unsigned i = 0; i < o->n; i++) {
		struct answer_token *t = &o->v[i];
		bool after = i > 0 && (o->v[i - 1].class == AC_NUMBER ||
				       o->v[i - 1].class == AC_ODD ||
				       o->v[i - 1].class == AC_DATE ||
				       o->v[i - 1].class == AC_FULL);

		if (after)
			continue;
		if (t->class == AC_OTHER || t->class == AC_DATE)
			t->class = t->to - t->from <= 3 ? AC_FILL : AC_UNKNOWN;
		else if (t->class == AC_UNIT || t->class == AC_STAR)
			t->class = AC_UNKNOWN;
	}
}

void answer_scan(struct str folded, const struct answer_scale *scale,
		 struct answer_scan *out)
{
	must(out != NULL && scale != NULL);
	must(folded.p != NULL || folded.len == 0);
	struct cursor c = { .s = str_first(folded, UINT16_MAX), .out = out };

	out->n = 0;
	while (c.at < c.s.len && out->n < ANSWER_TOKENS_MAX) {
		size_t next = c.at;
		uint32_t cp = text_next(c.s, &next);

		if (take_stars(&c) || take_letters(&c, scale) ||
		    take_word(&c) || take_number(&c))
			continue;
		if (text_is_letter(cp) || is_digit(cp))
			take_unknown(&c);
		else
			take_mark(&c, cp, next);
	}
	settle_units(out);
}

void answer_clause(const struct answer_scan *s, unsigned i, unsigned *from,
		   unsigned *to)
{
	unsigned a = i, b = i;

	while (a > 0 && s->v[a - 1].class != AC_BREAK)
		a--;
	while (b < s->n && s->v[b].class != AC_BREAK)
		b++;
	*from = a;
	*to = b;
}
