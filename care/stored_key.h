/* A key of this store's own, made once and kept in its meta table. */
#pragma once

#include "base/err.h"
#include "model/store.h"

#define STORED_KEY 65 /* hex of 32 bytes, and NUL */

/* Reads it, or makes it in the open batch: before serving only. -EIO. */
MUST_USE int stored_key(struct store *s, const char *name, char key[STORED_KEY],
			struct err *err);
