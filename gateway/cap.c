/* Caps: their notation, and where their windows begin. */
#include "gateway/cap.h"

#include <errno.h>
#include <stdio.h>

#include "base/settings.h"

#define DAY_MS ((int64_t)86400000)

static const struct {
	const char *name;
	int64_t most_ms; /* with the hour that a change of clocks adds */
} calendar[] = {
	[CAP_ROLLING] = { "", 0 },
	[CAP_DAY] = { "day", DAY_MS + DAY_MS / 24 },
	[CAP_WEEK] = { "week", 7 * DAY_MS + DAY_MS / 24 },
	[CAP_MONTH] = { "month", 31 * DAY_MS + DAY_MS / 24 },
};

static int cap_parse(struct str text, struct cap *out)
{
	struct str n;
	struct str window = str_trim(str_cut(str_trim(text), '/', &n));
	uint64_t count;

	if (str_u64(str_trim(n), CAP_N_MAX, &count) != 0 || count == 0)
		return -EBADMSG;
	out->n = (unsigned)count;
	for (unsigned i = CAP_DAY; i < ARRAY_LEN(calendar); i++) {
		if (!str_eqz(window, calendar[i].name))
			continue;
		out->window = (enum cap_window)i;
		out->window_ms = calendar[i].most_ms;
		return 0;
	}
	out->window = CAP_ROLLING;
	if (settings_duration(window, &out->window_ms) != 0 ||
	    out->window_ms <= 0 || out->window_ms > 366 * DAY_MS)
		return -EBADMSG;
	return 0;
}

int caps_parse(struct str text, struct cap v[CAPS_MAX], unsigned *n)
{
	struct cap found[CAPS_MAX];
	unsigned len = 0;

	must(v != NULL && n != NULL);
	text = str_trim(text);
	while (text.len > 0) {
		struct str one;
		bool more = str_find(text, ',') < text.len;

		text = str_cut(text, ',', &one);
		if (len == CAPS_MAX || cap_parse(one, &found[len]) != 0 ||
		    (more && str_trim(text).len == 0))
			return -EBADMSG;
		len++;
	}
	for (unsigned i = 0; i < len; i++)
		v[i] = found[i];
	*n = len;
	return 0;
}

static int64_t begins(const struct cap *c, const struct tzone *z,
		      int64_t now_ms)
{
	int32_t offset_s = tzone_offset_s(z, now_ms);
	unsigned back = 0;

	switch (c->window) {
	case CAP_ROLLING:
		return now_ms - c->window_ms;
	case CAP_DAY:
		break;
	case CAP_WEEK:
		back = tzone_weekday(offset_s, now_ms);
		break;
	case CAP_MONTH:
		back = tzone_day_of_month(offset_s, now_ms) - 1;
		break;
	}
	return tzone_midnight(z, now_ms, back) - 1;
}

int64_t cap_since(const struct cap *c, const struct tzone *const *zones,
		  unsigned nzones, int64_t now_ms)
{
	int64_t first;

	must(c != NULL && (zones != NULL || nzones == 0));
	if (c->window == CAP_ROLLING)
		return now_ms - c->window_ms;
	first = nzones == 0 ? now_ms - c->window_ms - DAY_MS : now_ms;
	for (unsigned i = 0; i < nzones; i++)
		first = MIN(first, begins(c, zones[i], now_ms));
	return first;
}

void cap_text(const struct cap *c, char out[24])
{
	static const struct {
		int64_t ms;
		const char *unit;
	} units[] = { { DAY_MS, "d" },
		      { 3600000, "h" },
		      { 60000, "m" },
		      { 1000, "s" },
		      { 1, "ms" } };
	unsigned u = 0;

	must(c != NULL && out != NULL);
	if (c->window != CAP_ROLLING) {
		(void)snprintf(out, 24, "%u/%s", c->n,
			       calendar[c->window].name);
		return;
	}
	/* 24h is said, not 1d */
	while (u + 1 < ARRAY_LEN(units) &&
	       (c->window_ms % units[u].ms != 0 || c->window_ms == units[u].ms))
		u++;
	(void)snprintf(out, 24, "%u/%lld%s", c->n,
		       (long long)(c->window_ms / units[u].ms), units[u].unit);
}
