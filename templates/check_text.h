/* The fixed text of a template, and the words that are looked for in it. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"
#include "templates/parse.h"

/* Stands for a variable in the fixed text (U+FFFC). */
#define TEMPLATE_HOLE "\xEF\xBF\xBC"

enum check_kind {
	CHECK_PROMOTION,
	CHECK_OVER,
	CHECK_EXEMPT,
	CHECK_MONEY,
	CHECK_PERIOD,
	CHECK_STOP,
	CHECK_PROMISE
};

/* All branches one after the other, a hole for each variable. */
void check_fixed_text(const struct template *t, struct buf *out);

/* The first word of that kind in s, folded; false: none. */
bool check_find(struct str s, enum check_kind kind, struct str *word);

/* The sender's name at the start: in 【】, in [], or "Name:"; false: none. */
bool check_sender(struct str s, struct str *name);
