/* What a reply to a question means: the rules, in their order. */
#include "proto/answer.h"

#include <errno.h>

#include "proto/answer_read.h"
#include "proto/reply.h"
#include "proto/text.h"

#define FOLDED_MAX 16384
#define TRACE_FORM_MAX 120

static const char *const kind_names[ANSWER_KINDS] = {
	[ANSWER_CSAT] = "csat",     [ANSWER_NPS] = "nps",
	[ANSWER_CES] = "ces",       [ANSWER_CHOICE] = "choice",
	[ANSWER_YES_NO] = "yes_no", [ANSWER_TEXT] = "text",
};

static const char *const verdict_names[ANSWER_VERDICTS] = {
	[ANSWER_CERTAIN] = "certain",
	[ANSWER_AMBIGUOUS] = "ambiguous",
	[ANSWER_NONE] = "none",
	[ANSWER_OPT_OUT] = "opt_out",
};

const char *answer_kind_name(enum answer_kind k)
{
	must((unsigned)k < ANSWER_KINDS);
	return kind_names[k];
}

int answer_kind_find(struct str name, enum answer_kind *out)
{
	must(out != NULL);
	for (unsigned i = 0; i < ANSWER_KINDS; i++) {
		if (!str_eqz(name, kind_names[i]))
			continue;
		*out = (enum answer_kind)i;
		return 0;
	}
	return -ENOENT;
}

const char *answer_verdict_name(enum answer_verdict v)
{
	must((unsigned)v < ANSWER_VERDICTS);
	return verdict_names[v];
}

void answer_read(struct str folded, const struct answer_scale *scale,
		 struct answer_read *out)
{
	must(out != NULL && scale != NULL);
	*out = (struct answer_read){ .folded = folded, .scale = scale };
	answer_scan(folded, scale, &out->scan);
	out->nphrases = answer_phrases(&out->scan, out->phrases);
	for (unsigned i = 0; i < out->nphrases; i++)
		for (unsigned k = out->phrases[i].from; k < out->phrases[i].to;
		     k++)
			out->used[k] = true;
	answer_labels(out);
}

/* ---- verdicts ---------------------------------------------------------------- */

/* What was decided, and up to which token the score goes. */
struct ruling {
	enum answer_verdict verdict;
	unsigned option;
	unsigned from, to;
	const char *rule; /* NULL: not decided yet */
};

static struct ruling ambiguous(const char *rule)
{
	return (struct ruling){ .verdict = ANSWER_AMBIGUOUS, .rule = rule };
}

static struct ruling certain(int option, unsigned from, unsigned to,
			     const char *rule)
{
	return (struct ruling){ ANSWER_CERTAIN, (unsigned)option, from, to,
				rule };
}

static int lowest(uint32_t bits)
{
	return bits == 0 ? -1 : __builtin_ctz(bits);
}

static bool is_after_but(const struct answer_read *r, unsigned token)
{
	for (unsigned i = 0; i < token; i++)
		if (r->scan.v[i].class == AC_BUT)
			return true;
	return false;
}

/* Opinions and pictures on the side of the score, and against it. */
static bool contradicts(const struct answer_read *r, unsigned option)
{
	int sign = answer_scale_sign(r->scale, option);
	unsigned with = 0, against = 0;

	if (sign == 0)
		return false;
	for (unsigned i = 0; i < r->nphrases; i++) {
		const struct answer_phrase *p = &r->phrases[i];

		if (p->vague || is_after_but(r, p->from))
			continue;
		with += p->level * sign > 0;
		against += p->level * sign < 0;
	}
	for (unsigned i = 0; i < r->scan.n; i++) {
		enum answer_class c = (enum answer_class)r->scan.v[i].class;
		bool yes_no = r->scale->kind == ANSWER_YES_NO && !r->used[i];

		if (c == AC_UP || (yes_no && c == AC_YES))
			*(sign > 0 ? &with : &against) += 1;
		else if (c == AC_DOWN ||
			 (yes_no && (c == AC_NO || c == AC_NEG)))
			*(sign < 0 ? &with : &against) += 1;
	}
	return against > 0 && with == 0;
}

/* A label of another option; on a scale a number wins over a neighbour's. */
static bool names_another(const struct answer_read *r, unsigned option)
{
	for (unsigned i = 0; i < r->scale->n; i++) {
		if ((r->labels >> i & 1) == 0 || i == option)
			continue;
		if (answer_scale_sign(r->scale, i) *
			    answer_scale_sign(r->scale, option) <=
		    0)
			return true;
	}
	return false;
}

static struct ruling by_number(const struct answer_read *r)
{
	struct answer_pick p;

	answer_pick(r, &p);
	if (!p.any)
		return (struct ruling){ .rule = NULL };
	if (!p.certain)
		return ambiguous("a number that may be no answer");
	if (names_another(r, p.option))
		return ambiguous("a number, and the words of another one");
	if (contradicts(r, p.option))
		return ambiguous("a number, and words that say the contrary");
	return certain((int)p.option, p.from, p.to, p.rule);
}

static bool in_doubt(const struct answer_read *r, unsigned i)
{
	enum answer_class c = (enum answer_class)r->scan.v[i].class;

	return !r->used[i] && (c == AC_DOUBT || c == AC_QUEST || c == AC_NEG ||
			       c == AC_NO || c == AC_UNKNOWN || c == AC_ODD);
}

static bool clause_in_doubt(const struct answer_read *r, unsigned token)
{
	unsigned a, b;

	answer_clause(&r->scan, token, &a, &b);
	for (unsigned i = a; i < b; i++)
		if (in_doubt(r, i))
			return true;
	return false;
}

/* An opinion in the question's own words that means another option. */
static bool says_another(const struct answer_read *r, unsigned option)
{
	for (unsigned i = 0; i < r->nphrases; i++) {
		int other = answer_scale_phrase(r->scale, &r->phrases[i]);

		if (other >= 0 && (unsigned)other != option)
			return true;
	}
	return false;
}

static struct ruling by_label(const struct answer_read *r)
{
	int option = lowest(r->labels);

	if (option < 0)
		return (struct ruling){ .rule = NULL };
	if ((r->labels & (r->labels - 1)) != 0)
		return ambiguous("the words of two answers");
	if (contradicts(r, (unsigned)option) ||
	    says_another(r, (unsigned)option))
		return ambiguous("the words of one answer, and of another");
	return certain(option, r->label_from, r->label_to,
		       "the words of the answer");
}

/* One opinion in the question's own words. */
static struct ruling by_phrase(const struct answer_read *r)
{
	int found = -1;
	unsigned at = 0;

	for (unsigned i = 0; i < r->nphrases; i++) {
		const struct answer_phrase *p = &r->phrases[i];
		int option = answer_scale_phrase(r->scale, p);

		if (p->domain == DOMAIN_GOOD && option < 0)
			continue;
		if (option < 0 || clause_in_doubt(r, p->from))
			return ambiguous("an opinion that may mean several");
		if (found >= 0 && found != option)
			return ambiguous("two opinions");
		if (found < 0)
			at = i;
		found = option;
	}
	if (found < 0)
		return (struct ruling){ .rule = NULL };
	if (contradicts(r, (unsigned)found))
		return ambiguous("an opinion, and its contrary");
	return certain(found, r->phrases[at].from, r->phrases[at].to,
		       "an opinion in the words of the question");
}

/* Stars by their number. */
static struct ruling by_stars(const struct answer_read *r)
{
	for (unsigned i = 0; i < r->scan.n; i++) {
		const struct answer_token *t = &r->scan.v[i];
		int option = answer_scale_number(r->scale, t->value);

		if (t->class != AC_STARS)
			continue;
		if (r->scale->kind != ANSWER_CSAT || option < 0 ||
		    answer_scale_reversed(r->scale) || clause_in_doubt(r, i) ||
		    contradicts(r, (unsigned)option))
			return ambiguous("stars that may mean several");
		return certain(option, i, i + 1, "so many stars");
	}
	return (struct ruling){ .rule = NULL };
}

/* -1, 1: a clause that says no, or yes, and nothing else; 0: neither. */
static int clause_says(const struct answer_read *r, unsigned a, unsigned b)
{
	bool yes = false, no = false;

	for (unsigned i = a; i < b; i++) {
		enum answer_class c = (enum answer_class)r->scan.v[i].class;

		if (c == AC_YES || c == AC_UP)
			yes = true;
		else if (c == AC_NO || c == AC_NEG || c == AC_DOWN)
			no = true;
		else if ((c != AC_FILL && c != AC_BUT && c != AC_LEAD &&
			  c != AC_PICTURE && c != AC_VAGUE) ||
			 r->used[i])
			return 0;
		if ((c == AC_NEG || c == AC_NO) && r->used[i])
			return 0;
	}
	return yes == no ? 0 : yes ? 1 : -1;
}

/* Yes or no; thumbs on scales that have but two sides. */
static struct ruling by_side(const struct answer_read *r)
{
	bool yes_no = r->scale->kind == ANSWER_YES_NO && r->scale->n == 2;
	unsigned a = 0, b, from = 0, to = 0;
	int side = 0;

	if (!yes_no && !(answer_scale_ordered(r->scale) && r->scale->n == 3))
		return (struct ruling){ .rule = NULL };
	for (; a < r->scan.n; a = b + 1) {
		answer_clause(&r->scan, a, &a, &b);
		int says = clause_says(r, a, b);

		if (!yes_no && r->scan.v[a].class != AC_UP &&
		    r->scan.v[a].class != AC_DOWN)
			continue;
		if (says * side < 0)
			return ambiguous("yes and no");
		if (says != 0 && side == 0) {
			from = a;
			to = b;
			side = says;
		}
	}
	if (side == 0)
		return (struct ruling){ .rule = NULL };
	unsigned option =
		answer_scale_at(r->scale, side > 0 ? r->scale->n - 1 : 0);
	if (names_another(r, option))
		return ambiguous("yes or no, and the words of the contrary");
	return certain((int)option, from, to, "yes or no");
}

static bool speaks_of_it(const struct answer_read *r)
{
	for (unsigned i = 0; i < r->nphrases; i++)
		if (r->phrases[i].domain != DOMAIN_GOOD)
			return true;
	for (unsigned i = 0; i < r->scan.n; i++) {
		enum answer_class c = (enum answer_class)r->scan.v[i].class;

		if (c == AC_UP || c == AC_DOWN || c == AC_STARS ||
		    c == AC_TOKEN || c == AC_PICTURE || c == AC_FULL)
			return true;
	}
	return r->label_inside;
}

/* Nothing is certain: is it about the question at all? Praise and blame
 * among other words are for a person to read. */
static struct ruling by_evidence(const struct answer_read *r)
{
	struct ruling none = { .verdict = ANSWER_NONE, .rule = "nothing said" };

	if (speaks_of_it(r))
		return ambiguous("an opinion that may mean several");
	if (r->scan.n == 0)
		return none;
	none.rule = "other words";
	for (unsigned i = 0; i < r->scan.n; i++) {
		enum answer_class c = (enum answer_class)r->scan.v[i].class;

		if (c == AC_UNKNOWN || c == AC_OTHER ||
		    (c == AC_QUEST && r->scale->kind != ANSWER_YES_NO))
			return none;
	}
	return ambiguous("words that answer nothing");
}

static struct ruling judge(const struct answer_read *r)
{
	static struct ruling (*const rules[])(const struct answer_read *) = {
		by_number, by_side, by_label, by_phrase, by_stars, by_evidence,
	};
	struct ruling x = { .rule = NULL };

	for (size_t i = 0; x.rule == NULL; i++)
		x = rules[i](r);
	return x;
}

/* ---- comments ---------------------------------------------------------------- */

/* Where in the reply the first n bytes of its folded form end. */
static size_t unfold(struct str utf8, size_t n)
{
	struct buf AUTO(buf_done) one = { 0 };
	size_t at = 0, sum = 0;

	buf_init(&one, FOLDED_MAX);
	while (at < utf8.len) {
		size_t next = at;

		(void)text_next(utf8, &next);
		buf_reset(&one);
		if (text_fold(str_first(str_from(utf8, at), next - at), false,
			      &one) != 0)
			return utf8.len;
		/* what folds to nothing belongs to what stands before it */
		if (sum >= n && one.len > 0)
			break;
		sum += one.len;
		at = next;
	}
	return at;
}

static bool is_separator(uint32_t cp)
{
	return cp <= ' ' || cp == 0x3000 || cp == 0x3001 || cp == 0x3002 ||
	       cp == 0xFF0C || cp == 0xFF01 || cp == 0xFF1A || cp == 0xFF0E ||
	       cp == 0xFF1B || cp == 0xFF5E ||
	       (cp < 0x80 && (cp == ',' || cp == '.' || cp == ':' ||
			      cp == ';' || cp == '-' || cp == '!' ||
			      cp == '~' || cp == '=' || cp == ')'));
}

static struct str skip_separators(struct str s)
{
	size_t at = 0;

	while (at < s.len) {
		size_t next = at;

		if (!is_separator(text_next(s, &next)))
			break;
		at = next;
	}
	return str_trim(str_from(s, at));
}

static bool says_something(const struct answer_read *r, unsigned from,
			   unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		enum answer_class c = (enum answer_class)r->scan.v[i].class;

		if (c != AC_FILL && c != AC_BREAK && c != AC_LEAD &&
		    c != AC_UNIT && c != AC_BUT && c != AC_PICTURE)
			return true;
	}
	return false;
}

/* What follows the score; when it stands at the end, the whole reply. */
static struct str comment_of(struct str utf8, const struct answer_read *r,
			     const struct ruling *x)
{
	if (x->verdict != ANSWER_CERTAIN)
		return STR_NONE;
	if (says_something(r, x->to, r->scan.n))
		return skip_separators(
			str_from(utf8, unfold(utf8, r->scan.v[x->to - 1].to)));
	if (says_something(r, 0, x->from))
		return str_trim(utf8);
	return STR_NONE;
}

/* ---- the whole ---------------------------------------------------------------- */

static void trace_put(struct buf *trace, struct str folded,
		      const struct answer_scan *s, const struct answer *a,
		      const struct answer_scale *scale)
{
	size_t len = MIN(folded.len, (size_t)TRACE_FORM_MAX);

	while (len > 0 && len < folded.len && (folded.p[len] & 0xC0) == 0x80)
		len--;
	buf_c(trace, '"');
	for (size_t i = 0; i < len; i++)
		buf_c(trace,
		      (unsigned char)folded.p[i] < ' ' ? ' ' : folded.p[i]);
	buf_z(trace, len < folded.len ? "...\"" : "\"");
	for (unsigned i = 0; i < s->n && i < 24; i++)
		buf_f(trace, "%s%s", i == 0 ? " = " : " ",
		      answer_class_name((enum answer_class)s->v[i].class));
	buf_f(trace, " -> %s", answer_verdict_name(a->verdict));
	if (a->verdict == ANSWER_CERTAIN && scale->n > 0)
		buf_f(trace, " %.*s",
		      STR_ARGS(scale->options[a->option].token));
	buf_f(trace, ": %s", a->rule);
}

static bool is_refusal(struct str utf8)
{
	enum reply_word w = reply_word(utf8, NULL);

	return w == REPLY_OPT_OUT || w == REPLY_SUSPECTED;
}

static bool is_blank(struct str folded)
{
	return skip_separators(folded).len == 0;
}

void answer_parse(struct str utf8, const struct answer_scale *scale,
		  struct answer *out, struct buf *trace)
{
	must(out != NULL && scale != NULL);
	must(scale->n <= ANSWER_OPTIONS_MAX);
	must(utf8.p != NULL || utf8.len == 0);
	struct buf AUTO(buf_done) folded = { 0 };
	struct answer_read r = { .scan = { .n = 0 } };
	struct ruling x = { .verdict = ANSWER_NONE, .rule = "not UTF-8" };

	*out = (struct answer){ .comment = STR_NONE };
	buf_init(&folded, FOLDED_MAX);
	if (text_fold(utf8, false, &folded) == 0) {
		answer_read(buf_str(&folded), scale, &r);
		if (is_refusal(utf8))
			x = (struct ruling){ .verdict = ANSWER_OPT_OUT,
					     .rule = "refuses messages" };
		else if (scale->kind == ANSWER_TEXT)
			x = is_blank(buf_str(&folded))
				    ? (struct ruling){ .verdict = ANSWER_NONE,
						       .rule = "nothing said" }
				    : certain(0, 0, 0,
					      "any words are an answer");
		else
			x = judge(&r);
	}
	out->verdict = x.verdict;
	out->option = x.option;
	out->rule = x.rule;
	out->comment = scale->kind == ANSWER_TEXT && x.verdict == ANSWER_CERTAIN
			       ? str_trim(utf8)
			       : comment_of(utf8, &r, &x);
	if (trace != NULL)
		trace_put(trace, buf_str(&folded), &r.scan, out, scale);
}
