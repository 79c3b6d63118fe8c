/* The bytes of JSON values as their sender wrote them: what passes through
 * us unchanged is never parsed and printed again. For text that is known to
 * be JSON. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* A member's value from an object's text. -ENOENT: absent, or its name is
 * written with escapes. */
MUST_USE int json_span(struct str object, const char *name, struct str *out);
/* The next member of an object, its name without quotes; start with *at = 0.
 * false at the end. */
bool json_span_member(struct str object, size_t *at, struct str *name,
		      struct str *value);
/* The bytes of the next item of an array; start with *at = 0. false at the
 * end. */
bool json_span_next(struct str array, size_t *at, struct str *item);
