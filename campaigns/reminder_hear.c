/* What people say to a reminder: one of the answers that its trigger names, or
 * that they have read it. Anything else is for others, and for a person; what
 * nobody takes is asked again, once. */
#include <string.h>

#include "base/mem.h"
#include "campaigns/reminders_impl.h"

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

static void take(struct reminders *r, const struct reminder_read *v,
		 const struct inbound *in)
{
	end(r, v->x, v->t, v->a.name);
	if (v->answer < 0)
		return;
	reminder_say_back(r, v->x, v->t, (unsigned)v->answer, in);
	if (is_in(&v->t->call_on, v->a.name))
		reminder_call(r, v->x, v->t);
}

/* They awaited no more than a sign of life, and this is one. */
static void take_plain(struct reminders *r, const struct reminder_read *v,
		       unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (v[i].t->answers.len == 0)
			end(r, v[i].x, v[i].t, STR_NONE);
}

/* Is it an answer to several? Those come first, in the same order. */
static unsigned takers(struct reminder_read *v, unsigned n, bool *choice)
{
	unsigned k = 0;

	*choice = false;
	for (unsigned i = 0; i < n; i++) {
		const struct reminder_read one = v[i];

		if (!one.takes)
			continue;
		v[i] = v[k];
		v[k++] = one;
		*choice |= one.t->answers.len > 0;
	}
	return k;
}

/* Nobody guesses: they are asked, naming each; who has been asked before is
 * for a person. */
static const char *ask_which(struct reminders *r, struct reminder_read *v,
			     unsigned n, const struct inbound *in)
{
	struct reminder_now before[REMINDERS_READ];
	bool asked = true;

	for (unsigned i = 0; i < n; i++) {
		before[i] = v[i].x->now;
		asked &= reminder_letter(v[i].x) != 0;
	}
	if (asked)
		return NULL;
	reminder_letters(v, n);
	reminder_say_which(r, v, n, in);
	for (unsigned i = 0; i < n; i++) {
		reminder_keep(r, v[i].x);
		reminder_guard(r, v[i].x, &before[i]);
	}
	return CLAIM_REMINDER;
}

static const char *claim(void *owner, const struct inbound *in)
{
	struct reminders *r = owner;
	struct reminder_read v[REMINDERS_READ];
	unsigned n = r->stopped ? 0 : reminder_read(r, in, v), taken;
	bool choice;

	if (n == 0)
		return NULL;
	taken = takers(v, n, &choice);
	if (taken == 0) {
		/* who asks something has read it, too; but it is no answer */
		take_plain(r, v, n);
		return NULL;
	}
	if (taken > 1 && choice)
		return ask_which(r, v, taken, in);
	for (unsigned i = 0; i < taken; i++)
		take(r, &v[i], in);
	return CLAIM_REMINDER;
}

/* "Yes" is an answer where answers are awaited. */
static bool awaits(void *owner, const struct inbound *in)
{
	struct reminder_read v[REMINDERS_READ];

	return reminder_read(owner, in, v) > 0;
}

static bool answers(void *owner, const struct inbound *in)
{
	struct reminder_read v[REMINDERS_READ];
	unsigned n = reminder_read(owner, in, v);
	bool any = false;

	for (unsigned i = 0; i < n; i++)
		any |= v[i].answer >= 0;
	return any;
}

const struct claimant_ops reminders_claimant = { claim, awaits, NULL, answers };

/* ---- unclear --------------------------------------------------------------------- */

/* Nobody takes it, and an answer is awaited: they are told the choices, once.
 * What is not about those is for a person all the same. */
static const char *unclear(void *owner, const struct inbound *in)
{
	struct reminders *r = owner;
	struct reminder_read v[REMINDERS_READ];
	unsigned n = r->stopped ? 0 : reminder_read(r, in, v), open = 0;
	bool about = false, asked = false;

	for (unsigned i = 0; i < n; i++) {
		if (v[i].t->answers.len == 0)
			continue;
		about |= v[i].about;
		asked |= v[i].x->now.asked[0] != '\0';
		v[open++] = v[i];
	}
	if (open == 0 || asked || (!about && reminder_asks(in->text)))
		return NULL;
	if (open > 1) {
		IGNORE(ask_which(r, v, open, in));
	} else {
		struct reminder *x = v[0].x;
		const struct reminder_now before = x->now;

		IGNORE(str_copy(x->now.asked, sizeof(x->now.asked),
				STR("again")));
		reminder_say_again(r, x, v[0].t, in);
		reminder_keep(r, x);
		reminder_guard(r, x, &before);
	}
	return about ? CLAIM_REMINDER : NULL;
}

const struct claimant_ops reminders_unclear_claimant = { unclear, NULL, NULL,
							 NULL };
