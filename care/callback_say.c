/* What a customer is told of a call-back: through the gate, as all is. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "care/callbacks_impl.h"

static const char *words_of(const struct callbacks_cfg *f,
			    enum callback_saying what, bool zh)
{
	switch (what) {
	case SAY_ASKED:
		return zh ? f->asked_zh : f->asked_en;
	case SAY_MISSED:
		return zh ? f->missed_zh : f->missed_en;
	case SAY_MISSED_LATER:
		return zh ? f->missed_later_zh : f->missed_later_en;
	case SAY_PROPOSED:
		return zh ? f->proposed_zh : f->proposed_en;
	case SAY_UNREACHABLE:
		return zh ? f->unreachable_zh : f->unreachable_en;
	case SAY_TIMED:
		return zh ? f->timed_zh : f->timed_en;
	case SAY_DECLINED:
		return zh ? f->declined_zh : f->declined_en;
	}
	return "";
}

/* What is known of them, then what they wrote in, then where they are. */
static bool speaks_chinese(const struct callbacks *c, const struct callback *x,
			   struct str lang)
{
	struct str known = gateway_lang(c->env.gateway, str_of(x->tenant),
					str_of(x->address));

	if (known.len > 0)
		lang = known;
	return lang.len > 0 ? str_starts(lang, STR("zh"))
			    : str_starts(str_of(x->address), STR("+86"));
}

/* When somebody calls, as far as is known: not before people work. */
static int64_t when_ms(const struct callbacks *c, const struct callback *x)
{
	int64_t due_ms = x->now.state == CALLBACK_OPEN ? x->now.due_ms : 0;

	return callback_works_ms(c, x,
				 MAX(MAX(due_ms, x->from_ms),
				     callbacks_now(c)));
}

/* "12-01 14:30", by their clock; by ours where theirs is not known. */
static void put_time(const struct callbacks *c, const struct callback *x,
		     struct buf *out)
{
	const struct tzone *z = callback_zone(c, x);
	int64_t at_ms = when_ms(c, x);

	if (z == NULL)
		z = c->hours.zone;
	int32_t offset_s = z == NULL ? 0 : tzone_offset_s(z, at_ms);
	time_t local = (time_t)(at_ms / 1000 + offset_s);
	struct tm tm;
	char text[24];

	must(gmtime_r(&local, &tm) != NULL);
	must(strftime(text, sizeof(text), "%m-%d %H:%M", &tm) > 0);
	buf_z(out, text);
}

static void put_words(const struct callbacks *c, const struct callback *x,
		      const char *words, struct buf *out)
{
	static const char mark[] = "{{time}}";
	const char *at = strstr(words, mark);

	if (at == NULL) {
		buf_z(out, words);
		return;
	}
	buf_put(out, words, (size_t)(at - words));
	put_time(c, x, out);
	buf_z(out, at + strlen(mark));
}

void callback_say(struct callbacks *c, const struct callback *x,
		  enum callback_saying what, struct str lang)
{
	must(c != NULL && x != NULL);
	AUTO(buf_done) struct buf text = { 0 };
	char key[64];
	bool answers =
		what == SAY_ASKED || what == SAY_TIMED || what == SAY_DECLINED;
	struct submission s = {
		.tenant = str_of(x->tenant),
		.to = str_of(x->address),
		.class_name = str_of(c->env.cfg->wished),
		.priority = -1,
		.flags = answers ? MESSAGE_FLAG_REPLY : 0,
	};
	struct submitted out;

	buf_init(&text, 4096);
	put_words(c, x, words_of(c->env.cfg, what, speaks_chinese(c, x, lang)),
		  &text);
	s.text = buf_str(&text);
	if (s.text.len == 0)
		return;
	(void)snprintf(key, sizeof(key), "callback:%llx:%d:%lld",
		       (unsigned long long)x->id, (int)what,
		       what == SAY_TIMED ? (long long)when_ms(c, x) : 0);
	s.idempotency_key = str_of(key);
	gateway_submit(c->env.gateway, &s, &out);
	if (out.rc != 0)
		log_warn("callback.not_said", KV_ID("id", x->id),
			 KV_S("why", out.err.text));
}

void callback_say_when(struct callbacks *c, const struct callback *x,
		       struct str lang)
{
	must(c != NULL && x != NULL);
	bool later = when_ms(c, x) > callbacks_now(c);

	if (x->now.state == CALLBACK_OPEN || x->now.state == CALLBACK_QUEUED)
		callback_say(c, x, later ? SAY_TIMED : SAY_ASKED, lang);
}

void callback_say_missed(struct callbacks *c, const struct callback *x,
			 struct str lang)
{
	must(c != NULL && x != NULL);
	bool later =
		callback_works_ms(c, x, callbacks_now(c)) > callbacks_now(c);

	callback_say(c, x, later ? SAY_MISSED_LATER : SAY_MISSED, lang);
}
