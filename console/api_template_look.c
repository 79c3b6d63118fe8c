/* /v1/templates: lint, preview, diff. Nothing is kept. */
#include "console/api.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "campaigns/lint.h"
#include "campaigns/values.h"
#include "console/branch.h"
#include "console/persons.h"
#include "console/templates.h"

/* ---- lint ------------------------------------------------------------------------ */

static void put_lint(struct request *r, const struct version *v)
{
	struct lint_verdict verdict;
	struct template_findings f;
	struct buf *b = reply_json(r);

	lint_version(r->c->library, v, &verdict);
	json_open(b, '{');
	json_kb(b, "ok", !verdict.errors);
	json_ku(b, "approvals", verdict.two ? 2 : 1);
	json_key(b, "findings");
	json_open(b, '{');
	for (unsigned i = 0; i < v->n; i++) {
		lint_translation(r->c->library, v, &v->v[i], NULL, NULL, &f);
		json_key(b, v->v[i].lang);
		template_findings_json(b, &f);
	}
	json_close(b, '}');
	json_close(b, '}');
	reply_send(r, 200);
}

void api_templates_lint(struct request *r)
{
	struct library_draft d = { .n = 0 };
	struct library_refusal why = { 0 };
	struct version *v = NULL;

	must(r != NULL);
	if (!template_draft_read(r, &d))
		return;
	if (d.id.len == 0)
		d.id = STR("draft");
	int rc = library_sketch(r->c->library, &d, &v, &why);
	if (rc != 0)
		reply_library(r, rc, &why);
	else
		put_lint(r, v);
	version_free(&v);
}

void api_template_lint(struct request *r)
{
	uint64_t number;

	must(r != NULL);
	if (!template_number(r, &number))
		return;
	const struct version *v = template_asked(r, number);
	if (v != NULL)
		put_lint(r, v);
}

/* ---- diff ------------------------------------------------------------------------ */

static void put_difference(struct buf *b, const char *lang, const char *field,
			   const char *from, const char *to)
{
	if (strcmp(from, to) == 0)
		return;
	json_open(b, '{');
	if (lang != NULL)
		json_kz(b, "lang", lang);
	json_kz(b, "field", field);
	json_kz(b, "from", from);
	json_kz(b, "to", to);
	json_close(b, '}');
}

static void diff_names(struct buf *b, const struct version *x,
		       const struct version *y)
{
	put_difference(b, NULL, "name", x->name, y->name);
	put_difference(b, NULL, "class", x->class_name, y->class_name);
	put_difference(b, NULL, "owner", x->owner, y->owner);
	put_difference(b, NULL, "sender", x->sender, y->sender);
	put_difference(b, NULL, "promise", x->promise, y->promise);
	put_difference(b, NULL, "priced", x->priced ? "true" : "false",
		       y->priced ? "true" : "false");
	for (unsigned i = 0; i < REGISTRATIONS; i++)
		put_difference(b, NULL, registration_name((enum registration)i),
			       x->registrations[i], y->registrations[i]);
}

static void diff_texts(struct buf *b, const struct translation *x,
		       const struct translation *y)
{
	const char *lang = x != NULL ? x->lang : y->lang;

	put_difference(b, lang, "signature", x == NULL ? "" : x->signature,
		       y == NULL ? "" : y->signature);
	put_difference(b, lang, "text", x == NULL ? "" : x->text,
		       y == NULL ? "" : y->text);
	put_difference(b, lang, "tail", x == NULL ? "" : x->tail,
		       y == NULL ? "" : y->tail);
}

static void put_diff(struct buf *b, const struct version *x,
		     const struct version *y)
{
	json_open(b, '{');
	json_kz(b, "id", y->id);
	json_ku(b, "from", x->number);
	json_ku(b, "to", y->number);
	json_key(b, "changes");
	json_open(b, '[');
	diff_names(b, x, y);
	for (unsigned i = 0; i < x->n; i++)
		diff_texts(b, &x->v[i],
			   version_translation(y, str_of(x->v[i].lang)));
	for (unsigned i = 0; i < y->n; i++)
		if (version_translation(x, str_of(y->v[i].lang)) == NULL)
			diff_texts(b, NULL, &y->v[i]);
	json_close(b, ']');
	json_close(b, '}');
}

void api_template_diff(struct request *r)
{
	uint64_t from = 0, to = 0;

	must(r != NULL);
	if (!query_u64(r, "from", UINT32_MAX, &from) ||
	    !query_u64(r, "to", UINT32_MAX, &to))
		return;
	const struct version *y = template_asked(r, to);
	if (y == NULL)
		return;
	if (from == 0 && y->number == 1) {
		reply_error(r, 400, "no_version", "from",
			    "version 1 has none before it");
		return;
	}
	const struct version *x =
		template_asked(r, from > 0 ? from : y->number - 1);
	if (x == NULL)
		return;
	put_diff(reply_json(r), x, y);
	reply_send(r, 200);
}

/* ---- preview ---------------------------------------------------------------------- */

struct preview_body {
	struct str template_id, lang, contact;
	int64_t number;
	json_t *vars;
};

#define AT(f) offsetof(struct preview_body, f)
static const struct field rows[] = {
	{ "template", FIELD_STR, AT(template_id), true, "Its id." },
	{ "version", FIELD_INT, AT(number), false,
	  "In any state; the newest without it." },
	{ "lang", FIELD_STR, AT(lang), false,
	  "A language; the contact's or the tenant's without it." },
	{ "contact", FIELD_STR, AT(contact), false,
	  "Id of a contact whose values are used." },
	{ "vars", FIELD_OBJECT, AT(vars), false, "Values of variables." },
};
#undef AT

const struct fields template_preview_fields = { "preview", rows,
						ARRAY_LEN(rows) };

static void put_price(struct buf *b, const struct library_cfg *cfg,
		      unsigned parts)
{
	long long all = (long long)cfg->part_price * parts;
	char text[32];

	snprintf(text, sizeof(text), "%lld.%03lld", all / 1000, all % 1000);
	json_key(b, "price");
	json_open(b, '{');
	json_kz(b, "amount", text);
	json_kz(b, "currency", cfg->currency);
	json_close(b, '}');
}

/* What each part shows on its own. */
static void put_parts(struct buf *b, struct str text)
{
	AUTO(buf_done) struct buf encoded = { 0 }, part = { 0 };
	struct sms_plan plan;

	buf_init(&encoded, BUF_NO_LIMIT);
	buf_init(&part, BUF_NO_LIMIT);
	if (sms_plan(text, SMS_CONCAT_UDH8, SMS_PARTS_MAX, &encoded, &plan) !=
	    0)
		return;
	json_kz(b, "charset", sms_charset_name(plan.charset));
	json_ku(b, "units", plan.units);
	json_ku(b, "units_left", plan.units_left);
	json_ku(b, "parts", plan.parts);
	json_key(b, "texts");
	json_open(b, '[');
	for (unsigned i = 0; i < plan.parts; i++) {
		struct str bytes = str_bytes(encoded.p + plan.cut[i],
					     plan.cut[i + 1] - plan.cut[i]);

		buf_reset(&part);
		if (plan.charset == SMS_UCS2)
			text_from_utf16(bytes, &part);
		else
			text_from_gsm(bytes, &part);
		json_s(b, buf_str(&part));
	}
	json_close(b, ']');
}

static void put_preview(struct request *r, const struct version *v,
			const struct translation *t, struct str text,
			struct values *values)
{
	struct template_findings f;
	struct buf *b = reply_json(r);
	struct sms_plan plan = { .parts = 0 };

	IGNORE(sms_count(text, SMS_PARTS_MAX, &plan));
	lint_translation(r->c->library, v, t, values_lookup, values, &f);
	json_open(b, '{');
	json_kz(b, "template", v->id);
	json_ku(b, "version", v->number);
	json_kz(b, "state", version_state_name(v->state));
	json_kz(b, "lang", t->lang);
	json_ks(b, "text", text);
	put_parts(b, text);
	put_price(b, library_settings(r->c->library), plan.parts);
	json_key(b, "findings");
	template_findings_json(b, &f);
	json_close(b, '}');
	reply_send(r, 200);
}

/* The language asked for, the person's, the tenant's, or the first. */
static const struct translation *preview_lang(struct request *r,
					      const struct version *v,
					      const struct preview_body *body,
					      const struct contact *c)
{
	const struct str tries[] = {
		body->lang,
		c != NULL ? c->lang : STR_NONE,
		library_language(r->c->library, str_of(v->tenant)),
	};

	for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
		const struct translation *t = version_translation(v, tries[i]);

		if (t != NULL || (i == 0 && tries[i].len > 0))
			return t;
	}
	return &v->v[0];
}

static void preview(struct request *r, const struct preview_body *body,
		    struct str tenant, const struct contact *c)
{
	struct values values = { .vars = body->vars, .contact = c };
	AUTO(buf_done) struct buf text = { 0 };
	char field[TEMPLATE_NAME_MAX + 8];
	struct err err = { "" };
	const struct version *v =
		library_version(r->c->library, tenant, body->template_id,
				(unsigned)body->number);
	const struct translation *t;

	if (v != NULL && !branch_check_shared(r, tenant, str_of(v->branch),
					      body->template_id))
		return;
	t = v == NULL ? NULL : preview_lang(r, v, body, c);

	if (t == NULL) {
		reply_error(r, 404, "not_found", NULL,
			    "there is no such template, version or language");
		return;
	}
	struct library_pick p = { v, t };

	buf_init(&text, MESSAGE_TEXT_MAX + 1);
	int rc = library_render(&p, &values, &text, &err);
	if (rc == -ENOENT) {
		snprintf(field, sizeof(field), "vars.%.*s",
			 STR_ARGS(values.missing));
		reply_error(r, 400, "missing_variable", field, "%s", err.text);
	} else if (rc != 0) {
		reply_error(r, 400, "template_render_error", "vars", "%s",
			    err.text);
	} else {
		put_preview(r, v, t, buf_str(&text), &values);
	}
	values_done(&values);
}

static void on_person(struct request *r, int rc)
{
	struct persons *ps = r->own;
	struct preview_body body = { .number = 0 };
	struct str tenant;

	if (rc != 0 || ps->n == 0) {
		reply_rc(r, rc != 0 ? rc : -ENOENT);
		return;
	}
	if (!request_tenant(r, &tenant) || !request_fields(r, &body))
		return;
	request_audit(r, tenant, "contact.read", body.contact,
		      STR("{\"context\":\"template.preview\"}"));
	preview(r, &body, tenant, &ps->v[0]->contact);
}

void api_templates_preview(struct request *r)
{
	struct preview_body body = { .number = 0 };
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if (!request_tenant(r, &tenant) || !request_fields(r, &body))
		return;
	if (body.number < 0 || body.number > INT32_MAX) {
		reply_error(r, 400, "bad_number", "version",
			    "'version' is a number from 1");
		return;
	}
	if (body.contact.len == 0) {
		preview(r, &body, tenant, NULL);
		return;
	}
	if (!request_may(r, PERM_CONTACT_READ)) {
		reply_error(r, 403, "forbidden", "contact",
			    "contact.read is needed to see a contact's values");
		return;
	}
	if (id_parse(body.contact, &id) != 0) {
		reply_error(r, 400, "bad_id", "contact",
			    "that is no id of a contact");
		return;
	}
	persons_read(r, STORE_PERSON_GET, tenant, CELL_I(id), 1, on_person);
}
