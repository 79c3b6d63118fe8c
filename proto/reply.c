/* What a customer's words mean: rules over the classes of their words. */
#include "proto/reply.h"

#include "proto/reply_scan.h"
#include "proto/text.h"

#define PLAIN_MAX 16384
#define TRACE_FORM_MAX 120

const char *reply_word_name(enum reply_word w)
{
	switch (w) {
	case REPLY_NONE:
		return "none";
	case REPLY_OPT_OUT:
		return "opt_out";
	case REPLY_OPT_OUT_SHORT:
		return "opt_out_short";
	case REPLY_SUSPECTED:
		return "suspected";
	case REPLY_OPT_IN:
		return "opt_in";
	case REPLY_YES:
		return "yes";
	case REPLY_HELP:
		return "help";
	}
	return "?";
}

/* A verdict with the rule that gave it. */
struct verdict {
	enum reply_word word;
	const char *rule;
};

/* May stand between a negation and the opt-out it turns round. */
static bool is_thin(enum reply_class c)
{
	return c == RC_LINK || c == RC_AGAIN || c == RC_ME;
}

static bool is_negation(enum reply_class c)
{
	return c == RC_NEG || c == RC_NEGWANT || c == RC_PAST;
}

/* What was found about opting out. */
struct findings {
	unsigned out;     /* opt-out words that are not negated */
	unsigned weak;    /* ... that may mean another thing */
	unsigned soft;    /* ... that are never certain */
	unsigned negated; /* opt-out words turned round */
	unsigned asks;    /* "do not" with a verb of sending */
	unsigned calls;   /* "do not" with a verb of calling */
	unsigned refuses; /* "do not" with an opt-in word */
};

/* From a negation at `at`: the first word that is not thin. */
static enum reply_class after_thin(const struct reply_scan *s, size_t at)
{
	while (++at < s->n)
		if (!is_thin((enum reply_class)s->token[at]))
			return (enum reply_class)s->token[at];
	return RC_BREAK;
}

/* From a negation at `at`: the verb that it forbids, past small words. */
static enum reply_class forbidden(const struct reply_scan *s, size_t at)
{
	while (++at < s->n) {
		enum reply_class c = (enum reply_class)s->token[at];

		if (!is_thin(c) && c != RC_FILL && c != RC_EMPH)
			return c;
	}
	return RC_BREAK;
}

/* True when the words from a negation on are a request not to send. */
static bool asks_not_to(const struct reply_scan *s, size_t at)
{
	enum reply_class neg = (enum reply_class)s->token[at];
	enum reply_class verb = forbidden(s, at);

	if (neg == RC_PAST)
		return false;
	if (verb == RC_SEND || verb == RC_CONTACT)
		return true;
	if (neg == RC_NEG) /* "don't text me", but not "don't get texts" */
		return after_thin(s, at) == RC_MSG;
	return verb == RC_MSG || verb == RC_RECV;
}

static void find_negation(const struct reply_scan *s, size_t at,
			  struct findings *f)
{
	enum reply_class next = after_thin(s, at);

	if (next == RC_OUT || next == RC_WEAK || next == RC_SOFT) {
		f->negated++;
		f->out -= next == RC_OUT;
		f->weak -= next == RC_WEAK;
		f->soft -= next == RC_SOFT;
	} else if (next == RC_IN) {
		f->refuses++;
	} else if (next == RC_CALL) {
		f->calls++;
	} else if (asks_not_to(s, at)) {
		f->asks++;
	}
}

static void find(const struct reply_scan *s, struct findings *f)
{
	*f = (struct findings){
		.out = s->count[RC_OUT],
		.weak = s->count[RC_WEAK],
		.soft = s->count[RC_SOFT],
		.negated = s->count[RC_UNDO],
	};
	for (size_t i = 0; i < s->n; i++) {
		enum reply_class c = (enum reply_class)s->token[i];

		/* of two negations before one word the last one counts */
		if (is_negation(c) && !is_negation(after_thin(s, i)))
			find_negation(s, i, f);
		else if (c == RC_NOMORE && asks_not_to(s, i))
			f->asks++;
	}
}

/* Words that leave a doubt about any rule. */
static unsigned doubts(const struct reply_scan *s)
{
	return s->count[RC_UNKNOWN] + s->count[RC_OTHER] + s->count[RC_QUEST] +
	       s->count[RC_CALL] + s->count[RC_IN] + s->count[RC_HINT] +
	       s->count[RC_SOFT];
}

static struct verdict judge_request(const struct reply_scan *s)
{
	unsigned sure =
		s->count[RC_MSG] + s->count[RC_CONTACT] + s->count[RC_AGAIN];
	unsigned meant = sure + s->count[RC_ME] + s->count[RC_EMPH];

	if (doubts(s) == 0 && meant > 0)
		return (struct verdict){ REPLY_OPT_OUT,
					 "asks for no more messages" };
	if (doubts(s) == 0 || sure > 0)
		return (struct verdict){
			REPLY_SUSPECTED,
			"may ask for no more messages, with other words"
		};
	return (struct verdict){ REPLY_NONE, "asks not to send other things" };
}

/* Opt-out in any form; REPLY_NONE with a rule of NULL: go on. */
static struct verdict judge_out(const struct reply_scan *s)
{
	struct findings f;

	find(s, &f);
	if (f.out + f.weak > 0 && doubts(s) == 0 && f.negated == 0)
		return (struct verdict){ REPLY_OPT_OUT,
					 "only opt-out words and courtesy" };
	if (f.out > 0)
		return (struct verdict){ REPLY_SUSPECTED,
					 "an opt-out word among others" };
	if (s->count[RC_HINT] + f.calls + f.refuses > 0)
		return (struct verdict){ REPLY_SUSPECTED,
					 "sounds like a refusal" };
	if (f.asks > 0)
		return judge_request(s);
	if (f.negated > 0)
		return (struct verdict){ REPLY_NONE, "the opt-out is negated" };
	if (f.weak + f.soft > 0 && s->count[RC_OTHER] > 0)
		return (struct verdict){ REPLY_NONE, "ends another matter" };
	if (f.weak + f.soft > 0)
		return (struct verdict){ REPLY_SUSPECTED,
					 "an ending word among others" };
	if (s->count[RC_NOMORE] > 0 && doubts(s) == 0)
		return (struct verdict){ REPLY_SUSPECTED, "no more of what" };
	if (s->count[RC_NEGWANT] > 0 && s->count[RC_AGAIN] > 0)
		return (struct verdict){ REPLY_SUSPECTED,
					 "does not want it any more" };
	return (struct verdict){ REPLY_NONE, NULL };
}

/* True when the reply has words of `class` and beside them only small ones. */
static bool only(const struct reply_scan *s, enum reply_class class,
		 bool about_messages)
{
	size_t n = s->count[class] + s->count[RC_FILL] + s->count[RC_LINK] +
		   s->count[RC_ME] + s->count[RC_BREAK] + s->count[RC_EMPH];

	if (about_messages)
		n += s->count[RC_MSG] + s->count[RC_RECV] + s->count[RC_SEND] +
		     s->count[RC_YES];
	return s->count[class] > 0 && s->count[RC_UNKNOWN] == 0 && n == s->n;
}

static struct verdict judge_rest(const struct reply_scan *s)
{
	if (only(s, RC_IN, true))
		return (struct verdict){ REPLY_OPT_IN,
					 "only opt-in words and courtesy" };
	if (only(s, RC_HELP, false))
		return (struct verdict){ REPLY_HELP, "asks for help" };
	if (only(s, RC_YES, false))
		return (struct verdict){ REPLY_YES, "says yes" };
	if (only(s, RC_SHORT, false))
		return (struct verdict){ REPLY_OPT_OUT_SHORT, "a short form" };
	if (only(s, RC_WHOLE, false))
		return (struct verdict){ REPLY_OPT_OUT, "the whole reply" };
	return (struct verdict){ REPLY_NONE, "none of our words" };
}

/* A whole reply that is one entry, spaces and marks aside ("s.t.o.p"). */
static struct verdict judge_exact(enum reply_class class)
{
	switch (class) {
	case RC_OUT:
	case RC_WEAK:
	case RC_WHOLE:
		return (struct verdict){ REPLY_OPT_OUT, "exact word" };
	case RC_SHORT:
		return (struct verdict){ REPLY_OPT_OUT_SHORT,
					 "exact short form" };
	case RC_IN:
		return (struct verdict){ REPLY_OPT_IN, "exact word" };
	case RC_YES:
		return (struct verdict){ REPLY_YES, "exact word" };
	case RC_HELP:
		return (struct verdict){ REPLY_HELP, "exact word" };
	case RC_UNKNOWN:
	case RC_BREAK:
	case RC_HINT:
	case RC_SOFT:
	case RC_UNDO:
	case RC_NEG:
	case RC_NEGWANT:
	case RC_PAST:
	case RC_NOMORE:
	case RC_LINK:
	case RC_ME:
	case RC_AGAIN:
	case RC_EMPH:
	case RC_MSG:
	case RC_SEND:
	case RC_RECV:
	case RC_CONTACT:
	case RC_CALL:
	case RC_FILL:
	case RC_OTHER:
	case RC_QUEST:
		break;
	}
	return (struct verdict){ REPLY_NONE, NULL };
}

static bool is_question_mark(struct str folded)
{
	struct str s = str_trim(folded);

	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] != '?')
			return false;
	return s.len > 0;
}

static void trace_put(struct str plain, struct verdict v, struct buf *trace)
{
	size_t len = MIN(plain.len, (size_t)TRACE_FORM_MAX);

	while (len > 0 && len < plain.len && (plain.p[len] & 0xC0) == 0x80)
		len--;
	buf_f(trace, "\"%.*s%s\" -> %s: %s", (int)len, plain.p,
	      len < plain.len ? "..." : "", reply_word_name(v.word), v.rule);
}

static struct verdict judge(struct str utf8, struct buf *plain)
{
	struct buf AUTO(buf_done) folded = { 0 }, AUTO(buf_done) tight = { 0 };
	struct verdict v = { REPLY_NONE, "not UTF-8" };
	struct reply_scan s;

	buf_init(&folded, PLAIN_MAX);
	buf_init(&tight, PLAIN_MAX);
	if (text_fold(utf8, false, &folded) != 0 ||
	    text_fold(utf8, true, &tight) != 0)
		return v;
	if (is_question_mark(buf_str(&folded)))
		return (struct verdict){ REPLY_HELP, "a question mark" };
	reply_plain(buf_str(&folded), plain);
	v = judge_exact(reply_exact(buf_str(&tight)));
	if (v.rule != NULL)
		return v;
	reply_scan(buf_str(plain), &s);
	v = judge_out(&s);
	return v.rule != NULL ? v : judge_rest(&s);
}

enum reply_word reply_word(struct str utf8, struct buf *trace)
{
	must(utf8.p != NULL || utf8.len == 0);
	struct buf AUTO(buf_done) plain = { 0 };

	buf_init(&plain, PLAIN_MAX);
	struct verdict v = judge(utf8, &plain);

	if (trace != NULL)
		trace_put(buf_str(&plain), v, trace);
	return v.word;
}

bool reply_ends(struct str utf8)
{
	must(utf8.p != NULL || utf8.len == 0);
	AUTO(buf_done) struct buf folded = { 0 }, plain = { 0 };
	struct reply_scan s;
	struct findings f;

	buf_init(&folded, PLAIN_MAX);
	buf_init(&plain, PLAIN_MAX);
	if (text_fold(utf8, false, &folded) != 0)
		return false;
	reply_plain(buf_str(&folded), &plain);
	reply_scan(buf_str(&plain), &s);
	find(&s, &f);
	return f.weak + f.soft > 0 &&
	       f.out + f.negated + f.asks + f.calls + f.refuses +
			       s.count[RC_HINT] + s.count[RC_MSG] ==
		       0;
}
