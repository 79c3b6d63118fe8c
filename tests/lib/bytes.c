/* The bytes of the folder. */
#include "tests/lib/bytes.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static unsigned in_file(const char *path, const char *probe)
{
	FILE *f = fopen(path, "r");
	static char bytes[64 << 20];
	unsigned n = 0;

	if (f == NULL)
		return 0;
	size_t len = fread(bytes, 1, sizeof(bytes), f);
	assert_true(len < sizeof(bytes));
	assert_int_equal(fclose(f), 0);
	for (char *at = bytes; (at = memmem(at, len - (size_t)(at - bytes),
					    probe, strlen(probe))) != NULL;
	     at++)
		n++;
	return n;
}

unsigned bytes_in(const char *folder, const char *probe)
{
	DIR *d = opendir(folder);
	const struct dirent *e;
	unsigned n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		char path[400];

		(void)snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		n += in_file(path, probe);
	}
	assert_int_equal(closedir(d), 0);
	return n;
}
