/* Sets of words, one for each kind and topic, asked in order. */
#include "care/complaint.h"

#include <string.h>

#include "base/mem.h"
#include "proto/text.h"
#include "proto/wordset.h"

#define TEXT_MAX 1024

struct word {
	const char *text;
	enum case_kind kind;
	const char *topic;
};

static const struct word words[] = {
#define NOT(text)
#define WORD(text, kind, topic) { text, kind, topic },
#include "care/complaint_words.def"
#undef NOT
#undef WORD
};

/* Longer ones stand before those they contain. */
static const char *const nots[] = {
#define NOT(text) text,
#define WORD(text, kind, topic)
#include "care/complaint_words.def"
#undef NOT
#undef WORD
};

/* What is more serious is looked for first. */
static const enum case_kind order[] = { CASE_REPORT, CASE_DISPUTE,
					CASE_COMPLAINT, CASE_SUGGESTION };

struct complaints {
	struct wordset *sets[CASE_KINDS];
	char *nots[ARRAY_LEN(nots)]; /* folded */
};

struct complaints *complaints_new(void)
{
	struct complaints *w = mem_new(struct complaints);
	struct err err = { "" };

	for (unsigned i = 0; i < CASE_KINDS; i++)
		w->sets[i] = wordset_new();
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		must(wordset_add(w->sets[words[i].kind], str_of(words[i].text),
				 &err) == 0);
	for (size_t i = 0; i < ARRAY_LEN(nots); i++) {
		struct buf b = { 0 };

		buf_init(&b, BUF_NO_LIMIT);
		must(text_fold(str_of(nots[i]), false, &b) == 0);
		w->nots[i] = buf_take(&b);
		buf_done(&b);
	}
	return w;
}

void complaints_free(struct complaints **cp)
{
	struct complaints *w = TAKE(*cp);

	if (w == NULL)
		return;
	for (unsigned i = 0; i < CASE_KINDS; i++)
		wordset_free(&w->sets[i]);
	for (size_t i = 0; i < ARRAY_LEN(nots); i++)
		mem_free(w->nots[i]);
	mem_free(w);
}

/* Blanks out every place of a phrase that says the contrary. */
static void take_out(char *text, size_t len, const char *phrase)
{
	size_t n = strlen(phrase);
	char *at = text;

	while ((at = memmem(at, len - (size_t)(at - text), phrase, n)) !=
	       NULL) {
		memset(at, ' ', n);
		at += n;
	}
}

static const char *topic_of(struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_eqz(word, words[i].text))
			return words[i].topic;
	}
	return "";
}

/* The code of the line for bad messages, alone or before what it is about. */
static bool is_code(struct str folded)
{
	struct str rest = str_trim(folded), head;

	(void)str_cut(rest, ' ', &head);
	return str_eqz(head, "jb");
}

bool complaint_find(const struct complaints *w, struct str text,
		    struct complaint *out)
{
	AUTO(buf_done) struct buf folded = { 0 };
	bool found = false;

	must(w != NULL && out != NULL);
	buf_init(&folded, BUF_NO_LIMIT);
	if (text_fold(str_first(text, TEXT_MAX), false, &folded) != 0)
		return false;
	for (size_t i = 0; folded.len > 0 && i < ARRAY_LEN(nots); i++)
		take_out(folded.p, folded.len, w->nots[i]);
	if (is_code(buf_str(&folded))) {
		*out = (struct complaint){ CASE_REPORT, "", STR("jb") };
		return true;
	}
	for (size_t i = 0; !found && i < ARRAY_LEN(order); i++) {
		struct str word;

		found = wordset_find(w->sets[order[i]], buf_str(&folded),
				     &word);
		if (found)
			*out = (struct complaint){ order[i], topic_of(word),
						   word };
	}
	return found;
}
