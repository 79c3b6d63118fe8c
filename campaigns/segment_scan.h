/* A filter's text cut into tokens. */
#pragma once

#include "base/str.h"

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,   /* tier, attr.plan, news:topic */
	TOKEN_NUMBER, /* 35, -1.5, 30d: begins with a digit, or - and one */
	TOKEN_TEXT,   /* what stands between quotes, still with its \" */
	TOKEN_SIGN,   /* = != < <= > >= ( ) , */
	TOKEN_BAD     /* a byte that begins nothing, a quote never closed */
};

struct token {
	enum token_kind kind;
	struct str s;
	size_t at; /* where it begins */
};

struct token token_next(struct str text, size_t at);
/* Where the token after it may begin. */
size_t token_end(const struct token *t);
/* Characters from 1. */
unsigned token_column(struct str text, size_t at);
/* Is it that word, in either case? That sign? */
bool token_is(const struct token *t, const char *word);
/* As a person would recognise it: 'tier', "gold", the end. */
struct str token_shown(const struct token *t, char out[64]);
