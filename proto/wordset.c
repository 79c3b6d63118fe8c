/* Words by the first two bytes of their folded form; two folds of a text. */
#include "proto/wordset.h"

#include <errno.h>

#include "base/mem.h"
#include "proto/text.h"

#define CHAINS 1024
/* text_fold takes so many bytes: longer texts are folded piece by piece. */
#define PIECE 1024

struct entry {
	char *word;   /* as added */
	char *folded; /* its form */
	size_t len;
	bool tight; /* looked for without spaces */
	bool whole_before, whole_after;
	struct entry *next;
};

struct wordset {
	struct entry *chains[CHAINS];
	size_t n;
	bool tight, loose; /* which folds any word needs */
};

struct wordset *wordset_new(void)
{
	return mem_new(struct wordset);
}

void wordset_free(struct wordset **wp)
{
	struct wordset *w = *wp;

	for (size_t i = 0; w != NULL && i < CHAINS; i++) {
		while (w->chains[i] != NULL) {
			struct entry *e = w->chains[i];

			w->chains[i] = e->next;
			mem_free(e->word);
			mem_free(e->folded);
			mem_free(e);
		}
	}
	mem_free(w);
	*wp = NULL;
}

size_t wordset_len(const struct wordset *w)
{
	must(w != NULL);
	return w->n;
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static unsigned chain_of(struct str s)
{
	unsigned a = (unsigned char)s.p[0];
	unsigned b = s.len > 1 ? (unsigned char)s.p[1] : 0;

	return (a * 61 + b) % CHAINS;
}

/* Neither end is Latin: nothing but its characters counts. */
static bool is_tight(struct str folded)
{
	return !is_alnum(folded.p[0]) && !is_alnum(folded.p[folded.len - 1]);
}

int wordset_add(struct wordset *w, struct str word, struct err *err)
{
	AUTO(buf_done) struct buf folded = { 0 };

	must(w != NULL);
	word = str_trim(word);
	if (word.len > WORDSET_WORD_MAX)
		return err_set(err, -EINVAL, "a word has at most %d bytes",
			       WORDSET_WORD_MAX);
	if (w->n == WORDSET_WORDS_MAX)
		return err_set(err, -ENOSPC, "more than %d words",
			       WORDSET_WORDS_MAX);
	buf_init(&folded, BUF_NO_LIMIT);
	if (str_find(word, '\0') < word.len ||
	    text_fold(word, false, &folded) != 0)
		return err_set(err, -EINVAL, "a word is not UTF-8 text");
	if (folded.len > 0 && is_tight(buf_str(&folded))) {
		buf_reset(&folded);
		IGNORE(text_fold(word, true, &folded));
	}
	if (folded.len < 2) /* also what was nothing but spaces */
		return err_set(err, -EINVAL, "\"%.*s\" is too short a word",
			       STR_ARGS(word));
	struct entry *e = mem_new(struct entry);

	e->tight = is_tight(buf_str(&folded));
	e->len = folded.len;
	e->whole_before = is_alnum(folded.p[0]);
	e->whole_after = is_alnum(folded.p[folded.len - 1]);
	e->folded = buf_take(&folded);
	e->word = str_z(word);
	*(e->tight ? &w->tight : &w->loose) = true;
	struct entry **chain =
		&w->chains[chain_of(str_bytes(e->folded, e->len))];

	e->next = *chain;
	*chain = e;
	w->n++;
	return 0;
}

static bool stands_at(const struct entry *e, struct str s, size_t at)
{
	size_t end = at + e->len;

	if (!str_starts(str_from(s, at), str_bytes(e->folded, e->len)))
		return false;
	return (!e->whole_before || at == 0 || !is_alnum(s.p[at - 1])) &&
	       (!e->whole_after || end == s.len || !is_alnum(s.p[end]));
}

static bool find_folded(const struct wordset *w, struct str s, bool tight,
			struct str *word)
{
	for (size_t at = 0; at + 1 < s.len; at++) {
		const struct entry *e = w->chains[chain_of(str_from(s, at))];

		for (; e != NULL; e = e->next) {
			if (e->tight != tight || !stands_at(e, s, at))
				continue;
			*word = str_of(e->word);
			return true;
		}
	}
	return false;
}

/* Cut where a character begins. */
static size_t piece_end(struct str s, size_t at)
{
	size_t end = MIN(at + PIECE, s.len);

	while (end < s.len && end > at && (s.p[end] & 0xC0) == 0x80)
		end--;
	return end > at ? end : s.len;
}

static bool find_in(const struct wordset *w, struct str text, bool tight,
		    struct str *word)
{
	AUTO(buf_done) struct buf folded = { 0 };

	buf_init(&folded, BUF_NO_LIMIT);
	for (size_t at = 0; at < text.len;) {
		size_t end = piece_end(text, at);

		if (text_fold(str_first(str_from(text, at), end - at), tight,
			      &folded) != 0)
			return false;
		at = end;
	}
	return find_folded(w, buf_str(&folded), tight, word);
}

bool wordset_find(const struct wordset *w, struct str text, struct str *word)
{
	must(w != NULL && word != NULL && (text.p != NULL || text.len == 0));
	return (w->loose && find_in(w, text, false, word)) ||
	       (w->tight && find_in(w, text, true, word));
}
