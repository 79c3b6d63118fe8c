/* Does a reply complain, report, dispute a charge? A table of words and
 * phrases, Chinese and English. */
#pragma once

#include "care/case.h"

struct complaints; /* the words, made ready */

struct complaint {
	enum case_kind kind;
	const char *topic; /* a constant; "" */
	struct str word;   /* that decided; lives as long as the words */
};

struct complaints *complaints_new(void);
void complaints_free(struct complaints **cp);
/*
 * The first of: a report, a charge, a complaint, a suggestion. "JB" counts
 * at the start of a reply only; "不投诉" and "no complaint" count as nothing.
 * False: none of these, or no UTF-8.
 */
bool complaint_find(const struct complaints *w, struct str text,
		    struct complaint *out);
