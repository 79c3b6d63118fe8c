/* A measure, and the day on which it counts. */
#include "model/measure.h"

#include <stdio.h>
#include <string.h>

#define HOUR_MS INT64_C(3600000)

static const struct tzone *zone;

void measure_zone(const struct tzone *z)
{
	zone = z;
}

/* The local day that is `back` days before that time. */
static void day_before(int64_t wall_ms, unsigned back, char out[MEASURE_DAY])
{
	int32_t offset_s = zone == NULL ? 0 : tzone_offset_s(zone, wall_ms);
	char text[20] = "";

	tzone_local_text(offset_s, wall_ms - (int64_t)back * 24 * HOUR_MS,
			 text);
	memcpy(out, text, MEASURE_DAY - 1);
	out[MEASURE_DAY - 1] = '\0';
}

void measure_day(int64_t wall_ms, char out[MEASURE_DAY])
{
	must(out != NULL);
	day_before(wall_ms, 0, out);
}

void measure_week_hours(int64_t from_ms, int64_t to_ms,
			char out[MEASURE_WEEK_HOURS])
{
	must(out != NULL);
	int32_t offset_s = zone == NULL ? 0 : tzone_offset_s(zone, from_ms);
	int64_t ms = MAX(to_ms - from_ms, 1);
	int64_t hours = (ms + HOUR_MS - 1) / HOUR_MS;
	char monday[MEASURE_DAY];

	day_before(from_ms, tzone_weekday(offset_s, from_ms), monday);
	if (hours > MEASURE_HOURS)
		(void)snprintf(out, MEASURE_WEEK_HOURS, "%s more", monday);
	else
		(void)snprintf(out, MEASURE_WEEK_HOURS, "%s %u", monday,
			       (unsigned)hours);
}

static void put_name(struct str name, struct buf *out)
{
	for (size_t i = 0; i < name.len; i++)
		buf_c(out,
		      name.p[i] == MEASURE_SCOPE_DEPARTMENT ? ' ' : name.p[i]);
}

void measure_scope(struct str branch, struct str department, struct buf *out)
{
	must(out != NULL);
	buf_reset(out);
	put_name(branch, out);
	if (department.len == 0)
		return;
	buf_c(out, MEASURE_SCOPE_DEPARTMENT);
	put_name(department, out);
}

const int64_t measure_bounds_ms[MEASURE_BOUNDS] = {
	50,    200,    1000,   5000,    10000,    30000,
	60000, 300000, 900000, 3600000, 14400000, 86400000
};

unsigned measure_bound_of(int64_t ms)
{
	unsigned i = 0;

	while (i < MEASURE_BOUNDS && ms > measure_bounds_ms[i])
		i++;
	return i;
}

void measure_bound_name(unsigned bound, char out[MEASURE_BOUND])
{
	must(out != NULL && bound <= MEASURE_BOUNDS);
	if (bound < MEASURE_BOUNDS)
		(void)snprintf(out, MEASURE_BOUND, "%lld",
			       (long long)measure_bounds_ms[bound]);
	else
		(void)snprintf(out, MEASURE_BOUND, "more");
}

void measure_bound(int64_t ms, char out[MEASURE_BOUND])
{
	measure_bound_name(measure_bound_of(ms), out);
}

void measure_cells(const struct measure *m, const char *day,
		   struct cell cells[MEASURE_CELLS])
{
	must(m != NULL && day != NULL);

	const struct str words[] = {
		m->tenant, str_of(day), m->name,       m->branch, m->department,
		m->tier,   m->channel,  m->class_name, m->detail,
	};

	for (unsigned i = 0; i < ARRAY_LEN(words); i++)
		cells[i] = CELL_T(words[i].len > 0 ? words[i] : STR_NONE);
	cells[ARRAY_LEN(words)] = CELL_I(m->n);
	cells[ARRAY_LEN(words) + 1] = CELL_I(m->sum);
}

void measure_put(struct store *s, const struct measure *m)
{
	char day[MEASURE_DAY];
	struct cell cells[MEASURE_CELLS];

	must(s != NULL && m != NULL);
	measure_day(m->at_ms, day);
	measure_cells(m, day, cells);
	store_put(s, STORE_MEASURE_ADD, cells, MEASURE_CELLS);
}
