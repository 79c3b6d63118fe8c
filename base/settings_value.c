/* Values of settings: text of the file's notation to typed fields. */
#include "base/settings_impl.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

struct value_unit {
	const char *name;
	int64_t each;
};

/* Largest first, for writing. */
static const struct value_unit value_durations[] = {
	{ "d", 86400000 }, { "h", 3600000 }, { "m", 60000 },
	{ "s", 1000 },     { "ms", 1 },      { NULL, 0 },
};

static const struct value_unit value_sizes[] = {
	{ "TB", INT64_C(1) << 40 }, { "GB", 1 << 30 }, { "MB", 1 << 20 },
	{ "KB", 1 << 10 },          { "B", 1 },        { NULL, 0 },
};

/* Digits, then a unit; bare digits stand for `bare` each, 0: not allowed
 * unless they are 0. */
static int value_with_unit(struct str s, const struct value_unit *units,
			   int64_t bare, int64_t *out)
{
	size_t digits = 0;
	uint64_t v;
	int64_t each = 0;
	int64_t whole;

	while (digits < s.len && s.p[digits] >= '0' && s.p[digits] <= '9')
		digits++;
	if (str_u64(str_first(s, digits), INT64_MAX, &v) < 0)
		return -EBADMSG;
	if (digits == s.len)
		each = v == 0 ? 1 : bare;
	for (const struct value_unit *u = units; u->name != NULL; u++) {
		if (str_ieqz(str_from(s, digits), u->name))
			each = u->each;
	}
	if (each == 0 || __builtin_mul_overflow((int64_t)v, each, &whole))
		return -EBADMSG;
	*out = whole;
	return 0;
}

int settings_duration(struct str s, int64_t *ms)
{
	must(ms != NULL);
	return value_with_unit(s, value_durations, 0, ms);
}

int settings_size(struct str s, int64_t *bytes)
{
	must(bytes != NULL);
	return value_with_unit(s, value_sizes, 1, bytes);
}

void setting_number(const struct setting *row, int64_t v, struct buf *out)
{
	const struct value_unit *u = NULL;

	must(row != NULL && out != NULL);
	if (row->type == SETTING_DURATION)
		u = value_durations;
	else if (row->type == SETTING_SIZE)
		u = value_sizes;
	while (u != NULL && v != 0 && v % u->each != 0)
		u++;
	buf_f(out, "%lld", (long long)(u != NULL ? v / u->each : v));
	if (u != NULL && v != 0 && u->each != 1)
		buf_z(out, u->name);
	else if (u != NULL && v != 0 && row->type == SETTING_DURATION)
		buf_z(out, "ms");
}

void setting_range(const struct setting *row, struct buf *out)
{
	must(row != NULL && out != NULL);
	if (row->min == 0 && row->max == 0)
		return;
	if (row->max == INT64_MAX)
		buf_z(out, "at least ");
	setting_number(row, row->min, out);
	if (row->max == INT64_MAX)
		return;
	buf_z(out, "..");
	setting_number(row, row->max, out);
}

void *setting_field(const struct setting *row, void *value)
{
	return (char *)value + row->offset;
}

const void *setting_field_const(const struct setting *row, const void *value)
{
	return (const char *)value + row->offset;
}

/* ---- one type each ------------------------------------------------------- */

static int value_in_range(const struct setting *row, int64_t v,
			  const char *given, struct err *err)
{
	struct buf range;

	if ((row->min == 0 && row->max == 0) ||
	    (v >= row->min && v <= row->max))
		return 0;
	buf_init(&range, BUF_NO_LIMIT);
	setting_range(row, &range);
	int rc = err_set(err, -EINVAL, "'%s' is %s, outside %s", row->name,
			 given, range.p);
	buf_done(&range);
	return rc;
}

static int value_number(const struct setting *row, int64_t *field,
			const char *text, struct err *err)
{
	struct str s = str_of(text);
	bool minus = row->type == SETTING_INT && s.len > 0 && s.p[0] == '-';
	const char *form = "a whole number";
	int64_t v = 0;
	uint64_t u;
	int rc;

	if (row->type == SETTING_DURATION) {
		form = "a duration such as 500ms, 10s, 5m, 24h or 155d";
		rc = settings_duration(s, &v);
	} else if (row->type == SETTING_SIZE) {
		form = "a size such as 512, 64KB, 8MB or 1GB";
		rc = settings_size(s, &v);
	} else {
		rc = str_u64(str_from(s, minus ? 1 : 0), INT64_MAX, &u);
		v = rc == 0 ? (minus ? -(int64_t)u : (int64_t)u) : 0;
	}
	if (rc < 0)
		return err_set(err, -EINVAL, "'%s' is '%.40s', not %s",
			       row->name, text, form);
	rc = value_in_range(row, v, text, err);
	if (rc == 0)
		*field = v;
	return rc;
}

static int value_bool(const struct setting *row, bool *field, const char *text,
		      struct err *err)
{
	static const char *const words[] = { "no", "yes",   "off",
					     "on", "false", "true" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_ieqz(str_of(text), words[i])) {
			*field = i % 2 == 1;
			return 0;
		}
	}
	return err_set(err, -EINVAL, "'%s' is '%.40s', not yes or no",
		       row->name, text);
}

static int value_enum(const struct setting *row, int *field, const char *text,
		      struct err *err)
{
	struct buf what;
	size_t n = 0;

	must(row->names != NULL);
	for (; row->names[n] != NULL; n++) {
		if (str_eqz(str_of(text), row->names[n])) {
			*field = (int)n;
			return 0;
		}
	}
	buf_init(&what, BUF_NO_LIMIT);
	for (size_t i = 0; i < n; i++)
		buf_f(&what, "%s%s", i > 0 ? ", " : "", row->names[i]);
	settings_hint(&what, str_of(text), row->names, n);
	int rc = err_set(err, -EINVAL, "'%s' is '%.40s', not one of %s",
			 row->name, text, what.p);
	buf_done(&what);
	return rc;
}

static int value_str(const struct setting *row, char **field, const char *text,
		     struct err *err)
{
	if (setting_is_reference(text))
		return err_set(err, -EINVAL,
			       "'%s' is no secret: @file: and ${...} do not "
			       "work here",
			       row->name);
	*field = str_dup(text);
	return 0;
}

static int value_secret(const struct setting *row, char **field,
			const char *text, struct err *err)
{
	int rc = setting_secret(text, field, err);

	if (rc < 0)
		err_prefix(err, "'%s'", row->name);
	return rc;
}

static int value_list(const struct setting *row, struct setting_list *field,
		      const char *const *v, size_t n, struct err *err)
{
	if ((row->min != 0 || row->max != 0) &&
	    ((int64_t)n < row->min || (int64_t)n > row->max)) {
		struct buf range;
		buf_init(&range, BUF_NO_LIMIT);
		setting_range(row, &range);
		int rc = err_set(err, -EINVAL,
				 "'%s' has %zu entries, outside %s", row->name,
				 n, range.p);
		buf_done(&range);
		return rc;
	}
	field->v = mem_array(n, sizeof(field->v[0]));
	for (; field->len < n; field->len++)
		field->v[field->len] = str_dup(v[field->len]);
	return 0;
}

int setting_set(const struct setting *row, void *value, const char *const *v,
		size_t n, struct err *err)
{
	must(row != NULL && value != NULL && (v != NULL || n == 0));
	must(row->type == SETTING_LIST || n == 1);

	void *field = setting_field(row, value);
	switch (row->type) {
	case SETTING_STR:
		return value_str(row, field, v[0], err);
	case SETTING_SECRET:
		return value_secret(row, field, v[0], err);
	case SETTING_INT:
	case SETTING_DURATION:
	case SETTING_SIZE:
		return value_number(row, field, v[0], err);
	case SETTING_BOOL:
		return value_bool(row, field, v[0], err);
	case SETTING_LIST:
		return value_list(row, field, v, n, err);
	case SETTING_ENUM:
		return value_enum(row, field, v[0], err);
	}
	must(false && "setting type");
	return -EINVAL;
}

void setting_clear(const struct setting *row, void *value)
{
	must(row != NULL && value != NULL);

	void *field = setting_field(row, value);
	if (row->type == SETTING_STR || row->type == SETTING_SECRET) {
		char **text = field;
		if (*text != NULL)
			explicit_bzero(*text, strlen(*text));
		mem_free(TAKE(*text));
	} else if (row->type == SETTING_LIST) {
		struct setting_list *list = field;
		for (size_t i = 0; i < list->len; i++)
			mem_free(list->v[i]);
		mem_free(list->v);
		*list = (struct setting_list){ 0 };
	}
}
