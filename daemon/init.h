/* `carillond init`: the data folder, an empty store, and the admin's key. */
#pragma once

#include "base/err.h"

/* Makes DIR, DIR/carillon.db and DIR/admin.key (0600). key_file NULL: a new
 * key. -EEXIST when there is a store already. */
MUST_USE int init_run(const char *dir, const char *key_file, struct err *err);
