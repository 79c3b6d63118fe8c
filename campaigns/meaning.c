/* The table of campaigns/meaning_words.def. */
#include "campaigns/meaning.h"

#define TEXT_MAX 1024

static const char *const words[] = {
#define WORD(text) text,
#include "campaigns/meaning_words.def"
#undef WORD
};

struct wordset *meaning_words(void)
{
	struct wordset *w = wordset_new();
	struct err err = { "" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		must(wordset_add(w, str_of(words[i]), &err) == 0);
	return w;
}

bool meaning_asked(const struct wordset *w, struct str text)
{
	struct str word;

	must(w != NULL);
	return wordset_find(w, str_first(text, TEXT_MAX), &word);
}
