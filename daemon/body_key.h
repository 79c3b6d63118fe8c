/* The key of the hashes that stay of purged texts. It lies beside the store and
 * not in it: a copy of the store alone does not tell a short text by its hash. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* Reads `body.key` of the folder, or makes it (0600). */
MUST_USE int body_key_read(const char *dir, struct buf *out, struct err *err);
