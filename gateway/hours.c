/* Hours: their notation, what several leave, and when they open. */
#include "gateway/hours.h"

#include <errno.h>

#include "base/str.h"

#define DAY_MINUTES 1440

static int parse_minute(struct str s, int *out)
{
	struct str hour;
	struct str minute = str_cut(s, ':', &hour);
	uint64_t h, m;

	if (str_u64(hour, 24, &h) != 0 || minute.len != 2 ||
	    str_u64(minute, 59, &m) != 0 || h * 60 + m > DAY_MINUTES)
		return -EBADMSG;
	*out = (int)(h * 60 + m);
	return 0;
}

int hours_parse(const char *text, int *open_minute, int *close_minute)
{
	struct str open;
	struct str close = str_cut(str_of(text), '-', &open);
	int from, to;

	must(text != NULL && open_minute != NULL && close_minute != NULL);
	if (text[0] == '\0') {
		*open_minute = *close_minute = 0;
		return 0;
	}
	if (parse_minute(str_trim(open), &from) != 0 ||
	    parse_minute(str_trim(close), &to) != 0 || from >= to)
		return -EBADMSG;
	*open_minute = from;
	*close_minute = to;
	return 0;
}

void hours_narrow(struct hours *h, int open_minute, int close_minute)
{
	must(h != NULL);
	if (open_minute == close_minute)
		return;
	h->open_minute = MAX(h->open_minute, open_minute);
	h->close_minute = MIN(h->close_minute, close_minute);
}

bool hours_open(const struct hours *h, const struct tzone *const *zones,
		unsigned n, int64_t wall_ms)
{
	must(h != NULL && (zones != NULL || n == 0));
	for (unsigned i = 0; i < n; i++) {
		int minute =
			tzone_minute_of_day(tzone_offset_s(zones[i], wall_ms),
					    wall_ms);

		if (minute < h->open_minute || minute >= h->close_minute)
			return false;
	}
	return n > 0;
}

int64_t hours_next(const struct hours *h, const struct tzone *const *zones,
		   unsigned n, int64_t now_ms)
{
	int64_t best = 0;

	must(h != NULL);
	if (h->open_minute >= h->close_minute)
		return 0;
	for (unsigned i = 0; i < n; i++) {
		int64_t t = now_ms;

		for (unsigned day = 0; day < 2; day++) {
			t = tzone_next(zones[i], t, h->open_minute);
			if (hours_open(h, zones, n, t) &&
			    (best == 0 || t < best))
				best = t;
		}
	}
	return best;
}
