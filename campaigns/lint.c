/* What a version adds to the checks of its texts: registrations, promises,
 * words that nobody may send. */
#include "campaigns/lint.h"

#include <string.h>

#include "campaigns/shelf.h"

/* India: headers end in what the message is (from 2025-05-06). */
static const char *dlt_suffixes(const struct template_rules *rules,
				const char *class_name)
{
	if (rules->promotion)
		return "P";
	if (strcmp(class_name, "transaction") == 0 ||
	    strcmp(class_name, "alert") == 0)
		return "TSG";
	return "SG";
}

static bool ends_in(const char *header, const char *letters)
{
	size_t n = strlen(header);

	return n > 2 && header[n - 2] == '-' &&
	       strchr(letters, header[n - 1]) != NULL;
}

static void check_dlt(const struct version *v,
		      const struct template_rules *rules,
		      struct template_findings *out)
{
	char *const *r = v->registrations;
	const char *letters = dlt_suffixes(rules, v->class_name);
	unsigned given = 0;

	for (unsigned i = REGISTRATION_DLT_ENTITY;
	     i <= REGISTRATION_DLT_TEMPLATE; i++)
		given += r[i][0] != '\0';
	if (given == 0)
		return;
	if (given < 3)
		template_found(out, TEMPLATE_ERROR, "DLT_INCOMPLETE", STR_NONE,
			       "DLT 报备须同时填写实体、发送头和模板编号",
			       "DLT needs entity, header and template id");
	if (r[REGISTRATION_DLT_HEADER][0] != '\0' &&
	    !ends_in(r[REGISTRATION_DLT_HEADER], letters))
		template_found(out, TEMPLATE_ERROR, "DLT_HEADER",
			       str_of(letters),
			       "此类消息的 DLT 发送头须以「-」加「@」之一结尾",
			       "the DLT header of this class ends in - and one "
			       "of \"@\"");
}

/* China: a registered template goes under a registered signature, which
 * stands in 【】. */
static void check_cn(const struct version *v, const struct translation *t,
		     struct template_findings *out)
{
	struct str source = template_source(t->program);
	bool signature = v->registrations[REGISTRATION_CN_SIGNATURE][0] != '\0';
	bool template = v->registrations[REGISTRATION_CN_TEMPLATE][0] != '\0';

	if (template && !signature)
		template_found(out, TEMPLATE_ERROR, "CN_INCOMPLETE", STR_NONE,
			       "报备模板须同时填写签名编号",
			       "a registered template needs the id of its "
			       "signature");
	if (signature && str_starts(str_of(t->lang), STR("zh")) &&
	    !str_starts(source, STR("【")))
		template_found(out, TEMPLATE_ERROR, "CN_SIGNATURE", STR_NONE,
			       "已报备签名的短信须以【签名】开头",
			       "with a registered signature a text begins with "
			       "it in 【】");
}

static bool promise_known(const struct library *l, const char *promise)
{
	for (size_t i = 0; i < l->cfg->promises.len; i++)
		if (strcmp(l->cfg->promises.v[i], promise) == 0)
			return true;
	return false;
}

static void check_promise(const struct library *l, const struct version *v,
			  struct template_findings *out)
{
	if (v->promise[0] != '\0' && !promise_known(l, v->promise))
		template_found(out, TEMPLATE_ERROR, "PROMISE_UNKNOWN",
			       str_of(v->promise), "承诺编号「@」没有登记",
			       "there is no registered promise \"@\"");
}

void lint_translation(const struct library *l, const struct version *v,
		      const struct translation *t, template_lookup *sample,
		      void *owner, struct template_findings *out)
{
	struct template_rules rules;

	must(l != NULL && v != NULL && t != NULL && out != NULL);
	rules = template_rules_of(str_of(v->class_name));
	rules.priced = v->priced;
	rules.sender = str_of(v->sender);
	rules.promised = v->promise[0] != '\0';
	rules.blocked = l->blocked;
	rules.owner = l->blocked_owner;
	rules.max_parts = (unsigned)l->cfg->parts_usual;
	template_check(t->program, &rules, sample, owner, out);
	check_dlt(v, &rules, out);
	check_cn(v, t, out);
	check_promise(l, v, out);
}

void lint_version(const struct library *l, const struct version *v,
		  struct lint_verdict *out)
{
	struct template_findings f;

	must(l != NULL && v != NULL && out != NULL);
	*out = (struct lint_verdict){ .errors = false };
	for (unsigned i = 0; i < v->n; i++) {
		lint_translation(l, v, &v->v[i], NULL, NULL, &f);
		if (template_worst(&f) == TEMPLATE_ERROR && !out->errors) {
			out->errors = true;
			out->lang = v->v[i].lang;
			out->worst = f.v[0];
		}
		for (unsigned k = 0; k < f.n; k++)
			if (strcmp(f.v[k].code, "OVER_PROMISE") == 0 &&
			    f.v[k].severity == TEMPLATE_WARNING)
				out->two = true;
	}
}
