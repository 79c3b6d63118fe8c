/* Aligned tables. */
#include "cli/table.h"

#include <utf8proc.h>

#include "base/mem.h"

struct table {
	unsigned n;
	enum word columns[TABLE_COLUMNS_MAX];
	struct buf text; /* cells, each ended by NUL */
	size_t *at;      /* where each begins */
	size_t cells, cap;
};

struct table *table_new(const enum word *columns, unsigned n)
{
	must(columns != NULL && n > 0 && n <= TABLE_COLUMNS_MAX);
	struct table *t = mem_new(struct table);
	t->n = n;
	for (unsigned i = 0; i < n; i++)
		t->columns[i] = columns[i];
	buf_init(&t->text, (size_t)256 << 20);
	return t;
}

void table_free(struct table **tp)
{
	must(tp != NULL);
	if (*tp == NULL)
		return;
	buf_done(&(*tp)->text);
	mem_free((*tp)->at);
	mem_free(*tp);
	*tp = NULL;
}

void table_cell(struct table *t, struct str s)
{
	must(t != NULL);
	if (t->cells == t->cap) {
		t->cap = MAX(64, t->cap * 2);
		t->at = mem_resize(t->at, t->cap * sizeof(t->at[0]));
	}
	t->at[t->cells++] = t->text.len;
	/* One line a row, and nothing that moves the cursor. */
	for (size_t i = 0; i < s.len; i++)
		buf_c(&t->text, (unsigned char)s.p[i] < ' ' ? ' ' : s.p[i]);
	buf_c(&t->text, '\0');
}

void table_z(struct table *t, const char *z)
{
	table_cell(t, str_of(z));
}

size_t table_rows(const struct table *t)
{
	must(t != NULL);
	return t->cells / t->n;
}

size_t table_width(struct str s)
{
	size_t width = 0;

	for (size_t i = 0; i < s.len;) {
		utf8proc_int32_t cp;
		utf8proc_ssize_t n =
			utf8proc_iterate((const utf8proc_uint8_t *)s.p + i,
					 (utf8proc_ssize_t)(s.len - i), &cp);
		if (n <= 0) {
			i++;
			width++;
			continue;
		}
		i += (size_t)n;
		width += (size_t)MAX(utf8proc_charwidth(cp), 0);
	}
	return width;
}

static struct str cell(const struct table *t, size_t row, unsigned column)
{
	return str_of(t->text.p + t->at[row * t->n + column]);
}

static void pad(struct buf *out, struct str s, size_t width, bool last)
{
	buf_str_put(out, s);
	if (last)
		return;
	for (size_t w = table_width(s); w < width + 2; w++)
		buf_c(out, ' ');
}

static void widths_of(const struct table *t, size_t width[TABLE_COLUMNS_MAX],
		      unsigned *last)
{
	*last = 0;
	for (unsigned c = 0; c < t->n; c++) {
		size_t most = 0;
		for (size_t r = 0; r < table_rows(t); r++)
			most = MAX(most, table_width(cell(t, r, c)));
		width[c] = most == 0 ? 0
				     : MAX(most, table_width(str_of(
							 word(t->columns[c]))));
		if (most > 0)
			*last = c;
	}
}

void table_print(const struct table *t, struct buf *out)
{
	size_t width[TABLE_COLUMNS_MAX];
	unsigned last;

	must(t != NULL && out != NULL);
	if (table_rows(t) == 0)
		return;
	widths_of(t, width, &last);
	for (unsigned c = 0; c < t->n; c++) {
		if (width[c] > 0)
			pad(out, str_of(word(t->columns[c])), width[c],
			    c == last);
	}
	buf_c(out, '\n');
	for (size_t r = 0; r < table_rows(t); r++) {
		for (unsigned c = 0; c < t->n; c++) {
			if (width[c] > 0)
				pad(out, cell(t, r, c), width[c], c == last);
		}
		buf_c(out, '\n');
	}
}
