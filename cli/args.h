/* The command line: options and arguments of a verb, by its table. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"

#define ARGS_OPTIONS_MAX 20
#define ARGS_MAX 11

struct option {
	const char *name;  /* "to"; the list ends with NULL */
	const char *value; /* what it takes: "NUMBER"; NULL: a flag */
	bool required;
};

struct args {
	const struct option *options;
	const char *value[ARGS_OPTIONS_MAX]; /* "" for a flag that is set */
	const char *v[ARGS_MAX];
	unsigned n;
};

/* Options that go with every verb. */
extern const struct option args_everywhere[];

/*
 * Reads what follows the verb. verb is for sentences; min and max count the
 * arguments. -EINVAL with a sentence in why.
 */
MUST_USE int args_read(const char *verb, const struct option *options,
		       const struct option *everywhere, const char *arguments,
		       unsigned min, unsigned max, int argc, char **argv,
		       struct args *out, struct args *globals, struct buf *why);
/* NULL when it was not given. */
const char *args_get(const struct args *a, const char *name);
/* "--to NUMBER [--from NAME]" */
void args_usage(const struct option *options, struct buf *out);
/* Edits between two names; for "did you mean". */
unsigned args_distance(const char *a, const char *b);
