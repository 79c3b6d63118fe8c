/* A compiled template and values to text. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "templates/parse.h"

#define TEMPLATE_OUTPUT_MAX 4096
#define TEMPLATE_VALUE_MAX 1024

/*
 * Gives a variable's value; false: it has none. An empty value counts as
 * none. It is also asked for TEMPLATE_ZONE, which no template can name: the
 * person's time zone ("Asia/Shanghai") for dates that carry an offset.
 */
typedef bool template_lookup(void *owner, struct str name, struct str *value);
#define TEMPLATE_ZONE "@zone"

/*
 * Appends to *out; on failure *out is as it was. err names the variable.
 * -ENOENT: a variable without value or default; -EBADMSG: a value that its
 * filter cannot read, or that is not UTF-8, or holds control characters (a
 * line end and marks of writing direction too); -ENOSPC: a value or the
 * whole is too long.
 */
MUST_USE int template_render(const struct template *t, template_lookup *lookup,
			     void *owner, struct buf *out, struct err *err);
