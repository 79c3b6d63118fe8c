/* Tokens of a settings file. libconfuse miscounts lines after comments and
 * puts the environment into every string, so it is shown clean tokens only. */
#include "base/settings_impl.h"

#include <string.h>

#include "base/mem.h"

struct scan {
	struct str left;
	unsigned line;
	struct tokens *t;
	struct fault_list *f;
};

static void scan_add(struct scan *s, enum token_kind kind, size_t len)
{
	struct tokens *t = s->t;

	if (t->len == t->cap) {
		t->cap = MAX(t->cap * 2, 64);
		t->v = mem_resize(t->v, t->cap * sizeof(t->v[0]));
	}
	t->v[t->len++] = (struct token){ .kind = kind,
					 .line = s->line,
					 .text = str_first(s->left, len),
					 .dead = kind == TOKEN_BAD };
	s->left = str_from(s->left, len);
}

/* Those that need no quotes. libconfuse would take more, and drop some. */
static bool scan_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c != '\0' && strchr("_-.:%/@", c));
}

static bool scan_ends_word(char c)
{
	return c != '\0' && strchr(" \t\r\n{}=,#\"'", c) != NULL;
}

static void scan_word(struct scan *s)
{
	size_t n = 0, bad = 0;

	for (; n < s->left.len && !scan_ends_word(s->left.p[n]); n++) {
		char c = s->left.p[n];
		bool slashes =
			c == '/' && n + 1 < s->left.len &&
			(s->left.p[n + 1] == '/' || s->left.p[n + 1] == '*');
		if (bad == 0 && (!scan_word_char(c) || slashes))
			bad = n + 1;
	}
	if (bad == 0) {
		scan_add(s, TOKEN_WORD, n);
		return;
	}
	char c = s->left.p[bad - 1];
	if (c > ' ' && c <= '~')
		fault_at(s->f, s->line,
			 "'%.*s' needs quotes because of its '%c'",
			 (int)MIN(n, 40), s->left.p, c);
	else
		fault_at(s->f, s->line,
			 "byte 0x%02x is not allowed outside quotes",
			 (unsigned)(uint8_t)c);
	scan_add(s, TOKEN_BAD, n);
}

/* One string on one line; its escapes are those libconfuse understands and
 * nobody mistakes. */
static void scan_string(struct scan *s)
{
	char quote = s->left.p[0];
	bool bad = false;
	size_t n = 1;

	for (; n < s->left.len && s->left.p[n] != quote; n++) {
		char c = s->left.p[n];
		if (c == '\n')
			break;
		if ((uint8_t)c < ' ' && c != '\t') {
			fault_at(s->f, s->line,
				 "byte 0x%02x is not allowed in a string",
				 (unsigned)(uint8_t)c);
			bad = true;
		}
		if (c != '\\' || n + 1 >= s->left.len ||
		    s->left.p[n + 1] == '\n')
			continue;
		char next = s->left.p[++n];
		if (quote == '"' &&
		    (next == '\0' || strchr("\"\\'$ntr", next) == NULL)) {
			fault_at(s->f, s->line,
				 "'\\%c' is no escape; write \\\\ for \\",
				 next > ' ' && next <= '~' ? next : '?');
			bad = true;
		}
	}
	if (n >= s->left.len || s->left.p[n] != quote) {
		fault_at(s->f, s->line, "the string is not closed with %c",
			 quote);
		scan_add(s, TOKEN_BAD, n);
		return;
	}
	scan_add(s, bad ? TOKEN_BAD : TOKEN_STRING, n + 1);
}

static void scan_line_comment(struct scan *s)
{
	s->left = str_from(s->left, str_find(s->left, '\n'));
}

static void scan_block_comment(struct scan *s)
{
	unsigned from = s->line;

	for (s->left = str_from(s->left, 2); s->left.len > 0;
	     s->left = str_from(s->left, 1)) {
		if (str_starts(s->left, STR("*/"))) {
			s->left = str_from(s->left, 2);
			return;
		}
		if (s->left.p[0] == '\n')
			s->line++;
	}
	fault_at(s->f, from, "the comment is not closed with */");
}

static void scan_one(struct scan *s)
{
	switch (s->left.p[0]) {
	case '\n':
		s->line++;
		s->left = str_from(s->left, 1);
		return;
	case ' ':
	case '\t':
	case '\r':
		s->left = str_from(s->left, 1);
		return;
	case '{':
		scan_add(s, TOKEN_OPEN, 1);
		return;
	case '}':
		scan_add(s, TOKEN_CLOSE, 1);
		return;
	case '=':
		scan_add(s, TOKEN_EQUALS, 1);
		return;
	case ',':
		scan_add(s, TOKEN_COMMA, 1);
		return;
	case '"':
	case '\'':
		scan_string(s);
		return;
	}
	if (s->left.p[0] == '#' || str_starts(s->left, STR("//")))
		scan_line_comment(s);
	else if (str_starts(s->left, STR("/*")))
		scan_block_comment(s);
	else
		scan_word(s);
}

void tokens_scan(struct tokens *t, struct str text, struct fault_list *f)
{
	struct scan s = { .left = text, .line = 1, .t = t, .f = f };

	must(t != NULL && f != NULL);
	while (s.left.len > 0)
		scan_one(&s);
	scan_add(&s, TOKEN_END, 0);
}

void tokens_done(struct tokens *t)
{
	must(t != NULL);
	mem_free(t->v);
	*t = (struct tokens){ 0 };
}

static void token_write(const struct token *t, struct buf *out)
{
	bool quoted = t->kind == TOKEN_STRING && t->text.p[0] == '"';

	buf_c(out, ' ');
	for (size_t i = 0; i < t->text.len; i++) {
		char c = t->text.p[i];
		if (quoted && c == '$')
			buf_c(out, '\\');
		buf_c(out, c);
		if (quoted && c == '\\' && i + 1 < t->text.len)
			buf_c(out, t->text.p[++i]);
	}
}

void tokens_write(const struct tokens *t, struct buf *out)
{
	unsigned line = 1;

	must(t != NULL && out != NULL);
	for (size_t i = 0; i < t->len; i++) {
		for (; line < t->v[i].line; line++)
			buf_c(out, '\n');
		if (!t->v[i].dead)
			token_write(&t->v[i], out);
	}
	buf_c(out, '\n');
}
