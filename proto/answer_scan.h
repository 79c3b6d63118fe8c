/* The words of an answer: numbers, words of opinion, marks, all the rest. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/answer.h"

/* What the groups of answer_words.def mean is said there. */
enum answer_class {
	AC_UNKNOWN, /* a word of none of ours */
	AC_BREAK,   /* comma, full stop, new line */
	AC_QUEST,
	AC_NUMBER,  /* value; `of`: "4/5" */
	AC_ODD,     /* a number that is no score: 4.5, 14:30, -1, 4-5 */
	AC_TOKEN,   /* an option's token that is no number; value: which */
	AC_STARS,   /* value: how many */
	AC_PICTURE, /* an emoji of no meaning here */
	AC_FILL,
	AC_BUT,
	AC_LEAD,
	AC_UNIT,
	AC_STAR,
	AC_OTHER,
	AC_DATE,
	AC_NTH,
	AC_OF,
	AC_DOUBT,
	AC_NEG,
	AC_VERY,
	AC_QUITE,
	AC_VAGUE,
	AC_ATALL,
	AC_SAT,
	AC_UNSAT,
	AC_EASY,
	AC_HARD,
	AC_GOOD,
	AC_BAD,
	AC_MID,
	AC_YES,
	AC_NO,
	AC_UP,
	AC_DOWN,
	AC_FULL,
	AC_TEN /* "very", or ten points */
};
#define AC_CLASSES (AC_TEN + 1)

struct answer_token {
	uint8_t class; /* enum answer_class */
	bool gap;      /* a space before it */
	bool dense;    /* a script without spaces; of a number: 五, not 5 */
	uint16_t from, to; /* bytes of the folded text */
	int32_t value;
	int32_t of; /* NUMBER: "4/5"; 0: none */
};

#define ANSWER_TOKENS_MAX 128

struct answer_scan {
	struct answer_token v[ANSWER_TOKENS_MAX];
	unsigned n;
};

void answer_scan(struct str folded, const struct answer_scale *scale,
		 struct answer_scan *out);

/* The clause of token i: from *from up to (not with) *to. */
void answer_clause(const struct answer_scan *s, unsigned i, unsigned *from,
		   unsigned *to);

/* A number at the start of s: its bytes; 0: none stands there. AC_UNKNOWN for
 * one too long to be a score. */
size_t answer_number(struct str s, enum answer_class *class, int32_t *value,
		     bool *dense);
/* The value of an option's token that is a number; -1: it is none. */
int32_t answer_token_value(struct str token);
const char *answer_class_name(enum answer_class c);
