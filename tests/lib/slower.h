/* How much slower this run is than a plain one: valgrind and the sanitizers
 * say so by CARILLON_SLOWER (tools/runtests.py). Waits are multiplied by it. */
#pragma once

#include <stdint.h>
#include <stdlib.h>

static inline unsigned slower(void)
{
	const char *s = getenv("CARILLON_SLOWER");
	unsigned long n = s == NULL ? 1 : strtoul(s, NULL, 10);

	return n < 1 || n > 100 ? 1 : (unsigned)n;
}
