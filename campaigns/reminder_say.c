/* What is said to who has replied to a reminder, in the language of both. */
#include "base/log.h"
#include "campaigns/reminder_words.h"
#include "campaigns/reminders_impl.h"
#include "proto/text.h"

static bool speaks_chinese(const struct reminders *r, const struct reminder *x)
{
	struct str lang =
		gateway_lang(r->env.gateway, str_of(x->tenant), str_of(x->to));

	return lang.len > 0 ? str_starts(lang, STR("zh"))
			    : text_has_han(str_of(x->text));
}

/* thread: of the conversation that it belongs to, or "". */
static void say(struct reminders *r, const struct reminder *x,
		const struct trigger_cfg *t, const char *thread,
		struct str text, const struct inbound *in)
{
	const struct submission s = {
		.tenant = str_of(x->tenant),
		.to = in->from,
		.text = text,
		.thread = str_of(thread),
		.channel = in->channel,
		.class_name = str_of(t->class_name),
		.priority = -1,
		.flags = MESSAGE_FLAG_REPLY,
	};
	struct submitted out;

	if (text.len == 0)
		return;
	gateway_submit(r->env.gateway, &s, &out);
	if (out.rc != 0)
		log_warn("reminder.unsaid", KV_ID("id", x->id),
			 KV_S("why", out.err.text));
}

void reminder_say_back(struct reminders *r, const struct reminder *x,
		       const struct trigger_cfg *t, unsigned answer,
		       const struct inbound *in)
{
	must(r != NULL && x != NULL && t != NULL && in != NULL);
	const struct setting_list *l =
		(speaks_chinese(r, x) && t->said_zh.len > 0) ||
				t->said_en.len == 0
			? &t->said_zh
			: &t->said_en;

	char thread[REMINDER_THREAD];

	reminder_thread(x, thread);
	if (answer < l->len)
		say(r, x, t, thread, str_of(l->v[answer]), in);
}

/* What an answer is called: a word of its own in that language, else the one
 * that everybody knows, else its name. */
static struct str word_of(const struct trigger_answer *a, bool zh)
{
	struct str rest = str_trim(str_from(a->labels, a->name.len)), label;
	const char *usual = reminder_word_for(a->name, zh);

	if (text_has_han(a->name) == zh)
		return a->name;
	while (rest.len > 0) {
		rest = str_cut(rest, '|', &label);
		label = str_trim(label);
		if (label.len > 0 && text_has_han(label) == zh)
			return label;
	}
	return usual != NULL ? str_of(usual) : a->name;
}

/* "1 confirm, 2 change, 3 cancel" */
static void put_choices(const struct trigger_cfg *t, bool zh, struct buf *out)
{
	struct trigger_answer a;

	for (size_t i = 0; i < t->answers.len; i++) {
		if (!trigger_answer(t->answers.v[i], &a))
			continue;
		buf_z(out, i == 0 ? "" : ", ");
		buf_str_put(out, a.token);
		buf_c(out, ' ');
		buf_str_put(out, word_of(&a, zh));
	}
}

void reminder_say_again(struct reminders *r, const struct reminder *x,
			const struct trigger_cfg *t, const struct inbound *in)
{
	must(r != NULL && x != NULL && t != NULL && in != NULL);
	const struct events_cfg *cfg = r->env.cfg;
	bool zh = speaks_chinese(r, x);
	struct str before = str_of(zh ? cfg->again_zh : cfg->again_en);
	AUTO(buf_done) struct buf text = { 0 };
	char thread[REMINDER_THREAD];

	reminder_thread(x, thread);
	buf_init(&text, MESSAGE_TEXT_MAX);
	buf_str_put(&text, before);
	buf_z(&text, zh || before.len == 0 ? "" : " ");
	put_choices(t, zh, &text);
	say(r, x, t, thread, buf_str(&text), in);
}

/* So much of a reminder's text tells it from another. */
#define SHOWN 40

static void put_start(struct str text, struct buf *out)
{
	size_t at = 0;

	for (unsigned i = 0; i < SHOWN && at < text.len; i++)
		(void)text_next(text, &at);
	buf_str_put(out, str_first(text, at));
	buf_z(out, at < text.len ? "…" : "");
}

void reminder_say_which(struct reminders *r, const struct reminder_read *v,
			unsigned n, const struct inbound *in)
{
	must(r != NULL && v != NULL && n > 0 && in != NULL);
	const struct reminder *newest = v[n - 1].x;
	const struct events_cfg *cfg = r->env.cfg;
	bool zh = speaks_chinese(r, newest);
	AUTO(buf_done) struct buf text = { 0 };

	buf_init(&text, MESSAGE_TEXT_MAX);
	buf_z(&text, zh ? cfg->which_zh : cfg->which_en);
	for (unsigned i = 0; i < n; i++) {
		char letter = reminder_letter(v[i].x);

		if (letter == 0)
			continue;
		buf_f(&text, "\n%c: ", letter);
		put_start(str_of(v[i].x->text), &text);
	}
	say(r, newest, v[n - 1].t, "", buf_str(&text), in);
}
