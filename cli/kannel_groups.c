/* Reads files into groups; includes go into the group that is open. */
#include "cli/kannel_groups.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "proto/kannel_conf.h"

#define FILES_MAX 200
#define DEPTH_MAX 10
#define FILE_BYTES_MAX ((size_t)4 << 20)
#define VARS_MAX 200000

struct reader {
	struct kannel_conf *c;
	struct faults *faults;
	bool open;  /* the last group takes more variables */
	bool alone; /* nothing is included */
	unsigned depth;
	size_t vars;
};

static int read_path(struct reader *r, const char *path, const char *by,
		     unsigned line);

/* ---- groups -------------------------------------------------------------- */

static struct kannel_group *group_open(struct reader *r, const char *file,
				       unsigned line)
{
	struct kannel_conf *c = r->c;

	if (!r->open) {
		c->v = mem_resize(c->v, (c->len + 1) * sizeof(*c->v));
		c->v[c->len++] = (struct kannel_group){ .name = "",
							.file = file,
							.line = line };
		r->open = true;
	}
	return &c->v[c->len - 1];
}

static int add_var(struct reader *r, const char *file, unsigned line,
		   struct str name, struct str value)
{
	struct kannel_group *g = group_open(r, file, line);
	struct kannel_var *v;

	if (r->vars++ >= VARS_MAX)
		return -ENOSPC;
	g->v = mem_resize(g->v, (g->len + 1) * sizeof(*g->v));
	v = &g->v[g->len++];
	*v = (struct kannel_var){ .name = str_z(name),
				  .value = str_z(value),
				  .file = file,
				  .line = line };
	if (str_eqz(name, "group")) {
		g->name = v->value;
		g->file = file;
		g->line = line;
		v->told = true;
	}
	return 0;
}

/* ---- files --------------------------------------------------------------- */

static int slurp(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "re");
	char piece[4096];
	size_t n;

	if (f == NULL)
		return -errno;
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_put(out, piece, n);
	int rc = ferror(f) ? -EIO : out->full ? -EFBIG : 0;
	fclose(f);
	return rc;
}

static int read_lines(struct reader *r, const char *file, struct str text)
{
	AUTO(buf_done) struct buf name = { 0 }, value = { 0 };
	struct kannel_lines l = kannel_lines_of(text);
	int rc = 0;

	buf_init(&name, BUF_NO_LIMIT);
	buf_init(&value, BUF_NO_LIMIT);
	while (rc == 0) {
		switch (kannel_line_next(&l, &name, &value)) {
		case KANNEL_LINE_END:
			r->open = false;
			return 0;
		case KANNEL_LINE_BLANK:
			r->open = false;
			break;
		case KANNEL_LINE_VAR:
			rc = add_var(r, file, l.line, buf_str(&name),
				     buf_str(&value));
			break;
		case KANNEL_LINE_INCLUDE:
			IGNORE(read_path(r, value.p, file, l.line));
			break;
		case KANNEL_LINE_BAD:
			faults_add(r->faults,
				   "%s:%u: an equals sign is missing", file,
				   l.line);
			break;
		}
	}
	faults_add(r->faults, "%s:%u: too many variables", file, l.line);
	return rc;
}

static int read_file(struct reader *r, const char *path)
{
	AUTO(buf_done) struct buf text = { 0 };
	struct kannel_conf *c = r->c;
	int rc;

	for (size_t i = 0; i < c->nfiles; i++) {
		if (strcmp(c->files[i], path) == 0)
			return -ELOOP;
	}
	if (c->nfiles == FILES_MAX)
		return -ENOSPC;
	buf_init(&text, FILE_BYTES_MAX);
	rc = slurp(path, &text);
	if (rc != 0)
		return rc;
	c->files = mem_resize(c->files, (c->nfiles + 1) * sizeof(*c->files));
	c->files[c->nfiles++] = str_dup(path);
	return read_lines(r, c->files[c->nfiles - 1], buf_str(&text));
}

static int not_hidden(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int read_folder(struct reader *r, const char *path)
{
	struct dirent **v;
	int n = scandir(path, &v, not_hidden, alphasort), rc = 0;

	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		AUTO(buf_done) struct buf one = { 0 };
		struct stat st;

		buf_init(&one, PATH_MAX);
		buf_f(&one, "%s/%s", path, v[i]->d_name);
		if (rc == 0 && !one.full && stat(one.p, &st) == 0 &&
		    S_ISREG(st.st_mode))
			rc = read_file(r, one.p);
		free(v[i]);
	}
	free(v);
	return rc;
}

/* As it is named; if that is nothing, beside the file that names it. */
static int find_path(const char *path, const char *by, struct stat *st,
		     struct buf *found)
{
	const char *slash = by == NULL ? NULL : strrchr(by, '/');

	buf_z(found, path);
	if (stat(found->p, st) == 0)
		return 0;
	if (path[0] == '/' || slash == NULL)
		return -ENOENT;
	buf_reset(found);
	buf_put(found, by, (size_t)(slash - by) + 1);
	buf_z(found, path);
	return stat(found->p, st) == 0 ? 0 : -ENOENT;
}

static int read_path(struct reader *r, const char *path, const char *by,
		     unsigned line)
{
	AUTO(buf_done) struct buf found = { 0 };
	struct stat st;
	int rc;

	buf_init(&found, PATH_MAX);
	if (r->alone) {
		rc = -EPERM;
	} else if (r->depth == DEPTH_MAX) {
		rc = -ELOOP;
	} else {
		r->depth++;
		rc = find_path(path, by, &st, &found);
		if (rc == 0)
			rc = S_ISDIR(st.st_mode) ? read_folder(r, found.p)
						 : read_file(r, found.p);
		r->depth--;
	}
	r->open = false;
	if (rc != 0 && by != NULL)
		faults_add(r->faults, "%s:%u: cannot include %s: %s", by, line,
			   path, rc == -ELOOP ? "again" : strerror(-rc));
	else if (rc != 0)
		faults_add(r->faults, "%s: %s", path, strerror(-rc));
	return rc;
}

static void check_groups(const struct kannel_conf *out, struct faults *faults)
{
	for (size_t i = 0; i < out->len; i++) {
		if (out->v[i].name[0] == '\0')
			faults_add(faults,
				   "%s:%u: this group has no `group = ...`",
				   out->v[i].file, out->v[i].line);
	}
}

int kannel_conf_read(struct kannel_conf *out, const char *path,
		     struct faults *faults)
{
	struct reader r = { .c = out, .faults = faults };

	must(out != NULL && path != NULL && faults != NULL);
	size_t before = faults->len;
	*out = (struct kannel_conf){ 0 };
	IGNORE(read_path(&r, path, NULL, 0));
	check_groups(out, faults);
	return faults->len == before ? 0 : -EINVAL;
}

int kannel_conf_parse(struct kannel_conf *out, struct str text,
		      const char *name, struct faults *faults)
{
	struct reader r = { .c = out, .faults = faults, .alone = true };

	must(out != NULL && name != NULL && faults != NULL);
	size_t before = faults->len;
	*out = (struct kannel_conf){ 0 };
	out->files = mem_array(1, sizeof(*out->files));
	out->files[out->nfiles++] = str_dup(name);
	IGNORE(read_lines(&r, out->files[0], text));
	check_groups(out, faults);
	return faults->len == before ? 0 : -EINVAL;
}

void kannel_conf_done(struct kannel_conf *c)
{
	must(c != NULL);
	for (size_t i = 0; i < c->len; i++) {
		for (size_t k = 0; k < c->v[i].len; k++) {
			mem_free(c->v[i].v[k].name);
			mem_free(c->v[i].v[k].value);
		}
		mem_free(c->v[i].v);
	}
	mem_free(c->v);
	for (size_t i = 0; i < c->nfiles; i++)
		mem_free(c->files[i]);
	mem_free(c->files);
	*c = (struct kannel_conf){ 0 };
}

/* ---- looking ------------------------------------------------------------- */

struct kannel_var *kannel_var_find(const struct kannel_group *g,
				   const char *name)
{
	must(g != NULL && name != NULL);
	for (size_t i = g->len; i > 0; i--) {
		if (strcmp(g->v[i - 1].name, name) == 0)
			return &g->v[i - 1];
	}
	return NULL;
}

struct str kannel_value(const struct kannel_group *g, const char *name)
{
	const struct kannel_var *v = kannel_var_find(g, name);

	return v == NULL ? STR_NONE : str_of(v->value);
}

struct kannel_group *kannel_group_next(const struct kannel_conf *c,
				       const char *name,
				       const struct kannel_group *after)
{
	size_t i = after == NULL ? 0 : (size_t)(after - c->v) + 1;

	must(c != NULL && name != NULL);
	for (; i < c->len; i++) {
		if (strcmp(c->v[i].name, name) == 0)
			return &c->v[i];
	}
	return NULL;
}
