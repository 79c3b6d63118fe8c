/* The table of statements, put together from the three lists. */
#include "store/statements.h"

/* A name of calls.def or inner.def without SQL does not compile here, and
 * SQL without such a name is an unused variable. */
#define STATEMENT(name, sees, text)    \
	enum { sees_##name = (sees) }; \
	static const char sql_##name[] = text;
#include "store/statements.def"
#undef STATEMENT

const struct statement_row statements[STATEMENTS] = {
#define CALL(name, kind, args, columns)                  \
	[STATEMENT_##name] = { #name,      STORE_##kind, \
			       args,       columns,      \
			       sql_##name, (enum statement_sees)sees_##name },
#include "model/calls.def"
#include "store/inner.def"
#undef CALL
};

static unsigned words(const char *text)
{
	unsigned n = 0;

	for (const char *p = text; *p != '\0'; p++)
		n += *p != ' ' && (p == text || p[-1] == ' ');
	return n;
}

unsigned statement_args(enum statement st)
{
	must(st < STATEMENTS);
	return words(statements[st].args);
}

unsigned statement_columns(enum statement st)
{
	must(st < STATEMENTS);
	return words(statements[st].columns);
}
