/* Drafts: what an author writes, checked before it is kept. */
#include "campaigns/library.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "campaigns/shelf.h"
#include "proto/text.h"

/* Letters, digits, '_', '-' and '.': it stands in paths and reports. */
static bool id_ok(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '_' || c == '-' ||
		      c == '.'))
			return false;
	}
	return s.len > 0 && s.len <= VERSION_ID_MAX;
}

/* A name on one line. */
static bool name_ok(struct str s)
{
	return s.len <= VERSION_NAME_MAX && text_printable(s) &&
	       str_find(s, '\n') == s.len && str_find(s, '\r') == s.len;
}

static int check_names(const struct library_draft *d,
		       struct library_refusal *why)
{
	const struct {
		const char *field;
		struct str value;
	} names[] = {
		{ "name", d->name },       { "class", d->class_name },
		{ "owner", d->owner },     { "sender", d->sender },
		{ "promise", d->promise },
	};

	if (!id_ok(d->id)) {
		err_set(&why->err, 0, "an id is 1 to %d of A-Z a-z 0-9 _ - .",
			VERSION_ID_MAX);
		return library_refuse(why, -EINVAL, "bad_id", "id");
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (name_ok(names[i].value))
			continue;
		err_set(&why->err, 0, "%s: one line of at most %d bytes",
			names[i].field, VERSION_NAME_MAX);
		return library_refuse(why, -EINVAL, "bad_name", names[i].field);
	}
	for (unsigned i = 0; i < REGISTRATIONS; i++) {
		if (name_ok(d->registrations[i]))
			continue;
		err_set(&why->err, 0, "%s: one line of at most %d bytes",
			registration_name(i), VERSION_NAME_MAX);
		return library_refuse(why, -EINVAL, "bad_name",
				      "registrations");
	}
	if (d->n == 0) {
		err_set(&why->err, 0, "a template needs a text");
		return library_refuse(why, -EINVAL, "missing", "texts");
	}
	return 0;
}

/* What the draft says, into a version; 0 or refused. old: another version of
 * the same template, NULL: none; it is of the branch of its first one. */
static int fill(struct version *v, const struct version *old,
		const struct library_draft *d, struct library_refusal *why)
{
	version_text(&v->branch, old != NULL ? str_of(old->branch) : d->branch);
	version_text(&v->tenant, d->tenant);
	version_text(&v->id, d->id);
	version_text(&v->name, d->name);
	version_text(&v->class_name, d->class_name);
	version_text(&v->owner, d->owner);
	version_text(&v->sender, d->sender);
	version_text(&v->promise, d->promise);
	v->priced = d->priced;
	for (unsigned i = 0; i < REGISTRATIONS; i++)
		version_text(&v->registrations[i], d->registrations[i]);
	for (unsigned i = 0; i < d->n; i++) {
		const struct library_wording *w = &d->v[i];

		if (version_translation(v, w->lang) != NULL) {
			err_set(&why->err, 0, "\"%.*s\" stands there twice",
				STR_ARGS(str_first(w->lang, VERSION_LANG_MAX)));
			return library_refuse(why, -EINVAL, "twice", "texts");
		}
		int rc = version_translate(v, w->lang, w->signature, w->text,
					   w->tail, &why->err);
		if (rc != 0) {
			err_prefix(&why->err, "%.*s",
				   STR_ARGS(str_first(w->lang,
						      VERSION_LANG_MAX)));
			return library_refuse(why,
					      rc == -EBADMSG ? -EINVAL : rc,
					      "bad_text", "texts");
		}
	}
	version_seal(v);
	return 0;
}

int library_sketch(const struct library *l, const struct library_draft *d,
		   struct version **out, struct library_refusal *why)
{
	must(l != NULL && d != NULL && out != NULL && why != NULL);
	AUTO(version_free) struct version *v = version_new();
	int rc = check_names(d, why);

	v->number = 1;
	if (rc == 0)
		rc = fill(v, NULL, d, why);
	if (rc == 0)
		*out = TAKE(v);
	return rc;
}

static int check_room(const struct library *l, const struct shelf *s,
		      struct library_refusal *why)
{
	if (s == NULL && l->n >= (size_t)l->cfg->templates_max) {
		err_set(&why->err, 0, "there are %lld templates already",
			(long long)l->cfg->templates_max);
		return library_refuse(why, -ENOSPC, "full", NULL);
	}
	if (s != NULL && s->n >= (unsigned)l->cfg->versions_max) {
		err_set(&why->err, 0, "it has %lld versions already",
			(long long)l->cfg->versions_max);
		return library_refuse(why, -ENOSPC, "full", NULL);
	}
	if (s != NULL && s->changing) {
		err_set(&why->err, 0, "another change of it is on its way");
		return library_refuse(why, -EAGAIN, "changing", NULL);
	}
	if (s != NULL && s->v[s->n - 1]->state == VERSION_DRAFT) {
		err_set(&why->err, 0, "version %u is a draft: edit that", s->n);
		return library_refuse(why, -EEXIST, "draft_exists", NULL);
	}
	return 0;
}

int library_write(struct library *l, const struct library_draft *d,
		  struct str actor, const struct version **out,
		  struct library_refusal *why)
{
	must(l != NULL && d != NULL && out != NULL && why != NULL);
	AUTO(version_free) struct version *v = version_new();
	struct shelf *s = shelf_find(l, d->tenant, d->id);
	int rc = check_names(d, why);

	if (rc == 0)
		rc = check_room(l, s, why);
	v->number = s == NULL ? 1 : s->n + 1;
	v->revision = 1;
	v->created_ms = clock_wall_ms(l->clock);
	version_text(&v->author, actor);
	if (rc == 0)
		rc = fill(v, s == NULL ? NULL : s->v[0], d, why);
	if (rc != 0)
		return rc;
	if (s == NULL)
		s = shelf_add(l, d->tenant, d->id);
	*out = v;
	shelf_change(s, TAKE(v), true, actor, "write");
	return 0;
}

int library_edit(struct library *l, const struct library_draft *d,
		 unsigned number, uint64_t revision, struct str actor,
		 const struct version **out, struct library_refusal *why)
{
	must(l != NULL && d != NULL && out != NULL && why != NULL);
	AUTO(version_free) struct version *v = version_new();
	struct shelf *s = NULL;
	const struct version *old = NULL;
	int rc = check_names(d, why);

	if (rc == 0)
		rc = shelf_seen(l, d->tenant, d->id, number, revision, &s, &old,
				why);
	if (rc != 0)
		return rc;
	if (old->state != VERSION_DRAFT) {
		err_set(&why->err, 0,
			"version %u is %s: what was submitted does not "
			"change; write a new version",
			number, version_state_name(old->state));
		return library_refuse(why, -EPROTO, "not_a_draft", NULL);
	}
	v->number = number;
	v->revision = old->revision + 1;
	v->created_ms = old->created_ms;
	version_text(&v->author, actor); /* who wrote last may not approve */
	rc = fill(v, old, d, why);
	if (rc != 0)
		return rc;
	*out = v;
	shelf_change(s, TAKE(v), true, actor, "edit");
	return 0;
}
