/* Text: UTF-8 checked and walked, UTF-16BE and Latin-1 to and from it. */
#include "proto/text.h"

#include <errno.h>
#include <string.h>

#define REPLACEMENT 0xFFFD

/* Bytes of ASCII at the start of p, eight at a time. */
static size_t ascii_run(const unsigned char *p, size_t len)
{
	size_t i = 0;
	uint64_t w;

	while (len - i >= sizeof(w)) {
		memcpy(&w, p + i, sizeof(w));
		if (w & 0x8080808080808080ull)
			break;
		i += sizeof(w);
	}
	while (i < len && p[i] < 0x80)
		i++;
	return i;
}

/* One multi-byte sequence; 0 when ill formed (RFC 3629 table 3-7). */
static unsigned sequence(const unsigned char *p, size_t len, uint32_t *cp)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned n = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;

	if (p[0] < 0xC2 || p[0] > 0xF4 || len < n)
		return 0;
	uint32_t v = p[0] & (0xFFu >> (n + 1));

	for (unsigned i = 1; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0;
		v = v << 6 | (p[i] & 0x3F);
	}
	if (v < least[n] || v > 0x10FFFF || (v >= 0xD800 && v <= 0xDFFF))
		return 0;
	*cp = v;
	return n;
}

bool text_utf8_ok(struct str s)
{
	must(s.p != NULL || s.len == 0);
	const unsigned char *p = (const unsigned char *)s.p;
	size_t i = 0;
	uint32_t cp;

	while (i < s.len) {
		i += ascii_run(p + i, s.len - i);
		if (i == s.len)
			break;
		unsigned n = sequence(p + i, s.len - i, &cp);

		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

bool text_printable(struct str s)
{
	must(s.p != NULL || s.len == 0);
	if (!text_utf8_ok(s))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
			return false;
		if (c == 0x7F)
			return false;
		/* U+0080..U+009F, the C1 controls, are C2 80..C2 9F */
		if (c == 0xC2 && (unsigned char)s.p[i + 1] < 0xA0)
			return false;
	}
	return true;
}

uint32_t text_next(struct str s, size_t *at)
{
	must(at != NULL && *at < s.len);
	const unsigned char *p = (const unsigned char *)s.p + *at;
	uint32_t cp;

	if (p[0] < 0x80) {
		*at += 1;
		return p[0];
	}
	unsigned n = sequence(p, s.len - *at, &cp);

	if (n == 0) {
		*at += 1;
		return REPLACEMENT;
	}
	*at += n;
	return cp;
}

void text_put(uint32_t cp, struct buf *out)
{
	must(out != NULL);
	char b[4];
	size_t n;

	if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		cp = REPLACEMENT;
	if (cp < 0x80) {
		buf_c(out, (char)cp);
		return;
	}
	if (cp < 0x800) {
		b[0] = (char)(0xC0 | cp >> 6);
		n = 2;
	} else if (cp < 0x10000) {
		b[0] = (char)(0xE0 | cp >> 12);
		b[1] = (char)(0x80 | (cp >> 6 & 0x3F));
		n = 3;
	} else {
		b[0] = (char)(0xF0 | cp >> 18);
		b[1] = (char)(0x80 | (cp >> 12 & 0x3F));
		b[2] = (char)(0x80 | (cp >> 6 & 0x3F));
		n = 4;
	}
	b[n - 1] = (char)(0x80 | (cp & 0x3F));
	buf_put(out, b, n);
}

size_t text_count(struct str s)
{
	must(s.p != NULL || s.len == 0);
	size_t n = 0;

	for (size_t at = 0; at < s.len; n++)
		(void)text_next(s, &at);
	return n;
}

static size_t utf16_bytes(struct str utf8)
{
	size_t n = 0;

	for (size_t at = 0; at < utf8.len;)
		n += text_next(utf8, &at) < 0x10000 ? 2 : 4;
	return n;
}

static uint8_t *put16(uint8_t *p, uint32_t unit)
{
	p[0] = (uint8_t)(unit >> 8);
	p[1] = (uint8_t)unit;
	return p + 2;
}

void text_to_utf16(struct str utf8, struct buf *out)
{
	must(out != NULL && (utf8.p != NULL || utf8.len == 0));
	size_t bytes = utf16_bytes(utf8);
	uint8_t *p = buf_room(out, bytes);

	if (p == NULL)
		return; /* out->full says so */
	for (size_t at = 0; at < utf8.len;) {
		uint32_t cp = text_next(utf8, &at);

		if (cp < 0x10000) {
			p = put16(p, cp);
			continue;
		}
		cp -= 0x10000;
		p = put16(p, 0xD800 | cp >> 10);
		p = put16(p, 0xDC00 | (cp & 0x3FF));
	}
	*p = 0;
	out->len += bytes;
}

void text_from_utf16(struct str be, struct buf *utf8)
{
	must(utf8 != NULL && (be.p != NULL || be.len == 0));
	const unsigned char *p = (const unsigned char *)be.p;
	size_t units = be.len / 2;

	for (size_t i = 0; i < units; i++) {
		uint32_t u = (uint32_t)p[2 * i] << 8 | p[2 * i + 1];

		if (u >= 0xD800 && u <= 0xDBFF && i + 1 < units &&
		    (p[2 * i + 2] & 0xFC) == 0xDC) {
			uint32_t low =
				(uint32_t)p[2 * i + 2] << 8 | p[2 * i + 3];

			u = 0x10000 + ((u & 0x3FF) << 10 | (low & 0x3FF));
			i++;
		}
		text_put(u, utf8); /* a lone surrogate becomes U+FFFD */
	}
}

void text_from_latin1(struct str in, struct buf *utf8)
{
	must(utf8 != NULL && (in.p != NULL || in.len == 0));
	for (size_t i = 0; i < in.len; i++)
		text_put((unsigned char)in.p[i], utf8);
}

int text_to_latin1(struct str utf8, struct buf *out)
{
	must(out != NULL && (utf8.p != NULL || utf8.len == 0));
	if (!text_utf8_ok(utf8))
		return -EBADMSG;
	for (size_t at = 0; at < utf8.len;)
		if (text_next(utf8, &at) > 0xFF)
			return -EBADMSG;
	for (size_t at = 0; at < utf8.len;)
		buf_u8(out, (uint8_t)text_next(utf8, &at));
	return 0;
}

bool text_has_han(struct str utf8)
{
	size_t at = 0;

	while (at < utf8.len) {
		uint32_t cp = text_next(utf8, &at);

		if (cp >= 0x4e00 && cp <= 0x9fff)
			return true;
	}
	return false;
}
