/* Weekly medians of the first reply, and which way they go (K-21). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "reports/report_impl.h"

#define DAY_MS INT64_C(86400000)

/* Days since 1970 of "2026-11-02". -EBADMSG. */
static int day_number(struct str day, int64_t *out)
{
	char text[24];
	int64_t ms;

	(void)snprintf(text, sizeof(text), "%.*sT00:00:00Z", (int)day.len,
		       day.p);
	if (day.len != MEASURE_DAY - 1 ||
	    clock_parse_rfc3339(text, strlen(text), &ms) != 0)
		return -EBADMSG;
	*out = ms / DAY_MS;
	return 0;
}

/* 1970 began on a Thursday: the Monday of that day's week. */
static int64_t monday_of(int64_t day)
{
	return day - (day + 3) % 7;
}

/* The last week that ends before the month `after`. */
static int64_t last_week_before(const char *after)
{
	char first[16];
	int64_t day = 0;

	(void)snprintf(first, sizeof(first), "%s-01", after);
	must(day_number(str_of(first), &day) == 0);
	return monday_of(day) - 7;
}

void weeks_begin(struct report *r, const char *after)
{
	must(r != NULL && after != NULL);
	int64_t last = last_week_before(after);
	int64_t last_before = last_week_before(r->month);

	r->first_week = last_before - (REPORT_WEEKS - 1) * 7;
	r->last_week_before = REPORT_WEEKS - 1;
	r->last_week = (int)(last - r->first_week) / 7;
	must(r->last_week < REPORT_WEEKS_KEPT);
}

/* Is that week among the twelve that end with `last`? */
static bool is_within(int week, int last)
{
	return week <= last && week > last - REPORT_WEEKS;
}

/* "2026-11-02 13" */
static bool read_detail(const struct report *r, struct str detail, int *week,
			unsigned *hour)
{
	struct str monday, hours = str_cut(detail, ' ', &monday);
	uint64_t n = MEASURE_HOURS + 1;
	int64_t day;

	if (day_number(monday, &day) != 0 || day < r->first_week ||
	    day >= r->first_week + REPORT_WEEKS_KEPT * 7 ||
	    (!str_eqz(hours, "more") &&
	     (str_u64(hours, MEASURE_HOURS, &n) != 0 || n == 0)))
		return false;
	*week = (int)(day - r->first_week) / 7;
	*hour = (unsigned)n - 1;
	return true;
}

void weeks_count(const struct report *r, struct slice *s, unsigned kpi,
		 const struct kpi_row *row)
{
	must(r != NULL && s != NULL && kpi < KPIS && row != NULL);
	unsigned hour;
	int week;

	if (!read_detail(r, row->detail, &week, &hour))
		return;
	if (s->weeks == NULL)
		s->weeks = mem_zalloc(sizeof(*s->weeks));
	s->weeks->n[week][hour] += (int32_t)row->n;
	if (is_within(week, r->last_week))
		s->now[kpi].num += row->n;
	if (is_within(week, r->last_week_before))
		s->before[kpi].num += row->n;
}

/* ---- medians, and their slope ---------------------------------------------------- */

/* The hours that the `rank`-th of them took, from 1. */
static unsigned at_rank(const int32_t n[MEASURE_HOURS + 1], int64_t rank)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < MEASURE_HOURS; i++) {
		sum += n[i];
		if (sum >= rank)
			return i + 1;
	}
	return MEASURE_HOURS;
}

/* 0: there were no replies. */
static int64_t median_of(const struct slice *s, int week, double *median)
{
	const int32_t *n;
	int64_t sum = 0;

	if (s->weeks == NULL)
		return 0;
	n = s->weeks->n[week];
	for (unsigned i = 0; i <= MEASURE_HOURS; i++)
		sum += n[i];
	if (sum <= 0)
		return 0;
	*median = (at_rank(n, (sum + 1) / 2) + at_rank(n, sum / 2 + 1)) / 2.0;
	return sum;
}

struct kpi_value weeks_slope(const struct report *r, const struct slice *s,
			     bool before)
{
	must(r != NULL && s != NULL);
	int last = before ? r->last_week_before : r->last_week;
	double n = 0, x = 0, y = 0, xx = 0, xy = 0, median = 0;

	for (int i = 0; i < REPORT_WEEKS; i++) {
		if (median_of(s, last - i, &median) == 0)
			continue;
		n++;
		x -= i;
		y += median;
		xx += (double)i * i;
		xy -= i * median;
	}
	if (n < 3)
		return (struct kpi_value){ 0 };
	double slope = (n * xy - x * y) / (n * xx - x * x);

	return (struct kpi_value){ true, slope, slope, slope };
}

void report_week(const struct report *r, const struct slice *s, unsigned i,
		 struct report_week *out)
{
	must(r != NULL && s != NULL && i < REPORT_WEEKS && out != NULL);
	int week = r->last_week - (REPORT_WEEKS - 1) + (int)i;
	char text[32];

	*out = (struct report_week){ 0 };
	clock_rfc3339((r->first_week + week * 7) * DAY_MS, text);
	must(str_copy(out->monday, sizeof(out->monday),
		      str_bytes(text, MEASURE_DAY - 1)) == 0);
	out->replies = median_of(s, week, &out->median);
}

unsigned report_week_kpi(void)
{
	unsigned i = 0;

	while (i < KPIS && kpis[i].kind != KPI_SLOPE)
		i++;
	must(i < KPIS);
	return i;
}
