/* The end of a process that found a bug in itself. */
#include "base/must.h"

#include <execinfo.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MUST_FRAMES = 64 };

static _Atomic(void (*)(void)) must_hook;
static atomic_flag must_dying = ATOMIC_FLAG_INIT;

void must_at_fail(void (*fn)(void))
{
	atomic_store(&must_hook, fn);
}

_Noreturn void must_fail(const char *file, int line, const char *func,
			 const char *what)
{
	void *frames[MUST_FRAMES];

	/* A second failure (another thread, the hook) must not come back. */
	if (atomic_flag_test_and_set(&must_dying))
		_exit(134);

	void (*hook)(void) = atomic_load(&must_hook);
	if (hook != NULL)
		hook();

	dprintf(STDERR_FILENO, "%s:%d: %s: must(%s) failed\n", file, line, func,
		what);
	int n = backtrace(frames, MUST_FRAMES);
	backtrace_symbols_fd(frames, n, STDERR_FILENO);
	abort();
}
