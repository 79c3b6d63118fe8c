/* The commented reference file, written from the typed tables. */
#include "base/settings_impl.h"

#include <string.h>

static const char *reference_type(enum setting_type type)
{
	switch (type) {
	case SETTING_STR:
		return "text";
	case SETTING_SECRET:
		return "secret: text, \"@file:/path\" or \"${ENV}\"";
	case SETTING_INT:
		return "number";
	case SETTING_BOOL:
		return "yes or no";
	case SETTING_DURATION:
		return "duration";
	case SETTING_SIZE:
		return "size";
	case SETTING_LIST:
		return "list";
	case SETTING_ENUM:
		return "one of";
	}
	must(false && "setting type");
	return "";
}

/* "number, 1..65535 messages; must be given; may change by reload" */
static void reference_terms(const struct setting *row, struct buf *out)
{
	buf_z(out, reference_type(row->type));
	if (row->type == SETTING_ENUM) {
		for (size_t i = 0; row->names[i] != NULL; i++)
			buf_f(out, "%s %s", i > 0 ? "," : "", row->names[i]);
	}
	if (row->min != 0 || row->max != 0) {
		buf_z(out, ", ");
		setting_range(row, out);
		if (row->type == SETTING_LIST)
			buf_z(out, " entries");
	}
	if (row->unit != NULL)
		buf_f(out, " %s", row->unit);
	if (row->initial == NULL)
		buf_z(out, "; must be given");
	if (row->live)
		buf_z(out, "; may change by reload");
}

static void reference_quoted(const char *text, struct buf *out)
{
	buf_c(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_c(out, '\\');
		buf_c(out, *text);
	}
	buf_c(out, '"');
}

static void reference_value(const struct setting *row, struct buf *out)
{
	const char *initial = row->initial != NULL ? row->initial : "";

	if (row->type == SETTING_STR || row->type == SETTING_SECRET)
		reference_quoted(initial, out);
	else if (row->type == SETTING_LIST && initial[0] != '{')
		buf_f(out, "{%s}", initial);
	else
		buf_z(out, initial);
}

static void reference_row(const struct setting *row, struct buf *out)
{
	must(row->name != NULL && row->text != NULL);
	buf_f(out, "#\n#\t# %s\n#\t# (", row->text);
	reference_terms(row, out);
	buf_f(out, ")\n#\t%s = ", row->name);
	reference_value(row, out);
	buf_c(out, '\n');
}

void settings_reference(const struct setting_section *kinds, size_t nkinds,
			struct buf *out)
{
	must((kinds != NULL || nkinds == 0) && out != NULL);
	buf_z(out, "# Every setting with its default. Lines of a section "
		   "may be left out\n# unless they must be given.\n");
	for (size_t i = 0; i < nkinds; i++) {
		const struct setting_section *k = &kinds[i];
		buf_f(out, "\n# %s\n#%s%s {\n", k->text, k->name,
		      k->titled ? " NAME" : "");
		for (size_t j = 0; j < k->count; j++)
			reference_row(&k->rows[j], out);
		buf_z(out, "#}\n");
	}
}
