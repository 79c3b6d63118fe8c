/* A row an escape, in Kannel's letters. */
#include "proto/kannel_fill.h"

#include <string.h>

#include "base/clock.h"

/* What is filled in just now. */
struct fill {
	const struct kannel_report *r;
	struct buf *out;
	struct str words; /* that %s has not taken yet */
};

/* RFC 2396's unreserved characters, and '+' for a blank. */
static bool is_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z') ||
	       (c != '\0' && strchr("-_.!~*'()", c) != NULL);
}

static void put_encoded(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == ' ')
			buf_c(out, '+');
		else if (is_plain(s.p[i]))
			buf_c(out, s.p[i]);
		else
			buf_f(out, "%%%02X", (unsigned)(uint8_t)s.p[i]);
	}
}

/* What the pattern itself says; a client would refuse these bytes. */
static void put_literal(struct buf *out, char c)
{
	if (c <= ' ' || c == 0x7f || c == '"' || c == '<' || c == '>')
		buf_f(out, "%%%02X", (unsigned)(uint8_t)c);
	else
		buf_c(out, c);
}

/* ---- words of the text --------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The first word; what follows it in *rest. */
static struct str word_of(struct str s, struct str *rest)
{
	size_t n = 0;

	while (s.len > 0 && is_blank(s.p[0]))
		s = str_from(s, 1);
	while (n < s.len && !is_blank(s.p[n]))
		n++;
	*rest = str_from(s, n);
	return str_first(s, n);
}

static void put_words(struct fill *f, struct str s)
{
	bool first = true;

	for (;;) {
		struct str word = word_of(s, &s);

		if (word.len == 0)
			return;
		if (!first)
			buf_c(f->out, '+');
		first = false;
		put_encoded(f->out, word);
	}
}

static void put_first(struct fill *f, struct str s)
{
	put_encoded(f->out, word_of(s, &s));
}

static void put_next(struct fill *f, bool plain)
{
	struct str word = word_of(f->words, &f->words);

	if (plain)
		put_encoded(f->out, word);
	for (size_t i = 0; !plain && i < word.len; i++)
		put_literal(f->out, word.p[i] == '*' ? '~' : word.p[i]);
}

static void put_hex(struct fill *f, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		buf_f(f->out, "%02X", (unsigned)(uint8_t)s.p[i]);
}

/* ---- numbers, times, meta-data ------------------------------------------- */

/* A leading 00 becomes +. */
static void put_plus(struct fill *f, struct str s)
{
	if (str_starts(s, STR("00"))) {
		buf_z(f->out, "%2B");
		s = str_from(s, 2);
	}
	put_encoded(f->out, s);
}

/* "2026-11-22+10:40:00" */
static void put_time(struct fill *f)
{
	char text[32];

	clock_rfc3339(f->r->at_ms, text);
	buf_put(f->out, text, 10);
	buf_c(f->out, '+');
	buf_put(f->out, text + 11, 8);
}

static int hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A value of the meta-data is encoded once already: what it stands for is
 * encoded anew. */
static void put_again(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i] == '+' ? ' ' : s.p[i];

		if (c == '%' && s.len - i > 2 && hex_of(s.p[i + 1]) >= 0 &&
		    hex_of(s.p[i + 2]) >= 0) {
			c = (char)(hex_of(s.p[i + 1]) << 4 |
				   hex_of(s.p[i + 2]));
			i += 2;
		}
		put_encoded(out, str_bytes(&c, 1));
	}
}

/* "?group?name=value&name=value&?group?..." */
static void put_meta(struct fill *f, struct str group, struct str name)
{
	struct str left = f->r->meta, part, key;
	bool inside = false;

	while (left.len > 0) {
		if (left.p[0] == '?') {
			left = str_cut(str_from(left, 1), '?', &key);
			inside = str_eq(key, group);
			continue;
		}
		size_t end = MIN(str_find(left, '&'), str_find(left, '?'));
		part = str_first(left, end);
		left = str_from(left,
				end + (end < left.len && left.p[end] == '&'));
		part = str_cut(part, '=', &key);
		if (inside && str_eq(key, name)) {
			put_again(f->out, part);
			return;
		}
	}
}

/* After "%#": "group#name#". Gives what is left of the pattern. */
static struct str fill_meta(struct fill *f, struct str s)
{
	struct str group, name;

	if (str_find(s, '#') == s.len)
		return s;
	s = str_cut(s, '#', &group);
	if (str_find(s, '#') == s.len)
		return s;
	s = str_cut(s, '#', &name);
	put_meta(f, group, name);
	return s;
}

/* ---- escapes ------------------------------------------------------------- */

/* Those that are a text and nothing else. */
static bool fill_text(struct fill *f, char escape)
{
	const struct kannel_report *r = f->r;
	const struct {
		char escape;
		struct str text;
	} texts[] = {
		{ 'A', r->text },   { 'b', r->text },      { 'B', r->billing },
		{ 'D', r->meta },   { 'F', r->peer },      { 'i', r->link },
		{ 'I', r->id },     { 'n', r->user },      { 'o', r->account },
		{ 'p', r->to },     { 'P', r->from },      { 'R', r->url },
		{ 'f', STR_NONE },  { 'u', STR_NONE },     { 'v', STR_NONE },
		{ 'V', STR_NONE },  { 'C', STR("UTF-8") }, { 'O', STR("00") },
		{ 'c', STR("-1") }, { 'm', STR("-1") },    { 'M', STR("-1") },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (texts[i].escape != escape)
			continue;
		put_encoded(f->out, texts[i].text);
		return true;
	}
	return false;
}

static bool fill_other(struct fill *f, char escape)
{
	struct str after;

	switch (escape) {
	case '%':
		buf_c(f->out, '%');
		return true;
	case 'a':
		put_words(f, f->r->text);
		return true;
	case 'd':
		buf_f(f->out, "%u", f->r->type);
		return true;
	case 'e':
		put_hex(f, f->r->text);
		return true;
	case 'k':
		put_first(f, f->r->text);
		return true;
	case 'q':
		put_plus(f, f->r->to);
		return true;
	case 'Q':
		put_plus(f, f->r->from);
		return true;
	case 'r':
		after = f->words;
		put_words(f, after);
		return true;
	case 's':
	case 'S':
		put_next(f, escape == 's');
		return true;
	case 't':
		put_time(f);
		return true;
	case 'T':
		buf_f(f->out, "%lld", (long long)(f->r->at_ms / 1000));
		return true;
	}
	return false;
}

void kannel_fill(const struct kannel_report *r, struct buf *out)
{
	must(r != NULL && out != NULL);

	struct fill f = { .r = r, .out = out };
	struct str s = r->url;

	(void)word_of(r->text, &f.words);
	while (s.len > 0) {
		char c = s.p[0], escape = s.len > 1 ? s.p[1] : '\0';

		if (c != '%' || s.len == 1) {
			put_literal(out, c);
			s = str_from(s, 1);
		} else if (escape == '#') {
			s = fill_meta(&f, str_from(s, 2));
		} else {
			if (!fill_text(&f, escape) && !fill_other(&f, escape)) {
				buf_c(out, '%');
				put_literal(out, escape);
			}
			s = str_from(s, 2);
		}
	}
}
