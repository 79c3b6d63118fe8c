/* The words of a reply, found in a table by the longest that fits. */
#include "proto/reply_scan.h"

#include <string.h>
#include <utf8proc.h>

#include "proto/text.h"

#define WORD(text, name) { text, sizeof(text) - 1, RC_##name },
static const struct {
	const char *z;
	uint8_t len;
	uint8_t class;
} words[] = {
#include "proto/reply_words.def"
};
#undef WORD

enum mark { MARK_WORD, MARK_SPACE, MARK_BREAK, MARK_JOIN };

static enum mark mark_of(uint32_t cp)
{
	if (cp == '\'' || cp == 0x2019 || cp == 0x2018)
		return MARK_JOIN; /* don't, and its typographic form */
	if (cp < 0x80 && strchr(".,!?;:\n\r()", (int)cp) != NULL && cp != 0)
		return MARK_BREAK;
	if (cp == 0x3001 || cp == 0x3002 || cp == 0xFF61)
		return MARK_BREAK;
	return text_is_letter(cp) || utf8proc_category((utf8proc_int32_t)cp) ==
					     UTF8PROC_CATEGORY_ND
		       ? MARK_WORD
		       : MARK_SPACE;
}

void reply_plain(struct str folded, struct buf *out)
{
	must(out != NULL && (folded.p != NULL || folded.len == 0));
	enum mark gap = MARK_JOIN; /* nothing is written before a word */
	uint32_t prev = 0;

	for (size_t at = 0; at < folded.len;) {
		uint32_t cp = text_next(folded, &at);
		enum mark m = mark_of(cp);

		if (m != MARK_WORD) {
			if (m == MARK_BREAK || gap == MARK_WORD)
				gap = m;
			else if (m == MARK_SPACE && gap == MARK_JOIN)
				gap = m;
			continue;
		}
		if (prev != 0 && gap == MARK_BREAK)
			buf_c(out, ',');
		else if (prev != 0 && gap == MARK_SPACE &&
			 !text_is_dense(prev) && !text_is_dense(cp))
			buf_c(out, ' ');
		text_put(cp, out);
		prev = cp;
		gap = MARK_WORD;
	}
}

/* Bytes of the word that has no entry: a Latin word, a run of digits, or
 * one character of a dense script. */
static size_t unknown_len(struct str s)
{
	size_t at = 0;

	while (at < s.len) {
		size_t was = at;
		uint32_t cp = text_next(s, &at);

		if (was > 0 && (cp == ' ' || cp == ',' || text_is_dense(cp)))
			return was;
		if (text_is_dense(cp))
			break;
	}
	return at;
}

/* Whether a Latin word ends at `at`: no letter or digit goes on. */
static bool ends_at(struct str s, size_t at)
{
	if (at == s.len)
		return true;
	return s.p[at] == ' ' || s.p[at] == ',' ||
	       text_is_dense(text_next(s, &at));
}

/* "td1", "td02": the tail of a list of services, of which we know nothing. */
static bool is_numbered(struct str word)
{
	if (word.len < 3 || word.p[0] != 't' || word.p[1] != 'd')
		return false;
	for (size_t i = 2; i < word.len; i++)
		if (word.p[i] < '0' || word.p[i] > '9')
			return false;
	return true;
}

static size_t known_len(struct str s, enum reply_class *class)
{
	size_t best = 0;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		size_t len = words[i].len;

		if (words[i].z[0] != s.p[0] || len <= best || len > s.len ||
		    memcmp(words[i].z, s.p, len) != 0)
			continue;
		/* the bytes of dense scripts begin with 0xE2 or more */
		if ((unsigned char)words[i].z[0] < 0xE2 && !ends_at(s, len))
			continue;
		best = len;
		*class = (enum reply_class)words[i].class;
	}
	return best;
}

static void push(struct reply_scan *r, enum reply_class class)
{
	r->token[r->n++] = (uint8_t) class;
	r->count[class]++;
}

void reply_scan(struct str plain, struct reply_scan *out)
{
	must(out != NULL && (plain.p != NULL || plain.len == 0));
	*out = (struct reply_scan){ .n = 0 };
	while (plain.len > 0) {
		enum reply_class class = RC_UNKNOWN;
		size_t len = 1;

		if (out->n == REPLY_TOKENS_MAX) {
			out->count[RC_UNKNOWN]++;
			return;
		}
		if (plain.p[0] == ',')
			class = RC_BREAK;
		else if (plain.p[0] != ' ')
			len = known_len(plain, &class);
		if (len == 0) {
			len = unknown_len(plain);
			if (is_numbered(str_first(plain, len)))
				class = RC_HINT;
		}
		if (plain.p[0] != ' ')
			push(out, class);
		plain = str_from(plain, len);
	}
}

/* s without its spaces is t. */
static bool same_tight(const char *s, struct str t)
{
	size_t n = 0;

	for (; *s != '\0'; s++) {
		if (*s == ' ')
			continue;
		if (n == t.len || t.p[n] != *s)
			return false;
		n++;
	}
	return n == t.len;
}

enum reply_class reply_exact(struct str tight)
{
	must(tight.p != NULL || tight.len == 0);
	for (size_t i = 0; i < ARRAY_LEN(words) && tight.len > 0; i++)
		if (words[i].z[0] == tight.p[0] &&
		    same_tight(words[i].z, tight))
			return (enum reply_class)words[i].class;
	return RC_UNKNOWN;
}
