/* Times of day, folded and read from the front. */
#include "proto/reply_time.h"

#include <errno.h>

#include "proto/text.h"

/* Longer texts are no times. */
#define TIME_TEXT_MAX 64

enum half { HALF_NONE, HALF_AM, HALF_PM, HALF_NOON };

struct word {
	const char *text;
	int value;
};

/* Of words that begin alike the longer stands first. */
static const struct word before[] = {
	{ "上午", HALF_AM },     { "早上", HALF_AM }, { "凌晨", HALF_AM },
	{ "中午", HALF_NOON },   { "下午", HALF_PM }, { "傍晚", HALF_PM },
	{ "晚上", HALF_PM },     { "今晚", HALF_PM }, { "at", HALF_NONE },
	{ "around", HALF_NONE },
};

static const struct word after[] = {
	{ "a.m.", HALF_AM },
	{ "p.m.", HALF_PM },
	{ "am", HALF_AM },
	{ "pm", HALF_PM },
};

static const struct word numerals[] = {
	{ "十二", 12 }, { "十一", 11 }, { "十", 10 }, { "一", 1 }, { "二", 2 },
	{ "两", 2 },    { "三", 3 },    { "四", 4 },  { "五", 5 }, { "六", 6 },
	{ "七", 7 },    { "八", 8 },    { "九", 9 },  { "零", 0 },
};

static bool take(struct str *s, const char *text)
{
	struct str t = str_trim(*s);

	if (!str_starts(t, str_of(text)))
		return false;
	*s = str_from(t, str_of(text).len);
	return true;
}

static int take_word(struct str *s, const struct word *v, size_t n, int none)
{
	for (size_t i = 0; i < n; i++)
		if (take(s, v[i].text))
			return v[i].value;
	return none;
}

/* One or two digits; -1: there are none, or more. */
static int take_digits(struct str *s)
{
	struct str t = str_trim(*s);
	size_t n = 0;
	int v = 0;

	while (n < t.len && t.p[n] >= '0' && t.p[n] <= '9') {
		if (n == 2)
			return -1;
		v = v * 10 + (t.p[n++] - '0');
	}
	if (n == 0)
		return -1;
	*s = str_from(t, n);
	return v;
}

/* What stands behind the hour; -1: nothing that makes it a time. */
static int take_minute(struct str *s)
{
	if (take(s, ":"))
		return take_digits(s);
	if (!take(s, "点") && !take(s, "时"))
		return -1;
	if (take(s, "半"))
		return 30;
	if (take(s, "钟") || take(s, "整") || str_trim(*s).len == 0)
		return 0;
	int v = take_digits(s);

	(void)(take(s, "分") && take(s, "钟"));
	return v;
}

/* The hour on the clock of 24; -1: there is none such. */
static int hour_of(int hour, enum half h)
{
	if (h != HALF_NONE && hour > 12)
		return h == HALF_AM ? -1 : hour;
	if (h == HALF_AM)
		return hour % 12;
	if (h == HALF_PM || (h == HALF_NOON && hour < 3))
		return hour % 12 + 12;
	return hour;
}

static int read_time(struct str s, int *minute)
{
	enum half h =
		(enum half)take_word(&s, before, ARRAY_LEN(before), HALF_NONE);
	int hour = take_digits(&s), min;

	if (hour < 0)
		hour = take_word(&s, numerals, ARRAY_LEN(numerals), -1);
	min = take_minute(&s);
	if (h == HALF_NONE) {
		h = (enum half)take_word(&s, after, ARRAY_LEN(after),
					 HALF_NONE);
		if (h != HALF_NONE && (hour < 1 || hour > 12))
			return -EBADMSG; /* "14 pm" */
		if (h != HALF_NONE && min < 0)
			min = 0;
	}
	if (hour < 0 || hour > 23 || min < 0 || min > 59 ||
	    str_trim(s).len > 0 || hour_of(hour, h) < 0)
		return -EBADMSG;
	*minute = hour_of(hour, h) * 60 + min;
	return 0;
}

int reply_time(struct str utf8, int *minute)
{
	struct buf folded = { 0 };
	int rc;

	must(minute != NULL);
	if (utf8.len > TIME_TEXT_MAX)
		return -EBADMSG;
	buf_init(&folded, 1024);
	rc = text_fold(utf8, false, &folded);
	if (rc == 0)
		rc = read_time(buf_str(&folded), minute);
	buf_done(&folded);
	return rc;
}
