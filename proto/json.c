/* JSON text: quotes, escapes and the commas between members. */
#include "proto/json.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/secret.h"

/* Bytes that stand for themselves inside quotes. */
static bool plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static void put_escaped(struct buf *out, unsigned char c)
{
	switch (c) {
	case '"':
		buf_z(out, "\\\"");
		return;
	case '\\':
		buf_z(out, "\\\\");
		return;
	case '\n':
		buf_z(out, "\\n");
		return;
	case '\r':
		buf_z(out, "\\r");
		return;
	case '\t':
		buf_z(out, "\\t");
		return;
	}
	buf_f(out, "\\u%04x", c);
}

/* Length of the well-formed UTF-8 sequence at p, or 0. */
static size_t sequence(const unsigned char *p, size_t left)
{
	size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;

	if (p[0] < 0xc2 || p[0] > 0xf4 || left < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

static void put_text(struct buf *out, struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t at = 0;

	must(out != NULL);
	buf_c(out, '"');
	while (at < s.len) {
		size_t run = at, n;

		while (run < s.len && plain(p[run]))
			run++;
		buf_put(out, p + at, run - at);
		at = run;
		if (at == s.len)
			break;
		if (p[at] < 0x80) {
			put_escaped(out, p[at++]);
			continue;
		}
		n = sequence(p + at, s.len - at);
		if (n == 0) {
			buf_z(out, "\\ufffd");
			at++;
			continue;
		}
		buf_put(out, p + at, n);
		at += n;
	}
	buf_c(out, '"');
}

static void json_comma(struct buf *b)
{
	must(b != NULL);
	if (b->len == 0)
		return;
	char last = b->p[b->len - 1];
	if (last != '{' && last != '[' && last != ':')
		buf_c(b, ',');
}

void json_open(struct buf *b, char bracket)
{
	must(bracket == '{' || bracket == '[');
	json_comma(b);
	buf_c(b, bracket);
}

void json_close(struct buf *b, char bracket)
{
	must(b != NULL && (bracket == '}' || bracket == ']'));
	buf_c(b, bracket);
}

void json_key(struct buf *b, const char *key)
{
	must(key != NULL);
	json_comma(b);
	buf_c(b, '"');
	buf_z(b, key);
	buf_put(b, "\":", 2);
}

void json_s(struct buf *b, struct str s)
{
	json_comma(b);
	put_text(b, s);
}

void json_i(struct buf *b, int64_t v)
{
	if (v >= 0) {
		json_u(b, (uint64_t)v);
		return;
	}
	json_comma(b);
	buf_f(b, "%lld", (long long)v);
}

void json_u(struct buf *b, uint64_t v)
{
	char digits[20];
	unsigned n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	json_comma(b);
	buf_put(b, digits + n, sizeof(digits) - n);
}

void json_bool(struct buf *b, bool v)
{
	json_comma(b);
	buf_z(b, v ? "true" : "false");
}

void json_none(struct buf *b)
{
	json_comma(b);
	buf_z(b, "null");
}

void json_raw(struct buf *b, struct str json)
{
	json_comma(b);
	buf_str_put(b, json.len == 0 ? STR("null") : json);
}

void json_id(struct buf *b, uint64_t id)
{
	char text[ID_TEXT];

	id_text(id, text);
	json_comma(b);
	buf_c(b, '"');
	buf_put(b, text, ID_TEXT - 1);
	buf_c(b, '"');
}

void json_time(struct buf *b, int64_t wall_ms)
{
	char text[32];

	clock_rfc3339(wall_ms, text);
	json_comma(b);
	buf_c(b, '"');
	buf_z(b, text);
	buf_c(b, '"');
}

void json_hex(struct buf *b, const uint8_t *p, size_t len)
{
	json_comma(b);
	buf_c(b, '"');
	secret_hex(p, len, b);
	buf_c(b, '"');
}

void json_ks(struct buf *b, const char *key, struct str s)
{
	json_key(b, key);
	json_s(b, s);
}

void json_kz(struct buf *b, const char *key, const char *z)
{
	json_ks(b, key, str_of(z));
}

void json_ki(struct buf *b, const char *key, int64_t v)
{
	json_key(b, key);
	json_i(b, v);
}

void json_ku(struct buf *b, const char *key, uint64_t v)
{
	json_key(b, key);
	json_u(b, v);
}

void json_kb(struct buf *b, const char *key, bool v)
{
	json_key(b, key);
	json_bool(b, v);
}

void json_kid(struct buf *b, const char *key, uint64_t id)
{
	json_key(b, key);
	json_id(b, id);
}

void json_kt(struct buf *b, const char *key, int64_t wall_ms)
{
	json_key(b, key);
	json_time(b, wall_ms);
}

void json_ks_opt(struct buf *b, const char *key, struct str s)
{
	if (s.len > 0)
		json_ks(b, key, s);
}

void json_kt_opt(struct buf *b, const char *key, int64_t wall_ms)
{
	if (wall_ms != 0)
		json_kt(b, key, wall_ms);
}
