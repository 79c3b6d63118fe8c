/* Filters: one value in, one text out. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct tzone;

enum filter_kind {
	FILTER_DEFAULT,
	FILTER_DATE,
	FILTER_MASK,
	FILTER_AMOUNT,
	FILTER_TRUNCATE
};

struct filter {
	enum filter_kind kind;
	unsigned n;      /* mask, amount, truncate */
	struct str text; /* default, date: what stood between the quotes */
};

/* Reads "truncate:20" or `date:"M/D"`. -EBADMSG with a sentence. */
MUST_USE int filter_parse(struct str s, struct filter *out, struct err *err);

/*
 * date:     the value is "2026-11-22", "2026-11-22 18:40" or RFC 3339. YYYY
 *           MM DD HH mm are the numbers, M D without a leading 0, MMM "Nov";
 *           all else stands as it is. Without a form: YYYY-MM-DD. A value
 *           with Z or an offset is shown in `zone`, or as written when that
 *           is NULL.
 * mask:n    all but the last n characters (4) become *; at least half do.
 * amount:n  "1234.5" -> "1,234.50", n decimals (2), half rounded up.
 * truncate:n  at most n characters as people see them.
 * default:  puts its own text.
 * -EBADMSG with a sentence when the value is not of that kind.
 */
MUST_USE int filter_apply(const struct filter *f, struct str value,
			  const struct tzone *zone, struct buf *out,
			  struct err *err);
/* The text between quotes with its \" and \\ undone. */
void filter_text(struct str quoted, struct buf *out);
/* Where the text that begins after a quote ends: its closing quote; s.len. */
size_t filter_quote_end(struct str s);
