/* The date filter: reads three forms of dates, writes any. */
#include "templates/filter_date.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "proto/tzone.h"

/* Local "2026-11-22 18:40"; time is 00:00 where the value had none. */
struct moment {
	unsigned year, month, day, hour, minute;
};

static bool two(const char *p, unsigned high, unsigned *out)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	*out = (unsigned)(p[0] - '0') * 10 + (unsigned)(p[1] - '0');
	return *out <= high;
}

static bool is_day(const struct moment *m)
{
	static const uint8_t days[] = { 31, 29, 31, 30, 31, 30,
					31, 31, 30, 31, 30, 31 };
	bool leap =
		(m->year % 4 == 0 && m->year % 100 != 0) || m->year % 400 == 0;

	return m->year >= 1 && m->month >= 1 && m->month <= 12 && m->day >= 1 &&
	       m->day <= days[m->month - 1] &&
	       (m->month != 2 || m->day <= 28u + leap);
}

/* "2026-11-22", then perhaps " 18:40" or "T18:40" and ":59". */
static bool read_local(struct str s, struct moment *m)
{
	unsigned century, seconds;

	*m = (struct moment){ 0 };
	if (s.len < 10 || !two(s.p, 99, &century) ||
	    !two(s.p + 2, 99, &m->year))
		return false;
	m->year += century * 100;
	if (s.p[4] != '-' || !two(s.p + 5, 12, &m->month) || s.p[7] != '-' ||
	    !two(s.p + 8, 31, &m->day) || !is_day(m))
		return false;
	if (s.len == 10)
		return true;
	if (s.len != 16 && s.len != 19)
		return false;
	if ((s.p[10] != ' ' && s.p[10] != 'T') ||
	    !two(s.p + 11, 23, &m->hour) || s.p[13] != ':' ||
	    !two(s.p + 14, 59, &m->minute))
		return false;
	return s.len == 16 || (s.p[16] == ':' && two(s.p + 17, 60, &seconds));
}

/* RFC 3339 with Z or an offset: in the zone, else as it is written. */
static bool read_moment(struct str s, const struct tzone *zone,
			struct moment *m)
{
	int64_t wall_ms;
	char local[20];

	if (s.len < 20 || clock_parse_rfc3339(s.p, s.len, &wall_ms) != 0)
		return false;
	if (zone == NULL)
		return read_local(str_first(s, 19), m);
	tzone_local_text(tzone_offset_s(zone, wall_ms), wall_ms, local);
	return read_local(str_of(local), m);
}

/* The token that form begins with; its bytes, or 0. */
static size_t token(struct str form, const struct moment *m, struct buf *out)
{
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr",
					    "May", "Jun", "Jul", "Aug",
					    "Sep", "Oct", "Nov", "Dec" };
	const struct {
		const char *name;
		unsigned value;
		int width;
	} numbers[] = {
		{ "YYYY", m->year, 4 }, { "MM", m->month, 2 },
		{ "DD", m->day, 2 },    { "HH", m->hour, 2 },
		{ "mm", m->minute, 2 }, { "M", m->month, 1 },
		{ "D", m->day, 1 },
	};

	if (str_starts(form, STR("MMM"))) {
		buf_z(out, months[m->month - 1]);
		return 3;
	}
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		if (!str_starts(form, str_of(numbers[i].name)))
			continue;
		buf_f(out, "%0*u", numbers[i].width, numbers[i].value);
		return strlen(numbers[i].name);
	}
	return 0;
}

int filter_date(struct str form, struct str value, const struct tzone *zone,
		struct buf *out, struct err *err)
{
	must(out != NULL);
	struct moment m;

	value = str_trim(value);
	if (!read_local(value, &m) && !read_moment(value, zone, &m))
		return err_set(err, -EBADMSG,
			       "is not a date such as 2026-11-22 18:40");
	if (form.len == 0)
		form = STR("YYYY-MM-DD");
	while (form.len > 0) {
		size_t n = token(form, &m, out);

		if (n == 0) {
			/* \" and \\ stand for the second of the two */
			if (form.p[0] == '\\' && form.len > 1)
				form = str_from(form, 1);
			buf_c(out, form.p[0]);
			n = 1;
		}
		form = str_from(form, n);
	}
	return 0;
}
