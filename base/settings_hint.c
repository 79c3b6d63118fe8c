/* The nearest valid name for one that was mistyped. */
#include "base/settings_impl.h"

enum { HINT_LONGEST = 64, HINT_FAR = 99 };

static char hint_fold(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c + 'a' - 'A');
	return c == '-' ? '_' : c;
}

/* Levenshtein; a letter's case and '-' for '_' cost nothing. */
static unsigned hint_distance(struct str a, struct str b)
{
	unsigned row[HINT_LONGEST + 1];

	if (a.len > HINT_LONGEST || b.len > HINT_LONGEST)
		return HINT_FAR;
	for (unsigned j = 0; j <= b.len; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a.len; i++) {
		unsigned corner = row[0];
		row[0] = i;
		for (unsigned j = 1; j <= b.len; j++) {
			bool same =
				hint_fold(a.p[i - 1]) == hint_fold(b.p[j - 1]);
			unsigned best = corner + (same ? 0 : 1);
			best = MIN(best, row[j] + 1);
			best = MIN(best, row[j - 1] + 1);
			corner = row[j];
			row[j] = best;
		}
	}
	return row[b.len];
}

void settings_hint(struct buf *out, struct str given, const char *const *names,
		   size_t n)
{
	/* Two changes of a short word make any other short word. */
	unsigned least = given.len <= 3 ? 2 : 3;
	const char *nearest = NULL;

	must(out != NULL && (names != NULL || n == 0));
	for (size_t i = 0; i < n; i++) {
		unsigned d = hint_distance(given, str_of(names[i]));
		if (d < least) {
			least = d;
			nearest = names[i];
		}
	}
	if (nearest != NULL)
		buf_f(out, "; did you mean '%s'?", nearest);
}
