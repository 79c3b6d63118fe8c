/* The words of all keywords, and which of them a text is. */
#pragma once

#include "base/buf.h"
#include "care/keyword.h"

struct keyword {
	const char *name;
	const struct keyword_cfg *cfg;
};

struct keyword_table;

/* Borrows settings. */
struct keyword_table *keyword_table_new(const struct settings *s);
void keyword_table_free(struct keyword_table **tp);
/* NULL: there is none. */
const struct keyword *keyword_table_named(const struct keyword_table *t,
					  const char *name);
/* A message: whose customer's, to which number of ours. */
struct keyword_ask {
	struct str tenant, to, text;
};
/*
 * The text is a word of it, however it is written, alone or followed by what
 * the keyword takes; argument gets that (ASCII digits and letters, one blank
 * between words). NULL: a sentence, another word, or no UTF-8.
 */
const struct keyword *keyword_table_find(const struct keyword_table *t,
					 const struct keyword_ask *ask,
					 struct buf *argument);

/* "1 balance": its digits (one or two) and a name; false: it is not. */
bool keyword_entry(const char *text, struct str *digits, struct str *name);
/* The text is one or two digits and nothing else, however they are written. */
bool keyword_digits(struct str text, char digits[3]);
/* Folded, without blanks. false: nothing is left of it, or no UTF-8. */
bool keyword_fold(struct str text, struct buf *out);
