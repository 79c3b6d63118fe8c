/* Drafts read, versions written, refusals answered. */
#include "console/templates.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "console/api.h"
#include "console/branch.h"
#include "templates/check.h"

#define AT(f) offsetof(struct template_body, f)

static const struct field rows[] = {
	{ "id", FIELD_STR, AT(id), false,
	  "Its name in paths and messages: A-Z a-z 0-9 _ - and dots." },
	{ "name", FIELD_STR, AT(name), false, "What people call it." },
	{ "class", FIELD_STR, AT(class_name), true,
	  "The class of the messages it makes." },
	{ "owner", FIELD_STR, AT(owner), false,
	  "The department that answers for it." },
	{ "sender", FIELD_STR, AT(sender), false,
	  "The name its texts must begin with; any without it." },
	{ "promise", FIELD_STR, AT(promise), false,
	  "Id of the registered promise that it makes." },
	{ "priced", FIELD_BOOL, AT(priced), false,
	  "What it offers costs money: price, period and the way out are needed." },
	{ "registrations", FIELD_OBJECT, AT(registrations), false,
	  "Ids of others: dlt_entity dlt_header dlt_template cn_signature cn_template." },
	{ "texts", FIELD_OBJECT, AT(texts), true,
	  "By language: the text, or {text, signature, tail}." },
};

const struct fields template_fields = { "template", rows, ARRAY_LEN(rows) };

static struct str json_text(const json_t *v)
{
	return json_is_string(v)
		       ? str_bytes(json_string_value(v), json_string_length(v))
		       : STR_NONE;
}

/* ---- drafts ------------------------------------------------------------------- */

/* An object of signature, text and tail, and nothing else. */
static bool wording_read(const json_t *v, struct library_wording *w)
{
	size_t known = 0;
	const struct {
		const char *name;
		struct str *at;
	} parts[] = {
		{ "signature", &w->signature },
		{ "text", &w->text },
		{ "tail", &w->tail },
	};

	w->signature = w->text = w->tail = STR_NONE;
	if (json_is_string(v)) {
		w->text = json_text(v);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const json_t *part = json_object_get(v, parts[i].name);

		if (part == NULL)
			continue;
		if (!json_is_string(part))
			return false;
		*parts[i].at = json_text(part);
		known++;
	}
	return json_is_object(v) && json_object_size(v) == known;
}

static bool texts_read(struct request *r, json_t *texts,
		       struct library_draft *d)
{
	const char *lang;
	json_t *v;

	json_object_foreach(texts, lang, v)
	{
		if (d->n == TRANSLATIONS_MAX) {
			reply_error(r, 400, "too_many", "texts",
				    "a template has at most %d languages",
				    TRANSLATIONS_MAX);
			return false;
		}
		d->v[d->n].lang = str_of(lang);
		if (!wording_read(v, &d->v[d->n++])) {
			reply_error(r, 400, "bad_text", "texts",
				    "%.15s: a text, or an object of text, "
				    "signature and tail",
				    lang);
			return false;
		}
	}
	return true;
}

static bool registrations_read(struct request *r, json_t *object,
			       struct library_draft *d)
{
	const char *name;
	json_t *v;

	json_object_foreach(object, name, v)
	{
		unsigned i = 0;

		while (i < REGISTRATIONS &&
		       strcmp(name, registration_name((enum registration)i)) !=
			       0)
			i++;
		if (i == REGISTRATIONS || !json_is_string(v)) {
			reply_error(r, 400, "bad_registration", "registrations",
				    "%.40s is no registration of ours, or no "
				    "text",
				    name);
			return false;
		}
		d->registrations[i] = json_text(v);
	}
	return true;
}

bool template_draft_read(struct request *r, struct library_draft *d)
{
	struct template_body body = { 0 };

	must(r != NULL && d != NULL);
	if (!request_tenant(r, &d->tenant) || !request_fields(r, &body))
		return false;
	if (classes_find(gateway_classes(r->c->gateway), body.class_name) ==
	    NULL) {
		reply_error(r, 400, "unknown_class", "class",
			    "there is no class \"%.*s\"",
			    STR_ARGS(str_first(body.class_name, 40)));
		return false;
	}
	d->branch = str_of(r->who.branch);
	d->id = body.id;
	d->name = body.name;
	d->class_name = body.class_name;
	d->owner = body.owner;
	d->sender = body.sender;
	d->promise = body.promise;
	d->priced = body.priced;
	return texts_read(r, body.texts, d) &&
	       registrations_read(r, body.registrations, d);
}

/* ---- versions ------------------------------------------------------------------ */

static void put_texts(struct buf *b, const struct version *v, bool whole)
{
	json_key(b, "texts");
	json_open(b, '{');
	for (unsigned i = 0; i < v->n; i++) {
		const struct translation *t = &v->v[i];

		json_key(b, t->lang);
		json_open(b, '{');
		json_kz(b, "state", translation_state_name(t->state));
		json_ks_opt(b, "reason", str_of(t->reason));
		if (whole) {
			json_ks_opt(b, "signature", str_of(t->signature));
			json_kz(b, "text", t->text);
			json_ks_opt(b, "tail", str_of(t->tail));
			json_key(b, "sha256");
			json_hex(b, t->sha256, VERSION_SHA256);
		}
		json_close(b, '}');
	}
	json_close(b, '}');
}

static void put_registrations(struct buf *b, const struct version *v)
{
	json_key(b, "registrations");
	json_open(b, '{');
	for (unsigned i = 0; i < REGISTRATIONS; i++)
		json_ks_opt(b, registration_name((enum registration)i),
			    str_of(v->registrations[i]));
	json_close(b, '}');
}

static void put_tally(struct buf *b, const struct library *l,
		      const struct version *v)
{
	struct library_tally t;

	library_tally(l, v, &t);
	json_key(b, "tally");
	json_open(b, '{');
	json_ku(b, "sent", t.sent);
	json_ku(b, "opt_outs", t.opt_outs);
	json_ku(b, "complaints", t.complaints);
	json_close(b, '}');
}

void template_json(struct buf *b, const struct library *l,
		   const struct version *v, bool whole)
{
	must(b != NULL && v != NULL);
	json_open(b, '{');
	json_kz(b, "id", v->id);
	json_ku(b, "version", v->number);
	json_ku(b, "revision", v->revision);
	json_kz(b, "state", version_state_name(v->state));
	json_ks_opt(b, "name", str_of(v->name));
	json_kz(b, "class", v->class_name);
	json_ks_opt(b, "branch", str_of(v->branch));
	json_ks_opt(b, "owner", str_of(v->owner));
	json_ks_opt(b, "sender", str_of(v->sender));
	json_ks_opt(b, "promise", str_of(v->promise));
	json_kb(b, "priced", v->priced);
	json_kz(b, "author", v->author);
	json_ks_opt(b, "approver", str_of(v->approver));
	json_ks_opt(b, "second", str_of(v->second));
	json_ks_opt(b, "reason", str_of(v->reason));
	json_kt(b, "created", v->created_ms);
	json_kt_opt(b, "submitted", v->submitted_ms);
	json_kt_opt(b, "decided", v->decided_ms);
	if (v->damaged)
		json_kb(b, "damaged", true);
	json_key(b, "sha256");
	json_hex(b, v->sha256, VERSION_SHA256);
	if (whole) {
		put_registrations(b, v);
		put_tally(b, l, v);
	}
	put_texts(b, v, whole);
	json_close(b, '}');
}

void template_etag(const struct version *v, char out[24])
{
	must(v != NULL && out != NULL);
	snprintf(out, 24, "\"%llu\"", (unsigned long long)v->revision);
}

/* ---- paths ------------------------------------------------------------------------- */

const struct version *template_asked(struct request *r, uint64_t number)
{
	const struct version *v = NULL;
	struct str tenant;

	if (!request_tenant(r, &tenant))
		return NULL;
	if (number <= UINT32_MAX)
		v = library_version(r->c->library, tenant, r->param[0],
				    (unsigned)number);
	if (v == NULL)
		reply_error(r, 404, "not_found", NULL,
			    "there is no such template and version");
	else if (!branch_check_shared(r, tenant, str_of(v->branch),
				      r->param[0]))
		v = NULL;
	return v;
}

bool template_theirs(struct request *r, struct str tenant, struct str id)
{
	const struct version *v = library_version(r->c->library, tenant, id, 0);

	branch_kept(r);
	return v == NULL || branch_check(r, tenant, str_of(v->branch), id);
}

bool template_number(struct request *r, uint64_t *number)
{
	if (str_u64(r->param[1], UINT32_MAX, number) == 0 && *number > 0)
		return true;
	reply_error(r, 404, "not_found", NULL, "versions are numbers from 1");
	return false;
}

/* ---- answers --------------------------------------------------------------------- */

void reply_library(struct request *r, int rc, const struct library_refusal *why)
{
	static const struct {
		int rc, status;
	} statuses[] = {
		{ -EINVAL, 400 }, { -EACCES, 403 }, { -ENOENT, 404 },
		{ -EPROTO, 409 }, { -EEXIST, 409 }, { -EAGAIN, 409 },
		{ -ENOSPC, 409 },
	};
	int status = 500;

	must(r != NULL && rc != 0 && why != NULL);
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		if (statuses[i].rc == rc)
			status = statuses[i].status;
	if (rc == -EAGAIN)
		r->retry_after_s = 1;
	reply_error(r, status, why->code, why->field, "%s", why->err.text);
}

void template_findings_json(struct buf *b, const struct template_findings *f)
{
	must(b != NULL && f != NULL);
	json_open(b, '[');
	for (unsigned i = 0; i < f->n; i++) {
		const struct template_finding *x = &f->v[i];

		json_open(b, '{');
		json_kz(b, "code", x->code);
		json_kz(b, "severity", template_severity_name(x->severity));
		json_kz(b, "zh", x->zh);
		json_kz(b, "en", x->en);
		json_close(b, '}');
	}
	json_close(b, ']');
}

/* ---- what is noted ------------------------------------------------------------------ */

static void put_change(struct buf *b, const struct version *before,
		       const struct version *after)
{
	json_open(b, '{');
	json_kz(b, "id", after->id);
	json_ku(b, "version", after->number);
	json_ku(b, "revision", after->revision);
	if (before != NULL)
		json_kz(b, "before", version_state_name(before->state));
	json_kz(b, "state", version_state_name(after->state));
	json_kz(b, "class", after->class_name);
	json_ks_opt(b, "owner", str_of(after->owner));
	json_ks_opt(b, "reason", str_of(after->reason));
	json_key(b, "sha256");
	json_hex(b, after->sha256, VERSION_SHA256);
	json_close(b, '}');
}

void template_changed(void *owner, const struct version *before,
		      const struct version *after, struct str actor,
		      const char *action)
{
	struct console *c = MAGIC_CAST(struct console, CONSOLE_MAGIC, owner);
	AUTO(buf_done) struct buf detail = { 0 };
	char word[48], object[VERSION_ID_MAX + 16];

	must(after != NULL && action != NULL);
	buf_init(&detail, AUDIT_DETAIL_MAX);
	put_change(&detail, before, after);
	snprintf(word, sizeof(word), "template.%s", action);
	snprintf(object, sizeof(object), "%s@%u", after->id, after->number);
	audit_put(c->audit, str_of(after->tenant), actor, str_of(word),
		  str_of(object), buf_str(&detail));
	if (c->stopping || (before != NULL && before->state == after->state))
		return; /* the gateway may be gone already */
	snprintf(word, sizeof(word), "template.%s",
		 version_state_name(after->state));
	gateway_publish(c->gateway, str_of(after->tenant), word,
			buf_str(&detail));
}
