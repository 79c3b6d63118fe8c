/* What a customer is told of a call-back: through the gate, as all is. */
#include <stdio.h>

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
	case SAY_PROPOSED:
		return zh ? f->proposed_zh : f->proposed_en;
	case SAY_UNREACHABLE:
		return zh ? f->unreachable_zh : f->unreachable_en;
	}
	return "";
}

static bool speaks_chinese(const struct callbacks *c, const struct callback *x)
{
	struct str lang = gateway_lang(c->env.gateway, str_of(x->tenant),
				       str_of(x->address));

	return lang.len > 0 ? str_starts(lang, STR("zh"))
			    : str_starts(str_of(x->address), STR("+86"));
}

void callback_say(struct callbacks *c, const struct callback *x,
		  enum callback_saying what)
{
	must(c != NULL && x != NULL);
	char key[64];
	struct submission s = {
		.tenant = str_of(x->tenant),
		.to = str_of(x->address),
		.text = str_of(
			words_of(c->env.cfg, what, speaks_chinese(c, x))),
		.class_name = str_of(c->env.cfg->wished),
		.priority = -1,
	};
	struct submitted out;

	if (s.text.len == 0)
		return;
	(void)snprintf(key, sizeof(key), "callback:%llx:%d",
		       (unsigned long long)x->id, (int)what);
	s.idempotency_key = str_of(key);
	gateway_submit(c->env.gateway, &s, &out);
	if (out.rc != 0)
		log_warn("callback.not_said", KV_ID("id", x->id),
			 KV_S("why", out.err.text));
}
