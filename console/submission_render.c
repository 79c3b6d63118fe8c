/* A body's template to the text of its message. */
#include <errno.h>

#include "campaigns/values.h"
#include "console/submission.h"

static int refuse(struct refusal *why, const char *code, const char *field)
{
	why->code = code;
	IGNORE(str_copy(why->field, sizeof(why->field), str_of(field)));
	return -EINVAL;
}

static int find(const struct library *l, const struct message_body *b,
		const struct submission *s, struct str lang,
		struct library_pick *out, struct refusal *why)
{
	const struct library_ask ask = {
		.tenant = s->tenant,
		.id = b->template_id,
		.number = (unsigned)b->template_version,
		.branch = b->branch,
		.lang = b->lang.len > 0 ? b->lang : lang,
		.lang_strict = b->lang.len > 0,
		.single = b->campaign.len == 0,
	};

	switch (library_find(l, &ask, out, &why->err)) {
	case 0:
		return 0;
	case -ENOENT:
		return refuse(why, "unknown_template", "template");
	}
	return refuse(why, "template_state", "template");
}

/* a text that was approved as one thing is not sent as another. */
static int check_class(const struct library_pick *p, struct submission *s,
		       struct refusal *why)
{
	const char *own = p->version->class_name;

	if (s->class_name.len > 0 && !str_eqz(s->class_name, own)) {
		err_set(&why->err, 0, "template %s is of class %s",
			p->version->id, own);
		return refuse(why, "class_mismatch", "class");
	}
	s->class_name = str_of(own);
	return 0;
}

static int render(const struct library_pick *p, struct values *v,
		  struct buf *out, struct refusal *why)
{
	char field[sizeof(why->field)];
	int rc = library_render(p, v, out, &why->err);

	if (rc == 0)
		return 0;
	if (rc != -ENOENT)
		return refuse(why, "template_render_error", "vars");
	snprintf(field, sizeof(field), "vars.%.*s", STR_ARGS(v->missing));
	return refuse(why, "missing_variable", field);
}

int message_body_render(const struct library *l, struct gateway *g,
			struct message_body *b, struct submission *s,
			struct refusal *why)
{
	struct library_pick p;
	struct person_view person = { STR_NONE, STR_NONE };
	int rc;

	must(g != NULL && b != NULL && s != NULL && why != NULL);
	if (b->template_id.len == 0)
		return 0;
	if (l == NULL) {
		err_set(&why->err, 0, "this node keeps no templates");
		return refuse(why, "unknown_template", "template");
	}
	gateway_person(g, s->tenant, s->to, &person);
	rc = find(l, b, s, person.lang, &p, why);
	if (rc == 0)
		rc = check_class(&p, s, why);
	if (rc != 0)
		return rc;
	struct values v = { .vars = b->vars, .zone = person.zone };

	buf_init(&b->rendered, MESSAGE_TEXT_MAX + 1);
	rc = render(&p, &v, &b->rendered, why);
	values_done(&v);
	if (rc != 0)
		return rc;
	s->text = buf_str(&b->rendered);
	if (s->department.len == 0)
		s->department = str_of(p.version->owner);
	s->template_ref = library_ref(&p);
	return 0;
}
