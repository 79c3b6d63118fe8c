/* SMPP times: written in UTC, read in any zone and in both forms. */
#include "proto/smpp_time.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "base/must.h"

enum { TIME_FIELDS = 6 };

#define DAY_MS INT64_C(86400000)

static char *put_two(char *p, unsigned n)
{
	*p++ = (char)('0' + n / 10 % 10);
	*p++ = (char)('0' + n % 10);
	return p;
}

/* Every submit may bear one: by hand, as snprintf takes ten times as long. */
void smpp_time_absolute(int64_t wall_ms, char out[SMPP_TIME_SIZE])
{
	must(out != NULL);
	/* Two digits of year: what lies outside 2000-2099 is held to it. */
	int64_t ms = MIN(MAX(wall_ms, INT64_C(946684800000)),
			 INT64_C(4102444799999));
	time_t at = (time_t)(ms / 1000);
	struct tm tm;
	must(gmtime_r(&at, &tm) != NULL);
	char *p = put_two(out, (unsigned)tm.tm_year);
	p = put_two(p, (unsigned)tm.tm_mon + 1u);
	p = put_two(p, (unsigned)tm.tm_mday);
	p = put_two(p, (unsigned)tm.tm_hour);
	p = put_two(p, (unsigned)tm.tm_min);
	p = put_two(p, (unsigned)tm.tm_sec);
	*p++ = (char)('0' + ms % 1000 / 100);
	memcpy(p, "00+", 4);
}

void smpp_time_relative(int64_t after_ms, char out[SMPP_TIME_SIZE])
{
	must(out != NULL);
	int64_t s = MIN(MAX(after_ms, 1000), 99 * DAY_MS) / 1000;
	(void)snprintf(out, SMPP_TIME_SIZE, "0000%02u%02u%02u%02u000R",
		       (unsigned)(s / 86400) % 100u, (unsigned)(s / 3600 % 24),
		       (unsigned)(s / 60 % 60), (unsigned)(s % 60));
}

/* Two digits at p; false when they are not digits. */
static bool two(const char *p, int *out)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	*out = (p[0] - '0') * 10 + (p[1] - '0');
	return true;
}

static int absolute(const int f[TIME_FIELDS], int tenths, int quarters,
		    char sign, int64_t *out)
{
	if (f[1] < 1 || f[1] > 12 || f[2] < 1 || f[2] > 31 || f[3] > 23 ||
	    f[4] > 59 || f[5] > 60 || quarters > 48)
		return -EBADMSG;
	struct tm tm = { .tm_year = 100 + f[0],
			 .tm_mon = f[1] - 1,
			 .tm_mday = f[2],
			 .tm_hour = f[3],
			 .tm_min = f[4],
			 .tm_sec = f[5] };
	int64_t ms = (int64_t)timegm(&tm) * 1000 + tenths * 100;
	int64_t off = (int64_t)quarters * 15 * 60 * 1000;
	*out = sign == '+' ? ms - off : ms + off;
	return 0;
}

int smpp_time_parse(struct str s, int64_t now_ms, int64_t *wall_ms)
{
	must(wall_ms != NULL);
	if (s.len == 0) {
		*wall_ms = 0;
		return 0;
	}
	int f[TIME_FIELDS], quarters;
	if (s.len != SMPP_TIME_SIZE - 1 || s.p[12] < '0' || s.p[12] > '9' ||
	    !two(s.p + 13, &quarters))
		return -EBADMSG;
	for (int i = 0; i < TIME_FIELDS; i++)
		if (!two(s.p + 2 * (size_t)i, &f[i]))
			return -EBADMSG;

	char sign = s.p[15];
	if (sign == '+' || sign == '-')
		return absolute(f, s.p[12] - '0', quarters, sign, wall_ms);
	if (sign != 'R')
		return -EBADMSG;
	int64_t days = f[0] * INT64_C(365) + f[1] * INT64_C(30) + f[2];
	*wall_ms = now_ms + days * DAY_MS +
		   ((f[3] * INT64_C(60) + f[4]) * 60 + f[5]) * 1000;
	return 0;
}
