/* Numbers as people write them: digits, and the numerals of Chinese. */
#include <string.h>

#include "proto/answer_scan.h"
#include "proto/text.h"

/* Longer ones are numbers of orders and phones. */
#define DIGITS_MAX 4

static const struct {
	uint32_t cp;
	int16_t value;
} numerals[] = {
	{ 0x3007, 0 },   /* 〇 */
	{ 0x4E00, 1 },   /* 一 */
	{ 0x4E03, 7 },   /* 七 */
	{ 0x4E09, 3 },   /* 三 */
	{ 0x4E24, 2 },   /* 两 */
	{ 0x4E5D, 9 },   /* 九 */
	{ 0x4E8C, 2 },   /* 二 */
	{ 0x4E94, 5 },   /* 五 */
	{ 0x4F0D, 5 },   /* 伍 */
	{ 0x4FE9, 2 },   /* 俩 */
	{ 0x516B, 8 },   /* 八 */
	{ 0x516D, 6 },   /* 六 */
	{ 0x5341, 10 },  /* 十 */
	{ 0x53C1, 3 },   /* 叁 */
	{ 0x56DB, 4 },   /* 四 */
	{ 0x58F9, 1 },   /* 壹 */
	{ 0x62FE, 10 },  /* 拾 */
	{ 0x634C, 8 },   /* 捌 */
	{ 0x67D2, 7 },   /* 柒 */
	{ 0x7396, 9 },   /* 玖 */
	{ 0x767E, 100 }, /* 百 */
	{ 0x8086, 4 },   /* 肆 */
	{ 0x8D30, 2 },   /* 贰 */
	{ 0x9646, 6 },   /* 陆 */
	{ 0x96F6, 0 },   /* 零 */
};

static int numeral(uint32_t cp)
{
	for (size_t i = 0; i < ARRAY_LEN(numerals); i++)
		if (numerals[i].cp == cp)
			return numerals[i].value;
	return -1;
}

/* "05" is 5, but "00" and "005" are no scores. */
static size_t read_digits(struct str s, enum answer_class *class,
			  int32_t *value)
{
	size_t n = 0;
	int32_t v = 0;

	while (n < s.len && s.p[n] >= '0' && s.p[n] <= '9') {
		if (n < DIGITS_MAX)
			v = v * 10 + (s.p[n] - '0');
		n++;
	}
	*value = v;
	*class = AC_NUMBER;
	if (n > DIGITS_MAX)
		*class = AC_UNKNOWN;
	else if (n > 1 && s.p[0] == '0' && (n > 2 || v == 0))
		*class = AC_ODD;
	return n;
}

/* 十二 is 12 and 二十 20; 四五 is four or five, which is no number. */
static size_t read_numerals(struct str s, enum answer_class *class,
			    int32_t *value)
{
	size_t at = 0, end = 0;
	int32_t sum = 0, digit = -1;

	*class = AC_NUMBER;
	while (at < s.len) {
		int v = numeral(text_next(s, &at));

		if (v < 0)
			break;
		if (v >= 10) {
			sum += (digit < 0 ? 1 : digit) * v;
			digit = -1;
		} else {
			if (digit >= 0)
				*class = AC_ODD;
			digit = v;
		}
		if (sum > 9999)
			sum = 9999;
		end = at;
	}
	*value = sum + (digit < 0 ? 0 : digit);
	return end;
}

size_t answer_number(struct str s, enum answer_class *class, int32_t *value,
		     bool *dense)
{
	must(s.p != NULL && class != NULL && value != NULL && dense != NULL);
	size_t len = read_digits(s, class, value);

	*dense = len == 0;
	return len > 0 ? len : read_numerals(s, class, value);
}

int32_t answer_token_value(struct str token)
{
	uint64_t v;

	return str_u64(token, 9999, &v) == 0 ? (int32_t)v : -1;
}
