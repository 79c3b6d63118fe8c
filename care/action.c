/* Actions that take a person, and papers. */
#include "care/action.h"

#include "base/must.h"
#include "base/str.h"

static bool parts(char c)
{
	return c == '.' || c == '_' || c == '-' || c == ' ';
}

bool action_forbidden(const char *name)
{
	static const char *const actions[] = { "transfer", "close" };

	must(name != NULL);
	struct str rest = str_of(name);

	while (rest.len > 0) {
		size_t n = 0;

		while (n < rest.len && !parts(rest.p[n]))
			n++;
		for (unsigned i = 0; i < ARRAY_LEN(actions); i++)
			if (str_ieqz(str_first(rest, n), actions[i]))
				return true;
		rest = str_from(rest, MIN(n + 1, rest.len));
	}
	return false;
}
