/* The command's words, in English or Chinese. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"

enum word {
#define WORD(name, en, zh) WORD_##name,
#include "cli/words.def"
#undef WORD
	WORDS
};

/* Chinese where LC_ALL, LC_MESSAGES or LANG begins with zh. */
void words_open(void);
bool words_zh(void);
void words_set_zh(bool zh);
const char *word(enum word w);
/* Both texts, for tests. */
const char *word_in(enum word w, bool zh);
/* With {1} {2} ... filled in. */
void word_fill(struct buf *out, enum word w, const char *const *v, unsigned n);
#define WORDS_LIST(...)                                                   \
	((const char *const[]){ __VA_ARGS__ }),                           \
		(unsigned)(sizeof((const char *const[]){ __VA_ARGS__ }) / \
			   sizeof(const char *))
