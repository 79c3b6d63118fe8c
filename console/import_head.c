/* The first line of a contact CSV: which column is what. */
#include "console/import.h"

#include <errno.h>

#include "proto/text.h"

#define ATTR_NAME_MAX 64

static const char *const names[IMPORT_COLUMNS] = {
	[IMPORT_REF] = "ref",
	[IMPORT_NAME] = "name",
	[IMPORT_PHONE] = "phone",
	[IMPORT_MQTT] = "mqtt",
	[IMPORT_ADDRESSES] = "addresses",
	[IMPORT_LANG] = "lang",
	[IMPORT_TZ] = "tz",
	[IMPORT_TZ_SOURCE] = "tz_source",
	[IMPORT_TIER] = "tier",
	[IMPORT_BRANCH] = "branch",
	[IMPORT_MANAGER] = "manager",
	[IMPORT_LIFECYCLE] = "lifecycle",
	[IMPORT_PREFERRED] = "preferred",
	[IMPORT_HOURS] = "hours",
	[IMPORT_STATE] = "state",
	[IMPORT_ATTRS] = "attrs",
	[IMPORT_CONSENT] = "consent",
	[IMPORT_PURPOSE] = "consent_purpose",
	[IMPORT_WORDING] = "wording",
	[IMPORT_SOURCE] = "source",
};

const char *import_column_name(enum import_column c)
{
	must((unsigned)c < IMPORT_COLUMNS);
	return names[c];
}

static int column_of(struct str name)
{
	for (int i = 0; i < IMPORT_COLUMNS; i++) {
		if (str_ieqz(name, names[i]))
			return i;
	}
	return str_ieqz(name, "zone") ? IMPORT_TZ : -1;
}

static int head_attr(struct import_head *h, unsigned i, struct str name,
		     struct err *err)
{
	if (name.len == 0 || name.len > ATTR_NAME_MAX || !text_printable(name))
		return err_set(err, -EINVAL,
			       "the name of column %u is empty, longer than "
			       "%d bytes or not UTF-8",
			       i + 1, ATTR_NAME_MAX);
	for (unsigned j = 0; j < i; j++) {
		if (h->attr_at[j] != 0 &&
		    str_eqz(name, h->attr_names.p + h->attr_at[j] - 1))
			return err_set(err, -EINVAL,
				       "the column '%.*s' is there twice",
				       STR_ARGS(name));
	}
	h->attr_at[i] = (uint32_t)h->attr_names.len + 1;
	buf_str_put(&h->attr_names, name);
	buf_c(&h->attr_names, '\0');
	return 0;
}

/* ---- the map -------------------------------------------------------------- */

/* Takes the first "theirs:ours" off the map. -EINVAL. */
static int map_cut(struct str *map, struct str *theirs, struct str *ours,
		   struct err *err)
{
	struct str one;
	size_t colon;

	*map = str_cut(*map, ',', &one);
	one = str_trim(one);
	for (colon = one.len; colon > 0 && one.p[colon - 1] != ':';)
		colon--;
	*theirs = str_trim(str_first(one, colon > 0 ? colon - 1 : 0));
	*ours = str_trim(str_from(one, colon));
	if (theirs->len > 0 && ours->len > 0)
		return 0;
	return err_set(err, -EINVAL,
		       "the map is like 'Mobile:phone,Plan:attr.plan,Note:-', "
		       "not '%.*s'",
		       STR_ARGS(str_first(one, 60)));
}

static bool head_has(const struct str *cells, unsigned n, struct str name)
{
	for (unsigned i = 0; i < n; i++) {
		if (str_eq(str_trim(cells[i]), name))
			return true;
	}
	return false;
}

static int map_check(struct str map, const struct str *cells, unsigned n,
		     struct err *err)
{
	struct str theirs, ours;

	while (map.len > 0) {
		if (map_cut(&map, &theirs, &ours, err) != 0)
			return -EINVAL;
		if (!head_has(cells, n, theirs))
			return err_set(err, -EINVAL,
				       "the map names '%.*s', but the file has "
				       "no such column",
				       STR_ARGS(str_first(theirs, 60)));
		if (!str_eqz(ours, "-") && !str_starts(ours, STR("attr.")) &&
		    column_of(ours) < 0)
			return err_set(err, -EINVAL,
				       "'%.*s' is no column of a contact; for "
				       "one of your own: attr.%.*s",
				       STR_ARGS(str_first(ours, 60)),
				       STR_ARGS(str_first(ours, 60)));
	}
	return 0;
}

/* What a column stands for: its own name, or what the map says. */
static struct str mapped(struct str map, struct str name)
{
	struct err none;
	struct str theirs, ours;

	while (map.len > 0) {
		if (map_cut(&map, &theirs, &ours, &none) == 0 &&
		    str_eq(theirs, name))
			return ours;
	}
	return name;
}

/* ---- the header ------------------------------------------------------------ */

static int head_cell(struct import_head *h, unsigned i, struct str name,
		     struct err *err)
{
	bool attr = str_starts(name, STR("attr."));
	int column = column_of(name);

	if (attr || column < 0)
		return head_attr(h, i, attr ? str_from(name, 5) : name, err);
	if (h->at[column] >= 0)
		return err_set(err, -EINVAL, "the column '%s' is there twice",
			       names[column]);
	h->at[column] = (int)i;
	return 0;
}

int import_head_read(const struct str *cells, unsigned n, struct str map,
		     struct import_head *h, struct err *err)
{
	must(cells != NULL && h != NULL && n <= CSV_COLUMNS_MAX);
	*h = (struct import_head){ .n = n };
	buf_init(&h->attr_names, CSV_COLUMNS_MAX * (ATTR_NAME_MAX + 1));
	for (unsigned i = 0; i < IMPORT_COLUMNS; i++)
		h->at[i] = -1;
	if (map_check(map, cells, n, err) != 0)
		return -EINVAL;
	for (unsigned i = 0; i < n; i++) {
		struct str name = mapped(map, str_trim(cells[i]));

		if (!str_eqz(name, "-") && head_cell(h, i, name, err) != 0)
			return -EINVAL;
	}
	if (h->at[IMPORT_PHONE] < 0 && h->at[IMPORT_MQTT] < 0 &&
	    h->at[IMPORT_ADDRESSES] < 0)
		return err_set(err, -EINVAL,
			       "the first line names the columns; one of them "
			       "is 'phone', 'mqtt' or 'addresses'");
	return 0;
}

void import_head_done(struct import_head *h)
{
	must(h != NULL);
	buf_done(&h->attr_names);
}
