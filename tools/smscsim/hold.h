/* Receipts that are kept back until somebody asks for them, in an order that
 * has nothing to do with the one in which they came. */
#pragma once

#include <stddef.h>

#include "tools/smscsim/parcel.h"

struct hold;

struct hold *hold_new(void);
void hold_free(struct hold **hp);

/* Takes the parcel. -ENOSPC: too many are kept, and it is still yours. */
MUST_USE int hold_put(struct hold *h, struct parcel *p);
/* Any of them, now the caller's; NULL: none. Each start draws the same. */
struct parcel *hold_take(struct hold *h);
size_t hold_len(const struct hold *h);
