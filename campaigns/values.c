/* Values of variables, and the rendering with them. */
#include "campaigns/values.h"

#include <errno.h>
#include <stdio.h>

#include "templates/render.h"

void values_done(struct values *v)
{
	must(v != NULL);
	json_decref(v->attrs);
	v->attrs = NULL;
	v->attrs_read = false;
}

/* Only one value is looked at at a time, so one place for digits is enough. */
static bool of_json(struct values *v, const json_t *j, struct str *value)
{
	if (json_is_string(j)) {
		*value = str_bytes(json_string_value(j), json_string_length(j));
		return value->len > 0;
	}
	if (json_is_boolean(j)) {
		*value = json_is_true(j) ? STR("true") : STR("false");
		return true;
	}
	if (json_is_integer(j))
		snprintf(v->number, sizeof(v->number), "%lld",
			 (long long)json_integer_value(j));
	else if (json_is_real(j))
		snprintf(v->number, sizeof(v->number), "%.15g",
			 json_real_value(j));
	else
		return false;
	*value = str_of(v->number);
	return true;
}

static const json_t *member(const json_t *object, struct str name)
{
	char z[TEMPLATE_NAME_MAX + 1];

	return object != NULL && str_copy(z, sizeof(z), name) == 0
		       ? json_object_get(object, z)
		       : NULL;
}

static const json_t *attribute(struct values *v, struct str name)
{
	if (!v->attrs_read && v->contact != NULL) {
		v->attrs_read = true;
		v->attrs =
			json_loadb(v->contact->attrs.p, v->contact->attrs.len,
				   JSON_REJECT_DUPLICATES, NULL);
	}
	return member(v->attrs, name);
}

static bool of_contact(struct values *v, struct str name, struct str *value)
{
	static const struct {
		const char *name;
		size_t offset;
	} known[] = {
		{ "name", offsetof(struct contact, name) },
		{ "ref", offsetof(struct contact, ref) },
		{ "lang", offsetof(struct contact, lang) },
		{ "tier", offsetof(struct contact, tier) },
		{ "branch", offsetof(struct contact, branch) },
	};

	if (v->contact == NULL)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (!str_eqz(name, known[i].name))
			continue;
		*value = *(const struct str *)((const char *)v->contact +
					       known[i].offset);
		return value->len > 0;
	}
	return of_json(v, attribute(v, name), value);
}

static bool zone_lookup(const struct values *v, struct str *value)
{
	*value = v->contact != NULL && v->contact->tz.len > 0 ? v->contact->tz
							      : v->zone;
	return value->len > 0;
}

bool values_lookup(void *owner, struct str name, struct str *value)
{
	struct values *v = owner;

	must(v != NULL && value != NULL);
	if (str_eqz(name, TEMPLATE_ZONE))
		return zone_lookup(v, value);
	if (of_json(v, member(v->vars, name), value) ||
	    of_contact(v, name, value))
		return true;
	v->missing = name;
	return false;
}

int library_render(const struct library_pick *p, struct values *v,
		   struct buf *out, struct err *err)
{
	must(p != NULL && p->translation != NULL && v != NULL && out != NULL);
	v->missing = STR_NONE;
	return template_render(p->translation->program, values_lookup, v, out,
			       err);
}
