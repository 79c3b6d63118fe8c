/* A set of words that are looked for in texts, however they are written. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Words and texts are compared folded (text_fold). A word with a Latin letter
 * or digit at an end is found there as a whole word only; any other also where
 * spaces and punctuation stand between its characters.
 */
struct wordset;

#define WORDSET_WORD_MAX 64 /* bytes of a word, as given */
#define WORDSET_WORDS_MAX 10000

struct wordset *wordset_new(void);
void wordset_free(struct wordset **wp);
/* -EINVAL: empty, too long, not UTF-8, or with a NUL in it; -ENOSPC. */
MUST_USE int wordset_add(struct wordset *w, struct str word, struct err *err);
size_t wordset_len(const struct wordset *w);
/* The first one that stands in the text, as it was added: word lives as long
 * as the set. A text that is not UTF-8 holds none. */
bool wordset_find(const struct wordset *w, struct str text, struct str *word);
