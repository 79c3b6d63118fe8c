/* An alert in the words of its roster. */
#include "care/oncall_text.h"

#include <jansson.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/values.h"
#include "templates/render.h"

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
