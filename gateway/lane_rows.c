/* A row by name and type, and its value. */
#include "gateway/lane_rows.h"

#include <string.h>

const struct setting *lane_row(const struct section *s, const char *name,
			       enum setting_type type)
{
	must(s != NULL && name != NULL);
	for (size_t i = 0; i < s->kind->count; i++) {
		const struct setting *row = &s->kind->rows[i];

		if (row->type == type && strcmp(row->name, name) == 0)
			return row;
	}
	return NULL;
}

static const void *value_of(const struct section *s, const struct setting *row)
{
	return (const char *)s->value + row->offset;
}

int64_t lane_row_number(const struct section *s, const char *name,
			enum setting_type type, int64_t fallback)
{
	const struct setting *row = lane_row(s, name, type);

	must(type == SETTING_INT || type == SETTING_DURATION);
	return row == NULL ? fallback : *(const int64_t *)value_of(s, row);
}

int lane_row_choice(const struct section *s, const char *name)
{
	const struct setting *row = lane_row(s, name, SETTING_ENUM);

	return row == NULL ? 0 : *(const int *)value_of(s, row);
}

const char *lane_row_text(const struct section *s, const char *name)
{
	const struct setting *row = lane_row(s, name, SETTING_STR);

	return row == NULL ? "" : *(char *const *)value_of(s, row);
}
