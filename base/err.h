/* struct err: one sentence for the person who can mend the fault. */
#pragma once

#include "base/must.h"

struct err {
	char text[320];
};

/* Writes the sentence; err may be NULL. Returns rc, so that a failing path
 * reads: return err_set(err, -EINVAL, "port %d is above 65535", port); */
int err_set(struct err *err, int rc, const char *fmt, ...) PRINTF(3, 4);

/* Puts "where: " before what is there. */
void err_prefix(struct err *err, const char *fmt, ...) PRINTF(2, 3);

/* A word for a negative errno of ours: "no space", "not found" ... */
const char *err_name(int rc);
