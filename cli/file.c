/* Files that a verb sends as they are. */
#include <stdio.h>

#include "base/mem.h"
#include "cli/verbs.h"

#define FILE_MAX (8 << 20) /* what a node takes by default */

char *file_text(const char *name)
{
	struct buf b = { 0 };
	FILE *f = fopen(name, "re");
	char part[4096];
	size_t n;

	if (f == NULL)
		return NULL;
	buf_init(&b, FILE_MAX);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_put(&b, part, n);
	bool ok = ferror(f) == 0 && !b.full;

	if (fclose(f) != 0 || !ok) {
		buf_done(&b);
		return NULL;
	}
	char *text = buf_take(&b);

	buf_done(&b);
	return text;
}
