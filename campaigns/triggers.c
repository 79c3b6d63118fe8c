/* Triggers of the configuration and of the store, as one list. */
#include "campaigns/triggers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

/* One that was written by the API. */
struct kept {
	struct section section;
	char *tenant, *actor;
	int64_t at_ms;
};

struct triggers {
	struct triggers_env env;
	struct kept **v;
	size_t n;
	size_t coming; /* on their way to the disk */
};

static void kept_free(struct kept **kp)
{
	struct kept *k = TAKE(*kp);

	if (k == NULL)
		return;
	section_done(&k->section);
	mem_free(k->tenant);
	mem_free(k->actor);
	mem_free(k);
}

/* The place of one; t->n: there is none. */
static size_t place_of(const struct triggers *t, struct str tenant,
		       const char *name)
{
	size_t i = 0;

	while (i < t->n && (!str_eqz(tenant, t->v[i]->tenant) ||
			    strcmp(name, t->v[i]->section.title) != 0))
		i++;
	return i;
}

static const struct section *configured(const struct triggers *t,
					const char *name)
{
	return settings_find(t->env.settings, "trigger", name);
}

/* ---- to look ---------------------------------------------------------------- */

const struct section *triggers_next(const struct triggers *t, struct str tenant,
				    size_t *at)
{
	must(t != NULL && at != NULL);
	const struct settings *s = t->env.settings;

	if (*at < s->len) {
		const struct section *own = settings_next(s, "trigger", at);

		if (own != NULL)
			return own;
	}
	while (*at - s->len < t->n) {
		const struct kept *k = t->v[(*at)++ - s->len];

		if (str_eqz(tenant, k->tenant) &&
		    configured(t, k->section.title) == NULL)
			return &k->section;
	}
	return NULL;
}

const struct section *triggers_find(const struct triggers *t, struct str tenant,
				    const char *name)
{
	must(t != NULL && name != NULL);
	const struct section *own = configured(t, name);
	size_t i = own != NULL ? t->n : place_of(t, tenant, name);

	return i < t->n ? &t->v[i]->section : own;
}

void triggers_each(const struct triggers *t, struct str tenant,
		   void (*fn)(void *owner, const struct trigger_view *v),
		   void *owner)
{
	const struct section *s;
	size_t at = 0;

	must(t != NULL && fn != NULL);
	while ((s = settings_next(t->env.settings, "trigger", &at)) != NULL) {
		const struct trigger_cfg *c = s->value;

		if (tenant.len == 0 || c->tenant[0] == '\0' ||
		    str_eqz(tenant, c->tenant))
			fn(owner,
			   &(struct trigger_view){
				   .section = s, .tenant = str_of(c->tenant) });
	}
	for (size_t i = 0; i < t->n; i++) {
		const struct kept *k = t->v[i];

		if (tenant.len == 0 || str_eqz(tenant, k->tenant))
			fn(owner,
			   &(struct trigger_view){
				   &k->section, str_of(k->tenant),
				   str_of(k->actor), k->at_ms,
				   configured(t, k->section.title) != NULL });
	}
}

/* ---- what they name --------------------------------------------------------- */

struct looking {
	struct str id;
	bool found;
};

static bool is_survey(void *owner, const struct survey *v)
{
	struct looking *l = owner;

	l->found |= str_eqz(l->id, v->id);
	return !l->found;
}

static bool is_template(void *owner, const struct version *v)
{
	struct looking *l = owner;

	l->found |= str_eqz(l->id, v->id);
	return !l->found;
}

static void check_survey(const struct triggers *t, struct str tenant,
			 const char *id, struct faults *f)
{
	struct looking l = { .id = str_of(id) };

	if (id[0] == '\0')
		return;
	surveys_each(t->env.surveys, tenant, is_survey, &l);
	if (!l.found)
		faults_add(f, "there is no survey '%s'", id);
}

static void check_template(const struct triggers *t, struct str tenant,
			   const char *id, struct faults *f)
{
	const struct library_ask ask = { .tenant = tenant,
					 .id = str_of(id),
					 .single = true };
	struct looking l = { .id = str_of(id) };
	struct library_pick pick;
	struct err err = { "" };

	if (id[0] == '\0')
		return;
	if (t->env.library != NULL && tenant.len > 0) {
		if (library_find(t->env.library, &ask, &pick, &err) != 0)
			faults_add(f, "template '%s': %s", id, err.text);
		return;
	}
	if (t->env.library != NULL) /* some tenant has it */
		library_each(t->env.library, tenant, STR_NONE, is_template, &l);
	if (!l.found)
		faults_add(f, "there is no template '%s'", id);
}

void triggers_faults(const struct triggers *t, const struct section *s,
		     struct faults *faults)
{
	must(t != NULL && s != NULL && faults != NULL);
	const struct trigger_cfg *c = s->value;
	struct str tenant = str_of(c->tenant);
	const char *channels[CHANNEL_NAMES_MAX];
	const char **more = mem_array(t->n, sizeof(*more));
	struct trigger_names names = {
		.classes = gateway_classes(t->env.gateway),
		.settings = t->env.settings,
		.channels = channels,
		.nchannels = gateway_channels(t->env.gateway, channels),
		.queue = t->env.queue,
		.more = more,
	};

	for (size_t i = 0; i < t->n; i++)
		if (str_eqz(tenant, t->v[i]->tenant))
			more[names.nmore++] = t->v[i]->section.title;
	trigger_check(c, &names, faults);
	check_survey(t, tenant, c->survey, faults);
	check_survey(t, tenant, c->follow, faults);
	check_template(t, tenant, c->template, faults);
	mem_free(more);
}

static void tell(void *owner, const struct trigger_view *v)
{
	const struct triggers *t = owner;
	struct faults f = { 0 };

	triggers_faults(t, v->section, &f);
	if (v->hidden)
		faults_add(&f, "the configuration has one of that name");
	for (size_t i = 0; i < f.len; i++)
		log_warn("trigger.fault", KV_S("trigger", v->section->title),
			 KV_STR("tenant", v->tenant), KV_S("why", f.v[i]));
	faults_done(&f);
}

void triggers_reload(const struct triggers *t)
{
	must(t != NULL);
	triggers_each(t, STR_NONE, tell, (void *)(uintptr_t)t);
}

/* ---- to change -------------------------------------------------------------- */

/* On its way to the disk: kept NULL ends the one of that name. */
struct change {
	struct triggers *triggers;
	struct kept *kept;
	char *tenant, *name;
};

static void on_stored(void *owner, int rc)
{
	struct change *c = owner;
	struct triggers *t = c->triggers;
	size_t i = place_of(t, str_of(c->tenant), c->name);

	t->coming -= c->kept != NULL;
	if (rc == 0 && i < t->n) {
		kept_free(&t->v[i]);
		t->v[i] = t->v[--t->n];
	}
	if (rc == 0 && c->kept != NULL) {
		t->v = mem_resize(t->v, (t->n + 1) * sizeof(*t->v));
		t->v[t->n++] = TAKE(c->kept);
	}
	kept_free(&c->kept);
	mem_free(c->tenant);
	mem_free(c->name);
	mem_free(c);
}

static void when_stored(struct triggers *t, struct kept *k, struct str tenant,
			struct str name)
{
	struct change *c = mem_new(struct change);

	*c = (struct change){ t, k, str_z(tenant), str_z(name) };
	t->coming += k != NULL;
	store_then(t->env.store, on_stored, c);
}

static bool name_ok(struct str name)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";

	for (size_t i = 0; i < name.len; i++)
		if (name.p[i] == '\0' || strchr(good, name.p[i]) == NULL)
			return false;
	return name.len > 0 && name.len <= TRIGGER_NAME_MAX;
}

/* May the API touch that name? */
static int check_name(const struct triggers *t, struct str name, char *text,
		      struct err *err)
{
	if (!name_ok(name) || str_copy(text, TRIGGER_NAME_MAX + 1, name) != 0)
		return err_set(err, -EINVAL,
			       "a name is made of 1 to %d of a-z, 0-9, '.', "
			       "'_' and '-'",
			       TRIGGER_NAME_MAX);
	const struct section *own = configured(t, text);

	if (own != NULL)
		return err_set(err, -EEXIST,
			       "trigger %s stands in the configuration, line "
			       "%u, and is changed there",
			       text, own->line);
	return 0;
}

static int check_all(const struct triggers *t, const struct section *s,
		     struct err *err)
{
	struct faults f = { 0 };
	int rc = 0;

	triggers_faults(t, s, &f);
	if (f.len > 0)
		rc = err_set(err, -EINVAL, "%s%s%s", f.v[0],
			     f.len > 1 ? "; " : "", f.len > 1 ? f.v[1] : "");
	faults_done(&f);
	return rc;
}

static struct kept *kept_new(struct section s, struct str tenant,
			     struct str actor, int64_t at_ms)
{
	struct kept *k = mem_new(struct kept);

	*k = (struct kept){ s, str_z(tenant), str_z(actor), at_ms };
	return k;
}

static void put_row(struct triggers *t, const struct kept *k,
		    const json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT);

	must(text != NULL);
	const struct cell cells[] = { CELL_Z(k->tenant),
				      CELL_Z(k->section.title), CELL_Z(text),
				      CELL_Z(k->actor), CELL_I(k->at_ms) };

	store_put(t->env.store, STORE_TRIGGER_PUT, cells, ARRAY_LEN(cells));
	free(text);
}

int triggers_put(struct triggers *t, struct str tenant, struct str name,
		 const json_t *body, struct str actor, bool *made,
		 struct err *err)
{
	char text[TRIGGER_NAME_MAX + 1];
	struct section s;

	must(t != NULL && made != NULL && err != NULL);
	int rc = check_name(t, name, text, err);

	if (rc != 0)
		return rc;
	if (json_dumpb(body, NULL, 0, JSON_COMPACT) > TRIGGER_BODY_MAX)
		return err_set(err, -EINVAL, "it has at most %d bytes",
			       TRIGGER_BODY_MAX);
	*made = place_of(t, tenant, text) == t->n;
	if (*made && t->n + t->coming >= (size_t)t->env.max)
		return err_set(err, -ENOSPC,
			       "there are too many: events.triggers_max");
	rc = trigger_read(body, tenant, name, &s, err);
	if (rc != 0)
		return rc;
	rc = check_all(t, &s, err);
	if (rc == 0)
		rc = t->env.store->ops->ready(t->env.store);
	if (rc != 0) {
		section_done(&s);
		return rc;
	}
	struct kept *k =
		kept_new(s, tenant, actor, clock_wall_ms(t->env.clock));

	put_row(t, k, body);
	when_stored(t, k, tenant, name);
	return 0;
}

int triggers_delete(struct triggers *t, struct str tenant, struct str name,
		    struct err *err)
{
	char text[TRIGGER_NAME_MAX + 1];

	must(t != NULL && err != NULL);
	int rc = check_name(t, name, text, err);

	if (rc != 0)
		return rc;
	if (place_of(t, tenant, text) == t->n)
		return err_set(err, -ENOENT, "there is no trigger %s", text);
	rc = t->env.store->ops->ready(t->env.store);
	if (rc != 0)
		return rc;
	const struct cell cells[] = { CELL_T(tenant), CELL_T(name) };

	store_put(t->env.store, STORE_TRIGGER_DROP, cells, ARRAY_LEN(cells));
	when_stored(t, NULL, tenant, name);
	return 0;
}

/* ---- open and close --------------------------------------------------------- */

static bool on_row(void *owner, const struct row *row)
{
	struct triggers *t = owner;
	struct str body = row_s(row, 2);
	struct err err = { "" };
	struct section s;
	json_t *o = json_loadb(body.p, body.len, 0, NULL);

	if (o == NULL ||
	    trigger_read(o, row_s(row, 0), row_s(row, 1), &s, &err) != 0) {
		log_error("trigger.unreadable",
			  KV_STR("trigger", row_s(row, 1)),
			  KV_S("why", err.text));
		json_decref(o);
		return true;
	}
	json_decref(o);
	t->v = mem_resize(t->v, (t->n + 1) * sizeof(*t->v));
	t->v[t->n++] = kept_new(s, row_s(row, 0), row_s(row, 3), row_i(row, 4));
	return true;
}

int triggers_open(struct triggers **out, const struct triggers_env *env,
		  struct err *err)
{
	must(out != NULL && env != NULL && env->settings != NULL);
	AUTO(triggers_close) struct triggers *t = mem_new(struct triggers);

	t->env = *env;
	if (env->store->ops->scan(env->store, STORE_TRIGGER_SCAN, NULL, 0,
				  on_row, t) != 0)
		return err_set(err, -EIO, "triggers cannot be read");
	triggers_reload(t);
	*out = TAKE(t);
	return 0;
}

void triggers_close(struct triggers **tp)
{
	struct triggers *t = TAKE(*tp);

	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n; i++)
		kept_free(&t->v[i]);
	mem_free(t->v);
	mem_free(t);
}
