/* Answers as people read them: members on lines, rows in a table. */
#include "cli/print.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/table.h"

void print_members(const json_t *object, const char *const *names,
		   const enum word *labels, unsigned n)
{
	AUTO(buf_done) struct buf line = { 0 };

	buf_init(&line, 65536);
	for (unsigned i = 0; i < n; i++) {
		const char *text = text_of(object, names[i]);
		if (text[0] == '\0')
			continue;
		buf_reset(&line);
		buf_f(&line, "%s: %s", word(labels[i]), text);
		puts(line.p);
	}
}

void print_list(const json_t *list, const char *const *members,
		const enum word *columns, unsigned n)
{
	AUTO(table_free) struct table *t = table_new(columns, n);
	AUTO(buf_done) struct buf out = { 0 };

	buf_init(&out, (size_t)256 << 20);
	for (size_t i = 0; i < json_array_size(list); i++) {
		for (unsigned m = 0; m < n; m++)
			table_z(t,
				text_of(json_array_get(list, i), members[m]));
	}
	if (table_rows(t) == 0) {
		puts(word(WORD_NONE));
		return;
	}
	table_print(t, &out);
	fwrite(out.p, 1, out.len, stdout);
}

void print_more(const struct cli *c)
{
	const char *next = text_of(c->answer, "next");

	if (next[0] != '\0')
		say(WORD_MORE, WORDS_LIST(next));
}

void print_page(const struct cli *c, const char *name,
		const char *const *members, const enum word *columns,
		unsigned n)
{
	print_list(json_object_get(c->answer, name), members, columns, n);
	print_more(c);
}

int print_body(const struct cli *c, const char *path)
{
	FILE *f = path == NULL ? stdout : fopen(path, "w");
	bool ok = f != NULL &&
		  fwrite(c->body.p, 1, c->body.len, f) == c->body.len;

	if (f != NULL)
		ok = (path == NULL ? fflush(f) : fclose(f)) == 0 && ok;
	if (!ok)
		say_error(WORD_CANNOT_WRITE,
			  WORDS_LIST(path == NULL ? "-" : path,
				     strerror(errno)));
	return ok ? CLI_DONE : CLI_FAILED;
}
