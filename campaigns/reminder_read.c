/* Which reminder a reply is about, and what it says to it: by the channel's
 * word, by the number it came to, by its letter, by what each would take. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "campaigns/reminder_words.h"
#include "campaigns/reminders_impl.h"
#include "proto/answer.h"
#include "proto/text.h"

#define LETTERS 26

/* By what the trigger itself says of its answers. */
static void read_own(const struct trigger_cfg *t, struct str said,
		     struct reminder_read *out)
{
	struct answer_option options[ANSWER_OPTIONS_MAX];
	char labels[ANSWER_OPTIONS_MAX][256];
	struct answer_scale scale = { ANSWER_CHOICE, options, 0 };
	struct trigger_answer one;
	struct answer a;

	for (size_t i = 0; i < t->answers.len && i < ANSWER_OPTIONS_MAX; i++) {
		if (!trigger_answer(t->answers.v[i], &one) ||
		    str_copy(labels[i], sizeof(labels[i]), one.labels) != 0)
			return; /* trigger_check has said so */
		if (one.labels.len > one.name.len)
			labels[i][one.name.len] = '|';
		options[scale.n++] =
			(struct answer_option){ one.token, str_of(labels[i]),
						(int)i };
	}
	answer_parse(said, &scale, &a, NULL);
	out->about = a.verdict == ANSWER_AMBIGUOUS;
	if (a.verdict == ANSWER_CERTAIN &&
	    trigger_answer(t->answers.v[a.option], &out->a))
		out->answer = (int)a.option;
}

/* By the words that everybody uses for an answer of that name. */
static void read_words(const struct trigger_cfg *t, struct str said,
		       struct reminder_read *out)
{
	struct reminder_said words;
	struct trigger_answer a;

	reminder_words(said, &words);
	out->about |= words.about;
	for (size_t i = 0; words.name != NULL && i < t->answers.len; i++) {
		if (!trigger_answer(t->answers.v[i], &a) ||
		    !str_eqz(a.name, words.name))
			continue;
		out->answer = (int)i;
		out->a = a;
	}
}

/* ---- where a trigger names no answers --------------------------------------------- */

/* The whole reply, or how it begins. */
static const char *const acks[] = { "1",  "y",  "k",  "好",
				    "嗯", "行", "是", "可以" };
static const char *const begins[] = {
	"ok",    "okay", "yes",  "thanks", "thank you", "got it",
	"noted", "收到", "好的", "知道了", "明白",      "已缴",
	"已交",  "已付", "谢谢", "确认",
};

static const char *const questions[] = { "?",   "吗",   "怎么", "什么",
					 "几",  "哪",   "呢",   "为何",
					 "how", "what", "when", "where",
					 "why", "who" };

static bool holds_any(struct str text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (memmem(text.p, text.len, words[i], strlen(words[i])) !=
		    NULL)
			return true;
	return false;
}

/* A Latin word ends where it begins a reply. */
static bool begins_with(struct str text, struct str word)
{
	return str_starts(text, word) &&
	       ((word.p[0] & 0x80) != 0 || text.len == word.len ||
		(text.p[word.len] & 0x80) != 0 ||
		strchr(" ,.!", text.p[word.len]) != NULL);
}

/* "收到,明天去交": they have read it, and ask for nothing. */
static bool acknowledges(struct str said)
{
	AUTO(buf_done) struct buf folded = { 0 }, bare = { 0 };

	buf_init(&folded, 1024);
	buf_init(&bare, 1024);
	if (said.len > 128 || text_fold(said, false, &folded) != 0 ||
	    text_fold(said, true, &bare) != 0 ||
	    holds_any(buf_str(&folded), questions, ARRAY_LEN(questions)))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(acks); i++)
		if (str_eqz(buf_str(&bare), acks[i]))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(begins); i++)
		if (begins_with(str_trim(buf_str(&folded)), str_of(begins[i])))
			return true;
	return false;
}

bool reminder_asks(struct str said)
{
	AUTO(buf_done) struct buf folded = { 0 };

	buf_init(&folded, 1024);
	return text_fold(said, false, &folded) != 0 ||
	       holds_any(buf_str(&folded), questions, ARRAY_LEN(questions));
}

/* ---- letters --------------------------------------------------------------------- */

char reminder_letter(const struct reminder *x)
{
	must(x != NULL);
	char c = x->now.asked[0];

	return c >= 'A' && c <= 'Z' ? c : '\0';
}

/* Is that letter what a trigger offers as an answer? */
static bool is_token(const struct reminder_read *v, unsigned n, char letter)
{
	struct trigger_answer a;

	for (unsigned i = 0; i < n; i++)
		for (size_t k = 0; k < v[i].t->answers.len; k++)
			if (trigger_answer(v[i].t->answers.v[k], &a) &&
			    a.token.len == 1 &&
			    (a.token.p[0] & ~0x20) == letter)
				return true;
	return false;
}

void reminder_letters(struct reminder_read *v, unsigned n)
{
	uint32_t used = 0;

	must(v != NULL && n <= REMINDERS_READ);
	for (char c = 'A'; c <= 'Z'; c++)
		if (is_token(v, n, c))
			used |= BIT(c - 'A');
	for (unsigned i = 0; i < n; i++)
		if (reminder_letter(v[i].x) != 0)
			used |= BIT(reminder_letter(v[i].x) - 'A');
	for (unsigned i = 0; i < n; i++) {
		struct reminder_now *now = &v[i].x->now;
		char letter = reminder_letter(v[i].x);
		unsigned free = (unsigned)__builtin_ctz(~used);

		if (letter == 0 && free < LETTERS) {
			letter = (char)('A' + (char)free);
			used |= BIT(free);
		}
		if (letter != 0)
			(void)snprintf(now->asked, sizeof(now->asked),
				       "%c:%.*s", letter,
				       STR_ARGS(v[i].answer < 0 ? STR_NONE
								: v[i].a.name));
	}
}

/* "A 1", "a取消": the rest is for that one. "cancel" begins with no letter of
 * ours. said may become "". */
static bool begins_with_letter(struct str folded, char letter, struct str *said)
{
	AUTO(buf_done) struct buf bare = { 0 };
	struct str s = str_trim(folded);

	if (s.len == 0 || (s.p[0] & ~0x20) != letter)
		return false;
	s = str_from(s, 1);
	if (s.len > 0 && ((s.p[0] >= 'a' && s.p[0] <= 'z') || s.p[0] == '\''))
		return false;
	while (s.len > 0 && strchr(" :,.)-", s.p[0]) != NULL)
		s = str_from(s, 1);
	buf_init(&bare, BUF_NO_LIMIT);
	/* marks say nothing */
	*said = text_fold(s, true, &bare) == 0 && bare.len == 0 ? STR_NONE : s;
	return true;
}

/* ---- which ------------------------------------------------------------------------ */

void reminder_thread(const struct reminder *x, char out[REMINDER_THREAD])
{
	char id[ID_TEXT];

	must(x != NULL && out != NULL);
	id_text(x->id, id);
	(void)snprintf(out, REMINDER_THREAD, "reminder:%s", id);
}

/* By the channel: it says which message is answered, or came to the number
 * of that conversation. */
static bool is_named(const struct reminder *x, const struct inbound *in)
{
	char thread[REMINDER_THREAD];

	reminder_thread(x, thread);
	return (in->in_reply_to != 0 && in->in_reply_to == x->now.message) ||
	       str_eqz(in->thread, thread);
}

static bool is_awaited(const struct reminders *r, const struct reminder *x,
		       const struct trigger_cfg **t)
{
	if (!x->awaits || (x->now.state != REMINDER_DELIVERED &&
			   x->now.state != REMINDER_WAITING))
		return false;
	*t = reminder_trigger(r, x);
	return *t != NULL && (*t)->answer_within > 0;
}

/* The oldest first; there is room for one more. */
static void insert(struct reminder_read *v, unsigned n, struct reminder *x,
		   const struct trigger_cfg *t)
{
	unsigned at = n;

	while (at > 0 && v[at - 1].x->id > x->id)
		at--;
	memmove(v + at + 1, v + at, (n - at) * sizeof(*v));
	v[at] = (struct reminder_read){ .x = x, .t = t, .answer = -1 };
}

/* To the address that they write from, then to their other ones: an app may
 * answer what came by SMS. */
static unsigned gather(const struct reminders *r, const struct inbound *in,
		       struct reminder_read v[REMINDERS_READ])
{
	const struct trigger_cfg *t;
	unsigned n = 0;

	for (unsigned c = 0; c < REMINDER_CHAINS; c++) {
		struct reminder *x = reminder_newest(r, in->tenant, in->from,
						     (enum reminder_chain)c);

		for (; x != NULL && n < REMINDERS_READ; x = x->older[c])
			if (str_eqz(in->from, x->to) ==
				    (c == REMINDER_BY_ADDRESS) &&
			    is_awaited(r, x, &t))
				insert(v, n++, x, t);
	}
	return n;
}

/* What they had said before they were asked which. */
static void read_before(struct reminder_read *v)
{
	struct str name = str_of(v->x->now.asked + 2);
	struct trigger_answer a;

	for (size_t i = 0; i < v->t->answers.len; i++) {
		if (!trigger_answer(v->t->answers.v[i], &a) ||
		    !str_eq(a.name, name))
			continue;
		v->answer = (int)i;
		v->a = a;
	}
	v->takes = v->answer >= 0 || v->t->answers.len == 0;
}

static void read_one(struct reminder_read *v, struct str said)
{
	if (v->t->answers.len == 0) {
		v->takes = acknowledges(said);
		return;
	}
	read_own(v->t, said, v);
	if (v->answer < 0)
		read_words(v->t, said, v);
	v->takes = v->answer >= 0;
}

/* By its letter, which may stand before an answer; said is what follows. */
static bool by_letter(struct reminder_read *v, unsigned n, struct str folded,
		      struct str *said)
{
	for (unsigned i = 0; i < n; i++) {
		char letter = reminder_letter(v[i].x);

		if (letter == 0 || !begins_with_letter(folded, letter, said))
			continue;
		v[0] = v[i];
		return true;
	}
	return false;
}

static bool by_name(struct reminder_read *v, unsigned n,
		    const struct inbound *in)
{
	for (unsigned i = 0; i < n; i++) {
		if (!is_named(v[i].x, in))
			continue;
		v[0] = v[i];
		return true;
	}
	return false;
}

unsigned reminder_read(struct reminders *r, const struct inbound *in,
		       struct reminder_read v[REMINDERS_READ])
{
	must(r != NULL && in != NULL && v != NULL);
	AUTO(buf_done) struct buf folded = { 0 };
	struct str said = in->text;
	unsigned n = gather(r, in, v);

	buf_init(&folded, BUF_NO_LIMIT);
	if (n == 0 || text_fold(in->text, false, &folded) != 0)
		return n;
	if (by_letter(v, n, buf_str(&folded), &said) || by_name(v, n, in))
		n = 1;
	if (said.len == 0) {
		v[0].about = true;
		read_before(&v[0]);
		return n;
	}
	for (unsigned i = 0; i < n; i++)
		read_one(&v[i], said);
	return n;
}
