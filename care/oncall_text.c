/* An alert in the words of its roster. */
#include "care/oncall_text.h"

#include <errno.h>
#include <jansson.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/values.h"
#include "proto/text.h"
#include "templates/render.h"

#define WORD_TEXT_MAX 64

static const char *const states[PAGE_STATES] = {
	[PAGE_PAGED] = "paged",
	[PAGE_ACKED] = "acked",
	[PAGE_NOBODY] = "nobody",
};

const char *page_state_name(enum page_state s)
{
	must((unsigned)s < PAGE_STATES);
	return states[s];
}

int page_state_parse(struct str s, enum page_state *out)
{
	must(out != NULL);
	for (unsigned i = 0; i < PAGE_STATES; i++) {
		if (!str_eqz(s, states[i]))
			continue;
		*out = (enum page_state)i;
		return 0;
	}
	return -EBADMSG;
}

static void put(json_t *vars, const char *name, struct str v)
{
	if (v.len > 0)
		json_object_set_new(vars, name, json_stringn(v.p, v.len));
}

char *oncall_text(const struct oncall_cfg *cfg, const struct occurrence *e)
{
	must(cfg != NULL && e != NULL);
	AUTO(buf_done) struct buf b = { 0 };
	json_t *vars = e->data == NULL
			       ? json_object()
			       : json_copy((json_t *)(uintptr_t)e->data);
	struct values v = { .vars = vars };
	struct template *t = NULL;
	struct err err = { "" };

	put(vars, "event", e->type);
	put(vars, "account", e->account);
	put(vars, "to", e->to);
	buf_init(&b, TEMPLATE_OUTPUT_MAX);
	if (template_compile(&t, str_of(cfg->text), &err) != 0 ||
	    template_render(t, values_lookup, &v, &b, &err) != 0) {
		log_warn("oncall.words", KV_S("why", err.text));
		buf_reset(&b);
		buf_f(&b, "%.*s %.*s", STR_ARGS(e->type), STR_ARGS(e->id));
	}
	template_free(&t);
	values_done(&v);
	json_decref(vars);
	return str_z(buf_str(&b));
}

bool oncall_word(const struct oncall_cfg *cfg, struct str text)
{
	must(cfg != NULL);
	const struct setting_list *words = &cfg->words;
	AUTO(buf_done) struct buf b = { 0 };
	bool is = false;

	buf_init(&b, 1024);
	if (text.len > WORD_TEXT_MAX ||
	    text_fold(str_trim(text), true, &b) != 0)
		return false;
	for (size_t i = 0; !is && i < words->len; i++) {
		struct buf word = { 0 };

		buf_init(&word, 1024);
		is = text_fold(str_of(words->v[i]), true, &word) == 0 &&
		     str_eq(buf_str(&b), buf_str(&word));
		buf_done(&word);
	}
	return is;
}
