/* Who has confirmed orders, and when: whoever has one already comes back
 * (K-45). */
#pragma once

#include "base/clock.h"
#include "model/store.h"

struct buyers;

/* Reads what the store holds. max: people that are known; who comes when there
 * are so many is a new one each time. -EIO. */
MUST_USE int buyers_open(struct buyers **out, struct store *store, int64_t max,
			 struct err *err);
void buyers_close(struct buyers **bp);
/* One more order was confirmed, in the open batch. True: an earlier one was,
 * and it is the first such order of theirs in this month. */
bool buyers_back(struct buyers *b, struct str tenant, struct str address,
		 int64_t at_ms);
