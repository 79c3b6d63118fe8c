/* What people say to a reminder: one of the answers that its trigger names, or
 * that they have read it. Anything else is for others, and for a person; what
 * nobody takes is asked again, once. */
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/reminder_words.h"
#include "campaigns/reminders_impl.h"
#include "model/address.h"
#include "proto/answer.h"
#include "proto/text.h"

/* What a reply is to a trigger's answers. */
struct read {
	int answer; /* number in the list; -1: none for certain */
	struct trigger_answer a;
	bool about; /* it is about them all the same */
};

/* By what the trigger itself says of its answers. */
static void read_own(const struct trigger_cfg *t, struct str said,
		     struct read *out)
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
		       struct read *out)
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

static struct read read_answer(const struct trigger_cfg *t, struct str said)
{
	struct read r = { .answer = -1 };

	read_own(t, said, &r);
	if (r.answer < 0)
		read_words(t, said, &r);
	return r;
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

/* ---- heard ---------------------------------------------------------------------- */

static bool is_in(const struct setting_list *l, struct str word)
{
	for (size_t i = 0; i < l->len; i++)
		if (str_eqz(word, l->v[i]))
			return true;
	return false;
}

/* answer: its name, "" where none is named. */
static void end(struct reminders *r, struct reminder *x,
		const struct trigger_cfg *t, struct str answer)
{
	const struct reminder_now before = x->now;

	IGNORE(str_copy(x->now.answer, sizeof(x->now.answer), answer));
	if (x->now.delivered_ms == 0) /* who answers has it */
		reminder_arrived(r, x, t);
	IGNORE(map_del(r->waiting, address_key(STR_NONE, str_of(x->to)), NULL));
	reminder_message(r, x, 0); /* its receipt is no news any more */
	reminder_move(x, REMINDER_ANSWERED);
	reminder_due(r, x, 0);
	if (t->follow[0] != '\0')
		reminder_follow(r, x, t,
				clock_wall_ms(r->env.clock) + t->follow_after);
	reminder_keep(r, x);
	reminder_tell(r, x, "reminder.answered");
	reminder_guard(r, x, &before);
}

/* One that waits for a word of theirs. */
static struct reminder *awaited(const struct reminders *r,
				const struct inbound *in,
				const struct trigger_cfg **t)
{
	struct reminder *x =
		map_ptr(r->waiting, address_key(STR_NONE, in->from));

	if (x == NULL || !str_eqz(in->from, x->to) ||
	    (x->now.state != REMINDER_DELIVERED &&
	     x->now.state != REMINDER_WAITING))
		return NULL;
	*t = reminder_trigger(r, x);
	return *t == NULL || (*t)->answer_within == 0 ? NULL : x;
}

static const char *claim(void *owner, const struct inbound *in)
{
	struct reminders *r = owner;
	const struct trigger_cfg *t;
	struct reminder *x = awaited(r, in, &t);

	if (r->stopped || x == NULL)
		return NULL;
	if (t->answers.len == 0) {
		bool read = acknowledges(in->text);

		/* who asks something has read it, too; but it is no answer */
		end(r, x, t, STR_NONE);
		return read ? CLAIM_REMINDER : NULL;
	}
	struct read a = read_answer(t, in->text);

	if (a.answer < 0)
		return NULL;
	end(r, x, t, a.a.name);
	reminder_say_back(r, x, t, (unsigned)a.answer, in);
	if (is_in(&t->call_on, a.a.name))
		reminder_call(r, x, t);
	return CLAIM_REMINDER;
}

/* "Yes" is an answer where answers are awaited. */
static bool awaits(void *owner, const struct inbound *in)
{
	const struct trigger_cfg *t;

	return awaited(owner, in, &t) != NULL;
}

static bool answers(void *owner, const struct inbound *in)
{
	const struct trigger_cfg *t;

	return awaited(owner, in, &t) != NULL &&
	       read_answer(t, in->text).answer >= 0;
}

const struct claimant_ops reminders_claimant = { claim, awaits, NULL, answers };

/* ---- unclear --------------------------------------------------------------------- */

static bool asks(struct str said)
{
	AUTO(buf_done) struct buf folded = { 0 };

	buf_init(&folded, 1024);
	return text_fold(said, false, &folded) != 0 ||
	       holds_any(buf_str(&folded), questions, ARRAY_LEN(questions));
}

/* Nobody takes it, and an answer is awaited: they are told the choices, once.
 * What is not about those is for a person all the same. */
static const char *unclear(void *owner, const struct inbound *in)
{
	struct reminders *r = owner;
	const struct trigger_cfg *t;
	struct reminder *x = awaited(r, in, &t);

	if (r->stopped || x == NULL || t->answers.len == 0 ||
	    x->now.asked[0] != '\0')
		return NULL;
	bool about = read_answer(t, in->text).about;

	if (!about && asks(in->text))
		return NULL;
	const struct reminder_now before = x->now;

	IGNORE(str_copy(x->now.asked, sizeof(x->now.asked), STR("again")));
	reminder_say_again(r, x, t, in);
	reminder_keep(r, x);
	reminder_guard(r, x, &before);
	return about ? CLAIM_REMINDER : NULL;
}

const struct claimant_ops reminders_unclear_claimant = { unclear, NULL, NULL,
							 NULL };
