/* Definitions of surveys, by tenant, id and version. */
#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/surveys_impl.h"

static void shelf_key(struct str tenant, struct str id, struct buf *out)
{
	buf_init(out, 256);
	buf_str_put(out, tenant);
	buf_c(out, '\0');
	buf_str_put(out, id);
}

static struct shelf_of_surveys *shelf_of(const struct surveys *s,
					 struct str tenant, struct str id)
{
	AUTO(buf_done) struct buf key = { 0 };

	shelf_key(tenant, id, &key);
	return key.full ? NULL : dict_get(s->shelves, buf_str(&key));
}

static void shelve(struct surveys *s, struct survey *v)
{
	struct shelf_of_surveys *shelf =
		shelf_of(s, str_of(v->tenant), str_of(v->id));
	AUTO(buf_done) struct buf key = { 0 };

	if (shelf == NULL) {
		shelf = mem_new(struct shelf_of_surveys);
		shelf_key(str_of(v->tenant), str_of(v->id), &key);
		IGNORE(dict_set(s->shelves, buf_str(&key), shelf) != NULL);
	}
	shelf->v = mem_resize(shelf->v, (shelf->n + 1) * sizeof(*shelf->v));
	shelf->v[shelf->n++] = v;
	v->version = shelf->n;
}

const struct survey *surveys_find(const struct surveys *s, struct str tenant,
				  struct str id, unsigned version)
{
	must(s != NULL);
	const struct shelf_of_surveys *shelf = shelf_of(s, tenant, id);

	if (shelf == NULL || shelf->n == 0 || version > shelf->n)
		return NULL;
	return shelf->v[version == 0 ? shelf->n - 1 : version - 1];
}

void surveys_each(const struct surveys *s, struct str tenant,
		  bool (*fn)(void *owner, const struct survey *newest),
		  void *owner)
{
	struct str key;
	size_t pos = 0;
	void *value;

	must(s != NULL && fn != NULL);
	while (dict_next(s->shelves, &pos, &key, &value)) {
		const struct shelf_of_surveys *shelf = value;
		const struct survey *v =
			shelf->n == 0 ? NULL : shelf->v[shelf->n - 1];

		if (v == NULL ||
		    (tenant.len > 0 && !str_eqz(tenant, v->tenant)))
			continue;
		if (!fn(owner, v))
			return;
	}
}

struct asking_about {
	struct str factor;
	bool found;
};

static bool asks_about(void *owner, const struct survey *v)
{
	struct asking_about *a = owner;

	for (unsigned i = 0; i < v->n; i++)
		a->found |= str_eqz(a->factor, v->v[i].factor);
	return !a->found;
}

bool surveys_ask_about(const struct surveys *s, struct str tenant,
		       struct str factor)
{
	struct asking_about a = { factor, false };

	must(s != NULL);
	if (factor.len > 0)
		surveys_each(s, tenant, asks_about, &a);
	return a.found;
}

/* Not stored: the version goes again, unless a session has it already (its
 * batch is not stored either, and a restart forgets both). */
struct shelving {
	struct surveys *surveys;
	struct survey *survey;
};

static void on_shelved(void *owner, int rc)
{
	struct shelving *x = owner;
	struct shelf_of_surveys *shelf =
		shelf_of(x->surveys, str_of(x->survey->tenant),
			 str_of(x->survey->id));

	if (rc != 0 && shelf != NULL && shelf->n > 0 &&
	    shelf->v[shelf->n - 1] == x->survey &&
	    map_len(x->surveys->sessions) == 0) {
		shelf->n--;
		survey_free(&x->survey);
	}
	mem_free(x);
}

static void put_row(struct surveys *s, const struct survey *v, struct str actor)
{
	struct cell cells[] = {
		CELL_Z(v->tenant),  CELL_Z(v->id),
		CELL_I(v->version), CELL_Z(v->body),
		CELL_T(actor),      CELL_I(clock_wall_ms(s->clock))
	};
	struct shelving *x = mem_new(struct shelving);

	*x = (struct shelving){ s, (struct survey *)(uintptr_t)v };
	store_put(s->store, STORE_SURVEY_PUT, cells, ARRAY_LEN(cells));
	store_then(s->store, on_shelved, x);
}

int surveys_put(struct surveys *s, struct str tenant, const json_t *body,
		struct str actor, const struct survey **out, struct err *err)
{
	struct survey *v = NULL;
	int rc;

	must(s != NULL && out != NULL && err != NULL);
	rc = survey_check_members(body, err);
	if (rc == 0)
		rc = survey_read(body, tenant, &v, err);
	if (rc != 0)
		return rc;
	rc = survey_check_times(body, v, err);
	if (rc != 0) {
		survey_free(&v);
		return rc;
	}
	if (classes_find(gateway_classes(s->gateway), str_of(v->class_name)) ==
	    NULL) {
		rc = err_set(err, -EINVAL, "there is no class '%s'",
			     v->class_name);
		survey_free(&v);
		return rc;
	}
	const struct shelf_of_surveys *shelf =
		shelf_of(s, tenant, str_of(v->id));

	if ((shelf == NULL &&
	     dict_len(s->shelves) >= (size_t)s->cfg->surveys_max) ||
	    (shelf != NULL && shelf->n >= (unsigned)s->cfg->versions_max)) {
		survey_free(&v);
		return err_set(err, -ENOSPC, "there are too many already");
	}
	shelve(s, v);
	put_row(s, v, actor);
	*out = v;
	return 0;
}

static bool on_survey(void *owner, const struct row *row)
{
	struct surveys *s = owner;
	struct str body = row_s(row, 3);
	struct survey *v = NULL;
	struct err err = { "" };
	json_t *o = json_loadb(body.p, body.len, 0, NULL);

	if (o == NULL || survey_read(o, row_s(row, 0), &v, &err) != 0)
		log_error("survey.unreadable", KV_STR("id", row_s(row, 1)),
			  KV_S("why", err.text));
	else
		shelve(s, v);
	json_decref(o);
	return v != NULL;
}

int survey_shelves_recover(struct surveys *s, struct err *err)
{
	int rc = s->store->ops->scan(s->store, STORE_SURVEY_SCAN, NULL, 0,
				     on_survey, s);

	return rc == 0 ? 0 : err_set(err, -EIO, "surveys cannot be read");
}

void survey_shelves_free(struct surveys *s)
{
	struct str key;
	size_t pos = 0;
	void *value;

	while (dict_next(s->shelves, &pos, &key, &value)) {
		struct shelf_of_surveys *shelf = value;

		for (unsigned i = 0; i < shelf->n; i++)
			survey_free(&shelf->v[i]);
		mem_free(shelf->v);
		mem_free(shelf);
	}
	dict_free(&s->shelves);
}
