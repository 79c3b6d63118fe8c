/* Rules: conditions on attributes that lead work to a pool, first match. */
#pragma once

#include "routing/explain.h"

struct rule;

struct rules {
	struct rule *v;
	unsigned n, max;
};

void rules_init(struct rules *rs, unsigned max);
void rules_done(struct rules *rs);
void rules_clear(struct rules *rs);
MUST_USE int rules_add(struct rules *rs, const char *name,
		       const struct rule_cond *conds, size_t n, int pool);
/* The pool's number or -ENOENT. ex may be NULL. */
int rules_match(const struct rules *rs, const struct attrs *a,
		struct explain *ex);
