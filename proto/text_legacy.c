/* Charsets of older networks to UTF-8: the two of one byte by table, those of
 * the Far East by iconv. */
#include "proto/text.h"

#include <errno.h>
#include <iconv.h>

/* ISO 8859-5 is Unicode's block with three exceptions. */
static uint32_t cyrillic(uint8_t c)
{
	if (c <= 0xA0 || c == 0xAD)
		return c;
	if (c == 0xF0)
		return 0x2116; /* numero sign */
	return c == 0xFD ? 0xA7 : 0x0400u + (c - 0xA0u);
}

/* ISO 8859-8 */
static uint32_t hebrew(uint8_t c)
{
	static const struct {
		uint8_t c;
		uint16_t cp;
	} odd[] = { { 0xA1, 0xFFFD }, { 0xAA, 0xD7 },   { 0xBA, 0xF7 },
		    { 0xDF, 0x2017 }, { 0xFD, 0x200E }, { 0xFE, 0x200F } };

	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		if (odd[i].c == c)
			return odd[i].cp;
	if (c <= 0xBE)
		return c;
	return c >= 0xE0 && c <= 0xFA ? 0x05D0u + (c - 0xE0u) : 0xFFFD;
}

static void by_table(uint32_t (*to)(uint8_t c), struct str in, struct buf *utf8)
{
	for (size_t i = 0; i < in.len; i++)
		text_put(to((uint8_t)in.p[i]), utf8);
}

/* What iconv cannot read becomes U+FFFD, a byte at a time. */
static int by_iconv(const char *from, struct str in, struct buf *utf8)
{
	iconv_t cd = iconv_open("UTF-8", from);
	char chunk[256];
	char *src = (char *)(uintptr_t)in.p;
	size_t left = in.len;

	if (cd == (iconv_t)-1) /* this machine has no table for it */
		return -EOPNOTSUPP;
	while (left > 0) {
		char *dst = chunk;
		size_t room = sizeof(chunk);
		size_t rc = iconv(cd, &src, &left, &dst, &room);

		buf_put(utf8, chunk, sizeof(chunk) - room);
		if (rc != (size_t)-1 || errno == E2BIG)
			continue;
		text_put(0xFFFD, utf8);
		src++;
		left--;
	}
	(void)iconv_close(cd);
	return 0;
}

int text_from_legacy(enum text_legacy charset, struct str in, struct buf *utf8)
{
	must(utf8 != NULL && (in.p != NULL || in.len == 0));
	switch (charset) {
	case TEXT_CYRILLIC:
		by_table(cyrillic, in, utf8);
		return 0;
	case TEXT_HEBREW:
		by_table(hebrew, in, utf8);
		return 0;
	case TEXT_JAPANESE: /* with escapes in it, or two bytes as they are */
		return by_iconv(str_find(in, '\x1B') < in.len ? "ISO-2022-JP"
							      : "CP932",
				in, utf8);
	case TEXT_KOREAN:
		return by_iconv("CP949", in, utf8);
	}
	return -EOPNOTSUPP;
}
