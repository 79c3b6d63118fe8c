/* Settings as read: walking, comparing, freeing; and the list of faults. */
#include "base/settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/settings_impl.h"

enum { FAULTS_MAX = 1000 }; /* of one file; nobody mends more at once */

static char *settings_vtext(const char *fmt, va_list ap) PRINTF(1, 0);

static char *settings_vtext(const char *fmt, va_list ap)
{
	va_list again;

	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	must(n >= 0);

	char *text = mem_alloc((size_t)n + 1);
	(void)vsnprintf(text, (size_t)n + 1, fmt, ap);
	return text;
}

/* ---- faults -------------------------------------------------------------- */

static void faults_take(struct faults *f, char *text)
{
	f->v = mem_resize(f->v, (f->len + 1) * sizeof(f->v[0]));
	f->v[f->len++] = text;
}

void faults_add(struct faults *f, const char *fmt, ...)
{
	va_list ap;

	must(f != NULL && fmt != NULL);
	va_start(ap, fmt);
	faults_take(f, settings_vtext(fmt, ap));
	va_end(ap);
}

void faults_done(struct faults *f)
{
	must(f != NULL);
	for (size_t i = 0; i < f->len; i++)
		mem_free(f->v[i]);
	mem_free(f->v);
	*f = (struct faults){ 0 };
}

void fault_at(struct fault_list *f, unsigned line, const char *fmt, ...)
{
	va_list ap;

	must(f != NULL && fmt != NULL);
	if (f->len == FAULTS_MAX)
		return;
	if (f->len == f->cap) {
		f->cap = MAX(f->cap * 2, 16);
		f->v = mem_resize(f->v, f->cap * sizeof(f->v[0]));
	}
	va_start(ap, fmt);
	f->v[f->len++] = (struct fault){ line, settings_vtext(fmt, ap) };
	va_end(ap);
}

/* By line; insertion keeps the order of those on one line, and files are
 * nearly in order already. */
static void fault_list_sort(struct fault_list *f)
{
	for (size_t i = 1; i < f->len; i++) {
		struct fault one = f->v[i];
		size_t at = i;
		for (; at > 0 && f->v[at - 1].line > one.line; at--)
			f->v[at] = f->v[at - 1];
		f->v[at] = one;
	}
}

void fault_list_give(struct fault_list *f, const char *path, struct faults *out)
{
	must(f != NULL && path != NULL && out != NULL);
	fault_list_sort(f);
	for (size_t i = 0; i < f->len; i++) {
		faults_add(out, "%s:%u: %s", path, f->v[i].line, f->v[i].text);
		mem_free(f->v[i].text);
	}
	mem_free(f->v);
	*f = (struct fault_list){ 0 };
}

/* ---- sections ------------------------------------------------------------ */

void section_done(struct section *s)
{
	for (size_t i = 0; i < s->kind->count; i++)
		setting_clear(&s->kind->rows[i], s->value);
	mem_free(s->value);
	mem_free(s->title);
}

void settings_done(struct settings *s)
{
	must(s != NULL);
	for (size_t i = 0; i < s->len; i++)
		section_done(&s->v[i]);
	mem_free(s->v);
	*s = (struct settings){ 0 };
}

const struct section *settings_next(const struct settings *s, const char *kind,
				    size_t *i)
{
	must(s != NULL && kind != NULL && i != NULL);
	while (*i < s->len) {
		const struct section *one = &s->v[(*i)++];
		if (strcmp(one->kind->name, kind) == 0)
			return one;
	}
	return NULL;
}

const struct section *settings_find(const struct settings *s, const char *kind,
				    const char *title)
{
	const struct section *one;
	size_t i = 0;

	while ((one = settings_next(s, kind, &i)) != NULL) {
		if (title == NULL || strcmp(one->title, title) == 0)
			return one;
	}
	return NULL;
}

/* ---- comparing ----------------------------------------------------------- */

static bool setting_lists_equal(const struct setting_list *a,
				const struct setting_list *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++) {
		if (strcmp(a->v[i], b->v[i]) != 0)
			return false;
	}
	return true;
}

static bool setting_equal(const struct setting *row, const void *a,
			  const void *b)
{
	const void *x = setting_field_const(row, a);
	const void *y = setting_field_const(row, b);

	switch (row->type) {
	case SETTING_STR:
	case SETTING_SECRET:
		return strcmp(*(char *const *)x, *(char *const *)y) == 0;
	case SETTING_INT:
	case SETTING_DURATION:
	case SETTING_SIZE:
		return *(const int64_t *)x == *(const int64_t *)y;
	case SETTING_BOOL:
		return *(const bool *)x == *(const bool *)y;
	case SETTING_LIST:
		return setting_lists_equal(x, y);
	case SETTING_ENUM:
		return *(const int *)x == *(const int *)y;
	}
	must(false && "setting type");
	return false;
}

bool settings_differ(const struct setting_section *kind, const void *a,
		     const void *b, struct faults *frozen)
{
	bool live = false;

	must(kind != NULL && a != NULL && b != NULL && frozen != NULL);
	for (size_t i = 0; i < kind->count; i++) {
		const struct setting *row = &kind->rows[i];
		if (setting_equal(row, a, b))
			continue;
		if (row->live)
			live = true;
		else
			faults_add(frozen, "%s", row->name);
	}
	return live;
}
