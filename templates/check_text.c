/* The fixed text of a template, and the words that are looked for in it. */
#include "templates/check_text.h"

#include "proto/text.h"
#include "templates/program.h"

#define WORD(kind, text) { CHECK_##kind, STR_INIT(text) },
#define STR_INIT(literal)                    \
	{                                    \
		literal, sizeof(literal) - 1 \
	}
static const struct {
	enum check_kind kind;
	struct str text;
} words[] = {
#include "templates/check_words.def"
};
#undef WORD

/* text_fold takes 1,024 bytes: longer texts are looked at in windows that
 * overlap by more than any word is long. */
#define WINDOW 1024
#define OVERLAP 128
#define NAME_CHARACTERS_MAX 32

void check_fixed_text(const struct template *t, struct buf *out)
{
	must(t != NULL && out != NULL);
	for (unsigned i = 0; i < t->n_ops; i++) {
		if (t->ops[i].kind == OP_TEXT)
			buf_str_put(out, t->ops[i].text);
		else if (t->ops[i].kind == OP_VAR)
			buf_z(out, TEMPLATE_HOLE);
	}
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Whether w stands at s.p[at]; Latin words only as whole ones. */
static bool stands_at(struct str s, size_t at, struct str w)
{
	if (!str_starts(str_from(s, at), w))
		return false;
	if (w.p[0] < 'a' || w.p[0] > 'z')
		return true;
	return (at == 0 || !is_alnum(s.p[at - 1])) &&
	       (at + w.len == s.len || !is_alnum(s.p[at + w.len]) ||
		!is_alnum(w.p[w.len - 1]));
}

/* Bytes of the longest word of that kind at s.p[at]; 0: none. */
static size_t longest_at(struct str s, size_t at, enum check_kind kind)
{
	size_t best = 0;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].kind == kind && words[i].text.len > best &&
		    stands_at(s, at, words[i].text))
			best = words[i].text.len;
	return best;
}

static struct str word_of(struct str found, enum check_kind kind)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].kind == kind && str_eq(words[i].text, found))
			return words[i].text;
	return STR_NONE;
}

static bool find_folded(struct str s, enum check_kind kind, struct str *word)
{
	for (size_t at = 0; at < s.len;) {
		size_t skip = kind == CHECK_OVER
				      ? longest_at(s, at, CHECK_EXEMPT)
				      : 0;
		size_t len = skip > 0 ? 0 : longest_at(s, at, kind);

		if (len > 0) {
			*word = word_of(str_first(str_from(s, at), len), kind);
			return true;
		}
		at += MAX(skip, (size_t)1);
	}
	return false;
}

bool check_find(struct str s, enum check_kind kind, struct str *word)
{
	must(word != NULL && (s.p != NULL || s.len == 0));
	bool found = false;
	struct buf folded;

	buf_init(&folded, BUF_NO_LIMIT);
	for (size_t at = 0; at < s.len && !found;) {
		size_t end = MIN(at + WINDOW, s.len);

		while (end < s.len && (s.p[end] & 0xC0) == 0x80)
			end--;
		buf_reset(&folded);
		if (text_fold(str_first(str_from(s, at), end - at), false,
			      &folded) == 0)
			found = find_folded(buf_str(&folded), kind, word);
		if (s.len - at <= WINDOW)
			break;
		at += WINDOW - OVERLAP;
		while (at < s.len && (s.p[at] & 0xC0) == 0x80)
			at++;
	}
	buf_done(&folded);
	return found;
}

/* open name close at the start of s */
static bool bracketed(struct str s, struct str open, struct str close,
		      struct str *name)
{
	if (!str_starts(s, open))
		return false;
	s = str_from(s, open.len);
	for (size_t i = 0; i < s.len; i++) {
		if (!str_starts(str_from(s, i), close))
			continue;
		*name = str_trim(str_first(s, i));
		return name->len > 0 &&
		       text_count(*name) <= NAME_CHARACTERS_MAX;
	}
	return false;
}

bool check_sender(struct str s, struct str *name)
{
	must(name != NULL && (s.p != NULL || s.len == 0));
	if (bracketed(s, STR("【"), STR("】"), name) ||
	    bracketed(s, STR("["), STR("]"), name))
		return true;
	size_t colon = str_find(s, ':');

	if (colon == s.len || colon < 2 || colon > NAME_CHARACTERS_MAX)
		return false;
	for (size_t i = 0; i < colon; i++) {
		char c = s.p[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

		if (!letter && (i == 0 || (!is_alnum(c) && c != ' ' &&
					   c != '.' && c != '&' && c != '-')))
			return false;
	}
	*name = str_first(s, colon);
	return true;
}
