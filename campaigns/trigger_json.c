/* Triggers as JSON: read and written by the table of their section. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "campaigns/trigger.h"
#include "proto/json.h"

#define LIST_MAX 64

static int bad_kind(const struct setting *row, const char *kind,
		    struct err *err)
{
	return err_set(err, -EINVAL, "'%s' must be %s", row->name, kind);
}

/* A text without NUL; NULL: it is none. */
static const char *text_of(const json_t *v)
{
	const char *text = json_string_value(v);

	return text != NULL && strlen(text) == json_string_length(v) ? text
								     : NULL;
}

static int read_list(struct section *s, const struct setting *row,
		     const json_t *v, struct err *err)
{
	const char *texts[LIST_MAX];
	size_t n = json_array_size(v);

	if (!json_is_array(v) || n > LIST_MAX)
		return bad_kind(row, "a list of at most 64 texts", err);
	for (size_t i = 0; i < n; i++) {
		texts[i] = text_of(json_array_get(v, i));
		if (texts[i] == NULL)
			return bad_kind(row, "a list of texts", err);
	}
	return section_set(s, row, texts, n, err);
}

static int read_row(struct section *s, const struct setting *row,
		    const json_t *v, struct err *err)
{
	const char *text = text_of(v);
	char number[24];

	if (v == NULL || json_is_null(v))
		return section_default(s, row, err);
	if (row->type == SETTING_LIST)
		return read_list(s, row, v, err);
	if (row->type == SETTING_BOOL && !json_is_boolean(v))
		return bad_kind(row, "true or false", err);
	if (row->type == SETTING_BOOL)
		text = json_is_true(v) ? "yes" : "no";
	if (row->type == SETTING_INT && json_is_integer(v)) {
		snprintf(number, sizeof(number), "%lld",
			 (long long)json_integer_value(v));
		text = number;
	}
	if (text == NULL)
		return bad_kind(row, "a text", err);
	return section_set(s, row, &text, 1, err);
}

/* Members that the table does not have. */
static int check_members(const json_t *body, struct err *err)
{
	const struct setting_section *kind = &trigger_section;
	const char **names = mem_array(kind->count, sizeof(*names));
	AUTO(buf_done) struct buf hint = { 0 };
	const char *key;
	json_t *v;
	int rc = 0;

	for (size_t i = 0; i < kind->count; i++)
		names[i] = kind->rows[i].name;
	json_object_foreach((json_t *)(uintptr_t)body, key, v)
	{
		bool known = false;

		for (size_t i = 0; i < kind->count; i++)
			known |= strcmp(key, names[i]) == 0;
		if (known || rc != 0)
			continue;
		buf_init(&hint, BUF_NO_LIMIT);
		settings_hint(&hint, str_of(key), names, kind->count);
		rc = err_set(err, -EINVAL, "a trigger has no field '%.64s'%.*s",
			     key, STR_ARGS(buf_str(&hint)));
	}
	mem_free(names);
	return rc;
}

int trigger_read(const json_t *body, struct str tenant, struct str name,
		 struct section *out, struct err *err)
{
	must(out != NULL && err != NULL);
	if (!json_is_object(body))
		return err_set(err, -EINVAL, "a trigger is an object");
	int rc = check_members(body, err);

	if (rc != 0)
		return rc;
	section_init(out, &trigger_section, name);
	for (size_t i = 0; rc == 0 && i < trigger_section.count; i++) {
		const struct setting *row = &trigger_section.rows[i];

		rc = read_row(out, row, json_object_get(body, row->name), err);
	}
	if (rc == 0) {
		struct trigger_cfg *t = out->value;

		if (t->tenant[0] != '\0' && !str_eqz(tenant, t->tenant))
			rc = err_set(err, -EINVAL,
				     "'tenant' is not the one it is written "
				     "for");
		mem_free(t->tenant);
		t->tenant = str_z(tenant);
	}
	if (rc != 0)
		section_done(out);
	return rc;
}

static void put_list(const struct setting_list *list, struct buf *out)
{
	json_open(out, '[');
	for (size_t i = 0; i < list->len; i++)
		json_s(out, str_of(list->v[i]));
	json_close(out, ']');
}

static void put_row(const struct section *s, const struct setting *row,
		    struct buf *out)
{
	AUTO(buf_done) struct buf text = { 0 };

	buf_init(&text, BUF_NO_LIMIT);
	if (row->type == SETTING_LIST) {
		const struct setting_list *list =
			(const void *)((const char *)s->value + row->offset);

		if (list->len == 0)
			return;
		json_key(out, row->name);
		put_list(list, out);
		return;
	}
	section_text(s, row, &text);
	if (text.len == 0)
		return;
	json_key(out, row->name);
	if (row->type == SETTING_BOOL || row->type == SETTING_INT)
		json_raw(out, buf_str(&text));
	else
		json_s(out, buf_str(&text));
}

void trigger_put(const struct section *s, struct buf *out)
{
	must(s != NULL && out != NULL);
	json_open(out, '{');
	for (size_t i = 0; i < trigger_section.count; i++)
		put_row(s, &trigger_section.rows[i], out);
	json_close(out, '}');
}
