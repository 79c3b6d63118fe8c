/* Every statement a back end runs: the public calls and the engine's own. */
#pragma once

#include <stdbool.h>

#include "model/store.h"

/* The public calls keep their numbers of enum store_call. */
enum statement {
#define CALL(name, kind, args, columns) STATEMENT_##name,
#include "model/calls.def"
#include "store/inner.def"
#undef CALL
	STATEMENTS
};

enum statement_sees {
	PLAIN,   /* rows of its own: there when they are committed */
	FOLDED,  /* what the fold writes: a read waits for it */
	AWAITED, /* so too, but it has the time: the fold does not hurry */
	BY_ID    /* of that, one row: what is pending is laid over it */
};

struct statement_row {
	const char *name;
	enum store_call_kind kind;
	const char *args;    /* words, as in calls.def */
	const char *columns; /* words */
	const char *sql;
	enum statement_sees sees;
};

extern const struct statement_row statements[STATEMENTS];

/* How many arguments it takes, how many columns a row of it has. */
unsigned statement_args(enum statement st);
unsigned statement_columns(enum statement st);
