/* Templates: text with variables, compiled once to an array of steps. */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/*
 *	{{name}}			the variable's value
 *	{{name|default:"friend"}}	... or this when it has none
 *	{{#if name}} a {{else}} b {{/if}}
 *
 * Filters, left to right, at most four: default:"text", date or
 * date:"D MMM YYYY", mask or mask:4, amount or amount:0, truncate:20 (see
 * templates/filter.h). A name is a letter or _, then letters, digits, _ or
 * '.', at most 64. A text in quotes may hold \" and \\. There is no recursion
 * and no loop: a value is never read as a template.
 */
#define TEMPLATE_SIZE_MAX 8192
#define TEMPLATE_OPS_MAX 256
#define TEMPLATE_VARS_MAX 64
#define TEMPLATE_DEPTH_MAX 8
#define TEMPLATE_FILTERS_MAX 4
#define TEMPLATE_NAME_MAX 64

struct template;

/* -EBADMSG: cannot be read, -ENOSPC: above a limit; err says which character
 * and why. The template keeps a copy of the source. */
MUST_USE int template_compile(struct template **out, struct str source,
			      struct err *err);
void template_free(struct template **tp);
struct str template_source(const struct template *t);

/* Its variables in the order of first use; i < template_vars(t). Required:
 * somewhere it stands without a default (a branch counts as somewhere). */
unsigned template_vars(const struct template *t);
struct str template_var(const struct template *t, unsigned i, bool *required);
