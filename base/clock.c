/* The system's clocks, a clock turned by hand, and RFC 3339 both ways. */
#include "base/clock.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "base/str.h"

static uint64_t clock_real_mono_us(void *owner UNUSED)
{
	struct timespec ts;

	must(clock_gettime(CLOCK_MONOTONIC, &ts) == 0);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static uint64_t clock_real_mono_ms(void *owner)
{
	return clock_real_mono_us(owner) / 1000;
}

static int64_t clock_real_wall_ms(void *owner UNUSED)
{
	struct timespec ts;

	must(clock_gettime(CLOCK_REALTIME, &ts) == 0);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

const struct clock_ops clock_real = {
	.mono_ms = clock_real_mono_ms,
	.wall_ms = clock_real_wall_ms,
	.mono_us = clock_real_mono_us,
};

/* ---- by hand ------------------------------------------------------------- */

static uint64_t clock_hand_mono_us(void *owner)
{
	return ((struct clock_hand *)owner)->mono_us;
}

static uint64_t clock_hand_mono_ms(void *owner)
{
	return clock_hand_mono_us(owner) / 1000;
}

static int64_t clock_hand_wall_ms(void *owner)
{
	return ((struct clock_hand *)owner)->wall_us / 1000;
}

void clock_hand_init(struct clock_hand *h, int64_t wall_ms)
{
	must(h != NULL);
	*h = (struct clock_hand){
		.ops = { .mono_ms = clock_hand_mono_ms,
			 .wall_ms = clock_hand_wall_ms,
			 .mono_us = clock_hand_mono_us,
			 .owner = h },
		.mono_us = 1000000, /* 0 often means "never" */
		.wall_us = wall_ms * 1000,
	};
}

void clock_hand_turn(struct clock_hand *h, uint64_t ms)
{
	must(h != NULL);
	h->mono_us += ms * 1000;
	h->wall_us += (int64_t)ms * 1000;
}

void clock_hand_jump(struct clock_hand *h, int64_t ms)
{
	must(h != NULL);
	h->wall_us += ms * 1000;
}

/* ---- civil time: years begin in March, so that the leap day comes last --- */

enum { DAY_MS = 86400000, ERA_DAYS = 146097, EPOCH_DAYS = 719468 };

static int64_t clock_floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

static int64_t clock_days_of(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = clock_floor_div(y, 400);
	int64_t in_era = y - era * 400;
	int64_t in_year =
		(153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * ERA_DAYS + in_era * 365 + in_era / 4 - in_era / 100 +
	       in_year - EPOCH_DAYS;
}

static void clock_civil_of(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + EPOCH_DAYS;
	int64_t era = clock_floor_div(z, ERA_DAYS);
	int64_t d = z - era * ERA_DAYS;
	int64_t y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
	int64_t in_year = d - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * in_year + 2) / 153;

	*day = (int)(in_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(y + era * 400 + (*month <= 2 ? 1 : 0));
}

static int clock_month_days(int64_t year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : days[month - 1];
}

void clock_rfc3339(int64_t wall_ms, char out[32])
{
	int year, month, day;

	must(out != NULL);
	/* Years 0000 to 9999 are all the format has. */
	wall_ms = MAX(wall_ms, clock_days_of(0, 1, 1) * DAY_MS);
	wall_ms = MIN(wall_ms, clock_days_of(10000, 1, 1) * DAY_MS - 1);

	int64_t days = clock_floor_div(wall_ms, DAY_MS);
	unsigned ms = (unsigned)(wall_ms - days * DAY_MS);
	clock_civil_of(days, &year, &month, &day);
	(void)snprintf(out, 32, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
		       (unsigned)year % 10000, (unsigned)month % 100,
		       (unsigned)day % 100, ms / 3600000 % 24, ms / 60000 % 60,
		       ms / 1000 % 60, ms % 1000);
}

/* ---- reading ------------------------------------------------------------- */

/* n digits with a value in lo..hi, then it steps on; false when not so. */
static bool clock_digits(struct str *s, size_t n, int lo, int hi, int *out)
{
	uint64_t v;

	if (s->len < n || str_u64(str_first(*s, n), (uint64_t)hi, &v) < 0 ||
	    (int)v < lo)
		return false;
	*s = str_from(*s, n);
	*out = (int)v;
	return true;
}

static bool clock_char(struct str *s, const char *any)
{
	if (s->len == 0 || str_find(str_of(any), s->p[0]) == str_of(any).len)
		return false;
	*s = str_from(*s, 1);
	return true;
}

static bool clock_date(struct str *s, int64_t *days)
{
	int year, month, day;

	if (!clock_digits(s, 4, 0, 9999, &year) || !clock_char(s, "-") ||
	    !clock_digits(s, 2, 1, 12, &month) || !clock_char(s, "-") ||
	    !clock_digits(s, 2, 1, clock_month_days(year, month), &day))
		return false;
	*days = clock_days_of(year, month, day);
	return true;
}

/* hh:mm:ss and a fraction of any length, of which 3 digits count. */
static bool clock_time(struct str *s, int64_t *ms)
{
	int hour, minute, second, digit;
	int64_t scale = 100;

	if (!clock_digits(s, 2, 0, 23, &hour) || !clock_char(s, ":") ||
	    !clock_digits(s, 2, 0, 59, &minute) || !clock_char(s, ":") ||
	    !clock_digits(s, 2, 0, 60, &second))
		return false;
	*ms = ((hour * 60 + minute) * 60 + second) * INT64_C(1000);
	if (!clock_char(s, "."))
		return true;
	if (s->len == 0 || s->p[0] < '0' || s->p[0] > '9')
		return false;
	for (; clock_digits(s, 1, 0, 9, &digit); scale /= 10)
		*ms += digit * scale;
	return true;
}

static bool clock_zone(struct str *s, int64_t *ms)
{
	int hour, minute;

	*ms = 0;
	if (clock_char(s, "Zz"))
		return true;

	bool west = s->len > 0 && s->p[0] == '-';
	if (!clock_char(s, "+-") || !clock_digits(s, 2, 0, 23, &hour) ||
	    !clock_char(s, ":") || !clock_digits(s, 2, 0, 59, &minute))
		return false;
	*ms = (hour * 60 + minute) * (west ? INT64_C(-60000) : INT64_C(60000));
	return true;
}

int clock_parse_rfc3339(const char *p, size_t len, int64_t *wall_ms)
{
	must((p != NULL || len == 0) && wall_ms != NULL);

	struct str s = str_bytes(p, len);
	int64_t days, ms, zone;
	if (!clock_date(&s, &days) || !clock_char(&s, "Tt ") ||
	    !clock_time(&s, &ms) || !clock_zone(&s, &zone) || s.len != 0)
		return -EBADMSG;
	*wall_ms = days * DAY_MS + ms - zone;
	return 0;
}
