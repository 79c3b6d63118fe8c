/* contacts import: the file goes up as it is; rows that failed come back
 * with line and reason. */
#include "cli/verbs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "proto/csv.h"

#define SHOWN_MAX 20

const struct option import_options[] = {
	{ "dry-run", NULL, false },     { "map", "THEIRS:OURS,...", false },
	{ "encoding", "NAME", false },  { "dedupe", "POLICY", false },
	{ "country", "DIGITS", false }, { "errors", "FILE", false },
	{ NULL, NULL, false },
};

static void print_rows(enum word title, const json_t *list)
{
	size_t n = json_array_size(list);
	char more[32];

	if (n == 0)
		return;
	puts(word(title));
	for (size_t i = 0; i < MIN(n, SHOWN_MAX); i++) {
		const json_t *row = json_array_get(list, i);
		printf("  %s %s: %s\n", word(WORD_LINE), text_of(row, "line"),
		       text_of(row, "reason"));
	}
	if (n > SHOWN_MAX) {
		snprintf(more, sizeof(more), "%zu", n - SHOWN_MAX);
		say(WORD_AND_MORE, WORDS_LIST(more));
	}
}

/* The lines of the file come in order, and so do the failed rows. */
struct lines {
	FILE *f;
	unsigned at; /* number of the line in text; 0: none yet */
	char *text;
	size_t cap;
};

static struct str line_get(struct lines *l, unsigned line)
{
	while (l->at < line) {
		if (getline(&l->text, &l->cap, l->f) < 0)
			return STR_NONE;
		l->at++;
	}
	return l->at == line ? str_trim(str_of(l->text)) : STR_NONE;
}

static void put_row(struct buf *out, struct lines *l, const json_t *row)
{
	unsigned line =
		(unsigned)json_integer_value(json_object_get(row, "line"));

	buf_f(out, "%u", line);
	csv_cell(str_of(text_of(row, "reason")), false, out);
	csv_cell(line_get(l, line), false, out);
	buf_c(out, '\n');
}

static int errors_write(const char *from, const char *to, const json_t *list)
{
	AUTO(buf_done) struct buf out = { 0 };
	struct lines l = { .f = fopen(from, "re") };

	if (l.f == NULL) {
		say_error(WORD_CANNOT_READ, WORDS_LIST(from, strerror(errno)));
		return CLI_FAILED;
	}
	buf_init(&out, (size_t)256 << 20);
	buf_z(&out, "line,reason,row\n");
	for (size_t i = 0; i < json_array_size(list); i++)
		put_row(&out, &l, json_array_get(list, i));
	fclose(l.f);
	free(l.text);
	FILE *f = fopen(to, "we");
	bool ok = f != NULL && fwrite(out.p, 1, out.len, f) == out.len;
	if ((f != NULL && fclose(f) != 0) || !ok) {
		say_error(WORD_CANNOT_WRITE, WORDS_LIST(to, strerror(errno)));
		return CLI_FAILED;
	}
	say(WORD_ERRORS_IN, WORDS_LIST(to));
	return CLI_DONE;
}

int import_failed(struct cli *c, const struct args *a)
{
	const char *errors = args_get(a, "errors");
	const json_t *failed = json_object_get(c->answer, "failed");

	if (!c->json)
		print_rows(WORD_FAILED_ROWS, failed);
	if (errors != NULL && errors_write(a->v[0], errors, failed) != 0)
		return CLI_FAILED;
	return json_array_size(failed) == 0 ? CLI_DONE : CLI_FAILED;
}

static int import_report(struct cli *c, const struct args *a)
{
	bool dry = json_is_true(json_object_get(c->answer, "dry_run"));

	if (!cli_json(c)) {
		say(dry ? WORD_WOULD_IMPORT : WORD_IMPORTED,
		    WORDS_LIST(text_of(c->answer, "rows"),
			       text_of(c->answer, "imported"),
			       text_of(c->answer, "failed_rows"),
			       text_of(c->answer, "consents"),
			       text_of(c->answer, "consents_refused")));
		say(WORD_IMPORT_WHOSE,
		    WORDS_LIST(text_of(c->answer, "encoding"),
			       text_of(c->answer, "created"),
			       text_of(c->answer, "updated"),
			       text_of(c->answer, "skipped"),
			       text_of(c->answer, "moved")));
		print_rows(WORD_REFUSED_CONSENTS,
			   json_object_get(c->answer, "refused"));
	}
	return import_failed(c, a);
}

int verb_contacts_import(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/imports");
	path_query(&path, "country", args_get(a, "country"));
	path_query(&path, "map", args_get(a, "map"));
	path_query(&path, "encoding", args_get(a, "encoding"));
	path_query(&path, "dedupe", args_get(a, "dedupe"));
	if (args_get(a, "dry-run") != NULL)
		path_query(&path, "dry_run", "true");
	int rc = cli_upload(c, path.p, "text/csv", a->v[0]);
	return rc == CLI_DONE ? import_report(c, a) : rc;
}
