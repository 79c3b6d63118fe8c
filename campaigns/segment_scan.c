/* Tokens of a filter. */
#include "campaigns/segment_scan.h"

#include <stdio.h>
#include <string.h>

#include "proto/text.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (c & 0x80) != 0;
}

static bool in_word(char c)
{
	return is_letter(c) || is_digit(c) || c == '.' || c == ':' || c == '-';
}

static size_t word_end(struct str s, size_t i)
{
	while (i < s.len && in_word(s.p[i]))
		i++;
	return i;
}

static struct token token_text(struct str s, size_t at)
{
	size_t i = at + 1;

	while (i < s.len && s.p[i] != '"')
		i += s.p[i] == '\\' ? 2 : 1;
	if (i >= s.len)
		return (struct token){ TOKEN_BAD, str_from(s, at), at };
	return (struct token){ TOKEN_TEXT, str_bytes(s.p + at + 1, i - at - 1),
			       at };
}

static struct token token_sign(struct str s, size_t at)
{
	static const char *const signs[] = { "!=", "<=", ">=", "=", "<",
					     ">",  "(",  ")",  "," };
	struct str rest = str_from(s, at);

	for (unsigned i = 0; i < ARRAY_LEN(signs); i++) {
		if (str_starts(rest, str_of(signs[i])))
			return (struct token){
				TOKEN_SIGN, str_first(rest, strlen(signs[i])),
				at
			};
	}
	return (struct token){ TOKEN_BAD, str_first(rest, 1), at };
}

struct token token_next(struct str s, size_t at)
{
	while (at < s.len && strchr(" \t\r\n", s.p[at]) != NULL &&
	       s.p[at] != '\0')
		at++;
	if (at >= s.len)
		return (struct token){ TOKEN_END, STR_NONE, s.len };
	char c = s.p[at];
	size_t end = word_end(s, at);
	if (is_digit(c) || (c == '-' && end > at + 1 && is_digit(s.p[at + 1])))
		return (struct token){ TOKEN_NUMBER,
				       str_bytes(s.p + at, end - at), at };
	if (is_letter(c))
		return (struct token){ TOKEN_WORD,
				       str_bytes(s.p + at, end - at), at };
	return c == '"' ? token_text(s, at) : token_sign(s, at);
}

size_t token_end(const struct token *t)
{
	must(t != NULL);
	return t->at + t->s.len + (t->kind == TOKEN_TEXT ? 2 : 0);
}

unsigned token_column(struct str text, size_t at)
{
	return (unsigned)text_count(str_first(text, at)) + 1;
}

bool token_is(const struct token *t, const char *word)
{
	must(t != NULL && word != NULL);
	return (t->kind == TOKEN_WORD || t->kind == TOKEN_SIGN) &&
	       str_ieqz(t->s, word);
}

/* No character is cut in two. */
static struct str shown_first(struct str s, size_t max)
{
	size_t end = MIN(max, s.len);

	while (end > 0 && end < s.len && (s.p[end] & 0xC0) == 0x80)
		end--;
	return str_first(s, end);
}

struct str token_shown(const struct token *t, char out[64])
{
	struct str s;

	must(t != NULL && out != NULL);
	s = shown_first(t->s, 40);
	if (t->kind == TOKEN_END)
		return STR("the end");
	if (t->kind == TOKEN_BAD && t->s.len > 0 && t->s.p[0] == '"')
		return STR("a quote that is never closed");
	if (t->kind == TOKEN_TEXT)
		(void)snprintf(out, 64, "\"%.*s\"", STR_ARGS(s));
	else
		(void)snprintf(out, 64, "'%.*s'", STR_ARGS(s));
	return str_of(out);
}
