/* The POSIX TZ rule at the end of a TZif file: reading and applying it. */
#include "proto/tzone_file.h"

#include <errno.h>
#include <string.h>

#define DAY_S 86400
#define HOURS_MAX 167 /* RFC 8536 3.3.1: a week less an hour */

/* A reader that remembers whether anything was out of place. */
struct cursor {
	struct str s;
	bool bad;
};

static char peek(const struct cursor *c)
{
	return c->s.len > 0 ? c->s.p[0] : '\0';
}

static bool accept(struct cursor *c, char want)
{
	if (peek(c) != want || c->s.len == 0)
		return false;
	c->s = str_from(c->s, 1);
	return true;
}

static void expect(struct cursor *c, char want)
{
	if (!accept(c, want))
		c->bad = true;
}

static int number(struct cursor *c, int low, int high)
{
	int v = 0;
	unsigned n = 0;

	for (; n < 4 && peek(c) >= '0' && peek(c) <= '9'; n++) {
		v = v * 10 + (peek(c) - '0');
		c->s = str_from(c->s, 1);
	}
	if (n == 0 || v < low || v > high)
		c->bad = true;
	return v;
}

/* "BST" or "<+0330>": only its form matters. */
static void name(struct cursor *c)
{
	unsigned n = 0;
	bool quoted = accept(c, '<');

	for (; c->s.len > 0; n++) {
		char ch = peek(c);
		bool letter =
			(ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z');
		bool sign = (ch >= '0' && ch <= '9') || ch == '+' || ch == '-';

		if (!letter && !(quoted && sign))
			break;
		c->s = str_from(c->s, 1);
	}
	if (quoted)
		expect(c, '>');
	if (n < 3)
		c->bad = true;
}

/* [+-]hh[:mm[:ss]] in seconds */
static int32_t span(struct cursor *c, int hours_max)
{
	int sign = 1;

	if (accept(c, '-'))
		sign = -1;
	else
		(void)accept(c, '+');
	int32_t v = number(c, 0, hours_max) * 3600;

	if (accept(c, ':')) {
		v += number(c, 0, 59) * 60;
		if (accept(c, ':'))
			v += number(c, 0, 59);
	}
	return sign * v;
}

static void change(struct cursor *c, struct tz_change *out)
{
	*out = (struct tz_change){ .time_s = 2 * 3600 };
	expect(c, ',');
	if (accept(c, 'M')) {
		out->form = TZ_DAY_WEEK;
		out->month = number(c, 1, 12);
		expect(c, '.');
		out->week = number(c, 1, 5);
		expect(c, '.');
		out->day = number(c, 0, 6);
	} else if (accept(c, 'J')) {
		out->form = TZ_DAY_JULIAN;
		out->day = number(c, 1, 365);
	} else {
		out->form = TZ_DAY_ZERO;
		out->day = number(c, 0, 365);
	}
	if (accept(c, '/'))
		out->time_s = span(c, HOURS_MAX);
}

int tz_rule_parse(struct str s, struct tz_rule *out)
{
	must(out != NULL && (s.p != NULL || s.len == 0));
	struct cursor c = { s, false };
	struct tz_rule r = { .present = s.len > 0 };

	if (s.len > 0) {
		name(&c);
		r.std_s = -span(&c, 24); /* POSIX counts west of Greenwich */
	}
	if (c.s.len > 0) {
		r.has_dst = true;
		name(&c);
		r.dst_s = r.std_s + 3600;
		if (c.s.len > 0 && peek(&c) != ',')
			r.dst_s = -span(&c, 24);
		change(&c, &r.start);
		change(&c, &r.end);
	}
	if (c.bad || c.s.len > 0)
		return -EBADMSG;
	*out = r;
	return 0;
}

static bool is_leap(int64_t y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Days from 1970-01-01 to the first of January. */
static int64_t year_start(int64_t y)
{
	int64_t p = y - 1;
	int64_t leaps = floor_div(p, 4) - floor_div(p, 100) + floor_div(p, 400);

	return 365 * (y - 1970) + leaps - 477; /* 477 leap days before 1970 */
}

static int64_t year_of(int64_t unix_s)
{
	int64_t day = floor_div(unix_s, DAY_S);
	int64_t y = 1970 + floor_div(day, 366);

	/* 366 is too many by 0.2 %, after a second guess by a year or two */
	y += floor_div(day - year_start(y), 366);
	while (year_start(y + 1) <= day)
		y++;
	while (year_start(y) > day)
		y--;
	return y;
}

static int month_start(int64_t y, int month)
{
	static const int16_t before[] = { 0,   31,  59,  90,  120, 151, 181,
					  212, 243, 273, 304, 334, 365 };

	return before[month - 1] + (month > 2 && is_leap(y));
}

/* Day of the year, from 0, of the week'th weekday of a month; 5: the last. */
static int week_day(int64_t y, const struct tz_change *c)
{
	int first = month_start(y, c->month);
	int length = (c->month == 12 ? 365 + is_leap(y)
				     : month_start(y, c->month + 1)) -
		     first;
	int64_t epoch_day = year_start(y) + first;
	int weekday = (int)(((epoch_day + 4) % 7 + 7) % 7); /* 1970: Thursday */
	int day = (c->day - weekday + 7) % 7 + (c->week - 1) * 7;

	return first + (day >= length ? day - 7 : day);
}

/* Local seconds since 1970 at which a change falls in year y. */
static int64_t change_at(const struct tz_change *c, int64_t y)
{
	int day = c->day;

	switch (c->form) {
	case TZ_DAY_JULIAN:
		day = c->day - 1 + (c->day >= 60 && is_leap(y));
		break;
	case TZ_DAY_ZERO:
		break;
	case TZ_DAY_WEEK:
		day = week_day(y, c);
		break;
	}
	return (year_start(y) + day) * DAY_S + c->time_s;
}

int32_t tz_rule_offset(const struct tz_rule *r, int64_t unix_s)
{
	must(r != NULL && r->present);
	if (!r->has_dst)
		return r->std_s;
	int64_t y = year_of(unix_s + r->std_s);
	int64_t start = change_at(&r->start, y) - r->std_s;
	int64_t end = change_at(&r->end, y) - r->dst_s;
	bool dst = start < end ? unix_s >= start && unix_s < end
			       : unix_s < end || unix_s >= start;

	return dst ? r->dst_s : r->std_s;
}
