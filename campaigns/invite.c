/* Invitations of a campaign to its survey. */
#include "campaigns/invite.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/mem.h"
#include "campaigns/acts.h"
#include "campaigns/surveys.h"

int invite_check(const struct campaigns *c, struct str tenant,
		 struct spec *spec, struct campaign_no *no)
{
	const struct survey *v;

	must(c != NULL && spec != NULL && no != NULL);
	if (spec->survey == NULL)
		return 0;
	v = c->surveys == NULL
		    ? NULL
		    : surveys_find(c->surveys, tenant, str_of(spec->survey),
				   (unsigned)spec->survey_version);
	if (v == NULL) {
		no->code = "survey";
		no->field = "survey";
		return err_set(&no->err, -EINVAL, "there is no such survey");
	}
	spec->survey_version = v->version;
	if (spec->class_name == NULL)
		form_set(&spec->class_name, str_of(v->class_name));
	if (spec->from == NULL)
		form_set(&spec->from, str_of(v->sender));
	return 0;
}

const struct survey *invite_survey(const struct campaigns *c,
				   const struct campaign *m)
{
	must(c != NULL && m != NULL);
	return m->spec.survey == NULL || c->surveys == NULL
		       ? NULL
		       : surveys_find(c->surveys, str_of(m->tenant),
				      str_of(m->spec.survey),
				      (unsigned)m->spec.survey_version);
}

bool invite_zh(const struct campaigns *c, const struct campaign *m,
	       const struct survey *v, const struct person_row *p)
{
	struct str lang = p->lang;

	must(c != NULL && m != NULL && v != NULL && p != NULL);
	if (lang.len == 0)
		lang = gateway_lang(c->gateway, str_of(m->tenant), p->address);
	return lang.len > 0 ? str_starts(lang, STR("zh"))
			    : v->v[0].text.zh[0] != '\0';
}

static void put(json_t *o, const char *name, struct str v)
{
	if (v.len > 0)
		json_object_set_new(o, name, json_stringn(v.p, v.len));
}

/* What the questions that follow may name: the same as a text of ours. */
static char *vars_of(const struct person_row *p)
{
	json_t *o = json_loadb(p->attrs.p == NULL ? "" : p->attrs.p,
			       p->attrs.len, 0, NULL);
	char *text;

	if (!json_is_object(o)) {
		json_decref(o);
		o = json_object();
	}
	put(o, "name", p->name);
	put(o, "ref", p->ref);
	text = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	must(text != NULL);
	return text;
}

void invite(struct campaigns *c, const struct campaign *m,
	    const struct person_row *p, struct submission *s,
	    struct submitted *out)
{
	const struct survey *v = invite_survey(c, m);
	char *vars = vars_of(p);

	must(v != NULL && s != NULL && out != NULL);
	const struct survey_ask ask = {
		.tenant = str_of(m->tenant),
		.survey = str_of(v->id),
		.version = v->version,
		.to = p->address,
		.lang = invite_zh(c, m, v, p) ? STR("zh") : STR("en"),
		.ref = str_of(m->label),
		.of_campaign = true,
		.vars = str_of(vars),
	};

	surveys_invite(c->surveys, &ask, s, out);
	free(vars);
}
