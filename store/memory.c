/* stub */
#include <errno.h>
#include "store/backend.h"
int memory_open(struct backend **out UNUSED, const char *name UNUSED,
		enum backend_make make UNUSED, struct err *err UNUSED)
{
	return -EINVAL;
}
