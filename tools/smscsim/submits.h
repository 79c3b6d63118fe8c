/* The last submits, kept for `list` and for receipts by hand. */
#pragma once

#include "tools/smscsim/submit.h"

/* The last `keep` submits. */
struct submits;
struct submits *submits_new(void);
void submits_free(struct submits **sp);
void submits_clear(struct submits *s);
/* Copies. */
void submits_add(struct submits *s, const struct submit *one, size_t keep);
/* By message id; NULL. */
const struct submit *submits_find(const struct submits *s, struct str id);
/* The last n messages as a JSON array in one line, parts joined, oldest
 * first; only those to `to` unless it is empty. */
void submits_list(const struct submits *s, unsigned n, struct str to,
		  struct buf *out);
