/* template: written, looked at, handed in, approved. */
#include "cli/verbs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX (1 << 20)

const struct option template_write_options[] = {
	{ "version", "N", false },
	{ "match", "REVISION", false },
	{ NULL, NULL, false },
};

const struct option template_step_options[] = {
	{ "reason", "TEXT", false },
	{ "match", "REVISION", false },
	{ NULL, NULL, false },
};

const struct option template_approve_options[] = {
	{ "later", NULL, false },
	{ "match", "REVISION", false },
	{ NULL, NULL, false },
};

const struct option template_reject_options[] = {
	{ "reason", "TEXT", true },
	{ "lang", "TAG", false },
	{ "match", "REVISION", false },
	{ NULL, NULL, false },
};

const struct option template_preview_options[] = {
	{ "vars", "JSON", false },
	{ "contact", "ID", false },
	{ "lang", "TAG", false },
	{ NULL, NULL, false },
};

const struct option template_diff_options[] = {
	{ "from", "N", false },
	{ "to", "N", false },
	{ NULL, NULL, false },
};

static const char *const members[] = { "id",       "version", "state",
				       "revision", "class",   "owner",
				       "name",     "author",  "approver",
				       "second",   "reason",  "sha256" };
static const enum word labels[] = { WORD_ID,       WORD_VERSION, WORD_STATE,
				    WORD_REVISION, WORD_CLASS,   WORD_OWNER,
				    WORD_NAME,     WORD_AUTHOR,  WORD_APPROVER,
				    WORD_SECOND,   WORD_REASON,  WORD_SHA256 };

/* ---- which one ------------------------------------------------------------------- */

/* "spring@3", or "spring": its newest version. */
struct which {
	char id[128];
	char number[16];
};

static int newest(struct cli *c, struct which *w)
{
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/templates/");
	path_part(&path, w->id);
	int rc = cli_ask(c, "GET", path.p, NULL);
	if (rc == CLI_DONE)
		IGNORE(str_copy(
			w->number, sizeof(w->number),
			str_of(text_of(
				json_array_get(json_object_get(c->answer,
							       "versions"),
					       0),
				"version"))));
	return rc;
}

static int which_of(struct cli *c, const char *text, struct which *w)
{
	struct str id;
	struct str number = str_cut(str_of(text), '@', &id);

	if (str_copy(w->id, sizeof(w->id), id) != 0 ||
	    str_copy(w->number, sizeof(w->number), number) != 0) {
		say_error(WORD_NO_TEMPLATE, WORDS_LIST(text));
		return CLI_USAGE;
	}
	return number.len > 0 ? CLI_DONE : newest(c, w);
}

static void version_path(const struct which *w, const char *tail,
			 struct buf *path)
{
	buf_init(path, 4096);
	buf_z(path, "/v1/templates/");
	path_part(path, w->id);
	buf_z(path, "/versions/");
	path_part(path, w->number);
	buf_z(path, tail);
}

/* The revision that was seen, as If-Match. */
static void take_match(struct cli *c, const struct args *a)
{
	c->match = args_get(a, "match");
}

static void print_texts(const json_t *version)
{
	const char *lang;
	json_t *t;

	json_object_foreach(json_object_get(version, "texts"), lang, t)
	{
		printf("\n%s (%s) %s\n", lang, text_of(t, "state"),
		       text_of(t, "reason"));
		printf("  %s|%s|%s\n", text_of(t, "signature"),
		       text_of(t, "text"), text_of(t, "tail"));
	}
}

static void print_version(const struct cli *c)
{
	print_members(c->answer, members, labels, ARRAY_LEN(members));
	print_texts(c->answer);
}

/* ---- to look ------------------------------------------------------------------------ */

int verb_template_list(struct cli *c, const struct args *a)
{
	int rc = cli_ask(c, "GET", "/v1/templates?limit=1000", NULL);

	(void)a;
	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "templates", members, labels, 9);
	return rc;
}

int verb_template_show(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };
	struct which w;
	int rc = which_of(c, a->v[0], &w);

	if (rc != CLI_DONE)
		return rc;
	version_path(&w, "", &path);
	rc = cli_ask(c, "GET", path.p, NULL);
	if (rc == CLI_DONE && !cli_json(c))
		print_version(c);
	return rc;
}

int verb_template_diff(struct cli *c, const struct args *a)
{
	static const char *const names[] = { "lang", "field", "from", "to" };
	static const enum word heads[] = { WORD_LANGUAGE, WORD_FIELD,
					   WORD_BEFORE, WORD_AFTER };
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/templates/");
	path_part(&path, a->v[0]);
	buf_z(&path, "/diff");
	path_query(&path, "from", args_get(a, "from"));
	path_query(&path, "to", args_get(a, "to"));
	int rc = cli_ask(c, "GET", path.p, NULL);
	if (rc == CLI_DONE && !cli_json(c))
		print_page(c, "changes", names, heads, ARRAY_LEN(names));
	return rc;
}

/* ---- lint and preview ------------------------------------------------------------------ */

static void print_findings(const json_t *list)
{
	const char *const names[] = { "severity", "code",
				      words_zh() ? "zh" : "en" };
	static const enum word heads[] = { WORD_SEVERITY, WORD_CODE,
					   WORD_FINDING };

	print_list(list, names, heads, ARRAY_LEN(names));
}

static int show_lint(struct cli *c)
{
	const char *lang;
	json_t *list;
	bool ok = json_is_true(json_object_get(c->answer, "ok"));

	if (!cli_json(c)) {
		json_object_foreach(json_object_get(c->answer, "findings"),
				    lang, list)
		{
			printf("%s\n", lang);
			print_findings(list);
		}
		say(ok ? WORD_LINT_OK : WORD_LINT_BAD,
		    WORDS_LIST(text_of(c->answer, "approvals")));
	}
	return ok ? CLI_DONE : CLI_FAILED;
}

/* A file of a draft, or a version that is there. */
int verb_template_lint(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = { 0 };
	struct which w;
	int rc;

	if (access(a->v[0], R_OK) == 0) {
		rc = cli_upload(c, "/v1/templates/lint", "application/json",
				a->v[0]);
	} else {
		rc = which_of(c, a->v[0], &w);
		if (rc != CLI_DONE)
			return rc;
		version_path(&w, "/lint", &path);
		rc = cli_ask(c, "GET", path.p, NULL);
	}
	return rc == CLI_DONE ? show_lint(c) : rc;
}

static int preview_body(const struct args *a, const struct which *w, char **out)
{
	const char *vars = args_get(a, "vars");
	const char *lang = args_get(a, "lang");
	const char *contact = args_get(a, "contact");
	uint64_t number = 0;
	json_t *o = json_object();

	IGNORE(str_u64(str_of(w->number), INT32_MAX, &number));
	json_object_set_new(o, "template", json_string(w->id));
	json_object_set_new(o, "version", json_integer((json_int_t)number));
	if (lang != NULL)
		json_object_set_new(o, "lang", json_string(lang));
	if (contact != NULL)
		json_object_set_new(o, "contact", json_string(contact));
	if (vars != NULL) {
		json_t *v = json_loads(vars, 0, NULL);

		if (v == NULL) {
			say_error(WORD_BAD_JSON, WORDS_LIST("vars"));
			json_decref(o);
			return CLI_USAGE;
		}
		json_object_set_new(o, "vars", v);
	}
	*out = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	must(*out != NULL);
	return CLI_DONE;
}

static void print_preview(const struct cli *c)
{
	static const char *const names[] = { "lang", "charset", "units",
					     "units_left", "parts" };
	static const enum word heads[] = { WORD_LANGUAGE, WORD_CHARSET,
					   WORD_UNITS, WORD_UNITS_LEFT,
					   WORD_PARTS };
	const json_t *price = json_object_get(c->answer, "price");
	json_t *part;
	size_t i;

	print_members(c->answer, names, heads, ARRAY_LEN(names));
	printf("%s: %s %s\n", word(WORD_PRICE), text_of(price, "amount"),
	       text_of(price, "currency"));
	json_array_foreach(json_object_get(c->answer, "texts"), i, part)
		printf("%zu  %s\n", i + 1, text_of_value(part));
	putchar('\n');
	print_findings(json_object_get(c->answer, "findings"));
}

int verb_template_preview(struct cli *c, const struct args *a)
{
	struct which w;
	char *body = NULL;
	int rc = which_of(c, a->v[0], &w);

	if (rc == CLI_DONE)
		rc = preview_body(a, &w, &body);
	if (rc != CLI_DONE)
		return rc;
	rc = cli_ask(c, "POST", "/v1/templates/preview", body);
	free(body);
	if (rc == CLI_DONE && !cli_json(c))
		print_preview(c);
	return rc;
}

/* ---- to change ---------------------------------------------------------------------------- */

static int file_read(const char *name, struct buf *out)
{
	FILE *f = fopen(name, "re");
	char *room;

	buf_init(out, FILE_MAX + 1);
	if (f == NULL) {
		say_error(WORD_CANNOT_READ, WORDS_LIST(name, strerror(errno)));
		return CLI_FAILED;
	}
	room = buf_room(out, FILE_MAX);
	out->len = fread(room, 1, FILE_MAX, f);
	out->p[out->len] = '\0';
	fclose(f);
	return CLI_DONE;
}

/* An edit takes the place of a draft. */
static int edit(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf body = { 0 }, path = { 0 };
	struct which w = { .id = "" };
	int rc = file_read(a->v[0], &body);

	if (rc != CLI_DONE)
		return rc;
	json_t *o = json_loadb(body.p, body.len, 0, NULL);
	bool copied =
		o != NULL &&
		str_copy(w.id, sizeof(w.id), str_of(text_of(o, "id"))) == 0 &&
		str_copy(w.number, sizeof(w.number),
			 str_of(args_get(a, "version"))) == 0;

	json_decref(o);
	if (!copied || w.id[0] == '\0') {
		say_error(WORD_NO_TEMPLATE, WORDS_LIST(a->v[0]));
		return CLI_FAILED;
	}
	version_path(&w, "", &path);
	return cli_ask(c, "PUT", path.p, body.p);
}

int verb_template_write(struct cli *c, const struct args *a)
{
	take_match(c, a);
	int rc = args_get(a, "version") != NULL
			 ? edit(c, a)
			 : cli_upload(c, "/v1/templates", "application/json",
				      a->v[0]);

	if (rc == CLI_DONE && !cli_json(c))
		print_version(c);
	return rc;
}

static int step(struct cli *c, const struct args *a, const char *tail)
{
	static const char *const fields[] = { "reason", "lang" };
	AUTO(buf_done) struct buf path = { 0 };
	struct which w;
	int rc = which_of(c, a->v[0], &w);

	if (rc != CLI_DONE)
		return rc;
	json_t *o = json_object();

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		const char *v = args_get(a, fields[i]);

		if (v != NULL)
			json_object_set_new(o, fields[i], json_string(v));
	}
	if (args_get(a, "later") != NULL)
		json_object_set_new(o, "activate", json_false());
	take_match(c, a);
	version_path(&w, tail, &path);
	rc = cli_ask_json(c, "POST", path.p, o);
	if (rc == CLI_DONE && !cli_json(c))
		say(WORD_TEMPLATE_IS, WORDS_LIST(text_of(c->answer, "id"),
						 text_of(c->answer, "version"),
						 text_of(c->answer, "state")));
	return rc;
}

int verb_template_submit(struct cli *c, const struct args *a)
{
	return step(c, a, "/submit");
}

int verb_template_approve(struct cli *c, const struct args *a)
{
	return step(c, a, "/approve");
}

int verb_template_reject(struct cli *c, const struct args *a)
{
	return step(c, a, "/reject");
}

int verb_template_activate(struct cli *c, const struct args *a)
{
	return step(c, a, "/activate");
}

int verb_template_retire(struct cli *c, const struct args *a)
{
	return step(c, a, "/retire");
}
