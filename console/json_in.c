/* JSON as it comes in. */
#include "console/json_in.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"

/* Brackets outside strings; jansson itself allows 2,048 levels. */
static unsigned json_depth(struct str s)
{
	unsigned depth = 0, most = 0;
	bool quoted = false;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
		} else if (c == '"') {
			quoted = true;
		} else if (c == '{' || c == '[') {
			depth++;
			most = MAX(most, depth);
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}
	return most;
}

int json_read(struct str text, unsigned depth_max, json_t **out,
	      struct err *err)
{
	json_error_t e;

	must(out != NULL);
	if (text.len == 0)
		return err_set(err, -EINVAL, "the body is empty");
	if (json_depth(text) > depth_max)
		return err_set(err, -E2BIG, "nested deeper than %u levels",
			       depth_max);
	json_t *j = json_loadb(text.p, text.len, JSON_REJECT_DUPLICATES, &e);
	if (j == NULL)
		return err_set(err, -EINVAL, "line %d, column %d: %s", e.line,
			       e.column, e.text);
	*out = j;
	return 0;
}

/* ---- names -----------------------------------------------------------------*/

/* Edits from a to b (insert, drop, change), for names of up to 31 letters. */
static unsigned name_distance(struct str a, const char *z)
{
	struct str b = str_of(z);
	unsigned row[33];

	if (a.len > 31 || b.len > 31)
		return 99;
	for (unsigned j = 0; j <= b.len; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a.len; i++) {
		unsigned diagonal = row[0];
		row[0] = i;
		for (unsigned j = 1; j <= b.len; j++) {
			unsigned up = row[j];
			unsigned swap = diagonal + (a.p[i - 1] != b.p[j - 1]);
			row[j] = MIN(MIN(up, row[j - 1]) + 1, swap);
			diagonal = up;
		}
	}
	return row[b.len];
}

const char *name_nearest(struct str wrong,
			 const char *(*nth)(const void *v, size_t i),
			 const void *v, size_t n)
{
	const char *best = NULL;
	unsigned least = 4;

	must(nth != NULL);
	for (size_t i = 0; i < n; i++) {
		unsigned d = name_distance(wrong, nth(v, i));
		if (d < least && d < wrong.len) {
			least = d;
			best = nth(v, i);
		}
	}
	return best;
}

static const char *field_name(const void *v, size_t i)
{
	return ((const struct field *)v)[i].name;
}

/* ---- fields ----------------------------------------------------------------*/

static int refuse(struct refusal *why, const char *code, struct str field)
{
	why->code = code;
	if (str_copy(why->field, sizeof(why->field), field) != 0)
		IGNORE(str_copy(why->field, sizeof(why->field),
				str_first(field, sizeof(why->field) - 1)));
	return -EINVAL;
}

static int refuse_unknown(const struct fields *f, struct str name,
			  struct refusal *why)
{
	const char *near = name_nearest(name, field_name, f->v, f->n);

	err_set(&why->err, 0, "a %s has no field '%.*s'", f->name,
		STR_ARGS(str_first(name, 60)));
	if (near != NULL)
		snprintf(why->hint, sizeof(why->hint), "did you mean '%s'?",
			 near);
	return refuse(why, "unknown_field", name);
}

static int refuse_type(const struct field *f, const char *wanted,
		       struct refusal *why)
{
	err_set(&why->err, 0, "'%s' must be %s", f->name, wanted);
	return refuse(why, "wrong_type", str_of(f->name));
}

static struct str string_view(const json_t *v)
{
	return str_bytes(json_string_value(v), json_string_length(v));
}

static int field_time(const struct field *f, json_t *v, int64_t *ms,
		      struct refusal *why)
{
	struct str s = string_view(v);

	if (json_is_string(v) && clock_parse_rfc3339(s.p, s.len, ms) == 0)
		return 0;
	return refuse_type(f, "a time like 2026-11-22T10:40:00Z", why);
}

static int field_store(const struct field *f, json_t *v, void *at,
		       struct refusal *why)
{
	switch (f->type) {
	case FIELD_STR:
		if (!json_is_string(v))
			return refuse_type(f, "a string", why);
		*(struct str *)at = string_view(v);
		return 0;
	case FIELD_INT:
		if (!json_is_integer(v))
			return refuse_type(f, "a whole number", why);
		*(int64_t *)at = json_integer_value(v);
		return 0;
	case FIELD_BOOL:
		if (!json_is_boolean(v))
			return refuse_type(f, "true or false", why);
		*(bool *)at = json_is_true(v);
		return 0;
	case FIELD_TIME:
		return field_time(f, v, at, why);
	case FIELD_OBJECT:
		if (!json_is_object(v))
			return refuse_type(f, "an object", why);
		*(json_t **)at = v;
		return 0;
	case FIELD_ARRAY:
		if (!json_is_array(v))
			return refuse_type(f, "an array", why);
		*(json_t **)at = v;
		return 0;
	}
	must(!"field type");
	return -EINVAL;
}

static const struct field *field_find(const struct fields *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++) {
		if (strcmp(f->v[i].name, name) == 0)
			return &f->v[i];
	}
	return NULL;
}

int fields_read(const struct fields *f, json_t *object, void *out,
		struct refusal *why)
{
	const char *name;
	json_t *v;

	must(f != NULL && out != NULL && why != NULL);
	if (!json_is_object(object)) {
		err_set(&why->err, 0, "a %s is a JSON object", f->name);
		return refuse(why, "wrong_type", STR_NONE);
	}
	json_object_foreach(object, name, v)
	{
		const struct field *row = field_find(f, name);
		if (row == NULL)
			return refuse_unknown(f, str_of(name), why);
		if (json_is_null(v))
			continue;
		int rc = field_store(row, v, (char *)out + row->offset, why);
		if (rc != 0)
			return rc;
	}
	for (size_t i = 0; i < f->n; i++) {
		if (!f->v[i].required)
			continue;
		v = json_object_get(object, f->v[i].name);
		if (v != NULL && !json_is_null(v))
			continue;
		err_set(&why->err, 0, "'%s' is needed: %s", f->v[i].name,
			f->v[i].text);
		return refuse(why, "missing_field", str_of(f->v[i].name));
	}
	return 0;
}
