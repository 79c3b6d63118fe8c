/* What nobody carried, each with its reason. */
#include "cli/kannel_import.h"

#include <string.h>

static const struct {
	const char *group, *name;
	enum word why;
} rows[] = {
#define LEFT(group, name, word) { group, name, WORD_##word },
#include "cli/kannel_left.def"
#undef LEFT
};

/* "store-*" fits "store-file". */
static bool fits(const char *pattern, const char *name)
{
	size_t n = strlen(pattern);

	if (n > 0 && pattern[n - 1] == '*')
		return strncmp(pattern, name, n - 1) == 0;
	return strcmp(pattern, name) == 0;
}

static bool is_regex(const char *name)
{
	size_t n = strlen(name);

	return n > 6 && strcmp(name + n - 6, "-regex") == 0;
}

static bool group_known(const char *group)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strcmp(rows[i].group, group) == 0)
			return true;
	}
	return false;
}

/* The reason for a whole group; false when it goes by variables. */
static bool group_reason(const char *group, enum word *why)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strcmp(rows[i].group, group) != 0 ||
		    strcmp(rows[i].name, "*") != 0)
			continue;
		*why = rows[i].why;
		return true;
	}
	return false;
}

static enum word reason(const char *group, const char *name)
{
	if (is_regex(name) && !fits("white-list*", name) &&
	    !fits("black-list*", name))
		return WORD_K_REGEX;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if ((strcmp(rows[i].group, group) == 0 ||
		     strcmp(rows[i].group, "*") == 0) &&
		    fits(rows[i].name, name))
			return rows[i].why;
	}
	return WORD_K_NO_VARIABLE;
}

void kannel_left(struct kannel_import *im)
{
	must(im != NULL);
	for (size_t i = 0; i < im->conf.len; i++) {
		struct kannel_group *g = &im->conf.v[i];
		enum word why = WORD_K_NO_GROUP;

		if (g->told)
			continue;
		if (group_reason(g->name, &why) || !group_known(g->name)) {
			kannel_note(im, g->file, g->line, g->name, why, NULL,
				    0);
			continue;
		}
		for (size_t k = 0; k < g->len; k++) {
			struct kannel_var *v = &g->v[k];

			kannel_leave(im, v, reason(g->name, v->name),
				     WORDS_LIST(v->value));
		}
	}
}
