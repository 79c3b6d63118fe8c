/* Folding: what customers write, in the one form that words are kept in. */
#include "proto/text.h"

#include <errno.h>
#include <string.h>
#include <utf8proc.h>

#define INPUT_MAX 1024
/* U+FDFA, 3 bytes, becomes 18 characters: nothing grows more than that. */
#define POINTS_MAX (INPUT_MAX / 3 * 18 + 18)

#define PAIR(from, to) { from, to },
static const uint16_t simplified[][2] = {
#include "proto/text_fold.def"
};
#undef PAIR

static uint32_t to_simplified(uint32_t cp)
{
	size_t low = 0, high = ARRAY_LEN(simplified);

	if (cp < simplified[0][0] || cp > simplified[high - 1][0])
		return cp;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (simplified[mid][0] == cp)
			return simplified[mid][1];
		if (simplified[mid][0] < cp)
			low = mid + 1;
		else
			high = mid;
	}
	return cp;
}

/* Runs of Roman numbers, or in circles, brackets or with a full stop: (first code
 * point, its value, how many). NFKC would keep the brackets, and make letters of
 * Rome. */
static const struct {
	uint32_t first;
	uint8_t value;
	uint8_t n;
} enclosed[] = {
	{ 0x2160, 1, 12 },  { 0x2170, 1, 12 },  { 0x2460, 1, 20 },
	{ 0x2474, 1, 20 },  { 0x2488, 1, 20 },  { 0x24EA, 0, 1 },
	{ 0x24EB, 11, 10 }, { 0x24F5, 1, 10 },  { 0x24FF, 0, 1 },
	{ 0x2776, 1, 10 },  { 0x2780, 1, 10 },  { 0x278A, 1, 10 },
	{ 0x3220, 1, 10 },  { 0x3251, 21, 15 }, { 0x3280, 1, 10 },
	{ 0x32B1, 36, 15 }, { 0x1F100, 0, 1 },  { 0x1F101, 0, 10 },
	{ 0x1F10B, 0, 2 },  { 0x1F51F, 10, 1 },
};

/* The value of an enclosed number; -1: it is none. */
static int enclosed_value(uint32_t cp)
{
	if (cp < 0x2160)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(enclosed); i++)
		if (cp >= enclosed[i].first &&
		    cp < enclosed[i].first + enclosed[i].n)
			return enclosed[i].value +
			       (int)(cp - enclosed[i].first);
	return -1;
}

/* The input, cut to whole characters, with enclosed numbers as digits: they
 * take three bytes or more and become two at most. */
static size_t write_enclosed(struct str in, char out[INPUT_MAX])
{
	size_t n = 0;

	for (size_t at = 0; at < in.len;) {
		size_t was = at;
		int v = enclosed_value(text_next(in, &at));

		if (at > INPUT_MAX)
			break;
		if (v < 0) {
			memcpy(out + n, in.p + was, at - was);
			n += at - was;
			continue;
		}
		if (v >= 10)
			out[n++] = (char)('0' + v / 10);
		out[n++] = (char)('0' + v % 10);
	}
	return n;
}

/* White on black, in circles or squares: NFKC knows no other form. */
static uint32_t to_ascii_letter(uint32_t cp)
{
	if (cp >= 0x1F150 && cp < 0x1F150 + 26)
		return 'a' + cp - 0x1F150;
	if (cp >= 0x1F170 && cp < 0x1F170 + 26)
		return 'a' + cp - 0x1F170;
	return cp;
}

/* Decimal digits stand in runs of ten that begin with the zero. */
static uint32_t to_ascii_digit(uint32_t cp)
{
	uint32_t below = 0;

	if (cp < 0x660 ||
	    utf8proc_category((utf8proc_int32_t)cp) != UTF8PROC_CATEGORY_ND)
		return cp;
	while (below < 9 &&
	       utf8proc_category((utf8proc_int32_t)(cp - below - 1)) ==
		       UTF8PROC_CATEGORY_ND)
		below++;
	return '0' + below;
}

/* Marks that say how a character looks, not which it is. */
static bool is_look(uint32_t cp)
{
	return cp == 0x20E3 || (cp >= 0xFE00 && cp <= 0xFE0F) ||
	       (cp >= 0xE0100 && cp <= 0xE01EF);
}

/* Punctuation, space and controls; also "~^`|<=>" and skin tones, which
 * Unicode files under mathematics and modifiers. */
static bool is_loose(uint32_t cp)
{
	switch (utf8proc_category((utf8proc_int32_t)cp)) {
	case UTF8PROC_CATEGORY_PC:
	case UTF8PROC_CATEGORY_PD:
	case UTF8PROC_CATEGORY_PS:
	case UTF8PROC_CATEGORY_PE:
	case UTF8PROC_CATEGORY_PI:
	case UTF8PROC_CATEGORY_PF:
	case UTF8PROC_CATEGORY_PO:
	case UTF8PROC_CATEGORY_SM:
	case UTF8PROC_CATEGORY_SK:
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
		return true;
	default: /* not an enum of ours: all the rest is kept */
		return false;
	}
}

bool text_is_letter(uint32_t cp)
{
	switch (utf8proc_category((utf8proc_int32_t)cp)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
		return true;
	default: /* not an enum of ours */
		return false;
	}
}

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

static void fold_ascii(struct str s, bool tight, struct buf *out)
{
	s = str_first(s, INPUT_MAX);
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (!tight || is_alnum(c) || c == '$')
			buf_c(out, c);
	}
}

int text_fold(struct str utf8, bool tight, struct buf *out)
{
	must(out != NULL && (utf8.p != NULL || utf8.len == 0));
	if (is_ascii(utf8)) {
		fold_ascii(utf8, tight, out);
		return 0;
	}
	if (!text_utf8_ok(utf8))
		return -EBADMSG;

	char in[INPUT_MAX];
	utf8proc_int32_t points[POINTS_MAX + 1];
	utf8proc_option_t how = UTF8PROC_STABLE | UTF8PROC_COMPAT |
				UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD |
				UTF8PROC_IGNORE;
	size_t len = write_enclosed(utf8, in);
	utf8proc_ssize_t n = utf8proc_decompose((const utf8proc_uint8_t *)in,
						(utf8proc_ssize_t)len, points,
						POINTS_MAX, how);

	if (n < 0 || n > POINTS_MAX)
		return -EBADMSG;
	n = utf8proc_normalize_utf32(points, n, how);
	for (utf8proc_ssize_t i = 0; i < n; i++) {
		uint32_t cp = (uint32_t)points[i];

		if (is_look(cp) || (tight && is_loose(cp)))
			continue;
		text_put(to_simplified(to_ascii_letter(to_ascii_digit(cp))),
			 out);
	}
	return 0;
}
