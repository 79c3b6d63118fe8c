/* JSON text: quotes, escapes and the commas between members. */
#include "proto/json.h"

#include "base/clock.h"
#include "base/id.h"

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

void json_put_str(struct buf *out, struct str s)
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

void json_put_key(struct buf *out, const char *key)
{
	must(out != NULL && key != NULL);
	if (out->len > 0 && out->p[out->len - 1] != '{')
		buf_c(out, ',');
	buf_c(out, '"');
	buf_z(out, key);
	buf_put(out, "\":", 2);
}

void json_put_s(struct buf *out, const char *key, struct str value)
{
	json_put_key(out, key);
	json_put_str(out, value);
}

void json_put_z(struct buf *out, const char *key, const char *value)
{
	json_put_s(out, key, str_of(value));
}

void json_put_u(struct buf *out, const char *key, uint64_t value)
{
	json_put_key(out, key);
	buf_f(out, "%llu", (unsigned long long)value);
}

void json_put_i(struct buf *out, const char *key, int64_t value)
{
	json_put_key(out, key);
	buf_f(out, "%lld", (long long)value);
}

void json_put_bool(struct buf *out, const char *key, int value)
{
	json_put_key(out, key);
	buf_z(out, value ? "true" : "false");
}

void json_put_time(struct buf *out, const char *key, int64_t wall_ms)
{
	char text[32];

	clock_rfc3339(wall_ms, text);
	json_put_z(out, key, text);
}

void json_put_id(struct buf *out, const char *key, uint64_t id)
{
	char text[ID_TEXT];

	id_text(id, text);
	json_put_z(out, key, text);
}
