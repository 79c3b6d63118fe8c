/*
 * Addresses of people who were erased, as keyed hashes: nobody can read from
 * the table who they were, yet a number that comes back is known. Whoever was
 * erased stays refused until they say otherwise themselves.
 */
#pragma once

#include "gateway/core.h"

struct erased;

struct erased *erased_new(struct core *core);
void erased_free(struct erased **ep);
/* Reads the key and the hashes. -EIO. */
MUST_USE int erased_recover(struct erased *e, struct err *err);
/* Its rows in every table are erased, too. Durable with the open batch. */
void erased_put(struct erased *e, struct str tenant, struct str address);
/* When it was, the last time; 0: never. */
int64_t erased_at(struct erased *e, struct str tenant, struct str address);
/* The newest of all; 0: nobody was. */
int64_t erased_last(const struct erased *e);
