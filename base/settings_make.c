/* Sections that come from no file: value by value; and values as text. */
#include "base/settings.h"

#include <errno.h>

#include "base/mem.h"
#include "base/settings_impl.h"

void section_init(struct section *s, const struct setting_section *kind,
		  struct str title)
{
	must(s != NULL && kind != NULL);
	*s = (struct section){ .kind = kind,
			       .title = str_z(title),
			       .value = mem_zalloc(kind->size) };
}

int section_set(struct section *s, const struct setting *row,
		const char *const *v, size_t n, struct err *err)
{
	must(s != NULL && row != NULL);
	setting_clear(row, s->value);
	return setting_set(row, s->value, v, n, err);
}

int section_default(struct section *s, const struct setting *row,
		    struct err *err)
{
	must(s != NULL && row != NULL);
	if (row->initial == NULL)
		return err_set(err, -EINVAL, "'%s' is missing", row->name);
	if (row->type == SETTING_LIST) {
		must(str_eqz(STR("{}"), row->initial));
		return section_set(s, row, NULL, 0, err);
	}
	return section_set(s, row, &row->initial, 1, err);
}

void section_text(const struct section *s, const struct setting *row,
		  struct buf *out)
{
	must(s != NULL && row != NULL && out != NULL);
	const void *field = setting_field_const(row, s->value);

	switch (row->type) {
	case SETTING_STR:
		buf_z(out, *(char *const *)field);
		return;
	case SETTING_INT:
	case SETTING_DURATION:
	case SETTING_SIZE:
		setting_number(row, *(const int64_t *)field, out);
		return;
	case SETTING_BOOL:
		buf_z(out, *(const bool *)field ? "true" : "false");
		return;
	case SETTING_ENUM:
		buf_z(out, row->names[*(const int *)field]);
		return;
	case SETTING_SECRET:
	case SETTING_LIST:
		break;
	}
	must(false && "a value that is one text");
}
