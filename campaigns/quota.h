/* How many messages the campaigns of a tenant may begin in a day (of UTC): what
 * was bought of the carriers. Counted as people are claimed, in the same
 * batches. */
#pragma once

#include "campaigns/core.h"

struct quota;

struct quota *quota_new(void);
void quota_free(struct quota **qp);
/* A row of STORE_QUOTA_SCAN. */
void quota_recover(struct quota *q, const struct row *row);
/* Left today; INT64_MAX: there is no limit. */
int64_t quota_left(const struct campaigns *c, struct str tenant);
/* n more were begun with today, or (negative) were not. */
void quota_take(struct campaigns *c, struct str tenant, int64_t n);
/* Into the open batch. */
void quota_put(struct campaigns *c, struct str tenant);
