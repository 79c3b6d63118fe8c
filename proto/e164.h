/* Phone numbers: what people and peers write, and E.164. */
#pragma once

#include "base/err.h"
#include "base/str.h"

#define E164_MAX 17 /* '+', 15 digits, NUL */

/*
 * "+44 7700 900-001", "0044…", "447700900001", "＋４４…" -> "+447700900001".
 * Spaces, dots, dashes, brackets and "(0)" after a country code are dropped;
 * "00" and the full-width forms are understood; 8 to 15 digits are left.
 * country: digits put before a number with one leading 0 ("44"), or "".
 * With "86" an 11-digit mobile and with "1" a 10-digit number need no 0;
 * "39", "225" and "242" keep theirs. A leading ' (csv_cell) is dropped.
 * -EBADMSG with a sentence that shows how the number was read.
 */
MUST_USE int e164_parse(struct str s, const char *country, char out[E164_MAX],
			struct err *err);
/* Country calling code of an E.164 number ("44", "86", "1"); "" unknown. */
struct str e164_country(struct str e164);
