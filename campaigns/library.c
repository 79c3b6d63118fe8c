/* The library: read from the store, looked up, asked for texts. */
#include "campaigns/library.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/shelf.h"

/* ---- opening -------------------------------------------------------------------- */

struct loading {
	struct library *l;
	int rc;
	struct err *err;
};

static bool load_fails(struct loading *ld, const struct row *row)
{
	ld->rc = err_set(ld->err, -EIO, "template %.*s: its row is damaged",
			 STR_ARGS(row_s(row, 1)));
	return false;
}

static bool load_version(void *owner, const struct row *row)
{
	struct loading *ld = owner;
	struct version *v = NULL;
	struct shelf *s;

	if (version_from_row(row, &v) != 0)
		return load_fails(ld, row);
	s = shelf_find(ld->l, str_of(v->tenant), str_of(v->id));
	if (s == NULL)
		s = shelf_add(ld->l, str_of(v->tenant), str_of(v->id));
	if (v->number != s->n + 1) {
		version_free(&v);
		return load_fails(ld, row);
	}
	shelf_put(s, v);
	return true;
}

static bool load_translation(void *owner, const struct row *row)
{
	struct loading *ld = owner;
	const struct shelf *s = shelf_find(ld->l, row_s(row, 0), row_s(row, 1));
	struct version *v =
		s == NULL ? NULL : shelf_version(s, (unsigned)row_i(row, 2));

	if (v == NULL || translation_from_row(row, v) != 0)
		return load_fails(ld, row);
	return true;
}

/* What was approved must be what is there: the row may have been changed. */
static void check_seal(struct version *v)
{
	struct version *c = version_copy(v);

	version_seal(c);
	v->damaged = memcmp(c->sha256, v->sha256, VERSION_SHA256) != 0;
	for (unsigned i = 0; i < v->n; i++)
		v->damaged |= memcmp(c->v[i].sha256, v->v[i].sha256,
				     VERSION_SHA256) != 0;
	version_free(&c);
	if (v->damaged)
		log_error("template.damaged", KV_S("tenant", v->tenant),
			  KV_S("id", v->id), KV_U("version", v->number));
}

static void check_seals(struct library *l)
{
	for (size_t i = 0; i < l->n; i++)
		for (unsigned k = 0; k < l->order[i]->n; k++)
			check_seal(l->order[i]->v[k]);
}

int library_open(struct library **out, const struct library_env *env,
		 struct err *err)
{
	must(out != NULL && env != NULL && env->store != NULL &&
	     env->cfg != NULL);
	AUTO(library_close) struct library *l = mem_new(struct library);
	struct loading ld = { l, 0, err };
	int rc;

	l->store = env->store;
	l->clock = env->clock;
	l->cfg = env->cfg;
	l->blocked = env->blocked;
	l->blocked_owner = env->owner;
	l->shelves = dict_new();
	rc = l->store->ops->scan(l->store, STORE_TEMPLATE_SCAN, NULL, 0,
				 load_version, &ld);
	if (rc == 0 && ld.rc == 0)
		rc = l->store->ops->scan(l->store, STORE_TEMPLATE_TEXT_SCAN,
					 NULL, 0, load_translation, &ld);
	if (rc != 0)
		return err_set(err, rc, "the templates cannot be read");
	if (ld.rc != 0)
		return ld.rc;
	check_seals(l);
	*out = TAKE(l);
	return 0;
}

void library_close(struct library **lp)
{
	struct library *l = *lp;

	if (l == NULL)
		return;
	while (l->n > 0) {
		struct shelf *s = l->order[l->n - 1];

		must(!s->changing);
		while (s->n > 0)
			version_free(&s->v[--s->n]);
		shelf_drop(s);
	}
	dict_free(&l->shelves);
	mem_free(l->order);
	mem_free(l);
	*lp = NULL;
}

void library_on_change(struct library *l, library_change_fn *fn, void *owner)
{
	must(l != NULL);
	l->changed = fn;
	l->owner = owner;
}

/* ---- looking -------------------------------------------------------------------- */

const struct version *library_version(const struct library *l,
				      struct str tenant, struct str id,
				      unsigned number)
{
	must(l != NULL);
	const struct shelf *s = shelf_find(l, tenant, id);

	if (s == NULL || s->n == 0)
		return NULL;
	return shelf_version(s, number == 0 ? s->n : number);
}

static bool follows(const char *id, struct str after)
{
	int diff = strncmp(id, after.p, after.len);

	return diff > 0 || (diff == 0 && strlen(id) > after.len);
}

void library_each(const struct library *l, struct str tenant, struct str after,
		  bool (*fn)(void *owner, const struct version *newest),
		  void *owner)
{
	must(l != NULL && fn != NULL);
	for (size_t i = 0; i < l->n; i++) {
		const struct shelf *s = l->order[i];

		if (s->n == 0)
			continue;
		const struct version *v = s->v[s->n - 1];
		if (tenant.len > 0 && !str_eqz(tenant, v->tenant))
			continue;
		if (after.len > 0 && !follows(v->id, after))
			continue;
		if (!fn(owner, v))
			return;
	}
}

/* ---- asking for a text ------------------------------------------------------------ */

static bool usable(enum version_state s, bool single)
{
	return s == VERSION_APPROVED || s == VERSION_ACTIVE ||
	       (s == VERSION_REVIEW && single);
}

/* The newest one that goes to those who name none. */
static const struct version *newest_active(const struct shelf *s, bool single)
{
	for (unsigned i = s->n; i > 0; i--) {
		const struct version *v = s->v[i - 1];

		if (v->state == VERSION_ACTIVE ||
		    (v->state == VERSION_REVIEW && single))
			return v;
	}
	return NULL;
}

static bool for_branch(const struct version *v, struct str branch)
{
	return branch.len == 0 || v->branch[0] == '\0' ||
	       str_eqz(branch, v->branch);
}

static int find_version(const struct library *l, const struct library_ask *ask,
			const struct version **out, struct err *err)
{
	const struct shelf *s = shelf_find(l, ask->tenant, ask->id);
	const struct version *v;

	if (s == NULL || s->n == 0 || !for_branch(s->v[0], ask->branch))
		return err_set(err, -ENOENT, "there is no template \"%.*s\"",
			       STR_ARGS(str_first(ask->id, VERSION_ID_MAX)));
	if (ask->number == 0) {
		v = newest_active(s, ask->single);
		if (v == NULL)
			return err_set(err, -EPROTO,
				       "template %s: no version is active; the "
				       "newest, %u, is %s",
				       s->v[0]->id, s->n,
				       version_state_name(
					       s->v[s->n - 1]->state));
	} else {
		v = shelf_version(s, ask->number);
		if (v == NULL)
			return err_set(err, -ENOENT,
				       "template %s has no version %u",
				       s->v[0]->id, ask->number);
	}
	if (v->damaged)
		return err_set(err, -EPROTO,
			       "template %s version %u is not what was "
			       "approved: its stored text was changed",
			       v->id, v->number);
	if (!usable(v->state, ask->single))
		return err_set(err, -EPROTO, "template %s version %u is %s",
			       v->id, v->number, version_state_name(v->state));
	*out = v;
	return 0;
}

struct template_ref library_ref(const struct library_pick *p)
{
	must(p != NULL && p->version != NULL && p->translation != NULL);
	return (struct template_ref){
		.id = str_of(p->version->id),
		.version = p->version->number,
		.lang = str_of(p->translation->lang),
		.sha256 = str_bytes(p->translation->sha256, VERSION_SHA256),
	};
}

void library_tally(const struct library *l, const struct version *v,
		   struct library_tally *out)
{
	must(l != NULL && v != NULL && out != NULL);
	const struct shelf *s = shelf_find(l, str_of(v->tenant), str_of(v->id));
	const struct tally *t = s != NULL && v->number <= s->n_tallies
					? s->tallies[v->number - 1]
					: NULL;

	*out = (struct library_tally){ .sent = 0 };
	if (t != NULL)
		*out = (struct library_tally){ t->sent, t->opt_outs,
					       t->complaints };
}

const struct library_cfg *library_settings(const struct library *l)
{
	must(l != NULL);
	return l->cfg;
}

struct str library_language(const struct library *l, struct str tenant)
{
	must(l != NULL);
	for (size_t i = 0; i < l->cfg->languages.len; i++) {
		struct str name;
		struct str lang =
			str_cut(str_of(l->cfg->languages.v[i]), '=', &name);

		if (str_eq(name, tenant))
			return lang;
	}
	return str_of(l->cfg->language);
}

/* "zh-Hant" is served by "zh" where there is nothing nearer. */
static const struct translation *of_lang(const struct version *v,
					 struct str lang)
{
	struct str base = str_first(lang, str_find(lang, '-'));
	const struct translation *near = NULL;

	for (unsigned i = 0; i < v->n && lang.len > 0; i++) {
		const struct translation *t = &v->v[i];

		if (t->state != TRANSLATION_APPROVED)
			continue;
		if (str_ieqz(lang, t->lang))
			return t;
		if (str_ieqz(base, t->lang))
			near = t;
	}
	return near;
}

static const struct translation *only_one(const struct version *v)
{
	const struct translation *one = NULL;

	for (unsigned i = 0; i < v->n; i++) {
		if (v->v[i].state != TRANSLATION_APPROVED)
			continue;
		if (one != NULL)
			return NULL;
		one = &v->v[i];
	}
	return one;
}

int library_find(const struct library *l, const struct library_ask *ask,
		 struct library_pick *out, struct err *err)
{
	const struct version *v = NULL;
	const struct translation *t;
	int rc;

	must(l != NULL && ask != NULL && out != NULL);
	rc = find_version(l, ask, &v, err);
	if (rc != 0)
		return rc;
	struct str own = library_language(l, ask->tenant);

	t = of_lang(v, ask->lang);
	if (t == NULL && !ask->lang_strict)
		t = of_lang(v, own);
	if (t == NULL && !ask->lang_strict)
		t = only_one(v);
	if (t == NULL)
		return err_set(err, -ENOENT,
			       "template %s version %u has no approved text in "
			       "\"%.*s\"",
			       v->id, v->number,
			       STR_ARGS(ask->lang.len > 0
						? str_first(ask->lang, 15)
						: own));
	*out = (struct library_pick){ v, t };
	return 0;
}
