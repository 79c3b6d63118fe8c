/* Walks over the rows of a form. */
#include "campaigns/form.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

static char **form_text(const struct form_row *r, void *value)
{
	return (char **)(void *)((char *)value + r->offset);
}

static struct str form_str(const struct form_row *r, const void *value)
{
	const char *z;

	memcpy(&z, (const char *)value + r->offset, sizeof(z));
	return str_of(z);
}

static int64_t form_number(const struct form_row *r, const void *value)
{
	int64_t n;

	memcpy(&n, (const char *)value + r->offset, sizeof(n));
	return n;
}

void form_set(char **text, struct str s)
{
	must(text != NULL);
	char *copy = s.len == 0 ? NULL : str_z(s);
	mem_free(*text);
	*text = copy;
}

static void form_put(const struct form_row *r, const void *value,
		     struct buf *out)
{
	switch (r->type) {
	case FORM_TEXT:
		buf_lstr(out, form_str(r, value));
		return;
	case FORM_NUMBER:
		buf_u64(out, (uint64_t)form_number(r, value));
		return;
	}
}

void form_encode(const struct form *f, const void *value, struct buf *out)
{
	must(f != NULL && value != NULL && out != NULL);
	buf_varint(out, f->n);
	for (size_t i = 0; i < f->n; i++)
		form_put(&f->v[i], value, out);
}

void form_encode_group(const struct form *f, const void *value,
		       const char *group, struct buf *out)
{
	must(f != NULL && value != NULL && out != NULL);
	for (size_t i = 0; i < f->n; i++) {
		if (strcmp(f->v[i].group, group) == 0)
			form_put(&f->v[i], value, out);
	}
}

static void form_take(const struct form_row *r, struct bufr *in, void *value)
{
	int64_t n;

	switch (r->type) {
	case FORM_TEXT:
		form_set(form_text(r, value), bufr_lstr(in));
		return;
	case FORM_NUMBER:
		n = (int64_t)bufr_u64(in);
		memcpy((char *)value + r->offset, &n, sizeof(n));
		return;
	}
}

int form_decode(const struct form *f, struct str bytes, void *value)
{
	struct bufr in = bufr_of(bytes.p, bytes.len);
	uint64_t n = bufr_varint(&in);

	must(f != NULL && value != NULL);
	/* More rows than we know: a newer version wrote it. */
	if (in.bad || n > f->n)
		return -EBADMSG;
	for (size_t i = 0; i < n && !in.bad; i++)
		form_take(&f->v[i], &in, value);
	return in.bad || bufr_left(&in) != 0 ? -EBADMSG : 0;
}

void form_copy(const struct form *f, void *to, const void *from)
{
	must(f != NULL && to != NULL && from != NULL && to != from);
	for (size_t i = 0; i < f->n; i++) {
		const struct form_row *r = &f->v[i];
		int64_t n = 0;

		if (r->type == FORM_TEXT) {
			form_set(form_text(r, to), form_str(r, from));
			continue;
		}
		n = form_number(r, from);
		memcpy((char *)to + r->offset, &n, sizeof(n));
	}
}

void form_done(const struct form *f, void *value)
{
	must(f != NULL && value != NULL);
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].type == FORM_TEXT)
			form_set(form_text(&f->v[i], value), STR_NONE);
	}
}

static bool form_same(const struct form_row *r, const void *a, const void *b)
{
	if (r->type == FORM_TEXT)
		return str_eq(form_str(r, a), form_str(r, b));
	return form_number(r, a) == form_number(r, b);
}

bool form_diff(const struct form *f, const void *a, const void *b,
	       struct buf *out)
{
	const char *last = NULL;

	must(f != NULL && a != NULL && b != NULL && out != NULL);
	for (size_t i = 0; i < f->n; i++) {
		const char *group = f->v[i].group;

		/* Rows of one group stand together. */
		if (form_same(&f->v[i], a, b) ||
		    (last != NULL && strcmp(last, group) == 0))
			continue;
		if (last != NULL)
			buf_z(out, ", ");
		buf_z(out, group);
		last = group;
	}
	return last != NULL;
}
