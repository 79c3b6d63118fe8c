/* What people say to a reminder: one of the answers that its trigger names, or
 * that they have read it. Anything else is for others, and for a person. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/reminders_impl.h"
#include "model/address.h"
#include "proto/answer.h"
#include "proto/text.h"

/* Which of the trigger's answers it is; -1: none for certain. */
static int find_answer(const struct trigger_cfg *t, struct str said,
		       struct trigger_answer *out)
{
	struct answer_option options[ANSWER_OPTIONS_MAX];
	char labels[ANSWER_OPTIONS_MAX][256];
	struct answer_scale scale = { ANSWER_CHOICE, options, 0 };
	struct trigger_answer one;
	struct answer a;

	for (size_t i = 0; i < t->answers.len && i < ANSWER_OPTIONS_MAX; i++) {
		if (!trigger_answer(t->answers.v[i], &one) ||
		    str_copy(labels[i], sizeof(labels[i]), one.labels) != 0)
			return -1; /* trigger_check has said so */
		if (one.labels.len > one.name.len)
			labels[i][one.name.len] = '|';
		options[scale.n++] =
			(struct answer_option){ one.token, str_of(labels[i]),
						(int)i };
	}
	answer_parse(said, &scale, &a, NULL);
	if (a.verdict != ANSWER_CERTAIN ||
	    !trigger_answer(t->answers.v[a.option], out))
		return -1;
	return (int)a.option;
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

static void say_back(struct reminders *r, const struct reminder *x,
		     const struct trigger_cfg *t, int answer,
		     const struct inbound *in)
{
	struct str lang =
		gateway_lang(r->env.gateway, str_of(x->tenant), str_of(x->to));
	bool zh = lang.len > 0 ? str_starts(lang, STR("zh"))
			       : text_has_han(str_of(x->text));
	const struct setting_list *l =
		(zh && t->said_zh.len > 0) || t->said_en.len == 0 ? &t->said_zh
								  : &t->said_en;
	struct submission s = {
		.tenant = str_of(x->tenant),
		.to = in->from,
		.channel = in->channel,
		.class_name = str_of(t->class_name),
		.priority = -1,
		.flags = MESSAGE_FLAG_REPLY,
	};
	struct submitted out;

	if ((size_t)answer >= l->len || l->v[answer][0] == '\0')
		return;
	s.text = str_of(l->v[answer]);
	gateway_submit(r->env.gateway, &s, &out);
	if (out.rc != 0)
		log_warn("reminder.unsaid", KV_ID("id", x->id),
			 KV_S("why", out.err.text));
}

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
	struct trigger_answer a;

	if (r->stopped || x == NULL)
		return NULL;
	if (t->answers.len == 0) {
		bool read = acknowledges(in->text);

		/* who asks something has read it, too; but it is no answer */
		end(r, x, t, STR_NONE);
		return read ? CLAIM_REMINDER : NULL;
	}
	int answer = find_answer(t, in->text, &a);

	if (answer < 0)
		return NULL;
	end(r, x, t, a.name);
	say_back(r, x, t, answer, in);
	if (is_in(&t->call_on, a.name))
		reminder_call(r, x, t);
	return CLAIM_REMINDER;
}

/* "Yes" is an answer where answers are awaited. */
static bool awaits(void *owner, const struct inbound *in)
{
	const struct trigger_cfg *t;

	return awaited(owner, in, &t) != NULL;
}

const struct claimant_ops reminders_claimant = { claim, awaits, NULL };
