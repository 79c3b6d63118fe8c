/* Does a reply ask what an offer means (K-52)? A table of words and phrases,
 * Chinese and English. */
#pragma once

#include "proto/wordset.h"

/* The words, made ready; wordset_free ends them. */
struct wordset *meaning_words(void);
/* "明白了" asks nothing; nor does what is no UTF-8. */
bool meaning_asked(const struct wordset *words, struct str text);
