/* What customers write of call-backs: they want one, at which time, or not. */
#include "base/mem.h"
#include "care/callbacks_impl.h"
#include "proto/reply.h"
#include "proto/reply_time.h"
#include "proto/text.h"

/* Longer texts ask for more than a call. */
#define TEXT_MAX 128

static bool fold(struct str text, struct buf *out)
{
	buf_init(out, 1024);
	return text.len <= TEXT_MAX && text_fold(text, true, out) == 0;
}

static struct dict *words_new(const struct setting_list *list)
{
	struct dict *d = dict_new();

	for (size_t i = 0; i < list->len; i++) {
		struct buf b = { 0 };

		if (fold(str_of(list->v[i]), &b) && b.len > 0)
			IGNORE(dict_set(d, buf_str(&b), list->v[i]) != NULL);
		buf_done(&b);
	}
	return d;
}

void callback_words(struct callbacks *c)
{
	c->words = words_new(&c->env.cfg->words);
	c->no_words = words_new(&c->env.cfg->no_words);
}

void callback_words_free(struct callbacks *c)
{
	dict_free(&c->words);
	dict_free(&c->no_words);
}

static bool is_word(const struct dict *words, struct str text)
{
	struct buf b = { 0 };
	bool is = fold(text, &b) && dict_get(words, buf_str(&b)) != NULL;

	buf_done(&b);
	return is;
}

/* One of the words, alone or with a time behind it (minute; -1: none). */
static bool asks(const struct callbacks *c, struct str text, int *minute)
{
	*minute = -1;
	if (is_word(c->words, text))
		return true;
	for (size_t i = 1; i < MIN(text.len, TEXT_MAX); i++) {
		if ((text.p[i] & 0xc0) == 0x80)
			continue; /* inside a character */
		if (is_word(c->words, str_first(text, i)) &&
		    reply_time(str_from(text, i), minute) == 0)
			return true;
	}
	return false;
}

/* Whose inbound it is: the person's call-back of this or of any tenant. */
static struct callback *under_way(const struct callbacks *c,
				  const struct inbound *in)
{
	bool nobody = in->tenant.len == 0 || str_eqz(in->tenant, "*");

	return callback_of(c, nobody ? str_of(c->env.tenant) : in->tenant,
			   in->from);
}

/* The next time at which their clock shows it. */
static int64_t time_of(const struct callbacks *c, const struct tzone *z,
		       int minute)
{
	int64_t now_ms = callbacks_now(c);

	return z == NULL ? now_ms : tzone_next(z, now_ms, minute);
}

static void move_to(struct callbacks *c, struct callback *x, int minute)
{
	struct callback_now before = x->now;
	int64_t from_ms = minute < 0 ? callbacks_now(c)
				     : time_of(c, callback_zone(c, x), minute);

	x->from_ms = from_ms;
	if (x->now.state == CALLBACK_OPEN && x->now.due_ms == 0)
		return; /* its contact is being looked for */
	if (x->now.state == CALLBACK_QUEUED)
		callback_leave(c, x, false);
	if (x->now.state != CALLBACK_OPEN)
		callback_move(x, CALLBACK_OPEN, callbacks_now(c));
	if (before.state == CALLBACK_PROPOSED) {
		x->now.due_ms = 0;
		callback_look_up(c, x);
		callback_tell(c, x);
	} else {
		callback_plan(c, x, from_ms);
	}
	callback_keep(c, x, &before);
}

/* What they wrote in. */
static struct str lang_of(const struct inbound *in)
{
	return text_has_han(in->text) ? STR("zh") : STR_NONE;
}

static void decline(struct callbacks *c, struct callback *x)
{
	struct callback_now before = x->now;

	callback_end(c, x, CALLBACK_DECLINED, "");
	callback_keep(c, x, &before);
}

/* A short answer to what we said of it. */
static const char *answer(struct callbacks *c, struct callback *x,
			  const struct inbound *in)
{
	bool proposed = x->now.state == CALLBACK_PROPOSED;
	struct str text = str_trim(in->text);
	struct buf b = { 0 };
	bool folded = fold(text, &b);
	bool yes = folded && (str_eqz(buf_str(&b), "1") ||
			      reply_word(text, NULL) == REPLY_YES);
	bool no = folded && (str_eqz(buf_str(&b), "0") ||
			     dict_get(c->no_words, buf_str(&b)) != NULL);
	int minute = -1;
	bool timed = reply_time(text, &minute) == 0;

	buf_done(&b);
	if (no) {
		callback_say(c, x, SAY_DECLINED, lang_of(in));
		decline(c, x);
	} else if (timed || (proposed && yes)) {
		move_to(c, x, minute);
		callback_say_when(c, x, lang_of(in));
	}
	return no || timed || (proposed && yes) ? CLAIM_CALLBACK : NULL;
}

static const char *wish(struct callbacks *c, const struct inbound *in,
			int minute)
{
	bool nobody = in->tenant.len == 0 || str_eqz(in->tenant, "*");
	const struct callback_ask ask = {
		.tenant = nobody ? str_of(c->env.tenant) : in->tenant,
		.address = in->from,
		.source = CALLBACK_BY_KEYWORD,
		.ref = in->link,
		.lang = text_has_han(in->text) ? STR("zh") : STR("en"),
	};
	struct callback_asked out;
	struct err err = { "" };
	struct callback *x;

	if (callbacks_ask(c, &ask, &out, &err) != 0 ||
	    out.state == CALLBACK_DENIED)
		return NULL; /* the inbox has it, and a person */
	x = map_ptr(c->all, out.id);
	if (minute >= 0 && x != NULL &&
	    (x->now.state == CALLBACK_OPEN || x->now.state == CALLBACK_QUEUED))
		move_to(c, x, minute);
	if (x != NULL)
		callback_say_when(c, x, ask.lang);
	return CLAIM_CALLBACK;
}

static const char *claim(void *owner, const struct inbound *in)
{
	struct callbacks *c = owner;
	struct callback *x = under_way(c, in);
	bool waits = x != NULL && (x->now.state == CALLBACK_PROPOSED ||
				   x->now.state == CALLBACK_OPEN ||
				   x->now.state == CALLBACK_QUEUED);
	const char *taken = NULL;
	int minute;

	if (c->stopped)
		return NULL;
	if (waits)
		taken = answer(c, x, in);
	if (taken == NULL && asks(c, str_trim(in->text), &minute))
		taken = wish(c, in, minute);
	return taken;
}

/* "Yes" is an answer where one was proposed. */
static bool awaits(void *owner, const struct inbound *in)
{
	const struct callback *x = under_way(owner, in);

	return x != NULL && x->now.state == CALLBACK_PROPOSED;
}

/* Who wants nothing more from us was not waiting for this. */
static void refused(void *owner, const struct inbound *in)
{
	struct callback *x = under_way(owner, in);

	if (x != NULL && x->now.state == CALLBACK_PROPOSED)
		decline(owner, x);
}

const struct claimant_ops callbacks_claimant = { claim, awaits, refused, NULL };
