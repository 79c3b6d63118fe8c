/* Answers as people read them; --json prints them as they came instead. */
#pragma once

#include "cli/cli.h"

/* "label: value" lines of the members that are there. */
void print_members(const json_t *object, const char *const *names,
		   const enum word *labels, unsigned n);
/* A table of a list, or that it is empty. */
void print_list(const json_t *list, const char *const *members,
		const enum word *columns, unsigned n);
/* The cursor of the next page of the answer, if there is one. */
void print_more(const struct cli *c);
/* Both, of the list with that name in the answer. */
void print_page(const struct cli *c, const char *name,
		const char *const *members, const enum word *columns,
		unsigned n);

/* The answer as it came, to the file, or to where the output goes (NULL). */
MUST_USE int print_body(const struct cli *c, const char *path);
